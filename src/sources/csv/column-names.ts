import { databaseMetricId, findMetric, METRICS, type MetricId, TEXT_FIELDS, type TextFieldId } from '../../model/metrics.ts';
import { TOOL_NAMES } from './tool-names.ts';
import { unitScale } from './units.ts';

/** What a column's name says. */
export interface ColumnMeaning {
  readonly metricId?: MetricId;
  readonly fieldId?: TextFieldId;
  /** Cell × scale is in base units. */
  readonly scale: number;
  /** Where several columns mean the same, the lowest rank is read. */
  readonly rank: number;
  readonly aggregate?: Aggregate;
  /** The column holds sizes rounded for people, such as `1.05G`. */
  readonly rounded?: true;
  /** Unit in the name that does not fit the metric. */
  readonly strangeUnit?: string;
}

export type Aggregate = 'average' | 'maximum' | 'minimum';

interface KnownName {
  readonly metricId?: MetricId;
  readonly fieldId?: TextFieldId;
  readonly scale: number;
  readonly rank: number;
}

const AGGREGATES = new Map<string, Aggregate>([
  ['avg', 'average'],
  ['mean', 'average'],
  ['average', 'average'],
  ['max', 'maximum'],
  ['maximum', 'maximum'],
  ['min', 'minimum'],
  ['minimum', 'minimum'],
]);
/** An average is read only where nothing better is there, a maximum rather than a plain value. */
const AGGREGATE_RANK = { average: 100, maximum: -1, minimum: 200 } as const;
const PROMETHEUS_RANK = 20;
/** Rounded sizes are read only where nothing exact is there. */
const ROUNDED_RANK = 50;

/** Names are compared without case, blanks and punctuation: `Used Memory`, `used_memory` and `usedMemory` are one. */
export function squashName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '');
}

const KNOWN_NAMES = collectNames();
const SQUASHED_NAMES = squashNames(KNOWN_NAMES);

function collectNames(): Map<string, KnownName> {
  const names = new Map<string, KnownName>();
  const add = (name: string, known: KnownName) => {
    const key = name.toLowerCase();
    if (!names.has(key)) names.set(key, known);
  };
  for (const { id, info, infoScale } of METRICS) {
    add(id, { metricId: id, scale: 1, rank: 0 });
    for (const [index, name] of info.entries()) add(name, { metricId: id, scale: infoScale ?? 1, rank: 1 + index });
  }
  for (const [fieldId, fields] of Object.entries(TEXT_FIELDS)) {
    for (const [index, name] of fields.entries()) add(name, { fieldId: fieldId as TextFieldId, scale: 1, rank: 1 + index });
  }
  for (const { id, prometheus } of METRICS) {
    for (const name of prometheus ?? []) {
      add(name, { metricId: id, scale: 1, rank: PROMETHEUS_RANK });
      add(`redis_${name}`, { metricId: id, scale: 1, rank: PROMETHEUS_RANK });
    }
    for (const name of (TOOL_NAMES as Partial<Record<MetricId, readonly string[]>>)[id] ?? []) {
      add(name, { metricId: id, scale: 1, rank: PROMETHEUS_RANK });
    }
  }
  return names;
}

/** Without punctuation the exporter's `replication_backlog_bytes` (its size) and our `replicationBacklogBytes` (its memory) are one: such names are left out. */
function squashNames(names: ReadonlyMap<string, KnownName>): Map<string, KnownName> {
  const squashed = new Map<string, KnownName>();
  const ambiguous = new Set<string>();
  for (const [name, known] of names) {
    const key = squashName(name);
    const other = squashed.get(key);
    if (other && (other.metricId !== known.metricId || other.fieldId !== known.fieldId)) ambiguous.add(key);
    if (!other) squashed.set(key, known);
  }
  for (const key of ambiguous) squashed.delete(key);
  return squashed;
}

/** Before the name of an INFO field: `redis_used_memory`, `redis.maxmemory`. */
const SERVER_PREFIX = /^(?:redis|valkey)[_. ]/i;
const DATABASE_COLUMN = /^db(\d{1,5})[_ .]?(keys|expires)$/i;

function findKnownName(name: string): KnownName | undefined {
  const known = KNOWN_NAMES.get(name.trim().toLowerCase()) ?? SQUASHED_NAMES.get(squashName(name));
  if (known) return known;
  const database = DATABASE_COLUMN.exec(name.trim());
  if (!database) return SERVER_PREFIX.test(name) ? findKnownName(name.trim().slice(name.trim().search(/[_. ]/) + 1)) : undefined;
  const part = database[2]?.toLowerCase() === 'keys' ? 'Keys' : 'Expires';
  return { metricId: databaseMetricId(Number(database[1]), part), scale: 1, rank: 0 };
}

/** A header's name, and the unit or the aggregate that stands behind it in brackets: `Memory usage [KB]` is `Memory usage` and `KB`. */
export function splitUnit(header: string): { readonly name: string; readonly unit?: string } {
  const text = header.trim();
  const last = text.at(-1);
  const opening = last === ']' ? '[' : last === ')' ? '(' : undefined;
  const at = opening === undefined ? -1 : text.lastIndexOf(opening);
  if (at < 1) return { name: text };
  return { name: text.slice(0, at).trim(), unit: text.slice(at + 1, -1).trim() };
}

