import { InputError } from '../../model/errors.ts';
import { type BulkTable, type Delivery, type InputReport, rejectRow } from '../../model/sample-batch.ts';
import { nodeNameFromFolder } from '../info-dump/node-name.ts';
import type { Input, ReadOptions, Source } from '../source.ts';
import { planBulkTable } from './bulk-table.ts';
import { findColumnMeaning } from './column-names.ts';
import { findDialect } from './dialects/index.ts';
import { readLines } from './read-lines.ts';
import { createRowReader, type RowReader } from './row-reader.ts';
import { planTable } from './table-plan.ts';
import { findTableShape, MOST_COLUMNS, type TableShape } from './table-shape.ts';

/** Lines that become one batch. */
const BATCH_LINES = 5000;
const MiB = 1024 * 1024;

/** How a CSV source is set up. */
export interface CsvSourceOptions {
  /** Files of at least this many bytes on disk are left to the embedded database where they are plain; `Infinity` reads all row by row. Default 2 MiB. */
  readonly bulkFromBytes?: number;
}

/** A source for CSV and its relatives (semicolons, tabs, bars), of any tool that has a dialect or names its columns well. */
export function createCsvSource({ bulkFromBytes = 2 * MiB }: CsvSourceOptions = {}): Source {
  return {
    id: 'csv',
    accepts: ({ head, complete }) => {
      const shape = findTableShape(head, complete);
      return shape !== undefined && (shape.rows.length > 0 || shape.header.some((name) => findColumnMeaning(name) !== undefined));
    },
    read: (input, options, report, signal) => readCsv(input, options, report, bulkFromBytes, signal),
  };
}

/** The CSV source as the command uses it. */
export const csvSource: Source = createCsvSource();

async function* readCsv(
  input: Input,
  options: ReadOptions,
  report: InputReport,
  bulkFromBytes: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Delivery> {
  const shape = findTableShape(input.head, input.complete);
  if (!shape) throw new InputError(input.name, emptyOrNoTable(input.head));
  if (shape.header.length > MOST_COLUMNS) {
    throw new InputError(input.name, `${shape.header.length} columns. At most ${MOST_COLUMNS} can be read; split the table.`);
  }
  if (shape.rows.length === 0)
    throw new InputError(input.name, 'there is a header and no row behind it that fits. Expected one row a sample.');
  const dialect = findDialect(shape.header);
  report.dialect = `${dialect.id}, ${describeShape(shape)}`;
  const plan = planTable(
    shape,
    dialect,
    options,
    input.name,
    report,
    input.sharesFileName ? nodeNameFromFolder(input.folder ?? '') : undefined,
  );
  const readRows = createRowReader(plan, shape, shape.header, input.name, report);
  const bulk = (input.file?.bytes ?? 0) >= bulkFromBytes ? planBulkTable(input, shape, plan, readRows, report) : undefined;
  if (bulk) yield* readWhole(bulk, input);
  else yield* readBatches(input, shape.skipLines, readRows, report, signal);
}

/**
 * Leaves a table to the embedded database. That takes a compressed file that breaks off for a shorter one, so it is decompressed beside it.
 * @throws InputError behind the table, when its file breaks off or is damaged
 */
async function* readWhole(bulk: BulkTable, input: Input): AsyncGenerator<Delivery> {
  if (input.file?.compression === 'none') {
    yield bulk;
    return;
  }
  let isOver = false;
  const decompress = async (): Promise<unknown> => {
    try {
      for await (const _ of input.open()) if (isOver) break;
      return undefined;
    } catch (error) {
      return error;
    }
  };
  const problem = decompress();
  try {
    yield bulk;
    const found = await problem;
    if (found !== undefined) throw found;
  } finally {
    isOver = true;
  }
}

async function* readBatches(
  input: Input,
  skipLines: number,
  readRows: RowReader,
  report: InputReport,
  signal: AbortSignal | undefined,
): AsyncGenerator<Delivery> {
  for await (const { firstLine, lines } of readLines(input.open(), BATCH_LINES)) {
    signal?.throwIfAborted();
    const skipped = Math.max(0, skipLines - (firstLine - 1));
    const batch = readRows(skipped === 0 ? lines : lines.slice(skipped), firstLine + skipped);
    if (!batch) continue;
    if (batch.numbers.size > 0 || batch.texts.size > 0) yield batch;
    else {
      // Rows of mere stamps are no samples.
      report.samples -= batch.count;
      report.rejectedRows += batch.count - 1;
      rejectRow(report, batch.origin.fromLine ?? firstLine, `${batch.count} rows without a value that can be used`);
    }
  }
  if (report.samples > 0) return;
  const first = report.rejections[0];
  throw new InputError(input.name, `no row can be used${first ? `; here: ${first.reason}` : ''}.`, { line: first?.line });
}

function emptyOrNoTable(head: string): string {
  if (head.trim() === '') return 'is empty.';
  return 'is no table: its lines do not have the same number of cells by comma, semicolon, tab or bar. Expected CSV with one row a sample.';
}

function describeShape({ delimiter, hasHeader, quoted }: TableShape): string {
  const names = new Map([
    [',', 'comma'],
    [';', 'semicolon'],
    ['\t', 'tab'],
    ['|', 'bar'],
    [';\t', 'semicolon and tab'],
  ]);
  return `${names.get(delimiter) ?? `"${delimiter}"`}, ${hasHeader ? 'header' : 'no header'}${quoted ? ', quotes' : ''}`;
}
