import { describe, expect, it } from 'vitest';
import { backtestPeaks } from '../../../src/analysis/forecast/backtest.ts';
import { DAY_MS } from '../../../src/model/time.ts';

const daily = (values: readonly number[]) => values.map((value, i) => ({ at: i * DAY_MS, value }));

describe('backtestPeaks', () => {
  it('judges a steady series as held everywhere without error', () => {
    const backtest = backtestPeaks(daily(Array.from({ length: 30 }, () => 4e9)), 30);
    expect(backtest).toMatchObject({ origins: 11, horizonDays: 10, p95Held: 1 });
    expect(backtest?.medianAbsoluteError).toBeCloseTo(0, 9);
    expect(backtest?.last).toMatchObject({ at: 19 * DAY_MS, actual: 4e9 });
  });

  it('counts a jump that the bound did not cover', () => {
    const values = Array.from({ length: 30 }, (_, i) => (i < 25 ? 4e9 : 8e9));
    const backtest = backtestPeaks(daily(values), 30);
    expect(backtest?.p95Held).toBeCloseTo(6 / 11, 9);
    expect(backtest?.last).toMatchObject({ actual: 8e9 });
  });

  it('stands beside a plain rule: the largest peak so far and 15 %', () => {
    const flat = backtestPeaks(daily(Array.from({ length: 30 }, () => 4e9)), 30);
    expect(flat?.naive).toEqual({ held: 1, over: expect.closeTo(0.15, 9) });
    expect(flat?.p95Over).toBeGreaterThan(0);
    // 1 % a day for 10 days is less than 15 %, 2 % is more.
    const growing = (rate: number) => backtestPeaks(daily(Array.from({ length: 30 }, (_, i) => 4e9 * (1 + rate) ** i)), 30);
    expect(growing(0.01)?.naive?.held).toBe(1);
    expect(growing(0.02)?.naive).toEqual({ held: 0, over: expect.closeTo(1.15 / 1.02 ** 10 - 1, 9) });
    expect(growing(0.02)?.p95Held).toBe(1);
  });

  it('tries at most 20 origins, the newest among them', () => {
    const backtest = backtestPeaks(daily(Array.from({ length: 200 }, (_, i) => 1e9 + i)), 30);
    expect(backtest?.origins).toBe(20);
    expect(backtest?.last?.at).toBe(169 * DAY_MS);
  });

  it('says nothing about a history without enough days on both sides', () => {
    expect(backtestPeaks(daily([1, 2, 3, 4, 5, 6, 7, 8, 9]), 7)).toBeUndefined();
    expect(backtestPeaks([], 7)).toBeUndefined();
  });
});
