import type { PooledPeak } from './pooled-peak.ts';

/** Days until a threshold is reached at each quantile: 0 = reached already, absent = not within the horizon. */
export interface DaysUntil {
  readonly p50?: number;
  readonly p90?: number;
  readonly p95?: number;
}

/** Narrowest step, in the logarithm, over which the probability halves beyond p95. */
const MIN_HALVING_WIDTH = 0.02;

/** Whether the newest day already came to the threshold. */
function isReached(threshold: number, newestPeak: number): boolean {
  return threshold <= newestPeak;
}

/** First day on which each quantile is at or above `threshold`; p50 is the day to expect, p90 the early one (10 % chance). */
export function findDaysUntil(forecast: PooledPeak, threshold: number, newestPeak: number): DaysUntil {
  if (isReached(threshold, newestPeak)) return { p50: 0, p90: 0, p95: 0 };
  const firstDay = (values: readonly number[]): number | undefined => {
    const index = values.findIndex((value) => value >= threshold);
    return index < 0 ? undefined : index + 1;
  };
  return { p50: firstDay(forecast.p50), p90: firstDay(forecast.p90), p95: firstDay(forecast.p95) };
}

/**
 * Probability, 0 to 1, that the peak within the horizon is at or above `threshold`: straight lines in the logarithm of the threshold through
 * (p50, 50 %), (p90, 10 %) and (p95, 5 %); beyond p95 it halves for each further ln(p95 ÷ p90).
 */
export function findProbability(forecast: Pick<PooledPeak, 'p50' | 'p90' | 'p95'>, threshold: number, newestPeak: number): number {
  if (isReached(threshold, newestPeak)) return 1;
  const [p50, p90, p95] = [forecast.p50, forecast.p90, forecast.p95].map((values) => Math.log(values.at(-1) ?? Number.NaN)) as [
    number,
    number,
    number,
  ];
  const x = Math.log(threshold);
  if (x >= p95) return 0.05 * 0.5 ** ((x - p95) / Math.max(p95 - p90, MIN_HALVING_WIDTH));
  if (x >= p90) return 0.1 - (0.05 * (x - p90)) / (p95 - p90);
  return Math.min(1, 0.5 - (0.4 * (x - p50)) / (p90 - p50));
}
