/**
 * Kendall's test for a trend (1938): the sum of the signs of all later − earlier differences, in standard deviations.
 * @param y - finite values in time order
 * @returns about standard normal when there is no trend; above 2 a rise, below −2 a fall; 0 with fewer than 2 values
 * @remarks The standard deviation is the one without ties, so many equal values make it cautious. Takes n² / 2 steps.
 */
export function kendallZ(y: ArrayLike<number>): number {
  return kendallZWithin([y]);
}

/** The same over several stretches, of which only values of one stretch are compared: sums of signs and variances add up. */
export function kendallZWithin(stretches: readonly ArrayLike<number>[]): number {
  let sum = 0;
  let variance = 0;
  for (const y of stretches) {
    const m = y.length;
    variance += (m * (m - 1) * (2 * m + 5)) / 18;
    for (let i = 0; i < m; i += 1) {
      for (let j = i + 1; j < m; j += 1) sum += Math.sign((y[j] ?? Number.NaN) - (y[i] ?? Number.NaN));
    }
  }
  return variance === 0 ? 0 : sum / Math.sqrt(variance);
}
