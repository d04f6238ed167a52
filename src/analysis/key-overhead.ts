import { type Engine, isAtLeast } from '../model/engine.ts';
import { databaseMetricId } from '../model/metrics.ts';
import type { NodeHistory } from '../model/node-history.ts';
import { bucketsFor, CACHE_LINE, CLASSIC, findDatabases, findNextStep, type TableLayout } from './hash-tables.ts';

/** What a key costs beside its own bytes and its value's: its place in the table of keys, and in that of expiries. */
interface KeyLayout {
  readonly table: TableLayout;
  /** Bytes an entry beside its bucket, at this load (entries ÷ room of the table). */
  readonly entryBytes: (load: number) => number;
  /** Bytes that an expiry adds to the object of its key. */
  readonly expiryBytes: number;
  /** Bytes of the list that finds the keys of a slot. */
  readonly slotListBytes: number;
  /** One table for each slot of a cluster. */
  readonly isPerSlot: boolean;
}

/** Key, value and next entry, a pointer each (Redis source, dict.h dictEntry). */
const ENTRY_BYTES = 24;
/** Key and next entry; a key that is alone in its bucket, and the last one of a chain, needs none (Redis 8.2 source, dict.c). */
const ENTRY_WITHOUT_VALUE_BYTES = 16;
/** Expiry kept in the object of the key: Redis from 8.2, Valkey from 8.1. */
const EXPIRY_BYTES = 8;
/** Two pointers that chain the keys of a slot (Redis 7.0 source, cluster.h clusterDictEntryMetadata). */
const SLOT_LIST_BYTES = 16;
/** Tables of slots, doubled one by one, are on average this full: the mean of entries ÷ room over one doubling. */
const MEAN_SLOT_LOAD = Math.LN2;

/**
 * The layout of the keys of this server; undefined where it is not known: other engines, an unknown version, and cluster nodes before Redis 7.0,
 * whose index of slots takes bytes that depend on the keys.
 */
function findKeyLayout(engine: Engine, isCluster: boolean): KeyLayout | undefined {
  const isPerSlot = isCluster && isAtLeast(engine, { redis: '7.4', valkey: '8.0' }) === true;
  if (isCluster && isAtLeast(engine, { redis: '7.0', valkey: '7.2' }) !== true) return undefined;
  if (engine.version === undefined) return undefined;
  const slotListBytes = isCluster && !isPerSlot ? SLOT_LIST_BYTES : 0;
  const classic = { table: CLASSIC, entryBytes: () => ENTRY_BYTES, expiryBytes: 0, slotListBytes, isPerSlot };
  if (engine.name === 'redis')
    return isAtLeast(engine, { redis: '8.2' }) ? { ...classic, entryBytes: sharedBucketBytes, expiryBytes: EXPIRY_BYTES } : classic;
  if (engine.name !== 'valkey') return undefined;
  return isAtLeast(engine, { valkey: '8.1' })
    ? { ...classic, table: CACHE_LINE, entryBytes: overflowBytes, expiryBytes: EXPIRY_BYTES }
    : classic;
}

/** Entries are needed only for keys that share their bucket: with `load` keys a bucket, all but one of each bucket that is in use. */
function sharedBucketBytes(load: number): number {
  return load > 0 ? ENTRY_WITHOUT_VALUE_BYTES * (1 - (1 - Math.exp(-load)) / load) : 0;
}

/** A bucket that more than seven keys fall into gets another one behind it. Keys fall as Poisson has it. */
function overflowBytes(load: number): number {
  const mean = load * CACHE_LINE.entriesPerBucket;
  if (!(mean > 0)) return 0;
  let term = Math.exp(-mean);
  let within = term;
  for (let i = 1; i <= CACHE_LINE.entriesPerBucket; i += 1) {
    term *= mean / i;
    within += term;
  }
  return (CACHE_LINE.bucketBytes * Math.max(0, 1 - within)) / mean;
}

/** Bytes of one table and its entries. `buckets`: of a table that is larger than its entries ask for. */
function tableBytes(layout: KeyLayout, entries: number, buckets = bucketsFor(layout.table, entries)): number {
  if (!(entries > 0)) return 0;
  const { bucketBytes, entriesPerBucket } = layout.table;
  const load = layout.isPerSlot ? MEAN_SLOT_LOAD : entries / (buckets * entriesPerBucket);
  return entries * (bucketBytes / (entriesPerBucket * load) + layout.entryBytes(load));
}

/** What the move to another engine or version changes: bytes of all keys, and the keys that it was computed from. */
export interface EngineChange {
  readonly keys: number;
  readonly expires: number;
  /** Negative: the keys take less there. */
  readonly changeBytes: number;
}

/** Why the change cannot be told: an id whose words are in the locale. */
export type EngineRefusal = 'keyspace-unknown' | 'engine-unknown' | 'target-unknown';

/**
 * By how many bytes the tables, entries and expiries of this server's keys differ under another engine, at the present number of keys. What
 * depends on the sizes of keys and values, which no input tells, is not in it.
 * @param toCluster - whether the target is a node of a cluster
 * @remarks Docs: docs/methodology.md#bytes-per-key
 */
export function measureEngineChange(history: NodeHistory, from: Engine, to: Engine, toCluster: boolean): EngineChange | EngineRefusal {
  const [present, target] = [findKeyLayout(from, history.last.clusterEnabled === 1), findKeyLayout(to, toCluster)];
  if (present === undefined) return 'engine-unknown';
  if (target === undefined) return 'target-unknown';
  const databases = findDatabases(history).map((database) => ({
    keys: entriesOf(history, databaseMetricId(database, 'Keys')),
    expires: entriesOf(history, databaseMetricId(database, 'Expires')),
  }));
  const sum = (of: (database: (typeof databases)[number]) => number) => databases.reduce((total, database) => total + of(database), 0);
  const keys = sum((database) => database.keys.now);
  if (keys === 0) return 'keyspace-unknown';
  const expires = sum((database) => database.expires.now);
  const bytesUnder = (layout: KeyLayout, isPresent: boolean) =>
    expires * layout.expiryBytes +
    keys * layout.slotListBytes +
    sum((database) =>
      [database.keys, database.expires].reduce((total, { now, most }) => {
        // The present table may still be as large as its most entries have made it; one that is filled anew is not.
        const room = isPresent ? findNextStep(layout.table, now, most).threshold : undefined;
        return total + tableBytes(layout, now, room === undefined ? undefined : room / layout.table.entriesPerBucket);
      }, 0),
    );
  return { keys, expires, changeBytes: bytesUnder(target, false) - bytesUnder(present, true) };
}

function entriesOf(history: NodeHistory, id: ReturnType<typeof databaseMetricId>): { now: number; most: number } {
  const now = history.last[id] ?? 0;
  return { now, most: Math.max(now, history.metrics.get(id)?.max.value ?? 0) };
}
