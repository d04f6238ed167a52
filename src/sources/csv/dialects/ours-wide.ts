import type { Dialect } from './dialect.ts';

/** The wide form of our own: `timestamp,node`, then INFO field names. */
export const oursWide: Dialect = {
  id: 'ours-wide',
  requires: ['timestamp', 'node', 'used_memory'],
  timeColumn: 'timestamp',
  nodeColumn: 'node',
};
