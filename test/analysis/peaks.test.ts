import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findLatest, findPeaks } from '../../src/analysis/peaks.ts';
import { GiB, MiB } from '../../src/model/bytes.ts';
import { buildNodeHistory, START_AT, sampleEvery } from '../helpers/node-history.ts';

const minute = 60_000;

describe('findPeaks', () => {
  it('gives the highest used, counted and resident memory with the instants of their samples', () => {
    const used = [4, 9, 6].map((value) => value * GiB);
    const notCounted = [0, 4, 0].map((value) => value * GiB);
    const rss = [5, 9.5, 9.6].map((value) => value * GiB);
    const peaks = findPeaks(
      buildNodeHistory(
        sampleEvery(60, 3, (i) => ({ usedMemoryBytes: used[i], notCountedBytes: notCounted[i], usedMemoryRssBytes: rss[i] })),
      ),
    );
    expect(peaks.usedMemoryBytes).toEqual({ value: 9 * GiB, at: START_AT + minute, recovered: false });
    expect(peaks.countedBytes).toEqual({ value: 6 * GiB, at: START_AT + 2 * minute, recovered: false });
    expect(peaks.usedMemoryRssBytes).toEqual({ value: 9.6 * GiB, at: START_AT + 2 * minute });
  });

  it('recovers a spike that only used_memory_peak saw, and counts it less the not-counted memory of the sample nearest to it', () => {
    const lifetime = [3, 3, 8, 8].map((value) => value * GiB);
    const notCounted = [1, 2, 3, 1].map((value) => value * 100 * MiB);
    const peaks = findPeaks(
      buildNodeHistory(
        sampleEvery(60, 4, (i) => ({ usedMemoryBytes: 2 * GiB, usedMemoryPeakBytes: lifetime[i], notCountedBytes: notCounted[i] })),
      ),
    );
    expect(peaks.usedMemoryBytes).toEqual({ value: 8 * GiB, at: START_AT + 2 * minute, recovered: true });
    expect(peaks.countedBytes).toEqual({ value: 8 * GiB - 200 * MiB, at: START_AT + 2 * minute, recovered: true });
    expect(peaks.recovered).toEqual([{ fromAt: START_AT + minute, toAt: START_AT + 2 * minute, value: 8 * GiB }]);
    expect(peaks.lifetimeUsedMemoryBytes).toBeUndefined();
  });

  it('does not take the end of a replica stall, or of a rewrite on 6.x, for data', () => {
    const used = [2, 5, 2, 2].map((value) => value * GiB);
    const lifetime = [2, 5, 5.5, 5.5].map((value) => value * GiB);
    const notCounted = [0, 3, 0, 0].map((value) => value * GiB);
    const { usedMemoryBytes, countedBytes } = findPeaks(
      buildNodeHistory(
        sampleEvery(60, 4, (i) => ({ usedMemoryBytes: used[i], usedMemoryPeakBytes: lifetime[i], notCountedBytes: notCounted[i] })),
      ),
    );
    expect(usedMemoryBytes?.value).toBe(5.5 * GiB);
    expect(countedBytes?.value).toBe(2.5 * GiB);
  });

  it('keeps the sampled peak when a recovered one is lower', () => {
    const used = [2, 2, 9].map((value) => value * GiB);
    const lifetime = [2, 5, 9].map((value) => value * GiB);
    const peaks = findPeaks(buildNodeHistory(sampleEvery(60, 3, (i) => ({ usedMemoryBytes: used[i], usedMemoryPeakBytes: lifetime[i] }))));
    expect(peaks.usedMemoryBytes).toMatchObject({ value: 9 * GiB, recovered: false });
  });

  it('notes a lifetime peak only when it predates the window and is higher than anything in it', () => {
    const withLifetime = (bytes: number) =>
      findPeaks(buildNodeHistory(sampleEvery(60, 3, () => ({ usedMemoryBytes: 2 * GiB, usedMemoryPeakBytes: bytes }))));
    expect(withLifetime(7 * GiB).lifetimeUsedMemoryBytes).toBe(7 * GiB);
    expect(withLifetime(7 * GiB).usedMemoryBytes?.value).toBe(2 * GiB);
    expect(withLifetime(2 * GiB).lifetimeUsedMemoryBytes).toBeUndefined();
  });

  it('leaves counted memory absent where not-counted memory is unknown', () => {
    const peaks = findPeaks(buildNodeHistory(sampleEvery(60, 2, () => ({ usedMemoryBytes: GiB }))));
    expect(peaks.countedBytes).toBeUndefined();
    expect(peaks.usedMemoryRssBytes).toBeUndefined();
  });

  it('names the parts of used memory at the peak and leaves a wrapped dataset out', () => {
    const sample = {
      usedMemoryBytes: 1000,
      usedMemoryOverheadBytes: 400,
      usedMemoryStartupBytes: 100,
      normalClientBytes: 50,
      replicationBacklogBytes: 30,
      luaVmBytes: 20,
    };
    const at = (dataset: number) => buildNodeHistory([{ at: START_AT, ...sample, usedMemoryDatasetBytes: dataset }]);
    expect(findPeaks(at(600)).components).toEqual({
      startup: 100,
      dataset: 600,
      normalClients: 50,
      replicationBacklog: 30,
      hashTables: 220,
    });
    expect(findPeaks(at(1.8e19)).components.dataset).toBeUndefined();
  });

  it('finds the Lua heap where the version counts it: in the dataset, in the overhead, or beside used memory', () => {
    // A Redis 8.0.2 that holds 3,000 keys and 2,500 scripts; its tables take some 153,000 bytes.
    const history = buildNodeHistory([
      {
        at: START_AT,
        usedMemoryBytes: 3_779_120,
        usedMemoryOverheadBytes: 3_186_640,
        usedMemoryStartupBytes: 650_368,
        usedMemoryDatasetBytes: 592_480,
        normalClientBytes: 27_520,
        scriptCacheBytes: 701_344,
        luaVmBytes: 1_618_944,
      },
    ]);
    const partsOf = (name: 'redis' | 'valkey', version: string) => findPeaks(history, { name, version }).components;
    expect(partsOf('redis', '8.0.2')).toMatchObject({ luaVm: 1_618_944, dataset: 592_480, hashTables: 188_464 });
    expect(partsOf('redis', '7.4.1')).toMatchObject({ luaVm: 1_618_944, dataset: 0, hashTables: 1_807_408 });
    for (const parts of [partsOf('redis', '7.2.6'), partsOf('valkey', '9.1.2')]) expect(parts).not.toHaveProperty('luaVm');
  });

  it('is not raised by a sample below the peak, and doubles when all memory doubles', () => {
    const bytes = fc.integer({ min: 1, max: 1e12 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ used: bytes, rss: bytes }), { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0, max: 0.999 }),
        (rows, share) => {
          const history = (scale: number, extra: readonly { used: number; rss: number }[] = []) =>
            buildNodeHistory(
              [...rows, ...extra].map(({ used, rss }, i) => ({
                at: START_AT + i * minute,
                usedMemoryBytes: used * scale,
                usedMemoryRssBytes: rss * scale,
                notCountedBytes: 0,
              })),
            );
          const peaks = findPeaks(history(1));
          const top = peaks.usedMemoryBytes?.value ?? 0;
          const topRss = peaks.usedMemoryRssBytes?.value ?? 0;
          const lower = findPeaks(history(1, [{ used: top * share, rss: topRss * share }]));
          expect(lower.usedMemoryBytes).toEqual(peaks.usedMemoryBytes);
          expect(lower.usedMemoryRssBytes).toEqual(peaks.usedMemoryRssBytes);
          expect(lower.countedBytes).toEqual(peaks.countedBytes);
          expect(findPeaks(history(2)).usedMemoryBytes?.value).toBe(2 * top);
          expect(findPeaks(history(2)).usedMemoryRssBytes?.value).toBe(2 * topRss);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('findLatest', () => {
  it('gives the newest known values and leaves unknown ones out', () => {
    const history = buildNodeHistory(
      sampleEvery(60, 3, (i) => ({ usedMemoryBytes: (i + 1) * GiB, ...(i < 2 ? { usedMemoryRssBytes: 9 * GiB } : {}) })),
    );
    expect(findLatest(history)).toEqual({ usedMemoryBytes: 3 * GiB, usedMemoryRssBytes: 9 * GiB });
  });
});
