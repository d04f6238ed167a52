import { open } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { InputReport } from '../../model/sample-batch.ts';
import { startInputReport } from '../../model/sample-batch.ts';
import { type HistoryEvent, readEvents } from './events.ts';
import type { StoredFile } from './layout.ts';
import { withoutPacked } from './packed-segments.ts';
import { parseHeader, type SegmentColumns } from './segment-row.ts';
import type { FolderSnapshot } from './snapshot.ts';
import { compactedTable, type StoredTable } from './stored-relation.ts';

const LONGEST_HEADER = 64 * 1024;

/** A history folder's events, and what they say of it as a whole. */
export async function describeFolder(root: string): Promise<{ readonly report: InputReport; readonly events: readonly HistoryEvent[] }> {
  const report = startInputReport(root, 'history');
  report.timeSource = 'stamps';
  const events = await readEvents(root);
  report.notes.push(...tell(events));
  return { report, events };
}

/** The samples of a history folder; a collector may be writing it at the same time. */
export async function tablesOf(connection: DuckDBConnection, { files }: FolderSnapshot): Promise<StoredTable[]> {
  const all: StoredFile[] = [];
  for (const ofNode of files.values()) all.push(...(await withoutPacked(connection, ofNode)));
  const compacted = all.filter(({ kind }) => kind === 'compacted').map(({ path }) => path);
  const segments = await groupByColumns(all.filter(({ kind }) => kind === 'segment'));
  if (compacted.length === 0) return segments;
  return [await compactedTable(connection, compacted), ...segments];
}

/** Segments with the same columns are read in one go: there may be thousands. */
export async function groupByColumns(files: readonly StoredFile[]): Promise<StoredTable[]> {
  const groups = new Map<string, { readonly kind: 'segment'; readonly paths: string[]; readonly columns: SegmentColumns }>();
  for (const { path } of files) {
    const header = await readHeader(path);
    // A segment that was only just made has no header yet.
    const columns = header === undefined ? undefined : parseHeader(header);
    if (header === undefined || !columns) continue;
    const group = groups.get(header) ?? { kind: 'segment', paths: [], columns };
    group.paths.push(path);
    groups.set(header, group);
  }
  return [...groups.values()];
}

/** The first line of a segment without its end; undefined where there is none yet, or no such file. */
export async function readHeader(path: string): Promise<string | undefined> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return undefined;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LONGEST_HEADER), 0, LONGEST_HEADER, 0);
    const end = buffer.subarray(0, bytesRead).indexOf(10);
    return end < 0 ? undefined : buffer.toString('utf8', 0, end);
  } finally {
    await file.close();
  }
}

/** What the collector's events say of the history as a whole. */
function tell(events: readonly HistoryEvent[]): string[] {
  const starts = events.filter(({ kind }) => kind === 'start').length;
  const stops = events.filter(({ kind }) => kind === 'stop').length;
  const notes: string[] = [];
  if (starts > 0) notes.push(`Collected in ${starts === 1 ? 'one run' : `${starts} runs`}, ${stops} of which ended in order.`);
  for (const event of events) {
    if (event.kind === 'clock')
      notes.push(
        `${iso(event.at)}: the collector's clock was set ${event.byMs > 0 ? 'forward' : 'back'} by ${Math.abs(event.byMs / 1000)} s, or the machine slept.`,
      );
    if (event.kind === 'writable' && event.droppedSamples > 0)
      notes.push(`${iso(event.at)}: ${event.droppedSamples} samples were lost, since the disk took nothing for long.`);
    if (event.kind === 'healed') notes.push(`${iso(event.at)}: ${event.bytes} bytes of a torn line were cut off ${event.file}.`);
  }
  return notes;
}

function iso(at: number): string {
  return new Date(at).toISOString().slice(0, 19).concat('Z');
}
