import type { DailyPeak } from '../../src/analysis/forecast/daily-peaks.ts';
import { findConfidence } from '../../src/analysis/forecast/index.ts';
import { pooledPeak } from '../../src/analysis/forecast/pooled-peak.ts';
import { findProbability } from '../../src/analysis/forecast/thresholds.ts';
import type { Forecast } from '../../src/model/analysis.ts';
import { DAY_MS } from '../../src/model/time.ts';
import { plainPooledPeak } from './plain-pooled-peak.ts';
import type { Series } from './series.ts';

/** Thresholds in units of the largest value so far. */
export const THRESHOLD_FACTORS = [1.1, 1.25, 1.5] as const;
const MAX_ORIGINS = 8;

/** What a method says of the peak; a method with one figure says it at every quantile. */
export interface Said {
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  /** Probability to reach each of `THRESHOLD_FACTORS`. */
  readonly chances: readonly number[];
}

export const METHODS = ['ours', 'plain pooled peak', 'largest so far', 'largest + 15 %', 'predict_linear'] as const;
export type Method = (typeof METHODS)[number];

/** One origin of one series: what was said there and what came. */
export interface Case {
  readonly kind: string;
  readonly confidence: NonNullable<Forecast['confidence']>;
  /** 1 ÷ origins of its series, so that each series counts once. */
  readonly weight: number;
  /** Largest value up to the origin. */
  readonly largest: number;
  /** Largest value of the days ahead. */
  readonly peak: number;
  readonly said: Readonly<Record<Method, Said>>;
}

/**
 * Rolling origins of a series: the first after `historyDays` days with data, then each half a horizon on, at most 8, evenly spaced. All days up to the
 * origin are used. Origins with data on less than half of the days ahead are left out.
 */
export function findCases(series: Series, historyDays: number, aheadDays: number): readonly Case[] {
  const { days } = series;
  const newestAt = days.at(-1)?.at ?? 0;
  const candidates = days.flatMap((day, i) => {
    const coming = days.filter(({ at }) => at > day.at && at <= day.at + aheadDays * DAY_MS);
    const isJudged = i + 1 >= historyDays && day.at + aheadDays * DAY_MS <= newestAt && coming.length * 2 >= aheadDays;
    return isJudged ? [{ i, at: day.at, peak: largestOf(coming) }] : [];
  });
  const step = Math.max(1, Math.floor(aheadDays / 2), Math.ceil(candidates.length / MAX_ORIGINS));
  const origins = candidates.filter((_, i) => i % step === 0);
  return origins.map(({ i, at, peak }) => {
    const known = days.slice(0, i + 1);
    const largest = largestOf(known);
    const forecast = pooledPeak(known, aheadDays);
    const newest = known.at(-1)?.value ?? 0;
    const line = predictLinear(
      series.hours.filter((hour) => hour.at <= at),
      at + aheadDays * DAY_MS,
    );
    return {
      kind: series.kind,
      confidence: findConfidence(forecast, known.length, aheadDays) ?? 'low',
      weight: 1 / origins.length,
      largest,
      peak,
      said: {
        ours: {
          p50: forecast.p50.at(-1) ?? Number.NaN,
          p90: forecast.p90.at(-1) ?? Number.NaN,
          p95: forecast.p95.at(-1) ?? Number.NaN,
          chances: THRESHOLD_FACTORS.map((factor) =>
            factor * largest > (series.limit ?? Number.POSITIVE_INFINITY) ? 0 : findProbability(forecast, factor * largest, newest),
          ),
        },
        'plain pooled peak': sayPlain(known, aheadDays, largest, newest),
        'largest so far': sayOnly(largest, largest),
        'largest + 15 %': sayOnly(1.15 * largest, largest),
        predict_linear: sayOnly(line, largest),
      },
    };
  });
}

function largestOf(values: readonly DailyPeak[]): number {
  return Math.max(...values.map(({ value }) => value));
}

function sayPlain(known: readonly DailyPeak[], aheadDays: number, largest: number, newest: number): Said {
  const { p50, p90, p95 } = plainPooledPeak(known, aheadDays);
  const quantiles = { p50: [p50], p90: [p90], p95: [p95] };
  return { p50, p90, p95, chances: THRESHOLD_FACTORS.map((factor) => findProbability(quantiles, factor * largest, newest)) };
}

function sayOnly(value: number, largest: number): Said {
  return { p50: value, p90: value, p95: value, chances: THRESHOLD_FACTORS.map((factor) => (value >= factor * largest ? 1 : 0)) };
}

/** Least squares over the hours so far, read off at an instant, as `predict_linear` of Prometheus does with samples. */
function predictLinear(hours: readonly DailyPeak[], at: number): number {
  const meanAt = hours.reduce((sum, hour) => sum + hour.at, 0) / hours.length;
  const meanValue = hours.reduce((sum, hour) => sum + hour.value, 0) / hours.length;
  const xx = hours.reduce((sum, hour) => sum + (hour.at - meanAt) ** 2, 0);
  const xy = hours.reduce((sum, hour) => sum + (hour.at - meanAt) * (hour.value - meanValue), 0);
  return meanValue + (xx > 0 ? xy / xx : 0) * (at - meanAt);
}
