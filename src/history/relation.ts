import type { MetricId, TextFieldId } from '../model/metrics.ts';
import { metricColumn, SAMPLE_TABLE, textColumn } from './sample-table.ts';
import { sqlName } from './sql-text.ts';

/** Instants to keep, both included; epoch milliseconds UTC. */
export interface HistoryWindow {
  readonly fromAt?: number;
  readonly toAt?: number;
}

/** Samples somewhere in the database, as SQL expressions over `from`. */
export interface Relation {
  readonly from: string;
  readonly where?: string;
  /** A double: index into the node names, or a negative hash of `nodeName` where they are not known beforehand. */
  readonly nodeCode: string;
  readonly nodeName: string;
  /** A double, epoch milliseconds; NULL where unreadable. */
  readonly at: string;
  /** Doubles, NaN for absent. */
  readonly numbers: ReadonlyMap<MetricId, string>;
  /** Doubles: index into the text values, or a negative hash of the text; NaN for absent. */
  readonly textCodes: ReadonlyMap<TextFieldId, string>;
  /** The texts behind the hashes. */
  readonly textValues: ReadonlyMap<TextFieldId, string>;
}

/** Which columns a query gives, in this order: node code, node name, instant, numbers, text codes, texts. */
export interface Layout {
  readonly metricIds: readonly MetricId[];
  readonly textIds: readonly TextFieldId[];
  /** Text fields that have a column of texts beside their codes. */
  readonly valueIds: readonly TextFieldId[];
}

/** Table of every node code met and the place of its node in the order of ids: numbers sort several times faster than names. */
export const NODE_RANK_TABLE = 'node_ranks';

/** The batches of one segment, or of all. */
export function batchRelation(metricIds: Iterable<MetricId>, textIds: Iterable<TextFieldId>, segment?: number): Relation {
  return {
    from: SAMPLE_TABLE,
    where: segment === undefined ? undefined : `segment = ${segment}`,
    nodeCode: 'node',
    nodeName: 'NULL::VARCHAR',
    at: `CASE WHEN isfinite("at") THEN "at" END`,
    numbers: new Map([...metricIds].map((id) => [id, sqlName(metricColumn(id))])),
    textCodes: new Map([...textIds].map((id) => [id, sqlName(textColumn(id))])),
    textValues: new Map(),
  };
}

/** The smallest layout that holds all of the relations. */
export function layoutOf(relations: readonly Relation[]): Layout {
  const union = <T>(keys: (relation: Relation) => Iterable<T>): T[] => [...new Set(relations.flatMap((relation) => [...keys(relation)]))];
  return {
    metricIds: union((relation) => relation.numbers.keys()),
    textIds: union((relation) => relation.textCodes.keys()),
    valueIds: union((relation) => relation.textValues.keys()),
  };
}

/** Query for one relation in its own order; rows without an instant come too, with NaN. */
export function inputOrderQuery(relation: Relation, layout: Layout, window: HistoryWindow): string {
  const inside = windowCondition(window);
  return `SELECT * REPLACE (coalesce("at", 'NaN'::DOUBLE) AS "at") FROM (${select(relation, layout)})${inside && ` WHERE "at" IS NULL OR (${inside})`}`;
}

/** Query for all relations by the rank of the node, then by instant; rows without an instant are left out. */
export function sortedQuery(relations: readonly Relation[], layout: Layout, window: HistoryWindow): string {
  const rows = relations.map((relation) => select(relation, layout)).join(' UNION ALL ');
  const inside = windowCondition(window);
  return `SELECT sorted.* FROM (${rows}) AS sorted JOIN ${NODE_RANK_TABLE} AS ranks ON sorted.node_code = ranks.node_code
    WHERE "at" IS NOT NULL${inside && ` AND ${inside}`} ORDER BY ranks.node_rank, "at"`;
}

function select(relation: Relation, layout: Layout): string {
  const columns = [
    `${relation.nodeCode} AS node_code`,
    `${relation.nodeName} AS node_name`,
    `${relation.at} AS "at"`,
    ...layout.metricIds.map((id) => `${relation.numbers.get(id) ?? `'NaN'::DOUBLE`} AS ${sqlName(metricColumn(id))}`),
    ...layout.textIds.map((id) => `${relation.textCodes.get(id) ?? `'NaN'::DOUBLE`} AS ${sqlName(textColumn(id))}`),
    ...layout.valueIds.map((id) => `${relation.textValues.get(id) ?? 'NULL::VARCHAR'} AS ${sqlName(`v_${id}`)}`),
  ];
  return `SELECT ${columns.join(', ')} FROM ${relation.from}${relation.where ? ` WHERE ${relation.where}` : ''}`;
}

function windowCondition({ fromAt, toAt }: HistoryWindow): string {
  return [...(fromAt === undefined ? [] : [`"at" >= ${Number(fromAt)}`]), ...(toAt === undefined ? [] : [`"at" <= ${Number(toAt)}`])].join(
    ' AND ',
  );
}
