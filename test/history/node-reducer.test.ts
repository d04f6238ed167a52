import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NodeReducer } from '../../src/history/node-reducer.ts';
import type { NodeSamples } from '../../src/history/node-samples.ts';
import type { MetricId } from '../../src/model/metrics.ts';
import type { NodeHistory } from '../../src/model/node-history.ts';
import { memorySeries, type SampleRow, sampleBatch } from '../helpers/series.ts';

const MINUTE = 60_000;
const START = 1_700_000_000_000;

function part(samples: NodeSamples, from: number, to: number): NodeSamples {
  return {
    count: to - from,
    at: samples.at.subarray(from, to),
    numbers: new Map([...samples.numbers].map(([id, column]) => [id, column.subarray(from, to)])),
    texts: new Map([...samples.texts].map(([id, column]) => [id, column.slice(from, to)])),
  };
}

function reduce(rows: readonly SampleRow[], chunkRows = rows.length): NodeHistory {
  const samples = sampleBatch(rows);
  const reducer = new NodeReducer('node-1');
  for (let from = 0; from < samples.count; from += chunkRows) {
    reducer.add(part(samples, from, Math.min(samples.count, from + chunkRows)));
  }
  return reducer.finish({ duplicates: 0, outOfOrder: 0 });
}

/** One sample a minute with these numbers. */
function minutes(...numbers: SampleRow['numbers'][]): SampleRow[] {
  return numbers.map((values, i) => ({ at: START + i * MINUTE, numbers: values }));
}

function column(history: NodeHistory, id: MetricId, part: 'min' | 'max' | 'last'): number[] {
  return [...(history.buckets.columns.get(id)?.[part] ?? [])];
}

describe('chunks', () => {
  it('gives the same history wherever the chunks are cut', () => {
    const rows = memorySeries({ samples: 3000, growthBytesPerDay: 1e9 }).map((row, i) => ({
      ...row,
      numbers: { ...row.numbers, loading: i % 700 < 3 ? 1 : 0, uptimeSeconds: 60 * (i % 1100), rdbLastCowBytes: Math.floor(i / 90) },
    }));
    const whole = reduce(rows);
    for (const chunkRows of [1, 7, 512]) expect(reduce(rows, chunkRows)).toEqual(whole);
  });
});

describe('values that stand still', () => {
  it('give what a reducer gives that never sees a chunk of one value', () => {
    const value = fc.constantFrom(-5, 0, 0.5, 7, 1e9);
    const length = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 300, max: 900 }));
    const stretches = fc.array(fc.record({ value, length, isRestart: fc.boolean() }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(stretches, fc.integer({ min: 1, max: 600 }), (given, chunkRows) => {
        const rows = minutes(
          ...given.flatMap(({ value, length, isRestart }, stretch) =>
            Array.from({ length }, (_, i) => ({
              usedMemoryBytes: value,
              maxmemoryBytes: value,
              evictedKeys: value,
              ...(isRestart && i === 0 ? { uptimeSeconds: 1000 - 10 * stretch } : {}),
              loading: value === 7 && i === 1 ? 1 : 0,
            })),
          ),
        );
        // Within a chunk of all rows each column changes, by a first and a last row that are the same everywhere.
        const ends = { usedMemoryBytes: 3, maxmemoryBytes: 3, evictedKeys: 3, uptimeSeconds: 1e6 };
        const all = minutes(ends, ...rows.map(({ numbers }) => numbers), { ...ends, uptimeSeconds: 2e6 });
        expect(reduce(all, chunkRows)).toEqual(reduce(all));
      }),
      { numRuns: 30 },
    );
  });
});

