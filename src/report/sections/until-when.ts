import type { Forecast, HashTableStep } from '../../model/analysis.ts';
import { DAY_MS } from '../../model/time.ts';
import { bytesAxis, timeAxis } from '../axis.ts';
import type { Block, ForecastFanChart, Section } from '../blocks.ts';
import { forecastExplanations } from '../explanations/forecast.ts';
import { isSpikeOnly } from '../spike-only.ts';
import { cell, column, lineMax, type Telling, text, toldBy } from '../telling.ts';
import { drawnFan, limitLines } from './memory.ts';

/** Entries in a bucket from Valkey 8.1 on. */
const VALKEY_BUCKET_ENTRIES = 7;
/** Tables that grow more often than that in one window are small. */
const MAX_PAST_STEPS = 6;

/** Until when: the forecast fan, the days to each limit, the backtest, and the hash tables that grow next. */
export function untilWhenSection(telling: Telling): Section {
  const { node, locale, format, anchor } = telling;
  const words = locale.report.until;
  const { forecast } = node;
  const blocks: Block[] = [];
  if (forecast.status !== 'ok' || forecast.peak === undefined) {
    blocks.push({ type: 'paragraph', text: text(locale.report.summary.refused(refusalText(telling))), tone: 'info' });
    if (forecast.hiddenDemand !== undefined)
      blocks.push({ type: 'paragraph', text: text(hiddenDemandText(telling, forecast.hiddenDemand)) });
  } else {
    if (forecast.fan !== undefined) blocks.push(fanChart(telling, forecast, forecast.fan));
    blocks.push({ type: 'paragraph', text: text([...growthTexts(telling, forecast), ...confidenceTexts(telling, forecast)].join(' ')) });
    if (forecast.lostData !== undefined) blocks.push({ type: 'paragraph', text: text(lostDataText(telling, forecast.lostData)) });
    blocks.push(daysTable(telling, forecast));
    const horizon = format.days(forecast.horizonDays);
    const { p50, p90, p95 } = forecast.peak;
    blocks.push({
      type: 'table',
      id: anchor('peak-ahead'),
      caption: `${words.peakHead.quantity}, ${horizon}`,
      columns: [column('quantity', words.peakHead.quantity), column('value', words.peakHead.value, 'end')],
      rows: [
        ...(p50 === undefined ? [] : [[cell(words.quantile.p50), cell(format.bytes(p50), p50)]]),
        ...(p90 === undefined ? [] : [[cell(words.quantile.p90), cell(format.bytes(p90), p90)]]),
        ...(p95 === undefined
          ? []
          : [[cell(forecast.confidence === 'low' ? words.quantile.p95Rule : words.quantile.p95), cell(format.bytes(p95), p95)]]),
      ],
      dense: true,
    });
    blocks.push(backtestBlock(telling, forecast));
    blocks.push(forecastExplanations(telling, forecast, limitsAhead(telling)));
  }
  blocks.push(...stepBlocks(telling));
  return { id: anchor('until-when'), title: words.title, blocks };
}

/** Why there is no forecast, as half a sentence. */
export function refusalText(telling: Telling): string {
  const { node, locale, format } = telling;
  const reason = node.forecast.reason ?? 'no-data';
  const has = spanText(telling);
  const needs = format.days(node.forecast.neededDays ?? 3);
  return locale.report.refusal[reason](has, needs);
}

/** How long the history is: days, or of less than one what there is. */
export function spanText({ node, format }: Telling): string {
  const { historyDays } = node.forecast;
  return historyDays < 1 && node.quality.spanSeconds < 86_400 ? format.duration(node.quality.spanSeconds) : format.days(historyDays);
}

/** The pace, and where the expected peak stops following it. */
function growthTexts({ node, locale, format }: Telling, forecast: Forecast): string[] {
  const words = locale.report.until;
  const { growthBytesPerDay, growthRatioPerDay, fan, lostData } = forecast;
  if (growthBytesPerDay === undefined) return [];
  const ratio = growthRatioPerDay === undefined ? undefined : format.percent(growthRatioPerDay);
  const told = [words.growth(format.signedBytes(growthBytesPerDay), ratio)];
  const top = fan?.p50.at(-1);
  if (fan === undefined || top === undefined || growthBytesPerDay <= 0 || lostData !== undefined) return told;
  const levelFrom = fan.day[fan.p50.findIndex((value) => value >= LEVEL_SHARE * top)] ?? forecast.horizonDays;
  if (levelFrom > LEVEL_WITHIN * forecast.horizonDays) return told;
  return [...told, words.levelFrom(format.date(node.quality.toAt + levelFrom * DAY_MS))];
}

