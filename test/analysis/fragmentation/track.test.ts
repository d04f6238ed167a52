import { describe, expect, it } from 'vitest';
import { diagnoseFragmentation } from '../../../src/analysis/fragmentation/index.ts';
import { currentLife, readTrack } from '../../../src/analysis/fragmentation/track.ts';
import { GiB } from '../../../src/model/bytes.ts';
import { buildNodeHistory, START_AT, sampleEvery, type TestSample } from '../../helpers/node-history.ts';

const sample: Omit<TestSample, 'at'> = {
  usedMemoryBytes: 4 * GiB,
  usedMemoryRssBytes: 5 * GiB,
  allocatorAllocatedBytes: 4 * GiB,
  allocatorActiveBytes: 4.5 * GiB,
  allocatorResidentBytes: 4.8 * GiB,
};

describe('readTrack', () => {
  it('leaves out samples without resident memory, with a child process, and from the first minutes after a restart', () => {
    const history = buildNodeHistory(
      sampleEvery(60, 100, (i) => ({
        ...sample,
        ...(i === 10 ? { usedMemoryRssBytes: undefined } : {}),
        aofRewriteInProgress: i === 20 ? 1 : 0,
        processId: i < 40 ? 1 : 2,
      })),
    );
    const minutes = readTrack(history).map((point) => (point.at - START_AT) / 60_000);
    expect(Array.from({ length: 100 }, (_, i) => i).filter((i) => !minutes.includes(i))).toEqual([10, 20, 40, 41, 42, 43, 44]);
    expect(currentLife(readTrack(history)).map((point) => point.life)).toEqual(Array.from({ length: 55 }, () => 1));
  });

  it('uses samples with a child process when there are no others', () => {
    const history = buildNodeHistory(sampleEvery(60, 3, () => ({ ...sample, rdbBgsaveInProgress: 1 })));
    expect(readTrack(history)).toHaveLength(3);
  });

  it.each([
    { title: 'a libc build', extra: { texts: { allocator: 'libc' } } },
    { title: 'active equal to resident, which no jemalloc has', extra: { allocatorActiveBytes: 5 * GiB, allocatorResidentBytes: 5 * GiB } },
  ])('takes the allocator figures for unknown: $title', ({ extra }) => {
    const [point] = readTrack(buildNodeHistory(sampleEvery(60, 1, () => ({ ...sample, ...extra }))));
    expect(point?.activeBytes).toBeNaN();
    expect(point?.usedBytes).toBe(4 * GiB);
  });
});

describe('weeks of a daily wave, thinned to buckets', () => {
  const stepMinutes = 5;
  const perDay = (24 * 60) / stepMinutes;
  /** Used memory moves between 4 and 10 GiB each day; `extraGiB` are holes that no refill ever fills. */
  function wave(days: number, extraGiB: (day: number) => number) {
    let active = 0;
    const samples = sampleEvery(stepMinutes * 60, Math.round(days * perDay), (i) => {
      const day = i / perDay;
      const used = 7 + 3 * Math.sin(2 * Math.PI * day);
      active = Math.max(active, used + extraGiB(day));
      return {
        usedMemoryBytes: used * GiB,
        usedMemoryPeakBytes: 10 * GiB,
        usedMemoryRssBytes: (active + 0.2) * GiB,
        allocatorAllocatedBytes: used * GiB,
        allocatorActiveBytes: active * GiB,
        allocatorResidentBytes: (active + 0.1) * GiB,
        texts: { allocator: 'jemalloc-5.3.0' },
      };
    });
    return diagnoseFragmentation(buildNodeHistory(samples), { name: 'redis', version: '7.2.6' });
  }

  it.each([14, 14.25, 14.5, 14.75])('is reuse, not fragmentation, at whatever hour the window ends (%d days)', (days) => {
    const result = wave(days, () => 0);
    expect(['healthy', 'retained-after-peak']).toContain(result.diagnosis);
    expect(result.also).toEqual([]);
    expect(result.advice).toBe('none');
    expect(result.trend.significant).toBe(false);
  });

  it.each([14, 14.25, 14.5, 14.75])('is fragmentation when holes grow that no refill fills (%d days)', (days) => {
    const result = wave(days, (day) => 0.3 * day);
    expect(result.diagnosis).toBe('external-fragmentation');
    expect(result.advice).toBe('activedefrag');
    expect(result.trend.significant).toBe(true);
    expect((result.trend.bytesPerDay ?? 0) / GiB).toBeCloseTo(0.3, 1);
  });
});
