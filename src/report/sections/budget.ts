import type { BudgetLine } from '../../model/analysis.ts';
import { bytesAxis } from '../axis.ts';
import type { Block, Section, TableCell, WaterfallChart } from '../blocks.ts';
import { cell, column, type Telling, text } from '../telling.ts';

/** Lines that make maxmemory; the rest is added for the machine. */
const MAXMEMORY_LINES: ReadonlySet<string> = new Set(['peak-counted', 'growth', 'hash-table-step', 'fill-margin']);

/** The budget: a waterfall from the present peak to the machine, and each line with its basis, formula and source. */
export function budgetSection(telling: Telling): Section {
  const { node, locale, format, anchor } = telling;
  const words = locale.report.budget;
  const { budget, maxmemoryBytes, memoryNeededBytes, residentBytes, forkedBytes, binding } = node.provisioning;
  const blocks: Block[] = [];
  if (budget.length === 0 || memoryNeededBytes === undefined || maxmemoryBytes.recommended === undefined) {
    return { id: anchor('budget'), title: words.title, blocks: [{ type: 'paragraph', text: text(words.none) }] };
  }
  const first = budget.filter((line) => MAXMEMORY_LINES.has(line.id));
  const second = budget.filter((line) => !MAXMEMORY_LINES.has(line.id));
  blocks.push(waterfall(telling, first, second, maxmemoryBytes.recommended, memoryNeededBytes));
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
      column('basis', words.head.basis),
      column('formula', words.head.formula),
      column('source', words.head.source),
    ],
    rows,
    totals: [first.length, rows.length - 1],
    dense: true,
  });
  return { id: anchor('budget'), title: words.title, blocks };
}

const BASIS_SIGN = { measured: '●', derived: '◐', assumed: '○' } as const;

function budgetRow(telling: Telling, line: BudgetLine): readonly TableCell[] {
  const { locale, format } = telling;
  return [
    cell(locale.report.budget.line[line.id]),
    cell(format.bytes(line.bytes), line.bytes),
    cell(`${BASIS_SIGN[line.basis]} ${locale.report.fixed[line.basis]}`, line.basis),
    cell(text({ code: line.formula }, formulaNumbers(telling, line))),
    cell(line.source.replace(/^docs\/methodology\.md#/, '').replaceAll('-', ' ')),
  ];
}

/** The inputs of a formula with their values: sizes as bytes, factors as plain numbers. */
function formulaNumbers({ format }: Telling, line: BudgetLine): string {
  const parts = Object.entries(line.inputs).map(
    ([name, value]) => `${name} = ${Math.abs(value) >= 65_536 ? format.bytes(value) : format.number(value, 4)}`,
  );
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
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
  const worthDrawing = (line: BudgetLine): boolean => Math.abs(line.bytes) > machine * 0.0005;
  return {
    type: 'chart',
    form: 'waterfall',
    id: anchor('budget-chart'),
    title: words.chartTitle(format.bytes(maxmemory), format.bytes(machine)),
    alt: words.chartAlt(format.bytes(maxmemory), format.bytes(machine)),
    steps: [
      ...first.filter(worthDrawing).map(step),
      { id: 'maxmemory', label: words.maxmemoryTotal, value: maxmemory, valueLabel: format.bytes(maxmemory), kind: 'total' },
      ...second.filter(worthDrawing).map(step),
      { id: 'machine', label: words.machineShort, value: machine, valueLabel: format.bytes(machine), kind: 'total' },
    ],
    y: bytesAxis(machine, format),
  };
}
