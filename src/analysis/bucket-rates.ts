import { findMetric, type MetricId } from '../model/metrics.ts';
import type { NodeHistory } from '../model/node-history.ts';

/**
 * Growth of a counter between the ends of neighbouring buckets, one value a bucket.
 * @returns NaN for the first bucket, across a restart (for counters that CONFIG RESETSTAT clears: across that too), and where unknown;
 * undefined when the history does not have the metric
 */
export function bucketIncreases(history: NodeHistory, id: MetricId): Float64Array | undefined {
  const column = history.buckets.columns.get(id);
  if (column === undefined) return undefined;
  const cuts = history.restarts.map((restart) => restart.at);
  if (findMetric(id)?.resetByStat) cuts.push(...history.statResets.map((reset) => reset.at));
  const { count, toAt } = history.buckets;
  const increases = new Float64Array(count).fill(Number.NaN);
  for (let i = 1; i < count; i += 1) {
    const increase = valueAt(column.last, i) - valueAt(column.last, i - 1);
    const isCut = cuts.length > 0 && cuts.some((at) => at > valueAt(toAt, i - 1) && at <= valueAt(toAt, i));
    if (increase >= 0 && !isCut) increases[i] = increase;
  }
  return increases;
}

/**
 * Growth of a counter per second between the ends of neighbouring buckets: with wide buckets a mean over each,
 * so its maximum is a lower bound of the true one.
 * @returns as `bucketIncreases`
 */
export function bucketRates(history: NodeHistory, id: MetricId): Float64Array | undefined {
  const { toAt } = history.buckets;
  return bucketIncreases(history, id)?.map((increase, i) => (increase * 1000) / (valueAt(toAt, i) - valueAt(toAt, i - 1)));
}

/** Column value at `i`; NaN outside. */
export function valueAt(column: Float64Array | undefined, i: number): number {
  return column?.[i] ?? Number.NaN;
}
