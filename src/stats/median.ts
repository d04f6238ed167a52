import { quickselect } from 'd3-array';

/**
 * Median of finite numbers, exact; the mean of the two middle ones when their count is even.
 * @param values - any order, left as they are
 * @returns NaN for an empty list
 */
export function median(values: ArrayLike<number>): number {
  const copy = Float64Array.from(values);
  const middle = copy.length >> 1;
  if (copy.length === 0) return Number.NaN;
  quickselect(copy, middle);
  const upper = copy[middle] ?? Number.NaN;
  if (copy.length % 2 === 1) return upper;
  let lower = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < middle; i += 1) lower = Math.max(lower, copy[i] ?? lower);
  return (lower + upper) / 2;
}
