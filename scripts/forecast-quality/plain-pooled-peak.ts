import type { DailyPeak } from '../../src/analysis/forecast/daily-peaks.ts';
import { findLevelShift } from '../../src/analysis/forecast/trend.ts';
import { DAY_MS } from '../../src/model/time.ts';
import { kendallZ } from '../../src/stats/kendall.ts';
import { median } from '../../src/stats/median.ts';
import { theilSen } from '../../src/stats/theil-sen.ts';

const WEEK_DAYS = 7;

export interface PlainQuantiles {
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
}

/** The pooled-peak rule as its benchmark had it, before what was added for clean trends: the baseline that the method must not fall behind. */
export function plainPooledPeak(peaks: readonly DailyPeak[], k: number): PlainQuantiles {
  const y = peaks.map((peak) => peak.value);
  const day = peaks.map((peak) => Math.round((peak.at - (peaks[0]?.at ?? 0)) / DAY_MS));
  const logY = y.map(Math.log);
  const n = y.length;
  const since = findLevelShift(y);
  const week = Math.max(...logY.slice(-WEEK_DAYS));
  const latest = Math.max(...logY.slice(since));
  const all = Math.max(...logY);
  const trend = growthAfter(day.slice(since), y.slice(since), Math.min(k, 2 * n));
  const root = Math.sqrt(volatility(day, logY));
  const width = Math.log(1 + k / n);
  const upper = latest + 0.5 * (all - latest) + trend;
  const p50 = week + 0.6 * (latest - week) + 0.35 * (all - latest) + trend + Math.min(0.05 * width * root, 1);
  const p90 = Math.max(p50, upper + Math.min(0.05 + (0.3 + 0.9 * width) * root, 0.7));
  const p95 = Math.max(p90, upper + Math.min(0.1 + (0.8 + width) * root, 0.9));
  return { p50: Math.exp(p50), p90: Math.exp(p90), p95: Math.exp(p95) };
}

function growthAfter(day: readonly number[], y: readonly number[], k: number): number {
  const m = y.length;
  if (m < 3) return 0;
  const line = theilSen(day, y);
  const relative = line.slope / Math.max(line.intercept + line.slope * (day.at(-1) ?? 0), 0.2 * median(y));
  const logY = y.map(Math.log);
  const logLine = theilSen(day, logY);
  const total = variance(logY);
  const rest = variance(logY.map((value, i) => value - logLine.intercept - logLine.slope * (day[i] ?? 0)));
  const rSquared = total < 1e-12 ? 0 : clip(1 - (rest * m) / (m - 2) / total, 0, 1);
  return clip((Math.abs(kendallZ(y)) - 2) / 2, 0, 1) * rSquared * Math.log(1 + clip(relative * k, -0.5, 2));
}

function volatility(day: readonly number[], logY: readonly number[]): number {
  const byDay = new Map(day.map((d, i) => [d, logY[i] ?? Number.NaN]));
  const daily = logY.slice(1).map((value, i) => Math.abs(value - (logY[i] ?? value)));
  const weekly = day.flatMap((d, i) => {
    const before = byDay.get(d - WEEK_DAYS);
    return before === undefined ? [] : [Math.abs((logY[i] ?? before) - before)];
  });
  return clip(weekly.length >= 5 && (day.at(-1) ?? 0) >= 13 ? Math.min(mean(daily), mean(weekly)) : mean(daily), 0, 1);
}

function clip(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** 2));
}