describe('metric summaries', () => {
  it('keeps the exact extremes with the earliest instant of a tie', () => {
    const history = reduce(minutes({ usedMemoryBytes: 5 }, { usedMemoryBytes: 9 }, { usedMemoryBytes: 2 }, { usedMemoryBytes: 9 }));
    expect(history.metrics.get('usedMemoryBytes')).toMatchObject({
      count: 4,
      max: { value: 9, at: START + MINUTE },
      min: { value: 2, at: START + 2 * MINUTE },
      first: { value: 5, at: START },
      last: { value: 9, at: START + 3 * MINUTE },
    });
  });

  it('never lets a sample below the peak raise it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1e12 }), { minLength: 1, maxLength: 50 }), fc.nat(), (values, draw) => {
        const peak = Math.max(...values);
        const rows = minutes(...[...values, draw % (peak + 1)].map((usedMemoryBytes) => ({ usedMemoryBytes })));
        expect(reduce(rows).metrics.get('usedMemoryBytes')?.max.value).toBe(peak);
      }),
    );
  });

  it('keeps every quantile between minimum and maximum', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e12, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 40 }), (values) => {
        const summary = reduce(minutes(...values.map((opsPerSecond) => ({ opsPerSecond })))).metrics.get('opsPerSecond');
        for (const quantile of [summary?.p50, summary?.p95, summary?.p99]) {
          expect(quantile).toBeGreaterThanOrEqual(Math.min(...values));
          expect(quantile).toBeLessThanOrEqual(Math.max(...values));
        }
      }),
    );
  });

  it('leaves a metric out that no sample has, and values that are not finite', () => {
    const history = reduce(minutes({ usedMemoryBytes: 1, keys: Number.NaN }, { usedMemoryBytes: Number.POSITIVE_INFINITY }));
    expect(history.metrics.has('keys')).toBe(false);
    expect(history.metrics.get('usedMemoryBytes')?.count).toBe(1);
    expect(history.last).toEqual({ usedMemoryBytes: 1 });
  });

  it('derives what is compared with maxmemory, only where both parts are known', () => {
    const history = reduce(
      minutes({ usedMemoryBytes: 100, notCountedBytes: 30 }, { usedMemoryBytes: 90 }, { usedMemoryBytes: 5, notCountedBytes: 7 }),
    );
    expect(history.metrics.get('countedBytes')).toMatchObject({ count: 1, max: { value: 70, at: START } });
  });

  it('gives every metric of the sample in which used memory was highest', () => {
    const history = reduce(
      minutes(
        { usedMemoryBytes: 1, connectedClients: 10, notCountedBytes: 0 },
        { usedMemoryBytes: 9, connectedClients: 3, notCountedBytes: 2 },
        { usedMemoryBytes: 4, connectedClients: 50 },
      ),
    );
    expect(history.atPeak).toEqual({ usedMemoryBytes: 9, connectedClients: 3, notCountedBytes: 2, countedBytes: 7 });
  });
});

describe('counters', () => {
  it('counts growth from 0 after each restart', () => {
    const history = reduce(
      minutes(
        { evictedKeys: 100, uptimeSeconds: 5000 },
        { evictedKeys: 150, uptimeSeconds: 5060 },
        { evictedKeys: 400, uptimeSeconds: 20 },
        { evictedKeys: 410, uptimeSeconds: 80 },
      ),
    );
    expect(history.metrics.get('evictedKeys')?.increase).toBe(50 + 400 + 10);
  });

  it('counts growth from 0 after each restart, to the same figure as before too', () => {
    const rows = minutes(...[100, 50, 20, 80].map((uptimeSeconds) => ({ evictedKeys: 7, uptimeSeconds })));
    expect(reduce(rows).metrics.get('evictedKeys')?.increase).toBe(14);
  });

  it('equals the sum over lives, whatever the counters do inside', () => {
    const life = fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(life, { minLength: 1, maxLength: 6 }), (lives) => {
        const rows = minutes(
          ...lives.flatMap((steps, number) => {
            let keyspaceHits = 0;
            return steps.map((step, i) => {
              keyspaceHits += step;
              return { keyspaceHits, uptimeSeconds: 60 * i, processId: 100 + number };
            });
          }),
        );
        const total = lives.flat().reduce((sum, step) => sum + step, 0) - (lives[0]?.[0] ?? 0);
        const history = reduce(rows);
        expect(history.metrics.get('keyspaceHits')?.increase).toBe(total);
        expect(history.lives).toHaveLength(lives.length);
      }),
    );
  });

  it('after CONFIG RESETSTAT starts anew only what that command resets', () => {
    const history = reduce(
      minutes(
        { commandsProcessed: 1000, evictedKeys: 10, cpuSysSeconds: 50, uptimeSeconds: 600 },
        { commandsProcessed: 7, evictedKeys: 12, cpuSysSeconds: 53, uptimeSeconds: 660 },
      ),
    );
    expect(history.statResets).toEqual([{ at: START + MINUTE }]);
    expect(history.restarts).toEqual([]);
    expect(history.metrics.get('commandsProcessed')?.increase).toBe(7);
    expect(history.metrics.get('evictedKeys')?.increase).toBe(12);
    expect(history.metrics.get('cpuSysSeconds')?.increase).toBe(3);
  });

  it('does not call a fall of the commands a reset when nothing proves that the process went on', () => {
    const history = reduce(minutes({ commandsProcessed: 1000 }, { commandsProcessed: 7 }));
    expect(history.statResets).toEqual([]);
    expect(history.metrics.get('commandsProcessed')?.increase).toBe(7);
  });

  it('sees a reset that happened while the counter was missing', () => {
    const history = reduce(
      minutes({ evictedKeys: 100, uptimeSeconds: 900 }, { uptimeSeconds: 10 }, { evictedKeys: 130, uptimeSeconds: 70 }),
    );
    expect(history.metrics.get('evictedKeys')?.increase).toBe(130);
  });

  it('gives no increase for gauges', () => {
    expect(reduce(minutes({ usedMemoryBytes: 1 }, { usedMemoryBytes: 5 })).metrics.get('usedMemoryBytes')).not.toHaveProperty('increase');
  });
});