const WEEK_DAYS = 7;
/** From here on the expected peak is as good as level, */
const LEVEL_SHARE = 0.99;
/** and that shows in the chart where it is so for this part of the time ahead. */
const LEVEL_WITHIN = 0.75;

/** How far the forecast can be trusted, and why no further. */
function confidenceTexts({ analysis, locale, format }: Telling, forecast: Forecast): string[] {
  const words = locale.report.until;
  const { confidence, indicative, horizonDays, historyDays, neededDays } = forecast;
  const asked = format.days(analysis.settings.horizonDays);
  return [
    ...(confidence === undefined ? [] : [words.confidence[confidence]]),
    ...(indicative === true
      ? [words.indicative(format.days(horizonDays), format.days(Math.floor(historyDays)), historyDays < WEEK_DAYS)]
      : []),
    ...(neededDays === undefined ? [] : [words.shortened(asked, format.days(neededDays))]),
  ];
}

/** What the forecast would have said earlier, beside a plain rule, one line each. */
function backtestBlock({ locale, format, anchor }: Telling, forecast: Forecast): Block {
  const { backtest: words, noBacktest } = locale.report.until;
  const { backtest } = forecast;
  if (backtest === undefined || backtest.origins === 0) return { type: 'paragraph', text: text(noBacktest) };
  const { naive, p95Held, p95Over, medianAbsoluteError, last } = backtest;
  const side = (over: number | undefined): string =>
    over === undefined ? '' : over < 0 ? words.below(format.percent(-over)) : words.above(format.percent(over));
  return {
    type: 'table',
    id: anchor('backtest'),
    caption: words.caption(format.number(backtest.origins), format.days(backtest.horizonDays)),
    columns: [column('rule', words.head.rule), column('held', words.head.held, 'end'), column('over', words.head.over)],
    rows: [
      [cell(words.bound), cell(format.percent(p95Held), p95Held), cell(side(p95Over))],
      ...(naive === undefined ? [] : [[cell(words.naive), cell(format.percent(naive.held), naive.held), cell(side(naive.over))]]),
      [cell(words.expected), cell('', -1), cell(words.off(format.percent(medianAbsoluteError)))],
    ],
    note: text(
      [
        ...(backtest.horizonDays < forecast.horizonDays
          ? [words.shorter(format.days(backtest.horizonDays), format.days(forecast.horizonDays))]
          : []),
        ...(last ? [words.last(format.date(last.at), format.bytes(last.p50), format.bytes(last.p95), format.bytes(last.actual))] : []),
      ].join(' '),
    ),
    dense: true,
  };
}

/** The limits that a forecast is held against: id, words, days and chance. */
function limitsAhead(telling: Telling) {
  const { node, locale, format } = telling;
  const words = locale.report;
  const { forecast, systemMemory } = node;
  const current = node.provisioning.maxmemoryBytes.current;
  return [
    ...(current === undefined || forecast.probabilityMaxmemory === undefined
      ? []
      : [{ label: words.summary.limitMaxmemory, at: current, days: forecast.daysToMaxmemory, probability: forecast.probabilityMaxmemory }]),
    ...(systemMemory.totalBytes === undefined || forecast.probabilitySystemTarget === undefined
      ? []
      : [
          {
            label: words.summary.limitTarget(format.percent(systemMemory.targetRatio)),
            at: systemMemory.totalBytes * systemMemory.targetRatio,
            days: forecast.daysToSystemTarget,
            probability: forecast.probabilitySystemTarget,
          },
        ]),
  ];
}

