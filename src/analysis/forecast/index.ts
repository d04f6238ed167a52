import type { Forecast, PastTableStep } from '../../model/analysis.ts';
import type { NodeHistory } from '../../model/node-history.ts';
import { DAY_MS } from '../../model/time.ts';
import { type AfterLosses, forecastAfterLosses } from './after-losses.ts';
import { backtestPeaks } from './backtest.ts';
import { type DailyPeak, findDailyMaxima, withPresentTables } from './daily-peaks.ts';
import { type DataLoss, findDataLosses } from './data-losses.ts';
import { isHeldAtLimit } from './held-at-limit.ts';
import { estimateHiddenDemand } from './hidden-demand.ts';
import type { PooledPeak } from './pooled-peak.ts';
import { type DaysUntil, findDaysUntil, findProbability } from './thresholds.ts';

const METHOD = 'pooled-peak';
/** Below this no forecast is given. */
const MIN_HISTORY_DAYS = 3;
/** Below this only the next week, as an indication. */
const FULL_HISTORY_DAYS = 7;
/** A horizon of more than this many times the history is refused. */
const MAX_HORIZON_PER_HISTORY = 3;
const GOOD_HISTORY_DAYS = 14;
const GOOD_MARGIN = 0.4;
const FAIR_MARGIN = 0.9;
const FAN_POINTS = 60;
/** Losses told, the newest. */
const MAX_LOSSES = 20;
/** A little slack, so that 29 days and 23 hours count as 30. */
const DAY_SLACK = 0.05;

export interface ForecastQuestion {
  /** Of the memory that maxmemory is compared with (counted, or used where that is unknown); oldest first. */
  readonly dailyPeaks: readonly DailyPeak[];
  /** Of resident memory; for the share of the machine. */
  readonly rssDailyPeaks?: readonly DailyPeak[];
  /** Where data were lost, oldest first; of the metric itself or not. */
  readonly losses?: readonly DataLoss[];
  /** Days covered by the history. */
  readonly historyDays: number;
  readonly horizonDays: number;
  /** 0 and absent: there is no limit to reach. */
  readonly maxmemoryBytes?: number;
  /** Target ratio × memory of the machine. */
  readonly systemTargetBytes?: number;
  /** Held at maxmemory by evictions or refusals: the demand cannot be seen. */
  readonly isHeldAtLimit?: boolean;
  /** Nobody asked for this horizon: where the history is too short for it, look less far ahead instead of refusing. */
  readonly mayShorten?: boolean;
}

/**
 * Peak memory over the horizon with its days to the limits, or the reason why it is refused.
 * The limits are compared with demand as if nothing held it; a cache held at its limit gets a flat answer.
 * Rules for history, horizon and confidence: docs/methodology.md#forecast
 */
export function forecastPeak(asked: ForecastQuestion): Forecast {
  const historyDays = Math.min(asked.historyDays, asked.dailyPeaks.length);
  const question = asked.mayShorten === true ? shorten(asked, historyDays) : asked;
  const { dailyPeaks, horizonDays } = question;
  const frame = { method: METHOD, horizonDays, historyDays };
  if (question.isHeldAtLimit && dailyPeaks.length > 0) return flatForecast(question, frame);

  const refusal = findRefusal(question, historyDays);
  if (refusal !== undefined) return { ...frame, status: 'refused', ...refusal };

  const days = limitHorizon(historyDays, horizonDays);
  const losses = question.losses ?? [];
  const lastSeenAt = losses.map((loss) => loss.lastSeenAt);
  const { forecast, afterLosses } = forecastAfterLosses(dailyPeaks, days, lastSeenAt);
  const confidence = findConfidence(forecast, historyDays, days);
  const isOnTheWay = afterLosses?.state === 'too-soon' || afterLosses?.state === 'refilling';
  const newest = dailyPeaks.at(-1)?.value ?? 0;
  const limit = question.maxmemoryBytes !== undefined && question.maxmemoryBytes > 0 ? question.maxmemoryBytes : undefined;
  return {
    ...frame,
    status: 'ok',
    horizonDays: days,
    neededDays: days < asked.horizonDays ? Math.ceil(asked.horizonDays / MAX_HORIZON_PER_HISTORY) : undefined,
    growthBytesPerDay: forecast.compoundPerDay === undefined ? forecast.growthPerDay : forecast.compoundPerDay * newest,
    ...(forecast.compoundPerDay === undefined ? {} : { growthRatioPerDay: forecast.compoundPerDay }),
    confidence: isOnTheWay && confidence === 'good' ? 'fair' : confidence,
    indicative: historyDays + DAY_SLACK < FULL_HISTORY_DAYS || days > historyDays + DAY_SLACK,
    peak: quantilesAtEnd(forecast),
    daysToMaxmemory: limit === undefined ? undefined : findDaysUntil(forecast, limit, newest),
    probabilityMaxmemory: limit === undefined ? undefined : findProbability(forecast, limit, newest),
    ...forecastSystemTarget(question, historyDays),
    fan: drawFan(forecast),
    backtest: backtestPeaks(dailyPeaks, days, lastSeenAt),
    ...(afterLosses === undefined ? {} : { lostData: tellLosses(afterLosses, losses) }),
  };
}

