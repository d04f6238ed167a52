import { resolve } from 'node:path';
import type { MetricId, TextFieldId } from '../model/metrics.ts';
import type { BulkTable, MetricColumn, TimeForm } from '../model/sample-batch.ts';
import type { Relation } from './relation.ts';
import type { RowBlock } from './row-block.ts';
import { sqlDouble, sqlText } from './sql-text.ts';
import { strptimeFormat } from './strptime-format.ts';

const UTC_ZONES: ReadonlySet<string> = new Set(['UTC', 'Etc/UTC', 'GMT', 'Etc/GMT', 'Z']);
/** An instant outside 1973 to 5138 was read in the wrong unit; such a row does not fit the plan. */
const MIN_AT = 1e11;
const MAX_AT = 1e14;
/** Divisors, as doubles: the same arithmetic gives the same milliseconds wherever a stamp is read. */
const STEPS_PER_MILLISECOND = {
  'epoch-seconds': '0.001',
  'epoch-milliseconds': '1',
  'epoch-microseconds': '1000',
  'epoch-nanoseconds': '1000000',
} as const;
/** A clock with an offset behind it, as opposed to the `-31` of a date. */
const OFFSET_PATTERN = ':.*(Z|z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)$';

/**
 * How the rows of a bulk table are read. `typed` lets the CSV reader itself cast, which is fastest, and drop what does not fit;
 * `text` reads all cells as text and casts in the query, so that rows that do not fit can be asked for.
 */
export type BulkReading = 'typed' | 'text';

/** Where the CSV reader notes lines that it dropped. */
export interface RejectTables {
  readonly errors: string;
  readonly scans: string;
  readonly limit: number;
}

export interface BulkOptions {
  /** Where to note the dropped lines; not noted when absent. */
  readonly rejects?: RejectTables;
  /** Leave values that a metric cannot have to `clearImpossible`: the database is several times slower at it. */
  readonly clearsLater?: boolean;
}

/**
 * The rows of a bulk table that fit its plan.
 * @param nodeIndex - index of the table's own node name, where it has no column of names
 */
export function bulkRelation(
  table: BulkTable,
  reading: BulkReading,
  nodeIndex: number,
  { rejects, clearsLater = false }: BulkOptions = {},
): Relation {
  const texts = new Map<TextFieldId, string>(table.texts.map(({ index, fieldId }) => [fieldId, columnName(index)]));
  const nodeColumn = 'index' in table.node ? columnName(table.node.index) : undefined;
  return {
    from: readCsv(table, reading, rejects),
    where: reading === 'text' ? `NOT (${unfitCondition(table)})` : undefined,
    nodeCode: nodeColumn ? textHash(nodeColumn) : `${nodeIndex}::DOUBLE`,
    nodeName: nodeColumn ?? sqlText('name' in table.node ? table.node.name : ''),
    at: instant(table, reading),
    numbers: numberExpressions(table, reading, clearsLater),
    textCodes: new Map([...texts].map(([id, column]) => [id, textHash(column)])),
    textValues: texts,
  };
}

/** Query for the rows that do not fit the plan, as `line` (a double, exact unless cells hold line breaks) and `text`, in file order. */
export function unfitRowsQuery(table: BulkTable, rejects: RejectTables): string {
  const cells = Array.from({ length: table.columnCount }, (_, index) => quotedCell(columnName(index), table));
  return `SELECT line, text FROM (
    SELECT (row_number() OVER () + ${table.skipLines})::DOUBLE AS line, ${cells.join(` || ${sqlText(table.delimiter)} || `)} AS text,
      ${unfitCondition(table)} AS unfit FROM ${readCsv(table, 'text', rejects)}) WHERE unfit`;
}

function readCsv(table: BulkTable, reading: BulkReading, rejects: RejectTables | undefined): string {
  const types = Array.from({ length: table.columnCount }, () => 'VARCHAR');
  if (reading === 'typed') {
    for (const { index } of table.metrics) types[index] = 'DOUBLE';
    types[table.time.index] = typedTime(table.time);
  }
  const nullTexts = (reading === 'typed' ? table.seenNullTexts : undefined) ?? table.nullTexts;
  const options = [
    'auto_detect = false',
    'header = false',
    `skip = ${table.skipLines}`,
    `delim = ${sqlText(table.delimiter)}`,
    `quote = ${sqlText(table.quote)}`,
    `escape = ${sqlText(table.quote)}`,
    `decimal_separator = ${sqlText(table.decimalComma && reading === 'typed' ? ',' : '.')}`,
    `nullstr = [${[...new Set(['', ...nullTexts])].map(sqlText).join(', ')}]`,
    `columns = {${types.map((type, index) => `${sqlText(columnName(index))}: '${type}'`).join(', ')}}`,
    rejects
      ? `store_rejects = true, rejects_table = ${sqlText(rejects.errors)}, rejects_scan = ${sqlText(rejects.scans)}, rejects_limit = ${rejects.limit}`
      : 'ignore_errors = true',
  ];
  return `read_csv(${sqlText(literalPath(table.path))}, ${options.join(', ')})`;
}

