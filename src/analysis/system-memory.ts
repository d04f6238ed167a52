import type { NodeAnalysis } from '../model/analysis.ts';
import type { NodeHistory } from '../model/node-history.ts';
import { valueAt } from './bucket-rates.ts';

export type SystemMemory = NodeAnalysis['systemMemory'];

export interface SystemMemoryOptions {
  /** Memory of the machine or container as the user gave it; wins over everything. */
  readonly systemMemoryBytes?: number;
  /** Memory of the instance type that the node runs on; wins over INFO, which reports the host, not the container. */
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
 * Method: docs/methodology.md#system-memory
 */
export function measureSystemMemory(history: NodeHistory, options: SystemMemoryOptions): SystemMemory {
  const { targetRatio } = options;
  const { totalBytes, source } = chooseTotal(history, options);
  const rss = history.metrics.get('usedMemoryRssBytes');
  if (totalBytes === undefined || rss === undefined) {
    return { ...(totalBytes === undefined ? {} : { totalBytes }), source, targetRatio, episodes: [] };
  }
  const { secondsAboveTarget, episodes } = measureAbove(history, totalBytes, targetRatio);
  return {
    totalBytes,
    source,
    targetRatio,
    ratioNow: rss.last.value / totalBytes,
    ratioPeak: rss.max.value / totalBytes,
    ...(secondsAboveTarget === undefined ? {} : { secondsAboveTarget }),
    episodes,
  };
}

function chooseTotal(history: NodeHistory, options: SystemMemoryOptions): Pick<SystemMemory, 'totalBytes' | 'source'> {
  const reported = history.last.totalSystemMemoryBytes;
  if (options.systemMemoryBytes !== undefined) return { totalBytes: options.systemMemoryBytes, source: 'option' };
  if (options.instanceMemoryBytes !== undefined) return { totalBytes: options.instanceMemoryBytes, source: 'instance' };
  if (reported !== undefined && reported > 0) return { totalBytes: reported, source: 'info' };
  return { source: 'unknown' };
}

/** `secondsAboveTarget` is undefined for a single sample: it says nothing about time. */
function measureAbove(
  history: NodeHistory,
  totalBytes: number,
  targetRatio: number,
): { readonly secondsAboveTarget: number | undefined; readonly episodes: Stretch[] } {
  const { buckets } = history;
  const column = buckets.columns.get('usedMemoryRssBytes');
  const limit = totalBytes * targetRatio;
  const episodes: Stretch[] = [];
  let millisecondsAbove = 0;
  for (let i = 0; i < buckets.count; i += 1) {
    const max = valueAt(column?.max, i);
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