/** The forecast of one node from its history: counted memory against maxmemory, resident memory against the target of the machine. */
export function forecastNode(
  history: NodeHistory,
  settings: {
    readonly horizonDays: number;
    readonly mayShorten?: boolean;
    readonly systemTargetBytes?: number;
    /** Hash tables that doubled inside the window. */
    readonly pastSteps?: readonly PastTableStep[];
  },
): Forecast {
  const counted = findDailyMaxima(history, 'countedBytes');
  const seen = counted.length > 0 ? counted : findDailyMaxima(history, 'usedMemoryBytes');
  const dailyPeaks = withPresentTables(seen, settings.pastSteps ?? []);
  const spanDays = (history.toAt - history.fromAt + (history.intervalSeconds ?? 0) * 1000) / DAY_MS;
  const forecast = forecastPeak({
    dailyPeaks,
    rssDailyPeaks: findDailyMaxima(history, 'usedMemoryRssBytes'),
    historyDays: spanDays,
    horizonDays: settings.horizonDays,
    mayShorten: settings.mayShorten,
    maxmemoryBytes: history.last.maxmemoryBytes,
    systemTargetBytes: settings.systemTargetBytes,
    isHeldAtLimit: isHeldAtLimit(history),
    losses: findDataLosses(history),
  });
  const hiddenDemand = forecast.status === 'flat' ? estimateHiddenDemand(history) : undefined;
  return hiddenDemand === undefined ? forecast : { ...forecast, hiddenDemand };
}

/** The newest losses that the daily peaks show, and what they mean for the forecast. */
function tellLosses({ lastSeenAt, refillPerDay, ...told }: AfterLosses, losses: readonly DataLoss[]): NonNullable<Forecast['lostData']> {
  const refill = refillPerDay === undefined ? {} : { refillBytesPerDay: refillPerDay };
  return { ...told, ...refill, losses: losses.filter((loss) => lastSeenAt.includes(loss.lastSeenAt)).slice(-MAX_LOSSES) };
}

type Refusal = Pick<Forecast, 'reason' | 'neededDays'>;

function findRefusal({ dailyPeaks, historyDays: spanDays, horizonDays }: ForecastQuestion, historyDays: number): Refusal | undefined {
  if (dailyPeaks.length === 0) return { reason: 'no-data', neededDays: MIN_HISTORY_DAYS };
  if (spanDays + DAY_SLACK < MIN_HISTORY_DAYS) return { reason: 'history-too-short', neededDays: MIN_HISTORY_DAYS };
  if (dailyPeaks.length < MIN_HISTORY_DAYS) return { reason: 'too-few-days', neededDays: MIN_HISTORY_DAYS };
  if (limitHorizon(historyDays, horizonDays) > MAX_HORIZON_PER_HISTORY * (historyDays + DAY_SLACK)) {
    return { reason: 'horizon-too-long', neededDays: Math.ceil(horizonDays / MAX_HORIZON_PER_HISTORY) };
  }
  return undefined;
}

