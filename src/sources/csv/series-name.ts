import { databaseMetricId } from '../../model/metrics.ts';
import { type ColumnMeaning, findColumnMeaning, readSeriesQuery } from './column-names.ts';

/** A time series as monitoring tools write it: `redis_memory_used_bytes{instance="a:9121"}`, `max:redis.mem.used{host:a}`. */
export interface SeriesName {
  /** Without labels. */
  readonly column: string;
  /** What stands between the braces. */
  readonly labels: string;
  readonly meaning: ColumnMeaning;
}

const SERIES = /^([A-Za-z_:][\w:./ -]{0,200}?)\s?\{(.{0,2000})\}$/;
const TAGGED_QUERY = /^(avg|max|min):([A-Za-z_][\w.]{0,200})\{([^{}]{0,2000})\}/;
const LEGEND = /^([^\s"{},]{2,200})\s([^\s"{},]{2,200})$/;
const SELECTOR = /^\{__name__\s?=\s?"([A-Za-z_:][\w:.]{0,200})",?\s?(.{0,2000})\}$/;
const NODE_LABEL =
  /(?:^|[,\s{])(?:instance|addr|node|node_id|pod|cacheclusterid|cachecluster_id|cluster_id|instance_id|redis_instance|server|hostname|host)\s{0,3}[=:]\s{0,3}"?([^",}]{1,200})"?/i;
const DATABASE_LABEL = /(?:^|[,\s{])db\s{0,3}[=:]\s{0,3}"?(?:db)?(\d{1,5})(?!\d)/;
/** Of a container's limits, that of memory. */
const OTHER_RESOURCE = /(?:^|[,\s{])resource\s{0,3}[=:]\s{0,3}"?(?!memory)[^",}]/;

/**
 * The series that a text names, with or without labels.
 * @param otherLabels - labels of it that stand elsewhere
 * @returns undefined when it is none of a metric that is read
 */
export function readSeriesName(text: string, otherLabels = ''): SeriesName | undefined {
  const { column, labels: ownLabels } = splitLabels(text);
  const labels = otherLabels === '' ? ownLabels : `${ownLabels},${otherLabels}`;
  const meaning = findColumnMeaning(column);
  if (meaning === undefined || meaning.strangeUnit !== undefined) return undefined;
  if (meaning.metricId === 'containerMemoryLimitBytes' && OTHER_RESOURCE.test(labels)) return undefined;
  const database = DATABASE_LABEL.exec(labels)?.[1];
  if (database === undefined || (meaning.metricId !== 'keys' && meaning.metricId !== 'expires')) return { column, labels, meaning };
  const metricId = databaseMetricId(Number(database), meaning.metricId === 'keys' ? 'Keys' : 'Expires');
  return { column, labels, meaning: { ...meaning, metricId } };
}

/** Whether a text has labels at all; what has none is a name like any other. */
export function hasLabels(text: string): boolean {
  return splitLabels(text).labels !== '' || /\{\s?\}$/.test(text);
}

function splitLabels(text: string): { readonly column: string; readonly labels: string } {
  const whole = text.trim();
  const tagged = TAGGED_QUERY.exec(whole);
  if (tagged) return { column: `${tagged[1]}(${tagged[2]})`, labels: tagged[3] ?? '' };
  const selector = SELECTOR.exec(whole) ?? SERIES.exec(whole);
  if (selector) return { column: selector[1] ?? '', labels: selector[2] ?? '' };
  const query = readSeriesQuery(whole);
  if (query?.labels !== undefined) return { column: query.column, labels: query.labels };
  return splitLegend(whole) ?? { column: whole, labels: '' };
}

/** `orders-001 BytesUsedForCache` or `BytesUsedForCache orders-001`, as legends put the server beside the metric. */
function splitLegend(text: string): { readonly column: string; readonly labels: string } | undefined {
  const [, first = '', second = ''] = LEGEND.exec(text) ?? [];
  if (first === '' || findColumnMeaning(text) !== undefined) return undefined;
  const names = [first, second].filter((word) => findColumnMeaning(word) !== undefined);
  const [column] = names;
  if (column === undefined || names.length > 1) return undefined;
  return { column, labels: `node="${column === first ? second : first}"` };
}

/** The server that labels name; undefined where they name none. */
export function nodeOfLabels(labels: string): string | undefined {
  const node = NODE_LABEL.exec(labels)?.[1]?.trim();
  return node === '' || node === '*' ? undefined : node;
}
