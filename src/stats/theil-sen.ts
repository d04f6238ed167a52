import { median } from './median.ts';

/** A straight line `y = intercept + slope · t`. */
export interface TrendLine {
  readonly slope: number;
  readonly intercept: number;
}

/**
 * Robust straight line (Theil 1950, Sen 1968): the slope is the median of the slopes of all pairs, the intercept the median
 * of `y − slope · t`. Up to 29 % of the points may be wild without moving it much.
 * @param t - abscissae in any order and unit; pairs with equal `t` are left out
 * @param y - same length as `t`, finite
 * @returns slope 0 when no pair has two different abscissae; NaN intercept for an empty series
 * @remarks Takes n² / 2 steps: for about 1,000 points at most.
 */
export function theilSen(t: ArrayLike<number>, y: ArrayLike<number>): TrendLine {
  const n = Math.min(t.length, y.length);
  const slopes = new Float64Array((n * (n - 1)) / 2);
  let pairs = 0;
  for (let i = 0; i < n; i += 1) {
    for (let j = i + 1; j < n; j += 1) {
      const run = at(t, j) - at(t, i);
      if (run === 0) continue;
      slopes[pairs] = (at(y, j) - at(y, i)) / run;
      pairs += 1;
    }
  }
  // + 0: a flat line has slope 0, not the −0 that a step back in time divides to.
  const slope = pairs === 0 ? 0 : median(slopes.subarray(0, pairs)) + 0;
  const levels = new Float64Array(n);
  for (let i = 0; i < n; i += 1) levels[i] = at(y, i) - slope * at(t, i);
  return { slope, intercept: median(levels) };
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? Number.NaN;
}
