import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { z } from 'zod';
import { literalPath } from '../bulk-relation.ts';
import { sqlText } from '../sql-text.ts';
import type { StoredFile } from './layout.ts';

/** What a compacted file says of itself beside its samples. */
const METADATA_KEY = 'redis_headroom_segments';
const packedSchema = z.array(z.object({ name: z.string(), bytes: z.number(), sha256: z.string() }));
/** A segment as it was when it was packed. */
export type PackedSegment = z.infer<typeof packedSchema>[number];

/** The segments that a compacted file takes the place of, as an option of COPY. */
export async function packedOption(
  segments: readonly StoredFile[],
): Promise<{ readonly sql: string; readonly packed: readonly PackedSegment[] }> {
  const packed: PackedSegment[] = [];
  for (const { path } of segments) packed.push({ name: basename(path), bytes: (await stat(path)).size, sha256: await digestOf(path) });
  return { sql: `KV_METADATA {${METADATA_KEY}: ${sqlText(JSON.stringify(packed))}}`, packed };
}

/**
 * The files without the segments that a compacted file of their month holds already. Between the two steps of a compaction, and after a
 * crash there, both forms lie side by side.
 * @param files - of one node
 */
export async function withoutPacked(connection: DuckDBConnection, files: readonly StoredFile[]): Promise<StoredFile[]> {
  const months = new Set(files.filter(({ kind }) => kind === 'segment').map(({ period }) => period.slice(0, 7)));
  const compacted = files.filter(({ kind, period }) => kind === 'compacted' && months.has(period)).map(({ path }) => path);
  if (compacted.length === 0) return [...files];
  const list = compacted.map((path) => sqlText(literalPath(path))).join(', ');
  const rows = await connection.runAndReadAll(
    `SELECT decode(value) FROM parquet_kv_metadata([${list}]) WHERE decode(key) = ${sqlText(METADATA_KEY)}`,
  );
  const packed = new Map(rows.getRows().flatMap(([text]) => packedSchema.parse(JSON.parse(String(text))).map((each) => [each.name, each])));
  const left: StoredFile[] = [];
  for (const file of files) {
    const known = file.kind === 'segment' ? packed.get(basename(file.path)) : undefined;
    if (known === undefined || !(await isSame(file.path, known))) left.push(file);
  }
  return left;
}

/** Whether a segment still holds what was packed: the same name may have come back with other samples. */
export async function isSame(path: string, { bytes, sha256 }: PackedSegment): Promise<boolean> {
  try {
    return (await stat(path)).size === bytes && (await digestOf(path)) === sha256;
  } catch (error) {
    // Removed in the meantime: it was packed, then.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return true;
    throw error;
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
