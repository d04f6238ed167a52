import { describe, expect, it } from 'vitest';
import { kendallZ } from '../../src/stats/kendall.ts';

describe('kendallZ', () => {
  it('is the number of pairs over its deviation for a strictly rising series', () => {
    expect(kendallZ([1, 2, 3, 4, 5])).toBeCloseTo(10 / Math.sqrt((5 * 4 * 15) / 18), 12);
  });

  it('changes its sign when time runs backwards', () => {
    const y = [3, 1, 4, 1.5, 9, 2.6];
    expect(kendallZ([...y].reverse())).toBeCloseTo(-kendallZ(y), 12);
  });

  it.each([[[]], [[5]], [[7, 7, 7]]])('is 0 where nothing rises: %j', (y) => {
    expect(kendallZ(y)).toBe(0);
  });
});
