import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LargestList } from '../../src/history/largest-list.ts';

describe('LargestList', () => {
  it('keeps what sorting all of them would keep, earlier ones first among equals', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 8 })), fc.integer({ min: 1, max: 5 }), (weights, limit) => {
        const list = new LargestList<number>(limit);
        for (const [index, weight] of weights.entries()) list.add(weight, index);
        const sorted = [...weights.keys()].sort((a, b) => (weights[b] as number) - (weights[a] as number));
        expect(list.items()).toEqual(sorted.slice(0, limit));
      }),
    );
  });
});
