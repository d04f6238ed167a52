import { DAY_MS } from '../../model/time.ts';
import { clip } from '../../stats/clip.ts';
import type { DailyPeak } from './daily-peaks.ts';
import { freeOfLoneSpike } from './lone-spike.ts';
import { daysBetween, findLevelShift, findTrendStart, fitTrend, hasWeeklyRhythm, largestOfWeek, trendFactor } from './trend.ts';
import { findCalm, findUnrest } from './unrest.ts';

/** Quantiles of the largest value of the next `day` days; index 0 is day 1. Each never falls, and p50 ≤ p90 ≤ p95. */
export interface PooledPeak {
  readonly p50: readonly number[];
  readonly p90: readonly number[];
  readonly p95: readonly number[];
  /** Robust slope since the last lasting change of level, per day; 0 where no trend can be told from chance. */
  readonly growthPerDay: number;
  /** Share that is added each day, where growth is compound: then the slope is that of the past and not of today. */
  readonly compoundPerDay?: number | undefined;
  /** Volatility: mean size of the day-to-day change of the logarithm, without the trend as far as it is believed; 0 to 1. */
  readonly volatility: number;
  /** `0.10 + (0.8 + K)·√v` before its cap, at the end of the horizon: how wide the 95 % bound had to be. Infinite if nothing could be fitted. */
  readonly margin: number;
}

/** More daily values than this do not change the answer and cost n². */
const MAX_DAYS = 400;
const WEEK_DAYS = 7;
/** A fall to less than this, and growth after it that has not come back to the old level, is a flush or a lost load that fills up again. */
const REFILL_RATIO = 0.7;
/** A trend that is believed by less than this is not told as growth: three values in a row may rise by chance. */
const TOLD_WEIGHT = 0.1;
/** The root of the volatility gives way to this many times the volatility where the series is calm. */
const CALM_WIDTH = 2;

/**
 * Quantiles of the peak over the next days. The level comes from the largest values of the last week, of the time since the last lasting
 * change and of the whole history; the trend of the newest pace is added as far as Kendall's test and the fit trust it; the width depends on the volatility
 * around that trend and on how the horizon compares with the history. Its constants were pooled from about a thousand real memory series, since the width
 * cannot be told from one short series.
 * @param peaks - oldest first, values above 0; the last 400 are used
 * @param horizonDays - whole days, at least 1
 * @remarks Method, constants and measured coverage: docs/methodology.md#forecast. `y` below are values, `n` windows with data,
 * `N` all windows, `m` values since the change of level; all logarithms are natural.
 */
