import { DATABASE_LIMIT, databaseMetricId, type MetricId, type TextFieldId } from '../../model/metrics.ts';
import type { SampleBatch } from '../../model/sample-batch.ts';
import { type Dump, hasField, textOf } from './dump.ts';
import { METRIC_SLOTS, slotOf, TEXT_SLOTS } from './fields.ts';
import type { PlacedDump } from './placement.ts';

const SERVER_NAME_INDEX = TEXT_SLOTS.findIndex(({ id }) => id === 'serverName');
const KEYDB_SLOTS = [slotOf('mvcc_depth'), slotOf('server_threads'), slotOf('long_lock_waits')];
const OOM_ERRORS: MetricId = 'oomErrors';
/** Redis gave up listing errors. */
const ERRORS_UNLISTED_SLOTS = [slotOf('errorstat_ERRORSTATS_OVERFLOW'), slotOf('errorstat_ERRORSTATS_DISABLED')];

/** The placed dumps as columns in base units. `dumps` is not empty. */
export function toBatch(input: string, dumps: readonly PlacedDump[]): SampleBatch {
  const count = dumps.length;
  const numbers = new Map<MetricId, Float64Array>();
  const put = (id: MetricId, row: number, value: number): void => {
    if (Number.isNaN(value)) return;
    let column = numbers.get(id);
    if (!column) {
      column = new Float64Array(count).fill(Number.NaN);
      numbers.set(id, column);
    }
    column[row] = value;
  };

  // One pass a dump while its values are at hand; columns come into being with their first value.
  const columns: (Float64Array | undefined)[] = new Array<undefined>(METRIC_SLOTS.length).fill(undefined);
  for (let row = 0; row < count; row += 1) {
    const values = dumps[row]?.dump.values ?? [];
    for (let index = 0; index < METRIC_SLOTS.length; index += 1) {
      const entry = METRIC_SLOTS[index];
      if (!entry) continue;
      for (const slot of entry.slots) {
        const value = values[slot] ?? Number.NaN;
        if (!Number.isFinite(value)) continue;
        let column = columns[index];
        if (!column) {
          column = new Float64Array(count).fill(Number.NaN);
          columns[index] = column;
        }
        column[row] = value * entry.scale;
        break;
      }
    }
  }
  METRIC_SLOTS.forEach(({ metric }, index) => {
    const column = columns[index];
    if (column) numbers.set(metric.id, column);
  });
  const oomErrors = numbers.get(OOM_ERRORS);
  dumps.forEach(({ dump }, row) => {
    // Redis lists an error only once it happened, so a list without it says 0.
    const listed = dump.sections.includes('errorstats') && !ERRORS_UNLISTED_SLOTS.some((slot) => hasField(dump, slot));
    if (listed && Number.isNaN(oomErrors?.[row] ?? Number.NaN)) put(OOM_ERRORS, row, 0);
    putDatabases(dump, (id, value) => put(id, row, value));
  });

  const texts = new Map<TextFieldId, readonly (string | undefined)[]>();
  TEXT_SLOTS.forEach(({ id, slots }, index) => {
    const column = dumps.map(({ dump }) => {
      const slot = slots.find((candidate) => textOf(dump, candidate) !== undefined);
      if (slot !== undefined) return textOf(dump, slot);
      // KeyDB has no `server_name`: only fields that no other server prints.
      return index === SERVER_NAME_INDEX && KEYDB_SLOTS.some((keydb) => hasField(dump, keydb)) ? 'keydb' : undefined;
    });
    if (column.some((text) => text !== undefined)) texts.set(id, column);
  });
  const replicas = dumps.map(({ dump }) => dump.replicas && [...dump.replicas.values()].toSorted().join(' '));
  if (replicas.some((text) => text !== undefined)) texts.set('replicas', replicas);

  return {
    kind: 'batch',
    origin: {
      input,
      fromLine: dumps.reduce((least, { dump }) => Math.min(least, dump.fromLine), Number.POSITIVE_INFINITY),
      toLine: dumps.reduce((most, { dump }) => Math.max(most, dump.toLine), 0),
    },
    count,
    nodeIds: dumps.map(({ nodeId }) => nodeId),
    at: Float64Array.from(dumps, ({ at }) => at),
    numbers,
    texts,
  };
}

/** Keys of each database and their sums. An empty Keyspace section says that there are none. */
function putDatabases(dump: Dump, put: (id: MetricId, value: number) => void): void {
  if (!dump.databases) {
    if (dump.sections.includes('keyspace')) {
      put('keys', 0);
      put('expires', 0);
    }
    return;
  }
  let keys = 0;
  let expires = 0;
  for (const [index, database] of dump.databases) {
    keys += database.keys;
    expires += database.expires;
    if (index >= DATABASE_LIMIT) continue;
    put(databaseMetricId(index, 'Keys'), database.keys);
    put(databaseMetricId(index, 'Expires'), database.expires);
  }
  if (dump.brokenDatabase) return;
  put('keys', keys);
  put('expires', expires);
}
