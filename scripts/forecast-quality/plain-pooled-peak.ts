import type { DailyPeak } from '../../src/analysis/forecast/daily-peaks.ts';
import { DAY_MS } from '../../src/model/time.ts';
import { kendallZ } from '../../src/stats/kendall.ts';
import { median } from '../../src/stats/median.ts';
import { theilSen } from '../../src/stats/theil-sen.ts';

/** Quantiles of the peak of the days ahead. */
export interface PlainQuantiles {
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
}

/**
 * The pooled-peak rule in its first form: one straight trend since the last lasting change of level, and a width from the volatility of the whole
 * history. What the forecast of this project is built on and has to be better than; kept beside it as a baseline.
 * @param peaks - one a day, oldest first, values above 0
 */
export function plainPooledPeak(peaks: readonly DailyPeak[], ahead: number): PlainQuantiles {
  const y = peaks.map((peak) => peak.value);
  const day = peaks.map((peak) => Math.round((peak.at - (peaks[0]?.at ?? 0)) / DAY_MS));
  const logY = y.map(Math.log);
  const n = y.length;
  const since = findLevelShift(y);
  const top = Math.max(...logY);
  const topSince = Math.max(...logY.slice(since));
  const topWeek = Math.max(...logY.slice(-7));
  const root = Math.sqrt(findVolatility(day, logY));
  const horizon = Math.log(1 + ahead / n);
  const growth = findGrowth(day.slice(since), y.slice(since), Math.min(ahead, 2 * n));
  const bound = topSince + 0.5 * (top - topSince) + growth;
  const p50 = Math.exp(topWeek + 0.6 * (topSince - topWeek) + 0.35 * (top - topSince) + growth + Math.min(0.05 * horizon * root, 1));
  const p90 = Math.max(p50, Math.exp(bound + Math.min(0.05 + (0.3 + 0.9 * horizon) * root, 0.7)));
  return { p50, p90, p95: Math.max(p90, Math.exp(bound + Math.min(0.1 + (0.8 + horizon) * root, 0.9))) };
}

/** Logarithm of what the trend makes of the level within `days`. */
function findGrowth(day: readonly number[], y: readonly number[], days: number): number {
  const m = y.length;
  if (m < 3) return 0;
  const logY = y.map(Math.log);
  const line = theilSen(day, y);
  const level = Math.max(line.intercept + line.slope * (day.at(-1) ?? 0), 0.2 * median(y));
  const logLine = theilSen(day, logY);
  const total = variance(logY);
  const rest = variance(logY.map((value, i) => value - logLine.intercept - logLine.slope * (day[i] ?? 0)));
  const rSquared = total < 1e-12 ? 0 : clip(1 - (rest * m) / (m - 2) / total, 0, 1);
  const weight = clip((Math.abs(kendallZ(y)) - 2) / 2, 0, 1) * rSquared;
  return weight * Math.log(1 + clip((line.slope / level) * days, -0.5, 2));
}

function findLevelShift(y: readonly number[]): number {
  const steps = y.slice(1).map((value, i) => Math.abs(value - (y[i] ?? value)));
  const noise = (1.4826 * median(steps)) / Math.SQRT2;
  for (let c = y.length - 3; c >= 3; c -= 1) {
    const before = y.slice(Math.max(0, c - 7), c);
    const after = y.slice(c, c + 7);
    const change = Math.abs(median(after) - median(before));
    const isApart = Math.max(...before) < Math.min(...after) || Math.max(...after) < Math.min(...before);
    if (isApart && change > Math.max(4 * noise, 0.15 * median(before)) && (steps[c - 1] ?? 0) > 0.6 * change) return c;
  }
  return 0;
}

function findVolatility(day: readonly number[], logY: readonly number[]): number {
  const daily = logY.slice(1).map((value, i) => Math.abs(value - (logY[i] ?? value)));
  const weekly = day.flatMap((d, i) => {
    const before = logY[day.indexOf(d - 7)];
    return before === undefined ? [] : [Math.abs((logY[i] ?? before) - before)];
  });
  const change = daily.length === 0 ? 0 : mean(daily);
  return clip((day.at(-1) ?? 0) >= 13 && weekly.length >= 5 ? Math.min(change, mean(weekly)) : change, 0, 1);
}

function clip(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** 2));
}
