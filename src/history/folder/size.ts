import { stat } from 'node:fs/promises';
import { listStoredFiles, type StoredFile } from './layout.ts';

/** Bytes of a history folder's samples, by what holds them. What goes away meanwhile counts nothing. */
export async function sampleBytes(root: string): Promise<Record<StoredFile['kind'], number>> {
  const bytes = { segment: 0, compacted: 0 };
  for (const files of (await listStoredFiles(root)).values())
    for (const { kind, path } of files)
      bytes[kind] += await stat(path).then(
        ({ size }) => size,
        () => 0,
      );
  return bytes;
}
