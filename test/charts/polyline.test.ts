import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRuns, spansBetween, thinRuns } from '../../src/charts/polyline.ts';

const series = fc.array(fc.option(fc.double({ min: 0, max: 1e12, noNaN: true }), { nil: null, freq: 8 }), { maxLength: 3_000 });
const instants = (y: readonly unknown[]): number[] => y.map((_, i) => i);

describe('findRuns', () => {
  it('joins neighbours and stops at nulls', () => {
    expect(findRuns([0, 1, 2, 3, 4], [1, null, 2, 3, null])).toEqual([[0], [2, 3]]);
  });

  it('covers every sample exactly once', () => {
    fc.assert(
      fc.property(series, (y) => {
        expect(findRuns(instants(y), y).flat()).toEqual(y.flatMap((value, i) => (value === null ? [] : [i])));
      }),
    );
  });

  it('names the spans in which nothing was sampled', () => {
    const at = [0, 10, 20, 30];
    expect(spansBetween(at, findRuns(at, [1, null, null, 2]))).toEqual([{ fromAt: 0, toAt: 30 }]);
  });
});

describe('thinRuns', () => {
  it('keeps the highest and the lowest value, the ends of each run, and the order', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 8, max: 400 }), (y, most) => {
        const runs = findRuns(instants(y), y);
        const thinned = thinRuns(runs, y, most);
        expect(thinned.length).toBe(runs.length);
        for (const [i, run] of thinned.entries()) {
          expect([run[0], run.at(-1)]).toEqual([runs[i]?.[0], runs[i]?.at(-1)]);
          expect(run.every((index, n) => n === 0 || index > (run[n - 1] as number))).toBe(true);
        }
      }),
    );
  });

  it('loses no peak of a long series and keeps to its number of points', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1_000, maxLength: 5_000 }), (y) => {
        const kept = thinRuns(findRuns(instants(y), y), y, 700).flat();
        expect(kept.length).toBeLessThanOrEqual(700);
        expect(Math.max(...kept.map((i) => y[i] as number))).toBe(Math.max(...y));
        expect(Math.min(...kept.map((i) => y[i] as number))).toBe(Math.min(...y));
      }),
      { numRuns: 30 },
    );
  });
});
