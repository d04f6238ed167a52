import { DAY_MS } from '../../model/time.ts';
import { kendallZ } from '../../stats/kendall.ts';
import { median } from '../../stats/median.ts';
import { theilSen } from '../../stats/theil-sen.ts';
import type { DailyPeak } from './daily-peaks.ts';
import { findTrendBreak } from './trend-break.ts';

/** Quantiles of the largest value of the next `day` days; index 0 is day 1. Each never falls, and p50 ≤ p90 ≤ p95. */
export interface PooledPeak {
  readonly p50: readonly number[];
  readonly p90: readonly number[];
  readonly p95: readonly number[];
  /** Robust slope since the last lasting change of level, per day; 0 where no trend can be told from chance. */
  readonly growthPerDay: number;
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
/** Growth is compound where its curve leaves at most this share of the straight line's squared error, over two weeks or more. */
const MAX_COMPOUND_ERROR_SHARE = 0.5;
const MIN_COMPOUND_VALUES = 14;
/** Growth is slower from here on at most at this share of the pace before, and where that makes this many noises. */
const MAX_SLOWER_SHARE = 0.92;
const SLOWING_NOISES = 1.5;
const MIN_SLOWER_VALUES = 7;
/** Changes from week to week are at most this share of those from day to day where the weekdays differ. */
const MAX_WEEKLY_SHARE = 0.5;
/** Fewer values prove nothing of how a series trembles. */
const MIN_CALM_VALUES = 21;
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
  const unrest = findVolatility(day, logY);
  const aroundTrend = findUnrest(day, level);
  const v = Math.min(unrest, aroundTrend.volatility);
  const calm = findCalm(level, aroundTrend);

  // A lasting fall has left the largest values of its beginning behind; a new fall may end tomorrow.
  const reachable = trend.logSlope < 0 && !isNewPace ? level : logY;
  const top = Math.max(...logY);
  const topSince = Math.max(...logY.slice(since));
  const topReachable = Math.max(...reachable.slice(since));
  const topWeek = Math.max(...reachable.slice(-WEEK_DAYS));
  const middle = topWeek + 0.6 * (topReachable - topWeek) + 0.35 * (1 - trend.weight) * (top - topReachable);

  const days = Array.from({ length: horizonDays }, (_, i) => i + 1);
  // A new pace is expected to go on for twice as long as it was seen, and a new fall not at all; the bounds carry growth on as far as any.
  const lowest = isNewPace ? 0 : -0.5;
  // What refills after a fall goes back to where it was: its pace there says nothing of the time after that.
  const isRefill = since > 0 && (y[since] ?? 0) < REFILL_RATIO * (y[since - 1] ?? 0) && topSince < top;
  const growthFor = (from: number, farthest: number) => (k: number) =>
    Math.min(
      isRefill ? top - from : Number.POSITIVE_INFINITY,
      trend.weight * Math.log(clip(trendFactor(trend, Math.min(k, farthest)), 1 + lowest, 3)),
    );
  const expectedGrowth = growthFor(middle, 2 * (isNewPace ? n - start : n));
  const growthOf = growthFor(topWeek, 2 * n);
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
  const p50 = days.map((k) => Math.exp(middle + expectedGrowth(k) + Math.min(0.05 * widthOf(k) * rootOf(k), 1)));
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
    volatility: v,
    margin: 0.1 + (0.8 + widthOf(horizonDays)) * rootOf(horizonDays),
  };
}

/** First value of the pace that goes on now: after the last change of level at `since`, and after a change of pace since then. */
function findTrendStart(day: readonly number[], y: readonly number[], since: number, isWeekly: boolean): number {
  const start = since + findTrendBreak(day.slice(since), y.slice(since));
  const newest = start + findTrendBreak(day.slice(start), y.slice(start));
  return newest + findSlowing(day.slice(newest), y.slice(newest), isWeekly ? 2 * WEEK_DAYS : MIN_SLOWER_VALUES);
}

/**
 * First value of the newest half, or half of that and so on, while growth in it was clearly slower than in the whole: growth that settles is not carried
 * on at the pace of its beginning. 0 where the pace holds.
 */
