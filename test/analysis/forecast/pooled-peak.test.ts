import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DailyPeak } from '../../../src/analysis/forecast/daily-peaks.ts';
import { pooledPeak } from '../../../src/analysis/forecast/pooled-peak.ts';
import { DAY_MS } from '../../../src/model/time.ts';
import { seededRandom } from '../../helpers/series.ts';

/** One value a day; undefined leaves a gap. */
function daily(values: readonly (number | undefined)[]): DailyPeak[] {
  return values.flatMap((value, i) => (value === undefined ? [] : [{ at: i * DAY_MS, value }]));
}

function constant(days: number, value: number): number[] {
  return Array.from({ length: days }, () => value);
}

const seriesOf = fc.array(fc.double({ min: 1e3, max: 1e12, noNaN: true }), { minLength: 3, maxLength: 60 });

describe('pooledPeak', () => {
  it('says the constant for a constant series, with a 95 % bound e^0.1 times as high', () => {
    const forecast = pooledPeak(daily(constant(30, 5e9)), 30);
    expect(forecast.p50.at(-1)).toBeCloseTo(5e9, 0);
    expect((forecast.p95.at(-1) ?? 0) / 5e9).toBeCloseTo(Math.exp(0.1), 9);
    expect((forecast.p90.at(-1) ?? 0) / 5e9).toBeCloseTo(Math.exp(0.05), 9);
    expect(forecast.growthPerDay).toBe(0);
  });

  it('follows the formula on a small noisy series', () => {
    // Two values alternate: no trend, no change of level; |Δ log y| = ln 1.2 each day.
    const forecast = pooledPeak(daily([100, 120, 100, 120, 100, 120]), 3);
    const root = Math.sqrt(Math.log(1.2));
    const width = Math.log(1 + 3 / 6);
    expect(forecast.p50.at(-1)).toBeCloseTo(120 * Math.exp(0.05 * width * root), 6);
    expect(forecast.p90.at(-1)).toBeCloseTo(120 * Math.exp(0.05 + (0.3 + 0.9 * width) * root), 6);
    expect(forecast.p95.at(-1)).toBeCloseTo(120 * Math.exp(0.1 + (0.8 + width) * root), 6);
    expect(forecast.margin).toBeCloseTo(0.1 + (0.8 + width) * root, 9);
  });

  it('takes the week-to-week change where a weekly pattern explains the daily one', () => {
    const weekdays = [100, 100, 100, 100, 100, 60, 60];
    const forecast = pooledPeak(daily(Array.from({ length: 28 }, (_, i) => weekdays[i % 7])), 14);
    expect(forecast.volatility).toBe(0);
    expect((forecast.p95.at(-1) ?? 0) / 100).toBeCloseTo(Math.exp(0.1), 9);
  });

  it('scales with its input', () => {
    fc.assert(
      fc.property(seriesOf, fc.integer({ min: 1, max: 40 }), (values, horizon) => {
        const single = pooledPeak(daily(values), horizon);
        const double = pooledPeak(daily(values.map((value) => 2 * value)), horizon);
        for (const quantile of ['p50', 'p90', 'p95'] as const) {
          expect((double[quantile].at(-1) ?? 0) / (single[quantile].at(-1) ?? 1)).toBeCloseTo(2, 6);
        }
      }),
    );
  });

  it('gives finite quantiles in order that never fall, whatever the values and gaps', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), { nil: undefined }), { maxLength: 50 }),
        (values) => {
          const { p50, p90, p95 } = pooledPeak(daily(values), 20);
          p50.forEach((value, i) => {
            expect(Number.isFinite(value)).toBe(true);
            expect(value).toBeGreaterThanOrEqual(p50[i - 1] ?? 0);
            expect(p90[i]).toBeGreaterThanOrEqual(value);
            expect(p95[i]).toBeGreaterThanOrEqual(p90[i] ?? 0);
          });
        },
      ),
    );
  });

  it('lowers the median after a drop of the level but keeps part of the old peak in the bound', () => {
    const forecast = pooledPeak(daily([...constant(15, 10e9), ...constant(15, 4e9)]), 30);
    expect(forecast.p50.at(-1)).toBeLessThan(7e9);
    expect(forecast.p50.at(-1)).toBeGreaterThan(4e9);
    expect(forecast.p95.at(-1)).toBeGreaterThan(6e9);
  });

  it('takes a jump for a change of level, not for a trend', () => {
    const noisy = (level: number) => Array.from({ length: 15 }, (_, i) => level * (1 + 0.002 * ((i * 7) % 5)));
    const forecast = pooledPeak(daily([...noisy(4e9), ...noisy(8e9)]), 30);
    expect(forecast.growthPerDay).toBe(0);
    expect(forecast.p50.at(-1)).toBeLessThan(8.5e9);
  });

  it('reaches the true day of a growth of 1 % a day within a few days', () => {
    const start = 8e9;
    const values = Array.from({ length: 30 }, (_, i) => start * (1 + 0.01 * i));
    const forecast = pooledPeak(daily(values), 30);
    expect(forecast.growthPerDay / (0.01 * start)).toBeCloseTo(1, 6);
    for (const ahead of [10, 20, 30]) {
      const truth = start * (1 + 0.01 * (29 + ahead));
      const day = forecast.p50.findIndex((value) => value >= truth * 0.9999) + 1;
      expect(Math.abs((day === 0 ? 31 : day) - ahead)).toBeLessThanOrEqual(3);
    }
  });

  it('takes the unrest around a clean trend for the volatility, not the trend', () => {
    const steady = pooledPeak(daily(Array.from({ length: 30 }, (_, i) => 8e9 * (1 + 0.01 * i))), 30);
    expect(steady.volatility).toBeLessThan(0.002);
    expect((steady.p95.at(-1) ?? 0) / (steady.p50.at(-1) ?? 1)).toBeLessThan(1.17);
  });

  it('is narrow about a clean trend: linear, compound, or begun anew', () => {
    const random = seededRandom(7);
    const quiet = Array.from({ length: 45 }, () => 1 + 0.006 * (random() - 0.5));
    const linear = quiet.map((noise, i) => 8e9 * (1 + 0.01 * i) * noise);
    const compound = quiet.map((noise, i) => 8e9 * 1.01 ** i * noise);
    const changed = quiet.map((noise, i) => 8e9 * (1 + 0.012 * Math.max(0, i - 15)) * noise);
    for (const values of [linear, compound, changed]) {
      const { p50, p95 } = pooledPeak(daily(values), 30);
      expect(Math.log((p95.at(-1) ?? 0) / (p50.at(-1) ?? 0))).toBeLessThan(0.17);
    }
  });

  it('keeps the pooled width where the trend did not foretell its own past', () => {
    const bumpy = Array.from({ length: 45 }, (_, i) => 8e9 * (1 + 0.01 * i) * (i % 9 === 4 ? 1.25 : 1));
    const { p50, p95 } = pooledPeak(daily(bumpy), 30);
    expect((p95.at(-1) ?? 0) / (p50.at(-1) ?? 1)).toBeGreaterThan(1.3);
  });

  it('lets what refills after a flush come back to the old level, not beyond it at that pace', () => {
    const values = [...constant(30, 8e9), ...Array.from({ length: 12 }, (_, i) => 0.4e9 * (i + 1))];
    const forecast = pooledPeak(daily(values), 30);
    expect(forecast.growthPerDay).toBeGreaterThan(0.3e9);
    expect(forecast.p50.at(-1)).toBeLessThan(8.5e9);
    expect(forecast.p50.at(-1)).toBeGreaterThan(6e9);
    expect(forecast.p95.at(-1)).toBeGreaterThan(8e9);
  });

  it('reckons in the bounds with a new pace that goes on, in the median with twice its own time', () => {
    const values = [...Array.from({ length: 20 }, (_, i) => 100 + 0.3 * i), ...Array.from({ length: 10 }, (_, i) => 106 + 2.7 * (i + 1))];
    const { p50, p95 } = pooledPeak(daily(values), 60);
    expect((p50.at(-1) ?? 0) / (p50[20] ?? 1)).toBeLessThan(1.02);
    expect(p95.at(-1)).toBeGreaterThan(133 + 2.7 * 60);
  });

  it('takes the full volatility again beyond twice the time the trend was seen', () => {
    const values = daily(Array.from({ length: 30 }, (_, i) => 8e9 * (1 + 0.01 * i)));
    const rootOf = (horizon: number) => (pooledPeak(values, horizon).margin - 0.1) / (0.8 + Math.log(1 + horizon / 30));
    const changes = values.slice(1).map(({ value }, i) => Math.log(value / (values[i]?.value ?? value)));
    expect(rootOf(60)).toBeCloseTo(Math.sqrt(changes.reduce((sum, change) => sum + change, 0) / changes.length), 9);
    expect(rootOf(45)).toBeLessThan(rootOf(60));
    expect(rootOf(30)).toBeLessThan(rootOf(45));
  });

  it('continues compound growth as such', () => {
    const forecast = pooledPeak(daily(Array.from({ length: 30 }, (_, i) => 8e9 * 1.015 ** i)), 30);
    expect((forecast.p50.at(-1) ?? 0) / (8e9 * 1.015 ** 59)).toBeCloseTo(1, 2);
  });

  it('forgets the height from which a lasting decline began in the median, half of it in the bound', () => {
    const values = Array.from({ length: 30 }, (_, i) => 10e9 * 0.98 ** i);
    const { p50, p95 } = pooledPeak(daily(values), 30);
    const [first, newest] = [values[0] ?? 0, values.at(-1) ?? 0];
    expect(p50.at(-1)).toBeLessThan(newest * (first / newest) ** 0.4);
    expect(p95.at(-1)).toBeGreaterThan(0.97 * Math.sqrt(first * newest));
  });

  /** Deterministic trembling of about ±1. */
  const tremble = (i: number): number => 2 * Math.abs((43758.5453 * Math.sin(12.9898 * i)) % 1) - 1;

  it('is narrow where a series proves that it only trembles around its trend', () => {
    const growing = Array.from({ length: 40 }, (_, i) => 8e9 * (1 + 0.01 * i) * (1 + 0.003 * tremble(i)));
    const { p95, volatility } = pooledPeak(daily(growing), 30);
    const comes = 8e9 * (1 + 0.01 * 69);
    expect(volatility).toBeGreaterThan(0.002);
    expect(p95.at(-1)).toBeGreaterThan(comes * 1.03);
    expect(p95.at(-1)).toBeLessThan(comes * 1.15);
  });

  it.each([
    ['one jump among small changes', (i: number) => (i === 12 ? 1.4 : 1) * (1 + 0.003 * tremble(i))],
    ['a level that wanders off', (i: number) => Math.exp(0.25 * Math.sin(i / 13) + 0.02 * tremble(i))],
  ])('stays as wide as many series say after %s', (_, shape) => {
    const forecast = pooledPeak(daily(Array.from({ length: 40 }, (__, i) => 8e9 * shape(i))), 30);
    const pooled = 0.1 + (0.8 + Math.log(1 + 30 / 40)) * Math.sqrt(forecast.volatility);
    expect(forecast.margin).toBeGreaterThan(0.9 * pooled);
  });

  it('does not carry growth that settles on at the pace of its beginning', () => {
    const level = (day: number) => 4e9 * (1 + 1.5 * (1 - Math.exp(-day / 25)));
    const { p50, p95 } = pooledPeak(daily(Array.from({ length: 40 }, (_, i) => level(i))), 30);
    expect(p50.at(-1)).toBeLessThan(1.12 * level(69));
    expect(p95.at(-1)).toBeGreaterThan(level(69));
  });

  it('finds the growth of a store whose weekends are low', () => {
    const level = (day: number) => 8e9 * (1 + 0.01 * day) * (day % 7 < 5 ? 1 : 0.7);
    const { p50, p95, growthPerDay } = pooledPeak(daily(Array.from({ length: 35 }, (_, i) => level(i))), 30);
    const peak = Math.max(...Array.from({ length: 30 }, (_, i) => level(35 + i)));
    expect(growthPerDay / 8e7).toBeGreaterThan(0.8);
    expect(growthPerDay / 8e7).toBeLessThan(1.2);
    expect((p50.at(-1) ?? 0) / peak).toBeGreaterThan(0.93);
    expect(p95.at(-1)).toBeGreaterThan(peak);
  });

  it('carries a pace that began ten days ago on in the bound, for longer than it is expected', () => {
    const values = Array.from({ length: 30 }, (_, i) => 5e7 + 3e5 * i + 2.4e6 * Math.max(0, i - 19));
    const { p50, p95 } = pooledPeak(daily(values), 90);
    const inSixty = 5e7 + 3e5 * 89 + 2.4e6 * 70;
    expect(p95[59]).toBeGreaterThan(inSixty);
    expect(p50[59]).toBeLessThan(inSixty);
  });

  it('does not add the old peak to growth that began anew after a flush', () => {
    const values = [...constant(10, 10e9), ...Array.from({ length: 30 }, (_, i) => 2e9 * (1 + 0.01 * i))];
    const { p50 } = pooledPeak(daily(values), 30);
    expect((p50.at(-1) ?? 0) / (2e9 * 1.59)).toBeCloseTo(1, 1);
  });

  it('is narrower for days that are near, compared with the days seen', () => {
    const forecast = pooledPeak(daily(constant(30, 5e9)), 30);
    expect(Math.log((forecast.p95[0] ?? 0) / 5e9)).toBeCloseTo(0.1 * Math.sqrt(2 / 30), 9);
    expect(Math.log((forecast.p95[14] ?? 0) / 5e9)).toBeCloseTo(0.1, 9);
  });

  it.each([
    ['in the middle of the month', [12]],
    ['across a midnight', [12, 13]],
    ['two days ago', [27]],
  ])('does not expect a spike that came once, %s, within a shorter time, but keeps it in the bounds', (_, days) => {
    const quiet = Array.from({ length: 30 }, (__, i) => 4e9 * (1 + 0.004 * tremble(i)));
    const [calm, once] = [quiet, quiet.map((value, i) => (days.includes(i) ? 8e9 : value))].map((values) => pooledPeak(daily(values), 90));
    for (const ahead of [1, 7, 14, 29]) {
      expect(Math.abs((once?.p50[ahead - 1] ?? 0) / (calm?.p50[ahead - 1] ?? 1) - 1)).toBeLessThan(0.02);
      expect(once?.p95[ahead - 1]).toBeGreaterThan(8e9);
    }
    // In three times as long as it took to see one, another is more likely than not.
    expect(once?.p50.at(-1)).toBeGreaterThan(5.5e9);
  });

  it.each([
    ['twice in the month', 30, [6, 21]],
    ['once, in less than two weeks', 12, [5]],
  ])('expects a spike again that came %s', (_, length, days) => {
    const values = Array.from({ length }, (__, i) => (days.includes(i) ? 8e9 : 4e9 * (1 + 0.004 * tremble(i))));
    expect(pooledPeak(daily(values), 10).p50.at(-1)).toBeGreaterThan(5.5e9);
  });

  it('believes the newest day: it may be the first of a new level', () => {
    const values = [...Array.from({ length: 29 }, (_, i) => 4e9 * (1 + 0.004 * tremble(i))), 8e9];
    expect(pooledPeak(daily(values), 7).p50.at(-1)).toBeGreaterThan(5e9);
  });

  it('falls back to shares of the largest value when the arithmetic fails', () => {
    const forecast = pooledPeak(daily([1, Number.POSITIVE_INFINITY, 2]), 2);
    expect(forecast.margin).toBe(Number.POSITIVE_INFINITY);
    expect(pooledPeak([], 2)).toMatchObject({ p50: [0, 0], p95: [0, 0] });
  });
});
