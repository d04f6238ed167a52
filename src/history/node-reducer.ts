import { findMetric, METRICS, type MetricId, parseDatabaseMetricId } from '../model/metrics.ts';
import type { BucketColumn, MetricSummary, NodeHistory } from '../model/node-history.ts';
import { BucketClock } from './bucket-clock.ts';
import { ForksReducer } from './forks.ts';
import { HourlyPeaksReducer } from './hourly-peaks.ts';
import { type MetricHandling, MetricReducer, type RowFacts } from './metric-reducer.ts';
import type { NodeSamples } from './node-samples.ts';
import { isPlausibleUptime, ProcessLives } from './process-lives.ts';
import { RecoveredPeaksReducer } from './recovered-peaks.ts';
import { SamplingSteps } from './sampling-steps.ts';
import { TextChangesReducer } from './text-changes.ts';

/** Gauges in bytes that are settings or facts of the machine: as true while loading as at any time. */
const SETTINGS: ReadonlySet<MetricId> = new Set([
  'maxmemoryBytes',
  'totalSystemMemoryBytes',
  'containerMemoryLimitBytes',
  'hostMemoryBytes',
  'maxmemoryReservationBytes',
  'maxfragmentationmemoryReservationBytes',
  'replBacklogSizeBytes',
] as const);

/** What the reducer cannot know because it sees clean samples only. */
export interface IntakeCounts {
  readonly duplicates: number;
  readonly outOfOrder: number;
}

/**
 * Reduces one node's samples to its `NodeHistory`, in memory that does not grow with their number.
 * Give all samples in time order, in chunks of any size: the result does not depend on where the chunks were cut.
 */
export class NodeReducer {
  private readonly nodeId: string;
  private count = 0;
  private fromAt = Number.NaN;
  private toAt = Number.NaN;
  private facts = createFacts(0);
  private counted = new Float64Array(0);
  private readonly metrics = new Map<MetricId, MetricReducer>();
  private readonly clock = new BucketClock();
  private readonly lives = new ProcessLives();
  private readonly steps = new SamplingSteps();
  private readonly hours = new HourlyPeaksReducer();
  private readonly recovered = new RecoveredPeaksReducer();
  private readonly forks = new ForksReducer();
  private readonly texts = new TextChangesReducer();
  private atPeak: Partial<Record<MetricId, number>> = {};

  constructor(nodeId: string) {
    this.nodeId = nodeId;
  }

  /** Takes the next samples. They are only read, and not kept. */
  add(given: NodeSamples): void {
    if (given.count === 0) return;
    if (this.facts.slot.length < given.count) {
      this.facts = createFacts(given.count);
      this.counted = new Float64Array(given.count);
    }
    const samples = { ...given, numbers: this.cleanNumbers(given) };
    if (this.count === 0) this.fromAt = samples.at[0] as number;
    this.toAt = samples.at[samples.count - 1] as number;
    this.count += samples.count;
    this.facts.anyLoading = this.lives.add(samples, this.facts);
    if (this.lives.belated.length > 0) samples.numbers = withoutCounters(samples.numbers, this.lives.belated);
    this.steps.add(samples.at, samples.count);
    this.hours.add(samples.at, samples.count, samples.numbers, this.facts.loading);
    this.recovered.add(samples, this.facts.life);
    this.forks.add(samples, this.facts.life);
    this.texts.add(samples);
    this.addMetrics(samples);
  }

  /** The history of all samples given. Call once, after at least one sample. */
  finish(intake: IntakeCounts): NodeHistory {
    const ids = [...this.metrics.keys()].sort(byTableOrder);
    const summaries = new Map<MetricId, MetricSummary>();
    const columns = new Map<MetricId, BucketColumn>();
    const last: Partial<Record<MetricId, number>> = {};
    for (const id of ids) {
      const reducer = this.metrics.get(id);
      const summary = reducer?.summary();
      if (!reducer || !summary) continue;
      summaries.set(id, summary);
      columns.set(id, reducer.bucketColumn(this.clock.count));
      last[id] = summary.last.value;
    }
    const texts = this.texts.finish();
    return {
      nodeId: this.nodeId,
      fromAt: this.fromAt,
      toAt: this.toAt,
      sampleCount: this.count,
      duplicates: intake.duplicates,
      outOfOrder: intake.outOfOrder,
      loadingSamples: this.lives.loadingSamples,
      forkSamples: this.forks.forkSamples,
      ...this.steps.finish(),
      ...this.lives.finish(),
      texts,
      metrics: summaries,
      buckets: { count: this.clock.count, ...this.clock.finish(), columns },
      hours: this.hours.finish(),
      recoveredPeaks: this.recovered.finish(),
      forks: this.forks.finish(),
      atPeak: this.atPeak,
      last,
      // Redis never had a 6.3; its KeyDB namesake is what calls itself so.
      hasKeyDbFields: texts.redisVersion?.some(({ value }) => value.startsWith('6.3.')) ?? false,
    };
  }

