import { describe, expect, it } from 'vitest';
import { findResidentFactor } from '../../src/analysis/resident-factor.ts';
import { GiB, MiB } from '../../src/model/bytes.ts';
import { buildNodeHistory, sampleEvery, type TestSample } from '../helpers/node-history.ts';

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

  it('leans on its prior the more, the smaller the instance, without a jump', () => {
    const at = (used: number) =>
      findResidentFactor(buildNodeHistory(sampleEvery(600, 50, () => ({ usedMemoryBytes: used, usedMemoryRssBytes: 1.5 * used }))));
    expect(at(512 * MiB).factor).toBeCloseTo(1.5, 9);
    expect(at(288 * MiB).factor).toBeCloseTo(1.3, 9);
    expect(at(65 * MiB).factor).toBeCloseTo(1.1, 2);
    expect(at(64 * MiB)).toMatchObject({ factor: 1.1, basis: 'assumed' });
    expect(at(288 * MiB).factorUncertainty).toBeGreaterThan(at(512 * MiB).factorUncertainty);
  });

  it.each([
    { daysSince: 3, factor: 1.04, why: 'forgets what an older engine made of the data once the new one has held them for a day' },
    { daysSince: 0.5, factor: 1.4, why: 'does not yet trust a new engine that has just loaded the data' },
  ])('$why', ({ daysSince, factor }) => {
    const history = buildNodeHistory(upgradedAfter(5 * 144, daysSince * 144, (i) => (i < 5 * 144 ? 4 * GiB : 3.8 * GiB)));
    expect(findResidentFactor(history).factor).toBeCloseTo(factor, 9);
  });

  it('keeps what an older engine made of a load that the new one has not had', () => {
    const history = buildNodeHistory(upgradedAfter(5 * 144, 3 * 144, (i) => (i < 5 * 144 ? 4 * GiB : 1 * GiB)));
    expect(findResidentFactor(history).factor).toBeCloseTo(1.4, 9);
  });

  it('takes another allocator for another engine', () => {
    const samples = sampleEvery(600, 8 * 144, (i) => ({
      usedMemoryBytes: 4 * GiB,
      usedMemoryRssBytes: (i < 720 ? 1.4 : 1.04) * 4 * GiB,
      uptimeSeconds: (i < 720 ? i : i - 720) * 600 + 60,
      texts: { redisVersion: '7.0.15', allocator: i < 720 ? 'libc' : 'jemalloc-5.3.0' },
    }));
    expect(findResidentFactor(buildNodeHistory(samples)).factor).toBeCloseTo(1.04, 9);
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

  it('takes those with a child where the load never comes without one: what it copies is not in the RSS of its parent', () => {
    const samples = (isSavingLow: boolean) =>
      sampleEvery(600, 60, (i) => {
        const isHigh = i % 6 === 0;
        return {
          usedMemoryBytes: (isHigh ? 6 : 4) * GiB,
          allocatorResidentBytes: 7.2 * GiB,
          usedMemoryRssBytes: 7.3 * GiB,
          rdbBgsaveInProgress: isHigh || isSavingLow ? 1 : 0,
        };
      });
    for (const isSavingLow of [false, true]) {
      expect(findResidentFactor(buildNodeHistory(samples(isSavingLow)))).toMatchObject({
        factor: 1.2,
        basis: 'measured',
        from: 'allocator',
      });
    }
  });

  it('takes memory kept from a peak before the window for room that is used again, not for a need', () => {
    const history = buildNodeHistory(
      sampleEvery(600, 50, () => ({ usedMemoryBytes: 4 * GiB, usedMemoryPeakBytes: 12 * GiB, usedMemoryRssBytes: 12.45 * GiB })),
    );
    expect(findResidentFactor(history).factor).toBeCloseTo(12.45 / 12, 9);
  });

  it('still counts holes at the peak itself', () => {
    const history = buildNodeHistory(
      sampleEvery(600, 50, () => ({ usedMemoryBytes: 9.8 * GiB, usedMemoryPeakBytes: 10 * GiB, allocatorResidentBytes: 15 * GiB })),
    );
    expect(findResidentFactor(history).factor).toBeCloseTo(1.5, 9);
  });

  it.each([
    { resident: 6, factor: 1.1 },
    { resident: 4.12, factor: 1.03 },
  ])('assumes $factor at most where $resident GiB for 4 are what is left of a peak of 12', ({ resident, factor }) => {
    const history = buildNodeHistory(
      sampleEvery(600, 50, () => ({ usedMemoryBytes: 4 * GiB, usedMemoryPeakBytes: 12 * GiB, allocatorResidentBytes: resident * GiB })),
    );
    expect(findResidentFactor(history).factor).toBeCloseTo(factor, 9);
  });

  it('looks at the time since active defragmentation closed the holes, when its pages had gone back', () => {
    const history = buildNodeHistory(defragmentedAfter(100, 1.15));
    expect(findResidentFactor(history).factor).toBeCloseTo(1.18, 9);
  });

  it('looks at the whole window where the runs changed little', () => {
    const history = buildNodeHistory(defragmentedAfter(100, 1.65));
    expect(findResidentFactor(history).factor).toBeCloseTo(1.69, 9);
  });
});

/** Ten-minute samples of Redis 7.0 that holds 40 % more than is used, then of Valkey 8.1 that holds 4 % more. */
function upgradedAfter(before: number, since: number, usedAt: (i: number) => number): TestSample[] {
  return sampleEvery(600, before + since, (i) => {
    const isNew = i >= before;
    return {
      usedMemoryBytes: usedAt(i),
      usedMemoryRssBytes: (isNew ? 1.04 : 1.4) * usedAt(i),
      uptimeSeconds: (isNew ? i - before : i) * 600 + 60,
      texts: isNew ? { redisVersion: '7.2.4', valkeyVersion: '8.1.1' } : { redisVersion: '7.0.15' },
    };
  });
}

/** Ten-minute samples: holes of 67 %, a run of 20 samples from `from` on, then `after` as active ÷ allocated and pages that leave in 30 minutes. */
function defragmentedAfter(from: number, after: number): TestSample[] {
  return sampleEvery(600, 200, (i) => {
    const used = 2 * GiB;
    const ratio = i < from + 20 ? 1.67 : after;
    const kept = i >= from && i < from + 23 ? 1.67 : ratio;
    return {
      usedMemoryBytes: used,
      usedMemoryRssBytes: (kept + 0.04) * used,
      allocatorAllocatedBytes: used,
      allocatorActiveBytes: ratio * used,
      allocatorResidentBytes: (kept + (i < from + 20 ? 0.02 : 0.03)) * used,
      activeDefragRunningPercent: i >= from && i < from + 20 ? 16 : 0,
    };
  });
}
