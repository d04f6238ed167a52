import { describe, expect, it } from 'vitest';
import { findDataLosses } from '../../../src/analysis/forecast/data-losses.ts';
import { forecastNode } from '../../../src/analysis/forecast/index.ts';
import { MiB } from '../../../src/model/bytes.ts';
import { buildNodeHistory, HOUR, START_AT, sampleEvery, type TestSample } from '../../helpers/node-history.ts';

const STEP_HOURS = 6;
const LOST_AT = 40;

interface Moment {
  readonly keys?: number;
  readonly usedMemoryBytes: number;
  readonly process?: number;
  readonly expiredKeys?: number;
  readonly loading?: number;
}

/** A store of 100,000 keys in 100 MiB; from sample 40 on as told. */
function tell(after: (since: number) => Moment, usual: Moment = { keys: 100_000, usedMemoryBytes: 100 * MiB }) {
  const samples = sampleEvery(STEP_HOURS * 3600, 60, (i): Omit<TestSample, 'at'> => {
    const { process = 1, ...numbers } = i < LOST_AT ? usual : after(i - LOST_AT);
    const uptimeSeconds = (process === 1 ? 1000 + i : i - LOST_AT + 0.5) * STEP_HOURS * 3600;
    return { usedMemoryStartupBytes: MiB, uptimeSeconds, ...numbers, texts: { runId: `run-${process}` } };
  });
  return buildNodeHistory(samples);
}

const causes = (history: ReturnType<typeof tell>) => findDataLosses(history).map(({ cause }) => cause);
const refill = (since: number) => Math.min(100_000, 5000 * since);

describe('findDataLosses', () => {
  it('finds a crash that came back empty, with its samples and memory on both sides', () => {
    const history = tell((since) => ({ keys: refill(since), usedMemoryBytes: MiB * (1 + refill(since) / 1000), process: 2 }));
    const at = START_AT + LOST_AT * STEP_HOURS * HOUR;
    expect(findDataLosses(history)).toEqual([
      { cause: 'restart', lastSeenAt: at - STEP_HOURS * HOUR, at, beforeBytes: 100 * MiB, afterBytes: MiB },
    ]);
  });

  it.each([
    ['a restart with an older dump', () => ({ keys: 80_000, usedMemoryBytes: 80 * MiB, process: 2 }), ['restart']],
    ['a restart that loads everything and sheds buffers', () => ({ keys: 100_000, usedMemoryBytes: 60 * MiB, process: 2 }), []],
    ['a restart without a few keys that expired meanwhile', () => ({ keys: 97_000, usedMemoryBytes: 97 * MiB, process: 2 }), []],
    [
      'a restart that takes a day to load everything',
      (since: number) => ({
        keys: since < 4 ? 10_000 : 100_000,
        usedMemoryBytes: (since < 4 ? 10 : 100) * MiB,
        process: 2,
        loading: since < 4 ? 1 : 0,
      }),
      [],
    ],
    ['FLUSHALL', (since: number) => ({ keys: refill(since), usedMemoryBytes: MiB * (1 + refill(since) / 1000) }), ['emptied']],
    ['half of the keys gone, as at every weekend', () => ({ keys: 50_000, usedMemoryBytes: 50 * MiB }), []],
    ['keys that expired', () => ({ keys: 5000, usedMemoryBytes: 6 * MiB, expiredKeys: 95_000 }), []],
  ] as const)('%s', (_, after, expected) => {
    const usual = { keys: 100_000, usedMemoryBytes: 100 * MiB, expiredKeys: 0, loading: 0 };
    expect(causes(tell(after, usual))).toEqual(expected);
  });

  it('goes by memory where keys are not counted, and then only at a restart', () => {
    const usual = { usedMemoryBytes: 100 * MiB };
    expect(causes(tell(() => ({ usedMemoryBytes: 30 * MiB, process: 2 }), usual))).toEqual(['restart']);
    expect(causes(tell(() => ({ usedMemoryBytes: 80 * MiB, process: 2 }), usual))).toEqual([]);
    expect(causes(tell(() => ({ usedMemoryBytes: 30 * MiB }), usual))).toEqual([]);
  });

  it('takes a database that is listed no more for empty', () => {
    const samples = sampleEvery(STEP_HOURS * 3600, 20, (i) =>
      i < 10 ? { usedMemoryBytes: 100 * MiB, db0Keys: 100_000 } : { usedMemoryBytes: 2 * MiB },
    );
    expect(causes(buildNodeHistory(samples as TestSample[]))).toEqual(['emptied']);
  });
});

describe('forecastNode after a loss', () => {
  it('expects the level back, tells the loss, and is not sure before it is back', () => {
    const history = tell((since) => ({ keys: refill(since), usedMemoryBytes: MiB * (1 + refill(since) / 1000), process: 2 }));
    const { lostData, peak, growthBytesPerDay, confidence } = forecastNode(history, { horizonDays: 10 });
    expect(lostData).toMatchObject({ state: 'too-soon', growthFrom: 'before-loss', levelBytes: 100 * MiB, losses: [{ cause: 'restart' }] });
    expect(peak?.p50).toBeCloseTo(100 * MiB, -6);
    expect(growthBytesPerDay).toBe(0);
    expect(confidence).not.toBe('good');
  });
});
