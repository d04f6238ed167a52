import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundDownLimit, roundUpLimit } from '../../src/analysis/limit-steps.ts';
import { GiB, MiB } from '../../src/model/bytes.ts';

describe('the steps of a limit', () => {
  it('give 13.5 GiB from 13.553, and 13.75 above it', () => {
    expect(roundDownLimit(13.553240741 * GiB)).toBe(14_495_514_624);
    expect(roundUpLimit(13.553240741 * GiB)).toBe(13.75 * GiB);
  });

  it('lie on both sides of any size, at most a step away, and are their own steps', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 45 }), (bytes) => {
        const [down, up] = [roundDownLimit(bytes), roundUpLimit(bytes)];
        expect(down).toBeLessThanOrEqual(bytes);
        expect(up).toBeGreaterThanOrEqual(bytes);
        expect(up - down).toBeLessThanOrEqual(256 * MiB);
        expect([roundDownLimit(down), roundUpLimit(up)]).toEqual([down, up]);
      }),
    );
  });
});
