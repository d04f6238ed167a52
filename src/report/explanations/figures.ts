import { MAXMEMORY_LINE_IDS } from '../../model/judgement-ids.ts';
import { DAY_MS } from '../../model/time.ts';
import type { Block, Explanation, Figure } from '../blocks.ts';
import { firstLimit } from '../first-limit.ts';
import { offeringName } from '../offering-names.ts';
import { lineMax, type Telling, text } from '../telling.ts';
import { basisText, sourceText } from './source.ts';

type Input = Explanation['inputs'][number];

/** What the figures of the first page can be opened to, each under the figure's own label and value. */
export function figureExplanations(telling: Telling, figures: readonly Figure[]): Block {
  const { anchor, locale } = telling;
  return {
    type: 'explanations',
    id: anchor('explain-figures'),
    title: locale.explain.figures.title,
    items: figures.flatMap(({ id, label, value }) => {
      const explain = EXPLAIN[id];
      return explain === undefined ? [] : [{ id: anchor(`explain-${id}`), term: label, value, explanation: explain(telling) }];
    }),
  };
}

const EXPLAIN: Readonly<Record<string, (telling: Telling) => Explanation>> = {
  peak: explainPeak,
  machine: explainMachine,
  days: explainDays,
  maxmemory: explainMaxmemory,
  instance: explainInstance,
  need: explainNeed,
};

function inputs(...all: readonly (readonly [meaning: string, value: string | undefined, symbol?: string])[]): Input[] {
  return all.flatMap(([meaning, value, symbol]) =>
    value === undefined ? [] : [{ meaning, value, ...(symbol === undefined ? {} : { symbol }) }],
  );
}

function bytesText({ format }: Telling, value: number | undefined): string | undefined {
  return value === undefined ? undefined : format.bytes(value);
}

function explainPeak(telling: Telling): Explanation {
  const { node, locale, format } = telling;
  const words = locale.explain.figures;
  const recovered = node.peaks.recovered.reduce<number | undefined>((most, { value }) => Math.max(most ?? 0, value), undefined);
  return {
    why: text(words.peak),
    formula: 'max(used_memory, used_memory_peak)',
    inputs: inputs(
      [words.peakInputs.samples, format.number(node.quality.samples)],
      [words.peakInputs.highest, bytesText(telling, lineMax(node.series.usedMemoryBytes))],
      [words.peakInputs.recovered, bytesText(telling, recovered)],
    ),
    basis: basisText(telling, 'measured'),
    source: sourceText(telling, 'peaks', { id: 'memory', title: locale.report.memory.title }),
  };
}

function explainMachine(telling: Telling): Explanation {
  const { node, locale, format } = telling;
  const words = locale.explain.figures;
  const { totalBytes, source, targetRatio } = node.systemMemory;
  return {
    why: text(words.machine),
    formula: 'R ÷ NODE',
    inputs: inputs(
      [words.machineInputs.rss, bytesText(telling, node.peaks.usedMemoryRssBytes?.value), 'R'],
      [words.machineInputs.machine(locale.report.quality.machineSource[source]), bytesText(telling, totalBytes), 'NODE'],
      [words.machineInputs.target, format.percent(targetRatio)],
    ),
    basis: basisText(telling, 'measured'),
    source: sourceText(telling, 'system-memory', { id: 'memory', title: locale.report.memory.title }),
  };
}

