import { describe, expect, it } from 'vitest';
import { buildSeries, findDailyPeaks, findHourlyPeaks } from '../../src/analysis/series.ts';
import { GiB } from '../../src/model/bytes.ts';
import { buildNodeHistory, DAY, HOUR, START_AT, sampleEvery } from '../helpers/node-history.ts';

describe('buildSeries', () => {
  it('draws gauges by bucket maximum and leaves null where a sample lacks the value', () => {
    const series = buildSeries(
      buildNodeHistory(
        sampleEvery(60, 3, (i) => ({ usedMemoryBytes: (i + 1) * GiB, ...(i === 1 ? {} : { usedMemoryRssBytes: 4 * GiB }) })),
      ),
    );
    expect(series.at).toEqual([0, 60_000, 120_000].map((step) => START_AT + step));
    expect(series.usedMemoryBytes).toEqual([GiB, 2 * GiB, 3 * GiB]);
    expect(series.usedMemoryRssBytes).toEqual([4 * GiB, null, 4 * GiB]);
    expect(series.maxmemoryBytes).toEqual([null, null, null]);
  });

  it('keeps the peak of every stretch when thousands of samples become at most 1,024 points', () => {
    const series = buildSeries(buildNodeHistory(sampleEvery(60, 5000, (i) => ({ usedMemoryBytes: i === 3333 ? 9 * GiB : GiB }))));
    expect(series.at.length).toBeLessThanOrEqual(1024);
    expect(Math.max(...series.usedMemoryBytes.map((value) => value ?? 0))).toBe(9 * GiB);
  });

  it('takes rates between samples of one process life and none across a restart', () => {
    const evicted = [0, 60, 5, 65];
    const series = buildSeries(
      buildNodeHistory(
        sampleEvery(60, 4, (i) => ({ evictedKeys: evicted[i], keyspaceHits: i * 9, keyspaceMisses: i, processId: i < 2 ? 1 : 2 })),
      ),
    );
    expect(series.evictedKeysPerSecond).toEqual([null, 1, null, 1]);
    expect(series.hitRatio).toEqual([null, 0.9, null, 0.9]);
  });

  it('takes no rate across CONFIG RESETSTAT for the counters that it clears, but does for CPU time', () => {
    const commands = [1000, 7000, 10, 6010];
    const series = buildSeries(
      buildNodeHistory(
        sampleEvery(60, 4, (i) => ({ commandsProcessed: commands[i], mainThreadCpuSysSeconds: i * 6, mainThreadCpuUserSeconds: i * 30 })),
      ),
    );
    expect(series.opsPerSecond).toEqual([null, 100, null, 100]);
    expect(series.mainThreadCpu).toEqual([null, 0.6, 0.6, 0.6]);
  });
});

describe('findDailyPeaks', () => {
  it('takes the highest of each 24 hours counted back from the last hour, oldest first', () => {
    const history = buildNodeHistory(sampleEvery(3600, 60, (i) => ({ usedMemoryBytes: (i + 1) * GiB, usedMemoryRssBytes: 100 * GiB })));
    const days = findDailyPeaks(history);
    expect(days.map((day) => day.usedMemoryBytes)).toEqual([12 * GiB, 36 * GiB, 60 * GiB]);
    expect(days.map((day) => day.fromAt)).toEqual([START_AT, START_AT + 12 * HOUR, START_AT + 36 * HOUR]);
    expect(days.at(-1)?.toAt).toBe(history.toAt);
    expect(days.every((day) => day.usedMemoryRssBytes === 100 * GiB)).toBe(true);
  });

  it('leaves days without samples out', () => {
    const samples = [0, 1, 5].map((day) => ({ at: START_AT + day * DAY, usedMemoryBytes: GiB }));
    expect(findDailyPeaks(buildNodeHistory(samples))).toHaveLength(3);
  });

  it('raises the day in which a recovered peak was shown', () => {
    const history = buildNodeHistory(
      sampleEvery(3600, 48, (i) => ({ usedMemoryBytes: GiB, usedMemoryPeakBytes: i < 10 ? 2 * GiB : 6 * GiB })),
    );
    expect(findDailyPeaks(history).map((day) => day.usedMemoryBytes)).toEqual([6 * GiB, GiB]);
    expect(findHourlyPeaks(history).usedMemoryBytes[10]).toBe(6 * GiB);
    expect(findHourlyPeaks(history).usedMemoryBytes[11]).toBe(GiB);
  });
});

describe('findHourlyPeaks', () => {
  it('gives one maximum for each hour that holds samples', () => {
    const history = buildNodeHistory(sampleEvery(1800, 6, (i) => ({ usedMemoryBytes: (i + 1) * GiB })));
    expect(findHourlyPeaks(history)).toEqual({
      at: [START_AT, START_AT + HOUR, START_AT + 2 * HOUR],
      usedMemoryBytes: [2 * GiB, 4 * GiB, 6 * GiB],
    });
  });
});
