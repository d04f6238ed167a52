import type { Forecast } from '../../model/analysis.ts';
import { DAY_MS } from '../../model/time.ts';
import { median } from '../../stats/median.ts';
import { forecastAfterLosses } from './after-losses.ts';
import type { DailyPeak } from './daily-peaks.ts';

const MIN_TRAINING_VALUES = 7;
const MAX_ORIGINS = 20;
/** What a plain rule adds to the largest peak so far. */
const NAIVE_MARGIN = 0.15;

/**
 * What the method would have said at earlier days of this history, against what came: rolling origins, each with at least as much history
 * as it looks ahead. The look-ahead is the horizon, or a third of the history where that is shorter.
 * @param peaks - oldest first
 * @param lastSeenAt - last samples with data that were lost
 * @returns undefined when no origin has enough on both sides
 */
export function backtestPeaks(peaks: readonly DailyPeak[], horizonDays: number, lastSeenAt: readonly number[] = []): Forecast['backtest'] {
  const ahead = Math.min(horizonDays, Math.floor(peaks.length / 3));
  const fewest = Math.max(MIN_TRAINING_VALUES, ahead);
  const newestAt = peaks.at(-1)?.at ?? 0;
  const candidates = peaks.flatMap((peak, i) => (i + 1 >= fewest && peak.at + ahead * DAY_MS <= newestAt ? [i] : []));
  const results = spread(candidates, MAX_ORIGINS).flatMap((i) => {
    const at = peaks[i]?.at ?? 0;
    const coming = peaks.filter((peak) => peak.at > at && peak.at <= at + ahead * DAY_MS);
    // A largest value found in less than half of the days is no truth to judge by.
    if (ahead < 1 || coming.length * 2 < ahead) return [];
    const known = lastSeenAt.filter((lost) => lost <= at);
    const said = forecastAfterLosses(peaks.slice(0, i + 1), ahead, known).forecast;
    const actual = Math.max(...coming.map((peak) => peak.value));
    const largest = Math.max(...peaks.slice(0, i + 1).map((peak) => peak.value));
    return [{ at, p50: said.p50.at(-1) ?? Number.NaN, p95: said.p95.at(-1) ?? Number.NaN, actual, largest }];
  });
  if (results.length === 0) return undefined;
  const bounds = results.map(({ p95, actual }) => ({ bound: p95, actual }));
  const naive = results.map(({ largest, actual }) => ({ bound: largest * (1 + NAIVE_MARGIN), actual }));
  const last = results.at(-1);
  return {
    origins: results.length,
    horizonDays: ahead,
    p95Held: heldShare(bounds),
    p95Over: medianOver(bounds),
    medianAbsoluteError: median(results.map((result) => Math.abs(result.p50 - result.actual) / result.actual)),
    naive: { held: heldShare(naive), over: medianOver(naive) },
    last: last && { at: last.at, p50: last.p50, p95: last.p95, actual: last.actual },
  };
}

interface Bound {
  readonly bound: number;
  readonly actual: number;
}

function heldShare(bounds: readonly Bound[]): number {
  return bounds.filter(({ bound, actual }) => actual <= bound).length / bounds.length;
}

/** How far the bound lay above what came. */
function medianOver(bounds: readonly Bound[]): number {
  return median(bounds.map(({ bound, actual }) => (bound - actual) / actual));
}

/** At most `count` of the items, evenly spaced, the last one among them. */
function spread<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, i) => items[Math.ceil(((i + 1) * items.length) / count) - 1] as Item);
}
