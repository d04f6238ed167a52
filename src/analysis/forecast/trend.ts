import { clip } from '../../stats/clip.ts';
import { kendallZ } from '../../stats/kendall.ts';
import { mean, variance } from '../../stats/mean.ts';
import { median } from '../../stats/median.ts';
import { theilSen } from '../../stats/theil-sen.ts';
import { findTrendBreak } from './trend-break.ts';
import { findChanges } from './unrest.ts';

const WEEK_DAYS = 7;
/** Growth is compound where its curve leaves at most this share of the straight line's squared error, over two weeks or more. */
const MAX_COMPOUND_ERROR_SHARE = 0.5;
const MIN_COMPOUND_VALUES = 14;
/** Growth is slower from here on at most at this share of the pace before, and where that makes this many noises. */
const MAX_SLOWER_SHARE = 0.92;
const SLOWING_NOISES = 1.5;
const MIN_SLOWER_VALUES = 7;
/** Changes from week to week are at most this share of those from day to day where the weekdays differ. */
const MAX_WEEKLY_SHARE = 0.5;

export interface Trend {
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

export function fitTrend(day: readonly number[], y: readonly number[], logY: readonly number[]): Trend {
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
export function trendFactor({ isCompound, logSlope, relativePerDay }: Trend, days: number): number {
  return isCompound ? Math.exp(logSlope * days) : 1 + relativePerDay * days;
}

/** First value of the pace that goes on now: after the last change of level at `since`, and after a change of pace since then. */
export function findTrendStart(day: readonly number[], y: readonly number[], since: number, isWeekly: boolean): number {
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

/** Whether values follow those of a week ago, growth aside, far more closely than those of the day before; told from three weeks on. */
export function hasWeeklyRhythm(day: readonly number[], logY: readonly number[]): boolean {
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
export function largestOfWeek(day: readonly number[], y: readonly number[], since: number): readonly number[] {
  return y.map((_, i) => {
    const from = Math.max(
      i < since ? 0 : since,
      day.findIndex((d) => d > (day[i] ?? 0) - WEEK_DAYS),
    );
    return Math.max(...y.slice(from, i + 1));
  });
}

export function daysBetween(day: readonly number[], from: number, to: number): number {
  return (day[to] ?? 0) - (day[from] ?? 0);
}