describe('restarts', () => {
  const withTexts = (row: SampleRow, texts: SampleRow['texts']): SampleRow => ({ ...row, texts });
  const [first, second, third] = minutes(
    { usedMemoryBytes: 10, uptimeSeconds: 500 },
    { usedMemoryBytes: 4, uptimeSeconds: 30 },
    { usedMemoryBytes: 6, uptimeSeconds: 90 },
  ) as [SampleRow, SampleRow, SampleRow];

  it('tells a new process by its run id, with the versions before and after', () => {
    const history = reduce([
      withTexts(first, { runId: 'a', redisVersion: '7.0.15' }),
      withTexts(second, { runId: 'b', redisVersion: '7.2.4' }),
      withTexts(third, { runId: 'b', redisVersion: '7.2.4' }),
    ]);
    expect(history.restarts).toEqual([
      { at: second.at, lastSeenAt: first.at, reason: 'run-id', fromVersion: '7.0.15', toVersion: '7.2.4' },
    ]);
    expect(history.lives).toEqual([
      { fromAt: first.at, toAt: first.at, samples: 1, usedMemoryPeak: { value: 10, at: first.at }, version: '7.0.15' },
      { fromAt: second.at, toAt: third.at, samples: 2, usedMemoryPeak: { value: 6, at: third.at }, version: '7.2.4' },
    ]);
    expect(history.texts.redisVersion).toEqual([
      { at: first.at, value: '7.0.15' },
      { at: second.at, value: '7.2.4' },
    ]);
  });

  it('tells one by the fall of the uptime, and does not tell it again when the new run id comes later', () => {
    const history = reduce([withTexts(first, { runId: 'a' }), second, withTexts(third, { runId: 'b' })]);
    expect(history.restarts).toEqual([{ at: second.at, lastSeenAt: first.at, reason: 'uptime' }]);
  });

  it('tells one by the process id', () => {
    const history = reduce(minutes({ processId: 7 }, { processId: 7 }, { processId: 8 }));
    expect(history.restarts).toEqual([{ at: START + 2 * MINUTE, lastSeenAt: START + MINUTE, reason: 'process-id' }]);
  });

  it.each([
    ['repeats', 5000, 5000],
    ['falls by the second that clocks differ', 5000, 4999],
    ['is written as an epoch', 5000, 1_700_000_000],
    ['stops being an epoch', 1_700_000_000, 5060],
    ['is negative', 5000, -1],
  ])('sees none where the uptime %s', (_, before, after) => {
    const history = reduce(minutes({ uptimeSeconds: before }, { uptimeSeconds: after }));
    expect(history.restarts).toEqual([]);
  });

  it('sees one where a young process falls by little', () => {
    expect(reduce(minutes({ uptimeSeconds: 21 }, { uptimeSeconds: 20 })).restarts).toHaveLength(1);
  });

  it('sees none where the run id stays, whatever an interleaved clock makes of the uptime', () => {
    const history = reduce(
      minutes({ uptimeSeconds: 9000 }, { uptimeSeconds: 300 }, { uptimeSeconds: 9060 }).map((row) => ({
        ...row,
        texts: { runId: 'same' },
      })),
    );
    expect(history.restarts).toEqual([]);
    expect(history.lives).toHaveLength(1);
  });

  it('neither sees a reset nor counts twice where belated samples lie between later ones', () => {
    const at = (hours: number) => ({ uptimeSeconds: hours * 3600, commandsProcessed: 1000 * hours, evictedKeys: 100 * hours });
    const history = reduce(minutes(at(70), at(73), at(71), at(74), at(72), at(75)).map((row) => ({ ...row, texts: { runId: 'same' } })));
    expect(history.statResets).toEqual([]);
    expect(history.metrics.get('evictedKeys')?.increase).toBe(500);
    expect(history.sampleCount).toBe(6);
  });

  it('leaves an impossible uptime out of the metric too', () => {
    expect(reduce(minutes({ uptimeSeconds: 1_700_000_000 })).metrics.has('uptimeSeconds')).toBe(false);
  });

  it('prefers the version of the fork over the Redis version that it claims', () => {
    const history = reduce([withTexts(first, { redisVersion: '7.2.4', valkeyVersion: '8.1.1' })]);
    expect(history.lives[0]?.version).toBe('8.1.1');
  });
});

