import type { Analysis, AnalysisSettings, NodeAnalysis } from '../../model/analysis.ts';
import type { FleetComparison, NodeComparison } from '../../model/comparison.ts';
import { type Engine, engineLabel } from '../../model/engine.ts';

type ComparedWord = NodeComparison['words'][number];

const READ: Readonly<Record<ComparedWord['id'], (node: NodeAnalysis) => string | undefined>> = {
  instance: ({ provisioning }) => provisioning.instance.current?.name,
  'recommended-instance': ({ provisioning }) => provisioning.instance.recommended?.name,
  engine: ({ engine }) =>
    engine.version === undefined ? undefined : engineLabel({ name: engine.name as Engine['name'], version: engine.version }),
  role: ({ role }) => role,
  'maxmemory-policy': ({ maxmemoryPolicy }) => maxmemoryPolicy,
  activedefrag: ({ fragmentation }) => (fragmentation.activedefrag.enabled === 'unknown' ? undefined : fragmentation.activedefrag.enabled),
  aof: ({ persistence }) => (persistence.aofEnabled === undefined ? undefined : persistence.aofEnabled ? 'yes' : 'no'),
  diagnosis: ({ fragmentation }) => (fragmentation.diagnosis === 'not-enough-data' ? undefined : fragmentation.diagnosis),
};

/** What is not a number and known of both, where it differs. */
export function compareWords(before: NodeAnalysis, after: NodeAnalysis): ComparedWord[] {
  return Object.entries(READ).flatMap(([id, read]) => {
    const [was, is] = [read(before), read(after)];
    return was === undefined || is === undefined || was === is ? [] : [{ id: id as ComparedWord['id'], before: was, after: is }];
  });
}

type Asked = FleetComparison['askedDifferently'][number];

const ASKED: Readonly<Record<Asked, (settings: AnalysisSettings) => unknown>> = {
  'target-ratio': ({ targetRatio }) => targetRatio,
  horizon: ({ horizonDays }) => horizonDays,
  'system-memory': ({ systemMemoryBytes }) => systemMemoryBytes,
  instance: ({ instance }) => instance,
  providers: ({ providers }) => providers.toSorted(),
  target: ({ target }) => target,
  growth: ({ growthRatio }) => growthRatio,
  import: ({ importBytes }) => importBytes,
  policy: ({ policy }) => policy,
  shards: ({ shards }) => shards,
  engine: ({ engine }) => engine,
  replicas: ({ replicas }) => replicas,
  persistence: ({ persistence }) => persistence,
};

/** Settings that the two were not both made with. */
export function findAskedDifferently(earlier: Analysis, current: Analysis): Asked[] {
  return Object.entries(ASKED).flatMap(([id, read]) =>
    JSON.stringify(read(earlier.settings)) === JSON.stringify(read(current.settings)) ? [] : [id as Asked],
  );
}
