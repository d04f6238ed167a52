import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { theilSen } from '../../src/stats/theil-sen.ts';

describe('theilSen', () => {
  it('finds an exact line', () => {
    const t = [0, 1, 2, 5, 9];
    const line = theilSen(
      t,
      t.map((x) => 3 + 2 * x),
    );
    expect(line.slope).toBeCloseTo(2, 12);
    expect(line.intercept).toBeCloseTo(3, 12);
  });

  it('is hardly moved by a wild point', () => {
    const y = [0, 1, 2, 3, 1000, 5, 6, 7, 8, 9];
    const line = theilSen([...y.keys()], y);
    expect(line.slope).toBeCloseTo(1, 12);
    expect(line.intercept).toBeCloseTo(0, 12);
  });

  it.each([
    ['no point', [], [], 0, Number.NaN],
    ['one point', [4], [7], 0, 7],
    ['points at one instant', [4, 4, 4], [1, 9, 3], 0, 3],
  ])('gives slope 0 for %s', (_, t, y, slope, intercept) => {
    expect(theilSen(t, y)).toEqual({ slope, intercept });
  });

  it('does not depend on the order of the points', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: -1000, max: 1000 })), { minLength: 1, maxLength: 30 }),
        (points) => {
          const forward = theilSen(
            points.map(([t]) => t),
            points.map(([, y]) => y),
          );
          const reversed = [...points].reverse();
          expect(
            theilSen(
              reversed.map(([t]) => t),
              reversed.map(([, y]) => y),
            ),
          ).toEqual(forward);
        },
      ),
    );
  });
});
