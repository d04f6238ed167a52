import { type Case, type Method, THRESHOLD_FACTORS } from './cases.ts';

/** An alarm is a threshold reached with at least this probability: the expected day lies within the horizon. */
const ALARM_CHANCE = 0.5;

/** How good one method was over some cases. All are shares (1 = 100 %), each series counting once; NaN where nothing is to be judged. */
export interface Figures {
  /** Pinball loss at 0.5, 0.9 and 0.95 ÷ max(peak, largest so far). */
  readonly pinball: readonly [number, number, number];
  /** Cases in which the 95 % bound was at or above the peak. */
  readonly held: number;
  /** Median of bound ÷ peak − 1. */
  readonly overProvisioning: number;
  /** Mean of 1 − bound ÷ peak where the bound was below the peak; 0 where it never was. */
  readonly shortage: number;
  /** Of all cases: an alarm and the threshold was not reached. For each threshold. */
  readonly falseAlarms: readonly number[];
  /** Of all cases: no alarm and the threshold was reached. For each threshold. */
  readonly missedAlarms: readonly number[];
  /** Mean squared difference of probability and outcome, over the thresholds. */
  readonly brier: number;
}

/** The figures of one method. */
export function findFigures(cases: readonly Case[], method: Method): Figures {
  const mean = (of: (one: Case) => number): number => weightedMean(cases, of);
  const pinball = (quantile: 'p50' | 'p90' | 'p95', level: number): number =>
    mean((one) => {
      const short = one.peak - one.said[method][quantile];
      return Math.max(level * short, (level - 1) * short) / Math.max(one.peak, one.largest);
    });
  const isReached = (one: Case, t: number): boolean => one.peak >= (THRESHOLD_FACTORS[t] ?? Number.NaN) * one.largest;
  const chanceOf = (one: Case, t: number): number => one.said[method].chances[t] ?? Number.NaN;
  const overThresholds = (of: (one: Case, t: number) => number): readonly number[] =>
    THRESHOLD_FACTORS.map((_, t) => mean((one) => of(one, t)));
  const short = cases.filter((one) => one.said[method].p95 < one.peak);
  return {
    pinball: [pinball('p50', 0.5), pinball('p90', 0.9), pinball('p95', 0.95)],
    held: mean((one) => (one.said[method].p95 >= one.peak ? 1 : 0)),
    overProvisioning: weightedMedian(cases, (one) => one.said[method].p95 / one.peak - 1),
    shortage: short.length === 0 ? 0 : weightedMean(short, (one) => 1 - one.said[method].p95 / one.peak),
    falseAlarms: overThresholds((one, t) => (chanceOf(one, t) >= ALARM_CHANCE && !isReached(one, t) ? 1 : 0)),
    missedAlarms: overThresholds((one, t) => (chanceOf(one, t) < ALARM_CHANCE && isReached(one, t) ? 1 : 0)),
    brier: average(overThresholds((one, t) => (chanceOf(one, t) - (isReached(one, t) ? 1 : 0)) ** 2)),
  };
}

/** What came of our probabilities between two bounds, over all thresholds. */
export interface Reliability {
  /** Probabilities said within the bounds. */
  readonly count: number;
  /** Share of them that came true; NaN without any. */
  readonly happened: number;
}

/** How often our probabilities from `low` up to below `high` came true. */
export function findReliability(cases: readonly Case[], low: number, high: number): Reliability {
  const said = cases.flatMap((one) =>
    THRESHOLD_FACTORS.flatMap((factor, t) => {
      const chance = one.said.ours.chances[t] ?? Number.NaN;
      return chance >= low && chance < high ? [{ weight: one.weight, happened: one.peak >= factor * one.largest ? 1 : 0 }] : [];
    }),
  );
  return { count: said.length, happened: weightedMean(said, ({ happened }) => happened) };
}

function weightedMean<Item extends { readonly weight: number }>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + item.weight * of(item), 0) / items.reduce((sum, item) => sum + item.weight, 0);
}

function weightedMedian(cases: readonly Case[], of: (one: Case) => number): number {
  const sorted = cases.map((one) => ({ weight: one.weight, value: of(one) })).toSorted((a, b) => a.value - b.value);
  const half = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let sum = 0;
  for (const { weight, value } of sorted) {
    sum += weight;
    if (sum >= half) return value;
  }
  return Number.NaN;
}

export function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