function daysTable(telling: Telling, forecast: Forecast): Block {
  const { node, locale, format, anchor } = telling;
  const words = locale.report.until;
  const horizon = format.days(forecast.horizonDays);
  const dayText = (days: number | undefined): string => {
    if (days === undefined) return words.notWithin(horizon);
    if (days === 0) return words.reached;
    return `${format.days(days)} (${format.date(node.quality.toAt + days * DAY_MS)})`;
  };
  return {
    type: 'table',
    id: anchor('days'),
    columns: [
      column('limit', words.head.limit),
      column('at', words.head.at, 'end'),
      column('early', words.head.early, 'end'),
      column('expected', words.head.expected, 'end'),
      column('probability', words.head.probability, 'end'),
    ],
    rows: limitsAhead(telling).map(({ label, at, days, probability }) => [
      cell(label),
      cell(format.bytes(at), at),
      cell(
        isSpikeOnly(node) && days?.p50 === undefined && (days?.p90 ?? 0) > 0 ? words.bySpike : dayText(days?.p90),
        days?.p90 ?? Number.MAX_SAFE_INTEGER,
      ),
      cell(dayText(days?.p50), days?.p50 ?? Number.MAX_SAFE_INTEGER),
      cell(
        probability === undefined ? locale.report.unknown : probability < 0.05 ? words.underOne : format.percent(probability),
        probability ?? -1,
      ),
    ]),
    dense: true,
  };
}

function fanChart(telling: Telling, forecast: Forecast, fan: NonNullable<Forecast['fan']>): ForecastFanChart {
  const { node, locale, format, timeZone, anchor } = telling;
  const words = locale.report.until;
  const nowAt = node.quality.toAt;
  const horizon = format.days(forecast.horizonDays);
  const daily = node.dailyPeaks.filter((day) => day.usedMemoryBytes !== undefined);
  // The forecast is of what maxmemory counts.
  const peaks = daily.map((day) => day.countedBytes ?? day.usedMemoryBytes ?? null);
  const top = Math.max(fan.p95.at(-1) ?? 0, lineMax(peaks) ?? 0);
  const limits = limitLines(telling).filter((limit) => limit.value <= top * 1.6 && limit.role !== 'recommended');
  const { peak } = forecast;
  return {
    type: 'chart',
    form: 'forecast-fan',
    id: anchor('fan-chart'),
    title: fanTitle(telling, horizon),
    alt: words.alt(horizon, format.bytes(peak?.p50 ?? 0), format.bytes(peak?.p90 ?? 0), format.bytes(peak?.p95 ?? 0)),
    history: { at: daily.map((day) => day.peakAt ?? day.toAt), y: peaks, label: words.history, told: toldBy(peaks, format.bytes) },
    fan: drawnFan(telling, fan),
    fanLabels: words.fan,
    limits,
    x: timeAxis(daily[0]?.fromAt ?? nowAt, nowAt + (fan.day.at(-1) ?? 0) * DAY_MS, locale.language, timeZone),
    y: bytesAxis(Math.max(top, ...limits.map((limit) => limit.value)), format),
    nowAt,
    nowLabel: words.now,
  };
}

function fanTitle(telling: Telling, horizon: string): string {
  const { node, locale, format } = telling;
  const words = locale.report.until.chartTitle;
  const limits = limitsAhead(telling);
  const reached = limits.find(({ days }) => days?.p90 === 0);
  if (reached) return words.reached(reached.label);
  const soonest = limits.filter(({ days }) => days?.p90 !== undefined).toSorted((a, b) => (a.days?.p90 ?? 0) - (b.days?.p90 ?? 0))[0];
  if (soonest?.days?.p90 !== undefined && soonest.days.p50 === undefined && isSpikeOnly(node)) return words.spike(soonest.label);
  if (soonest?.days?.p90 !== undefined) return words.crossing(soonest.label, format.date(node.quality.toAt + soonest.days.p90 * DAY_MS));
  return limits.length > 0 ? words.safe(horizon) : words.plain(horizon);
}

/** Where data were lost, and which growth the forecast goes by for that reason. */
function lostDataText(
  { locale, format }: Telling,
  { state, levelBytes, refillBytesPerDay, losses }: NonNullable<Forecast['lostData']>,
): string {
  const words = locale.report.until.lostData;
  const newest = losses.at(-1);
  const level = format.bytes(levelBytes);
  const pace = refillBytesPerDay === undefined ? undefined : format.bytes(refillBytesPerDay);
  const what =
    newest === undefined
      ? ''
      : words.lost(
          format.dateTime(newest.at),
          format.bytes(newest.beforeBytes),
          format.bytes(newest.afterBytes),
          newest.cause,
          losses.length,
        );
  return `${what} ${words.states[state](level, pace)}`.trim();
}

