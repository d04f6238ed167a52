import { describe, expect, it } from 'vitest';
import type { PooledPeak } from '../../../src/analysis/forecast/pooled-peak.ts';
import { findDaysUntil, findProbability } from '../../../src/analysis/forecast/thresholds.ts';

const forecast: PooledPeak = {
  p50: [100, 101, 102, 103],
  p90: [110, 112, 114, 116],
  p95: [120, 125, 130, 135],
  growthPerDay: 1,
  volatility: 0.1,
  margin: 0.3,
};

describe('findDaysUntil', () => {
  it.each([
    [99, { p50: 0, p90: 0, p95: 0 }],
    [102, { p50: 3, p90: 1, p95: 1 }],
    [113, { p90: 3, p95: 1 }],
    [130, { p95: 3 }],
    [200, {}],
  ])('finds the first day on which each quantile comes to %d', (threshold, expected) => {
    expect(findDaysUntil(forecast, threshold, 99)).toEqual(expected);
  });
});

describe('findProbability', () => {
  it.each([
    [99, 1],
    [103, 0.5],
    [116, 0.1],
    [135, 0.05],
    [(135 * 135) / 116, 0.025],
    [Math.sqrt(103 * 116), 0.3],
  ])('goes through the quantiles: %d', (threshold, expected) => {
    expect(findProbability(forecast, threshold, 99)).toBeCloseTo(expected, 9);
  });

  it('never rises with the threshold and stays within 0 and 1', () => {
    let previous = 1;
    for (let threshold = 90; threshold < 400; threshold += 0.5) {
      const probability = findProbability(forecast, threshold, 95);
      expect(probability).toBeLessThanOrEqual(previous);
      expect(probability).toBeGreaterThan(0);
      previous = probability;
    }
  });
});
