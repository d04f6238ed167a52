import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { COMPACT_LOCK_FILE, listStoredFiles, type StoredFile } from './layout.ts';
import { isHeld } from './lock.ts';

const POLL_MS = 50;
const LONGEST_WAIT_MS = 10 * 60_000;

/** The files of a history folder at one moment. */
export interface FolderSnapshot {
  readonly root: string;
  /** By node folder. */
  readonly files: ReadonlyMap<string, readonly StoredFile[]>;
  /** Which file stood under the name of each compacted one. */
  readonly compacted: ReadonlyMap<string, string>;
}

export async function takeSnapshot(root: string): Promise<FolderSnapshot> {
  const files = await listStoredFiles(root);
  const compacted = new Map<string, string>();
  for (const { kind, path } of [...files.values()].flat()) if (kind === 'compacted') compacted.set(path, await identityOf(path));
  return { root, files, compacted };
}

/** Whether all that a snapshot holds is still there, and nothing was compacted since. A collector only adds: that is no change. */
export async function isUnchanged({ root, files, compacted }: FolderSnapshot): Promise<boolean> {
  const now = await takeSnapshot(root);
  if (now.compacted.size !== compacted.size) return false;
  for (const [path, identity] of compacted) if (now.compacted.get(path) !== identity) return false;
  const paths = new Set([...now.files.values()].flat().map(({ path }) => path));
  return [...files.values()].flat().every(({ path }) => paths.has(path));
}

/** Resolves when nobody compacts the folder any more, or after ten minutes. */
export async function compactionEnd(root: string): Promise<void> {
  const until = performance.now() + LONGEST_WAIT_MS;
  while (performance.now() < until && (await isHeld(join(root, COMPACT_LOCK_FILE)))) await sleep(POLL_MS);
}

async function identityOf(path: string): Promise<string> {
  const { ino, mtimeMs, size } = await stat(path).catch(() => ({ ino: 0, mtimeMs: 0, size: 0 }));
  return `${ino} ${mtimeMs} ${size}`;
}
