import type { DuckDBConnection } from '@duckdb/node-api';
import { type MetricId, parseDatabaseMetricId } from '../../model/metrics.ts';
import { sqlName } from '../sql-text.ts';

/** A metric that compacted files leave out, since in all of their rows it follows from others. */
export interface DerivedColumn {
  readonly id: MetricId;
  /** Column that is true in the rows of those files. */
  readonly marker: string;
  /** SQL of its value, a double. */
  readonly value: string;
}

const double = (id: MetricId): string => `${sqlName(id)}::DOUBLE`;
const sumOf =
  (part: 'Keys' | 'Expires') =>
  (ids: readonly MetricId[]): string | undefined => {
    const parts = ids.filter((id) => parseDatabaseMetricId(id)?.part === part);
    return parts.length === 0 ? undefined : parts.map((id) => `coalesce(${double(id)}, 0)`).join(' + ');
  };

/** What follows from what, where it holds: sums over databases, and the dataset as INFO computes it. */
const RULES: readonly { readonly id: MetricId; readonly value: (ids: readonly MetricId[]) => string | undefined }[] = [
  { id: 'keys', value: sumOf('Keys') },
  { id: 'expires', value: sumOf('Expires') },
  {
    id: 'usedMemoryDatasetBytes',
    value: (ids) =>
      ids.includes('usedMemoryBytes') && ids.includes('usedMemoryOverheadBytes')
        ? `${double('usedMemoryBytes')} - ${double('usedMemoryOverheadBytes')}`
        : undefined,
  },
];

/** All that may follow from the metrics. */
export function derivable(ids: readonly MetricId[]): DerivedColumn[] {
  return RULES.flatMap(({ id, value }) => {
    const sql = value(ids);
    return sql === undefined ? [] : [{ id, marker: `derived:${id}`, value: sql }];
  });
}

/** Those of a table's metrics that follow from others in every row, to the last bit. */
export async function findDerived(connection: DuckDBConnection, table: string, ids: readonly MetricId[]): Promise<DerivedColumn[]> {
  const candidates = derivable(ids).filter(({ id }) => ids.includes(id));
  if (candidates.length === 0) return [];
  const holds = candidates.map(({ id, value }) => `bool_and(${double(id)} IS NOT DISTINCT FROM ${value})`);
  const [row = []] = (await connection.runAndReadAll(`SELECT ${holds.join(', ')} FROM ${table}`)).getRows();
  return candidates.filter((_, i) => row[i] === true);
}

/** SQL of a table function's rows with what was left out of them put back. @param names - of the columns that it has */
export function withDerived(from: string, derived: readonly DerivedColumn[], names: ReadonlySet<string>): string {
  if (derived.length === 0) return from;
  const own = derived.flatMap(({ id, marker }) => [marker, ...(names.has(id) ? [id] : [])]);
  const values = derived.map(
    ({ id, marker, value }) =>
      `CASE WHEN ${sqlName(marker)} THEN ${value}${names.has(id) ? ` ELSE ${double(id)}` : ''} END AS ${sqlName(id)}`,
  );
  return `(SELECT * EXCLUDE (${own.map(sqlName).join(', ')}), ${values.join(', ')} FROM ${from})`;
}
