import { findMetric, METRICS, type MetricId, TEXT_FIELD_IDS, type TextFieldId } from '../../../src/model/metrics.ts';
import type { SampleBatch } from '../../../src/model/sample-batch.ts';
import { seededRandom } from '../../helpers/series.ts';

/** One sample as a batch. */
export function sampleOf(
  nodeId: string,
  at: number,
  numbers: Partial<Record<MetricId, number>>,
  texts: Partial<Record<TextFieldId, string>> = {},
): SampleBatch {
  return {
    kind: 'batch',
    origin: { input: nodeId },
    count: 1,
    nodeIds: [nodeId],
    at: Float64Array.of(at),
    numbers: new Map(Object.entries(numbers).map(([id, value]) => [id as MetricId, Float64Array.of(value ?? Number.NaN)])),
    texts: new Map(Object.entries(texts).map(([id, value]) => [id as TextFieldId, [value]])),
  };
}

/** Samples of several nodes over some days, with a counter, a ratio, texts that change, and a metric that comes later. */
export function someSamples(
  options: { readonly days?: number; readonly perDay?: number; readonly nodes?: readonly string[] } = {},
): SampleBatch[] {
  const { days = 3, perDay = 96, nodes = ['10.0.0.1:6379', '/run/a "b",c.sock'] } = options;
  const from = Date.UTC(2026, 9, 29);
  const batches: SampleBatch[] = [];
  for (let i = 0; i < days * perDay; i += 1) {
    for (const [n, nodeId] of nodes.entries()) {
      const restarted = i >= perDay;
      batches.push(
        sampleOf(
          nodeId,
          from + Math.round((i * 86_400_000) / perDay) + n,
          {
            usedMemoryBytes: 5e8 + i * 1e5 + (i % 17) * 12_345,
            usedMemoryRssBytes: 7e8 + (i % 5) * 4096,
            maxmemoryBytes: 2 ** 30,
            memFragmentationRatio: 1.4 + (i % 7) / 100,
            evictedKeys: i * 3,
            uptimeSeconds: (i - (restarted ? perDay : 0)) * 60 + 1,
            ...(i > perDay + 3 ? { db3Keys: i } : {}),
          },
          { redisVersion: '7.2.5', runId: restarted ? 'second' : 'first', role: 'master', os: 'Linux 6.1, "x86_64"' },
        ),
      );
    }
  }
  return batches;
}

/** Gauges of a busy store of some GiB: about as much as each is. */
const GAUGES: Partial<Record<MetricId, number>> = {
  usedMemoryBytes: 6.4e9,
  usedMemoryRssBytes: 8.6e9,
  usedMemoryOverheadBytes: 1e9,
  luaVmBytes: 4e4,
  scriptCacheBytes: 1e3,
  memFragmentationRatio: 1.34,
  allocatorAllocatedBytes: 6.4e9,
  allocatorActiveBytes: 7.2e9,
  allocatorResidentBytes: 8e9,
  allocatorFragRatio: 1.13,
  allocatorFragBytes: 8e8,
  notCountedBytes: 4e6,
  replicationBacklogBytes: 1e6,
  totalReplicationBufferBytes: 2e6,
  replicaClientBytes: 1e6,
  normalClientBytes: 5e6,
  aofBufferBytes: 1e5,
  connectedClients: 300,
  blockedClients: 20,
  rdbLastCowBytes: 2e8,
  currentCowBytes: 1e8,
  rdbChangesSinceLastSave: 1e6,
  latestForkSeconds: 0.1,
  opsPerSecond: 2e4,
  db0Keys: 5e6,
  db0Expires: 1e6,
};
/** Counters of such a store: about as much as each grows in a minute. */
const COUNTERS: Partial<Record<MetricId, number>> = {
  commandsProcessed: 1.2e6,
  netInputBytes: 1e9,
  netOutputBytes: 1e9,
  evictedKeys: 1e5,
  expiredKeys: 1e5,
  keyspaceHits: 1e6,
  keyspaceMisses: 1e5,
  masterReplOffsetBytes: 1e9,
  cpuSysSeconds: 1,
  cpuUserSeconds: 2,
  mainThreadCpuSysSeconds: 1,
  mainThreadCpuUserSeconds: 2,
};

/** A sample a minute of all that INFO tells: every gauge jumps about by a tenth, and what is counted grows by another number each time. */
export function noise({ days, nodeId, seed }: { readonly days: number; readonly nodeId: string; readonly seed: number }): SampleBatch[] {
  const random = seededRandom(seed);
  const round = (id: MetricId, value: number): number => {
    const unit = findMetric(id)?.unit;
    const exact = unit === 'ratio' ? 1e2 : unit === 'seconds' ? 1e6 : 1;
    return Math.round(value * exact) / exact;
  };
  const now = new Map<MetricId, number>(METRICS.filter(({ info }) => info.length > 0).map(({ id }) => [id, 0]));
  const texts = Object.fromEntries(TEXT_FIELD_IDS.map((id) => [id, `some ${id}`]));
  const from = Date.UTC(2026, 9, 5);
  return Array.from({ length: days * 1440 }, (_, minute) => {
    now.set('uptimeSeconds', minute * 60);
    for (const [id, usual] of Object.entries(GAUGES) as [MetricId, number][]) now.set(id, round(id, usual * (0.9 + 0.2 * random())));
    for (const [id, growth] of Object.entries(COUNTERS) as [MetricId, number][])
      now.set(id, round(id, (now.get(id) ?? 0) + 2 * growth * random()));
    // As INFO has them.
    now.set('usedMemoryDatasetBytes', (now.get('usedMemoryBytes') ?? 0) - (now.get('usedMemoryOverheadBytes') ?? 0));
    now.set('keys', now.get('db0Keys') ?? 0);
    now.set('expires', now.get('db0Expires') ?? 0);
    return sampleOf(nodeId, from + minute * 60_000 + Math.floor(random() * 20), Object.fromEntries(now), texts);
  });
}
