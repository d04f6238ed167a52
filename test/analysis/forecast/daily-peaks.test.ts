import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDailyMaxima } from '../../../src/analysis/forecast/daily-peaks.ts';
import { GiB } from '../../../src/model/bytes.ts';
import { buildNodeHistory, DAY, HOUR, START_AT, sampleEvery } from '../../helpers/node-history.ts';

describe('findDailyMaxima', () => {
  it('takes the maximum of each 24 hours, counted back from the last sample', () => {
    const history = buildNodeHistory(sampleEvery(3600, 60, (i) => ({ usedMemoryBytes: GiB + i })));
    const peaks = findDailyMaxima(history, 'usedMemoryBytes');
    expect(peaks.map((peak) => peak.value - GiB)).toEqual([11, 35, 59]);
    expect(peaks.map((peak) => peak.at)).toEqual([0, 1, 2].map((day) => START_AT + 12 * HOUR + day * DAY));
  });

  it('leaves windows without samples out', () => {
    const samples = sampleEvery(3600, 96, () => ({ usedMemoryBytes: GiB })).filter((_, i) => i < 24 || i >= 72);
    const peaks = findDailyMaxima(buildNodeHistory(samples), 'usedMemoryBytes');
    expect(peaks.map((peak) => (peak.at - START_AT) / DAY)).toEqual([1, 4]);
  });

  it.each([
    ['while the server was still being filled', [1, 5, 5], [5, 5]],
    ['at a level that was never reached again', [9, 5, 5], [9, 5, 5]],
  ])(
    'takes the first hour of a history of whole days, %s, for no day of its own unless it is the higher one',
    (_, [first = 0, ...days], expected) => {
      const history = buildNodeHistory(sampleEvery(3600, 49, (i) => ({ usedMemoryBytes: i === 0 ? first * GiB : (days[0] ?? 0) * GiB })));
      expect(findDailyMaxima(history, 'usedMemoryBytes').map((peak) => peak.value / GiB)).toEqual(expected);
    },
  );

  it('adds a maximum that no sample saw to the window it ended in', () => {
    const history = buildNodeHistory(
      sampleEvery(3600, 48, (i) => ({ usedMemoryBytes: GiB, notCountedBytes: 1000, usedMemoryPeakBytes: i < 30 ? GiB : 3 * GiB })),
    );
    expect(findDailyMaxima(history, 'usedMemoryBytes').map((peak) => peak.value)).toEqual([GiB, 3 * GiB]);
    expect(findDailyMaxima(history, 'countedBytes').map((peak) => peak.value)).toEqual([GiB - 1000, 3 * GiB - 1000]);
  });

  it('has nothing to say about a metric that was not collected', () => {
    expect(findDailyMaxima(buildNodeHistory([{ at: START_AT, usedMemoryBytes: GiB }]), 'usedMemoryRssBytes')).toEqual([]);
  });

  it('does not depend on the order of the samples inside a window', () => {
    const values = Array.from({ length: 24 }, (_, i) => (i + 1) * 1000);
    fc.assert(
      fc.property(fc.shuffledSubarray(values, { minLength: 24 }), (shuffled) => {
        const history = buildNodeHistory(sampleEvery(3600, 24, (i) => ({ usedMemoryBytes: shuffled[i] ?? 0 })));
        expect(findDailyMaxima(history, 'usedMemoryBytes').map((peak) => peak.value)).toEqual([24_000]);
      }),
    );
  });
});
