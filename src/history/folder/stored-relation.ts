import type { DuckDBConnection } from '@duckdb/node-api';
import { findMetric, type MetricId, TEXT_FIELD_IDS, type TextFieldId } from '../../model/metrics.ts';
import { literalPath, textHash } from '../bulk-relation.ts';
import type { Relation } from '../relation.ts';
import { sqlName, sqlText } from '../sql-text.ts';
import type { StoredFile } from './layout.ts';
import { headerLine, type SegmentColumns } from './segment-row.ts';

/** Files of samples with one set of columns, in the order of their instants per node. */
export interface StoredTable {
  readonly kind: StoredFile['kind'];
  readonly paths: readonly string[];
  readonly columns: SegmentColumns;
}

/** SQL of a table function that reads the files, with the columns named as in them. A line of a segment that was cut is left out. */
export function readStored({ kind, paths, columns }: StoredTable): string {
  const files = `[${paths.map((path) => sqlText(literalPath(path))).join(', ')}]`;
  if (kind === 'compacted') return `read_parquet(${files}, union_by_name = true)`;
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

/** The columns of compacted files, all together. */
export async function compactedColumns(connection: DuckDBConnection, paths: readonly string[]): Promise<SegmentColumns> {
  const from = readStored({ kind: 'compacted', paths, columns: { metricIds: [], textIds: [] } });
  const rows = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`);
  const names = rows.getRows().map(([name]) => String(name));
  const texts = new Set<string>(TEXT_FIELD_IDS);
  return {
    metricIds: names.filter((name) => findMetric(name) !== undefined) as MetricId[],
    textIds: names.filter((name) => texts.has(name)) as TextFieldId[],
  };
}
