import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogHistogram } from '../../src/stats/log-histogram.ts';

function exactQuantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(q * sorted.length - 1e-9)) - 1] as number;
}

function histogramOf(values: readonly number[]): LogHistogram {
  const histogram = new LogHistogram();
  histogram.add(Float64Array.from(values));
  return histogram;
}

const magnitudes = fc.oneof(fc.double({ min: 1e-9, max: 1e15, noNaN: true }), fc.integer({ min: 0, max: 2 ** 40 }));
const numbers = fc.array(
  fc.oneof(
    magnitudes,
    magnitudes.map((value) => -value),
  ),
  { minLength: 1, maxLength: 300 },
);

describe('LogHistogram', () => {
  it('gives every quantile within 1 % of the exact one, whatever the sign and size', () => {
    fc.assert(
      fc.property(numbers, fc.constantFrom(0, 0.01, 0.5, 0.9, 0.95, 0.99, 1), (values, q) => {
        const exact = exactQuantile(values, q);
        expect(Math.abs(histogramOf(values).quantile(q) - exact)).toBeLessThanOrEqual(Math.abs(exact) * 0.01);
      }),
    );
  });

  it('gives small whole numbers exactly', () => {
    const histogram = histogramOf([3, 3, 3, 17, 63]);
    expect([0, 0.5, 0.8, 1].map((q) => histogram.quantile(q))).toEqual([3, 3, 17, 63]);
  });

  it('takes the same values in any number of pieces', () => {
    const values = Float64Array.from([5e9, 0.5, -2, 0, 7e3, 1e-7]);
    const pieces = new LogHistogram();
    for (let i = 0; i < values.length; i++) pieces.add(values, i, i + 1);
    expect(pieces).toEqual(histogramOf([...values]));
  });

  it('passes over values that are not finite and those that are to be skipped', () => {
    const histogram = new LogHistogram();
    histogram.add(Float64Array.of(Number.NaN, 10, 20, Number.POSITIVE_INFINITY), 0, 4, Uint8Array.of(0, 0, 1, 0));
    expect([histogram.count, histogram.quantile(1)]).toEqual([1, 10]);
  });

  it('gives NaN when nothing was counted', () => {
    expect(new LogHistogram().quantile(0.5)).toBeNaN();
  });

  it('reads columns that are a part of a larger one', () => {
    const histogram = new LogHistogram();
    histogram.add(Float64Array.of(1, 2, 3, 40, 5).subarray(3), 0, 1);
    expect(histogram.quantile(0.5)).toBe(40);
  });
});
