/**
 * Sample quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan), exact.
 * @param values - finite, any order, left as they are
 * @param p - 0 to 1; values outside are taken as the nearer end
 * @returns NaN for an empty list
 */
export function quantile(values: ArrayLike<number>, p: number): number {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return Number.NaN;
  const position = Math.min(1, Math.max(0, p)) * (sorted.length - 1);
  const below = Math.floor(position);
  const lower = sorted[below] ?? Number.NaN;
  const upper = sorted[below + 1] ?? lower;
  return lower + (upper - lower) * (position - below);
}
