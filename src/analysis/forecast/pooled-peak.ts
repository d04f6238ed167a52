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
/** A trend that is believed by less than this is not told as growth: three values in a row may rise by chance. */
const TOLD_WEIGHT = 0.1;
/** Growth is compound where its curve leaves at most this share of the straight line's squared error, over two weeks or more. */
const MAX_COMPOUND_ERROR_SHARE = 0.5;
const MIN_COMPOUND_VALUES = 14;
/** A pace of this many days begins to count as clean, one of twice as many does fully; so does a trend believed by this much. */
const MIN_CLEAN_VALUES = 14;
const MIN_CLEAN_WEIGHT = 0.8;
/** A fall to less than this, and growth after it that has not come back to the old level, is a flush or a lost load that fills up again. */
const REFILL_RATIO = 0.7;
/** Parts of a pace through which a line is drawn to see how well it foretells the rest. */
const PAST_SHARES = [0.5, 0.65, 0.8];

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

  const start = findTrendStart(day, y, since);
  const isNewPace = start > since;
  const trend = fitTrend(day.slice(start), y.slice(start), logY.slice(start));
  const level = logY.map((value, i) => value + trend.weight * trend.logSlope * daysBetween(day, Math.max(i, start), y.length - 1));
  const unrest = findVolatility(day, logY);
  const v = Math.min(unrest, findVolatility(day, level));

  // A lasting fall has left the largest values of its beginning behind; a new fall may end tomorrow.
  const reachable = trend.logSlope < 0 && !isNewPace ? level : logY;
  const top = Math.max(...logY);
  const topSince = Math.max(...logY.slice(since));
  const topReachable = Math.max(...reachable.slice(since));
  const topWeek = Math.max(...reachable.slice(-WEEK_DAYS));
  const middle = topWeek + 0.6 * (topReachable - topWeek) + 0.35 * (top - topReachable);

  const days = Array.from({ length: horizonDays }, (_, i) => i + 1);
  // A new pace is expected to go on for twice as long as it was seen, and a new fall not at all; the bounds reckon with more.
  const lowest = isNewPace ? 0 : -0.5;
  const expectedDays = 2 * (isNewPace ? n - start : n);
  const boundDays = 2 * n;
  // What refills after a fall goes back to where it was: its pace there says nothing of the time after that.
  const isRefill = since > 0 && (y[since] ?? 0) < REFILL_RATIO * (y[since - 1] ?? 0) && topSince < top;
  const growthOf = (k: number, from: number, farthest: number): number =>
    Math.min(
      isRefill ? top - from : Number.POSITIVE_INFINITY,
      trend.weight * Math.log(clip(trendFactor(trend, Math.min(k, farthest)), 1 + lowest, 3)),
    );
  // The quiet around a trend is believed for as long as it was seen, and no longer at all after twice that time.
  const trust = (k: number): number => clip(2 - k / n, 0, 1);
  const boundOf = (k: number): number => 0.5 * (top + topSince + trust(k) * (topReachable - topSince));
  const rootOf = (k: number): number => Math.sqrt(unrest + trust(k) * (v - unrest));
  const widthOf = (k: number): number => Math.log(1 + k / n);
  // Within less than half the time seen so far, the largest value of that time is less often passed.
  const nearness = (k: number): number => Math.sqrt(Math.min(1, (2 * k) / n));
  const clean = measureCleanTrend(day.slice(start), y.slice(start), trend);
  const boundAt = (k: number, pooledWidth: number, share: number): number => {
    const growth = growthOf(k, topWeek, boundDays);
    const spare = Math.max(0, pooledWidth - share * clean.widthOf(k, Math.abs(growth)));
    return Math.exp(boundOf(k) + growth + pooledWidth - clean.trust * spare);
  };
  const p50 = days.map((k) => Math.exp(middle + growthOf(k, middle, expectedDays) + Math.min(0.05 * widthOf(k) * rootOf(k), 1)));
  const p90 = days.map((k) => boundAt(k, Math.min(0.05 * nearness(k) + (0.3 + 0.9 * widthOf(k)) * rootOf(k), 0.7), 0.75));
  const p95 = days.map((k) => boundAt(k, Math.min(0.1 * nearness(k) + (0.8 + widthOf(k)) * rootOf(k), 0.9), 1));
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
function findTrendStart(day: readonly number[], y: readonly number[], since: number): number {
  const start = since + findTrendBreak(day.slice(since), y.slice(since));
  return start + findTrendBreak(day.slice(start), y.slice(start));
}

