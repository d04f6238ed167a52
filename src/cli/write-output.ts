import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigError } from '../model/errors.ts';

/**
 * Writes a file whole or not at all: temporary file in the same folder, fsync, rename.
 * @param options.option - the option that named the place, for the message
 * @param options.isPrivate - readable by this user alone
 * @throws ConfigError when the folder or file cannot be written
 */
export async function writeWhole(
  path: string,
  content: string | Uint8Array | Iterable<string>,
  { option = '--out', isPrivate = false }: { readonly option?: string; readonly isPrivate?: boolean } = {},
): Promise<void> {
  const temporary = join(dirname(path), `.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'wx', isPrivate ? 0o600 : 0o666);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    // Where the folder is a file, even the removal fails; what went wrong first is what matters.
    await rm(temporary, { force: true }).catch(() => {});
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new ConfigError(option, path, `a place that can be written (${reason})`, { cause });
  }
}
