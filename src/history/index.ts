import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { MiB } from '../model/bytes.ts';
import type { NodeHistory } from '../model/node-history.ts';
import type { Delivery, InputReport } from '../model/sample-batch.ts';
import { EmbeddedHistory } from './embedded-history.ts';
import type { HistoryWindow } from './relation.ts';

export { isHistoryFolder } from './folder/layout.ts';
export type { HistoryWindow } from './relation.ts';

const DEFAULT_MEMORY_BYTES = 700 * MiB;
/** More threads bring nothing: rows are reduced by one. */
const MAX_THREADS = 8;

export interface HistoryOptions {
  /** What the database may hold in memory before it writes to its temporary folder. Default 700 MiB. The reducers' own memory comes on top. */
  readonly memoryLimitBytes?: number;
  /** Threads of the database. Default: the processors that there are, at most 8. */
  readonly threads?: number;
}

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
export async function openHistory(options: HistoryOptions = {}): Promise<History> {
  const duckDb = await import('@duckdb/node-api');
  const folder = await mkdtemp(join(tmpdir(), 'redis-headroom-'));
  try {
    const instance = await duckDb.DuckDBInstance.create(':memory:', {
      memory_limit: `${Math.ceil((options.memoryLimitBytes ?? DEFAULT_MEMORY_BYTES) / MiB)}MiB`,
      threads: String(options.threads ?? Math.min(MAX_THREADS, availableParallelism())),
      temp_directory: folder,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    return new EmbeddedHistory(duckDb, instance, await instance.connect(), folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
