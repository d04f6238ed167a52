import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnoseFragmentation } from '../../../src/analysis/fragmentation/index.ts';
import { GiB, MiB } from '../../../src/model/bytes.ts';
import type { Engine } from '../../../src/model/engine.ts';
import { buildNodeHistory, DAY, START_AT, sampleEvery, type TestSample } from '../../helpers/node-history.ts';

const redis72: Engine = { name: 'redis', version: '7.2.6' };
const minute = 60_000;

/** One sample from its parts: used memory, holes in its pages, pages kept, and process memory beyond the allocator, in GiB. */
function memory(used: number, parts: { holes?: number; kept?: number; process?: number; muzzy?: number } = {}): Omit<TestSample, 'at'> {
  const { holes = 0, kept = 0.001, process = 0.001, muzzy } = parts;
  return {
    usedMemoryBytes: used * GiB,
    allocatorAllocatedBytes: used * GiB,
    allocatorActiveBytes: (used + holes) * GiB,
    allocatorResidentBytes: (used + holes + kept) * GiB,
    usedMemoryRssBytes: (used + holes + kept + process + (muzzy ?? 0)) * GiB,
    ...(muzzy === undefined ? {} : { allocatorMuzzyBytes: muzzy * GiB }),
    texts: { allocator: 'jemalloc-5.3.0' },
  };
}

/** Samples a minute apart; `used_memory_peak` is kept up to date as a server would, from `lifetimePeak` GiB on. */
function historyOf(samples: readonly Omit<TestSample, 'at'>[], { lifetimePeak = 0, stepMilliseconds = minute } = {}) {
  let peak = lifetimePeak * GiB;
  return buildNodeHistory(
    samples.map((sample, i) => {
      peak = Math.max(peak, sample.usedMemoryBytes ?? 0);
      return { ...sample, usedMemoryPeakBytes: peak, at: START_AT + i * stepMilliseconds } as TestSample;
    }),
  );
}

const diagnose = (...args: Parameters<typeof historyOf>) => diagnoseFragmentation(historyOf(...args), redis72);
const repeat = (times: number, sample: Omit<TestSample, 'at'>) => Array.from({ length: times }, () => sample);

