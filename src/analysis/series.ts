import type { NodeAnalysis } from '../model/analysis.ts';
import type { MetricId } from '../model/metrics.ts';
import type { NodeHistory } from '../model/node-history.ts';
import { bucketIncreases, bucketRates, valueAt } from './bucket-rates.ts';
import { recoverCounted } from './peaks.ts';

const HOUR = 3_600_000;
const WINDOW_HOURS = 24;

type Line = (number | null)[];

/**
 * The lines that charts draw: one point a bucket, in the middle of its time, so at most 1,024. Gauges by their maximum (a peak is never
 * thinned away), limits by their last value, rates between bucket ends. `null` where the history does not say.
 */
export function buildSeries(history: NodeHistory): NodeAnalysis['series'] {
  const { buckets } = history;
  const gauge = (id: MetricId, part: 'max' | 'last' = 'max'): Line => toLine(buckets.columns.get(id)?.[part], buckets.count);
  return {
    at: Array.from({ length: buckets.count }, (_, i) => Math.round((valueAt(buckets.fromAt, i) + valueAt(buckets.toAt, i)) / 2)),
    usedMemoryBytes: gauge('usedMemoryBytes'),
    usedMemoryRssBytes: gauge('usedMemoryRssBytes'),
    countedBytes: gauge('countedBytes'),
    maxmemoryBytes: gauge('maxmemoryBytes', 'last'),
    allocatorAllocatedBytes: gauge('allocatorAllocatedBytes'),
    allocatorActiveBytes: gauge('allocatorActiveBytes'),
    allocatorResidentBytes: gauge('allocatorResidentBytes'),
    evictedKeysPerSecond: toLine(bucketRates(history, 'evictedKeys'), buckets.count),
    opsPerSecond: toLine(buckets.columns.get('opsPerSecond')?.max ?? bucketRates(history, 'commandsProcessed'), buckets.count),
    hitRatio: toLine(hitRatios(history), buckets.count),
    mainThreadCpu: toLine(mainThreadShares(history), buckets.count),
    connectedClients: gauge('connectedClients'),
  };
}

/** Hits over all look-ups between bucket ends, 0–1; NaN where nothing was looked up or the counters are unknown. */
function hitRatios(history: NodeHistory): Float64Array | undefined {
  const misses = bucketIncreases(history, 'keyspaceMisses');
  return bucketIncreases(history, 'keyspaceHits')?.map((hits, i) => hits / (hits + valueAt(misses, i)));
}

/**
 * Share of one core that the main thread used between bucket ends; may pass 1 a little by rounding.
 * @returns undefined before Redis 6.2, which does not report the main thread by itself
 */
export function mainThreadShares(history: NodeHistory): Float64Array | undefined {
  const user = bucketRates(history, 'mainThreadCpuUserSeconds');
  return bucketRates(history, 'mainThreadCpuSysSeconds')?.map((sys, i) => sys + valueAt(user, i));
}

/**
 * The largest share of a core that the main thread used over an hour (or over one longer bucket): a burst of seconds says nothing about capacity.
 * @returns undefined where no stretch of an hour inside one process life is known
 */
export function findBusiestHour(history: NodeHistory): number | undefined {
  const shares = mainThreadShares(history);
  const { toAt } = history.buckets;
  let busiest: number | undefined;
  let from = 1;
  let seconds = 0;
  let span = 0;
  for (let i = 1; i < (shares?.length ?? 0); i += 1) {
    const share = valueAt(shares, i);
    const width = valueAt(toAt, i) - valueAt(toAt, i - 1);
    if (!Number.isFinite(share)) {
      [from, seconds, span] = [i + 1, 0, 0];
      continue;
    }
    seconds += share * width;
    span += width;
    // The shortest stretch up to here that is still an hour long.
    for (; from < i; from += 1) {
      const first = valueAt(toAt, from) - valueAt(toAt, from - 1);
      if (span - first < HOUR) break;
      seconds -= valueAt(shares, from) * first;
      span -= first;
    }
    if (span >= HOUR) busiest = Math.max(busiest ?? 0, seconds / span);
  }
  return busiest;
}