function explainDays(telling: Telling): Explanation {
  const { node, locale, format } = telling;
  const words = locale.explain.figures;
  const { systemMemory, forecast, provisioning } = node;
  const evidence = { id: 'until-when', title: locale.report.until.title };
  const [first] = systemMemory.episodes;
  const { id, days } = firstLimit(node);
  const isMachine = id === 'machine' && systemMemory.totalBytes !== undefined;
  const limit = isMachine ? (systemMemory.totalBytes ?? 0) * systemMemory.targetRatio : provisioning.maxmemoryBytes.current;
  if (first !== undefined) {
    return {
      why: text(words.daysCrossed),
      formula: 'R ÷ NODE > t',
      inputs: inputs(
        [words.daysInputs.limit, bytesText(telling, limit)],
        [words.daysInputs.first, format.dateTime(first.fromAt)],
        [words.daysInputs.above, format.duration(systemMemory.secondsAboveTarget ?? 0)],
      ),
      basis: basisText(telling, 'measured'),
      source: sourceText(telling, 'system-memory', { id: 'memory', title: locale.report.memory.title }),
    };
  }
  const date = (value: number | undefined): string | undefined =>
    value === undefined ? undefined : format.date(node.quality.toAt + value * DAY_MS);
  const { growthBytesPerDay } = forecast;
  return {
    why: text(words.days),
    formula: locale.explain.forecast.formula.days,
    inputs: inputs(
      [words.daysInputs.limit, bytesText(telling, limit === 0 ? undefined : limit)],
      [words.daysInputs.early, date(days?.p90), 'p90'],
      [words.daysInputs.likely, date(days?.p50), 'p50'],
      [words.daysInputs.growth, growthBytesPerDay === undefined ? undefined : locale.explain.perDay(format.signedBytes(growthBytesPerDay))],
      [words.daysInputs.history, format.number(forecast.historyDays, 1)],
      [words.daysInputs.horizon, format.number(forecast.horizonDays)],
    ),
    basis: basisText(telling, 'derived'),
    source: sourceText(telling, 'days-to-limits', evidence),
  };
}

function explainMaxmemory(telling: Telling): Explanation {
  const { node, locale } = telling;
  const words = locale.explain.figures;
  const { current, recommended, safeOnPresentMachine } = node.provisioning.maxmemoryBytes;
  const isStep = node.actions.some(({ id, values }) => id.endsWith('-maxmemory') && values.maxmemoryBytes !== recommended);
  const lines = node.provisioning.budget.filter(({ id }) => MAXMEMORY_LINE_IDS.includes(id));
  return {
    why: text(isStep ? words.maxmemoryStep : words.maxmemory),
    formula: lines.map(({ id }) => locale.report.budget.short[id]).join(' + '),
    inputs: [
      ...lines.map(({ id, bytes }) => ({ meaning: locale.report.budget.line[id], value: telling.format.bytes(bytes) })),
      ...inputs(
        [words.maxmemoryInputs.budget, bytesText(telling, recommended)],
        [words.maxmemoryInputs.current, current === 0 ? locale.report.figure.unlimited : bytesText(telling, current)],
        [words.maxmemoryInputs.safe, bytesText(telling, safeOnPresentMachine)],
      ),
    ],
    basis: basisText(telling, 'derived'),
    source: sourceText(telling, isStep ? 'recommendation' : 'budget', { id: 'budget', title: locale.report.budget.title }),
  };
}

function needInputs(telling: Telling): Input[] {
  const words = telling.locale.explain.figures.needInputs;
  const { residentBytes, forkedBytes } = telling.node.provisioning;
  return inputs(
    [words.resident, bytesText(telling, residentBytes), 'R'],
    [telling.locale.explain.figures.machineInputs.target, telling.format.percent(telling.node.systemMemory.targetRatio), 't'],
    [words.forked, bytesText(telling, forkedBytes), 'F'],
  );
}

function explainNeed(telling: Telling): Explanation {
  const { locale } = telling;
  return {
    why: text(locale.explain.figures.need),
    formula: 'max(R ÷ t, F ÷ 95 %)',
    inputs: needInputs(telling),
    basis: basisText(telling, 'derived'),
    source: sourceText(telling, 'the-two-conditions', { id: 'budget', title: locale.report.budget.title }),
  };
}

function explainInstance(telling: Telling): Explanation {
  const { node, locale, format } = telling;
  const words = locale.explain;
  const choice = (node.provisioning.spread?.instance ?? node.provisioning.instance).recommended;
  if (choice === undefined) return explainNeed(telling);
  return {
    why: text(words.figures.instance),
    inputs: inputs(
      [words.figures.instanceInputs.need, bytesText(telling, node.provisioning.memoryNeededBytes)],
      [words.figures.instanceInputs.memory, format.bytes(choice.memoryBytes)],
      [words.figures.instanceInputs.usable, format.bytes(choice.usableBytes)],
      [words.figures.instanceInputs.fill, choice.fillAtHorizon === undefined ? undefined : format.percent(choice.fillAtHorizon)],
    ),
    basis: basisText(telling, 'derived'),
    source: text(
      words.catalog(offeringName(choice.offering, choice.provider), choice.priceAsOf, choice.source),
      '; ',
      ...sourceText(telling, 'instance', { id: 'instances', title: locale.report.instances.title }),
    ),
  };
}
