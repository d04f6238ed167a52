import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { MiB } from '../../src/model/bytes.ts';

/** One line of a recording as it stands in the file, read without the tool. */
export interface RawRow {
  readonly at: number;
  /** NaN where the cell is empty or the column is not there. */
  readonly number: (field: string) => number;
  readonly text: (field: string) => string;
}

export function readRawRows(path: string): RawRow[] {
  const records: Record<string, string>[] = parse(gunzipSync(readFileSync(path)), { columns: true });
  return records.map((record) => ({
    at: Date.parse(record.timestamp ?? ''),
    number: (field) => (record[field] ? Number(record[field]) : Number.NaN),
    text: (field) => record[field] ?? '',
  }));
}

const isLoading = (row: RawRow) => row.text('loading') === '1';
const highest = (rows: readonly RawRow[], field: string) => Math.max(...rows.map((row) => row.number(field)).filter(Number.isFinite));

/** What anybody can count in the lines up to a moment. */
export function countRows(rows: readonly RawRow[]) {
  const last = rows.at(-1) as RawRow;
  const steady = rows.filter((row) => !isLoading(row));
  const process = rows.filter((row) => row.text('run_id') === last.text('run_id'));
  const increase = (field: string) =>
    rows.slice(1).reduce((sum, row, i) => {
      const step = row.number(field) - (rows[i]?.number(field) ?? Number.NaN);
      return sum + (Number.isNaN(step) ? 0 : step < 0 ? row.number(field) : step);
    }, 0);
  return {
    last,
    days: (last.at - (rows[0]?.at ?? last.at)) / 86_400_000,
    restarts: rows.slice(1).filter((row, i) => row.text('run_id') !== rows[i]?.text('run_id')).length,
    versions: new Set(rows.map((row) => row.text('valkey_version') || row.text('redis_version'))),
    highest: (field: string) => highest(steady, field),
    /** What `maxmemory` is compared with. */
    highestCounted: Math.max(...steady.map((row) => row.number('used_memory') - (row.number('mem_not_counted_for_evict') || 0))),
    increase,
    /** Samples of the newest process in which it had its data. */
    now: process.filter((row) => !isLoading(row)),
  };
}

/** A part of memory is worth a word from here on: the default of active-defrag-ignore-bytes. */
const NOTICEABLE = 100 * MiB;
const isExcess = (whole: number, part: number) => whole - part > NOTICEABLE && whole > 1.1 * part;

/**
 * The diagnoses that the allocator's own figures allow at the end of these samples of one process: what lies between used and resident memory, of
 * which kind most of it is, and whether deletes explain it. More than one where the lines alone do not decide.
 */
export function findPossibleDiagnoses(now: readonly RawRow[]): string[] {
  const last = now.at(-1);
  if (last === undefined) return ['not-enough-data'];
  const [used, rss] = [last.number('used_memory'), last.number('used_memory_rss')];
  const missing = now.slice(-3).filter((row) => row.number('used_memory_rss') < 0.75 * row.number('used_memory'));
  if (missing.length === 3) return ['swapping'];
  if (missing.length > 0) return ['swapping', 'not-enough-data', 'healthy', 'small-dataset'];
  if (rss - used <= NOTICEABLE) return ['healthy', 'small-dataset'];
  if (last.text('mem_allocator') === 'libc') return isExcess(rss, used) ? ['unknown-allocator'] : ['healthy'];

  const [allocated, active, resident] = ['allocated', 'active', 'resident'].map((name) => last.number(`allocator_${name}`)) as [
    number,
    number,
    number,
  ];
  const holes = isExcess(active, allocated) ? active - allocated : 0;
  const kept = isExcess(resident, active) ? resident - active : 0;
  if (kept > holes) return ['resident-unused'];
  // Neither stands out by itself, and both together do: the larger names it.
  if (holes === 0 && kept === 0 && isExcess(rss, used))
    return ['healthy', 'retained-after-peak', active - allocated >= resident - active ? 'external-fragmentation' : 'resident-unused'];
  if (holes === 0) return ['healthy', 'retained-after-peak'];
  const peak = Math.max(...now.flatMap((row) => [row.number('used_memory'), row.number('used_memory_peak')]).filter(Number.isFinite));
  if (used >= 0.95 * peak) return ['external-fragmentation'];
  // Freed since the peak, and no new pages: the next fill may use them again. Where more is missing than was freed, it may not.
  return holes > 1.1 * (peak - used)
    ? ['external-fragmentation', 'retained-after-peak']
    : ['retained-after-peak', 'external-fragmentation'];
}
