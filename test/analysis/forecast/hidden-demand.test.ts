import { describe, expect, it } from 'vitest';
import { estimateHiddenDemand } from '../../../src/analysis/forecast/hidden-demand.ts';
import { forecastNode } from '../../../src/analysis/forecast/index.ts';
import { GiB } from '../../../src/model/bytes.ts';
import { buildNodeHistory, sampleEvery, type TestSample } from '../../helpers/node-history.ts';
import { seededRandom } from '../../helpers/series.ts';

const KEY_BYTES = 1000;
const HELD_KEYS = 4_000_000;

/** A full cache into which `perHour(hour)` keys are written, each pushing one out. */
function fullCache(perHour: (hour: number) => number, more: Omit<TestSample, 'at'> = {}) {
  let evictedKeys = 0;
  return buildNodeHistory(
    sampleEvery(3600, 24 * 10, (hour) => {
      if (hour > 0) evictedKeys += perHour(hour);
      const dataset = HELD_KEYS * KEY_BYTES;
      return {
        usedMemoryBytes: 4 * GiB,
        usedMemoryDatasetBytes: dataset,
        maxmemoryBytes: 4 * GiB,
        db0Keys: HELD_KEYS,
        evictedKeys,
        texts: { maxmemoryPolicy: 'allkeys-lru' },
        ...more,
      };
    }),
  );
}

describe('estimateHiddenDemand', () => {
  it('finds the inflow that a full cache turns over, and how long a key stays', () => {
    const random = seededRandom(3);
    const written = Array.from({ length: 240 }, () => Math.round(50_000 * (0.5 + random())));
    const hidden = estimateHiddenDemand(fullCache((hour) => written[hour] ?? 0));
    const inflow = (written.slice(-168).reduce((sum, keys) => sum + keys, 0) / 7) * KEY_BYTES;
    expect((hidden?.evictedBytesPerDay.middle ?? 0) / inflow).toBeCloseTo(1, 6);
    expect((hidden?.staySeconds.middle ?? 0) / ((HELD_KEYS * KEY_BYTES * 86_400) / inflow)).toBeCloseTo(1, 6);
    expect(hidden?.evictedBytesPerDay.low).toBeLessThan(inflow);
    expect(hidden?.evictedBytesPerDay.high).toBeGreaterThan(inflow);
    expect(hidden?.staySeconds.low).toBeLessThan(hidden?.staySeconds.middle ?? 0);
    expect(hidden?.staySeconds.high).toBeGreaterThan(hidden?.staySeconds.middle ?? 0);
  });

  it('comes with the flat forecast, and never with a day', () => {
    const forecast = forecastNode(
      fullCache(() => 50_000),
      { horizonDays: 30 },
    );
    expect(forecast).toMatchObject({ status: 'flat', hiddenDemand: { bytesPerKey: KEY_BYTES, basis: 'derived' } });
    expect(forecast.daysToMaxmemory).toBeUndefined();
  });

  it('is not told where nothing was evicted or the keys are not counted', () => {
    expect(estimateHiddenDemand(fullCache(() => 0))).toBeUndefined();
    expect(estimateHiddenDemand(fullCache(() => 10, { db0Keys: undefined }))).toBeUndefined();
  });

  it('has no range from a few stretches', () => {
    const hidden = estimateHiddenDemand(fullCache((hour) => (hour > 236 ? 1000 : 0)));
    expect(hidden?.evictedBytesPerDay).toMatchObject({ low: undefined, high: undefined });
  });
});
