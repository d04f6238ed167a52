import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A history folder, as `collect` writes it:
 *
 * ```
 * headroom-history.json             what this folder is
 * lock                              who writes it now
 * servers.json                      what the configuration says of the servers: instance types, labels
 * events/2026-11.jsonl              starts, stops, failures with their reasons, clock jumps: one JSON object a line
 * nodes/<name>/2026-11-26.csv       the samples of one server and UTC day; .2.csv and so on where its columns changed
 * nodes/<name>/2026-10.parquet      compacted days of a month
 * ```
 */
export const MARKER_FILE = 'headroom-history.json';
export const LOCK_FILE = 'lock';
export const COMPACT_LOCK_FILE = 'compact.lock';
export const DESCRIPTIONS_FILE = 'servers.json';
export const EVENTS_FOLDER = 'events';
export const NODES_FOLDER = 'nodes';
const VERSION = 1;
const SEGMENT_NAME = /^(\d{4}-\d{2}-\d{2})(?:\.(\d{1,4}))?\.csv$/;
const COMPACTED_NAME = /^(\d{4}-\d{2})\.parquet$/;
const LONGEST_FOLDER_NAME = 180;

/** What the marker file holds. */
export function markerText(): string {
  return `${JSON.stringify({ format: 'redis-headroom history', version: VERSION })}\n`;
}

/** Whether a path is a history folder that this version can read. Never throws: what is none is read as something else. */
export async function isHistoryFolder(path: string): Promise<boolean> {
  try {
    const marker: unknown = JSON.parse(await readFile(join(path, MARKER_FILE), 'utf8'));
    return marker !== null && typeof marker === 'object' && 'format' in marker && marker.format === 'redis-headroom history';
  } catch {
    return false;
  }
}

/** `2026-11-26`, in UTC. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** A folder name for a node: its own name as far as every file system takes it. */
export function folderNameOf(nodeId: string): string {
  const safe = encodeURIComponent(nodeId).replace(/[*'()!~]|^\.+/g, (sign) =>
    [...sign].map((each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`).join(''),
  );
  if (safe.length <= LONGEST_FOLDER_NAME) return safe;
  return `${safe.slice(0, LONGEST_FOLDER_NAME - 17)}~${createHash('sha256').update(nodeId).digest('hex').slice(0, 16)}`;
}

/** File of one node's samples. */
export interface StoredFile {
  readonly path: string;
  readonly kind: 'segment' | 'compacted';
  /** `2026-11-26`, or the month `2026-10` of a compacted file. */
  readonly period: string;
  /** Of several segments of a day, from 1. */
  readonly part: number;
}

/** The name of a day's segment. */
export function segmentName(day: string, part: number): string {
  return part === 1 ? `${day}.csv` : `${day}.${part}.csv`;
}

/** Every file with samples, by node folder; in a folder the oldest first. */
export async function listStoredFiles(root: string): Promise<Map<string, StoredFile[]>> {
  const nodes = join(root, NODES_FOLDER);
  const found = new Map<string, StoredFile[]>();
  for (const folder of (await namesIn(nodes)).sort()) {
    const files: StoredFile[] = [];
    for (const name of await namesIn(join(nodes, folder))) {
      const path = join(nodes, folder, name);
      const segment = SEGMENT_NAME.exec(name);
      const compacted = COMPACTED_NAME.exec(name);
      if (segment?.[1]) files.push({ path, kind: 'segment', period: segment[1], part: Number(segment[2] ?? 1) });
      else if (compacted?.[1]) files.push({ path, kind: 'compacted', period: compacted[1], part: 1 });
    }
    found.set(
      folder,
      files.sort((a, b) => (a.period < b.period ? -1 : a.period > b.period ? 1 : a.part - b.part)),
    );
  }
  return found;
}

/** Names in a folder; none where there is no such folder. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
    throw error;
  }
}
