import type { CellObject } from 'write-excel-file/node';
import type { Analysis } from '../model/analysis.ts';
import { FIGURE_COLUMNS, type Figure, type FigureColumn } from '../report/figure-columns.ts';
import { cleanText } from './clean-text.ts';

/** Longest text that a cell may hold, by the specification of Excel. */
const MOST_CHARACTERS = 32_767;
const WIDTHS = { text: 22, number: 18, instant: 20, boolean: 10 } as const satisfies Record<FigureColumn['type'], number>;
const SHEET_NAME = 'Figures';

/**
 * The table as a workbook with one sheet: numbers are numbers and instants dates (UTC), so that it can be sorted, summed and charted.
 * The names of the columns stay in sight. The same Analysis gives the same bytes.
 */
export async function renderXlsx(analysis: Analysis): Promise<Uint8Array> {
  const [{ default: writeWorkbook }, { unzipSync, zipSync }] = await Promise.all([import('write-excel-file/node'), import('fflate')]);
  const head = FIGURE_COLUMNS.map(({ name }): CellObject => ({ value: name, type: String, fontWeight: 'bold' }));
  const rows = analysis.nodes.map((node) => FIGURE_COLUMNS.map((column) => workbookCell(column, column.read(node, analysis))));
  const columns = FIGURE_COLUMNS.map(({ name, type }) => ({ width: Math.max(WIDTHS[type], name.length + 2) }));
  const workbook = await writeWorkbook([head, ...rows], { sheet: SHEET_NAME, columns, stickyRowsCount: 1 }).toBuffer();
  // A ZIP archive dates its files in local time: all get the first instant that it knows, on every machine.
  return zipSync(unzipSync(workbook), { mtime: new Date(1980, 0, 1), level: 6 });
}

function workbookCell({ name, type }: FigureColumn, figure: Figure): CellObject | null {
  if (figure === undefined) return null;
  switch (type) {
    case 'instant':
      return { value: new Date(Number(figure)), type: Date, format: 'yyyy-mm-dd hh:mm:ss' };
    case 'number':
      return { value: Number(figure), type: Number, format: numberFormat(name) };
    case 'boolean':
      return { value: figure === true, type: Boolean };
    // Text stays text whatever it begins with: only a cell of another type is computed.
    case 'text':
      return { value: workbookText(String(figure)), type: String };
  }
}

function numberFormat(name: string): string | undefined {
  if (name.endsWith('_ratio')) return '0.0%';
  return name.includes('bytes') ? '#,##0' : undefined;
}

// XML 1.0 has no place for the two last code points of a plane's first page.
function workbookText(text: string): string {
  return cleanText(text)
    .replace(/[\ufffe\uffff]/g, '')
    .slice(0, MOST_CHARACTERS);
}
