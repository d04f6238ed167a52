import type { Action, BudgetLine, Provisioning, WhatIf } from '../../model/analysis.ts';
import { MAXMEMORY_LINE_IDS } from '../../model/judgement-ids.ts';
import { bytesAxis } from '../axis.ts';
import type { Block, Inline, Section, TableCell, Text, WaterfallChart } from '../blocks.ts';
import { explainBudgetLine, inputText, symbolsOf } from '../explanations/budget.ts';
import { basisText } from '../explanations/source.ts';
import { cell, column, type Telling, text } from '../telling.ts';

/** The budget: a waterfall from the present peak to the machine, and each line with its basis, formula and source. */
export function budgetSection(telling: Telling): Section {
  const { node, locale, format, anchor } = telling;
  const words = locale.report.budget;
  const { budget, maxmemoryBytes, memoryNeededBytes, residentBytes, forkedBytes, binding } = node.provisioning;
  const blocks: Block[] = [];
  if (budget.length === 0 || memoryNeededBytes === undefined || maxmemoryBytes.recommended === undefined) {
    return { id: anchor('budget'), title: words.title, blocks: [{ type: 'paragraph', text: text(words.none) }] };
  }
  const first = budget.filter((line) => MAXMEMORY_LINE_IDS.includes(line.id));
  const second = budget.filter((line) => !MAXMEMORY_LINE_IDS.includes(line.id));
  if (binding === 'target-ratio' && residentBytes !== undefined) {
    blocks.push({
      type: 'paragraph',
      text: text(
        words.binding['target-ratio'](
          format.percent(node.systemMemory.targetRatio),
          format.bytes(residentBytes),
          format.bytes(memoryNeededBytes),
        ),
      ),
    });
  } else if (binding === 'fork' && forkedBytes !== undefined) {
    blocks.push({
      type: 'paragraph',
      text: text(
        words.binding.fork(format.percent(node.systemMemory.targetRatio), format.bytes(forkedBytes), format.bytes(memoryNeededBytes)),
      ),
    });
  }
  if (maxmemoryBytes.safeOnPresentMachine !== undefined && node.systemMemory.totalBytes !== undefined) {
    blocks.push({
      type: 'paragraph',
      text: text(words.safeNow(format.bytes(node.systemMemory.totalBytes), format.bytes(maxmemoryBytes.safeOnPresentMachine))),
    });
  }
  blocks.push(...planParagraphs(telling));
  blocks.push(waterfall(telling, first, second, maxmemoryBytes.recommended, memoryNeededBytes));
  const rows = [
    ...first.map((line) => budgetRow(telling, line)),
    totalRow(telling, words.maxmemoryTotal, maxmemoryBytes.recommended),
    ...second.map((line) => budgetRow(telling, line)),
    totalRow(telling, words.machineTotal, memoryNeededBytes),
  ];
  blocks.push({
    type: 'table',
    id: anchor('budget-table'),
    caption: words.caption,
    columns: [
      column('line', words.head.line),
      column('bytes', words.head.bytes, 'end'),
      column('uncertainty', words.head.uncertainty, 'end'),
      column('basis', words.head.basis),
      { ...column('formula', words.head.formula), below: true },
    ],
    rows,
    totals: [first.length, rows.length - 1],
    note: text([words.uncertaintyNote, ...boundNote(telling), ...(neverForks(node) ? [words.noFork] : [])].join(' ')),
    dense: true,
  });
  blocks.push({ type: 'paragraph', text: symbolLegend(telling), small: true });
  const whatIf = whatIfTable(telling, maxmemoryBytes.recommended, memoryNeededBytes);
  if (whatIf !== undefined) blocks.push(whatIf);
  return { id: anchor('budget'), title: words.title, blocks };
}

/** The budget under other settings, below the planned one; undefined where there is none to tell. */
function whatIfTable(telling: Telling, maxmemory: number, machine: number): Block | undefined {
  const { node, locale, format, anchor } = telling;
  const words = locale.report.budget.whatIf;
  const { whatIf = [] } = node.provisioning;
  if (whatIf.length === 0) return undefined;
  const row = (label: string, values: { maxmemoryBytes: number; memoryNeededBytes: number }, change: TableCell): readonly TableCell[] => [
    cell(label),
    cell(format.bytes(values.maxmemoryBytes), values.maxmemoryBytes),
    cell(format.bytes(values.memoryNeededBytes), values.memoryNeededBytes),
    change,
  ];
  return {
    type: 'table',
    id: anchor('what-if'),
    caption: words.caption,
    columns: [
      column('scenario', words.head.scenario),
      column('maxmemory', words.head.maxmemory, 'end'),
      column('machine', words.head.machine, 'end'),
      column('change', words.head.change, 'end'),
    ],
    rows: [
      row(plannedLabel(telling), { maxmemoryBytes: maxmemory, memoryNeededBytes: machine }, cell('', 0)),
      ...whatIf.map((scenario) =>
        row(scenarioLabel(telling, scenario), scenario, cell(changeText(telling, scenario), scenario.changeBytes)),
      ),
    ],
    note: text([words.note, ...scenarioNotes(telling), ...noChangeNotes(telling)].join(' ')),
  };
}

