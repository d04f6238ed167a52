import type { Analysis } from '../model/analysis.ts';
import { ConfigError } from '../model/errors.ts';
import { FIGURE_COLUMNS, type Figure, type FigureColumn } from '../report/figure-columns.ts';
import { cleanText } from './clean-text.ts';
import { renderXlsx } from './figures-xlsx.ts';

/** One format of the table of figures: a row a node. */
export interface FiguresRenderer {
  readonly id: 'csv' | 'xlsx';
  readonly extension: string;
  render(analysis: Analysis): Promise<string | Uint8Array>;
}

/** The formats of the table of figures. */
export const FIGURES_RENDERERS: readonly FiguresRenderer[] = [
  { id: 'csv', extension: 'csv', render: renderCsv },
  { id: 'xlsx', extension: 'xlsx', render: renderXlsx },
];

/**
 * All figures of an Analysis as a table, a row a node, with the columns of docs/analysis-format.md.
 * @throws ConfigError for another format
 */
export async function renderFigures(analysis: Analysis, format: FiguresRenderer['id']): Promise<string | Uint8Array> {
  const renderer = FIGURES_RENDERERS.find(({ id }) => id === format);
  if (renderer === undefined) throw new ConfigError('--format', format, `one of ${FIGURES_RENDERERS.map(({ id }) => id).join(', ')}`);
  return renderer.render(analysis);
}

/** The table as CSV (RFC 4180): UTF-8 without a byte order mark, lines end in CRLF, instants in ISO 8601, an empty cell is not known. */
export async function renderCsv(analysis: Analysis): Promise<string> {
  const rows = [
    FIGURE_COLUMNS.map(({ name }) => name),
    ...analysis.nodes.map((node) => FIGURE_COLUMNS.map((column) => csvCell(column, column.read(node, analysis)))),
  ];
  return rows.map((cells) => `${cells.map(quote).join(',')}\r\n`).join('');
}

function csvCell({ type }: FigureColumn, figure: Figure): string {
  if (figure === undefined) return '';
  if (type === 'instant') return new Date(Number(figure)).toISOString();
  return type === 'text' ? harmlessText(String(figure)) : String(figure);
}

// What a spreadsheet would take for a formula, full-width forms included, which some of them take too.
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/u;

/** Text that no spreadsheet computes: before what looks like a formula stands an apostrophe. */
export function harmlessText(text: string): string {
  const cleaned = cleanText(text);
  return FORMULA.test(cleaned) ? `'${cleaned}` : cleaned;
}

function quote(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
