import type { PastTableStep } from '../model/analysis.ts';
import { MiB } from '../model/bytes.ts';
import type { Engine } from '../model/engine.ts';
import { databaseMetricId } from '../model/metrics.ts';
import type { NodeHistory } from '../model/node-history.ts';
import { valueAt } from './bucket-rates.ts';
import { bucketsFor, findDatabases, findTableLayout, type TableLayout, tablesOf } from './hash-tables.ts';

/** A table smaller than this, or than this share of used memory, is lost among the data. */
const LEAST_BYTES = 8 * MiB;
const LEAST_SHARE = 0.02;
/** The rise that the keys do not explain must be within these shares of the new table. */
const LEAST_OBSERVED = 0.6;
const MOST_OBSERVED = 1.5;
/** A doubling put off (by maxmemory, or by a child process) comes at the latest when the old table is so many times full. */
const MOST_POSTPONED_FILL = 6;

interface Awaited {
  readonly database: number;
  readonly table: 'keys' | 'expires';
  readonly entries: number;
  readonly threshold: number;
  readonly newBytes: number;
}

/**
 * Doublings of hash tables that happened inside the window, oldest first: the keys of a database passed the size of its table, and used memory rose by the
 * new table in that step between samples, or in a later one where the server had put it off. Such a rise is no leak and no growth of the data.
 * @returns empty where the layout of the tables is not known, and for tables too small to be told from the data
 * @remarks Docs: docs/methodology.md#hash-tables
 */
export function findPastTableSteps(history: NodeHistory, engine: Engine): PastTableStep[] {
  const layout = findTableLayout(engine, history.last.clusterEnabled === 1);
  const used = history.buckets.columns.get('usedMemoryBytes')?.last;
  if (layout === undefined || used === undefined) return [];
  return history.lives.flatMap(({ fromAt, toAt }) => {
    const rows = Array.from(history.buckets.toAt.keys()).filter((i) => {
      const at = valueAt(history.buckets.toAt, i);
      return at >= fromAt && at <= toAt && Number.isFinite(valueAt(used, i));
    });
    return findInLife(history, layout, rows, used);
  });
}

function findInLife(history: NodeHistory, layout: TableLayout, rows: readonly number[], used: Float64Array): PastTableStep[] {
  const tables = findDatabases(history).flatMap((database) =>
    tablesOf(layout).map((table) => {
      const counts = history.buckets.columns.get(databaseMetricId(database, table === 'keys' ? 'Keys' : 'Expires'))?.last;
      return { database, table, counts, buckets: bucketsFor(layout, valueAt(counts, rows[0] ?? 0) || 0) };
    }),
  );
  const keyCounts = findDatabases(history).map((database) => history.buckets.columns.get(databaseMetricId(database, 'Keys'))?.last);
  const startupBytes = history.last.usedMemoryStartupBytes ?? 0;
  const steps: PastTableStep[] = [];
  let awaited: Awaited[] = [];
  for (const [k, row] of rows.entries()) {
    const before = rows[k - 1];
    if (before === undefined) continue;
    for (const one of tables) {
      const entries = valueAt(one.counts, row);
      const threshold = one.buckets * layout.entriesPerBucket;
      if (!(entries > threshold)) continue;
      one.buckets = bucketsFor(layout, entries);
      const { database, table } = one;
      awaited.push({ database, table, entries, threshold, newBytes: one.buckets * layout.bucketBytes });
    }
    awaited = awaited.filter(
      ({ database, table, threshold, newBytes }) =>
        newBytes >= Math.max(LEAST_BYTES, LEAST_SHARE * valueAt(used, row)) &&
        valueAt(tables.find((one) => one.database === database && one.table === table)?.counts, row) <= MOST_POSTPONED_FILL * threshold,
    );
    const expectedBytes = awaited.reduce((sum, { newBytes }) => sum + newBytes, 0);
    const dataBytes = Math.max(0, valueAt(used, before) - startupBytes);
    const observedBytes = valueAt(used, row) - valueAt(used, before) - bytesOfNewKeys(keyCounts, before, row, dataBytes);
    const freed = steps.findLast(
      (step) => step.oldTableFreedAt === undefined && isAbout(-observedBytes, step.expectedBytes - step.permanentBytes),
    );
    if (freed !== undefined) freed.oldTableFreedAt = valueAt(history.buckets.toAt, row);
    if (expectedBytes === 0 || !isAbout(observedBytes, expectedBytes)) continue;
    for (const { database, table, entries, threshold, newBytes } of awaited) {
      steps.push({
        fromAt: valueAt(history.buckets.toAt, before),
        at: valueAt(history.buckets.toAt, row),
        database,
        table,
        entries,
        threshold,
        expectedBytes: newBytes,
        observedBytes: (observedBytes * newBytes) / expectedBytes,
        permanentBytes: newBytes - threshold * (layout.bucketBytes / layout.entriesPerBucket),
      });
    }
    awaited = [];
  }
  return steps;
}

function isAbout(observedBytes: number, expectedBytes: number): boolean {
  return observedBytes >= LEAST_OBSERVED * expectedBytes && observedBytes <= MOST_OBSERVED * expectedBytes;
}

/**
 * What the keys that came between two samples take at the mean size of those that were there.
 * @param keyCounts - of each database
 */
function bytesOfNewKeys(keyCounts: readonly (Float64Array | undefined)[], before: number, row: number, dataBytes: number): number {
  const keysAt = (i: number): number => keyCounts.reduce((sum, counts) => sum + (valueAt(counts, i) || 0), 0);
  const keys = keysAt(before);
  return keys > 0 ? (dataBytes / keys) * (keysAt(row) - keys) : 0;
}
