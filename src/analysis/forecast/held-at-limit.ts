import type { MetricId } from '../../model/metrics.ts';
import type { NodeHistory } from '../../model/node-history.ts';
import { DAY_MS } from '../../model/time.ts';
import { bucketIncreases, valueAt } from '../bucket-rates.ts';
import { evictsNothing } from '../evictable-keys.ts';
import { findDailyMaxima } from './daily-peaks.ts';

/** At or above this share of maxmemory within the last week, with evictions or refusals, memory is held by the limit. */
const AT_LIMIT_SHARE = 0.95;
const RECENT_DAYS = 7;

/** Data that stand at this share of the limit, in the newest samples one and all, do so because writes are refused. */
const PINNED_SHARE = 0.995;
const PINNED_SAMPLES = 10;

/**
 * Whether maxmemory held the memory down in the last week: keys were evicted or writes refused, and the peak came to the limit. Where refusals are
 * not counted (before Redis 6.2), a store that stands at its limit is taken to refuse.
 */
export function isHeldAtLimit(history: NodeHistory): boolean {
  const limit = history.last.maxmemoryBytes ?? 0;
  if (limit <= 0) return false;
  if (!hasHappenedLately(history, 'evictedKeys') && !hasHappenedLately(history, 'oomErrors')) return isPinned(history, limit);
  const counted = findDailyMaxima(history, 'countedBytes');
  const peaks = counted.length > 0 ? counted : findDailyMaxima(history, 'usedMemoryBytes');
  return peaks.slice(-RECENT_DAYS).some((peak) => peak.value >= AT_LIMIT_SHARE * limit);
}

/** Above this share of its limit memory stands there by more than what one command lets in. */
const ABOVE_LIMIT_SHARE = 1.05;

/** What counts against the limit in the newest sample, where that is clearly more than the limit although keys are evicted: eviction does not keep up. */
export function findBytesAboveLimit(history: NodeHistory): number | undefined {
  const limit = history.last.maxmemoryBytes ?? 0;
  const nowBytes = history.last.countedBytes ?? history.last.usedMemoryBytes ?? 0;
  return limit > 0 && nowBytes > ABOVE_LIMIT_SHARE * limit && hasHappenedLately(history, 'evictedKeys') ? nowBytes : undefined;
}

function isPinned(history: NodeHistory, limit: number): boolean {
  const policy = history.texts.maxmemoryPolicy?.at(-1)?.value;
  if (history.metrics.has('oomErrors') || evictsNothing(history, policy) !== true) return false;
  const { columns } = history.buckets;
  const values = columns.get('countedBytes')?.last ?? columns.get('usedMemoryBytes')?.last ?? new Float64Array(0);
  const newest = values.slice(-PINNED_SAMPLES);
  return newest.length === PINNED_SAMPLES && newest.every((value) => value >= PINNED_SHARE * limit);
}

/** Whether a counter rose in the last week, told by the ends of the buckets in it; of a single sample, as `hasHappened`. */
function hasHappenedLately(history: NodeHistory, id: MetricId): boolean {
  if (history.metrics.get(id)?.count === 1) return hasHappened(history, id);
  const sinceAt = history.toAt - RECENT_DAYS * DAY_MS;
  return bucketIncreases(history, id)?.some((increase, i) => increase > 0 && valueAt(history.buckets.toAt, i) > sinceAt) ?? false;
}

/** Whether a counter rose within the window; of a single sample, whether it has risen since the server started. */
export function hasHappened(history: NodeHistory, id: MetricId): boolean {
  const counter = history.metrics.get(id);
  return counter !== undefined && (counter.count === 1 ? counter.last.value : (counter.increase ?? 0)) > 0;
}
