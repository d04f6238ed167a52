import { describe, expect, it } from 'vitest';
import { withPresentTables } from '../../src/analysis/forecast/daily-peaks.ts';
import { forecastNode } from '../../src/analysis/forecast/index.ts';
import { findPastTableSteps } from '../../src/analysis/past-table-steps.ts';
import { MiB } from '../../src/model/bytes.ts';
import type { Engine } from '../../src/model/engine.ts';
import { buildNodeHistory, START_AT, sampleEvery } from '../helpers/node-history.ts';

const redis: Engine = { name: 'redis', version: '7.0.15' };
const HOUR = 3_600_000;
/** Bytes of a key with its value, as in the recordings of a table that doubles: 72 B a key. */
const KEY_BYTES = 72;
const FULL = 2 ** 20;

/** Five days of hourly samples of keys that pass 2^20 in hour 60; the new table of 16 MiB comes then, the old one of 8 MiB is freed in hour `freedAt`. */
function doubling({ grewAt = 60, freedAt = Number.POSITIVE_INFINITY, tableBytes = 16 * MiB, more = {} } = {}) {
  return buildNodeHistory(
    sampleEvery(3600, 120, (i) => {
      const keys = FULL + (i - 59) * 500;
      const tables = 8 * MiB + (i >= grewAt ? tableBytes : 0) - (i >= freedAt ? tableBytes / 2 : 0);
      return { usedMemoryBytes: MiB + keys * KEY_BYTES + tables, usedMemoryStartupBytes: MiB, db0Keys: keys, ...more };
    }),
  );
}

describe('findPastTableSteps', () => {
  it('dates a doubling by the keys that passed the table and the rise that they do not explain', () => {
    const [step, ...others] = findPastTableSteps(doubling(), redis);
    expect(others).toEqual([]);
    expect(step).toMatchObject({ fromAt: START_AT + 59 * HOUR, at: START_AT + 60 * HOUR, database: 0, table: 'keys', threshold: FULL });
    expect(step).toMatchObject({ expectedBytes: 16 * MiB, permanentBytes: 8 * MiB });
    expect((step?.observedBytes ?? 0) / (16 * MiB)).toBeCloseTo(1, 2);
    expect(step).not.toHaveProperty('oldTableFreedAt');
  });

  it('sees the old table go', () => {
    expect(findPastTableSteps(doubling({ freedAt: 70 }), redis)[0]?.oldTableFreedAt).toBe(START_AT + 70 * HOUR);
  });

  it('finds a doubling that was put off', () => {
    expect(findPastTableSteps(doubling({ grewAt: 90 }), redis)).toMatchObject([{ at: START_AT + 90 * HOUR, threshold: FULL }]);
  });

  it.each([
    ['memory did not rise with the keys', doubling({ tableBytes: 0 }), redis],
    ['memory rose by much more than the table', doubling({ tableBytes: 64 * MiB }), redis],
    ['a cluster node of 8.0 has small tables', doubling({ more: { clusterEnabled: 1 } }), { ...redis, version: '8.0.2' }],
    ['Valkey 8.1 grows at 917,504 and not here', doubling(), { name: 'valkey', version: '8.1.1' }],
    ['nothing is known of the layout', doubling(), { name: 'dragonfly', version: '1.2' }],
  ] as const)('finds none where %s', (_, history, engine) => {
    expect(findPastTableSteps(history, engine)).toEqual([]);
  });
});

describe('the trend, past a doubling', () => {
  it.each([{}, { freedAt: 70 }])('is that of the data: %o', (story) => {
    const history = doubling(story);
    const settings = { horizonDays: 14 };
    const perDay = 500 * 24 * KEY_BYTES;
    const { growthBytesPerDay } = forecastNode(history, { ...settings, pastSteps: findPastTableSteps(history, redis) });
    expect((growthBytesPerDay ?? 0) / perDay).toBeCloseTo(1, 1);
    expect(Math.abs((forecastNode(history, settings).growthBytesPerDay ?? 0) / perDay - 1)).toBeGreaterThan(0.4);
  });

  it('leaves peaks as they are where no table grew', () => {
    const peaks = [{ at: 1, value: 2 }];
    expect(withPresentTables(peaks, [])).toBe(peaks);
  });
});
