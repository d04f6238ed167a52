import type { HashTableStep } from '../model/analysis.ts';
import { type Engine, isAtLeast } from '../model/engine.ts';
import { databaseMetricId, parseDatabaseMetricId } from '../model/metrics.ts';
import type { NodeHistory } from '../model/node-history.ts';
import { DAY_MS } from '../model/time.ts';
import { findNewestSlope } from './forecast/trend.ts';

/** How a server lays out the table of a database's keys: it doubles when every bucket's share of entries is used up. */
export interface TableLayout {
  readonly bucketBytes: number;
  readonly entriesPerBucket: number;
  /** Keys with an expiry have a table of their own. */
  readonly hasExpiresTable: boolean;
}

/** One pointer a bucket, entries chained (Redis source, dict.c). */
export const CLASSIC: TableLayout = { bucketBytes: 8, entriesPerBucket: 1, hasExpiresTable: true };
/** Buckets of one cache line with room for seven entries (Valkey 8.1 source, hashtable.c). */
export const CACHE_LINE: TableLayout = { bucketBytes: 64, entriesPerBucket: 7, hasExpiresTable: true };

/** A table keeps its size until about an eighth of it is used (Redis source, server.c and dict.c: 10 to 12.5 %). */
const SHRINK_FILL = 0.125;
const MIN_BUCKETS = 4;

/**
 * The layout of this server's tables; undefined where no large step is to come (a cluster node of Redis 7.4 or Valkey 8.0 on keeps one small
 * table a slot, Dragonfly splits single segments) or where it cannot be told. An unknown server is taken for a Redis.
 */
export function findTableLayout(engine: Engine, isCluster: boolean): TableLayout | undefined {
  if (engine.name === 'dragonfly') return undefined;
  if (isCluster && isAtLeast(engine, { redis: '7.4', valkey: '8.0' }) !== false) return undefined;
  if (engine.name === 'keydb') return { ...CLASSIC, hasExpiresTable: false };
  if (engine.name !== 'valkey') return CLASSIC;
  const isNew = isAtLeast(engine, { valkey: '8.1' });
  return isNew === undefined ? undefined : isNew ? CACHE_LINE : CLASSIC;
}

/**
 * How full a table may become, in entries a slot, while its doubling would take used memory past `maxmemory`: 1.618 from Redis 6.2 and in Valkey up to 8.0
 * (Redis source, dict.c dictTypeExpandAllowed), 5 from Valkey 8.1 (hashtable.c), 1 before: there it doubles whatever that costs. Undefined
 * where the version is not known.
 */
export function findPutOffLoad(engine: Engine): number | undefined {
  if (isAtLeast(engine, { valkey: '8.1' }) === true) return 5;
  const putsOff = isAtLeast(engine, { redis: '6.2', valkey: '7.2' });
  return putsOff === undefined ? undefined : putsOff ? 1.618 : 1;
}

/** The next doubling of a table that holds `entries` keys. */
export function findNextStep(
  layout: TableLayout,
  entries: number,
  largestEntries = entries,
): Omit<HashTableStep, 'database' | 'table' | 'daysUntil'> {
  const needed = bucketsFor(layout, entries);
  const grown = bucketsFor(layout, largestEntries);
  const buckets = entries >= SHRINK_FILL * grown * layout.entriesPerBucket ? Math.max(needed, grown) : needed;
  const tableBytes = buckets * layout.bucketBytes;
  return {
    entries,
    threshold: buckets * layout.entriesPerBucket,
    allocatedBytes: 2 * tableBytes,
    permanentBytes: tableBytes,
    transientBytes: tableBytes,
  };
}

/** Buckets of a table that holds so many entries: the smallest power of two that has room, at least 4. */
export function bucketsFor({ entriesPerBucket }: TableLayout, entries: number): number {
  let buckets = MIN_BUCKETS;
  while (buckets * entriesPerBucket < entries) buckets *= 2;
  return buckets;
}

/** Where the keys are to lie, if not as they do. */
export interface Placement {
  /** Share of the keys that comes onto one server. */
  readonly share?: number;
  readonly isCluster?: boolean;
}

/**
 * The next doubling of each database's key table and expiry table, by database; none where the layout is not known.
 * At a doubling the new table (`allocatedBytes`) is there at once and the old one (`transientBytes`) stays until all entries have moved,
 * minutes to hours. `daysUntil` comes from the daily growth since the last restart, however far ahead; it is absent where the count does
 * not grow.
 * @remarks Docs: docs/methodology.md#hash-tables
 */
