import type { MetricId, TextFieldId } from '../../model/metrics.ts';
import { type InputReport, rejectRow, type SampleBatch } from '../../model/sample-batch.ts';
import { withoutUserinfo } from '../../model/userinfo.ts';
import { isAbsent, readNumberCell } from './number-cell.ts';
import { type CellCutting, parseRows } from './parse-rows.ts';
import type { PlannedMetric, TablePlan } from './table-plan.ts';
import { isRemark } from './table-shape.ts';

/**
 * Reads some lines of a table that follow each other. Bad rows are counted in the report, and what is lost inside a row is told in its notes.
 * @returns undefined when none of them holds a sample
 */
export type RowReader = (lines: readonly string[], firstLine: number) => SampleBatch | undefined;

const WRAPPED_FROM = 2 ** 63;
const LONGEST_TEXT = 256;
const MOST_REMEMBERED_TEXTS = 100_000;

/** Cells of one column that hold something else than a number, and the note that tells of them. */
interface LostCells {
  count: number;
  readonly line: number;
  readonly text: string;
  readonly noteIndex: number;
}

/** A reader of the rows of one table, by its plan. */
export function createRowReader(
  plan: TablePlan,
  cutting: CellCutting,
  header: readonly string[],
  input: string,
  report: InputReport,
): RowReader {
  const lost = new Map<number, LostCells>();
  const remember = rememberTexts();

  const noteLostCell = (column: number, text: string, line: number): void => {
    const cells = lost.get(column) ?? { count: 0, line, text: text.trim().slice(0, 40), noteIndex: report.notes.length };
    cells.count += 1;
    lost.set(column, cells);
    report.notes[cells.noteIndex] =
      `"${header[column] ?? ''}": ${cells.count} ${cells.count === 1 ? 'cell' : 'cells'} left out, as no number stands there (first "${cells.text}" in line ${cells.line})`;
  };

  const readNumber = (text: string, column: PlannedMetric, line: number): number => {
    const value = readNumberCell(text, column.scale, column.unit, plan.numberStyle);
    if (value === undefined) {
      noteLostCell(column.index, text, line);
      return Number.NaN;
    }
    if (column.unit === 'bytes' && value >= WRAPPED_FROM) report.wrappedIntegers += 1;
    return value >= column.least && value <= column.most ? value : Number.NaN;
  };

  const onlyNode = plan.nodeIndex === undefined ? plan.nodeName : undefined;
  const nodeOf = (row: readonly string[]): string => {
    const node = plan.nodeIndex === undefined ? '' : (row[plan.nodeIndex] ?? '').trim();
    return node === '' ? plan.nodeName : remember(withoutUserinfo(node));
  };

  return (lines, firstLine) => {
    const rows = parseRows(lines, cutting);
    const at = new Float64Array(lines.length);
    const nodeIds: string[] = [];
    const numbers = plan.metrics.map(() => new Float64Array(lines.length).fill(Number.NaN));
    const present = plan.metrics.map(() => false);
    const texts = plan.texts.map((): (string | undefined)[] => []);
    let count = 0;
    for (const [offset, row] of rows.entries()) {
      if (isRemark(lines[offset] ?? '')) continue;
      const line = firstLine + offset;
      if (!row) {
        rejectRow(report, line, 'its quotes do not match, or it is too long', onlyNode);
        continue;
      }
      if (row.length !== plan.columnCount && !hasOnlyEmptyCells(row, plan.columnCount)) {
        rejectRow(report, line, `${row.length} cells where the table has ${plan.columnCount} columns`, onlyNode);
        continue;
      }
      const stamp = stampOf(row, plan);
      const instant = plan.time.reading.read(stamp);
      if (Number.isNaN(instant)) {
        rejectRow(report, line, `time "${stamp.slice(0, 60)}" cannot be read as ${plan.time.reading.label}`, nodeOf(row));
        continue;
      }
      at[count] = instant;
      nodeIds.push(nodeOf(row));
      for (const [k, column] of plan.metrics.entries()) {
        const value = readNumber(row[column.index] ?? '', column, line);
        if (Number.isNaN(value)) continue;
        (numbers[k] as Float64Array)[count] = value;
        present[k] = true;
      }
      for (const [k, { index }] of plan.texts.entries()) {
        const text = row[index] ?? '';
        texts[k]?.push(isAbsent(text) ? undefined : remember(text.trim()));
      }
      count += 1;
    }
    if (count === 0) return undefined;
    report.samples += count;
    return {
      kind: 'batch',
      origin: { input, fromLine: firstLine, toLine: firstLine + lines.length - 1 },
      count,
      nodeIds,
      at: at.subarray(0, count),
      numbers: new Map(
        plan.metrics.flatMap(({ metricId }, k): [MetricId, Float64Array][] =>
          present[k] ? [[metricId, (numbers[k] as Float64Array).subarray(0, count)]] : [],
        ),
      ),
      texts: new Map(
        plan.texts.flatMap(({ fieldId }, k): [TextFieldId, (string | undefined)[]][] =>
          texts[k]?.some((text) => text !== undefined) ? [[fieldId, texts[k]]] : [],
        ),
      ),
    };
  };
}

/** The text that says when: one cell, or a date and a time of day together. */
function stampOf(row: readonly string[], plan: TablePlan): string {
  const first = (row[plan.time.index] ?? '').trim();
  return plan.time.clockIndex === undefined ? first : `${first} ${(row[plan.time.clockIndex] ?? '').trim()}`;
}

function hasOnlyEmptyCells(row: readonly string[], from: number): boolean {
  return row.length > from && row.slice(from).every((cell) => cell.trim() === '');
}

/** The same text as one string, however often it comes: a slice of a line would keep the whole line in memory. */
function rememberTexts(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const short = text.length > LONGEST_TEXT ? text.slice(0, LONGEST_TEXT) : text;
    const before = known.get(short);
    if (before !== undefined) return before;
    if (known.size >= MOST_REMEMBERED_TEXTS) return short;
    const own = Buffer.from(short).toString();
    known.set(own, own);
    return own;
  };
}
