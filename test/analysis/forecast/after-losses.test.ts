import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AfterLosses, forecastAfterLosses } from '../../../src/analysis/forecast/after-losses.ts';
import type { DailyPeak } from '../../../src/analysis/forecast/daily-peaks.ts';
import { pooledPeak } from '../../../src/analysis/forecast/pooled-peak.ts';
import { DAY_MS } from '../../../src/model/time.ts';
import { seededRandom } from '../../helpers/series.ts';

const GB = 1e9;
const AHEAD = 30;
const LOST_ON = 30;

/** A made-up law of memory by day, and the days before which data were lost. */
interface Law {
  readonly level: (day: number) => number;
  readonly lostOn?: readonly number[];
}

const LAWS = {
  'a store that begins anew at its pace': { level: (day) => (day < LOST_ON ? 4 * GB + 0.1 * GB * day : 0.1 * GB * (day - LOST_ON + 0.5)) },
  'a cache that fills up within ten days': { level: (day) => 6 * GB * (day < LOST_ON ? 1 : Math.min(1, (day - LOST_ON + 0.5) / 10)) },
  'a store that is loaded again within three days, and grows': {
    level: (day) => (4 * GB + 0.05 * GB * day) * (day < LOST_ON ? 1 : Math.min(1, (day - LOST_ON + 0.5) / 3)),
  },
  'a store set back by a week': { level: (day) => 3 * GB + 0.1 * GB * (day < LOST_ON ? day : day - 7) },
  'a cache emptied every week': { level: (day) => 0.2 * GB + 0.6 * GB * ((day % 7) + 0.5), lostOn: [7, 14, 21, 28, 35, 42, 49, 56] },
  'a cache that needs less since': { level: (day) => (day < LOST_ON ? 6 * GB : 2 * GB) },
} as const satisfies Record<string, Law>;

function tellLaw({ level, lostOn = [LOST_ON] }: Law, days: number, seed: number) {
  const random = seededRandom(seed);
  const value = (day: number) => level(day) * (1 + 0.01 * (random() + random() - 1));
  const peaks: DailyPeak[] = Array.from({ length: days }, (_, day) => ({ at: (day + 1) * DAY_MS, value: value(day) }));
  const truth = Math.max(...Array.from({ length: AHEAD }, (_, i) => value(days + i)));
  // The last sample with the data: a minute before the day that begins without them.
  const lastSeenAt = lostOn.filter((day) => day <= days).map((day) => day * DAY_MS - 60_000);
  return { peaks, truth, lastSeenAt };
}

const SEEDS = [1, 2, 3, 4, 5];