export function planHashTables(history: NodeHistory, engine: Engine, placed: Placement = {}): HashTableStep[] {
  const { share = 1, isCluster = history.last.clusterEnabled === 1 } = placed;
  const layout = findTableLayout(engine, isCluster);
  if (layout === undefined) return [];
  return findDatabases(history).flatMap((database) =>
    tablesOf(layout).flatMap((table): HashTableStep[] => {
      const counts = findEntryCounts(history, database, table).map(({ at, entries }) => ({ at, entries: entries * share }));
      const entries = counts.at(-1)?.entries ?? 0;
      if (!(entries > 0)) return [];
      const step = findNextStep(layout, entries, Math.max(...counts.map((count) => count.entries)));
      return [{ database, table, ...step, daysUntil: findDaysUntil(counts, step.threshold) }];
    }),
  );
}

/** Indexes of the databases whose keys were counted, ascending. */
export function findDatabases(history: NodeHistory): readonly number[] {
  const indexes = [...history.metrics.keys()].flatMap((id) => {
    const parsed = parseDatabaseMetricId(id);
    return parsed?.part === 'Keys' ? [parsed.index] : [];
  });
  return indexes.sort((a, b) => a - b);
}

/** The tables that each database has. */
export function tablesOf({ hasExpiresTable }: TableLayout): readonly ('keys' | 'expires')[] {
  return hasExpiresTable ? ['keys', 'expires'] : ['keys'];
}

interface EntryCount {
  readonly at: number;
  readonly entries: number;
}

/** The counts since the last restart, oldest first, at most 1,024. */
function findEntryCounts(history: NodeHistory, database: number, table: 'keys' | 'expires'): readonly EntryCount[] {
  const column = history.buckets.columns.get(databaseMetricId(database, table === 'keys' ? 'Keys' : 'Expires'));
  const startAt = history.lives.at(-1)?.fromAt ?? history.fromAt;
  const { toAt } = history.buckets;
  return [...(column?.last ?? [])].flatMap((entries, i) => {
    const at = toAt[i] ?? Number.NaN;
    return Number.isFinite(entries) && at >= startAt ? [{ at, entries }] : [];
  });
}

/** Days from the last count to the threshold at the robust daily growth; undefined when the count does not grow. */
function findDaysUntil(counts: readonly EntryCount[], threshold: number): number | undefined {
  const endAt = counts.at(-1)?.at ?? 0;
  const byDay = new Map(counts.map((count) => [Math.floor((endAt - count.at) / DAY_MS), count]));
  const daily = [...byDay.values()];
  const slope = findNewestSlope(
    daily.map((count) => (count.at - endAt) / DAY_MS),
    daily.map((count) => count.entries),
  );
  return slope > 0 ? (threshold - (counts.at(-1)?.entries ?? threshold)) / slope : undefined;
}

/** How memory is expected to grow up to the horizon, for {@link transitionWithin}. */
export interface ExpectedGrowth {
  /** Projected ÷ present counted memory, 1 or more: the share of the table's growth that is in the projection already. */
  readonly factor: number;
  /** The keys are assumed to grow by the same factor, in place of the growth that was measured. */
  readonly appliesToKeys: boolean;
}

/** What doublings ask for: `bytes` on top of the projection, of tables whose sizes afterwards and today add up to the other two. */
export interface Transition {
  readonly bytes: number;
  readonly newBytes: number;
  readonly oldBytes: number;
}

/**
 * What the doublings due within the horizon ask for beyond a projection in proportion: the new table and the old one beside it, less
 * what growth by `factor` has given the table already. Tables that double at about the same time add up.
 */
export function transitionWithin(
  steps: readonly HashTableStep[],
  horizonDays: number,
  growth: ExpectedGrowth = { factor: 1, appliesToKeys: false },
): Transition {
  const due = steps.flatMap((step): Transition[] => {
    // Keys do not outgrow the data that they are part of, but for the next doubling, which is near whatever the data do.
    const most = Math.max(step.entries * growth.factor, step.threshold + 1);
    const entries = growth.appliesToKeys ? step.entries * growth.factor : Math.min(entriesAt(step, horizonDays), most);
    if (entries <= step.threshold) return [];
    const oldBytes = step.transientBytes;
    const newBytes = oldBytes * 2 ** Math.ceil(Math.log2(entries / step.threshold));
    return [{ bytes: Math.max(0, newBytes + newBytes / 2 - oldBytes * growth.factor), newBytes, oldBytes }];
  });
  const sumOf = (part: keyof Transition) => due.reduce((sum, one) => sum + one[part], 0);
  return { bytes: sumOf('bytes'), newBytes: sumOf('newBytes'), oldBytes: sumOf('oldBytes') };
}

/** Entries at the horizon by the growth behind `daysUntil`; just above the threshold when that falls within the horizon at all. */
function entriesAt({ entries, threshold, daysUntil }: HashTableStep, horizonDays: number): number {
  if (daysUntil === undefined || daysUntil > horizonDays) return entries;
  const grown = daysUntil > 0 ? entries + (threshold - entries) * (horizonDays / daysUntil) : threshold;
  return Math.max(grown, threshold + 1);
}
