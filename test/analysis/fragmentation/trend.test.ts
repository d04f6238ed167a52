import { describe, expect, it } from 'vitest';
import { diagnoseFragmentation } from '../../../src/analysis/fragmentation/index.ts';
import { GiB, MiB } from '../../../src/model/bytes.ts';
import { buildNodeHistory, DAY, HOUR, START_AT, type TestSample } from '../../helpers/node-history.ts';

/** Samples every 6 hours with 10 GiB used (and a daily wave of ±1 GiB) and the waste that `wasteGiB` gives for a day. */
function trendOf(days: number, wasteGiB: (day: number) => number, extra: (day: number) => Omit<TestSample, 'at'> = () => ({})) {
  const samples = Array.from({ length: days * 4 + 1 }, (_, i): TestSample => {
    const day = i / 4;
    const used = 10 + Math.sin(2 * Math.PI * day);
    const waste = wasteGiB(day);
    return {
      at: START_AT + i * 6 * HOUR,
      usedMemoryBytes: used * GiB,
      usedMemoryRssBytes: (used + waste) * GiB,
      allocatorAllocatedBytes: used * GiB,
      allocatorActiveBytes: (used + waste) * GiB,
      allocatorResidentBytes: (used + waste) * GiB + 4096,
      ...extra(day),
    } as TestSample;
  });
  return diagnoseFragmentation(buildNodeHistory(samples), { name: 'redis', version: '7.2.6' }).trend;
}

describe('the fragmentation trend', () => {
  it('finds the slope of steadily growing waste, in bytes and as a ratio per day', () => {
    const trend = trendOf(30, (day) => 0.5 + 0.05 * day);
    expect(trend.significant).toBe(true);
    expect((trend.bytesPerDay ?? 0) / GiB).toBeCloseTo(0.05, 3);
    expect(trend.ratioPerDay).toBeCloseTo(0.005, 3);
  });

  it('sees waste shrink', () => {
    const trend = trendOf(30, (day) => 3 - 0.05 * day);
    expect(trend.significant).toBe(true);
    expect(trend.bytesPerDay).toBeLessThan(0);
  });

  it('is not significant when waste is level, when it wobbles, or when the effect is too small', () => {
    expect(trendOf(30, () => 2).significant).toBe(false);
    expect(trendOf(30, (day) => 2 + 0.3 * Math.sin(day * 2)).significant).toBe(false);
    expect(trendOf(30, (day) => 1 + (0.9 * MiB * day) / GiB).significant).toBe(false);
  });

  it('is absent with fewer than 8 points', () => {
    expect(trendOf(1, (day) => 0.5 + day)).toEqual({ significant: false });
  });

  it('is cut at a restart: a fresh process is no recovery', () => {
    const trend = trendOf(
      30,
      (day) => (day < 15 ? 2 + 0.2 * day : 0.5 + 0.02 * day),
      (day) => ({ processId: day < 15 ? 1 : 2 }),
    );
    expect((trend.bytesPerDay ?? 0) / GiB).toBeCloseTo(0.02, 3);
  });

  it('is cut at the last defragmentation run', () => {
    const trend = trendOf(
      30,
      (day) => (day < 10 ? 4 : 0.5 + 0.02 * day),
      (day) => ({ activeDefragRunningPercent: day >= 9 && day < 11 ? 10 : 0 }),
    );
    expect((trend.bytesPerDay ?? 0) / GiB).toBeCloseTo(0.02, 3);
  });

  it('takes one mass delete for an event, not for a trend', () => {
    expect(trendOf(30, (day) => (day < 12 ? 0.5 : 4)).significant).toBe(false);
  });

  it('leaves the ratio absent without allocator figures', () => {
    const none = { allocatorAllocatedBytes: undefined, allocatorActiveBytes: undefined, allocatorResidentBytes: undefined };
    const trend = trendOf(
      30,
      (day) => 0.5 + 0.05 * day,
      () => none,
    );
    expect(trend.ratioPerDay).toBeUndefined();
    expect((trend.bytesPerDay ?? 0) / GiB).toBeCloseTo(0.05, 3);
  });

  it('fits short windows by their samples', () => {
    const samples = Array.from({ length: 60 }, (_, i) => ({
      at: START_AT + i * HOUR,
      usedMemoryBytes: 10 * GiB,
      usedMemoryRssBytes: (11 + i / 240) * GiB,
    }));
    const { trend } = diagnoseFragmentation(buildNodeHistory(samples), { name: 'unknown', version: undefined });
    expect((trend.bytesPerDay ?? 0) / GiB).toBeCloseTo(0.1, 6);
    expect(trend.significant).toBe(true);
    expect(samples.at(-1)?.at).toBeLessThan(START_AT + 8 * DAY);
  });

  it('does not read a trend off one and a half waves of used memory under flat resident memory', () => {
    const samples = Array.from({ length: 36 }, (_, i) => ({
      at: START_AT + i * HOUR,
      usedMemoryBytes: (8 + 2 * Math.cos((2 * Math.PI * i) / 24)) * GiB,
      usedMemoryRssBytes: 10.2 * GiB,
    }));
    const { trend } = diagnoseFragmentation(buildNodeHistory(samples), { name: 'unknown', version: undefined });
    expect(trend.significant).toBe(false);
  });

  it.each([
    ['grow', 40, (day: number) => 4 + 0.2 * day],
    ['shrink', 40, (day: number) => 14 - 0.2 * day],
    ['grow for half a day', 0.5, (day: number) => 4 + 4 * day],
  ])('does not read a trend off the same share of data that %s', (_, days, usedGiB) => {
    const samples = Array.from({ length: 81 }, (_unused, i) => ({
      at: START_AT + (i / 80) * days * DAY,
      usedMemoryBytes: usedGiB((i / 80) * days) * GiB,
      usedMemoryRssBytes: 1.05 * usedGiB((i / 80) * days) * GiB,
    }));
    const { trend } = diagnoseFragmentation(buildNodeHistory(samples), { name: 'unknown', version: undefined });
    expect(trend.significant).toBe(false);
  });

  it('does not carry some MiB of one night on to a month', () => {
    const samples = Array.from({ length: 27 }, (_, i) => ({
      at: START_AT + i * 0.5 * HOUR,
      usedMemoryBytes: 200 * MiB,
      usedMemoryRssBytes: (210 + i) * MiB,
    }));
    const { trend } = diagnoseFragmentation(buildNodeHistory(samples), { name: 'unknown', version: undefined });
    expect(trend.significant).toBe(false);
  });

  it('does not read a trend off one day of a wave under pages that were kept at its top', () => {
    let highest = 0;
    const samples = Array.from({ length: 97 }, (_, i) => {
      const used = 2 + 0.6 * Math.sin((2 * Math.PI * i) / 96);
      highest = Math.max(highest, used);
      return { at: START_AT + i * 0.25 * HOUR, usedMemoryBytes: used * GiB, usedMemoryRssBytes: (1.03 * highest + 0.01) * GiB };
    });
    const { trend } = diagnoseFragmentation(buildNodeHistory(samples), { name: 'unknown', version: undefined });
    expect(trend.significant).toBe(false);
  });
});
