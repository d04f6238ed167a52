import { describe, expect, it } from 'vitest';
import { type ForecastQuestion, forecastNode, forecastPeak } from '../../../src/analysis/forecast/index.ts';
import { GiB } from '../../../src/model/bytes.ts';
import { DAY_MS } from '../../../src/model/time.ts';
import { buildNodeHistory, sampleEvery } from '../../helpers/node-history.ts';

const daily = (days: number, value: (day: number) => number = () => 4 * GiB) =>
  Array.from({ length: days }, (_, i) => ({ at: i * DAY_MS, value: value(i) }));
const ask = (historyDays: number, horizonDays: number, rest: Partial<ForecastQuestion> = {}) =>
  forecastPeak({ dailyPeaks: daily(Math.ceil(historyDays)), historyDays, horizonDays, ...rest });

describe('forecastPeak', () => {
  it.each([
    [2.5, 7, { status: 'refused', reason: 'history-too-short', neededDays: 3 }],
    [4, 90, { status: 'ok', horizonDays: 7, indicative: true, confidence: 'low' }],
    [6, 5, { status: 'ok', horizonDays: 5, indicative: true }],
    [7, 7, { status: 'ok', horizonDays: 7, indicative: false, confidence: 'fair' }],
    [10, 30, { status: 'ok', horizonDays: 30, indicative: true, confidence: 'low' }],
    [9, 30, { status: 'refused', reason: 'horizon-too-long', neededDays: 10 }],
    [29, 90, { status: 'refused', reason: 'horizon-too-long', neededDays: 30 }],
    [30, 90, { status: 'ok', indicative: true, confidence: 'low' }],
    [29.99, 30, { status: 'ok', indicative: false, confidence: 'good' }],
    [90, 90, { status: 'ok', indicative: false, confidence: 'good' }],
  ])('keeps the rules for %d days of history and %d ahead', (historyDays, horizonDays, expected) => {
    expect(ask(historyDays, horizonDays)).toMatchObject(expected);
  });

  it.each([
    [2.5, { status: 'refused', reason: 'history-too-short' }],
    [4, { status: 'ok', horizonDays: 7, neededDays: 30 }],
    [8, { status: 'ok', horizonDays: 24, neededDays: 30, indicative: true, confidence: 'low' }],
    [20, { status: 'ok', horizonDays: 60, neededDays: 30, indicative: true }],
    [30, { status: 'ok', horizonDays: 90, neededDays: undefined }],
  ])('looks less far ahead with %d days of history where nobody asked for 90 days', (historyDays, expected) => {
    expect(ask(historyDays, 90, { mayShorten: true })).toMatchObject(expected);
  });

  it('says why it refuses: nothing there, or too few days with samples in a long span', () => {
    expect(ask(30, 30, { dailyPeaks: [] })).toMatchObject({ status: 'refused', reason: 'no-data' });
    expect(ask(30, 30, { dailyPeaks: [daily(30)[0], daily(30)[29]].flatMap((peak) => peak ?? []) })).toMatchObject({
      status: 'refused',
      reason: 'too-few-days',
    });
    expect(ask(2, 30).peak).toBeUndefined();
  });

  it('gives the days to maxmemory of a growing store', () => {
    const peaks = daily(30, (day) => GiB * (4 + 0.1 * day));
    const forecast = forecastPeak({ dailyPeaks: peaks, historyDays: 30, horizonDays: 30, maxmemoryBytes: 8 * GiB });
    // 6.9 GiB on the last day: 8 GiB is 11 days away.
    expect(Math.abs((forecast.daysToMaxmemory?.p50 ?? 0) - 11)).toBeLessThanOrEqual(2);
    expect(forecast.daysToMaxmemory?.p90).toBeLessThan(forecast.daysToMaxmemory?.p50 ?? 0);
    expect(forecast.probabilityMaxmemory).toBeGreaterThan(0.5);
    expect((forecast.growthBytesPerDay ?? 0) / GiB).toBeCloseTo(0.1, 6);
  });

  it('has no days to a limit that is not set, and none beyond the horizon', () => {
    expect(ask(30, 30, { maxmemoryBytes: 0 })).toMatchObject({ daysToMaxmemory: undefined, probabilityMaxmemory: undefined });
    expect(ask(30, 30)).toMatchObject({ daysToMaxmemory: undefined });
    expect(ask(30, 30, { maxmemoryBytes: 40 * GiB }).daysToMaxmemory).toEqual({});
    expect(ask(30, 30, { maxmemoryBytes: 4 * GiB }).daysToMaxmemory).toEqual({ p50: 0, p90: 0, p95: 0 });
  });

  it('compares resident memory, not used memory, with the target of the machine', () => {
    const rssDailyPeaks = daily(30, (day) => GiB * (6 + 0.1 * day));
    const forecast = ask(30, 30, { rssDailyPeaks, systemTargetBytes: 10 * GiB });
    expect(Math.abs((forecast.daysToSystemTarget?.p50 ?? 0) - 11)).toBeLessThanOrEqual(2);
    expect(ask(30, 30, { systemTargetBytes: 10 * GiB }).daysToSystemTarget).toBeUndefined();
  });

  it('is flat without days to maxmemory when the limit holds the memory', () => {
    const forecast = ask(30, 90, { maxmemoryBytes: 4 * GiB, isHeldAtLimit: true });
    expect(forecast).toMatchObject({ status: 'flat', reason: 'at-maxmemory', peak: { p50: 4 * GiB, p95: 4 * GiB } });
    expect(forecast.daysToMaxmemory).toBeUndefined();
    expect(forecast.fan).toMatchObject({ day: [1, 90], p50: [4 * GiB, 4 * GiB] });
  });

  it('draws a fan of at most 60 points that ends at the horizon', () => {
    expect(ask(90, 90).fan?.day).toHaveLength(60);
    expect(ask(90, 90).fan?.day.at(-1)).toBe(90);
    expect(ask(30, 10).fan?.day).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});

describe('forecastNode', () => {
  it('prefers counted memory and feeds in maxima that no sample saw', () => {
    const history = buildNodeHistory(
      sampleEvery(3600, 24 * 14, (i) => ({
        usedMemoryBytes: 4 * GiB,
        notCountedBytes: GiB,
        maxmemoryBytes: 8 * GiB,
        usedMemoryPeakBytes: i < 300 ? 5 * GiB : 7 * GiB,
      })),
    );
    const forecast = forecastNode(history, { horizonDays: 14 });
    expect(forecast.status).toBe('ok');
    expect(forecast.historyDays).toBeCloseTo(14, 6);
    // 7 GiB less the 1 GiB not counted was the highest of the last week.
    expect(forecast.peak?.p50).toBeGreaterThanOrEqual(6 * GiB);
    expect(forecast.peak?.p50).toBeLessThan(6.5 * GiB);
  });

  it('uses used memory where nothing tells what is not counted', () => {
    const history = buildNodeHistory(sampleEvery(3600, 24 * 14, () => ({ usedMemoryBytes: 4 * GiB })));
    expect((forecastNode(history, { horizonDays: 14 }).peak?.p50 ?? 0) / GiB).toBeCloseTo(4, 9);
  });
});