function findSlowing(day: readonly number[], y: readonly number[], fewest: number): number {
  const half = Math.floor(y.length / 2);
  if (y.length - half < fewest) return 0;
  const whole = theilSen(day, y);
  const [newestDay, newestY] = [day.slice(half), y.slice(half)];
  const newest = theilSen(newestDay, newestY);
  if (whole.slope <= 0 || newest.slope > MAX_SLOWER_SHARE * whole.slope) return 0;
  const residuals = newestY.map((value, i) => Math.abs(value - newest.intercept - newest.slope * (newestDay[i] ?? 0)));
  const lost = (whole.slope - newest.slope) * daysBetween(newestDay, 0, newestDay.length - 1);
  return lost > SLOWING_NOISES * 1.4826 * median(residuals) ? half + findSlowing(newestDay, newestY, fewest) : 0;
}

/** Slope of the newest pace, per unit of `day`; 0 where no trend can be told from chance (Kendall's |z| up to 2). */
export function findNewestSlope(day: readonly number[], y: readonly number[]): number {
  const since = findLevelShift(y);
  const start = findTrendStart(day, y, since, false);
  const newest = y.slice(start);
  return Math.abs(kendallZ(newest)) > 2 ? theilSen(day.slice(start), newest).slope : 0;
}

/**
 * Where the last lasting change of level begins: the newest place where up to 7 values before and after differ by clearly more than the
 * noise, without overlap, and mostly in one step. 0 when there is none.
 */
export function findLevelShift(y: readonly number[]): number {
  const steps = y.slice(1).map((value, i) => Math.abs(value - (y[i] ?? value)));
  const noise = (1.4826 * median(steps)) / Math.SQRT2;
  for (let c = y.length - 3; c >= 3; c -= 1) {
    const before = y.slice(Math.max(0, c - WEEK_DAYS), c);
    const after = y.slice(c, c + WEEK_DAYS);
    const old = median(before);
    const change = Math.abs(median(after) - old);
    const isApart = Math.max(...before) < Math.min(...after) || Math.max(...after) < Math.min(...before);
    if (isApart && change > Math.max(4 * noise, 0.15 * old) && (steps[c - 1] ?? 0) > 0.6 * change) return c;
  }
  return 0;
}

interface Trend {
  readonly slope: number;
  /** Slope ÷ level at the end. */
  readonly relativePerDay: number;
  /** Slope of the logarithm, per day. */
  readonly logSlope: number;
  /** Growth in percent a day rather than in bytes a day. */
  readonly isCompound: boolean;
  /** How far the trend is believed, 0 to 1. */
  readonly weight: number;
}

const NO_TREND: Trend = { slope: 0, relativePerDay: 0, logSlope: 0, isCompound: false, weight: 0 };

function fitTrend(day: readonly number[], y: readonly number[], logY: readonly number[]): Trend {
  const m = y.length;
  if (m < 3) return NO_TREND;
  const line = theilSen(day, y);
  const level = Math.max(line.intercept + line.slope * (day.at(-1) ?? 0), 0.2 * median(y));
  const logLine = theilSen(day, logY);
  const residuals = logY.map((value, i) => value - logLine.intercept - logLine.slope * (day[i] ?? 0));
  const total = variance(logY);
  const rSquared = total < 1e-12 ? 0 : clip(1 - (variance(residuals) * m) / (m - 2) / total, 0, 1);
  const straightError = variance(y.map((value, i) => value - line.intercept - line.slope * (day[i] ?? 0)));
  const compoundError = variance(y.map((value, i) => value - Math.exp(logLine.intercept + logLine.slope * (day[i] ?? 0))));
  return {
    slope: line.slope,
    relativePerDay: line.slope / level,
    logSlope: logLine.slope,
    isCompound: m >= MIN_COMPOUND_VALUES && logLine.slope > 0 && compoundError < MAX_COMPOUND_ERROR_SHARE * straightError,
    weight: clip((Math.abs(kendallZ(y)) - 2) / 2, 0, 1) * rSquared,
  };
}

