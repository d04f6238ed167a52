/** Draws from one database; what they showed is taken as like the rest of it. */
export interface Stratum {
  /** Keys of the database for each one that was seen. */
  readonly weight: number;
  /** Keys seen over all keys; 1: nothing is left to chance. */
  readonly seenShare: number;
  readonly draws: readonly Pair[];
}

/** What one draw adds to a numerator and a denominator. */
export interface Pair {
  readonly y: number;
  readonly x: number;
}

/** A figure with the range that holds it with 95 % chance; without one where too few draws tell it. */
export interface Range {
  readonly low?: number;
  readonly middle: number;
  readonly high?: number;
}

const Z95 = 1.959964;
/** With fewer draws less than this would be known of their scatter, and the range would be no use. */
const MIN_FREEDOM = 4;

/**
 * Sum of `y` over sum of `x` in the whole, from draws of whole clusters: the ratio estimator, its variance by the scatter of the draws around it,
 * and a range that is symmetric on the logarithmic scale, since sizes of keys are skewed: what a sample misses is large.
 * @returns undefined where no draw has any `x`
 * @remarks Docs: docs/methodology.md#keyspace-sample
 */
export function estimateRatio(strata: readonly Stratum[]): Range | undefined {
  let [sumY, sumX] = [0, 0];
  for (const { weight, draws } of strata)
    for (const { y, x } of draws) {
      sumY += weight * y;
      sumX += weight * x;
    }
  if (!(sumX > 0)) return undefined;
  const middle = sumY / sumX;
  let variance = 0;
  let freedom = 0;
  for (const { weight, seenShare, draws } of strata) {
    if (seenShare >= 1) continue;
    const count = draws.length;
    if (count < 2) return { middle };
    const rests = draws.map(({ y, x }) => y - middle * x);
    const mean = rests.reduce((sum, rest) => sum + rest, 0) / count;
    const squares = rests.reduce((sum, rest) => sum + (rest - mean) ** 2, 0);
    variance += (1 - seenShare) * weight ** 2 * (count / (count - 1)) * squares;
    freedom += count - 1;
  }
  if (freedom === 0 && strata.every(({ seenShare }) => seenShare >= 1)) return { low: middle, middle, high: middle };
  if (freedom < MIN_FREEDOM || middle <= 0) return { middle };
  const relative = (studentQuantile(freedom) * Math.sqrt(variance)) / sumX / middle;
  return { low: middle * Math.exp(-relative), middle, high: middle * Math.exp(relative) };
}

/** 97.5 % quantile of Student's t by the expansion of Cornish and Fisher: within 2 % from 4 degrees of freedom on. */
function studentQuantile(freedom: number): number {
  const z = Z95;
  return z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
}

export function scaleRange({ low, middle, high }: Range, by: number): Range {
  return {
    ...(low === undefined ? {} : { low: low * by }),
    middle: middle * by,
    ...(high === undefined ? {} : { high: high * by }),
  };
}
