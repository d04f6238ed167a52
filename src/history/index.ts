import type { NodeHistory } from '../model/node-history.ts';
import type { Delivery, InputReport } from '../model/sample-batch.ts';
import { type DatabaseOptions, openDatabase } from './database.ts';
import { EmbeddedHistory } from './embedded-history.ts';
import type { HistoryWindow } from './relation.ts';

export type { DatabaseOptions as HistoryOptions } from './database.ts';
export { isHistoryFolder } from './folder/layout.ts';
export type { HistoryWindow } from './relation.ts';

/** Samples of any number of nodes, taken in any order, and their reduction to one bounded `NodeHistory` a node. */
export interface History {
  /** Takes a delivery. A bulk table is only noted: it is read, and its rejected lines handed back, when the nodes are asked for. */
  readonly add: (delivery: Delivery) => Promise<void>;
  /** Takes a history folder that `collect` wrote. Its samples are read, and counted in the report, when the nodes are asked for. */
  readonly addFolder: (root: string) => Promise<InputReport>;
  /**
   * One history a node, sorted by id; nodes without a sample in the window are left out.
   * @throws InputError when a bulk table's file cannot be read
   */
  readonly nodes: (window?: HistoryWindow) => Promise<NodeHistory[]>;
  /** The same one after the other, so that a large fleet need not be held in memory. */
  readonly eachNode: (window?: HistoryWindow) => AsyncIterable<NodeHistory>;
  /** Frees the database and removes its temporary folder. */
  readonly close: () => Promise<void>;
}

/** Opens an empty history in an embedded database (DuckDB), which is loaded now and keeps what does not fit memory in a private temporary folder. */
export async function openHistory(options: DatabaseOptions = {}): Promise<History> {
  return new EmbeddedHistory(await openDatabase(options));
}