/** What the trend makes of the level in some days. */
function trendFactor({ isCompound, logSlope, relativePerDay }: Trend, days: number): number {
  return isCompound ? Math.exp(logSlope * days) : 1 + relativePerDay * days;
}

function daysBetween(day: readonly number[], from: number, to: number): number {
  return (day[to] ?? 0) - (day[from] ?? 0);
}

/** Whether values follow those of a week ago, growth aside, far more closely than those of the day before; told from three weeks on. */
function hasWeeklyRhythm(day: readonly number[], logY: readonly number[]): boolean {
  const daily = logY.slice(1).map((value, i) => value - (logY[i] ?? value));
  const { weekly } = findChanges(day, logY);
  return weekly.length >= 2 * WEEK_DAYS && meanDistance(weekly) + 1e-9 < MAX_WEEKLY_SHARE * meanDistance(daily);
}

/** Mean distance from the median. */
function meanDistance(values: readonly number[]): number {
  const middle = median(values);
  return mean(values.map((value) => Math.abs(value - middle)));
}

/** Each value gives way to the largest of the week that it ends: growth shows in the weeks' largest values, whatever the weekends do. */
function largestOfWeek(day: readonly number[], y: readonly number[], since: number): readonly number[] {
  return y.map((_, i) => {
    const from = Math.max(
      i < since ? 0 : since,
      day.findIndex((d) => d > (day[i] ?? 0) - WEEK_DAYS),
    );
    return Math.max(...y.slice(from, i + 1));
  });
}

interface Unrest {
  /** Mean size of the changes, 0 to 1. */
  readonly volatility: number;
  /** Sizes of the changes of the logarithm: from day to day or, where that is less in a history of two weeks, from week to week. */
  readonly changes: readonly number[];
}

function findUnrest(day: readonly number[], logY: readonly number[]): Unrest {
  const { daily, weekly } = findChanges(day, logY);
  const isWeekly = (day.at(-1) ?? 0) + 1 >= 2 * WEEK_DAYS && weekly.length >= 5 && mean(weekly) < mean(daily);
  const changes = isWeekly ? weekly : daily;
  return { changes, volatility: changes.length === 0 ? 0 : clip(mean(changes), 0, 1) };
}

/** Sizes of the changes of the logarithm from day to day and from week to week. */
function findChanges(
  day: readonly number[],
  logY: readonly number[],
): { readonly daily: readonly number[]; readonly weekly: readonly number[] } {
  const byDay = new Map(day.map((d, i) => [d, logY[i] ?? Number.NaN]));
  const weekly = day.flatMap((d, i) => {
    const before = byDay.get(d - WEEK_DAYS);
    return before === undefined ? [] : [Math.abs((logY[i] ?? before) - before)];
  });
  return { daily: logY.slice(1).map((value, i) => Math.abs(value - (logY[i] ?? value))), weekly };
}

function findVolatility(day: readonly number[], logY: readonly number[]): number {
  return findUnrest(day, logY).volatility;
}

/**
 * How far the series proves that it only trembles around its trend, 0 to 1: no change stands out of the others (a jump that happened once may happen
 * again), and at no time since a third of the history would the values to come have been far above the largest one until then (it does not wander off).
 * @param level - logarithms without the trend, oldest first
 */
function findCalm(level: readonly number[], { changes, volatility }: Unrest): number {
  if (level.length < MIN_CALM_VALUES) return 0;
  const typical = median(changes);
  const outlier = typical > 0 ? Math.max(...changes) / typical : 0;
  let until = Number.NEGATIVE_INFINITY;
  let after = Number.NEGATIVE_INFINITY;
  const largestFrom = level
    .toReversed()
    .map((value) => (after = Math.max(after, value)))
    .toReversed();
  const excesses = level.map((value, i) => {
    const excess = i >= level.length / 3 ? (largestFrom[i] ?? value) - until : 0;
    until = Math.max(until, value);
    return excess;
  });
  const excess = Math.max(0, ...excesses) / Math.max(volatility, 1e-12);
  return clip(2 - outlier / 6, 0, 1) * clip(2 - excess / 1.5, 0, 1);
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

function clip(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** 2));
}