describe('gaps', () => {
  it('finds stretches of more than three intervals', () => {
    const rows = memorySeries({ samples: 100 });
    const history = reduce([...rows.slice(0, 20), ...rows.slice(30, 50), ...rows.slice(52)]);
    expect(history.intervalSeconds).toBe(60);
    expect(history.gaps).toEqual([{ fromAt: rows[19]?.at, toAt: rows[30]?.at }]);
    expect([history.gapCount, history.gapSeconds]).toEqual([1, 11 * 60]);
  });

  it('lists the longest 200 in time order and counts all', () => {
    const rows = memorySeries({ samples: 4000 }).filter((_, i) => i % 10 < 6);
    const history = reduce(rows);
    expect(history.gaps).toHaveLength(200);
    expect([...history.gaps].sort((a, b) => a.fromAt - b.fromAt)).toEqual(history.gaps);
    expect([history.gapCount, history.gapSeconds]).toEqual([399, 399 * 5 * 60]);
  });

  const atMinutes = (...at: number[]) => at.map((minute): SampleRow => ({ at: START + minute * MINUTE, numbers: { usedMemoryBytes: 1 } }));

  it('takes hourly samples with a burst now and then for hourly ones, without gaps', () => {
    const day = (from: number) => [
      ...Array.from({ length: 24 }, (_, hour) => from + 60 * hour),
      ...Array.from({ length: 40 }, (_, i) => from + 1381 + i / 12),
    ];
    const history = reduce(atMinutes(...day(0), ...day(1440), ...day(2880)));
    expect(history.intervalSeconds).toBe(3600);
    expect(history.gapCount).toBe(0);
  });

  it('sees no gap where the interval was changed half-way, and a missing day in either half', () => {
    const slow = Array.from({ length: 200 }, (_, i) => 60 * i).filter((at) => at < 3000 || at >= 4440);
    const fast = Array.from({ length: 3000 }, (_, i) => 12_000 + i).filter((at) => at < 13_000 || at >= 14_440);
    const { gaps, intervalSeconds } = reduce(atMinutes(...slow, ...fast));
    expect(gaps.map(({ fromAt, toAt }) => [(fromAt - START) / MINUTE, (toAt - START) / MINUTE])).toEqual([
      [2940, 4440],
      [12_999, 14_440],
    ]);
    expect(intervalSeconds).toBe(3600);
  });

  it('takes a step that returns each day for a gap: nobody looks at night', () => {
    const history = reduce(atMinutes(...[0, 1, 2, 3, 4].flatMap((day) => Array.from({ length: 480 }, (_, i) => 1440 * day + i))));
    expect(history.intervalSeconds).toBe(60);
    expect(history.gapCount).toBe(4);
  });

  it('knows no interval from a single sample', () => {
    const history = reduce(minutes({ usedMemoryBytes: 1 }));
    expect(history.intervalSeconds).toBeUndefined();
    expect(history.gapCount).toBe(0);
  });
});

