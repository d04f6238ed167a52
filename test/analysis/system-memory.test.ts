import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureSystemMemory } from '../../src/analysis/system-memory.ts';
import { GiB } from '../../src/model/bytes.ts';
import { buildNodeHistory, START_AT, sampleEvery } from '../helpers/node-history.ts';

const minute = 60_000;
const rssHistory = (rssGiB: readonly number[], stepSeconds = 60) =>
  buildNodeHistory(sampleEvery(stepSeconds, rssGiB.length, (i) => ({ usedMemoryRssBytes: (rssGiB[i] ?? 0) * GiB })));
const options = { systemMemoryBytes: 10 * GiB, targetRatio: 0.8 };

describe('measureSystemMemory', () => {
  it('divides resident memory by the machine, now and at the peak', () => {
    const result = measureSystemMemory(rssHistory([5, 9, 6]), options);
    expect(result).toMatchObject({ totalBytes: 10 * GiB, source: 'option', ratioNow: 0.6, ratioPeak: 0.9 });
  });

  const all = { totalSystemMemoryBytes: 64 * GiB, hostMemoryBytes: 63 * GiB, containerMemoryLimitBytes: 8 * GiB };
  it.each([
    { given: { systemMemoryBytes: GiB, instanceMemoryBytes: 2 * GiB }, told: all, gib: 1, source: 'option' },
    { given: { instanceMemoryBytes: 2 * GiB }, told: all, gib: 2, source: 'instance' },
    { given: {}, told: all, gib: 8, source: 'container' },
    { given: {}, told: { ...all, containerMemoryLimitBytes: undefined }, gib: 63, source: 'host' },
    { given: {}, told: { ...all, containerMemoryLimitBytes: 128 * GiB }, gib: 63, source: 'host' },
    { given: {}, told: { totalSystemMemoryBytes: 64 * GiB, containerMemoryLimitBytes: 128 * GiB }, gib: 64, source: 'info' },
    { given: {}, told: { containerMemoryLimitBytes: 128 * GiB }, gib: 128, source: 'container' },
    { given: {}, told: { totalSystemMemoryBytes: 64 * GiB }, gib: 64, source: 'info' },
  ])('takes $gib GiB from $source', ({ given, told, gib, source }) => {
    const history = buildNodeHistory([{ at: START_AT, usedMemoryRssBytes: 1, ...told }]);
    const result = measureSystemMemory(history, { ...given, targetRatio: 0.8 });
    expect(result).toMatchObject({ totalBytes: gib * GiB, source });
    expect(result.figures ?? [result]).toHaveLength(Object.values({ ...given, ...told }).filter((bytes) => bytes !== undefined).length);
  });

  it('measures against the limit that its container had at the time', () => {
    const history = buildNodeHistory(
      sampleEvery(60, 6, (i) => ({
        usedMemoryRssBytes: 7 * GiB,
        ...(i % 2 === 0 ? { containerMemoryLimitBytes: (i < 3 ? 8 : 16) * GiB } : {}),
      })),
    );
    const result = measureSystemMemory(history, { targetRatio: 0.8 });
    expect(result).toMatchObject({
      totalBytes: 16 * GiB,
      initialBytes: 8 * GiB,
      changes: [{ at: START_AT + 4 * minute, bytes: 16 * GiB }],
      ratioNow: 7 / 16,
      ratioPeak: 7 / 8,
      episodes: [{ fromAt: START_AT, toAt: START_AT + 4 * minute, maxRatio: 7 / 8 }],
    });
    expect(measureSystemMemory(history, { systemMemoryBytes: 16 * GiB, targetRatio: 0.8 })).toMatchObject({
      ratioPeak: 7 / 16,
      episodes: [],
    });
  });

  it('gives no ratio without the machine or without resident memory', () => {
    const unknown = measureSystemMemory(rssHistory([5]), { targetRatio: 0.8 });
    expect(unknown).toEqual({ source: 'unknown', targetRatio: 0.8, episodes: [] });
    const onlyUsed = measureSystemMemory(buildNodeHistory([{ at: START_AT, usedMemoryBytes: 9 * GiB }]), options);
    expect(onlyUsed.ratioPeak).toBeUndefined();
    expect(onlyUsed.totalBytes).toBe(10 * GiB);
  });

  it('joins neighbouring samples above the target into episodes and adds their time', () => {
    const result = measureSystemMemory(rssHistory([5, 8.5, 9, 7, 8.5, 5]), options);
    expect(result.episodes).toEqual([
      { fromAt: START_AT + minute, toAt: START_AT + 3 * minute, maxRatio: 0.9 },
      { fromAt: START_AT + 4 * minute, toAt: START_AT + 5 * minute, maxRatio: 0.85 },
    ]);
    expect(result.secondsAboveTarget).toBe(180);
  });

  it('treats a sample exactly at the target as not above it', () => {
    expect(measureSystemMemory(rssHistory([8, 8, 8]), options)).toMatchObject({ secondsAboveTarget: 0, episodes: [] });
  });

  it('does not bridge a gap: a sample holds for at most two intervals', () => {
    const samples = sampleEvery(60, 6, () => ({ usedMemoryRssBytes: 9 * GiB }));
    const late = samples.slice(3).map((sample) => ({ ...sample, at: sample.at + 600 * minute }));
    const result = measureSystemMemory(buildNodeHistory([...samples.slice(0, 3), ...late]), options);
    expect(result.episodes).toHaveLength(2);
    expect(result.secondsAboveTarget).toBe(120 + 120 + 120);
  });

  it('says nothing about time from a single sample', () => {
    const result = measureSystemMemory(rssHistory([9]), options);
    expect(result.secondsAboveTarget).toBeUndefined();
    expect(result.episodes).toHaveLength(1);
  });

  it('shares out the time of buckets that are only partly above the target', () => {
    const result = measureSystemMemory(rssHistory(Array.from({ length: 4096 }, (_, i) => (i % 4 < 2 ? 9 : 7))), options);
    const spanSeconds = 4095 * 60;
    expect(result.secondsAboveTarget).toBeGreaterThan(0.4 * spanSeconds);
    expect(result.secondsAboveTarget).toBeLessThan(0.6 * spanSeconds);
  });

  it('never counts more than the window, and keeps ratios when memory and machine double', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 50 }), (rss) => {
        const result = measureSystemMemory(rssHistory(rss), options);
        expect(result.secondsAboveTarget).toBeLessThanOrEqual((rss.length - 1) * 60);
        expect((result.secondsAboveTarget ?? 0) > 0).toBe(rss.slice(0, -1).some((value) => value > 8));
        const doubled = measureSystemMemory(rssHistory(rss.map((value) => 2 * value)), { ...options, systemMemoryBytes: 20 * GiB });
        expect({ ...doubled, totalBytes: 10 * GiB }).toEqual(result);
      }),
      { numRuns: 50 },
    );
  });
});