const LONGEST_NAME = 200;

/** The metric or text field that a header names, with the scale that its unit gives; undefined for a name that is none of ours. */
export function findColumnMeaning(header: string): ColumnMeaning | undefined {
  if (header.length > LONGEST_NAME) return undefined;
  return meaningOf(header) ?? meaningOf(splitUnit(header).name, splitUnit(header).unit) ?? meaningOfCall(header);
}

const QUERY =
  /^(avg|max|min|last)(?:_over_time)?\s{0,9}(?:(?:by|without)\s{0,9}\([^()]{0,200}\)\s{0,9})?\(\s{0,9}([A-Za-z_:][\w:.]{0,200})(?:\{([^{}]{0,2000})\})?\s{0,9}(?:\[[\w:]{1,40}\]\s{0,9})?\)(?:\s{0,9}(?:by|without)\s{0,9}\([^()]{0,200}\))?$/i;

/** A query for one series, as Prometheus's tools put it at the head of a column: `avg_over_time(redis_memory_used_bytes{instance="a"}[5m])`. */
export interface SeriesQuery {
  /** The series without labels, and what was made of it: `avg(redis_memory_used_bytes)`. */
  readonly column: string;
  readonly labels?: string;
}

export function readSeriesQuery(header: string): SeriesQuery | undefined {
  const [, call = '', metric = '', labels] = QUERY.exec(header.trim()) ?? [];
  if (metric === '') return undefined;
  const aggregate = call.toLowerCase();
  return { column: aggregate === 'last' ? metric : `${aggregate}(${metric})`, ...(labels === undefined ? {} : { labels }) };
}

/** `max(used_memory)`, as query languages write it. */
function meaningOfCall(header: string): ColumnMeaning | undefined {
  const text = readSeriesQuery(header)?.column ?? header.trim();
  const opening = text.indexOf('(');
  if (opening < 0 && text !== header.trim()) return meaningOf(text);
  const aggregate = AGGREGATES.get(text.slice(0, Math.max(0, opening)).trim().toLowerCase());
  if (aggregate === undefined || !text.endsWith(')')) return undefined;
  const inner = findColumnMeaning(text.slice(opening + 1, -1));
  return inner === undefined || inner.aggregate ? undefined : { ...inner, rank: inner.rank + AGGREGATE_RANK[aggregate], aggregate };
}

function meaningOf(name: string, bracketUnit?: string): ColumnMeaning | undefined {
  const exact = findKnownName(name);
  const bracketAggregate = AGGREGATES.get(bracketUnit?.toLowerCase() ?? '');
  if (exact && bracketAggregate) return { ...exact, rank: exact.rank + AGGREGATE_RANK[bracketAggregate], aggregate: bracketAggregate };
  if (exact) return withUnit(exact, bracketUnit);
  const rounded = /[_ ]human$/i.test(name) ? findKnownName(name.slice(0, -6)) : undefined;
  if (rounded?.metricId !== undefined && findMetric(rounded.metricId)?.unit === 'bytes') {
    return { ...rounded, rank: rounded.rank + ROUNDED_RANK, rounded: true };
  }
  // Words at either end may be a unit or an aggregate: used_memory_mb, used_memory_max, avg_used_memory_MiB.
  let words = name.split(/[\s_.-]+/).filter((word) => word !== '');
  let unit = bracketUnit;
  let aggregate: Aggregate | undefined;
  for (let cuts = 0; cuts < 2 && words.length > 1; cuts += 1) {
    const last = (words.at(-1) ?? '').toLowerCase();
    const first = (words[0] ?? '').toLowerCase();
    if (aggregate === undefined && AGGREGATES.has(last)) {
      aggregate = AGGREGATES.get(last);
      words = words.slice(0, -1);
    } else if (aggregate === undefined && AGGREGATES.has(first)) {
      aggregate = AGGREGATES.get(first);
      words = words.slice(1);
    } else if (unit === undefined) {
      unit = last;
      words = words.slice(0, -1);
    } else {
      return undefined;
    }
    const known = findKnownName(words.join('_'));
    if (!known) continue;
    const meaning = withUnit(known, unit);
    // Without brackets the last word is a unit only if it can be one: used_memory_human is another field.
    if (meaning.strangeUnit !== undefined && bracketUnit === undefined) return undefined;
    return aggregate === undefined ? meaning : { ...meaning, rank: meaning.rank + AGGREGATE_RANK[aggregate], aggregate };
  }
  return undefined;
}

function withUnit(known: KnownName, unit: string | undefined): ColumnMeaning {
  if (unit === undefined || unit === '') return known;
  const metric = known.metricId === undefined ? undefined : findMetric(known.metricId);
  const scale = metric === undefined ? undefined : unitScale(unit, metric.unit);
  return scale === undefined ? { ...known, strangeUnit: unit } : { ...known, scale };
}

/** Whether a header says that its values are averages. */
export function namesAverage(header: string): boolean {
  return /(?:^|[^a-z])(?:avg|mean|average)(?:$|[^a-z])/i.test(header.slice(0, LONGEST_NAME));
}
