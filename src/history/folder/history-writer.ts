import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ConfigError } from '../../model/errors.ts';
import type { NodeDescription } from '../../model/node-description.ts';
import type { SampleBatch } from '../../model/sample-batch.ts';
import { DAY_MS } from '../../model/time.ts';
import { AppendFile } from './append-file.ts';
import { Descriptions } from './descriptions.ts';
import { eventLine, eventsFile, type HistoryEvent, parseEvent } from './events.ts';
import {
  dayOf,
  EVENTS_FOLDER,
  folderNameOf,
  isHistoryFolder,
  LOCK_FILE,
  listStoredFiles,
  MARKER_FILE,
  markerText,
  NODES_FOLDER,
  namesIn,
  type StoredFile,
  segmentName,
} from './layout.ts';
import { type FolderLock, takeLock } from './lock.ts';
import { readHeader } from './read-folder.ts';
import { columnsOf, fits, headerLine, isWhole, parseHeader, rowLine, type SegmentColumns } from './segment-row.ts';

export interface HistoryWriterOptions {
  /** How many of the newest days with samples are kept; older files are removed. Absent: all. */
  readonly keepDays?: number;
  /** Called when writing begins to fail (with the system's code, such as ENOSPC, or `stalled`), and when it works again. */
  readonly onTrouble?: (code: string | undefined) => void;
  /** A disk that has not answered for so long is told as trouble. Default 10 s. */
  readonly stallMs?: number;
}

/** How often what was written is made to survive a power cut. */
const SYNC_MS = 5000;
const RETRY_MS = 1000;
const STALL_MS = 10_000;
/** Lines that wait for a disk that takes none; of more, the oldest go, and the events say how many. */
const WAITING_LIMIT = 100_000;
const FIRST_FILE_LIMIT = 9999;

/**
 * The one writer of a history folder. A sample counts as written once `appended` has grown by it: from then on it survives the end of this
 * process, however that comes; after five seconds at most it survives a power cut too.
 */
export class HistoryWriter {
  /** Samples that are in the files. */
  appended = 0;
  /** Samples that wait for the disk. */
  waiting = 0;
  /** Samples that were given up, since it took none for long. */
  lost = 0;
  private readonly root: string;
  private readonly options: HistoryWriterOptions;
  private readonly lock: FolderLock;
  private readonly nodes = new Map<string, LineQueue>();
  private readonly events: LineQueue;
  private readonly descriptions: Descriptions;
  private readonly timer: NodeJS.Timeout;
  /** Columns of the newest segment that was there before, by folder name: as long as they do, the file goes on. */
  private readonly knownColumns = new Map<string, SegmentColumns>();
  private readonly failing = new Set<LineQueue>();
  private syncingSince: number | undefined;
  private keptDay = '';
  private dropped = 0;

  private constructor(root: string, options: HistoryWriterOptions, lock: FolderLock, descriptions: Descriptions) {
    this.root = root;
    this.descriptions = descriptions;
    this.options = options;
    this.lock = lock;
    this.events = new LineQueue(this);
    const { stallMs = STALL_MS } = options;
    this.timer = setInterval(
      () => {
        this.tellStall(stallMs);
        void this.sync();
      },
      Math.min(SYNC_MS, stallMs),
    );
    this.timer.unref();
  }

  /**
   * Takes a folder for writing, and makes it where there is none.
   * @throws ConfigError where it cannot be made, holds something else, or another process writes it
   */
  static async open(root: string, options: HistoryWriterOptions = {}): Promise<HistoryWriter> {
    try {
      await mkdir(join(root, NODES_FOLDER), { recursive: true });
      await mkdir(join(root, EVENTS_FOLDER), { recursive: true });
      if (!(await isHistoryFolder(root))) {
        const others = (await namesIn(root)).filter((name) => ![NODES_FOLDER, EVENTS_FOLDER, MARKER_FILE].includes(name));
        if (others.length > 0) throw new ConfigError('--history', root, `an empty folder or a history; it holds "${others[0]}"`);
        await writeFile(join(root, MARKER_FILE), markerText());
      }
      const writer = new HistoryWriter(root, options, await takeLock(join(root, LOCK_FILE), root), await Descriptions.open(root));
      await writer.heal();
      return writer;
    } catch (cause) {
      if (cause instanceof ConfigError) throw cause;
      throw new ConfigError('--history', root, `a folder that can be written (${codeOf(cause)})`, { cause });
    }
  }

  /** Takes the samples of a batch; all of one node. They are written in the background, in their order. */
  append(batch: SampleBatch): void {
    const nodeId = batch.nodeIds[0] ?? '';
    let queue = this.nodes.get(nodeId);
    if (!queue) {
      queue = new LineQueue(this, this.knownColumns.get(folderNameOf(nodeId)));
      this.nodes.set(nodeId, queue);
    }
    for (let row = 0; row < batch.count; row += 1) {
      const columns = queue.columns && fits(batch, queue.columns) ? queue.columns : mergeColumns(queue.columns, columnsOf(batch));
      queue.columns = columns;
      const day = dayOf(batch.at[row] ?? 0);
      this.waiting += 1;
      queue.push({
        line: rowLine(batch, row, columns),
        samples: 1,
        file: { key: `${day} ${headerLine(columns)}`, open: () => this.openSegment(nodeId, day, columns) },
      });
    }
    if (this.waiting > WAITING_LIMIT) this.dropOldest();
    this.removeOldOnceADay(batch.at[0] ?? 0);
  }

