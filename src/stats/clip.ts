/** The nearest value within `low` and `high`; NaN stays. */
export function clip(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
