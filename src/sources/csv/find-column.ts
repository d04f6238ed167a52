import { splitUnit, squashName } from './column-names.ts';

/** Position of a column that the user named: as it is written, without case, without its unit, or by its number. */
export function findColumn(header: readonly string[], wanted: string): number {
  const lower = wanted.trim().toLowerCase();
  const tests: ((column: string) => boolean)[] = [
    (column) => column === wanted,
    (column) => column.toLowerCase() === lower,
    (column) => splitUnit(column).name.toLowerCase() === lower,
    (column) => squashName(column) === squashName(wanted) && squashName(wanted) !== '',
  ];
  for (const test of tests) {
    const index = header.findIndex(test);
    if (index >= 0) return index;
  }
  const position = /^\d{1,4}$/.test(lower) ? Number(lower) : 0;
  return position >= 1 && position <= header.length ? position - 1 : -1;
}

/** Column names for a message: quoted, and not endless. */
export function listColumns(header: readonly string[]): string {
  const shown = header.slice(0, 30).map((column) => `"${column.slice(0, 60)}"`);
  return shown.join(', ') + (header.length > shown.length ? ` and ${header.length - shown.length} more` : '');
}
