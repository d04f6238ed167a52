import type { DailyPeak } from '../../src/analysis/forecast/daily-peaks.ts';

/** One series to forecast: the largest value of each hour and of each day. */
export interface Series {
  readonly name: string;
  /** What it is like, or the folder it came from; figures are also given for each kind. */
  readonly kind: string;
  /** Oldest first; `at` is the end of the hour. */
  readonly hours: readonly DailyPeak[];
  /** Oldest first, whole days apart. */
  readonly days: readonly DailyPeak[];
  /** The limit that holds it, where there is one: no threshold above it is ever told. */
  readonly limit?: number;
}
