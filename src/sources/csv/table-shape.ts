import type { CellCutting } from './parse-rows.ts';
import { parseRows } from './parse-rows.ts';
import { splitLines } from './read-lines.ts';
import { findTimeReading } from './time-form.ts';

/** What a text looks like as a table, judged from its first lines. */
export interface TableShape extends CellCutting {
  /** Column names; without a header `column 1`, `column 2`, … */
  readonly header: readonly string[];
  readonly hasHeader: boolean;
  /** Lines before the first data row. */
  readonly skipLines: number;
  /** The data rows of the head that have one cell a column. */
  readonly rows: readonly (readonly string[])[];
  /** Every line of the head behind the header is a row with one cell a column, and lines end in LF or CRLF. */
  readonly regular: boolean;
  /** Some of the rows hold quotes. */
  readonly quoted: boolean;
}

const DELIMITERS = [',', ';', '\t', '|'];
/** Beyond this a file is no table of metrics. */
export const MOST_COLUMNS = 4096;
/** Share of lines that must agree on the number of cells. */
const ENOUGH = 0.7;
const LINES_TO_COMPARE = 400;

/** Cells of a line by one delimiter, quotes respected. */
function countCells(line: string, delimiter: string): number {
  let cells = 1;
  let inQuotes = false;
  const code = delimiter.charCodeAt(0);
  for (let i = 0; i < line.length; i += 1) {
    const character = line.charCodeAt(i);
    if (character === 34) inQuotes = !inQuotes;
    else if (character === code && !inQuotes) cells += 1;
  }
  return cells;
}

/** A line that holds no row: blank, a remark, or a rule such as the one under the header of a Markdown table. */
export function isRemark(line: string): boolean {
  return line.trim() === '' || line.startsWith('#') || (line.includes('---') && /^[\s|:+-]+$/.test(line));
}

/** Whether a cell can only be an instant, so that its line is no header. */
function isStamp(cell: string): boolean {
  if (/^\d{1,8}(?:\.\d*)?$/.test(cell)) return false;
  return findTimeReading([cell], 'UTC') !== undefined;
}

interface Cut {
  readonly delimiter: string;
  readonly columns: number;
  readonly share: number;
  readonly stamps: number;
}

const STAMP_START =
  /^\s*"?\s*(?:\d{4}[-/]\d|\d{9,19}(?:\.\d*)?(?:"|\s|$)|\d{1,2}[./-]\d{1,2}[./-]\d{4}|[A-Za-z]{3}[, ]|\d{1,2}[ -][A-Za-z]{3})/;

function judgeDelimiter(lines: readonly string[], delimiter: string): Cut {
  const counts = new Map<number, number>();
  let stamps = 0;
  for (const line of lines) {
    const cells = countCells(line, delimiter);
    counts.set(cells, (counts.get(cells) ?? 0) + 1);
    if (cells > 1 && line.split(delimiter, 3).some((cell) => cell.length < 80 && !/[,;|\t]\S/.test(cell) && STAMP_START.test(cell)))
      stamps += 1;
  }
  let columns = 0;
  let agreeing = 0;
  for (const [cells, times] of counts) {
    if (cells > 1 && (times > agreeing || (times === agreeing && cells > columns))) {
      columns = cells;
      agreeing = times;
    }
  }
  return { delimiter, columns, share: agreeing / lines.length, stamps: stamps / lines.length };
}

/**
 * Finds delimiter, header and columns of a text.
 * @param head - its beginning; may start with a byte order mark
 * @param complete - whether that is all of it, so that its last line counts
 * @returns undefined when the lines do not look like rows of one table
 */
export function findTableShape(head: string, complete: boolean): TableShape | undefined {
  const lines = splitLines(head.charCodeAt(0) === 0xfeff ? head.slice(1) : head);
  if (!complete || lines.at(-1) === '') lines.pop();
  const announced = /^sep=(.)$/.exec(lines[0] ?? '')?.[1];
  const start = announced === undefined ? 0 : 1;
  const candidates = lines
    .slice(start)
    .filter((line) => !isRemark(line))
    .slice(0, LINES_TO_COMPARE);
  if (candidates.length === 0) return undefined;
  const cut = (announced === undefined ? DELIMITERS : [announced])
    .map((delimiter) => judgeDelimiter(candidates, delimiter))
    .filter(({ columns, share }) => columns > 1 && share >= ENOUGH)
    .sort((a, b) => b.share + b.stamps - (a.share + a.stamps) || b.columns - a.columns)[0];
  if (!cut) return undefined;
  return readShape(lines, start, cut, head);
}

function readShape(lines: readonly string[], start: number, cut: Cut, head: string): TableShape | undefined {
  const cutting = findCutting(lines.slice(start, start + LINES_TO_COMPARE), cut.delimiter);
  const first = lines.findIndex((line, index) => index >= start && !isRemark(line) && countCells(line, cut.delimiter) === cut.columns);
  if (first < 0) return undefined;
  const names = parseRows([lines[first] ?? ''], cutting)[0]?.map((name) => name.trim());
  if (names === undefined) return undefined;
  const hasHeader = names.some((name) => name !== '' && !Number.isFinite(Number(name))) && !names.some(isStamp);
  const skipLines = first + (hasHeader ? 1 : 0);
  const body = lines.slice(skipLines);
  const parsed = parseRows(
    body.map((line) => (isRemark(line) ? '' : line)),
    cutting,
  );
  const rows = parsed.filter((row) => row?.length === cut.columns) as string[][];
  return {
    ...cutting,
    header: hasHeader ? names : names.map((_, index) => `column ${index + 1}`),
    hasHeader,
    skipLines,
    rows,
    regular: rows.length === body.length && !/\r(?!\n|$)/.test(head) && !cutting.padded,
    quoted: body.some((line) => line.includes('"')),
  };
}

function findCutting(lines: readonly string[], delimiter: string): CellCutting {
  const rows = lines.filter((line) => line.includes(delimiter));
  if (
    delimiter === ';' &&
    rows.length > 0 &&
    rows.every((line) => line.split(';').every((cell, index) => index === 0 || cell.startsWith('\t')))
  ) {
    return { delimiter: ';\t', padded: false };
  }
  return { delimiter, padded: rows.some((line) => line.includes(`${delimiter} `) || line.includes(` ${delimiter}`)) };
}

/** What stands in one column in the beginning of the table. */
export function columnCells(shape: TableShape, index: number): string[] {
  return shape.rows.map((row) => (row[index] ?? '').trim());
}