/** The longest horizon that a week of history or more allows, if that is shorter. */
function shorten(question: ForecastQuestion, historyDays: number): ForecastQuestion {
  if (historyDays + DAY_SLACK < FULL_HISTORY_DAYS) return question;
  const longest = Math.floor(MAX_HORIZON_PER_HISTORY * (historyDays + DAY_SLACK));
  return { ...question, horizonDays: Math.min(question.horizonDays, longest) };
}

/** Less than a week of history looks a week ahead at most. */
function limitHorizon(historyDays: number, horizonDays: number): number {
  const days = Math.max(1, Math.round(horizonDays));
  return historyDays + DAY_SLACK < FULL_HISTORY_DAYS ? Math.min(days, FULL_HISTORY_DAYS) : days;
}

/** `good`: the 95 % bound held in 96–100 % of memory-like cases; `fair`: in 90–99 %; `low`: a rule of thumb. */
export function findConfidence({ margin }: PooledPeak, historyDays: number, horizonDays: number): Forecast['confidence'] {
  if (horizonDays > historyDays + DAY_SLACK || margin >= FAIR_MARGIN) return 'low';
  return historyDays + DAY_SLACK >= GOOD_HISTORY_DAYS && margin < GOOD_MARGIN ? 'good' : 'fair';
}

function quantilesAtEnd({ p50, p90, p95 }: PooledPeak): Forecast['peak'] {
  return { p50: p50.at(-1), p90: p90.at(-1), p95: p95.at(-1) };
}

interface SystemTarget {
  readonly daysToSystemTarget?: DaysUntil;
  readonly probabilitySystemTarget?: number;
}

/** Resident memory against the target of the machine; copy-on-write is no part of this series and is added in the budget. */
function forecastSystemTarget({ rssDailyPeaks = [], systemTargetBytes, ...rest }: ForecastQuestion, historyDays: number): SystemTarget {
  if (systemTargetBytes === undefined || systemTargetBytes <= 0) return {};
  const days = limitHorizon(historyDays, rest.horizonDays);
  const rssDays = Math.min(rest.historyDays, rssDailyPeaks.length);
  if (findRefusal({ ...rest, dailyPeaks: rssDailyPeaks, horizonDays: days }, rssDays) !== undefined) return {};
  const lastSeenAt = (rest.losses ?? []).map((loss) => loss.lastSeenAt);
  const { forecast } = forecastAfterLosses(rssDailyPeaks, limitHorizon(rssDays, days), lastSeenAt);
  const newest = rssDailyPeaks.at(-1)?.value ?? 0;
  return {
    daysToSystemTarget: findDaysUntil(forecast, systemTargetBytes, newest),
    probabilitySystemTarget: findProbability(forecast, systemTargetBytes, newest),
  };
}

/** At the limit the series shows the limit, not the demand: the line is drawn flat and no days are told. Resident memory may still move. */
function flatForecast(question: ForecastQuestion, frame: Pick<Forecast, 'method' | 'horizonDays' | 'historyDays'>): Forecast {
  const level = Math.max(...question.dailyPeaks.slice(-FULL_HISTORY_DAYS).map((peak) => peak.value));
  const line = [level, level];
  return {
    ...frame,
    status: 'flat',
    reason: 'at-maxmemory',
    peak: { p50: level, p90: level, p95: level },
    ...forecastSystemTarget(question, frame.historyDays),
    fan: { day: [1, Math.max(1, Math.round(question.horizonDays))], p50: line, p90: line, p95: line },
  };
}

/** At most 60 days of the horizon, evenly spaced, the last among them. */
function drawFan({ p50, p90, p95 }: Pick<PooledPeak, 'p50' | 'p90' | 'p95'>): Forecast['fan'] {
  const count = Math.min(FAN_POINTS, p50.length);
  const day = Array.from({ length: count }, (_, i) => Math.round(((i + 1) * p50.length) / count));
  const pick = (values: readonly number[]): number[] => day.map((d) => values[d - 1] ?? Number.NaN);
  return { day, p50: pick(p50), p90: pick(p90), p95: pick(p95) };
}
