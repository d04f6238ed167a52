import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMovements } from '../../../src/analysis/fragmentation/movement.ts';
import type { MemoryPoint } from '../../../src/analysis/fragmentation/track.ts';
import { GiB, MiB } from '../../../src/model/bytes.ts';

const unknown = { allocatedBytes: Number.NaN, activeBytes: Number.NaN, residentBytes: Number.NaN, muzzyBytes: Number.NaN };
/** Points from pairs of used and resident GiB. */
const track = (pairs: readonly (readonly [number, number])[]): MemoryPoint[] =>
  pairs.map(([used, rss], i) => ({ at: i * 60_000, life: 0, usedBytes: used * GiB, rssBytes: rss * GiB, ...unknown }));
const shape = (points: readonly MemoryPoint[]) =>
  findMovements(points).map(({ kind, start, end }) => [kind, start.usedBytes / GiB, end.usedBytes / GiB]);

describe('findMovements', () => {
  it('finds fills and deletes between turning points', () => {
    expect(
      shape(
        track([
          [1, 1],
          [3, 3],
          [5, 5],
          [4, 5],
          [3, 5],
          [4, 5],
          [5, 5],
        ]),
      ),
    ).toEqual([
      ['fill', 1, 5],
      ['delete', 5, 3],
      ['fill', 3, 5],
    ]);
  });

  it('measures dR/dU of each: growth, retention, reuse', () => {
    const [fill, remove, refill] = findMovements(
      track([
        [1, 1],
        [5, 5],
        [3, 5],
        [5, 5],
      ]),
    );
    expect(fill?.slope).toBe(1);
    expect(fill?.refillSlope).toBeUndefined();
    expect(Math.abs(remove?.slope ?? 1)).toBe(0);
    expect(refill?.refillSlope).toBe(0);
  });

  it('measures a refill only up to the earlier maximum', () => {
    const [refill, growth] = findMovements(
      track([
        [1, 1],
        [5, 5],
        [3, 5],
        [4, 5],
        [5, 5],
        [7, 7],
        [9, 9],
      ]),
    ).slice(-2);
    expect([refill?.slope, refill?.refillSlope]).toEqual([0, 0]);
    expect([growth?.slope, growth?.refillSlope]).toEqual([1, undefined]);
  });

  it('gives no refill slope when memory had gone back to the system, for nothing was left to reuse', () => {
    const refill = findMovements(
      track([
        [1, 1],
        [5, 5],
        [3, 3],
        [5, 5],
      ]),
    ).at(-1);
    expect(refill?.refillSlope).toBeUndefined();
  });

  it('takes wobbles below 5 % of the highest used memory, and below 10 MiB, for noise', () => {
    expect(
      shape(
        track([
          [10, 10],
          [9.6, 10],
          [10, 10],
          [9.7, 10],
        ]),
      ),
    ).toEqual([]);
    const tiny = [50, 57, 50, 57].map((mib): readonly [number, number] => [(mib * MiB) / GiB, 1]);
    expect(shape(track(tiny))).toEqual([]);
    expect(
      shape(
        track([
          [5, 5],
          [6, 6],
          [5.8, 6],
          [7, 7],
          [6.8, 7],
          [8, 8],
        ]),
      ),
    ).toEqual([['fill', 5, 8]]);
  });

  it('has nothing to say about no points, one point, or a flat line', () => {
    expect(findMovements([])).toEqual([]);
    expect(findMovements(track([[5, 5]]))).toEqual([]);
    expect(
      findMovements(
        track([
          [5, 5],
          [5, 6],
          [5, 7],
        ]),
      ),
    ).toEqual([]);
  });

  it('joins movements end to start, each larger than the noise, a delete never after a delete', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.1, max: 50, noNaN: true }), { maxLength: 40 }), (used) => {
        const points = track(used.map((value) => [value, 50] as const));
        const movements = findMovements(points);
        const noise = 0.05 * Math.max(0, ...points.map((point) => point.usedBytes));
        movements.forEach((movement, i) => {
          const next = movements[i + 1];
          if (next !== undefined) {
            expect(next.start).toBe(movement.end);
            expect([movement.kind, next.kind]).not.toEqual(['delete', 'delete']);
          }
          expect(Math.abs(movement.end.usedBytes - movement.start.usedBytes)).toBeGreaterThanOrEqual(noise);
        });
      }),
      { numRuns: 100 },
    );
  });
});
