import type { Dialect } from './dialect.ts';

/** Any table with a time column: columns are told by their names, `--map` or `--metric`. Fits every file, so it stands last. */
export const plain: Dialect = { id: 'plain', requires: [] };
