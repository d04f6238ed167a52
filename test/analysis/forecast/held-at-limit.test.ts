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
});
