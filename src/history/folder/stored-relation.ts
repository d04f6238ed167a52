import type { DuckDBConnection } from '@duckdb/node-api';
import { findMetric, type MetricId, TEXT_FIELD_IDS, type TextFieldId } from '../../model/metrics.ts';
import { literalPath, textHash } from '../bulk-relation.ts';
import type { Relation } from '../relation.ts';
import { sqlName, sqlText } from '../sql-text.ts';
import { derivable, withDerived } from './derived-columns.ts';
import type { StoredFile } from './layout.ts';
import { headerLine, type SegmentColumns } from './segment-row.ts';

/** Files of samples with one set of columns, in the order of their instants per node. */
export interface StoredTable {
  readonly kind: StoredFile['kind'];
  readonly paths: readonly string[];
  readonly columns: SegmentColumns;
  /** Of compacted files: puts columns back that were left out. */
  readonly complete?: (from: string) => string;
}

/** SQL of a table function that reads the files, with the columns named as in them. A line of a segment that was cut is left out. */
export function readStored({ kind, paths, columns, complete }: StoredTable): string {
  if (kind === 'compacted') return complete?.(readParquet(paths)) ?? readParquet(paths);
  const files = listOf(paths);
  const names = headerLine(columns).trimEnd().split(',');
  const numbers = new Set<string>(columns.metricIds);
  const types = names.map((name, index) => `${sqlText(name)}: '${index === 0 ? 'TIMESTAMPTZ' : numbers.has(name) ? 'DOUBLE' : 'VARCHAR'}'`);
  return `read_csv(${files}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', nullstr = '', ignore_errors = true,
    columns = {${types.join(', ')}})`;
}

/** The samples of a table, as the rest of the history takes them. */
export function storedRelation(table: StoredTable): Relation {
  const { metricIds, textIds } = table.columns;
  return {
    from: readStored(table),
    nodeCode: textHash('node'),
    nodeName: 'node',
    at: 'floor(epoch_us("timestamp")::DOUBLE / 1000)',
    numbers: new Map(metricIds.map((id) => [id, `coalesce(${sqlName(id)}::DOUBLE, 'NaN'::DOUBLE)`])),
    textCodes: new Map(textIds.map((id) => [id, textHash(sqlName(id))])),
    textValues: new Map(textIds.map((id) => [id, sqlName(id)])),
  };
}

/** Compacted files with the columns of all of them. */
export async function compactedTable(connection: DuckDBConnection, paths: readonly string[]): Promise<StoredTable> {
  const rows = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${readParquet(paths)}`);
  const names = rows.getRows().map(([name]) => String(name));
  const known = new Set(names);
  const texts = new Set<string>(TEXT_FIELD_IDS);
  const stored = names.filter((name) => findMetric(name) !== undefined) as MetricId[];
  const derived = derivable(stored).filter(({ marker }) => known.has(marker));
  return {
    kind: 'compacted',
    paths,
    columns: {
      metricIds: [...new Set([...stored, ...derived.map(({ id }) => id)])],
      textIds: names.filter((name) => texts.has(name)) as TextFieldId[],
    },
    complete: (from) => withDerived(from, derived, known),
  };
}

function readParquet(paths: readonly string[]): string {
  return `read_parquet(${listOf(paths)}, union_by_name = true)`;
}

function listOf(paths: readonly string[]): string {
  return `[${paths.map((path) => sqlText(literalPath(path))).join(', ')}]`;
}