  private addMetrics(samples: NodeSamples): void {
    const columns = [...samples.numbers].flatMap(([id, values]) => {
      const reducer = this.metricReducer(id, values, samples.count);
      return reducer ? [{ id, values, reducer }] : [];
    });
    for (let from = 0; from < samples.count; ) {
      const to = this.clock.place(samples.at, from, samples.count, this.facts.slot);
      for (const { values, reducer } of columns) reducer.add(values, samples.at, this.facts, from, to);
      const peakRow = to > from ? (this.metrics.get('usedMemoryBytes')?.raisedAtRow ?? -1) : -1;
      if (peakRow >= 0 && samples.numbers.has('usedMemoryBytes')) this.atPeak = rowValues(samples.numbers, peakRow);
      if (to < samples.count) {
        const target = this.clock.widen(samples.at[to] as number);
        for (const reducer of this.metrics.values()) reducer.mergeBuckets(target);
      }
      from = to;
    }
  }

  /** The metric's reducer, made when its first value comes. */
  private metricReducer(id: MetricId, values: Float64Array, count: number): MetricReducer | undefined {
    const known = this.metrics.get(id);
    if (known || !hasValue(values, count)) return known;
    const reducer = new MetricReducer(metricHandling(id));
    this.metrics.set(id, reducer);
    return reducer;
  }

  /** Adds what is compared with maxmemory, used − not counted, and leaves impossible uptimes out. */
  private cleanNumbers(samples: NodeSamples): ReadonlyMap<MetricId, Float64Array> {
    const numbers = new Map(samples.numbers);
    const uptimes = numbers.get('uptimeSeconds');
    if (uptimes) numbers.set('uptimeSeconds', plausibleUptimes(uptimes, samples.count));
    const used = numbers.get('usedMemoryBytes');
    const notCounted = numbers.get('notCountedBytes');
    if (used && notCounted) {
      const given = numbers.get('countedBytes');
      for (let i = 0; i < samples.count; i++) {
        const counted = (used[i] as number) - (notCounted[i] as number);
        this.counted[i] = counted >= 0 ? counted : (given?.[i] ?? Number.NaN);
      }
      numbers.set('countedBytes', this.counted);
    }
    return numbers;
  }
}

function createFacts(length: number): RowFacts {
  return {
    loading: new Uint8Array(length),
    anyLoading: false,
    life: new Int32Array(length),
    statLife: new Int32Array(length),
    slot: new Int32Array(length),
  };
}

function metricHandling(id: MetricId): MetricHandling {
  const metric = findMetric(id);
  const isMemory = metric?.kind === 'gauge' && (metric.unit === 'bytes' || metric.unit === 'ratio') && !SETTINGS.has(id);
  const isCounter = metric?.kind === 'counter';
  return { skipsLoading: isMemory, counter: isCounter ? (metric.resetByStat ? 'statLife' : 'life') : undefined };
}

/** The same columns, but for the counters of some rows: absent. */
function withoutCounters(numbers: ReadonlyMap<MetricId, Float64Array>, rows: readonly number[]): ReadonlyMap<MetricId, Float64Array> {
  return new Map(
    [...numbers].map(([id, values]) => {
      if (findMetric(id)?.kind !== 'counter') return [id, values];
      const cleared = values.slice();
      for (const row of rows) cleared[row] = Number.NaN;
      return [id, cleared];
    }),
  );
}

function hasValue(values: Float64Array, count: number): boolean {
  for (let i = 0; i < count; i++) if (Number.isFinite(values[i])) return true;
  return false;
}

function plausibleUptimes(uptimes: Float64Array, count: number): Float64Array {
  for (let i = 0; i < count; i++) {
    const uptime = uptimes[i] as number;
    if (!isPlausibleUptime(uptime) && !Number.isNaN(uptime)) {
      return uptimes.slice(0, count).map((seconds) => (isPlausibleUptime(seconds) ? seconds : Number.NaN));
    }
  }
  return uptimes;
}

function rowValues(numbers: ReadonlyMap<MetricId, Float64Array>, row: number): Partial<Record<MetricId, number>> {
  const values: Partial<Record<MetricId, number>> = {};
  for (const [id, column] of [...numbers].sort(([a], [b]) => byTableOrder(a, b))) {
    const value = column[row] as number;
    if (Number.isFinite(value)) values[id] = value;
  }
  return values;
}

const TABLE_ORDER = new Map<MetricId, number>(METRICS.map(({ id }, index) => [id, index]));

function byTableOrder(a: MetricId, b: MetricId): number {
  return tableOrder(a) - tableOrder(b);
}

/** Place in the metric table; databases follow by their number, keys before expires. */
function tableOrder(id: MetricId): number {
  const database = parseDatabaseMetricId(id);
  if (!database) return TABLE_ORDER.get(id) ?? METRICS.length;
  return METRICS.length + 1 + 2 * database.index + (database.part === 'Keys' ? 0 : 1);
}
