import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantile } from '../../src/stats/quantile.ts';

describe('quantile', () => {
  it('interpolates between order statistics', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([4, 1, 3, 2], 0.95)).toBeCloseTo(3.85, 12);
    expect(quantile([], 0.5)).toBeNaN();
  });

  it('lies between the least and the largest value and does not fall as p rises', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 40 }), fc.double({ min: 0, max: 1, noNaN: true }), (values, p) => {
        const value = quantile(values, p);
        expect(value).toBeGreaterThanOrEqual(Math.min(...values));
        expect(value).toBeLessThanOrEqual(Math.max(...values));
        expect(quantile(values, 1)).toBeGreaterThanOrEqual(value);
        expect(quantile(values, 0)).toBeLessThanOrEqual(value);
      }),
    );
  });
});
