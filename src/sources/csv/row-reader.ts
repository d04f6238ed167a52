import { type InputReport, rejectRow, type SampleBatch } from '../../model/sample-batch.ts';
import { withoutUserinfo } from '../../model/userinfo.ts';
import { WRAPPED_FROM } from '../metric-bounds.ts';
import { BatchBuilder } from './batch-builder.ts';
import { createSeriesFinder, type LongTable } from './long-table.ts';
import { isAbsent, readNumberCell } from './number-cell.ts';
import { type CellCutting, parseRows } from './parse-rows.ts';
import type { PlannedMetric, TablePlan } from './table-plan.ts';
import { isRemark } from './table-shape.ts';

/**
 * Reads some lines of a table that follow each other. Bad rows are counted in the report, and what is lost inside a row is told in its notes.
 * @returns undefined when none of them holds a sample
 */
export type RowReader = (lines: readonly string[], firstLine: number) => SampleBatch | undefined;

/** Puts what a row tells into `batch`. */
type CellReader = (row: readonly string[], at: number, line: number, batch: BatchBuilder) => void;

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
  const nodeOf = (row: readonly string[]): string | undefined => {
    const node = plan.nodeIndex === undefined ? '' : (row[plan.nodeIndex] ?? '').trim();
    if (node === '') return undefined;
    const port = plan.portIndex === undefined ? '' : (row[plan.portIndex] ?? '').trim();
    return remember(withoutUserinfo(port === '' || node.endsWith(`:${port}`) ? node : `${node}:${port}`));
  };

  /** One sample a row. */
  const readWide: CellReader = (row, at, line, batch) => {
    const sample = batch.start(nodeOf(row) ?? plan.nodeName, at);
    for (const column of plan.metrics) {
      const value = readNumber(row[column.index] ?? '', column, line);
      if (!Number.isNaN(value)) batch.setNumber(sample, column.metricId, value);
    }
    for (const { index, fieldId } of plan.texts) {
      const text = row[index] ?? '';
      if (!isAbsent(text)) batch.setText(sample, fieldId, remember(text.trim()));
    }
  };

  /** One sample a row and node that has a value in it. */
  const readSideBySide =
    (nodes: ReadonlyMap<string, readonly PlannedMetric[]>): CellReader =>
    (row, at, line, batch) => {
      for (const [nodeName, columns] of nodes) {
        let sample: number | undefined;
        for (const column of columns) {
          const value = readNumber(row[column.index] ?? '', column, line);
          if (Number.isNaN(value)) continue;
          sample ??= batch.start(nodeName, at);
          batch.setNumber(sample, column.metricId, value);
        }
      }
    };

  /** One value a row: what stands in rows of the same node and instant becomes one sample. */
  const readLong = (long: LongTable): CellReader => {
    const findSeries = createSeriesFinder(long, report);
    return (row, at, line, batch) => {
      const series = findSeries(row);
      if (series === undefined) return;
      const node = nodeOf(row) ?? (series.nodeName === undefined ? plan.nodeName : remember(withoutUserinfo(series.nodeName)));
      if (series.metric) {
        const value = readNumber(row[series.metric.index] ?? '', series.metric, line);
        if (!Number.isNaN(value)) batch.raiseNumber(batch.startOrFind(node, at), series.metric.metricId, value);
      } else if (series.fieldId) {
        const text = row[long.valueIndex] ?? '';
        if (!isAbsent(text)) batch.setText(batch.startOrFind(node, at), series.fieldId, remember(text.trim()));
      }
    };
  };

  const readCells = plan.long ? readLong(plan.long) : plan.nodes ? readSideBySide(plan.nodes) : readWide;

  return (lines, firstLine) => {
    const batch = new BatchBuilder(lines.length);
    for (const [offset, row] of parseRows(lines, cutting).entries()) {
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
      const at = plan.time.reading.read(stamp);
      if (Number.isNaN(at)) {
        rejectRow(
          report,
          line,
          `time "${stamp.slice(0, 60)}" cannot be read as ${plan.time.reading.label}`,
          nodeOf(row) ?? onlyNode ?? plan.nodeName,
        );
        continue;
      }
      readCells(row, at, line, batch);
    }
    report.samples += batch.count;
    return batch.build({ input, fromLine: firstLine, toLine: firstLine + lines.length - 1 });
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
