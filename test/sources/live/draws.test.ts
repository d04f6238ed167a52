import { describe, expect, it } from 'vitest';
import { cursorAt, planDraws } from '../../../src/sources/live/keyspace/draws.ts';

const half = (): number => 0.5;
const keysOf = (database: number, plan: ReturnType<typeof planDraws>): number =>
  plan.draws.filter((draw) => draw.database === database).reduce((sum, { count }) => sum + count, 0);

describe('the plan of a sample of keys', () => {
  it('shares keys out by how many each database holds, and leaves no small one out', () => {
    const plan = planDraws(
      [
        { index: 0, keys: 60_000 },
        { index: 3, keys: 500 },
        { index: 5, keys: 0 },
      ],
      2000,
      half,
    );
    expect([keysOf(0, plan), keysOf(3, plan), plan.unseenKeys]).toEqual([1980, 20, 0]);
    expect(plan.databases.map(({ index }) => index)).toEqual([0, 3]);
  });

  it('does not grow without bound where there are very many databases', () => {
    const plan = planDraws(
      Array.from({ length: 1000 }, (_, index) => ({ index, keys: 100 })),
      1000,
      half,
    );
    expect(plan.draws.reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(1500);
    expect(plan.unseenKeys).toBe(100 * (1000 - plan.databases.length));
  });

  it('reads what is small as a whole, the smallest first', () => {
    const plan = planDraws(
      [
        { index: 0, keys: 300 },
        { index: 1, keys: 5 },
      ],
      1000,
      half,
    );
    expect(plan.draws).toEqual([
      { database: 1, count: 10 },
      { database: 0, count: 10 },
    ]);
  });

  it('begins at places that are spread evenly over a table of any size', () => {
    const plan = planDraws([{ index: 0, keys: 1_000_000 }], 640, Math.random);
    const buckets = plan.draws.map(({ cursor = 0 }) => cursor % 64).toSorted((a, b) => a - b);
    expect(buckets).toEqual(Array.from({ length: 64 }, (_, i) => i));
    expect([0, 0.25, 0.5, 0.75].map(cursorAt)).toEqual([0, 2, 1, 3]);
  });
});
