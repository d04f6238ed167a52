import { databaseMetricId } from '../../model/metrics.ts';
import type { NodeHistory } from '../../model/node-history.ts';
import { bucketIncreases, valueAt } from '../bucket-rates.ts';
import { findDatabases } from '../hash-tables.ts';

/** Data that were there in one sample and not in the next. */
export interface DataLoss {
  /** Last sample with the data, first one without. */
  readonly lastSeenAt: number;
  readonly at: number;
  /** `restart`: the process came back with less than it had; `emptied`: it went on, and most keys went at once (FLUSHALL, a mass deletion). */
  readonly cause: 'restart' | 'emptied';
  /** Used memory on both sides. */
  readonly beforeBytes: number;
  readonly afterBytes: number;
}

/** A restart lost data if at least this share of the keys is gone, and of the data's memory. */
const LOST_KEYS_SHARE = 0.1;
/** Without a count of keys; a restart also sheds buffers and tables. */
const LOST_BYTES_SHARE = 0.3;
/** Less than that goes by deletions of every week. */
const EMPTIED_SHARE = 0.8;

/**
 * Where data were lost, oldest first: after a restart fewer keys (where they are not counted, clearly less memory) than before it, or most keys gone between two
 * samples of one process. Keys that expired or were evicted meanwhile are not lost.
 * @remarks Docs: docs/methodology.md#forecast
 */
export function findDataLosses(history: NodeHistory): readonly DataLoss[] {
  const used = history.buckets.columns.get('usedMemoryBytes')?.last;
  const { toAt } = history.buckets;
  // Memory is not told while a server loads: the first row after that shows what it came back with.
  const rows = Array.from(toAt.keys()).filter((i) => Number.isFinite(valueAt(used, i)));
  const startupBytes = history.last.usedMemoryStartupBytes ?? 0;
  const removed = (['expiredKeys', 'evictedKeys'] as const).map((id) => bucketIncreases(history, id));
  const countKeysAt = keyCounter(history);
  return rows.slice(1).flatMap((row, k): DataLoss[] => {
    const before = rows[k] ?? row;
    const [lastSeenAt, at] = [valueAt(toAt, before), valueAt(toAt, row)];
    const [beforeBytes, afterBytes] = [valueAt(used, before), valueAt(used, row)];
    const lostBytes = lostShare(beforeBytes - startupBytes, afterBytes - startupBytes);
    const keysBefore = countKeysAt(before);
    // A database without keys is left out of INFO: none is listed where memory went with them.
    const keysAfter = countKeysAt(row) ?? (keysBefore !== undefined && lostBytes >= LOST_BYTES_SHARE ? 0 : undefined);
    const lostKeys = keysBefore === undefined || keysAfter === undefined ? undefined : lostShare(keysBefore, keysAfter);
    const loss = { lastSeenAt, at, beforeBytes, afterBytes };
    if (history.restarts.some((restart) => restart.at > lastSeenAt && restart.at <= at)) {
      const isLost = lostKeys === undefined ? lostBytes >= LOST_BYTES_SHARE : Math.min(lostKeys, lostBytes) >= LOST_KEYS_SHARE;
      return isLost ? [{ ...loss, cause: 'restart' }] : [];
    }
    if (lostKeys === undefined || lostKeys < EMPTIED_SHARE || lostBytes < LOST_BYTES_SHARE) return [];
    const gone = removed.reduce((sum, counts) => sum + (counts?.slice(before + 1, row + 1).reduce((a, b) => a + (b || 0), 0) ?? 0), 0);
    return gone * 2 < (keysBefore ?? 0) - (keysAfter ?? 0) ? [{ ...loss, cause: 'emptied' }] : [];
  });
}

function lostShare(before: number, after: number): number {
  return before > 0 ? (before - after) / before : 0;
}

/** Keys of all databases at the end of a bucket; undefined where none is listed and no sum was told. */
function keyCounter(history: NodeHistory): (row: number) => number | undefined {
  const { columns } = history.buckets;
  const sums = columns.get('keys')?.last;
  const databases = findDatabases(history).map((database) => columns.get(databaseMetricId(database, 'Keys'))?.last);
  return (row) => {
    const told = valueAt(sums, row);
    if (Number.isFinite(told)) return told;
    const listed = databases.map((counts) => valueAt(counts, row)).filter(Number.isFinite);
    return listed.length > 0 ? listed.reduce((a, b) => a + b) : undefined;
  };
}
