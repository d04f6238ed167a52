import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median } from '../../src/stats/median.ts';
import { quantile } from '../../src/stats/quantile.ts';

describe('median', () => {
  it('is the middle value, or the mean of the two middle ones', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 6])).toBe(5.5);
  });

  it('is NaN for nothing and leaves its argument alone', () => {
    expect(median([])).toBeNaN();
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it('agrees with the 50 % quantile', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 60 }), (values) => {
        expect(median(values)).toBeCloseTo(quantile(values, 0.5), 6);
      }),
    );
  });
});
