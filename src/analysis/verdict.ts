import type { Action, Finding, NodeAnalysis } from '../model/analysis.ts';
import type { FindingId } from '../model/finding.ts';
import type { NodeFigures } from './findings/finding-rule.ts';

export type Verdict = NodeAnalysis['verdict'];

export interface VerdictContext {
  readonly node: NodeFigures;
  readonly findings: readonly Finding[];
  readonly actions: readonly Action[];
}

/** A limit this near is something to act on now: approval and a maintenance window take weeks. */
const ACT_WITHIN_DAYS = 45;

/**
 * The one sentence of the first page: the first case that holds, dangers of today before those of the horizon, those before mere waste.
 * Where the first step answers a memory danger, the sentence names that step, so that sentence and list agree.
 */
export function decideVerdict(context: VerdictContext): Verdict {
  const present = judgePresent(context);
  const isMoving = context.actions.some(({ id }) => id === 'move-to-target');
  return isMoving && !NOT_PUT_OFF.includes(present.id) ? { ...present, id: 'move-to-target' } : present;
}

/** Of a server that is to move the sentence is the move, but where something must be said first. */
const NOT_PUT_OFF: readonly Verdict['id'][] = ['swapping', 'refusals', 'not-enough-data'];

/** The verdict on where the server is now. */
function judgePresent({ node, findings, actions }: VerdictContext): Verdict {
  const raised = new Map(findings.flatMap((finding) => (finding.verdict === 'raised' ? [[finding.id, finding] as const] : [])));
  const isAtLeastWarning = (id: FindingId) => raised.has(id) && raised.get(id)?.severity !== 'info';
  const verdict = (level: Verdict['level'], id: Verdict['id'], findingIds: readonly FindingId[] = []): Verdict => ({
    level,
    id,
    findingIds: findingIds.filter((findingId) => raised.has(findingId)),
  });
  const advises = (id: Action['id']) => actions.some((action) => action.id === id || action.values.takesOver === id);
  const mustGrow = advises('resize-up') || advises('add-shards');

  if (node.peaks.usedMemoryBytes === undefined) return verdict('unknown', 'not-enough-data', ['short-history']);
  if (isAtLeastWarning('swapping')) return verdict('act', 'swapping', ['swapping']);
  if (raised.has('oom-errors') || isFull(node, raised.get('noeviction-near-limit')))
    return verdict('act', 'refusals', ['oom-errors', 'noeviction-near-limit', 'maxmemory-too-low']);

  const machine: readonly FindingId[] = [
    'system-memory-ratio-high',
    'cow-headroom-short',
    'maxmemory-too-high',
    'maxmemory-unset',
    'used-growth',
  ];
  if (raised.has('system-memory-ratio-high')) {
    const first = actions.find(({ findingIds }) => findingIds.includes('system-memory-ratio-high'));
    if (first?.id === 'enable-activedefrag') return verdict('act', 'fragmentation', ['external-fragmentation', ...machine]);
    if (first?.id === 'lower-maxmemory' && !advises('move-slots')) return verdict('act', 'lower-maxmemory', machine);
    if (actions[0]?.id === 'limit-replica-buffers') return verdict('act', 'replica-buffers', ['replica-buffer-risk', ...machine]);
    if (actions[0]?.id === 'limit-client-memory') return verdict('act', 'client-buffers', ['client-memory-high', ...machine]);
    if (advises('move-slots')) return verdict('act', 'move-slots', ['shard-skew', ...machine]);
    if (mustGrow) return verdict('act', 'resize-now', machine);
    if (raised.has('maxmemory-unset')) return verdict('act', 'set-maxmemory', machine);
  }
  if (actions[0]?.id === 'repair-scripts' && (mustGrow || isAtLeastWarning('used-growth'))) {
    const isSoon = (earliestDaysOf(node) ?? Number.POSITIVE_INFINITY) <= ACT_WITHIN_DAYS;
    return verdict(isSoon ? 'act' : 'watch', 'lua-heap', ['script-cache-high', ...machine]);
  }
  if (advises('move-slots')) {
    const isSoon = (earliestDaysOf(node) ?? Number.POSITIVE_INFINITY) <= ACT_WITHIN_DAYS;
    return verdict(isSoon ? 'act' : 'watch', 'move-slots', ['shard-skew', ...machine]);
  }
  if (mustGrow) {
    const earliestDays = earliestDaysOf(node);
    // A limit that only a spike could reach is no date to act by.
    const isSpike = raised.get('used-growth')?.evidence.isSpike === true;
    const before = (isSoon: boolean) =>
      verdict(isSoon || isAtLeastWarning('noeviction-near-limit') ? 'act' : 'watch', 'resize-before', [
        'noeviction-near-limit',
        ...machine,
      ]);
    if (earliestDays !== undefined) return before(earliestDays <= ACT_WITHIN_DAYS && !isSpike);
    if (raised.get('cow-headroom-short')?.severity === 'critical') return verdict('act', 'resize-now', machine);
    return before(false);
  }
  if (isAtLeastWarning('noeviction-near-limit') || isStoreFilling(raised))
    return verdict('act', advises('raise-maxmemory') ? 'raise-maxmemory' : 'watch-growth', [
      'noeviction-near-limit',
      'maxmemory-too-low',
      'used-growth',
    ]);
  if (raised.has('maxmemory-unset')) return verdict('watch', 'set-maxmemory', ['maxmemory-unset']);
  if (raised.has('maxmemory-too-high') && advises('lower-maxmemory')) {
    const isCritical = raised.get('maxmemory-too-high')?.severity === 'critical';
    return verdict(isCritical ? 'act' : 'watch', 'lower-maxmemory', ['maxmemory-too-high']);
  }
  if (isAtLeastWarning('replica-buffer-risk')) return verdict('watch', 'replica-buffers', ['replica-buffer-risk']);
  if (isAtLeastWarning('maxmemory-too-low') && advises('raise-maxmemory'))
    return verdict('watch', 'raise-maxmemory', ['maxmemory-too-low']);
  if (isAtLeastWarning('eviction-pressure'))
    return verdict('watch', 'evictions', ['client-memory-high', 'eviction-pressure', 'hit-ratio-falling']);
  if (isAtLeastWarning('external-fragmentation'))
    return verdict('watch', 'fragmentation', ['external-fragmentation', 'activedefrag-unsupported']);
  if (isAtLeastWarning('used-growth')) return verdict('watch', 'watch-growth', ['used-growth', 'hash-table-step-ahead']);
  const critical = [...raised.values()].flatMap((finding) => (finding.severity === 'critical' ? [finding.id] : []));
  if (node.forecast.status === 'refused' || node.quality.grade === 'D')
    return verdict(critical.length > 0 ? 'watch' : 'unknown', 'not-enough-data', [...critical, 'short-history', 'gaps']);
  // Without a limit to compare with, nobody can say that memory is safe.
  const hasLimit = node.systemMemory.totalBytes !== undefined || (node.provisioning.maxmemoryBytes.current ?? 0) > 0;
  if (!hasLimit) return verdict(critical.length > 0 ? 'watch' : 'unknown', 'not-enough-data', critical);
  // Memory is safe; something else, such as a failing save, is not.
  if (critical.length > 0) return verdict('watch', 'safe', [...critical, 'system-memory-ratio-high']);
  if (raised.has('oversized')) return verdict('ok', 'oversized', ['oversized']);
  // A past peak over the target on a machine that holds what is projected: safe, and worth an eye.
  return raised.has('system-memory-ratio-high') ? verdict('watch', 'safe', machine) : verdict('ok', 'safe');
}

