import { describe, expect, it } from 'vitest';
import { checkForecast, compareReach } from '../../../src/analysis/comparison/forecast.ts';
import type { NodeAnalysis } from '../../../src/model/analysis.ts';
import { GiB, MiB } from '../../../src/model/bytes.ts';
import { judgedNode } from '../../helpers/compared.ts';
import { DAY, START_AT, sampleEvery, type TestSample } from '../../helpers/node-history.ts';

const only = (samples: readonly TestSample[]): NodeAnalysis => judgedNode(samples).nodes[0] as NodeAnalysis;

/** Hourly samples of some days, used memory as a function of the day. */
const history = (fromDay: number, days: number, usedBytes: (day: number) => number): TestSample[] =>
  sampleEvery(3600, days * 24, (i) => ({ usedMemoryBytes: usedBytes(fromDay + i / 24), maxmemoryBytes: 8 * GiB })).map((sample) => ({
    ...sample,
    at: sample.at + fromDay * DAY,
  }));

const growing = (day: number): number => 2 * GiB + day * 10 * MiB;
const month = only(history(0, 30, growing));

describe('checkForecast', () => {
  it('finds that a forecast held where growth goes on as it was', () => {
    const check = checkForecast(month, only(history(30, 30, growing)));
    expect(check.status).toBe('held');
    expect(check.elapsedDays).toBeCloseTo(30, 5);
    expect(check.coverage).toBeGreaterThan(0.99);
    expect(check.peak?.value).toBeCloseTo(growing(60 - 1 / 24), 0);
    // The day of the last sample lies between two points of the fan.
    const { fan, p50 = 0, p95 = 0 } = check;
    const next = fan?.day.findIndex((day) => day >= check.elapsedDays) ?? 0;
    expect(p50).toBeLessThanOrEqual(fan?.p50[next] ?? 0);
    expect(p50).toBeGreaterThanOrEqual(fan?.p50[next - 1] ?? 0);
    expect(p95).toBeGreaterThan(p50);
  });

  it('says by how much a forecast was exceeded, also early and with few samples', () => {
    const check = checkForecast(month, only([...history(40, 1, () => 6 * GiB)]));
    expect(check).toMatchObject({ status: 'exceeded', peak: { value: 6 * GiB } });
    expect(check.overBytes).toBeCloseTo(6 * GiB - (check.p95 ?? 0), 0);
  });

  it('looks at nothing that was there before', () => {
    // The whole time in one history: its highest value lies in the month before.
    const spike = (day: number) => (day > 3 && day < 4 ? 6 * GiB : growing(day));
    const earlier = only(history(0, 30, spike));
    const check = checkForecast(earlier, only(history(0, 60, spike)));
    expect(check.peak?.at).toBeGreaterThan(earlier.quality.toAt);
    expect(check.peak?.value).toBeLessThan(3 * GiB);
  });

  it('looks no farther than its horizon', () => {
    const short = judgedNode(history(0, 30, growing), { horizonDays: 10 }).nodes[0] as NodeAnalysis;
    const after = only([...history(30, 10, growing), ...history(40, 20, () => 7 * GiB)]);
    const check = checkForecast(short, after);
    expect(check).toMatchObject({ status: 'held', elapsedDays: 10, horizonDays: 10 });
    expect(check.peak?.at).toBeLessThanOrEqual(short.quality.toAt + 10 * DAY);
  });

  it.each([
    ['no day has passed', month, only(history(29.9, 0.5, growing)), 'no-time'],
    ['most of the time was not seen', month, only(history(45, 5, growing)), 'too-few-samples'],
    ['there was no forecast', only(history(0, 1, growing)), only(history(1, 30, growing)), 'no-forecast'],
  ])('does not decide where %s', (_why, before, after, reason) => {
    expect(checkForecast(before, after)).toMatchObject({ status: 'undecided', reason });
  });

  it('does not decide where the limit held what would have come', () => {
    const limit = 2.35 * GiB;
    const after = only(
      sampleEvery(3600, 720, (i) => ({
        usedMemoryBytes: limit,
        maxmemoryBytes: limit,
        evictedKeys: i * 1000,
        texts: { maxmemoryPolicy: 'allkeys-lru' },
      })).map((sample) => ({ ...sample, at: sample.at + 30 * DAY })),
    );
    expect(after.forecast.status).toBe('flat');
    expect(checkForecast(month, after)).toMatchObject({ status: 'undecided', reason: 'held-at-limit' });
  });

  it('holds a forecast without a fan against its horizon alone', () => {
    const old: NodeAnalysis = { ...month, forecast: { ...month.forecast, fan: undefined, horizonDays: 30 } };
    expect(checkForecast(old, only(history(30, 10, growing)))).toMatchObject({ status: 'undecided', reason: 'no-fan' });
    expect(checkForecast(old, only(history(30, 31, growing)))).toMatchObject({ status: 'held', p95: month.forecast.peak?.p95 });
  });
});

describe('compareReach', () => {
  /** A node whose first limit can be reached after some days; undefined: not within the horizon of 90. */
  const reaching = (days: number | undefined, toDay: number): NodeAnalysis => ({
    ...month,
    quality: { ...month.quality, toAt: START_AT + toDay * DAY },
    forecast: {
      ...month.forecast,
      horizonDays: 90,
      daysToMaxmemory: days === undefined ? {} : { p90: days },
      probabilityMaxmemory: 0.5,
      probabilitySystemTarget: undefined,
    },
  });

  it.each([
    ['the same day, a month later', reaching(60, 0), reaching(30, 30), { shiftDays: 0 }],
    ['a few days sooner', reaching(60, 0), reaching(25, 30), { shiftDays: -5 }],
    ['two weeks sooner', reaching(60, 0), reaching(16, 30), { shiftDays: -14, sense: 'worse' }],
    ['two weeks later', reaching(60, 0), reaching(44, 30), { shiftDays: 14, sense: 'better' }],
    ['reached now', reaching(60, 0), reaching(0, 61), { shiftDays: 1, sense: 'worse' }],
    ['no longer reached', reaching(0, 0), reaching(5, 1), { shiftDays: 6, sense: 'better' }],
    ['reached in both', reaching(0, 0), reaching(0, 30), {}],
    ['in sight, as a later horizon sees farther', reaching(undefined, 0), reaching(80, 30), {}],
    ['in sight, where it was not to be', reaching(undefined, 0), reaching(10, 30), { shiftDays: -50, sense: 'worse' }],
    ['out of sight', reaching(20, 0), reaching(undefined, 30), { shiftDays: 100, sense: 'better' }],
    ['out of sight of a bound', reaching(undefined, 0), reaching(undefined, 30), {}],
  ])('of %s', (_what, before, after, expected) => {
    expect(compareReach(before, after)).toEqual(expected);
  });
});