/** What was asked for beside growth: another engine, other shards; and what of it the plan cannot hold. */
function planParagraphs({ node, locale, format }: Telling): Block[] {
  const words = locale.report.budget;
  const { engineChange, spread, notes = [] } = node.provisioning;
  const paragraphs: Block[] = [];
  if (engineChange !== undefined) {
    const { from, to, keys, changeBytes } = engineChange;
    paragraphs.push({
      type: 'paragraph',
      text: text(
        words.engineChange(
          engineName(words.engines, from),
          engineName(words.engines, to),
          format.number(keys, 0),
          format.bytes(Math.abs(changeBytes)),
          changeBytes < 0,
        ),
      ),
    });
  }
  if (spread !== undefined) paragraphs.push({ type: 'paragraph', text: text({ strong: spreadText({ locale, format }, spread) }) });
  return [...paragraphs, ...notes.map((note): Block => ({ type: 'paragraph', text: text(words.planNote[note]), tone: 'warning' }))];
}

/** The data on the number of shards that was asked for: what each of them needs. */
export function spreadText({ locale, format }: Pick<Telling, 'locale' | 'format'>, plan: NonNullable<Provisioning['spread']>): string {
  const words = locale.report.budget;
  const { shards, spread, maxmemoryBytes, memoryNeededBytes, totalMemoryNeededBytes, instance } = plan;
  const sentence = words.spread[spread](
    format.number(shards),
    format.bytes(maxmemoryBytes),
    format.bytes(memoryNeededBytes),
    format.bytes(totalMemoryNeededBytes),
  );
  const choice = instance.recommended;
  return choice === undefined ? sentence : `${sentence} ${words.spreadInstance(format.number(choice.shards), choice.name)}`;
}

/** `valkey-8.1` → Valkey 8.1. */
function engineName(names: Readonly<Record<string, string>>, label: string): string {
  const [name = '', version = ''] = label.split('-');
  return `${names[name] ?? name} ${version}`.trim();
}

function changeText({ locale, format }: Telling, { changeBytes, roundingBytes }: WhatIf): string {
  const words = locale.report.budget.whatIf;
  if (roundingBytes !== undefined) return words.withinRounding(format.bytes(roundingBytes));
  return changeBytes === 0 ? words.noChange : format.signedBytes(changeBytes);
}

function scenarioLabel({ locale, format }: Telling, { id, shards, spread, engine }: WhatIf): string {
  const { whatIf: words, engines } = locale.report.budget;
  if (id === 'spread') return words.spread[spread ?? 'even'](format.number(shards ?? 1));
  return id === 'engine' ? words.engine(engineName(engines, engine ?? '')) : words.scenario[id];
}

/** The plan with the growth that it holds, which the growth rows are to be read against. */
function plannedLabel({ node, locale, format }: Telling): string {
  const { budget } = node.provisioning;
  const peak = budget.reduce((sum, { id, bytes }) => (id === 'peak-counted' || id === 'import' ? sum + bytes : sum), 0);
  const { bytes = 0, uncertaintyBytes = 0 } = budget.find(({ id }) => id === 'growth') ?? {};
  const share = (grown: number) => (grown > 0 && peak > 0 ? format.percent(grown / peak) : undefined);
  return locale.report.budget.whatIf.planned(share(bytes), uncertaintyBytes > 0 ? share(bytes + uncertaintyBytes) : undefined);
}

/** Steps whose effect on the budget shows only in a history of the time after them. */
const LOWERING_STEPS: ReadonlySet<Action['id']> = new Set([
  'limit-client-memory',
  'limit-replica-buffers',
  'enable-activedefrag',
  'restart',
  'repair-scripts',
  'move-slots',
]);

/** What the rows start from, and that the steps of the first page are not in them. */
function scenarioNotes({ node, locale }: Telling): string[] {
  const words = locale.report.budget.whatIf;
  return [
    ...((node.provisioning.whatIf ?? []).some(({ id }) => id.startsWith('growth')) ? [words.growthNote] : []),
    ...(node.actions.some(({ id }) => LOWERING_STEPS.has(id)) ? [words.beforeSteps] : []),
  ];
}

