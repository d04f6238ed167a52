import { clip } from '../../stats/clip.ts';
import { mean } from '../../stats/mean.ts';
import { median } from '../../stats/median.ts';

const WEEK_DAYS = 7;
/** Fewer values prove nothing of how a series trembles. */
const MIN_CALM_VALUES = 21;

export interface Unrest {
  /** Mean size of the changes, 0 to 1. */
  readonly volatility: number;
  /** Sizes of the changes of the logarithm: from day to day or, where that is less in a history of two weeks, from week to week. */
  readonly changes: readonly number[];
}

export function findUnrest(day: readonly number[], logY: readonly number[]): Unrest {
  const { daily, weekly } = findChanges(day, logY);
  const isWeekly = (day.at(-1) ?? 0) + 1 >= 2 * WEEK_DAYS && weekly.length >= 5 && mean(weekly) < mean(daily);
  const changes = isWeekly ? weekly : daily;
  return { changes, volatility: changes.length === 0 ? 0 : clip(mean(changes), 0, 1) };
}

/** Sizes of the changes of the logarithm from day to day and from week to week. */
export function findChanges(
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

/**
 * How far the series proves that it only trembles around its trend, 0 to 1: no change stands out of the others (a jump that happened once may happen
 * again), and at no time since a third of the history would the values to come have been far above the largest one until then (it does not wander off).
 * @param level - logarithms without the trend, oldest first
 */
export function findCalm(level: readonly number[], { changes, volatility }: Unrest): number {
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
