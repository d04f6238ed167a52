import { describe, expect, it } from 'vitest';
import { pooledPeak } from '../../../src/analysis/forecast/pooled-peak.ts';
import { findNewestSlope } from '../../../src/analysis/forecast/trend.ts';
import { findTrendBreak } from '../../../src/analysis/forecast/trend-break.ts';

const DAY_MS = 86_400_000;
const days = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
/** A small, fixed unrest: the same on every run. */
const unrest = (i: number): number => Math.sin(i * 12.9898) * 0.4 + Math.cos(i * 78.233) * 0.3;
const peaksOf = (values: readonly number[]) => values.map((value, i) => ({ at: i * DAY_MS, value }));

const plateau = days(45).map((i) => 100 + 4 * Math.min(i, 20) + unrest(i));
const lateGrowth = days(45).map((i) => 100 + 4 * Math.max(0, i - 35) + unrest(i));

describe('findTrendBreak', () => {
  it('finds where growth has ended and where it has begun', () => {
    expect(findTrendBreak(days(45), plateau)).toBeGreaterThanOrEqual(19);
    expect(findTrendBreak(days(45), plateau)).toBeLessThanOrEqual(22);
    expect(findTrendBreak(days(45), lateGrowth)).toBeGreaterThanOrEqual(34);
    expect(findTrendBreak(days(45), lateGrowth)).toBeLessThanOrEqual(37);
  });

  it.each([
    ['a straight line', days(40).map((i) => 100 + i + unrest(i))],
    ['noise', days(40).map((i) => 100 + 5 * unrest(i))],
    ['a weekly pattern on growth', days(42).map((i) => 100 + 0.5 * i + (i % 7 < 2 ? -20 : 0))],
    ['compound growth', days(40).map((i) => 100 * 1.015 ** i)],
    ['one step', days(40).map((i) => (i < 25 ? 100 : 200) + unrest(i))],
    ['a constant', days(40).map(() => 100)],
    ['less than two weeks', days(13).map((i) => 100 + 10 * Math.max(0, i - 6))],
  ])('sees one pace in %s', (_, values) => {
    expect(findTrendBreak(days(values.length), values)).toBe(0);
  });
});

describe('the newest pace', () => {
  it('is what a forecast carries on: nothing after growth has ended, the new growth where it has begun', () => {
    const ended = pooledPeak(peaksOf(plateau), 90);
    expect(ended.growthPerDay).toBe(0);
    expect(ended.p50.at(-1)).toBeLessThan(1.1 * Math.max(...plateau));
    const begun = pooledPeak(peaksOf(lateGrowth), 10);
    expect(begun.growthPerDay).toBeCloseTo(4, 0);
    expect(begun.p50.at(-1)).toBeGreaterThan(165);
    expect(begun.p50.at(-1)).toBeLessThan(185);
  });

  it('is not carried on for more than twice the time it was seen', () => {
    const { p50 } = pooledPeak(peaksOf(lateGrowth), 90);
    expect((p50[89] ?? 0) / (p50[29] ?? 1)).toBeLessThan(1.05);
  });

  it('never lowers the forecast by a fall that is new', () => {
    const falling = days(45).map((i) => 200 - 4 * Math.max(0, i - 30) + unrest(i));
    expect(pooledPeak(peaksOf(falling), 30).p95.at(-1)).toBeGreaterThan(200);
  });

  it('is not told as growth from four rising days after a step', () => {
    const values = [100, 101, 100, 101, 100, 101, 300, 301, 302, 303];
    expect(pooledPeak(peaksOf(values), 7).growthPerDay).toBe(0);
  });

  it('is a slope of 0 where counts stand still after a step or after growth', () => {
    expect(findNewestSlope(days(45), plateau)).toBe(0);
    expect(
      findNewestSlope(
        days(40),
        days(40).map((i) => (i < 25 ? 1000 : 2000)),
      ),
    ).toBe(0);
    expect(
      findNewestSlope(
        days(20),
        days(20).map((i) => 1000 + 10 * i),
      ),
    ).toBeCloseTo(10);
  });
});