/** Slope of the newest pace, per unit of `day`; 0 where no trend can be told from chance (Kendall's |z| up to 2). */
export function findNewestSlope(day: readonly number[], y: readonly number[]): number {
  const start = findTrendStart(day, y, findLevelShift(y));
  const newest = y.slice(start);
  return Math.abs(kendallZ(newest)) > 2 ? theilSen(day.slice(start), newest).slope : 0;
}

/**
 * Where the last lasting change of level begins: the newest place where up to 7 values before and after differ by clearly more than the
 * noise, without overlap, and mostly in one step. 0 when there is none.
 */
function findLevelShift(y: readonly number[]): number {
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

/** How much narrower than the pooled width the bound of a clean trend may be. */
interface CleanTrend {
  /** 0: not at all (no trend, too short, or it failed on its own past) to 1. */
  readonly trust: number;
  /** Logarithm of bound ÷ trend after `k` days in which the trend adds `growth` (a logarithm too). */
  readonly widthOf: (k: number, growth: number) => number;
}

const NOT_CLEAN: CleanTrend = { trust: 0, widthOf: () => Number.POSITIVE_INFINITY };

/**
 * The pooled width was learnt from series that jump. A pace that has lasted four weeks with little noise, and whose line through its first
 * part foretold the rest of it, is told more narrowly: noise, the error that it made on its own past, and a share of the growth in case the
 * pace changes. A level without trend never is: quiet ones jump as often as any.
 */
function measureCleanTrend(day: readonly number[], y: readonly number[], trend: Trend): CleanTrend {
  const m = y.length;
  if (m < MIN_CLEAN_VALUES || trend.weight < MIN_CLEAN_WEIGHT || trend.logSlope <= 0) return NOT_CLEAN;
  const measured = trend.isCompound ? y.map(Math.log) : y;
  const asLog = (value: number): number => (trend.isCompound ? value : Math.log(Math.max(value, Number.MIN_VALUE)));
  const errorsAfter = (count: number, from: number): number[] => {
    const { slope, intercept } = theilSen(day.slice(0, count), measured.slice(0, count));
    return measured.slice(from).map((value, i) => asLog(value) - asLog(intercept + slope * (day[from + i] ?? 0)));
  };
  const noise = 1.4826 * median(errorsAfter(m, 0).map(Math.abs));
  const pastError = Math.max(...PAST_SHARES.flatMap((share) => errorsAfter(Math.floor(share * m), Math.floor(share * m))).map(Math.abs));
  const signal = trend.logSlope * m;
  return {
    trust:
      clip((m - MIN_CLEAN_VALUES) / MIN_CLEAN_VALUES, 0, 1) *
      clip((trend.weight - MIN_CLEAN_WEIGHT) / (1 - MIN_CLEAN_WEIGHT) / 0.5, 0, 1) *
      clip(2 - (4 * pastError) / signal, 0, 1),
    widthOf: (k, growth) => 0.04 + 2 * noise + pastError * Math.max(1, k / (0.5 * m)) + 0.3 * growth,
  };
}

/** What the trend makes of the level in some days. */
function trendFactor({ isCompound, logSlope, relativePerDay }: Trend, days: number): number {
  return isCompound ? Math.exp(logSlope * days) : 1 + relativePerDay * days;
}

function daysBetween(day: readonly number[], from: number, to: number): number {
  return (day[to] ?? 0) - (day[from] ?? 0);
}

/** The smaller of the mean change from day to day and, in a history of two weeks, from week to week. */
function findVolatility(day: readonly number[], logY: readonly number[]): number {
  const daily = logY.slice(1).map((value, i) => Math.abs(value - (logY[i] ?? value)));
  const byDay = new Map(day.map((d, i) => [d, logY[i] ?? Number.NaN]));
  const weekly = day.flatMap((d, i) => {
    const before = byDay.get(d - WEEK_DAYS);
    return before === undefined ? [] : [Math.abs((logY[i] ?? before) - before)];
  });
  const windows = (day.at(-1) ?? 0) + 1;
  const change = daily.length === 0 ? 0 : mean(daily);
  return clip(windows >= 2 * WEEK_DAYS && weekly.length >= 5 ? Math.min(change, mean(weekly)) : change, 0, 1);
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