describe('loading', () => {
  it('leaves memory gauges out, keeps counters and settings, and takes the sample as presence', () => {
    const rows = minutes(
      { usedMemoryBytes: 50, keys: 9, commandsProcessed: 10 },
      { usedMemoryBytes: 70, loading: 1, maxmemoryBytes: 100, commandsProcessed: 20 },
      { usedMemoryBytes: 60, asyncLoading: 1 },
      { usedMemoryBytes: 40, loading: 0 },
    );
    const history = reduce(rows);
    expect(history.loadingSamples).toBe(2);
    expect(history.gapCount).toBe(0);
    expect(history.sampleCount).toBe(4);
    expect(history.metrics.get('usedMemoryBytes')).toMatchObject({ count: 2, max: { value: 50, at: START } });
    expect(history.metrics.get('maxmemoryBytes')?.max.value).toBe(100);
    expect(history.metrics.get('commandsProcessed')?.increase).toBe(10);
    expect(column(history, 'usedMemoryBytes', 'max')).toEqual([50, Number.NaN, Number.NaN, 40]);
    expect(history.hours.usedMemoryBytes[0]).toBe(50);
    expect(history.lives[0]?.usedMemoryPeak?.value).toBe(50);
  });
});

describe('recovered peaks', () => {
  it('finds a spike between two samples of one life', () => {
    const history = reduce(
      minutes(
        { usedMemoryBytes: 50, usedMemoryPeakBytes: 80 },
        { usedMemoryBytes: 55, usedMemoryPeakBytes: 120 },
        { usedMemoryBytes: 90, usedMemoryPeakBytes: 120 },
      ),
    );
    expect(history.recoveredPeaks).toEqual([{ fromAt: START, toAt: START + MINUTE, value: 120 }]);
    expect(history.metrics.get('usedMemoryBytes')?.max.value).toBe(90);
  });

  it('finds none where a sample shows the peak itself, nor in the peak that stood before the window', () => {
    const history = reduce(minutes({ usedMemoryBytes: 50, usedMemoryPeakBytes: 900 }, { usedMemoryBytes: 950, usedMemoryPeakBytes: 950 }));
    expect(history.recoveredPeaks).toEqual([]);
  });

  it('takes the peak at the first sample of a process that began inside the window', () => {
    const history = reduce(
      minutes(
        { usedMemoryBytes: 5, usedMemoryPeakBytes: 200, uptimeSeconds: 900 },
        { usedMemoryBytes: 7, usedMemoryPeakBytes: 99, uptimeSeconds: 9 },
        { usedMemoryBytes: 8, usedMemoryPeakBytes: 99, uptimeSeconds: 69 },
      ),
    );
    expect(history.recoveredPeaks).toEqual([{ fromAt: START, toAt: START + MINUTE, value: 99 }]);
  });

  it('takes none from a restart whose first sample is its peak, nor from a process that ran elsewhere before', () => {
    const history = reduce(
      minutes(
        { usedMemoryBytes: 5, usedMemoryPeakBytes: 6, uptimeSeconds: 900, processId: 1 },
        { usedMemoryBytes: 7, usedMemoryPeakBytes: 7, uptimeSeconds: 9, processId: 2 },
        { usedMemoryBytes: 7, usedMemoryPeakBytes: 99, uptimeSeconds: 9000, processId: 3 },
      ),
    );
    expect(history.restarts).toHaveLength(2);
    expect(history.recoveredPeaks).toEqual([]);
  });

  it('keeps the 50 that stand out the most, highest first', () => {
    const history = reduce(minutes(...Array.from({ length: 300 }, (_, i) => ({ usedMemoryBytes: 1, usedMemoryPeakBytes: 10 + i }))));
    expect(history.recoveredPeaks.map(({ value }) => value)).toEqual(Array.from({ length: 50 }, (_, i) => 309 - i));
  });

  it('keeps an early spike, and the highest, beside many peaks that hardly stand out', () => {
    const rows = Array.from({ length: 300 }, (_, i) => ({ usedMemoryBytes: 1000 + 10 * i, usedMemoryPeakBytes: 1001 + 10 * i }));
    rows[2] = { usedMemoryBytes: 1020, usedMemoryPeakBytes: 1500 };
    const peaks = reduce(minutes(...rows)).recoveredPeaks;
    expect(peaks.map(({ value }) => value)).toEqual(expect.arrayContaining([1500, 3991]));
    expect(peaks[0]?.value).toBe(3991);
    expect(peaks).toHaveLength(50);
  });
});