/** The database takes `*`, `?` and `[` in a path as a pattern, and words before `://` as a remote store. */
export function literalPath(path: string): string {
  return resolve(path).replace(/[*?[]/g, '[$&]');
}

function columnName(index: number): string {
  return `c${index}`;
}

function typedTime(time: TimeForm): string {
  if (time.form === 'pattern') return 'VARCHAR';
  if (time.form !== 'iso') return 'DOUBLE';
  return UTC_ZONES.has(time.zone) ? 'TIMESTAMPTZ' : 'VARCHAR';
}

function instant(table: BulkTable, reading: BulkReading): string {
  const column = columnName(table.time.index);
  const known = 'index' in table.node ? `${columnName(table.node.index)} IS NOT NULL AND ` : '';
  const milliseconds = instantMilliseconds(column, table.time, reading);
  return `CASE WHEN ${known}${milliseconds} BETWEEN ${sqlDouble(MIN_AT)} AND ${sqlDouble(MAX_AT)} THEN ${milliseconds} END`;
}

function instantMilliseconds(column: string, time: TimeForm, reading: BulkReading): string {
  const zoned = (timestamp: string, zone: string): string => (UTC_ZONES.has(zone) ? timestamp : `timezone(${sqlText(zone)}, ${timestamp})`);
  const milliseconds = (timestamp: string): string => `floor(epoch_us(${timestamp})::DOUBLE / 1000)`;
  switch (time.form) {
    case 'pattern': {
      const format = strptimeFormat(time.pattern);
      if (format === undefined) return 'NULL::DOUBLE';
      const stamp = `try_strptime(${column}, ${sqlText(format)})`;
      return milliseconds(format.includes('%z') ? stamp : zoned(stamp, time.zone));
    }
    case 'iso': {
      if (UTC_ZONES.has(time.zone)) return milliseconds(reading === 'typed' ? column : `TRY_CAST(${column} AS TIMESTAMPTZ)`);
      return `CASE WHEN regexp_matches(${column}, ${sqlText(OFFSET_PATTERN)}) THEN ${milliseconds(`TRY_CAST(${column} AS TIMESTAMPTZ)`)}
        ELSE ${milliseconds(zoned(`TRY_CAST(${column} AS TIMESTAMP)`, time.zone))} END`;
    }
    default: {
      const value = reading === 'typed' ? column : `TRY_CAST(${column} AS DOUBLE)`;
      return `round(${value} / ${STEPS_PER_MILLISECOND[time.form]}::DOUBLE)`;
    }
  }
}

/** Makes values absent that their metric cannot have, in rows of a relation that left this to us. */
export function clearImpossible(table: BulkTable, block: RowBlock): void {
  for (const { metricId, least = -Number.MAX_VALUE, most = Number.MAX_VALUE } of soleColumns(table)) {
    const values = block.numbers.get(metricId);
    for (let i = 0; values && i < values.length; i++) {
      const value = values[i] as number;
      if (!(value >= least && value <= most)) values[i] = Number.NaN;
    }
  }
}

/** Columns whose metric no other column has: of several, the query must know which have a value. */
function soleColumns({ metrics }: BulkTable): MetricColumn[] {
  return metrics.filter(({ metricId }) => metrics.filter((other) => other.metricId === metricId).length === 1);
}

function numberExpressions(table: BulkTable, reading: BulkReading, clearsLater: boolean): Map<MetricId, string> {
  const later = new Set(clearsLater ? soleColumns(table) : []);
  const expressions = new Map<MetricId, string>();
  // Of several columns of one metric the first that has a value gives it, so they are wrapped from the last on.
  for (const column of table.metrics.toReversed()) {
    const { index, metricId, scale, least = -Number.MAX_VALUE, most = Number.MAX_VALUE } = column;
    const cell = reading === 'typed' ? columnName(index) : castNumber(columnName(index), table);
    const value = scale === 1 ? cell : `${cell} * ${sqlDouble(scale)}`;
    const otherwise = expressions.get(metricId) ?? `'NaN'::DOUBLE`;
    const possible = `CASE WHEN ${value} BETWEEN ${sqlDouble(least)} AND ${sqlDouble(most)} THEN ${value} ELSE ${otherwise} END`;
    expressions.set(metricId, later.has(column) ? `coalesce(${value}, ${otherwise})` : possible);
  }
  return expressions;
}

function castNumber(column: string, table: BulkTable): string {
  return `TRY_CAST(${table.decimalComma ? `replace(${column}, ',', '.')` : column} AS DOUBLE)`;
}

function unfitCondition(table: BulkTable): string {
  const cells = table.metrics.map(({ index }) => {
    const column = columnName(index);
    return `(${column} IS NOT NULL AND ${castNumber(column, table)} IS NULL)`;
  });
  return [`(${instant(table, 'text')}) IS NULL`, ...cells].join(' OR ');
}

/** A number for each text, below 0 to keep clear of indices; 52 bits, so that doubles hold it. */
export function textHash(column: string): string {
  return `CASE WHEN ${column} IS NULL THEN 'NaN'::DOUBLE ELSE -1 - (hash(${column}) >> 12)::DOUBLE END`;
}

function quotedCell(column: string, { delimiter, quote }: BulkTable): string {
  if (quote === '') return `coalesce(${column}, '')`;
  const doubled = `replace(${column}, ${sqlText(quote)}, ${sqlText(quote + quote)})`;
  const special = [delimiter, quote, '\n', '\r'].map((text) => `contains(${column}, ${sqlText(text)})`).join(' OR ');
  return `CASE WHEN ${column} IS NULL THEN '' WHEN ${special} THEN ${sqlText(quote)} || ${doubled} || ${sqlText(quote)} ELSE ${column} END`;
}
