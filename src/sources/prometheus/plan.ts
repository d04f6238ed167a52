import { findMetric, METRICS, type MetricId, TEXT_FIELDS, type TextFieldId } from '../../model/metrics.ts';
import { findColumnMeaning } from '../csv/column-names.ts';

/** One metric of the server and the way its samples within a step become one value. */
export interface MetricQuery {
  /** As the server calls it: `redis_memory_used_bytes`. */
  readonly name: string;
  /** What it holds: a number, a text field that is 1 where all is well, texts in its labels, or a replica's address in them. */
  readonly metricId?: MetricId;
  readonly status?: { readonly fieldId: TextFieldId; readonly words: readonly [one: string, other: string] };
  readonly labelFields?: readonly { readonly label: string; readonly fieldId: TextFieldId }[];
  readonly replica?: true;
  /** Value × scale is in base units. */
  readonly scale: number;
  /** Peaks are kept, never averaged away; what only grows, and what a process is known by, is read as it was last. */
  readonly over: 'max_over_time' | 'last_over_time';
  /** Only the series whose label has this value; 0 where there are others of the metric. */
  readonly where?: readonly [label: string, value: string];
}

/** Names that may be metrics of a server, where no selector says which. */
export const SERVER_NAMES = '__name__=~"(redis|valkey|keydb|dragonfly)_.+"';

const INFO_LABELS = Object.entries(TEXT_FIELDS).flatMap(([fieldId, fields]) =>
  fields.map((label) => ({ label, fieldId: fieldId as TextFieldId })),
);
const STATUS_FIELDS: ReadonlySet<TextFieldId> = new Set<TextFieldId>(['rdbLastBgsaveStatus', 'aofLastRewriteStatus', 'aofLastWriteStatus']);
const ORDER = new Map<MetricId, number>(METRICS.map(({ id }, index) => [id, index]));

/** What is to be asked for, of the metrics that are there: used memory first, each of ours once, by the name that tells it best. */
export function planQueries(names: readonly string[]): MetricQuery[] {
  const best = new Map<MetricId, { readonly query: MetricQuery; readonly rank: number }>();
  const texts: MetricQuery[] = [];
  for (const name of [...new Set(names)].sort()) {
    const told = textQuery(name);
    if (told) texts.push({ name, scale: 1, over: 'last_over_time', ...told });
    // What was averaged before it came here has lost its peaks.
    const meaning = findColumnMeaning(name);
    if (meaning === undefined || meaning.strangeUnit !== undefined || (meaning.aggregate ?? 'maximum') !== 'maximum') continue;
    const { metricId, fieldId, scale, rank } = meaning;
    if (fieldId !== undefined && STATUS_FIELDS.has(fieldId))
      texts.push({ name, status: { fieldId, words: ['ok', 'err'] }, scale, over: 'last_over_time' });
    const known = metricId === undefined ? undefined : best.get(metricId);
    if (metricId === undefined || (known !== undefined && known.rank <= rank)) continue;
    best.set(metricId, { query: { name, metricId, scale, over: overOf(metricId) }, rank });
  }
  const errors = names.find((name) => /^(?:redis|valkey)_errors_total$/.test(name));
  const oom: MetricQuery[] =
    errors === undefined ? [] : [{ name: errors, metricId: 'oomErrors', scale: 1, over: 'last_over_time', where: ['err', 'OOM'] }];
  const numbers = [...best.values()].map(({ query }) => query);
  numbers.sort((a, b) => placeOf(a) - placeOf(b));
  return [...numbers, ...oom, ...texts];
}

function textQuery(name: string): Partial<MetricQuery> | undefined {
  if (/_(?:instance|slave)_info$/.test(name)) return { labelFields: INFO_LABELS };
  if (/_connected_slave_offset_bytes$/.test(name)) return { replica: true };
  return /_master_link_up$/.test(name) ? { status: { fieldId: 'masterLinkStatus', words: ['up', 'down'] } } : undefined;
}

const placeOf = ({ metricId }: MetricQuery): number => (metricId === undefined ? 0 : (ORDER.get(metricId) ?? ORDER.size));

function overOf(metricId: MetricId): MetricQuery['over'] {
  const kind = findMetric(metricId)?.kind;
  return metricId !== 'processId' && (kind === 'gauge' || kind === 'flag') ? 'max_over_time' : 'last_over_time';
}

/** `{__name__="redis_up",job="redis"}`: the name as a label, so that any name and any selector fit. */
export function selectorOf(name: string, ...matchers: readonly (string | undefined)[]): string {
  return `{${[`__name__=${JSON.stringify(name)}`, ...matchers.filter((text) => text !== undefined && text !== '')].join(',')}}`;
}

/** The query of a metric for the series of all selectors. @param range - in milliseconds */
export function queryText({ name, over, where }: MetricQuery, selectors: readonly string[], range: number): string {
  const [label, value] = where ?? [];
  const query = (matcher?: string) =>
    selectors.map((selector) => `${over}(${selectorOf(name, selector, matcher)}[${range}ms])`).join(' or ');
  return label === undefined ? query() : `${query(`${label}=${JSON.stringify(value)}`)} or 0 * max without (${label}) (${query()})`;
}