describe('forks', () => {
  it('counts a save when its figure changes, or when another ended at the same cost', () => {
    const history = reduce(
      minutes(
        { rdbLastCowBytes: 0, rdbSaves: 0, usedMemoryRssBytes: 1000 },
        { rdbLastCowBytes: 300, rdbSaves: 1, usedMemoryRssBytes: 1000, usedMemoryBytes: 900, rdbLastBgsaveSeconds: 4 },
        { rdbLastCowBytes: 300, rdbSaves: 1, usedMemoryRssBytes: 1000 },
        { rdbLastCowBytes: 300, rdbSaves: 2, usedMemoryRssBytes: 1000 },
      ),
    );
    expect(history.forks).toEqual([
      { at: START + MINUTE, kind: 'rdb', cowBytes: 300, rssBytes: 1000, usedMemoryBytes: 900, seconds: 4 },
      { at: START + 3 * MINUTE, kind: 'rdb', cowBytes: 300, rssBytes: 1000 },
    ]);
  });

  it('counts what stands at the first sample as one, and nothing for a figure of 0', () => {
    const history = reduce(minutes({ aofLastCowBytes: 70, rdbLastCowBytes: 0 }, { aofLastCowBytes: 70, rdbLastCowBytes: 0 }));
    expect(history.forks).toEqual([{ at: START, kind: 'aof', cowBytes: 70 }]);
  });

  it('keeps the highest figure of a running child until it ends', () => {
    const history = reduce(
      minutes(
        { rdbBgsaveInProgress: 1, currentCowPeakBytes: 40, usedMemoryRssBytes: 500 },
        { rdbBgsaveInProgress: 1, currentCowPeakBytes: 90, usedMemoryRssBytes: 600 },
        { rdbBgsaveInProgress: 0, currentCowPeakBytes: 0, usedMemoryRssBytes: 500 },
      ),
    );
    expect(history.forkSamples).toBe(2);
    expect(history.forks).toEqual([{ at: START + MINUTE, kind: 'rdb', cowBytes: 90, rssBytes: 600 }]);
  });

  it('takes a running child and its result as one fork', () => {
    const history = reduce(
      minutes(
        { rdbBgsaveInProgress: 1, currentCowPeakBytes: 40, rdbLastCowBytes: 0 },
        { rdbBgsaveInProgress: 0, currentCowPeakBytes: 0, rdbLastCowBytes: 60 },
      ),
    );
    expect(history.forks).toEqual([{ at: START + MINUTE, kind: 'rdb', cowBytes: 60 }]);
  });

  it('takes a counter that rises at the fork for its beginning, not for another end', () => {
    const running = { rdbBgsaveInProgress: 1, currentCowPeakBytes: 40 };
    const history = reduce(
      minutes(
        { rdbBgsaveInProgress: 0, rdbSaves: 1, rdbLastCowBytes: 300 },
        { ...running, rdbSaves: 2, rdbLastCowBytes: 300 },
        { ...running, rdbSaves: 2, rdbLastCowBytes: 300 },
        { rdbBgsaveInProgress: 0, rdbSaves: 2, rdbLastCowBytes: 300 },
        // One ended and the next began between two samples.
        { ...running, rdbSaves: 4, rdbLastCowBytes: 300 },
        { rdbBgsaveInProgress: 0, rdbSaves: 4, rdbLastCowBytes: 310 },
      ),
    );
    expect(history.forks.map(({ at, cowBytes }) => [(at - START) / MINUTE, cowBytes])).toEqual([
      [0, 300],
      [3, 300],
      [4, 300],
      [5, 310],
    ]);
  });

  it('keeps the 500 with the largest share of resident memory, oldest first', () => {
    const rows = minutes(
      ...Array.from({ length: 1200 }, (_, i) => ({ rdbLastCowBytes: 1 + ((i * 7919) % 1200), usedMemoryRssBytes: 1e4 })),
    );
    const { forks } = reduce(rows);
    expect(forks).toHaveLength(500);
    expect(Math.min(...forks.slice(0, -1).map(({ cowBytes }) => cowBytes))).toBe(702);
    expect([...forks].sort((a, b) => a.at - b.at)).toEqual(forks);
    expect(forks.at(-1)?.at, 'and the newest').toBe(START + 1199 * MINUTE);
  });

  const idle = { rdbLastCowBytes: 5, aofLastCowBytes: 5, rdbBgsaveInProgress: 0, aofRewriteInProgress: 0, netInputBytes: 1000 };
  it.each([
    [
      'a save that takes the changes before it out of the count',
      { ...idle, rdbChangesSinceLastSave: 5000, rdbLastSaveTimeSeconds: 10, evictedKeys: 1 },
      { ...idle, rdbChangesSinceLastSave: 70, rdbLastSaveTimeSeconds: 90, evictedKeys: 4, netInputBytes: 1600, rdbLastCowBytes: 9 },
      { writtenKeys: 73, inputBytes: 600 },
    ],
    [
      'a copy for a replica, which is no save',
      { ...idle, rdbChangesSinceLastSave: 5000, rdbLastSaveTimeSeconds: 10 },
      { ...idle, rdbChangesSinceLastSave: 5070, rdbLastSaveTimeSeconds: 10, rdbLastCowBytes: 9 },
      { writtenKeys: 70, inputBytes: 0 },
    ],
    [
      'a rewrite without a save meanwhile',
      { ...idle, rdbChangesSinceLastSave: 5000, rdbLastSaveTimeSeconds: 10 },
      { ...idle, rdbChangesSinceLastSave: 5070, rdbLastSaveTimeSeconds: 10, aofLastCowBytes: 9 },
      { writtenKeys: 70, inputBytes: 0 },
    ],
    [
      'a rewrite with a save meanwhile, of which only the input is known',
      { ...idle, rdbChangesSinceLastSave: 5000, rdbLastSaveTimeSeconds: 10 },
      { ...idle, rdbChangesSinceLastSave: 70, rdbLastSaveTimeSeconds: 90, aofLastCowBytes: 9 },
      { inputBytes: 0 },
    ],
  ])('tells the most that was written during %s', (_what, before, after, written) => {
    const fork = reduce(minutes(before, after)).forks.at(-1);
    expect({ ...fork, at: 0, kind: '', cowBytes: 0 }).toEqual({ at: 0, kind: '', cowBytes: 0, ...written });
  });

  it('counts writes from the last sample before the child ran, not from the one before its end', () => {
    const running = { rdbBgsaveInProgress: 1, rdbLastCowBytes: 5 };
    const history = reduce(
      minutes(
        { rdbBgsaveInProgress: 0, rdbLastCowBytes: 5, netInputBytes: 100 },
        { ...running, netInputBytes: 300 },
        { ...running, netInputBytes: 600 },
        { rdbBgsaveInProgress: 0, rdbLastCowBytes: 9, netInputBytes: 1000, rdbChangesSinceLastSave: 12 },
      ),
    );
    expect(history.forks.at(-1)).toEqual({ at: START + 3 * MINUTE, kind: 'rdb', cowBytes: 9, inputBytes: 900, writtenKeys: 12 });
  });
});