  /** Keeps what the configuration says of a server; `{}` where it says nothing. */
  describe(nodeId: string, description: NodeDescription): void {
    this.descriptions.set(nodeId, description);
  }

  /** Notes an event. */
  note(event: HistoryEvent): void {
    const path = eventsFile(this.root, event.at);
    this.events.push({
      line: eventLine(event),
      samples: 0,
      file: { key: path, open: () => AppendFile.open(path, (line) => parseEvent(line) !== undefined) },
    });
  }

  /** Writes what waits, as far as the disk takes it, and gives the folder free. */
  async close(): Promise<void> {
    await Promise.all([...this.nodes.values(), this.events].map((queue) => queue.end()));
    await this.descriptions.save().catch(() => {
      // The next start writes them: they are in the configuration.
    });
    clearInterval(this.timer);
    await this.lock.release();
  }

  /** For the queues: lines are in their file. */
  wrote(queue: LineQueue, samples: number): void {
    this.appended += samples;
    this.waiting -= samples;
    if (!this.failing.delete(queue) || this.failing.size > 0) return;
    this.note({ at: Date.now(), kind: 'writable', droppedSamples: this.dropped });
    this.dropped = 0;
    this.options.onTrouble?.(undefined);
  }

  /** For the queues: the disk took nothing. */
  failed(queue: LineQueue, error: unknown): void {
    if (this.failing.has(queue)) return;
    const code = codeOf(error);
    const first = this.failing.size === 0;
    this.failing.add(queue);
    if (!first) return;
    this.note({ at: Date.now(), kind: 'unwritable', code });
    this.options.onTrouble?.(code);
  }

  private async openSegment(nodeId: string, day: string, columns: SegmentColumns): Promise<AppendFile> {
    const folder = join(this.root, NODES_FOLDER, folderNameOf(nodeId));
    await mkdir(folder, { recursive: true });
    const header = headerLine(columns);
    for (let part = 1; part <= FIRST_FILE_LIMIT; part += 1) {
      const path = join(folder, segmentName(day, part));
      const first = await readHeader(path);
      if (first !== undefined && `${first}\n` !== header && parseHeader(first) !== undefined) continue;
      const file = await AppendFile.open(path, (line) => isWhole(line) || parseHeader(line) !== undefined);
      if (file.isEmpty) {
        await file.append(header).catch(async (error: unknown) => {
          await file.close().catch(() => {});
          throw error;
        });
      }
      if (file.healedBytes > 0) this.noteHealed(path, file.healedBytes);
      return file;
    }
    throw new Error(`${folder} has too many files of ${day}`);
  }

  /** Cuts torn tails off the newest segment of every node and of the newest events, which a crash may have left. */
  private async heal(): Promise<void> {
    for (const [folder, files] of await listStoredFiles(this.root)) {
      const newest = files.filter(({ kind }) => kind === 'segment').at(-1);
      if (!newest) continue;
      const file = await AppendFile.open(newest.path, (line) => isWhole(line) || parseHeader(line) !== undefined);
      await file.close();
      if (file.isEmpty) await rm(newest.path);
      const columns = parseHeader((await readHeader(newest.path)) ?? '');
      if (columns) this.knownColumns.set(folder, columns);
      if (file.healedBytes > 0) this.noteHealed(newest.path, file.healedBytes);
    }
  }

  private noteHealed(path: string, bytes: number): void {
    this.note({ at: Date.now(), kind: 'healed', file: basename(path), bytes });
  }

  /** One at a time: where the disk stands still the next would only wait behind it. */
  private async sync(): Promise<void> {
    if (this.syncingSince !== undefined) return;
    this.syncingSince = performance.now();
    for (const queue of [...this.nodes.values(), this.events]) await queue.sync().catch((error: unknown) => this.failed(queue, error));
    await this.descriptions.save().catch((error: unknown) => this.failed(this.events, error));
    this.syncingSince = undefined;
  }

  /** A disk that stands still reports no error, and what is asked of it never ends. */
  private tellStall(stallMs: number): void {
    const before = performance.now() - stallMs;
    for (const queue of [...this.nodes.values(), this.events])
      if ((queue.writingSince ?? Number.POSITIVE_INFINITY) < before) this.failed(queue, STALLED);
    if ((this.syncingSince ?? Number.POSITIVE_INFINITY) < before) this.failed(this.events, STALLED);
  }

