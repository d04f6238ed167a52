import { describe, expect, it } from 'vitest';
import { findResidentFactor } from '../../src/analysis/resident-factor.ts';
import { GiB, MiB } from '../../src/model/bytes.ts';
import { buildNodeHistory, sampleEvery } from '../helpers/node-history.ts';

describe('findResidentFactor', () => {
  it('takes what the allocator holds at load, and the rest of resident memory as overhead', () => {
    const history = buildNodeHistory(
      sampleEvery(600, 200, (i) => {
        const used = i < 100 ? 10 * GiB : 2 * GiB;
        // After the deletes of the second half the allocator keeps its pages: 5 times as much as used.
        return { usedMemoryBytes: used, allocatorResidentBytes: 10.8 * GiB, usedMemoryRssBytes: 11 * GiB };
      }),
    );
    const found = findResidentFactor(history);
    expect(found.factor).toBeCloseTo(1.08, 9);
    expect(found.processOverheadBytes).toBeCloseTo(0.2 * GiB, 0);
    expect(found).toMatchObject({ basis: 'measured', from: 'allocator', processBasis: 'measured' });
  });

  it('falls back to all resident memory, and to priors', () => {
    const withRss = buildNodeHistory(sampleEvery(600, 50, () => ({ usedMemoryBytes: 4 * GiB, usedMemoryRssBytes: 5 * GiB })));
    expect(findResidentFactor(withRss)).toMatchObject({
      factor: 1.25,
      from: 'rss',
      processOverheadBytes: 64 * MiB,
      processBasis: 'assumed',
    });
    const usedOnly = buildNodeHistory(sampleEvery(600, 50, () => ({ usedMemoryBytes: 4 * GiB })));
    expect(findResidentFactor(usedOnly)).toMatchObject({ factor: 1.1, basis: 'assumed', from: 'prior', processOverheadBytes: 64 * MiB });
  });

  it('does not trust the ratio of a small instance', () => {
    const small = buildNodeHistory(sampleEvery(600, 50, () => ({ usedMemoryBytes: MiB, usedMemoryRssBytes: 13 * MiB })));
    expect(findResidentFactor(small)).toMatchObject({ factor: 1.1, basis: 'assumed' });
  });

  it('leaves samples out while a child runs, and is never below 1', () => {
    const history = buildNodeHistory(
      sampleEvery(600, 50, (i) => ({
        usedMemoryBytes: 4 * GiB,
        usedMemoryRssBytes: i % 5 === 0 ? 8 * GiB : 3.9 * GiB,
        rdbBgsaveInProgress: i % 5 === 0 ? 1 : 0,
      })),
    );
    expect(findResidentFactor(history).factor).toBe(1);
  });
});