/** Still about where it is refused. */
const FULL_RATIO = 0.95;

/** A store whose data stand at its limit, and stood above it, refuses writes; servers before 6.2 do not count them. */
function isFull({ latest }: NodeFigures, nearLimit: Finding | undefined): boolean {
  const nowBytes = latest.countedBytes ?? latest.usedMemoryBytes ?? 0;
  return Number(nearLimit?.evidence.ratio) >= 1 && nowBytes >= FULL_RATIO * Number(nearLimit?.evidence.maxmemoryBytes);
}

/** A store that reaches its limit in weeks, on a machine that could hold more: the growth names the limit, the other finding the cure. */
function isStoreFilling(raised: ReadonlyMap<FindingId, Finding>): boolean {
  const growth = raised.get('used-growth');
  return (
    growth?.severity === 'critical' && growth.evidence.limit === 'maxmemory' && raised.get('maxmemory-too-low')?.severity === 'warning'
  );
}

/** Days until the first limit may be reached (10 % chance); undefined when none is within the horizon. */
function earliestDaysOf({ forecast }: NodeFigures): number | undefined {
  const days = [forecast.daysToSystemTarget?.p90, forecast.daysToMaxmemory?.p90].filter((value) => value !== undefined);
  return days.length === 0 ? undefined : Math.min(...days);
}