  private dropOldest(): void {
    const longest = [...this.nodes.values()].reduce((a, b) => (b.length > a.length ? b : a));
    if (!longest.dropFirst()) return;
    this.waiting -= 1;
    this.dropped += 1;
    this.lost += 1;
  }

  /** Once a day of samples, removes what is older than is to be kept. */
  private removeOldOnceADay(at: number): void {
    const { keepDays } = this.options;
    const day = dayOf(at);
    if (keepDays === undefined || day === this.keptDay) return;
    this.keptDay = day;
    void removeOld(this.root, keepDays).catch(() => {
      // The next day tries again.
    });
  }
}

/**
 * Removes the files of all but the newest days that hold samples. Days are counted and not measured: a clock that is a year ahead
 * for an hour must not cost the whole history.
 * @returns what was removed
 */
export async function removeOld(root: string, keepDays: number): Promise<string[]> {
  const files = [...(await listStoredFiles(root)).values()].flat();
  const days = [...new Set(files.flatMap(daysOf))].sort();
  const firstKept = days.at(-keepDays);
  if (firstKept === undefined || days.length <= keepDays) return [];
  const old = files.filter((file) => (daysOf(file).at(-1) ?? '') < firstKept).map(({ path }) => path);
  const events = (await namesIn(join(root, EVENTS_FOLDER)))
    .filter((name) => name.slice(0, 7) < firstKept.slice(0, 7))
    .map((name) => join(root, EVENTS_FOLDER, name));
  for (const path of [...old, ...events]) await rm(path, { force: true });
  return [...old, ...events];
}

/** The days that a file may hold. */
function daysOf({ kind, period }: StoredFile): string[] {
  if (kind === 'segment') return [period];
  const first = Date.parse(`${period}-01T00:00:00Z`);
  return Array.from({ length: 31 }, (_, i) => dayOf(first + i * DAY_MS)).filter((day) => day.startsWith(period));
}

const STALLED = new Error('stalled');

interface QueuedLine {
  readonly line: string;
  readonly samples: number;
  readonly file: { readonly key: string; readonly open: () => Promise<AppendFile> };
}

/** The lines of one node (or the events) on their way to their files, one after the other. */
class LineQueue {
  /** Columns of the newest line. */
  columns: SegmentColumns | undefined;
  /** Since when the disk has been asked for something, by the steady clock; undefined while it is not. */
  writingSince: number | undefined;
  private readonly lines: QueuedLine[] = [];
  private readonly writer: HistoryWriter;
  private file: { readonly key: string; readonly handle: AppendFile } | undefined;
  private working: Promise<void> | undefined;
  private ending = false;
  private wake: (() => void) | undefined;

  constructor(writer: HistoryWriter, columns?: SegmentColumns) {
    this.writer = writer;
    this.columns = columns;
  }

  get length(): number {
    return this.lines.length;
  }

  push(line: QueuedLine): void {
    this.lines.push(line);
    this.working ??= this.work().finally(() => {
      this.working = undefined;
    });
  }

  /** Gives up the oldest line. @returns false when there is none but those that are being written */
  dropFirst(): boolean {
    return this.lines.shift() !== undefined;
  }

  async sync(): Promise<void> {
    await this.file?.handle.sync();
  }

  async end(): Promise<void> {
    this.ending = true;
    this.wake?.();
    await this.working;
    await this.closeFile();
  }

  private async closeFile(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    await file?.handle.close();
  }

  private async work(): Promise<void> {
    while (this.lines.length > 0) {
      try {
        this.writingSince = performance.now();
        await this.writeSome();
      } catch (error) {
        this.writer.failed(this, error);
        // It is opened anew, and healed: what is in the way may be the file itself.
        await this.closeFile().catch(() => {});
        if (this.ending) return;
        await new Promise<void>((resolve) => {
          this.wake = resolve;
          setTimeout(resolve, RETRY_MS);
        });
        this.wake = undefined;
      } finally {
        this.writingSince = undefined;
      }
    }
  }

  /** Writes the lines at the front that belong to one file. */
  private async writeSome(): Promise<void> {
    const [first] = this.lines;
    if (!first) return;
    const { key, open } = first.file;
    if (this.file?.key !== key) {
      await this.closeFile();
      this.file = { key, handle: await open() };
    }
    let count = 0;
    let samples = 0;
    let text = '';
    for (const line of this.lines) {
      if (line.file.key !== key || count >= 1000) break;
      count += 1;
      samples += line.samples;
      text += line.line;
    }
    const taken = this.lines.splice(0, count);
    try {
      await this.file.handle.append(text);
    } catch (error) {
      this.lines.unshift(...taken);
      throw error;
    }
    this.writer.wrote(this, samples);
  }
}

function mergeColumns(before: SegmentColumns | undefined, now: SegmentColumns): SegmentColumns {
  if (!before) return now;
  return {
    metricIds: [...new Set([...before.metricIds, ...now.metricIds])],
    textIds: [...new Set([...before.textIds, ...now.textIds])],
  };
}

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code);
  return error instanceof Error ? error.message : String(error);
}
