import { describe, expect, it } from 'vitest';
import { findLimitChanges } from '../../src/analysis/limit-changes.ts';
import { GiB } from '../../src/model/bytes.ts';
import { buildNodeHistory, HOUR, START_AT, sampleEvery } from '../helpers/node-history.ts';

describe('findLimitChanges', () => {
  /** One limit an hour, in GiB; undefined: the sample does not tell it. */
  const of = (limits: readonly (number | undefined)[]) =>
    findLimitChanges(
      buildNodeHistory(
        sampleEvery(3600, limits.length, (i) => {
          const limit = limits[i];
          return { usedMemoryBytes: GiB, ...(limit === undefined ? {} : { maxmemoryBytes: limit * GiB }) };
        }),
      ),
    ).map(({ at, fromBytes, toBytes }) => [(at - START_AT) / HOUR, fromBytes / GiB, toBytes / GiB]);

  it.each([
    ['none where it stays', [4, 4, 4], []],
    [
      'each with the first sample that has the new one',
      [4, 4, 2, 2, 0],
      [
        [2, 4, 2],
        [4, 2, 0],
      ],
    ],
    ['none for a sample that does not tell it', [4, undefined, 4, undefined, 8], [[4, 4, 8]]],
    ['none where it is never told', [undefined, undefined], []],
  ])('tells %s', (_, limits, changes) => {
    expect(of(limits)).toEqual(changes);
  });

  it('keeps the newest of very many', () => {
    const changes = of(Array.from({ length: 100 }, (_, i) => 1 + (i % 2)));
    expect(changes).toHaveLength(20);
    expect(changes.at(-1)?.[0]).toBe(99);
  });
});