describe('forecastAfterLosses', () => {
  const cases: readonly (readonly [keyof typeof LAWS, number, AfterLosses['state'], AfterLosses['growthFrom'], number])[] = [
    ['a store that begins anew at its pace', 10, 'refilling', 'before-loss', 0.03],
    ['a store that begins anew at its pace', 20, 'refilling', 'before-loss', 0.03],
    ['a cache that fills up within ten days', 3, 'too-soon', 'before-loss', 0.03],
    ['a cache that fills up within ten days', 8, 'refilling', 'before-loss', 0.03],
    ['a cache that fills up within ten days', 20, 'back', 'before-and-since', 0.03],
    ['a store that is loaded again within three days, and grows', 12, 'back', 'before-and-since', 0.05],
    ['a store set back by a week', 3, 'too-soon', 'before-loss', 0.06],
    ['a store set back by a week', 20, 'back', 'before-and-since', 0.04],
    ['a cache emptied every week', 5, 'recurring', 'life-to-life', 0.03],
    ['a cache emptied every week', 24, 'recurring', 'life-to-life', 0.03],
    ['a cache that needs less since', 15, 'settled', 'since-loss', 0.6],
  ];
  it.each(cases)('%s, after %i days: %s, growth %s, the peak to come within its interval', (name, days, state, growthFrom, off) => {
    for (const seed of SEEDS) {
      const { peaks, truth, lastSeenAt } = tellLaw(LAWS[name], LOST_ON + days, seed);
      const { forecast, afterLosses } = forecastAfterLosses(peaks, AHEAD, lastSeenAt);
      expect([afterLosses?.state, afterLosses?.growthFrom]).toEqual([state, growthFrom]);
      expect(Math.abs((forecast.p50.at(-1) ?? 0) / truth - 1)).toBeLessThan(off);
      expect(forecast.p95.at(-1)).toBeGreaterThan(truth);
    }
  });

  it('tells the pace of a refill apart from growth, and where it ends', () => {
    const { peaks, lastSeenAt } = tellLaw(LAWS['a cache that fills up within ten days'], LOST_ON + 8, 1);
    const { forecast, afterLosses } = forecastAfterLosses(peaks, AHEAD, lastSeenAt);
    expect(afterLosses?.refillPerDay).toBeGreaterThan(0.5 * GB);
    expect((afterLosses?.levelBytes ?? 0) / GB).toBeCloseTo(6, 0);
    expect(forecast.growthPerDay).toBe(0);
    expect(forecast.p50[0]).toBeLessThan(5.9 * GB);
  });

  it('is far narrower than a method that takes the loss for unrest', () => {
    const { peaks, lastSeenAt } = tellLaw(LAWS['a cache that fills up within ten days'], LOST_ON + 15, 1);
    const width = ({ p50, p95 }: ReturnType<typeof pooledPeak>) => (p95.at(-1) ?? 0) / (p50.at(-1) ?? 1);
    expect(width(forecastAfterLosses(peaks, AHEAD, lastSeenAt).forecast)).toBeLessThan(1.3);
    expect(width(pooledPeak(peaks, AHEAD))).toBeGreaterThan(1.5);
  });

  it('changes nothing where the days do not show the loss: a cache that is emptied every night', () => {
    const peaks = Array.from({ length: 30 }, (_, day) => ({ at: (day + 1) * DAY_MS, value: 5 * GB * (1 + 0.002 * (day % 3)) }));
    const nightly = Array.from({ length: 31 }, (_, day) => day * DAY_MS + 3 * 3_600_000);
    expect(forecastAfterLosses(peaks, AHEAD, nightly)).toEqual({ forecast: pooledPeak(peaks, AHEAD) });
  });

  it('expects the level back though no day without it is over yet', () => {
    const { peaks } = tellLaw(LAWS['a store set back by a week'], LOST_ON, 1);
    const { forecast, afterLosses } = forecastAfterLosses(peaks, AHEAD, [LOST_ON * DAY_MS - 3_600_000]);
    expect(afterLosses?.state).toBe('too-soon');
    expect(forecast.p50.at(-1)).toBeGreaterThan(0.99 * (peaks.at(-1)?.value ?? 0));
  });

  it('gives finite quantiles in order that never fall, whatever the values and losses', () => {
    const values = fc.array(fc.double({ min: 1, max: 1e12, noNaN: true }), { maxLength: 60 });
    fc.assert(
      fc.property(values, fc.array(fc.integer({ min: 0, max: 61 })), (list, lostOn) => {
        const peaks = list.map((value, day) => ({ at: (day + 1) * DAY_MS, value }));
        const { p50, p90, p95 } = forecastAfterLosses(
          peaks,
          20,
          lostOn.toSorted((a, b) => a - b).map((day) => day * DAY_MS),
        ).forecast;
        expect(p50).toHaveLength(20);
        p50.forEach((value, i) => {
          expect(Number.isFinite(value)).toBe(true);
          expect(value).toBeGreaterThanOrEqual(p50[i - 1] ?? 0);
          expect(p90[i]).toBeGreaterThanOrEqual(value);
          expect(p95[i]).toBeGreaterThanOrEqual(p90[i] ?? 0);
        });
      }),
    );
  });
});
