import type { GapReason } from './gap-reason.ts';
import type { MetricId, TextFieldId } from './metrics.ts';
import type { NodeDescription } from './node-description.ts';

/** A stretch of time; instants are epoch milliseconds UTC. */
export interface Span {
  readonly fromAt: number;
  readonly toAt: number;
}

/** A stretch without samples, and why, where a collector noted it. */
export interface Gap extends Span {
  readonly reasons?: readonly GapReason[];
}

export interface Peak {
  readonly value: number;
  readonly at: number;
}

/** One metric over the whole window. Loading samples are left out of memory gauges. */
export interface MetricSummary {
  readonly count: number;
  readonly min: Peak;
  /** Exact, however many samples there were. The earliest instant wins a tie. */
  readonly max: Peak;
  readonly first: Peak;
  readonly last: Peak;
  /** Within 1 % of the exact sample quantile. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Counters: the growth over the window with falls (restart, RESETSTAT) counted from 0. Absent for other kinds. */
  readonly increase?: number;
}

/**
 * The window cut into at most 1,024 stretches of equal length that hold samples (empty ones are left out), oldest first.
 * Column `i` of every array belongs to stretch `i`; NaN means absent. With 1,024 samples or fewer each sample is its own bucket.
 */
export interface Buckets {
  readonly count: number;
  /** Instants of the first and the last sample inside. */
  readonly fromAt: Float64Array;
  readonly toAt: Float64Array;
  readonly samples: Float64Array;
  readonly columns: ReadonlyMap<MetricId, BucketColumn>;
}

export interface BucketColumn {
  readonly min: Float64Array;
  readonly max: Float64Array;
  /** Value of the last sample in the bucket that has it. For counters: subtract neighbours only inside one process life. */
  readonly last: Float64Array;
}

/** Hourly maxima (UTC hours that hold samples, oldest first, at most two years' worth); NaN means absent. */
export interface HourlyPeaks {
  /** Start of each hour. */
  readonly at: Float64Array;
  readonly usedMemoryBytes: Float64Array;
  readonly usedMemoryRssBytes: Float64Array;
  readonly countedBytes: Float64Array;
}

export interface Restart {
  /** First sample of the new process. */
  readonly at: number;
  /** Last sample of the old one. */
  readonly lastSeenAt: number;
  readonly reason: 'run-id' | 'uptime' | 'process-id';
  readonly fromVersion?: string;
  readonly toVersion?: string;
}

/** One process life inside the window. */
export interface Life extends Span {
  readonly samples: number;
  readonly usedMemoryPeak?: Peak;
  readonly version?: string;
}

/**
 * A maximum that no sample saw: `used_memory_peak` rose between two samples of one process above both of them, or stood above the first sample
 * of a process that began since the sample before.
 */
export interface RecoveredPeak extends Span {
  readonly value: number;
}

/** A finished background save, rewrite or module fork that left its copy-on-write figure. */
export interface Fork {
  /** First sample that shows the result. */
  readonly at: number;
  readonly kind: 'rdb' | 'aof' | 'module';
  readonly cowBytes: number;
  /** Resident and used memory of the parent at that sample. */
  readonly rssBytes?: number;
  readonly usedMemoryBytes?: number;
  readonly seconds?: number;
  /** Keys changed, evicted and expired, and bytes received, between the samples on both sides of it: the most that may have been while it ran. */
  readonly writtenKeys?: number;
  readonly inputBytes?: number;
}

export interface TextChange {
  readonly at: number;
  readonly value: string;
}

/** One node over the window, of bounded size however many samples went in. */
export interface NodeHistory extends Span {
  readonly nodeId: string;
  /** What the user says of it. */
  readonly described?: NodeDescription;
  /** Distinct samples kept (after duplicates were merged). */
  readonly sampleCount: number;
  /** Usual step between samples: half of the time, gaps aside, was sampled at it or finer; absent with fewer than 2 samples. */
  readonly intervalSeconds?: number;
  /** Rows with an instant that this node already had. Their values were merged: the larger gauge wins. */
  readonly duplicates: number;
  readonly outOfOrder: number;
  /** Samples taken while the server was loading its data. */
  readonly loadingSamples: number;
  /** Samples taken while a child process was running. */
  readonly forkSamples: number;
  /** Stretches without samples longer than 3 × the interval (at least 2 intervals + 1 s), and no slower rhythm: the longest 200, in time order. */
  readonly gaps: readonly Gap[];
  readonly gapCount: number;
  readonly gapSeconds: number;
  readonly restarts: readonly Restart[];
  /** CONFIG RESETSTAT seen: counters fell while the process went on. */
  readonly statResets: readonly { readonly at: number }[];
  readonly lives: readonly Life[];
  /** Each text field's values in time order, a new entry at each change (at most 50). */
  readonly texts: Partial<Record<TextFieldId, readonly TextChange[]>>;
  readonly metrics: ReadonlyMap<MetricId, MetricSummary>;
  readonly buckets: Buckets;
  readonly hours: HourlyPeaks;
  /** The highest, and the 49 others that rise the most above the samples beside them; highest first. */
  readonly recoveredPeaks: readonly RecoveredPeak[];
  /** The newest, and those with the largest share of resident memory; 500 at most, oldest first. */
  readonly forks: readonly Fork[];
  /** Every metric of the sample in which used memory was highest. */
  readonly atPeak: Partial<Record<MetricId, number>>;
  /** Newest known value of each metric. */
  readonly last: Partial<Record<MetricId, number>>;
  /** KeyDB-only fields were seen. */
  readonly hasKeyDbFields: boolean;
}
