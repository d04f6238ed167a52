/**
 * Kendall's test for a trend (1938): the sum of the signs of all later − earlier differences, in standard deviations.
 * @param y - finite values in time order
 * @returns about standard normal when there is no trend; above 2 a rise, below −2 a fall; 0 with fewer than 2 values
 * @remarks The standard deviation is the one without ties, so many equal values make it cautious. Takes n² / 2 steps.
 */
export function kendallZ(y: ArrayLike<number>): number {
  const m = y.length;
  if (m < 2) return 0;
  let sum = 0;
  for (let i = 0; i < m; i += 1) {
    for (let j = i + 1; j < m; j += 1) sum += Math.sign((y[j] ?? Number.NaN) - (y[i] ?? Number.NaN));
  }
  return sum / Math.sqrt((m * (m - 1) * (2 * m + 5)) / 18);
}
