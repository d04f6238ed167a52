import type { PastTableStep } from '../../model/analysis.ts';
import type { NodeHistory, RecoveredPeak } from '../../model/node-history.ts';
import { DAY_MS } from '../../model/time.ts';
import { recoverCounted } from '../peaks.ts';

/** The largest value of one 24-hour window. */
export interface DailyPeak {
  /** End of the window; it began 24 hours earlier. Neighbours are whole days apart. */
  readonly at: number;
  readonly value: number;
}

export type DailyPeakMetric = 'usedMemoryBytes' | 'usedMemoryRssBytes' | 'countedBytes';

const HOUR_MS = 3_600_000;

/** The oldest window is what whole days leave over; with less than this share of it seen, its largest value may not be that of its day. */
const MIN_OLDEST_SHARE = 0.5;

/**
 * Largest value of each 24-hour window, counted back from the end of the hour of the last sample; oldest first. Windows without
 * samples are left out, and so is the oldest where the history covers less than half of it and the next is higher; values of 0 or less are ignored.
 * Maxima that no sample saw are added to the window that showed them.
 */
export function findDailyMaxima(history: NodeHistory, metric: DailyPeakMetric): readonly DailyPeak[] {
  const endAt = startOfHour(history.toAt) + HOUR_MS;
  const byDay = new Map<number, number>();
  const add = (hourAt: number, value: number): void => {
    const day = Math.ceil((endAt - hourAt) / DAY_MS) - 1;
    if (value > 0 && Number.isFinite(value) && value > (byDay.get(day) ?? 0)) byDay.set(day, value);
  };

  history.hours.at.forEach((at, i) => {
    add(at, history.hours[metric][i] ?? Number.NaN);
  });
  for (const peak of findRecovered(history, metric)) add(startOfHour(peak.toAt), peak.value);
  const oldest = Math.ceil((endAt - startOfHour(history.fromAt)) / DAY_MS) - 1;
  const isPartial = endAt - oldest * DAY_MS - history.fromAt < MIN_OLDEST_SHARE * DAY_MS;
  if (isPartial && (byDay.get(oldest) ?? 0) < (byDay.get(oldest - 1) ?? 0)) byDay.delete(oldest);
  return [...byDay].sort(([a], [b]) => b - a).map(([day, value]) => ({ at: endAt - day * DAY_MS, value }));
}

/**
 * The peaks as they would have been with the hash tables of today: a doubling is told by its own line of the budget, and in a trend it would pass for
 * growth of the data. Windows before a doubling are raised by what lasts of it, those that held the old table beside the new one are lowered by it.
 */
export function withPresentTables(peaks: readonly DailyPeak[], steps: readonly PastTableStep[]): readonly DailyPeak[] {
  if (steps.length === 0) return peaks;
  return peaks.map(({ at, value }) => ({
    at,
    value: steps.reduce((sum, step) => sum + missingBytes(step, at), value),
  }));
}

/** What the table of today takes more than the tables of the window that ends at `at` did. */
function missingBytes({ at: grewAt, oldTableFreedAt, permanentBytes, expectedBytes }: PastTableStep, at: number): number {
  if (at <= grewAt) return oldTableFreedAt === undefined ? expectedBytes : permanentBytes;
  return oldTableFreedAt !== undefined && at - DAY_MS < oldTableFreedAt ? permanentBytes - expectedBytes : 0;
}

function findRecovered(history: NodeHistory, metric: DailyPeakMetric): readonly RecoveredPeak[] {
  if (metric === 'usedMemoryRssBytes') return [];
  return metric === 'countedBytes' ? recoverCounted(history) : history.recoveredPeaks;
}

function startOfHour(at: number): number {
  return Math.floor(at / HOUR_MS) * HOUR_MS;
}
