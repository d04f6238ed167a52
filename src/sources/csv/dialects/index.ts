import { squashName } from '../column-names.ts';
import type { Dialect } from './dialect.ts';
import { oursWide } from './ours-wide.ts';
import { plain } from './plain.ts';

/** Every dialect, the more particular first: the first whose columns are all there is taken. */
export const DIALECTS: readonly Dialect[] = [oursWide, plain];

/** The dialect of a table with these column names. */
export function findDialect(header: readonly string[]): Dialect {
  const names = new Set(header.map(squashName));
  return DIALECTS.find(({ requires }) => requires.every((name) => names.has(squashName(name)))) ?? plain;
}
