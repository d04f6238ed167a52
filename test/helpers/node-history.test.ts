import { describe, expect, it } from 'vitest';
import { MiB } from '../../src/model/bytes.ts';
import { buildNodeHistory, START_AT, sampleEvery } from './node-history.ts';

describe('buildNodeHistory', () => {
  it('keeps the exact maximum with its earliest instant and every sample as a bucket', () => {
    const used = [1, 5, 5, 2].map((value) => value * MiB);
    const history = buildNodeHistory(sampleEvery(60, 4, (i) => ({ usedMemoryBytes: used[i] })));
    expect(history.metrics.get('usedMemoryBytes')?.max).toEqual({ value: 5 * MiB, at: START_AT + 60_000 });
    expect(history.buckets.count).toBe(4);
    expect(history.intervalSeconds).toBe(60);
  });

  it('recovers a spike between two samples of one process, and one before the first sample of the next', () => {
    const runs = ['a', 'a', 'b'];
    const peaks = [2, 9, 12].map((value) => value * MiB);
    const history = buildNodeHistory(
      sampleEvery(60, 3, (i) => ({ usedMemoryBytes: MiB, usedMemoryPeakBytes: peaks[i], texts: { runId: runs[i] } })),
    );
    expect(history.recoveredPeaks).toEqual([
      { fromAt: START_AT + 60_000, toAt: START_AT + 120_000, value: 12 * MiB },
      { fromAt: START_AT, toAt: START_AT + 60_000, value: 9 * MiB },
    ]);
    expect(history.restarts.map((restart) => restart.reason)).toEqual(['run-id']);
  });

  it('leaves loading samples out of memory gauges', () => {
    const history = buildNodeHistory(sampleEvery(60, 3, (i) => ({ usedMemoryBytes: (3 - i) * MiB, loading: i === 0 ? 1 : 0 })));
    expect(history.metrics.get('usedMemoryBytes')?.max.value).toBe(2 * MiB);
    expect(history.loadingSamples).toBe(1);
  });
});