describe('buckets', () => {
  it('gives each of up to 1,024 samples its own', () => {
    const rows = memorySeries({ samples: 1024 });
    const history = reduce(rows);
    expect(history.buckets.count).toBe(1024);
    expect(column(history, 'usedMemoryBytes', 'max')).toEqual(rows.map(({ numbers }) => numbers.usedMemoryBytes));
    expect([...history.buckets.fromAt]).toEqual(rows.map(({ at }) => at));
  });

  it('of more makes stretches of equal length that keep the extremes, the last value and all samples', () => {
    const rows = memorySeries({ samples: 2500 });
    const { buckets } = reduce(rows);
    expect(buckets.count).toBeLessThanOrEqual(1024);
    expect(buckets.count).toBeGreaterThan(512);
    for (let i = 0; i < buckets.count; i++) {
      const inside = rows.filter(({ at }) => at >= (buckets.fromAt[i] as number) && at <= (buckets.toAt[i] as number));
      const used = inside.map(({ numbers }) => numbers.usedMemoryBytes as number);
      expect(buckets.samples[i]).toBe(inside.length);
      const values = buckets.columns.get('usedMemoryBytes');
      expect([values?.min[i], values?.max[i], values?.last[i]]).toEqual([Math.min(...used), Math.max(...used), used.at(-1)]);
    }
    expect(buckets.samples.reduce((sum, count) => sum + count, 0)).toBe(2500);
  });

  it('leaves empty stretches out, so that sparse samples keep their detail', () => {
    const rows = memorySeries({ samples: 1100 }).map((row, i) => (i < 550 ? row : { ...row, at: row.at + 400 * 86_400_000 }));
    const { buckets } = reduce(rows);
    expect(buckets.count).toBeGreaterThan(512);
    expect(Math.max(...buckets.samples)).toBeLessThanOrEqual(3);
  });

  it('gives NaN where a bucket has samples but none with the metric', () => {
    const rows = memorySeries({ samples: 1500 }).map((row, i) => (i >= 700 && i < 800 ? { ...row, numbers: {} } : row));
    const { buckets } = reduce(rows);
    const values = buckets.columns.get('usedMemoryBytes');
    const absent = [...(values?.last ?? [])].flatMap((value, i) => (Number.isNaN(value) ? [i] : []));
    expect(absent.length).toBeGreaterThan(20);
    for (const i of absent) expect([values?.min[i], values?.max[i]]).toEqual([Number.NaN, Number.NaN]);
  });
});

