import { METRICS, type Metric, TEXT_FIELD_IDS, TEXT_FIELDS, type TextFieldId } from '../../model/metrics.ts';

/** Fields that only steer the reading: they place a dump in time, or tell whose INFO it is. */
const GUIDE_FIELDS = [
  'server_time_usec',
  'pika_version',
  'kvrocks_version',
  'mvcc_depth',
  'server_threads',
  'long_lock_waits',
  'errorstat_ERRORSTATS_OVERFLOW',
  'errorstat_ERRORSTATS_DISABLED',
] as const;
/** Sizes rounded for people, read only where the exact field is not there; they end the list of guide fields. */
const ROUNDED_FIELDS = [
  'used_memory_human',
  'used_memory_rss_human',
  'used_memory_peak_human',
  'maxmemory_human',
  'total_system_memory_human',
] as const;
export type GuideField = (typeof GUIDE_FIELDS)[number];

interface InfoField {
  readonly name: string;
  readonly kind: 'number' | 'text' | 'guide';
  /** Values below are absent: most gauges cannot be negative, and some cannot be 0. */
  readonly least: number;
  readonly most: number;
}

/** 31 years: a larger uptime is an epoch that the server failed to subtract. */
const LONGEST_UPTIME_SECONDS = 1e9;
/** Metrics for which INFO prints 0 when the operating system or the allocator told nothing. */
const ZERO_IS_ABSENT = new Set([
  'usedMemoryRssBytes',
  'totalSystemMemoryBytes',
  'allocatorAllocatedBytes',
  'allocatorActiveBytes',
  'allocatorResidentBytes',
]);

function numberField(name: string, metric: Metric): InfoField {
  const zeroIsAbsent = ZERO_IS_ABSENT.has(metric.id) || metric.unit === 'ratio' || metric.unit === 'epochSeconds';
  const most = metric.kind === 'flag' ? 1 : metric.id === 'uptimeSeconds' ? LONGEST_UPTIME_SECONDS : Number.MAX_VALUE;
  return { name, kind: 'number', least: zeroIsAbsent ? Number.MIN_VALUE : 0, most };
}

/** Every INFO field that is kept, numbers first. The index of a field here is its slot in a dump. */
export const INFO_FIELDS: readonly InfoField[] = [
  ...METRICS.flatMap((metric) => metric.info.map((name) => numberField(name, metric))),
  ...TEXT_FIELD_IDS.flatMap((id) => TEXT_FIELDS[id].map((name): InfoField => ({ name, kind: 'text', least: 0, most: 0 }))),
  ...[...GUIDE_FIELDS, ...ROUNDED_FIELDS].map((name): InfoField => ({ name, kind: 'guide', least: 0, most: Number.MAX_VALUE })),
];

/** Slots from 0 hold numbers, from here texts, and from FIRST_GUIDE_SLOT guide fields. */
export const FIRST_TEXT_SLOT = INFO_FIELDS.findIndex((field) => field.kind === 'text');
export const FIRST_GUIDE_SLOT = INFO_FIELDS.findIndex((field) => field.kind === 'guide');

/** Slots from here hold sizes rounded for people, such as `1.05G`. */
export const FIRST_ROUNDED_SLOT = INFO_FIELDS.length - ROUNDED_FIELDS.length;

/** Field name → slot. */
export const SLOT_BY_FIELD: ReadonlyMap<string, number> = new Map(INFO_FIELDS.map((field, slot) => [field.name, slot]));

/** The slot of the exact field of each rounded one, from FIRST_ROUNDED_SLOT. */
export const EXACT_SLOTS: readonly number[] = ROUNDED_FIELDS.map((name) => SLOT_BY_FIELD.get(name.replace('_human', '')) ?? -1);

const slotsOf = (names: readonly string[]): number[] => names.map((name) => SLOT_BY_FIELD.get(name) ?? -1).filter((slot) => slot >= 0);

/** The slots that may hold each metric, best first, and what their values are multiplied with. */
export const METRIC_SLOTS: readonly { readonly metric: Metric; readonly scale: number; readonly slots: readonly number[] }[] = METRICS.map(
  (metric) => ({
    metric,
    scale: metric.infoScale ?? 1,
    slots: slotsOf([...metric.info, ...metric.info.map((name) => `${name}_human`)]),
  }),
).filter(({ slots }) => slots.length > 0);

/** The slots that may hold each text, best first. */
export const TEXT_SLOTS: readonly { readonly id: TextFieldId; readonly slots: readonly number[] }[] = TEXT_FIELD_IDS.map((id) => ({
  id,
  slots: slotsOf(TEXT_FIELDS[id]),
}));

/** The slot of a field known to be in the table. */
export function slotOf(name: string): number {
  const slot = SLOT_BY_FIELD.get(name);
  if (slot === undefined) throw new RangeError(`${name} is no field of the table`);
  return slot;
}

const PLAIN_NUMBER = /^[+-]?\d{1,40}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?$/;

/** The number written in an INFO value; NaN for words, `inf`, and anything that is not wholly a number. */
export function parseInfoNumber(text: string): number {
  const trimmed = text.trim();
  return PLAIN_NUMBER.test(trimmed) ? Number(trimmed) : Number.NaN;
}
