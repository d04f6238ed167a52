import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';

const TAIL_BYTES = 256 * 1024;

/** A file of lines that only grows. What `append` wrote stays whole whatever happens after it; what it failed to write leaves no trace. */
export class AppendFile {
  /** Bytes that were cut off when it was opened, since they were no whole line. */
  readonly healedBytes: number;
  private readonly handle: FileHandle;
  private size: number;
  private unsynced = false;

  private constructor(handle: FileHandle, size: number, healedBytes: number) {
    this.handle = handle;
    this.size = size;
    this.healedBytes = healedBytes;
  }

  /**
   * Opens or makes a file, and cuts a torn tail off: an unfinished line, or lines at the end that are not whole.
   * @param isWhole - judges a line without its end
   */
  static async open(path: string, isWhole: (line: string) => boolean): Promise<AppendFile> {
    const handle = await open(path, 'a+');
    try {
      const { size } = await handle.stat();
      const whole = await wholeLength(handle, size, isWhole);
      if (whole < size) await handle.truncate(whole);
      if (size === 0) await syncFolder(dirname(path));
      return new AppendFile(handle, whole, size - whole);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Whether there is nothing in it. */
  get isEmpty(): boolean {
    return this.size === 0;
  }

  /** Adds whole lines. @throws the error of the file system; nothing was added then */
  async append(lines: string): Promise<void> {
    const bytes = Buffer.from(lines);
    try {
      for (let from = 0; from < bytes.length; ) from += (await this.handle.write(bytes, from)).bytesWritten;
    } catch (error) {
      // Cutting off works on a full disk too. Where even that fails the tail is healed when the file is opened next.
      await this.handle.truncate(this.size).catch(() => {});
      throw error;
    }
    this.size += bytes.length;
    this.unsynced = true;
  }

  /** Makes what was added survive a power cut. */
  async sync(): Promise<void> {
    if (!this.unsynced) return;
    this.unsynced = false;
    await this.handle.datasync();
  }

  async close(): Promise<void> {
    try {
      await this.sync();
    } finally {
      await this.handle.close();
    }
  }
}

/** Up to where a file consists of whole lines. */
async function wholeLength(handle: FileHandle, size: number, isWhole: (line: string) => boolean): Promise<number> {
  const from = Math.max(0, size - TAIL_BYTES);
  const tail = Buffer.alloc(size - from);
  for (let read = 0; read < tail.length; ) {
    const { bytesRead } = await handle.read(tail, read, tail.length - read, from + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  let end = tail.lastIndexOf(10) + 1;
  while (end > 0) {
    const start = tail.lastIndexOf(10, end - 2) + 1;
    if (start === 0 && from > 0) break;
    if (isWhole(tail.toString('utf8', start, end - 1))) break;
    end = start;
  }
  return from + end;
}

/** A new name in a folder survives a power cut only when the folder itself was synced. Not every system can. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
