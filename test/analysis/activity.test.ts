import { describe, expect, it } from 'vitest';
import { measureActivity, measurePersistence } from '../../src/analysis/activity.ts';
import { GiB } from '../../src/model/bytes.ts';
import { buildNodeHistory, sampleEvery } from '../helpers/node-history.ts';

describe('measureActivity', () => {
  it('gives growth of counters, highest gauges and highest rates', () => {
    const activity = measureActivity(
      buildNodeHistory(
        sampleEvery(60, 3, (i) => ({
          evictedKeys: 1000 + i * 10,
          oomErrors: i,
          keyspaceHits: 5000 + i * 75,
          keyspaceMisses: 5000 + i * 25,
          opsPerSecond: [10, 90, 40][i],
          connectedClients: [3, 5, 4][i],
          maxclients: 10_000,
          mainThreadCpuSysSeconds: [0, 6, 12][i],
          mainThreadCpuUserSeconds: [0, 24, 72][i],
          netInputBytes: [0, 600, 12_600][i],
        })),
      ),
    );
    expect(activity).toEqual({
      evictedKeys: 20,
      oomErrors: 2,
      hitRatio: 0.75,
      opsPerSecondMax: 90,
      connectedClientsMax: 5,
      maxclients: 10_000,
      mainThreadCpuMax: 0.9,
      netInputBytesPerSecondMax: 200,
    });
  });

  it('knows no growth from a single sample, so evictions before it are not claimed', () => {
    const activity = measureActivity(
      buildNodeHistory(sampleEvery(60, 1, () => ({ evictedKeys: 500, keyspaceHits: 9, keyspaceMisses: 1 }))),
    );
    expect(activity).toEqual({});
  });

  it('leaves the hit ratio absent when nothing was looked up', () => {
    const activity = measureActivity(buildNodeHistory(sampleEvery(60, 3, () => ({ keyspaceHits: 9, keyspaceMisses: 1 }))));
    expect(activity.hitRatio).toBeUndefined();
  });
});

describe('measurePersistence', () => {
  it('gives the largest share of resident memory that a fork copied', () => {
    const cow = [0, 1, 3, 3].map((value) => value * GiB);
    const persistence = measurePersistence(
      buildNodeHistory(sampleEvery(60, 4, (i) => ({ rdbLastCowBytes: cow[i], usedMemoryRssBytes: 10 * GiB, aofEnabled: 0 }))),
    );
    expect(persistence.aofEnabled).toBe(false);
    expect(persistence.forks.map((fork) => fork.cowBytes)).toEqual([GiB, 3 * GiB]);
    expect(persistence.cowRatioMax).toBeCloseTo(0.3, 12);
  });

  it("looks at a running child's own peak too", () => {
    const persistence = measurePersistence(
      buildNodeHistory(sampleEvery(60, 3, (i) => ({ currentCowPeakBytes: i === 1 ? 5 * GiB : 0, usedMemoryRssBytes: 10 * GiB }))),
    );
    expect(persistence.cowRatioMax).toBe(0.5);
  });

  it('keeps a ratio above 1: rewrites before 7.0 may copy more than the dataset', () => {
    const persistence = measurePersistence(
      buildNodeHistory(sampleEvery(60, 2, (i) => ({ aofLastCowBytes: i * 50 * GiB, usedMemoryRssBytes: 10 * GiB }))),
    );
    expect(persistence.cowRatioMax).toBe(5);
  });

  it('falls back to the figure of a save before the window, and takes 0 for "not measured"', () => {
    const of = (bytes: number) =>
      measurePersistence(buildNodeHistory(sampleEvery(60, 2, () => ({ rdbLastCowBytes: bytes, usedMemoryRssBytes: 8 * GiB }))));
    expect(of(2 * GiB).cowRatioMax).toBe(0.25);
    expect(of(0).cowRatioMax).toBeUndefined();
  });
});
