import type { MetricId } from '../../model/metrics.ts';
import type { NodeHistory } from '../../model/node-history.ts';
import { findDailyMaxima } from './daily-peaks.ts';

/** At or above this share of maxmemory within the last week, with evictions or refusals, memory is held by the limit. */
const AT_LIMIT_SHARE = 0.95;
const RECENT_DAYS = 7;

/** Whether maxmemory held the memory down in the last week: keys were evicted or writes refused, and the peak came to the limit. */
export function isHeldAtLimit(history: NodeHistory): boolean {
  const limit = history.last.maxmemoryBytes ?? 0;
  if (limit <= 0 || !(hasHappened(history, 'evictedKeys') || hasHappened(history, 'oomErrors'))) return false;
  const counted = findDailyMaxima(history, 'countedBytes');
  const peaks = counted.length > 0 ? counted : findDailyMaxima(history, 'usedMemoryBytes');
  return peaks.slice(-RECENT_DAYS).some((peak) => peak.value >= AT_LIMIT_SHARE * limit);
}

/** Whether a counter rose within the window; of a single sample, whether it has risen since the server started. */
export function hasHappened(history: NodeHistory, id: MetricId): boolean {
  const counter = history.metrics.get(id);
  return counter !== undefined && (counter.count === 1 ? counter.last.value : (counter.increase ?? 0)) > 0;
}
