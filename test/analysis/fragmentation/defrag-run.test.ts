import { describe, expect, it } from 'vitest';
import { diagnoseFragmentation } from '../../../src/analysis/fragmentation/index.ts';
import { GiB, MiB } from '../../../src/model/bytes.ts';
import type { Engine } from '../../../src/model/engine.ts';
import { buildNodeHistory, START_AT, sampleEvery, type TestSample } from '../../helpers/node-history.ts';

const MINUTE_MS = 60_000;
const redis72: Engine = { name: 'redis', version: '7.2.6' };

interface Run {
  /** Minute in which it begins and the one in which it has ended, of 120. */
  readonly from: number;
  readonly to: number;
  readonly holesBefore: number;
  readonly holesAfter: number;
}

/** Two hours of 4 GiB of data, one sample a minute. The main thread uses 10 % of a core, and 30 % during the run. */
function record({ from, to, holesBefore, holesAfter }: Run, extra: (i: number) => Omit<TestSample, 'at'> = () => ({})) {
  const samples = sampleEvery(60, 120, (i) => {
    const done = Math.min(1, Math.max(0, (i - from) / (to - from)));
    const usedMemoryBytes = 4 * GiB;
    const active = usedMemoryBytes + holesBefore + (holesAfter - holesBefore) * done;
    return {
      usedMemoryBytes,
      usedMemoryPeakBytes: usedMemoryBytes,
      usedMemoryRssBytes: active + 20 * MiB,
      allocatorAllocatedBytes: usedMemoryBytes,
      allocatorActiveBytes: active,
      allocatorResidentBytes: active + 10 * MiB,
      activeDefragRunningPercent: i > from && i < to ? 20 : 0,
      activeDefragHits: Math.round(1_000_000 * done),
      activeDefragMisses: Math.round(2_000_000 * done),
      mainThreadCpuUserSeconds: 6 * i + 12 * (to - from) * done,
      mainThreadCpuSysSeconds: 0,
      ...extra(i),
    };
  });
  return diagnoseFragmentation(buildNodeHistory(samples), redis72).activedefrag.lastRun;
}

describe('the last run of active defragmentation', () => {
  it('closed holes, gave memory back, has a price, and stopped at ignore-bytes', () => {
    const run = record({ from: 40, to: 60, holesBefore: 2 * GiB, holesAfter: 60 * MiB });
    expect(run).toMatchObject({ fromAt: START_AT + 40 * MINUTE_MS, toAt: START_AT + 60 * MINUTE_MS, isRunning: false });
    expect(run).toMatchObject({ outcome: 'worked', stoppedBy: 'ignore-bytes', closedBytes: 2 * GiB - 60 * MiB });
    expect(run).toMatchObject({ wasteBeforeBytes: 2 * GiB + 20 * MiB, wasteAfterBytes: 80 * MiB });
    expect(run?.cpuSeconds).toBeCloseTo(20 * 18, 6);
    expect(run?.cpuShare).toBeCloseTo(0.3, 6);
    expect(run?.usualCpuShare).toBeCloseTo(0.1, 6);
  });

  it.each([
    { why: '300 MiB are under 10 % of 4 GiB', holesAfter: 300 * MiB, stoppedBy: 'lower-threshold', outcome: 'worked' },
    { why: 'it was switched off on the way', holesAfter: 1.5 * GiB, stoppedBy: 'above-its-thresholds', outcome: 'partly' },
    { why: 'nothing could be moved', holesAfter: 1.95 * GiB, stoppedBy: 'above-its-thresholds', outcome: 'no-effect' },
  ])('stopped by $stoppedBy, $outcome: $why', ({ holesAfter, stoppedBy, outcome }) => {
    expect(record({ from: 40, to: 60, holesBefore: 2 * GiB, holesAfter })).toMatchObject({ stoppedBy, outcome });
  });

  it('is not praised for holes that new data filled', () => {
    const refill = (i: number) => {
      const filled = i < 40 ? 0 : Math.min(1, (i - 40) / 20) * 1.9 * GiB;
      return {
        usedMemoryBytes: 4 * GiB + filled,
        usedMemoryPeakBytes: 6 * GiB,
        allocatorAllocatedBytes: 4 * GiB + filled,
        allocatorActiveBytes: 6 * GiB,
        allocatorResidentBytes: 6.01 * GiB,
        usedMemoryRssBytes: 6.02 * GiB,
      };
    };
    expect(record({ from: 40, to: 60, holesBefore: 2 * GiB, holesAfter: 60 * MiB }, refill)).toMatchObject({
      closedBytes: 0,
      outcome: 'no-effect',
    });
  });

  it('has no outcome while it runs', () => {
    const run = record({ from: 100, to: 130, holesBefore: 2 * GiB, holesAfter: 0 });
    expect(run).toMatchObject({ isRunning: true, fromAt: START_AT + 100 * MINUTE_MS });
    expect(run).not.toHaveProperty('outcome');
    expect(run).not.toHaveProperty('stoppedBy');
  });

  it('waits for a child that was there when it stopped', () => {
    const save = (i: number) => ({ rdbBgsaveInProgress: i >= 60 && i < 65 ? 1 : 0 });
    expect(record({ from: 40, to: 60, holesBefore: 2 * GiB, holesAfter: GiB }, save)?.stoppedBy).toBe('child');
  });

  it('is absent where none was seen', () => {
    const idle = () => ({ activeDefragRunningPercent: 0, activeDefragHits: 0, activeDefragMisses: 0 });
    expect(record({ from: 40, to: 60, holesBefore: 2 * GiB, holesAfter: 60 * MiB }, idle)).toBeUndefined();
  });
});
