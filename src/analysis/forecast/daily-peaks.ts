import type { NodeHistory } from '../../model/node-history.ts';

/** The largest value of one 24-hour window. */
export interface DailyPeak {
  /** End of the window; it began 24 hours earlier. Neighbours are whole days apart. */
  readonly at: number;
  readonly value: number;
}

export type DailyPeakMetric = 'usedMemoryBytes' | 'usedMemoryRssBytes' | 'countedBytes';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/**
 * Largest value of each 24-hour window, counted back from the end of the hour of the last sample; oldest first. Windows without
 * samples are left out, values of 0 or less ignored. Maxima that no sample saw are added where they belong.
 * @remarks Counted memory of such a maximum is taken as used memory less the usual memory not counted: what was not counted
 * at that moment is not known.
 */
export function findDailyPeaks(history: NodeHistory, metric: DailyPeakMetric): readonly DailyPeak[] {
  const endAt = Math.floor(history.toAt / HOUR_MS) * HOUR_MS + HOUR_MS;
  const byDay = new Map<number, number>();
  const add = (at: number, value: number): void => {
    const day = Math.ceil((endAt - at) / DAY_MS) - 1;
    if (value > 0 && Number.isFinite(value) && value > (byDay.get(day) ?? 0)) byDay.set(day, value);
  };

  history.hours.at.forEach((at, i) => {
    add(at, history.hours[metric][i] ?? Number.NaN);
  });
  if (metric !== 'usedMemoryRssBytes' && byDay.size > 0) {
    const notCounted = metric === 'countedBytes' ? (history.metrics.get('notCountedBytes')?.p50 ?? 0) : 0;
    for (const peak of history.recoveredPeaks) add(Math.floor(peak.toAt / HOUR_MS) * HOUR_MS, peak.value - notCounted);
  }
  return [...byDay].sort(([a], [b]) => b - a).map(([day, value]) => ({ at: endAt - day * DAY_MS, value }));
}
