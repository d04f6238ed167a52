import type { ForecastCheck, NodeComparison } from '../../model/comparison.ts';
import { DAY_MS } from '../../model/time.ts';
import { bytesAxis, timeAxis } from '../axis.ts';
import type { Block, Fan, ForecastFanChart } from '../blocks.ts';
import { kindOf } from '../compared.ts';
import { type Telling, text } from '../telling.ts';

/** Days of the earlier window that are drawn before its end, and of its fan behind what has passed. */
const DAYS_BEFORE = 45;
const AHEAD_RATIO = 0.25;

/** Whether the forecast of then held, in words, and drawn over the peaks that came. */
export function forecastBlocks(telling: Telling, comparison: NodeComparison): Block[] {
  const { forecast } = comparison;
  const sentences = [...saidText(telling, forecast), statusText(telling, forecast)];
  const chart = forecastChart(telling, comparison);
  return [{ type: 'paragraph', text: text(sentences.join(' ')) }, ...(chart === undefined ? [] : [chart])];
}

function saidText(telling: Telling, { elapsedDays, p50, p90, p95, peak }: ForecastCheck): string[] {
  const { locale, format } = telling;
  const words = locale.comparison;
  const said =
    p50 === undefined || p90 === undefined || p95 === undefined
      ? undefined
      : words.forecastQuantiles(format.bytes(p50), format.bytes(p90), format.bytes(p95));
  return [
    ...(said === undefined ? [] : [words.forecastSaid[kindOf(telling)](format.days(elapsedDays), said)]),
    ...(peak === undefined ? [] : [words.forecastCame(format.bytes(peak.value), format.dateTime(peak.at))]),
  ];
}

function statusText({ locale, format }: Telling, check: ForecastCheck): string {
  const words = locale.comparison;
  const { status, elapsedDays, horizonDays, overBytes = 0, reason, coverage = 0 } = check;
  if (status === 'held') return words.forecastStatus.held(elapsedDays < horizonDays ? format.days(horizonDays) : undefined);
  if (reason === 'no-forecast') return words.noForecast;
  if (status === 'exceeded') return words.forecastStatus.exceeded(format.bytes(overBytes));
  const why = reason === undefined ? undefined : words.undecided[reason];
  return `${words.forecastStatus.undecided} ${typeof why === 'function' ? why(format.percent(coverage)) : (why ?? '')}`.trim();
}

/** The fan of then, with the daily peaks before and after the day it was made. Drawn where there is something to see: from a few days on. */
function forecastChart(telling: Telling, { toAt, dailyPeaks, forecast }: NodeComparison): ForecastFanChart | undefined {
  const { node, locale, format, timeZone, anchor } = telling;
  const words = locale.comparison;
  const { fan, elapsedDays, p50, p90, p95, peak } = forecast;
  const since = node.dailyPeaks.flatMap((day) =>
    day.usedMemoryBytes === undefined || day.toAt <= toAt ? [] : [{ toAt: day.toAt, usedMemoryBytes: day.usedMemoryBytes }],
  );
  if (fan === undefined || p50 === undefined || p90 === undefined || p95 === undefined || peak === undefined || since.length < 3)
    return undefined;
  const before = dailyPeaks.filter((day) => day.toAt >= toAt - DAYS_BEFORE * DAY_MS);
  const drawn = drawnFan(fan, toAt, elapsedDays, before.at(-1)?.usedMemoryBytes);
  const history = [...before, ...since];
  const endAt = Math.max(drawn.at.at(-1) ?? toAt, history.at(-1)?.toAt ?? toAt);
  const top = Math.max(...drawn.p95, ...history.map((day) => day.usedMemoryBytes));
  return {
    type: 'chart',
    form: 'forecast-fan',
    id: anchor('forecast-then-chart'),
    title: words.forecastTitle[forecast.status],
    alt: words.forecastAlt(format.days(elapsedDays), format.bytes(p50), format.bytes(p90), format.bytes(p95), format.bytes(peak.value)),
    history: {
      at: history.map((day) => day.toAt),
      y: history.map((day) => day.usedMemoryBytes),
      label: locale.report.until.history,
    },
    fan: drawn,
    fanLabels: locale.report.until.fan,
    limits: [],
    x: timeAxis(history[0]?.toAt ?? toAt, endAt, locale.language, timeZone),
    y: bytesAxis(top, format),
    nowAt: toAt,
    nowLabel: words.forecastNow[kindOf(telling)],
  };
}

/** The fan up to the newest sample and a little farther, opening from the last peak that it was made of. */
function drawnFan(fan: NonNullable<ForecastCheck['fan']>, fromAt: number, elapsedDays: number, from: number | undefined): Fan {
  const past = fan.day.filter((day) => day <= elapsedDays * (1 + AHEAD_RATIO) + 1).length;
  const count = Math.min(fan.day.length, Math.max(past, 2));
  const start = from === undefined ? [] : [from];
  return {
    at: [...start.map(() => fromAt), ...fan.day.slice(0, count).map((day) => fromAt + day * DAY_MS)],
    p50: [...start, ...fan.p50.slice(0, count)],
    p90: [...start, ...fan.p90.slice(0, count)],
    p95: [...start, ...fan.p95.slice(0, count)],
  };
}
