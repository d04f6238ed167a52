import { MiB } from '../model/bytes.ts';
import { MACHINE_METRIC_IDS, type Metric, type MetricId } from '../model/metrics.ts';

/** Values that a metric can have, both ends included, in base units; others are absent. */
export interface MetricBounds {
  readonly least: number;
  readonly most: number;
}

/** Sizes that are 0 only where the operating system or the allocator told nothing. */
const ZERO_IS_ABSENT: ReadonlySet<MetricId> = new Set<MetricId>([
  'usedMemoryRssBytes',
  'totalSystemMemoryBytes',
  'allocatorAllocatedBytes',
  'allocatorActiveBytes',
  'allocatorResidentBytes',
]);
/** From here on a size is a wrapped one. */
export const WRAPPED_FROM = 2 ** 63;
/** The last double below 2^63: INFO prints small negative sums as unsigned integers near 2^64. */
const LAST_UNWRAPPED_BYTES = 2 ** 63 - 1024;
/** No machine is larger; "no limit" is written as 0, as the largest whole pages below 2^63, or as infinity. */
const LARGEST_MACHINE_BYTES = 2 ** 62 - 512;
/** Below it a limit counts something else, such as processors. */
const SMALLEST_MACHINE_BYTES = MiB;
/** 31 years: a larger uptime is an epoch that the server failed to subtract. */
const LONGEST_UPTIME_SECONDS = 1e9;

/** The values that a sample of this metric can have: none is negative (-1 means "none yet"), and some cannot be 0. */
export function metricBounds({ id, unit, kind }: Pick<Metric, 'id' | 'unit' | 'kind'>): MetricBounds {
  if (MACHINE_METRIC_IDS.has(id)) return { least: SMALLEST_MACHINE_BYTES, most: LARGEST_MACHINE_BYTES };
  const zeroIsAbsent = ZERO_IS_ABSENT.has(id) || unit === 'ratio' || unit === 'epochSeconds';
  return { least: zeroIsAbsent ? Number.MIN_VALUE : 0, most: mostOf({ id, unit, kind }) };
}

function mostOf({ id, unit, kind }: Pick<Metric, 'id' | 'unit' | 'kind'>): number {
  if (kind === 'flag') return 1;
  if (id === 'uptimeSeconds') return LONGEST_UPTIME_SECONDS;
  return unit === 'bytes' ? LAST_UNWRAPPED_BYTES : Number.MAX_VALUE;
}
