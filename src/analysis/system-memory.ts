import type { NodeAnalysis } from '../model/analysis.ts';
import type { NodeHistory } from '../model/node-history.ts';
import { valueAt } from './bucket-rates.ts';

export type SystemMemory = NodeAnalysis['systemMemory'];

/** Memory of the host is the server's only where it runs in no container, and alone. */
export function isHostMemory({ source }: Pick<SystemMemory, 'source'>): boolean {
  return source === 'info' || source === 'host';
}

export interface SystemMemoryOptions {
  /** Memory of the machine or container as the user gave it; wins over everything. */
  readonly systemMemoryBytes?: number;
  /** Memory of the instance type that the node runs on; wins over what the input tells. */
  readonly instanceMemoryBytes?: number;
  /** Share of the machine that resident memory should not pass, 0–1. */
  readonly targetRatio: number;
}

interface Stretch {
  readonly fromAt: number;
  readonly toAt: number;
  readonly maxRatio: number;
}

/**
 * System memory usage ratio: resident memory over the machine's memory, with the time and the episodes above the target.
 * @returns ratios are absent when resident memory or the machine's memory is unknown
 * @remarks A sample stands for the time until the next one, at most 2 intervals, and never for a gap. Where a bucket holds many samples and
 * only some are above the target, its time is shared out as if resident memory had moved evenly between its lowest and its highest value.
 * Where the limit of the container counts and was changed, each ratio is to the limit of its time. Method: docs/methodology.md#system-memory
 */
export function measureSystemMemory(history: NodeHistory, options: SystemMemoryOptions): SystemMemory {
  const { targetRatio } = options;
  const figures = findFigures(history, options);
  const { bytes: totalBytes, source } = figures[0] ?? { source: 'unknown' as const };
  const rss = history.metrics.get('usedMemoryRssBytes');
  if (totalBytes === undefined) return { source, targetRatio, episodes: [] };
  const totals = source === 'container' ? limitsOfTime(history, totalBytes) : new Float64Array(history.buckets.count).fill(totalBytes);
  const changed = source === 'container' ? findChanges(history, totals) : undefined;
  const known = { totalBytes, source, ...(figures.length > 1 ? { figures } : {}), ...changed, targetRatio };
  if (rss === undefined) return { ...known, episodes: [] };
  const { secondsAboveTarget, episodes } = measureAbove(history, totals, targetRatio);
  return {
    ...known,
    ratioNow: rss.last.value / totalBytes,
    ratioPeak: changed ? highestRatio(history, totals) : rss.max.value / totalBytes,
    ...(secondsAboveTarget === undefined ? {} : { secondsAboveTarget }),
    episodes,
  };
}

/** A figure that is larger than another by no more than this is the same: gigabytes and gibibytes aside, hosts keep a little for themselves. */
const SAME_RATIO = 1.02;
/** Changes of the limit that are told. */
const MAX_CHANGES = 20;

/** What is known of the memory of the machine, the one that counts first: a container cannot have more than its host. */
function findFigures(history: NodeHistory, options: SystemMemoryOptions): NonNullable<SystemMemory['figures']> {
  const { last } = history;
  const host = Math.min(last.hostMemoryBytes ?? Number.POSITIVE_INFINITY, last.totalSystemMemoryBytes || Number.POSITIVE_INFINITY);
  const container = { source: 'container' as const, bytes: last.containerMemoryLimitBytes };
  const isContainerLimited = (container.bytes ?? Number.POSITIVE_INFINITY) <= host * SAME_RATIO;
  const ordered = [
    { source: 'option' as const, bytes: options.systemMemoryBytes },
    { source: 'instance' as const, bytes: options.instanceMemoryBytes },
    ...(isContainerLimited ? [container] : []),
    { source: 'host' as const, bytes: last.hostMemoryBytes },
    { source: 'info' as const, bytes: last.totalSystemMemoryBytes },
    ...(isContainerLimited ? [] : [container]),
  ];
  return ordered.flatMap(({ source, bytes }) => (bytes === undefined || bytes <= 0 ? [] : [{ source, bytes }]));
}

/** The limit of the container in each bucket; where one does not tell, that of the bucket before. */
function limitsOfTime(history: NodeHistory, totalBytes: number): Float64Array {
  const column = history.buckets.columns.get('containerMemoryLimitBytes')?.last;
  let limit = history.metrics.get('containerMemoryLimitBytes')?.first.value ?? totalBytes;
  return Float64Array.from({ length: history.buckets.count }, (_, i) => {
    const own = valueAt(column, i);
    limit = own > 0 ? own : limit;
    return limit;
  });
}

function findChanges({ buckets }: NodeHistory, totals: Float64Array): Pick<SystemMemory, 'changes' | 'initialBytes'> | undefined {
  const indices = Array.from(totals.keys()).filter((i) => i > 0 && totals[i] !== totals[i - 1]);
  const kept = indices.slice(-MAX_CHANGES);
  if (kept.length === 0) return undefined;
  return {
    changes: kept.map((i) => ({ at: valueAt(buckets.fromAt, i), bytes: valueAt(totals, i) })),
    initialBytes: valueAt(totals, (kept[0] ?? 0) - 1),
  };
}

function highestRatio({ buckets }: NodeHistory, totals: Float64Array): number {
  const rss = buckets.columns.get('usedMemoryRssBytes')?.max;
  return Array.from(totals).reduce((highest, total, i) => Math.max(highest, valueAt(rss, i) / total || 0), 0);
}

/** `secondsAboveTarget` is undefined for a single sample: it says nothing about time. */
function measureAbove(
  history: NodeHistory,
  totals: Float64Array,
  targetRatio: number,
): { readonly secondsAboveTarget: number | undefined; readonly episodes: Stretch[] } {
  const { buckets } = history;
  const column = buckets.columns.get('usedMemoryRssBytes');
  const episodes: Stretch[] = [];
  let millisecondsAbove = 0;
  for (let i = 0; i < buckets.count; i += 1) {
    const max = valueAt(column?.max, i);
    const totalBytes = valueAt(totals, i);
    const limit = totalBytes * targetRatio;
    if (!(max > limit)) continue;
    const min = valueAt(column?.min, i);
    const share = min > limit ? 1 : (max - limit) / (max - min);
    const held = heldMilliseconds(history, i);
    millisecondsAbove += held * share;

    const stretch = { fromAt: valueAt(buckets.fromAt, i), toAt: valueAt(buckets.fromAt, i) + held, maxRatio: max / totalBytes };
    const before = episodes.at(-1);
    // Neighbours that touch are one episode; a bucket below the target or a gap between them ends it.
    if (before !== undefined && before.toAt >= stretch.fromAt) episodes[episodes.length - 1] = join(before, stretch);
    else episodes.push(stretch);
  }
  return { secondsAboveTarget: history.intervalSeconds === undefined ? undefined : millisecondsAbove / 1000, episodes };
}

/** Time that bucket `i` speaks for: up to the next bucket, at most 2 intervals a sample; nothing after the last sample. */
function heldMilliseconds({ buckets, intervalSeconds = 0 }: NodeHistory, i: number): number {
  const from = valueAt(buckets.fromAt, i);
  const until = i + 1 < buckets.count ? valueAt(buckets.fromAt, i + 1) : valueAt(buckets.toAt, i);
  return Math.min(until - from, valueAt(buckets.samples, i) * 2 * intervalSeconds * 1000);
}

function join(a: Stretch, b: Stretch): Stretch {
  return { fromAt: a.fromAt, toAt: b.toAt, maxRatio: Math.max(a.maxRatio, b.maxRatio) };
}