export function pooledPeak(peaks: readonly DailyPeak[], horizonDays: number): PooledPeak {
  const kept = peaks.slice(-MAX_DAYS);
  const y = kept.map((peak) => peak.value);
  const day = kept.map((peak) => Math.round((peak.at - (kept[0]?.at ?? 0)) / DAY_MS));
  const logY = y.map(Math.log);
  const n = y.length;
  const since = findLevelShift(y);

  const isWeekly = hasWeeklyRhythm(day.slice(since), logY.slice(since));
  const paced = isWeekly ? largestOfWeek(day, y, since) : y;
  const start = findTrendStart(day, paced, since, isWeekly);
  const isNewPace = start > since;
  const trend = fitTrend(day.slice(start), paced.slice(start), paced.slice(start).map(Math.log));
  const level = logY.map((value, i) => value + trend.weight * trend.logSlope * daysBetween(day, Math.max(i, start), y.length - 1));
  const unrest = findUnrest(day, logY).volatility;
  const aroundTrend = findUnrest(day, level);
  const v = Math.min(unrest, aroundTrend.volatility);
  const calm = findCalm(level, aroundTrend);

  // A lasting fall has left the largest values of its beginning behind; a new fall may end tomorrow.
  const reachable = trend.logSlope < 0 && !isNewPace ? level : logY;
  const top = Math.max(...logY);
  const topSince = Math.max(...logY.slice(since));
  const topReachable = Math.max(...reachable.slice(since));
  const topWeek = Math.max(...reachable.slice(-WEEK_DAYS));
  const middleAmong = (isKept: (i: number) => boolean): number => {
    const largestFrom = (values: readonly number[], from: number): number => Math.max(...values.filter((_, i) => i >= from && isKept(i)));
    const [week, largest] = [largestFrom(reachable, n - WEEK_DAYS), largestFrom(reachable, since)];
    return week + 0.6 * (largest - week) + 0.35 * (1 - trend.weight) * (largestFrom(logY, 0) - largest);
  };
  const middle = middleAmong(() => true);
  const [isFree, isFreeSince] = [freeOfLoneSpike(logY), freeOfLoneSpike(logY.slice(since))];
  const middleOnce = middleAmong((i) => (isFree[i] ?? true) && (isFreeSince[i - since] ?? true));
  // What came once in n days comes again within k with chance k ÷ (n + k): under one half before day n.
  const middleOf = (k: number): number => (k < n ? Math.min(middle, middleOnce) : middle);

  const days = Array.from({ length: horizonDays }, (_, i) => i + 1);
  // A new pace is expected to go on for twice as long as it was seen, and a new fall not at all; the bounds carry growth on as far as any.
  const lowest = isNewPace ? 0 : -0.5;
  // What refills after a fall goes back to where it was: its pace there says nothing of the time after that.
  const isRefill = since > 0 && (y[since] ?? 0) < REFILL_RATIO * (y[since - 1] ?? 0) && topSince < top;
  const growthFor = (from: (k: number) => number, farthest: number) => (k: number) =>
    Math.min(
      isRefill ? top - from(k) : Number.POSITIVE_INFINITY,
      trend.weight * Math.log(clip(trendFactor(trend, Math.min(k, farthest)), 1 + lowest, 3)),
    );
  const expectedGrowth = growthFor(middleOf, 2 * (isNewPace ? n - start : n));
  const growthOf = growthFor(() => topWeek, 2 * n);
  // The quiet around a trend is believed for as long as it was seen, and no longer at all after twice that time.
  const trust = (k: number): number => clip(2 - k / n, 0, 1);
  const boundOf = (k: number): number => 0.5 * (top + topSince + trust(k) * (topReachable - topSince));
  const rootOf = (k: number): number => {
    const pooled = Math.sqrt(unrest + trust(k) * (v - unrest));
    return pooled + calm * trust(k) * (Math.min(pooled, CALM_WIDTH * v) - pooled);
  };
  const widthOf = (k: number): number => Math.log(1 + k / n);
  // Within less than half the time seen so far, the largest value of that time is less often passed.
  const nearness = (k: number): number => Math.sqrt(Math.min(1, (2 * k) / n));
  const p50 = days.map((k) => Math.exp(middleOf(k) + expectedGrowth(k) + Math.min(0.05 * widthOf(k) * rootOf(k), 1)));
  const p90 = days.map((k) =>
    Math.exp(boundOf(k) + growthOf(k) + Math.min(0.05 * nearness(k) + (0.3 + 0.9 * widthOf(k)) * rootOf(k), 0.7)),
  );
  const p95 = days.map((k) => Math.exp(boundOf(k) + growthOf(k) + Math.min(0.1 * nearness(k) + (0.8 + widthOf(k)) * rootOf(k), 0.9)));
  if (![...p50, ...p90, ...p95].every((value) => Number.isFinite(value))) return fallBack(y, days);

  const rising50 = neverFalling(p50);
  const rising90 = neverFalling(p90.map((value, i) => Math.max(value, p50[i] ?? value)));
  return {
    p50: rising50,
    p90: rising90,
    p95: neverFalling(p95.map((value, i) => Math.max(value, rising90[i] ?? value))),
    growthPerDay: trend.weight >= TOLD_WEIGHT ? trend.slope : 0,
    compoundPerDay: trend.weight >= TOLD_WEIGHT && trend.isCompound ? Math.expm1(trend.logSlope) : undefined,
    volatility: v,
    margin: 0.1 + (0.8 + widthOf(horizonDays)) * rootOf(horizonDays),
  };
}

/** Where arithmetic fails (an empty series, values at the edge of the number range): plain shares of the largest value so far. */
function fallBack(y: readonly number[], days: readonly number[]): PooledPeak {
  const largest = y.length === 0 ? 0 : Math.max(...y);
  const flat = (factor: number): number[] => days.map(() => Math.min(largest * factor, Number.MAX_VALUE));
  return { p50: flat(1), p90: flat(1.3), p95: flat(1.6), growthPerDay: 0, volatility: 0, margin: Number.POSITIVE_INFINITY };
}

function neverFalling(values: readonly number[]): number[] {
  let highest = Number.NEGATIVE_INFINITY;
  return values.map((value) => {
    highest = Math.max(highest, value);
    return highest;
  });
}
