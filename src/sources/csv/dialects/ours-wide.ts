import type { Dialect } from './dialect.ts';

/** What `collect` writes and exports: `timestamp,node`, then INFO field names. */
export const oursWide: Dialect = {
  id: 'ours-wide',
  requires: ['timestamp', 'node', 'used_memory'],
  timeColumn: 'timestamp',
  nodeColumn: 'node',
};
