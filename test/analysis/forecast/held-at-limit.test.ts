import { describe, expect, it } from 'vitest';
import { isHeldAtLimit } from '../../../src/analysis/forecast/held-at-limit.ts';
import { GiB } from '../../../src/model/bytes.ts';
import { buildNodeHistory, START_AT, sampleEvery } from '../../helpers/node-history.ts';

describe('isHeldAtLimit', () => {
  const at = (usedMemoryBytes: number, evictedPerHour: number) =>
    buildNodeHistory(sampleEvery(3600, 48, (i) => ({ usedMemoryBytes, maxmemoryBytes: 4 * GiB, evictedKeys: i * evictedPerHour })));

  it('needs both evictions and a peak at the limit', () => {
    expect(isHeldAtLimit(at(4 * GiB, 10))).toBe(true);
    expect(isHeldAtLimit(at(4 * GiB, 0))).toBe(false);
    expect(isHeldAtLimit(at(3 * GiB, 10))).toBe(false);
  });

  it('takes a store that stands at its limit for one that refuses, where refusals are not counted', () => {
    const pinned = (more: object, policy = 'noeviction', usedMemoryBytes = 4 * GiB) =>
      isHeldAtLimit(
        buildNodeHistory(
          sampleEvery(3600, 48, () => ({ usedMemoryBytes, maxmemoryBytes: 4 * GiB, texts: { maxmemoryPolicy: policy }, ...more })),
        ),
      );
    expect(pinned({})).toBe(true);
    expect(pinned({ oomErrors: 0 })).toBe(false);
    expect(pinned({}, 'allkeys-lru')).toBe(false);
    expect(pinned({}, 'noeviction', 3.9 * GiB)).toBe(false);
  });

  it('is never so without a limit', () => {
    const history = buildNodeHistory(sampleEvery(3600, 48, (i) => ({ usedMemoryBytes: GiB, maxmemoryBytes: 0, evictedKeys: i })));
    expect(isHeldAtLimit(history)).toBe(false);
  });

  it('takes the count since the start where there is one sample only', () => {
    const single = { at: START_AT, usedMemoryBytes: 4 * GiB, maxmemoryBytes: 4 * GiB };
    expect(isHeldAtLimit(buildNodeHistory([{ ...single, evictedKeys: 5 }]))).toBe(true);
    expect(isHeldAtLimit(buildNodeHistory([{ ...single, evictedKeys: 0 }]))).toBe(false);
    expect(isHeldAtLimit(buildNodeHistory([{ ...single, oomErrors: 5 }]))).toBe(true);
  });

  it.each([
    { counter: 'evictedKeys', daysAgo: 6, isHeld: true },
    { counter: 'evictedKeys', daysAgo: 8, isHeld: false },
    { counter: 'oomErrors', daysAgo: 6, isHeld: true },
    { counter: 'oomErrors', daysAgo: 8, isHeld: false },
  ] as const)('is $isHeld where $counter last rose $daysAgo days ago', ({ counter, daysAgo, isHeld }) => {
    const history = buildNodeHistory(
      sampleEvery(3600, 20 * 24, (i) => ({
        usedMemoryBytes: 4 * GiB,
        maxmemoryBytes: 4 * GiB,
        [counter]: Math.min(i, (20 - daysAgo) * 24),
      })),
    );
    expect(isHeldAtLimit(history)).toBe(isHeld);
  });

  it('sees evictions after a restart of the counter', () => {
    const history = buildNodeHistory(
      sampleEvery(3600, 48, (i) => ({
        usedMemoryBytes: 4 * GiB,
        maxmemoryBytes: 4 * GiB,
        uptimeSeconds: i < 40 ? 1e6 + i * 3600 : (i - 39) * 3600,
        evictedKeys: i < 40 ? 1000 : i - 40,
      })),
    );
    expect(isHeldAtLimit(history)).toBe(true);
  });
});