/**
 * The highest used, counted and resident memory of each 24 hours, counted back from the end of the last sample's hour, oldest first.
 * Windows without samples are left out. Peaks that only `used_memory_peak` saw raise the window that showed them.
 */
export function findDailyPeaks(history: NodeHistory): NodeAnalysis['dailyPeaks'] {
  const { hours } = history;
  const lastHour = hours.at.at(-1);
  if (lastHour === undefined) return [];
  const windows = new Map<number, { usedMemoryBytes: number; countedBytes: number; usedMemoryRssBytes: number; peakAt: number }>();
  const windowOf = (hour: number): number => Math.floor((lastHour - hour) / HOUR / WINDOW_HOURS);
  hours.at.forEach((hour, i) => {
    const peak = windows.get(windowOf(hour)) ?? {
      usedMemoryBytes: Number.NaN,
      countedBytes: Number.NaN,
      usedMemoryRssBytes: Number.NaN,
      peakAt: hour,
    };
    const used = valueAt(hours.usedMemoryBytes, i);
    if (larger(peak.usedMemoryBytes, used) !== peak.usedMemoryBytes) peak.peakAt = Math.max(hour, history.fromAt);
    peak.usedMemoryBytes = larger(peak.usedMemoryBytes, used);
    peak.countedBytes = larger(peak.countedBytes, valueAt(hours.countedBytes, i));
    peak.usedMemoryRssBytes = larger(peak.usedMemoryRssBytes, valueAt(hours.usedMemoryRssBytes, i));
    windows.set(windowOf(hour), peak);
  });
  for (const { toAt, value } of history.recoveredPeaks) {
    const peak = windows.get(windowOf(startOfHour(toAt)));
    if (peak === undefined || value <= peak.usedMemoryBytes) continue;
    peak.usedMemoryBytes = value;
    peak.peakAt = toAt;
  }
  for (const { toAt, value } of recoverCounted(history)) {
    const peak = windows.get(windowOf(startOfHour(toAt)));
    if (peak !== undefined) peak.countedBytes = larger(peak.countedBytes, value);
  }
  return [...windows].map(([index, peak]) => {
    const end = lastHour + HOUR - index * WINDOW_HOURS * HOUR;
    return {
      fromAt: Math.max(end - WINDOW_HOURS * HOUR, history.fromAt),
      toAt: Math.min(end, history.toAt),
      ...(Number.isNaN(peak.usedMemoryBytes) ? {} : { peakAt: peak.peakAt, usedMemoryBytes: peak.usedMemoryBytes }),
      ...(peak.countedBytes < peak.usedMemoryBytes ? { countedBytes: peak.countedBytes } : {}),
      ...(Number.isNaN(peak.usedMemoryRssBytes) ? {} : { usedMemoryRssBytes: peak.usedMemoryRssBytes }),
    };
  });
}

/** The highest used memory of each UTC hour that holds samples, oldest first; recovered peaks raise the hour that showed them. */
export function findHourlyPeaks(history: NodeHistory): NodeAnalysis['hourlyPeaks'] {
  const { hours } = history;
  const used = hours.usedMemoryBytes.slice();
  const indexOf = new Map(Array.from(hours.at, (at, i) => [at, i]));
  for (const { toAt, value } of history.recoveredPeaks) {
    const i = indexOf.get(startOfHour(toAt));
    if (i !== undefined) used[i] = larger(valueAt(used, i), value);
  }
  return { at: Array.from(hours.at), usedMemoryBytes: toLine(used, used.length) };
}

function startOfHour(at: number): number {
  return Math.floor(at / HOUR) * HOUR;
}

/** NaN gives way to any number. */
function larger(a: number, b: number): number {
  return Number.isNaN(a) || b > a ? b : a;
}

function toLine(column: Float64Array | undefined, count: number): Line {
  // Filled from the left, a line without gaps stays one of doubles, a third of the size.
  const line = new Array<number | null>(count);
  for (let i = 0; i < count; i += 1) {
    const value = valueAt(column, i);
    line[i] = Number.isFinite(value) ? value : null;
  }
  return line;
}