describe('diagnoseFragmentation: the story of retained memory', () => {
  const filled = repeat(5, memory(5));
  const deleted = repeat(5, memory(3, { holes: 2 }));
  const halfRefilled = repeat(5, memory(4, { holes: 1 }));
  const refilled = repeat(5, memory(5));

  it('calls 5 GiB filled healthy', () => {
    expect(diagnose(filled)).toMatchObject({ diagnosis: 'healthy', also: [], advice: 'none' });
  });

  it('calls memory kept after 2 GiB were deleted retained, and leaves fragmentation open until a refill', () => {
    const result = diagnose([...filled, ...deleted]);
    expect(result).toMatchObject({
      diagnosis: 'retained-after-peak',
      also: ['external-fragmentation'],
      decidedBy: 'refill',
      advice: 'none',
    });
    expect(result.wasteBytes).toBeCloseTo(2.002 * GiB, -3);
    expect(result.evidence.deleteSlope).toBeCloseTo(0, 6);
  });

  it('takes a flat refill as proof of reuse and closes the question', () => {
    const result = diagnose([...filled, ...deleted, ...halfRefilled]);
    expect(result).toMatchObject({ diagnosis: 'retained-after-peak', also: [], advice: 'none' });
    expect(result.decidedBy).toBeUndefined();
    expect(result.evidence.refillSlope).toBeCloseTo(0, 6);
    expect(diagnose([...filled, ...deleted, ...refilled]).diagnosis).toBe('healthy');
  });

  it('stays with reuse when deletes follow again', () => {
    expect(diagnose([...filled, ...deleted, ...refilled, ...deleted])).toMatchObject({ diagnosis: 'retained-after-peak', also: [] });
  });

  it('calls it retained also where neither the holes nor the pages kept stand out by themselves, as far as the peak explains them', () => {
    const daily = (lifetime: number) => diagnose([...repeat(5, memory(lifetime)), ...repeat(5, memory(0.11, { holes: 0.08, kept: 0.04 }))]);
    expect(daily(0.23)).toMatchObject({ diagnosis: 'retained-after-peak', also: [], advice: 'none' });
    expect(daily(0.13), 'beyond it they are fragmentation').toMatchObject({
      diagnosis: 'external-fragmentation',
      also: ['resident-unused'],
    });
  });

  it.each([
    ['external-fragmentation', { holes: 95, kept: 6, process: 5 }],
    ['resident-unused', { holes: 3, kept: 96, process: 6 }],
    ['process-overhead', { holes: 5, kept: 4, process: 97 }],
  ] as const)('is %s where the largest part is just below 100 MiB and all of the waste above it', (diagnosis, parts) => {
    const mebibytes = Object.fromEntries(Object.entries(parts).map(([part, size]) => [part, size / 1024]));
    expect(diagnose(repeat(5, memory(160 / 1024, mebibytes)))).toMatchObject({ diagnosis, also: [] });
    const less = Object.fromEntries(Object.entries(parts).map(([part, size]) => [part, (0.9 * size) / 1024]));
    expect(diagnose(repeat(5, memory(160 / 1024, less))), 'none of it with 95 MiB in all').toMatchObject({ diagnosis: 'healthy' });
  });

  it('never calls it external fragmentation, whatever sizes are filled, deleted and refilled', () => {
    const size = fc.double({ min: 1, max: 60, noNaN: true });
    const share = fc.double({ min: 0.05, max: 0.95, noNaN: true });
    fc.assert(
      fc.property(size, share, share, (peak, left, back) => {
        const low = peak * left;
        const high = low + (peak - low) * back;
        const story = [peak, low, high].flatMap((used) => repeat(4, memory(used, { holes: peak - used })));
        for (const end of [4, 8, 12]) {
          expect(['healthy', 'retained-after-peak', 'small-dataset']).toContain(diagnose(story.slice(0, end)).diagnosis);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('explains memory kept from a peak before the window by used_memory_peak', () => {
    const single = [memory(3, { holes: 2 })];
    expect(diagnose(single, { lifetimePeak: 5 })).toMatchObject({ diagnosis: 'retained-after-peak', also: ['external-fragmentation'] });
  });

  it('advises against holding memory only when the peak came once and stayed away for a week', () => {
    const options = { stepMilliseconds: DAY };
    const away = repeat(9, memory(3, { holes: 2 }));
    expect(diagnose([...filled, ...away], options)).toMatchObject({ diagnosis: 'retained-after-peak', advice: 'activedefrag' });
    expect(diagnose([...filled, ...deleted, ...refilled, ...away], options)).toMatchObject({
      diagnosis: 'retained-after-peak',
      advice: 'none',
    });
  });

  it('leaves memory alone that is being filled again, and not what a daily wave below the peak stirs', () => {
    const options = { stepMilliseconds: DAY };
    const peak = repeat(5, memory(10));
    const away = repeat(9, memory(4, { holes: 6 }));
    const refilling = [5, 6, 6.5].map((used) => memory(used, { holes: 10 - used }));
    expect(diagnose([...peak, ...away, ...refilling], options)).toMatchObject({ diagnosis: 'retained-after-peak', advice: 'none' });
    const wave = [4.6, 4, 4.6].map((used) => memory(used, { holes: 10 - used }));
    expect(diagnose([...peak, ...away, ...wave], options)).toMatchObject({ diagnosis: 'retained-after-peak', advice: 'activedefrag' });
  });
});

describe('diagnoseFragmentation: every class', () => {
  it('calls lasting holes at the peak external fragmentation and advises active defragmentation', () => {
    const result = diagnose(repeat(10, memory(10, { holes: 3 })));
    expect(result).toMatchObject({ diagnosis: 'external-fragmentation', also: [], advice: 'activedefrag' });
    expect(result.decidedBy).toBeUndefined();
    expect(result.recoverableBytes.activedefrag).toBeCloseTo(3 * GiB, -1);
    expect(result.evidence.activeToAllocated).toBeCloseTo(1.3, 9);
  });

  it('asks for a longer history when holes at the peak were seen once', () => {
    expect(diagnose([memory(10, { holes: 3 })])).toMatchObject({ diagnosis: 'external-fragmentation', decidedBy: 'longer-history' });
  });

  it('cannot tell holes from retained memory while the highest used memory of the process is unknown', () => {
    const history = buildNodeHistory(sampleEvery(60, 5, () => memory(10, { holes: 3 })));
    expect(diagnoseFragmentation(history, redis72)).toMatchObject({
      diagnosis: 'external-fragmentation',
      also: ['retained-after-peak'],
      decidedBy: 'refill',
    });
  });

  it('calls a fill that needed new pages beside 2 GiB of holes external fragmentation', () => {
    const story = [
      ...repeat(4, memory(8)),
      ...repeat(4, memory(5, { holes: 3 })),
      ...[6, 7, 8, 9, 10].map((used) => memory(used, { holes: 2.9 })),
    ];
    const result = diagnose(story);
    expect(result.diagnosis).toBe('external-fragmentation');
    expect(result.evidence.refillSlope).toBeGreaterThan(0.8);
  });

  it('does not mistake a fill beyond the old peak, after the holes were used up, for fragmentation', () => {
    const story = [...repeat(4, memory(5)), ...repeat(4, memory(4, { holes: 1 })), memory(15), ...repeat(3, memory(12.5, { holes: 2.5 }))];
    expect(diagnose(story)).toMatchObject({ diagnosis: 'retained-after-peak', also: ['external-fragmentation'] });
  });

  it('credits the fall from the peak before it blames fragmentation, and names both when both are large', () => {
    const story = [...repeat(4, memory(10, { holes: 4 })), ...repeat(4, memory(8, { holes: 6 }))];
    expect(diagnose(story)).toMatchObject({ diagnosis: 'external-fragmentation', also: ['retained-after-peak'] });
  });

  it('calls pages kept but not in use resident-unused and advises MEMORY PURGE once that lasts', () => {
    const result = diagnose(repeat(5, memory(10, { kept: 2 })));
    expect(result).toMatchObject({ diagnosis: 'resident-unused', also: [], advice: 'memory-purge' });
    expect(result.recoverableBytes.purge).toBeCloseTo(2 * GiB, -1);
    expect(diagnose([...repeat(5, memory(10)), memory(10, { kept: 2 })])).toMatchObject({ decidedBy: 'longer-history', advice: 'none' });
  });

  it('waits a minute before it advises MEMORY PURGE, however many samples show the pages: most go back by themselves within seconds', () => {
    const afterDelete = [...repeat(5, memory(10)), ...repeat(30, memory(6, { kept: 3 }))];
    expect(diagnose(afterDelete, { stepMilliseconds: 1000 })).toMatchObject({
      diagnosis: 'resident-unused',
      decidedBy: 'longer-history',
      advice: 'none',
    });
    expect(diagnose(afterDelete, { stepMilliseconds: 3000 }).advice).toBe('memory-purge');
  });

  it('leaves pages alone that a peak which comes back each day fills again, and purges those beyond it', () => {
    const daily = (kept: number) => [1, 2, 3].flatMap(() => [...repeat(8, memory(10)), ...repeat(16, memory(6, { kept }))]);
    const refilled = diagnose(daily(3.9), { stepMilliseconds: 60 * minute });
    expect(refilled).toMatchObject({ diagnosis: 'resident-unused', also: [], advice: 'none', evidence: { peakVisits: 3 } });
    expect(refilled.evidence.lastingUnusedBytes).toBe(0);
    const beyond = diagnose(daily(7), { stepMilliseconds: 60 * minute });
    expect(beyond.advice).toBe('memory-purge');
    expect(beyond.evidence.lastingUnusedBytes).toBeCloseTo(3 * GiB, -1);
    const once = diagnose([...repeat(8, memory(10)), ...repeat(16, memory(6, { kept: 3.9 }))], { stepMilliseconds: 60 * minute });
    expect(once.advice).toBe('memory-purge');
    expect(once.evidence).not.toHaveProperty('lastingUnusedBytes');
  });

  it('calls muzzy pages resident-unused and leaves them alone', () => {
    const result = diagnose(repeat(5, memory(10, { muzzy: 2 })));
    expect(result).toMatchObject({ diagnosis: 'resident-unused', advice: 'none' });
    expect(result.recoverableBytes.purge).toBeCloseTo(2.001 * GiB, -1);
  });

  it('calls stable memory outside the allocator process overhead, for which nothing is advised', () => {
    expect(diagnose(repeat(5, memory(10, { process: 2 })))).toMatchObject({ diagnosis: 'process-overhead', also: [], advice: 'none' });
  });

  it('names the largest part first and the others after it', () => {
    expect(diagnose(repeat(5, memory(10, { holes: 2, kept: 3, process: 4 })))).toMatchObject({
      diagnosis: 'process-overhead',
      also: ['resident-unused', 'external-fragmentation'],
    });
  });

  it('calls resident memory that stays below used and allocated memory swapping', () => {
    const result = diagnose(repeat(5, memory(10, { process: -1 })));
    expect(result).toMatchObject({ diagnosis: 'swapping', also: [], advice: 'more-memory' });
    expect(result.wasteBytes).toBeLessThan(0);
  });

  /** A fill to `gib` in twenty steps, of which `missing` is not resident: a share of each byte, or all beyond a size. */
  const fill = (gib: number, missing: (used: number) => number) =>
    Array.from({ length: 20 }, (_, i) => memory((gib * (i + 1)) / 20, { process: -missing((gib * (i + 1)) / 20) }));
  const untouched = fill(10, (used) => 0.08 * used);

  it.each([
    {
      title: 'pages that came with large values and were never touched are no swapping',
      samples: [...untouched, ...repeat(5, memory(10, { process: -0.8 }))],
      expected: 'healthy',
    },
    {
      title: 'pages that go while the data stay are',
      samples: [...untouched, ...repeat(5, memory(10, { process: -1.5 }))],
      expected: 'swapping',
    },
    {
      title: 'so are pages that go as others come',
      samples: [...fill(10, (used) => Math.max(0, used - 8.5)), ...repeat(5, memory(10, { process: -1.5 }))],
      expected: 'swapping',
    },
    { title: 'no size class leaves a third untouched', samples: fill(10, (used) => 0.33 * used), expected: 'swapping' },
    {
      title: 'the same holds without the figures of an allocator',
      samples: untouched.map(({ usedMemoryBytes, usedMemoryRssBytes }) => ({ usedMemoryBytes, usedMemoryRssBytes })),
      expected: 'healthy',
    },
  ])('$title', ({ samples, expected }) => {
    expect(diagnose(samples).diagnosis).toBe(expected);
  });

  it.each([
    { title: 'a ratio of 0.985 after a load is normal', samples: repeat(5, memory(10, { process: -0.15 })), expected: 'healthy' },
    { title: 'a dip of one sample is no swapping', samples: [...repeat(5, memory(10)), memory(10, { process: -1 })], expected: 'healthy' },
    { title: 'a single low sample is not enough', samples: [memory(10, { process: -1 })], expected: 'not-enough-data' },
  ])('$title', ({ samples, expected }) => {
    expect(diagnose(samples).diagnosis).toBe(expected);
  });

  it.each([
    { title: 'an empty server with a ratio of 13', sample: { usedMemoryBytes: 0.94e6, usedMemoryRssBytes: 12.4e6 } },
    { title: 'less than 100 MiB of data and of waste', sample: { usedMemoryBytes: 90 * MiB, usedMemoryRssBytes: 180 * MiB } },
    { title: 'modules on a server that never held 100 MiB', sample: { usedMemoryBytes: 20 * MiB, usedMemoryRssBytes: 300 * MiB } },
  ])('stays quiet on a small instance: $title', ({ sample }) => {
    expect(diagnose(repeat(5, sample))).toMatchObject({ diagnosis: 'small-dataset', also: [], advice: 'none' });
  });

  it.each([
    { title: 'a ratio of 1.45', used: 200, rss: 290 },
    { title: 'what active defragmentation has left', used: 519, rss: 612 },
  ])('calls less than 100 MiB of waste healthy from 100 MiB of data on: $title', ({ used, rss }) => {
    const sample = { usedMemoryBytes: used * MiB, usedMemoryRssBytes: rss * MiB };
    expect(diagnose(repeat(5, sample))).toMatchObject({ diagnosis: 'healthy', also: [], advice: 'none' });
  });

  it('calls a server small that was emptied, whatever it held before', () => {
    const story = [...repeat(5, memory(0.5)), ...repeat(5, memory(0.001, { process: 0.02 }))];
    expect(diagnose(story)).toMatchObject({ diagnosis: 'small-dataset', also: [] });
  });

  it('does not hide gigabytes kept by a server that was emptied behind its small size', () => {
    const story = [...repeat(5, memory(5)), ...repeat(5, memory(0.001, { holes: 4.9 }))];
    expect(diagnose(story).diagnosis).toBe('retained-after-peak');
  });

  it.each([
    { used: 50, holes: 0.09, expected: 'healthy' },
    { used: 50, holes: 0.9, expected: 'healthy' },
    { used: 0.5, holes: 0.09, expected: 'healthy' },
    { used: 0.5, holes: 0.12, expected: 'external-fragmentation' },
    { used: 50, holes: 6, expected: 'external-fragmentation' },
  ])('scales the thresholds with the instance: $holes GiB of holes in $used GiB are $expected', ({ used, holes, expected }) => {
    expect(diagnose(repeat(5, memory(used, { holes }))).diagnosis).toBe(expected);
  });

  it('calls many GiB below a tenth healthy, yet worth active defragmentation from 5 %', () => {
    const result = diagnose(repeat(5, memory(50, { holes: 4 })));
    expect(result).toMatchObject({ diagnosis: 'healthy', also: ['external-fragmentation'], advice: 'activedefrag' });
    const changed = result.activedefrag.parameters.filter((parameter) => parameter.change);
    expect(changed.map(({ name, recommended }) => [name, recommended])).toEqual([
      ['activedefrag', 'yes'],
      ['active-defrag-ignore-bytes', '512mb'],
      ['active-defrag-threshold-lower', '5'],
    ]);
  });
});

describe('diagnoseFragmentation: what it must not judge by', () => {
  it('leaves out samples with a child process and samples taken while loading', () => {
    const fork = { ...memory(10, { process: 5 }), rdbBgsaveInProgress: 1 };
    const loading = { ...memory(1, { kept: 9 }), loading: 1 };
    expect(diagnose([...repeat(5, memory(10)), ...repeat(5, fork)]).diagnosis).toBe('healthy');
    expect(diagnose([...repeat(5, memory(10)), ...repeat(5, loading)]).diagnosis).toBe('healthy');
  });

  it('does not look for memory retained from the process before a restart', () => {
    const samples = [...repeat(5, memory(10)), ...repeat(30, memory(5, { holes: 1 }))].map((sample, i) => ({
      ...sample,
      at: START_AT + i * minute,
      processId: i < 5 ? 1 : 2,
    })) as TestSample[];
    expect(diagnoseFragmentation(buildNodeHistory(samples), redis72)).toMatchObject({ diagnosis: 'external-fragmentation', also: [] });
  });

  it('waits for the process that is loading its data, and says nothing of the one before it', () => {
    const samples = [...repeat(8, memory(5, { holes: 2 })), ...repeat(3, { ...memory(1), loading: 1 })].map((sample, i) => ({
      ...sample,
      at: START_AT + i * minute,
      processId: i < 8 ? 1 : 2,
    })) as TestSample[];
    const result = diagnoseFragmentation(buildNodeHistory(samples), redis72);
    expect(result).toMatchObject({
      diagnosis: 'not-enough-data',
      also: [],
      decidedBy: 'longer-history',
      advice: 'none',
      recoverableBytes: {},
    });
  });

  it('judges a process that has forked in every sample so far by these', () => {
    const samples = [...repeat(8, memory(5, { holes: 2 })), ...repeat(3, { ...memory(5), rdbBgsaveInProgress: 1 })].map((sample, i) => ({
      ...sample,
      at: START_AT + i * minute,
      processId: i < 8 ? 1 : 2,
    })) as TestSample[];
    expect(diagnoseFragmentation(buildNodeHistory(samples), redis72)).toMatchObject({ diagnosis: 'healthy', advice: 'none' });
  });

  it('says so when there is no resident memory at all', () => {
    const result = diagnose([{ usedMemoryBytes: 5 * GiB }]);
    expect(result).toMatchObject({ diagnosis: 'not-enough-data', advice: 'none', evidence: {}, recoverableBytes: {} });
    expect(result.wasteBytes).toBeUndefined();
  });
});

describe('diagnoseFragmentation without allocator figures', () => {
  const plain = (used: number, rss: number) => ({ usedMemoryBytes: used * GiB, usedMemoryRssBytes: rss * GiB });

  it('still sees memory kept after a peak, and says what would decide', () => {
    const result = diagnose([...repeat(4, plain(5, 5.1)), ...repeat(4, plain(3, 5.1))]);
    expect(result).toMatchObject({
      diagnosis: 'retained-after-peak',
      also: ['external-fragmentation', 'resident-unused'],
      decidedBy: 'allocator-fields',
    });
    expect(result.recoverableBytes.activedefrag).toBeUndefined();
    expect(result.recoverableBytes.purge).toBeUndefined();
    expect(result.recoverableBytes.restart).toBeCloseTo(2.1 * GiB - 64 * MiB, -1);
  });

  it('takes a flat refill as reuse', () => {
    const story = [...repeat(4, plain(5, 5.1)), ...repeat(4, plain(3, 5.1)), ...repeat(4, plain(4, 5.1))];
    expect(diagnose(story)).toMatchObject({ diagnosis: 'retained-after-peak', also: [], decidedBy: 'allocator-fields' });
  });

  it('suspects fragmentation when the waste is more than any peak explains, and names the other causes', () => {
    expect(diagnose(repeat(5, plain(10, 14)))).toMatchObject({
      diagnosis: 'external-fragmentation',
      also: ['process-overhead', 'resident-unused'],
      decidedBy: 'allocator-fields',
    });
    expect(diagnose([plain(10, 14)]).diagnosis).toBe('not-enough-data');
  });

  it('gives up on a non-jemalloc build, whose allocator figures are made up, and advises a jemalloc build', () => {
    const libc = { ...plain(10, 14), allocatorAllocatedBytes: 10 * GiB, allocatorActiveBytes: 14 * GiB, allocatorResidentBytes: 14 * GiB };
    const result = diagnose(repeat(5, { ...libc, texts: { allocator: 'libc' } }));
    expect(result).toMatchObject({ diagnosis: 'unknown-allocator', advice: 'jemalloc-build', decidedBy: 'allocator-fields' });
    expect(result.activedefrag).toMatchObject({ supported: 'no', supportedReason: 'not-jemalloc' });
    expect(result.evidence.activeToAllocated).toBeUndefined();
    expect(diagnose(repeat(5, { ...plain(10, 10.2), texts: { allocator: 'libc' } })).diagnosis).toBe('healthy');
  });
});

describe('a Lua heap beside used memory, on libc', () => {
  it('is process overhead, and no holes', () => {
    const heap = { usedMemoryBytes: GiB, usedMemoryRssBytes: 3.05 * GiB, luaVmBytes: 2 * GiB, texts: { allocator: 'libc' } };
    expect(diagnose(repeat(9, heap))).toMatchObject({ diagnosis: 'process-overhead', also: [], advice: 'none' });
    expect(diagnose(repeat(9, { ...heap, luaVmBytes: GiB })).diagnosis).toBe('unknown-allocator');
  });
});

describe('memory that libc keeps after a peak', () => {
  const libc = (used: number) => ({ usedMemoryBytes: used * GiB, usedMemoryRssBytes: 5.1 * GiB, texts: { allocator: 'libc' } });
  const keptFor = (days: number) => diagnose([...repeat(5, libc(5)), ...repeat(days * 24, libc(0.5))], { stepMilliseconds: DAY / 24 });

  it('asks for a restart once the peak has stayed away for a week', () => {
    expect(keptFor(5)).toMatchObject({ diagnosis: 'unknown-allocator', also: ['retained-after-peak'], advice: 'jemalloc-build' });
    expect(keptFor(8)).toMatchObject({ diagnosis: 'unknown-allocator', advice: 'restart' });
  });
});

describe('diagnoseFragmentation: scale', () => {
  it('doubles every byte figure and keeps the verdict when all memory doubles', () => {
    const part = fc.double({ min: 0, max: 8, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.record({ used: fc.double({ min: 6, max: 40, noNaN: true }), holes: part, kept: part }), {
          minLength: 3,
          maxLength: 12,
        }),
        (parts) => {
          const of = (scale: number) =>
            diagnose(
              parts.map(({ used, holes, kept }) =>
                memory(used * scale, { holes: holes * scale, kept: (kept + 0.01) * scale, process: 0.01 * scale }),
              ),
            );
          const once = of(1);
          const twice = of(2);
          expect(twice.diagnosis).toBe(once.diagnosis);
          expect((twice.wasteBytes ?? 0) / (once.wasteBytes ?? 1)).toBeCloseTo(2, 2);
          expect(twice.recoverableBytes.activedefrag).toBeCloseTo(2 * (once.recoverableBytes.activedefrag ?? 0), -2);
          expect(twice.recoverableBytes.purge).toBeCloseTo(2 * (once.recoverableBytes.purge ?? 0), -2);
        },
      ),
      { numRuns: 60 },
    );
  });
});