/** Why a change makes no difference, where one makes none. */
function noChangeNotes({ node, locale, format }: Telling): string[] {
  const words = locale.report.budget.whatIf;
  const { whatIf = [], binding } = node.provisioning;
  const unchanged = new Set(
    whatIf.filter(({ changeBytes, roundingBytes }) => changeBytes === 0 && roundingBytes === undefined).map(({ id }) => id),
  );
  const saving = unchanged.has('persistence-on') || unchanged.has('persistence-none');
  return [
    ...(DATA_SCENARIOS.some((id) => unchanged.has(id)) ? [words.absorbed] : []),
    ...(saving && binding === 'target-ratio' ? [words.forkCovered(format.percent(node.systemMemory.targetRatio))] : []),
    ...(binding === 'fork' && unchanged.has('persistence-none') ? [words.stillForks] : []),
  ];
}

/** Scenarios that change what maxmemory has to be. */
const DATA_SCENARIOS = ['growth-25', 'growth-50', 'growth-100', 'import-10', 'cache-policy', 'store-policy'] as const;

function budgetRow(telling: Telling, line: BudgetLine): readonly TableCell[] {
  const { locale, format } = telling;
  return [
    cell(locale.report.budget.line[line.id]),
    cell(format.bytes(line.bytes), line.bytes),
    line.uncertaintyBytes === undefined ? cell('') : cell(format.bytes(line.uncertaintyBytes), line.uncertaintyBytes),
    cell(basisText(telling, line.basis), line.basis),
    cell(text({ code: line.formula }, formulaNumbers(telling, line)), undefined, { explanation: explainBudgetLine(telling, line) }),
  ];
}

/** The inputs that stand in the formula, with their values. */
function formulaNumbers(telling: Telling, line: BudgetLine): string {
  const parts = symbolsOf(line.formula).flatMap((name) => {
    const value = line.inputs[name];
    return value === undefined ? [] : [`${name} = ${inputText(telling, name, value)}`];
  });
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** Which quantile of the forecast bounds the plan; why none does, where a forecast was made all the same. */
function boundNote({ node, locale, format }: Telling): string[] {
  const words = locale.report.budget.bound;
  const { inputs = {} } = node.provisioning.budget.find(({ id }) => id === 'growth') ?? {};
  if (inputs.p95 !== undefined) return [words.p95(format.bytes(inputs.p95))];
  if (inputs.p90 !== undefined) return [words.p90(format.bytes(inputs.p90))];
  return inputs.p50 === undefined ? [] : [words.none];
}

function neverForks({ provisioning }: Telling['node']): boolean {
  return provisioning.budget.some(({ id, inputs }) => id === 'copy-on-write' && inputs.c === 0);
}

/** Each symbol of the formulas in words, in the order of their first use. */
function symbolLegend({ node, locale }: Telling): Text {
  const { symbol: meanings } = locale.explain;
  const symbols = new Set(node.provisioning.budget.flatMap(({ formula }) => symbolsOf(formula)));
  const told = [...symbols].flatMap((symbol): Inline[] => {
    const meaning = meanings[symbol];
    return meaning === undefined ? [] : [{ code: symbol }, ` ${meaning}; `];
  });
  return [`${locale.report.budget.symbols} `, ...told, locale.explain.methodology(locale.explain.section.budget ?? 'budget'), '.'];
}

function totalRow({ format }: Telling, label: string, bytes: number): readonly TableCell[] {
  return [cell(label), cell(format.bytes(bytes), bytes), cell(''), cell(''), cell('')];
}

function waterfall(
  telling: Telling,
  first: readonly BudgetLine[],
  second: readonly BudgetLine[],
  maxmemory: number,
  machine: number,
): WaterfallChart {
  const { locale, format, anchor } = telling;
  const words = locale.report.budget;
  const step = (line: BudgetLine): WaterfallChart['steps'][number] => ({
    id: line.id,
    label: words.short[line.id],
    value: line.bytes,
    valueLabel: format.bytes(line.bytes),
    kind: 'add',
    basis: line.basis,
  });
  const listed = (lines: readonly BudgetLine[]): string =>
    format.list(lines.filter(worthDrawing).map((line) => `${words.short[line.id]} ${format.bytes(line.bytes)}`));
  const worthDrawing = (line: BudgetLine): boolean => Math.abs(line.bytes) > machine * 0.0005;
  return {
    type: 'chart',
    form: 'waterfall',
    id: anchor('budget-chart'),
    title: words.chartTitle(format.bytes(maxmemory), format.bytes(machine)),
    alt: words.chartAlt(listed(first), format.bytes(maxmemory), listed(second), format.bytes(machine)),
    steps: [
      ...first.filter(worthDrawing).map(step),
      { id: 'maxmemory', label: words.maxmemoryTotal, value: maxmemory, valueLabel: format.bytes(maxmemory), kind: 'total' },
      ...second.filter(worthDrawing).map(step),
      { id: 'machine', label: words.machineShort, value: machine, valueLabel: format.bytes(machine), kind: 'total' },
    ],
    y: bytesAxis(machine, format),
  };
}
