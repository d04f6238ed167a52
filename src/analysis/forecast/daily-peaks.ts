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

/**
 * Largest value of each 24-hour window, counted back from the end of the hour of the last sample; oldest first. Windows without
 * samples are left out, values of 0 or less ignored. Maxima that no sample saw are added to the window that showed them.
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
  return [...byDay].sort(([a], [b]) => b - a).map(([day, value]) => ({ at: endAt - day * DAY_MS, value }));
}

function findRecovered(history: NodeHistory, metric: DailyPeakMetric): readonly RecoveredPeak[] {
  if (metric === 'usedMemoryRssBytes') return [];
  return metric === 'countedBytes' ? recoverCounted(history) : history.recoveredPeaks;
}

function startOfHour(at: number): number {
  return Math.floor(at / HOUR_MS) * HOUR_MS;
}
