import { parse } from 'csv-parse/sync';
import { LONGEST_LINE } from './read-lines.ts';

/** What must be known to cut a line into cells. */
export interface CellCutting {
  /** `,`, `;`, tab, `|`, or `;` and tab together. */
  readonly delimiter: string;
  /** Blanks stand around cells, also around quoted ones. */
  readonly padded: boolean;
}

/**
 * Cuts lines into cells. One line is one row: a quoted line break would cost its row, so that a stray quote costs one row too, not the rest of
 * the file. Lines where quotes only enclose whole cells are cut here (csv-parse takes some thirty times as long), the others by csv-parse.
 * @returns one entry a line; undefined for a line whose quotes do not match or that is too long
 */
export function parseRows(lines: readonly string[], cutting: CellCutting): (string[] | undefined)[] {
  const rows: (string[] | undefined)[] = new Array(lines.length);
  const difficult: number[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.length >= LONGEST_LINE) continue;
    const cells = splitSimpleLine(line, cutting.delimiter);
    if (cells) rows[index] = cells;
    else difficult.push(index);
  }
  if (difficult.length > 0) parseQuoted(lines, difficult, cutting, rows);
  return rows;
}

/** The cells of a line; undefined when a quote does more than to enclose one cell that holds neither quote nor delimiter. */
function splitSimpleLine(line: string, delimiter: string): string[] | undefined {
  const cells = line.split(delimiter);
  if (!line.includes('"')) return cells;
  for (let i = 0; i < cells.length; i += 1) {
    const cell = cells[i] ?? '';
    const quoteAt = cell.indexOf('"');
    if (quoteAt < 0) continue;
    if (quoteAt > 0 || cell.length < 2 || cell.indexOf('"', 1) !== cell.length - 1) return undefined;
    cells[i] = cell.slice(1, -1);
  }
  return cells;
}

/** Halves the lines until those that csv-parse refuses stand alone. */
function parseQuoted(lines: readonly string[], indexes: readonly number[], cutting: CellCutting, rows: (string[] | undefined)[]): void {
  const parsed = tryParse(indexes.map((index) => lines[index]).join('\n'), cutting);
  if (parsed?.length === indexes.length) {
    for (const [i, index] of indexes.entries()) rows[index] = parsed[i];
    return;
  }
  if (indexes.length === 1) return;
  const middle = indexes.length >> 1;
  parseQuoted(lines, indexes.slice(0, middle), cutting, rows);
  parseQuoted(lines, indexes.slice(middle), cutting, rows);
}

function tryParse(text: string, cutting: CellCutting): string[][] | undefined {
  try {
    return parse(text, {
      delimiter: cutting.delimiter,
      recordDelimiter: '\n',
      relaxColumnCount: true,
      trim: cutting.padded || cutting.delimiter.length > 1,
    });
  } catch {
    // csv-parse throws for quotes that do not match; the caller narrows it down to the line and counts it.
    return undefined;
  }
}