describe('hours', () => {
  it('gives the maximum of each UTC hour that holds samples', () => {
    const rows = memorySeries({ samples: 600 }).filter((_, i) => i < 100 || i > 400);
    const { hours } = reduce(rows);
    for (const [i, hourAt] of hours.at.entries()) {
      expect(hourAt % 3_600_000).toBe(0);
      const inside = rows.filter(({ at }) => at >= hourAt && at < hourAt + 3_600_000);
      expect(hours.usedMemoryBytes[i]).toBe(Math.max(...inside.map(({ numbers }) => numbers.usedMemoryBytes as number)));
    }
    expect(hours.at.length).toBe(new Set(rows.map(({ at }) => Math.floor(at / 3_600_000))).size);
  });
});

describe('bounded size', () => {
  it('stays small for 100,000 samples that change all the time', () => {
    const rows = memorySeries({ samples: 100_000, stepSeconds: 1200 }).map((row, i) => ({
      ...row,
      at: row.at + (i % 5 === 0 ? 0 : i % 5) * 1000,
      numbers: { ...row.numbers, uptimeSeconds: (i * 31) % 1000, rdbLastCowBytes: 1 + (i % 1000), usedMemoryPeakBytes: 1e10 + i },
      texts: { runId: `run-${i % 3}`, role: i % 2 ? 'master' : 'slave' },
    }));
    const history = reduce(rows, 512);
    expect(history.sampleCount).toBe(100_000);
    expect(history.buckets.count).toBeLessThanOrEqual(1024);
    expect(history.hours.at.length).toBeLessThanOrEqual(2 * 366 * 24);
    expect(history.hours.at.at(-1)).toBe(Math.floor(history.toAt / 3_600_000) * 3_600_000);
    expect(history.restarts.length).toBeLessThanOrEqual(1000);
    expect(history.lives.length).toBeLessThanOrEqual(1000);
    expect(history.gaps.length).toBeLessThanOrEqual(200);
    expect(history.forks.length).toBeLessThanOrEqual(500);
    expect(history.recoveredPeaks.length).toBeLessThanOrEqual(50);
    for (const changes of Object.values(history.texts)) expect(changes.length).toBeLessThanOrEqual(50);
    expect(history.texts.role?.at(-1)?.value).toBe('master');
  });
});
