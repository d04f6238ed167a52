import { type BulkTable, type InputReport, noteNodes } from '../../model/sample-batch.ts';
import { withoutUserinfo } from '../../model/userinfo.ts';
import type { Input } from '../source.ts';
import { isAbsent, NULL_TEXTS } from './number-cell.ts';
import type { RowReader } from './row-reader.ts';
import type { TablePlan } from './table-plan.ts';
import type { TableShape } from './table-shape.ts';

const ENDING = { none: /(?<!\.gz|\.zst)$/i, gzip: /\.gz$/i, zstd: /\.zst$/i } as const;

/**
 * The table as the embedded database can read it by itself, when every line of the head is as regular as that needs.
 * @returns undefined when it must be read row by row
 */
export function planBulkTable(
  input: Input,
  shape: TableShape,
  plan: TablePlan,
  readRows: RowReader,
  report: InputReport,
): BulkTable | undefined {
  const { path, file } = input;
  const time = plan.time.reading.bulkForm;
  if (path === undefined || file === undefined || time === undefined || plan.time.clockIndex !== undefined) return undefined;
  if (plan.long || plan.nodes || plan.portIndex !== undefined) return undefined;
  // The database tells a compressed file by its ending.
  if (file.encoding !== 'utf-8' || !ENDING[file.compression].test(path)) return undefined;
  if (!shape.regular || shape.quoted || input.head.includes('\ufffd') || input.head.includes('\0') || !holdsPlainCells(shape, plan))
    return undefined;
  return {
    kind: 'bulk-table',
    origin: { input: input.name },
    path,
    delimiter: shape.delimiter,
    // A stray quote further down must not open a cell that swallows the rows behind it.
    quote: '',
    decimalComma: false,
    skipLines: shape.skipLines,
    columnCount: plan.columnCount,
    time: { index: plan.time.index, ...time },
    node: plan.nodeIndex === undefined ? { name: plan.nodeName } : { index: plan.nodeIndex },
    metrics: plan.metrics.map(({ index, metricId, scale, least, most }) => ({ index, metricId, scale, least, most })),
    texts: plan.texts,
    nullTexts: NULL_TEXTS,
    seenNullTexts: findNullTexts(shape, plan),
    readRejected: (text, line) => {
      const rescued = readRows([text], line);
      if (rescued) noteNodes(report, rescued.nodeIds);
      return rescued;
    },
    noteSamples: (count, nodeIds) => {
      noteNodes(report, nodeIds);
      report.samples += count;
    },
  };
}

/** The words for "absent" in the columns that are read. */
function findNullTexts(shape: TableShape, plan: TablePlan): readonly string[] {
  const cells = new Set(shape.rows.flatMap((row) => [...plan.metrics, ...plan.texts].map(({ index }) => row[index] ?? '')));
  return NULL_TEXTS.filter((word) => cells.has(word));
}

/** Whether a node's name is there and is shown as it stands. */
function isPlainName(cell: string): boolean {
  return cell.trim() !== '' && withoutUserinfo(cell) === cell;
}

/** Every number of the head is a bare one (no unit, no comma), and every stamp can be read. */
function holdsPlainCells(shape: TableShape, plan: TablePlan): boolean {
  if (plan.numberStyle.decimalComma || plan.numberStyle.groupComma) return false;
  return shape.rows.every(
    (row) =>
      !Number.isNaN(plan.time.reading.read(row[plan.time.index] ?? '')) &&
      (plan.nodeIndex === undefined || isPlainName(row[plan.nodeIndex] ?? '')) &&
      plan.metrics.every(({ index }) => {
        const cell = row[index] ?? '';
        return Number.isFinite(Number(cell)) || isAbsent(cell);
      }),
  );
}
