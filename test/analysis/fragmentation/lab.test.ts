import { describe, expect, it } from 'vitest';
import { diagnoseFragmentation } from '../../../src/analysis/fragmentation/index.ts';
import type { Engine } from '../../../src/model/engine.ts';
import { buildNodeHistory, START_AT } from '../../helpers/node-history.ts';

/**
 * Measured on Redis 7.0.15 (distribution build, system jemalloc 5.3.0, x86-64): used, resident and active bytes, and resident over active.
 * Allocated was about half a megabyte above used at every step.
 */
const STEPS = [
  { step: '2 M keys of 200 B', used: 593_636_816, rss: 612_024_320, active: 594_391_040, residentToActive: 1.02 },
  { step: 'delete 3 of 4, scattered', used: 161_773_632, rss: 612_155_392, active: 594_530_304, residentToActive: 1.02 },
  { step: '12 s later, MEMORY PURGE', used: 161_875_224, rss: 612_638_720, active: 594_698_240, residentToActive: 1.02 },
  { step: 'refill 1 M of the same size', used: 449_806_672, rss: 612_286_464, active: 594_554_880, residentToActive: 1.02 },
  { step: 'add 500 k of another size', used: 801_808_672, rss: 935_116_800, active: 914_685_952, residentToActive: 1.02 },
  { step: 'FLUSHALL SYNC', used: 1_077_224, rss: 28_069_888, active: 7_528_448, residentToActive: 2.99 },
] as const;
const redis70: Engine = { name: 'redis', version: '7.0.15' };

function afterStep(count: number) {
  let peak = 0;
  const samples = STEPS.slice(0, count).map(({ used, rss, active, residentToActive }, i) => {
    peak = Math.max(peak, used);
    return {
      at: START_AT + i * 60_000,
      usedMemoryBytes: used,
      usedMemoryPeakBytes: peak,
      usedMemoryRssBytes: rss,
      allocatorAllocatedBytes: used + 500_000,
      allocatorActiveBytes: active,
      allocatorResidentBytes: active * residentToActive,
      texts: { allocator: 'jemalloc-5.3.0', redisVersion: '7.0.15' },
    };
  });
  return diagnoseFragmentation(buildNodeHistory(samples), redis70);
}

describe('the measured run of fills and deletes', () => {
  it.each([
    { count: 1, diagnosis: 'healthy', also: [], decidedBy: undefined },
    { count: 2, diagnosis: 'retained-after-peak', also: ['external-fragmentation'], decidedBy: 'refill' },
    { count: 3, diagnosis: 'retained-after-peak', also: ['external-fragmentation'], decidedBy: 'refill' },
    { count: 4, diagnosis: 'retained-after-peak', also: [], decidedBy: undefined },
    { count: 5, diagnosis: 'external-fragmentation', also: [], decidedBy: undefined },
    { count: 6, diagnosis: 'small-dataset', also: [], decidedBy: undefined },
  ])('is $diagnosis after step $count', ({ count, diagnosis, also, decidedBy }) => {
    const result = afterStep(count);
    expect(result.diagnosis).toBe(diagnosis);
    expect(result.also).toEqual(also);
    expect(result.decidedBy).toBe(decidedBy);
  });

  it('measures how resident memory moved with used memory', () => {
    expect(afterStep(4).evidence.refillSlope).toBeCloseTo(0, 2);
    expect(afterStep(5).evidence.fillSlope).toBeCloseTo(0.917, 3);
  });

  it('knows that this build cannot defragment: it does not run on the bundled jemalloc', () => {
    const result = afterStep(5);
    expect(result.activedefrag).toMatchObject({ supported: 'no', supportedReason: 'system-jemalloc', enabled: 'no' });
    expect(result.advice).toBe('restart');
  });

  it('splits the waste after the deletes exactly, as MEMORY PURGE found it', () => {
    const history = buildNodeHistory([
      {
        at: START_AT,
        usedMemoryBytes: 161_850_536,
        usedMemoryPeakBytes: 593_636_816,
        usedMemoryRssBytes: 612_638_720,
        allocatorAllocatedBytes: 162_385_608,
        allocatorActiveBytes: 594_657_280,
        allocatorResidentBytes: 605_511_680,
        texts: { allocator: 'jemalloc-5.3.0' },
      },
    ]);
    const result = diagnoseFragmentation(history, redis70);
    expect(result).toMatchObject({ diagnosis: 'retained-after-peak', also: ['external-fragmentation'], decidedBy: 'refill' });
    expect(result.wasteBytes).toBe(450_788_184);
    expect(result.recoverableBytes).toEqual({ activedefrag: 432_271_672, purge: 10_854_400, restart: 450_788_184 - 32 * 1024 ** 2 });
    expect(result.evidence.rssToUsed).toBeCloseTo(3.785213, 6);
    expect(result.evidence.activeToAllocated).toBeCloseTo(3.662007, 6);
    expect(result.evidence.residentToActive).toBeCloseTo(1.018253, 6);
    expect(result.evidence.rssToResident).toBeCloseTo(1.01177, 6);
    expect(result.evidence.rssMinusResidentBytes).toBe(7_127_040);
    expect((result.evidence.externalBytes ?? 0) / (result.wasteBytes ?? 1)).toBeCloseTo(0.96, 2);
  });
});
