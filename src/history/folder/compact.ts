import { open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { MetricId } from '../../model/metrics.ts';
import { DAY_MS } from '../../model/time.ts';
import { openDatabase } from '../database.ts';
import { sqlName, sqlText } from '../sql-text.ts';
import { checkSegment } from './check.ts';
import { findDerived } from './derived-columns.ts';
import { COMPACT_LOCK_FILE, dayOf, listStoredFiles, NODES_FOLDER, type StoredFile } from './layout.ts';
import { takeLock } from './lock.ts';
import { isSame, type PackedSegment, packedOption } from './packed-segments.ts';
import { groupByColumns } from './read-folder.ts';
import { compactedTable, readStored, type StoredTable } from './stored-relation.ts';

export interface Compaction {
  readonly segments: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Segments that were left as they are, since a line in them is damaged. */
  readonly left: readonly string[];
}

/** Whole numbers above are not exact as doubles: they stay doubles. */
const LARGEST_WHOLE = 2 ** 53;
/** INFO tells processor time and forks in millionths of a second. */
const MILLIONTH = 'DECIMAL(18, 6)';

/**
 * Turns the segments of days that are over into one Parquet file (zstd) a node and month. The samples stay the same. May run while a
 * collector writes: it leaves the last days alone.
 * @param beforeAt - only days that were over at this instant, epoch milliseconds UTC
 * @throws ConfigError when another process compacts the folder
 */
export async function compactHistory(root: string, beforeAt: number): Promise<Compaction> {
  const lock = await takeLock(join(root, COMPACT_LOCK_FILE), root);
  const database = await openDatabase();
  let segments = 0;
  let bytesBefore = 0;
  let bytesAfter = 0;
  const left: string[] = [];
  try {
    await database.connection.run(`SET TimeZone = 'UTC'`);
    const lastDay = dayOf(beforeAt - DAY_MS);
    for (const [folder, files] of await listStoredFiles(root)) {
      for (const [month, parts] of byMonth(files, lastDay)) {
        const sound: StoredFile[] = [];
        for (const part of parts) {
          if ((await checkSegment(part.path)).every(({ level }) => level === 'note')) sound.push(part);
          else left.push(part.path);
        }
        if (sound.length === 0) continue;
        const path = join(root, NODES_FOLDER, folder, `${month}.parquet`);
        const before = files.find(({ kind, period }) => kind === 'compacted' && period === month);
        for (const file of before ? [...sound, before] : sound) bytesBefore += (await stat(file.path)).size;
        const { sql, packed } = await packedOption(sound);
        await writeMonth(database.connection, await tablesOf(database.connection, sound, before), path, sql);
        // One that has grown since holds more than was packed, and stays.
        for (const [i, { path: segment }] of sound.entries())
          if (await isSame(segment, packed[i] as PackedSegment)) await rm(segment, { force: true });
        segments += sound.length;
        bytesAfter += (await stat(path)).size;
      }
    }
    return { segments, bytesBefore, bytesAfter, left };
  } finally {
    await database.close();
    await lock.release();
  }
}

function byMonth(files: readonly StoredFile[], lastDay: string): Map<string, StoredFile[]> {
  const months = new Map<string, StoredFile[]>();
  for (const file of files) {
    if (file.kind !== 'segment' || file.period > lastDay) continue;
    const month = file.period.slice(0, 7);
    months.set(month, [...(months.get(month) ?? []), file]);
  }
  return months;
}

async function tablesOf(
  connection: DuckDBConnection,
  segments: readonly StoredFile[],
  before: StoredFile | undefined,
): Promise<StoredTable[]> {
  const tables: StoredTable[] = await groupByColumns(segments);
  if (before) tables.push(await compactedTable(connection, [before.path]));
  return tables;
}

/** Writes all rows, by time, into a new file that takes the place of the old one when it is whole and safe on the disk. */
async function writeMonth(connection: DuckDBConnection, tables: readonly StoredTable[], path: string, metadata: string): Promise<void> {
  const metricIds = [...new Set(tables.flatMap(({ columns }) => columns.metricIds))];
  const textIds = [...new Set(tables.flatMap(({ columns }) => columns.textIds))];
  const rows = tables.map((table) => `SELECT * FROM ${readStored(table)}`).join(' UNION ALL BY NAME ');
  // After a crash between writing this file and removing the segments, rows come twice: they are the same to the letter.
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE month AS SELECT DISTINCT "timestamp", node, ${[...metricIds, ...textIds].map(sqlName).join(', ')} FROM (${rows})`,
  );
  const derived = await findDerived(connection, 'month', metricIds);
  const kept = metricIds.filter((metric) => derived.every(({ id }) => id !== metric));
  const markers = derived.map(({ marker }) => `true AS ${sqlName(marker)}`);
  const columns = ['"timestamp"', 'node', ...(await packed(connection, kept)), ...textIds.map(sqlName), ...markers];
  const temporary = `${path}.new`;
  try {
    await connection.run(
      `COPY (SELECT ${columns.join(', ')} FROM month ORDER BY "timestamp") TO ${sqlText(temporary)} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 9, PARQUET_VERSION v2, WRITE_BLOOM_FILTER false, ${metadata})`,
    );
    const [[written] = [], [read] = []] = await Promise.all(
      [`month`, `read_parquet(${sqlText(temporary)})`].map(
        async (from) => (await connection.runAndReadAll(`SELECT count(*)::INTEGER FROM ${from}`)).getRows()[0],
      ),
    );
    if (written !== read) throw new Error(`${temporary} has ${String(read)} rows instead of ${String(written)}`);
    const file = await open(temporary, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await connection.run('DROP TABLE IF EXISTS month');
  }
}

/** The numbers of the table `month`, in the types that pack them best: differences of whole numbers take a few bits, those of doubles nearly all of them. */
async function packed(connection: DuckDBConnection, metricIds: readonly MetricId[]): Promise<string[]> {
  if (metricIds.length === 0) return [];
  const names = metricIds.map(sqlName);
  const areWhole = names.map((name) => `bool_and(${name} IS NULL OR (${name} = trunc(${name}) AND abs(${name}) < ${LARGEST_WHOLE}))`);
  // Only where every value comes back to the last bit.
  const areMillionths = names.map(
    (name) =>
      `bool_and(${name} IS NULL OR (abs(${name}) < ${LARGEST_WHOLE} / 1e6 AND coalesce(TRY_CAST(${name} AS ${MILLIONTH})::DOUBLE = ${name}, false)))`,
  );
  const [fits = []] = (await connection.runAndReadAll(`SELECT ${[...areWhole, ...areMillionths].join(', ')} FROM month`)).getRows();
  return names.map((name, i) => {
    const type = fits[i] === true ? 'BIGINT' : fits[names.length + i] === true ? MILLIONTH : undefined;
    return type === undefined ? name : `${name}::${type} AS ${name}`;
  });
}