function hiddenDemandText({ locale, format }: Telling, hidden: NonNullable<Forecast['hiddenDemand']>): string {
  const range = ({ low, middle, high }: typeof hidden.staySeconds, tell: (value: number) => string) =>
    locale.report.until.range(tell(middle), low === undefined ? undefined : tell(low), high === undefined ? undefined : tell(high));
  return locale.report.until.hiddenDemand(
    range(hidden.evictedBytesPerDay, format.bytes),
    range(hidden.staySeconds, format.duration),
    format.bytes(hidden.bytesPerKey),
  );
}

function stepBlocks(telling: Telling): Block[] {
  const { node, locale, format, anchor } = telling;
  const words = locale.report.until;
  const steps = node.keyspace.steps;
  if (steps.length === 0) return [];
  const hasLimit = steps.some(({ belowLimit }) => belowLimit !== undefined);
  return [
    {
      type: 'table',
      id: anchor('hash-tables'),
      caption: words.stepsIntro,
      columns: [
        column('table', words.steps.table),
        column('entries', words.steps.entries, 'end'),
        column('threshold', words.steps.threshold, 'end'),
        column('when', words.steps.when, 'end'),
        column('atOnce', words.steps.atOnce, 'end'),
        column('after', words.steps.after, 'end'),
        ...(hasLimit ? [column('limit', words.steps.limit)] : []),
      ],
      rows: steps
        .slice(0, 12)
        .map((step) => [
          cell(words.stepTable(String(step.database), step.table)),
          cell(format.number(step.entries), step.entries),
          cell(format.number(step.threshold), step.threshold),
          cell(
            step.daysUntil === undefined ? words.stepNotGrowing : format.days(step.daysUntil),
            step.daysUntil ?? Number.MAX_SAFE_INTEGER,
          ),
          cell(format.bytes(step.allocatedBytes), step.allocatedBytes),
          cell(format.bytes(step.permanentBytes), step.permanentBytes),
          ...(hasLimit ? [cell(belowLimitText(telling, step))] : []),
        ]),
      ...(node.engine.name === 'valkey' && steps.every(({ threshold }) => threshold % VALKEY_BUCKET_ENTRIES === 0)
        ? { note: text(words.valkeyBuckets) }
        : {}),
      dense: true,
    },
    ...pastStepBlocks(telling),
  ];
}

/** Whether maxmemory has room for the step, and what this version does if not. */
function belowLimitText({ locale, format }: Telling, { belowLimit }: HashTableStep): string {
  const words = locale.report.until.belowLimit;
  if (belowLimit === undefined) return '';
  const { outcome, shortBytes = 0, evictedKeys, entriesAtLimit = 0, putOffEntries = 0 } = belowLimit;
  const about = (count: number) => format.number(Number(count.toPrecision(3)));
  const evicted = evictedKeys === undefined ? undefined : about(evictedKeys);
  switch (outcome) {
    case 'fits':
      return words.fits;
    case 'taken':
      return words.taken(format.bytes(shortBytes), evicted);
    case 'put-off':
      return words.putOff(about(entriesAtLimit));
    case 'put-off-then-taken':
      return words.putOffThenTaken(format.number(putOffEntries), format.bytes(shortBytes), evicted);
    case 'limit-first':
      return words.limitFirst(about(entriesAtLimit));
    case 'unknown':
      return words.noRoom(format.bytes(shortBytes));
  }
}

/** A rise of used memory that a table made: told, so that nobody takes it for a leak. */
function pastStepBlocks({ node, locale, format }: Telling): Block[] {
  const words = locale.report.until;
  const steps = node.keyspace.pastSteps ?? [];
  return steps.slice(-MAX_PAST_STEPS).map((step) => ({
    type: 'paragraph',
    text: text(
      words.pastStep({
        table: words.stepTable(String(step.database), step.table),
        time: format.dateTime(step.at),
        threshold: format.number(step.threshold),
        expected: format.bytes(step.expectedBytes),
        observed: format.bytes(step.observedBytes),
        permanent: format.bytes(step.permanentBytes),
      }),
    ),
  }));
}
