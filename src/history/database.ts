import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { MiB } from '../model/bytes.ts';

const DEFAULT_MEMORY_BYTES = 700 * MiB;
/** More threads bring nothing: rows are reduced by one. */
const MAX_THREADS = 8;

export interface DatabaseOptions {
  /** What the database may hold in memory before it writes to its temporary folder. Default 700 MiB. The reducers' own memory comes on top. */
  readonly memoryLimitBytes?: number;
  /** Threads of the database. Default: the processors that there are, at most 8. */
  readonly threads?: number;
}

/** An embedded DuckDB in memory, with a private temporary folder for what does not fit. */
export interface Database {
  readonly duckDb: typeof import('@duckdb/node-api');
  readonly instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
  /** Frees it and removes the folder. */
  readonly close: () => Promise<void>;
}

/** Loads and opens the database. It may load no extension by itself. */
export async function openDatabase(options: DatabaseOptions = {}): Promise<Database> {
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
    const connection = await instance.connect();
    return {
      duckDb,
      instance,
      connection,
      close: async () => {
        connection.closeSync();
        instance.closeSync();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
