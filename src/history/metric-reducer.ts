import type { BucketColumn, MetricSummary, Peak } from '../model/node-history.ts';
import { LogHistogram } from '../stats/log-histogram.ts';
import { MAX_BUCKETS } from './bucket-clock.ts';

/** What is known of each row of a chunk beside its values. */
export interface RowFacts {
  /** 1 where the server was loading its data. */
  readonly loading: Uint8Array;
  /** Whether it is 1 anywhere in the chunk. */
  anyLoading: boolean;
  /** Number of the process life, growing at each restart. */
  readonly life: Int32Array;
  /** The same, growing also at each CONFIG RESETSTAT. */
  readonly statLife: Int32Array;
  /** Bucket of the row. */
  readonly slot: Int32Array;
}

/** How one metric's values are taken. */
export interface MetricHandling {
  /** Leave out samples taken while loading. */
  readonly skipsLoading: boolean;
  /** Sum up its growth, starting from 0 whenever the named number changes. */
  readonly counter: 'life' | 'statLife' | undefined;
}

/** One metric of one node: extremes, quantiles, growth and bucket column, in bounded memory. */
export class MetricReducer {
  /** Row of the chunk given to the last `add` that raised the maximum, or -1. */
  raisedAtRow = -1;
  private readonly handling: MetricHandling;
  private readonly histogram = new LogHistogram();
  private minValue = Number.POSITIVE_INFINITY;
  private minAt = 0;
  private maxValue = Number.NEGATIVE_INFINITY;
  private maxAt = 0;
  private first: Peak | undefined;
  private lastValue = Number.NaN;
  private lastAt = 0;
  private lastLife = 0;
  private increase = 0;
  private bucketMin = new Float64Array(0);
  private bucketMax = new Float64Array(0);
  private bucketLast = new Float64Array(0);

  constructor(handling: MetricHandling) {
    this.handling = handling;
  }

  /** Takes rows `from` to `to` (excluded) of a chunk whose buckets are placed. */
  add(values: Float64Array, at: Float64Array, facts: RowFacts, from: number, to: number): void {
    this.raisedAtRow = -1;
    if (from >= to) return;
    this.reserve((facts.slot[to - 1] as number) + 1);
    const { counter, skipsLoading } = this.handling;
    const skip = skipsLoading && facts.anyLoading ? facts.loading : undefined;
    if (skip === undefined && isRepeated(values, from, to)) {
      const value = values[from] as number;
      // Of a life that goes on, what stands still adds nothing after its first row.
      if (counter) this.addIncrease(values, facts[counter], from, facts[counter][from] === facts[counter][to - 1] ? from + 1 : to);
      this.histogram.addRepeated(value, to - from);
      this.addRepeated(value, at, facts.slot, from, to);
      return;
    }
    if (counter) this.addIncrease(values, facts[counter], from, to);
    this.histogram.add(values, from, to, skip);
    this.addExtremes(values, at, facts.slot, from, to, skip);
  }

  /** Follows `BucketClock.widen`. */
  mergeBuckets(target: Int32Array): void {
    const { bucketMin, bucketMax, bucketLast } = this;
    const known = Math.min(target.length, bucketMin.length);
    for (let slot = 1; slot < known; slot++) {
      const into = target[slot] as number;
      if (into === slot) continue;
      const min = bucketMin[slot] as number;
      const max = bucketMax[slot] as number;
      const last = bucketLast[slot] as number;
      bucketMin[slot] = Number.POSITIVE_INFINITY;
      bucketMax[slot] = Number.NEGATIVE_INFINITY;
      bucketLast[slot] = Number.NaN;
      if (min < (bucketMin[into] as number)) bucketMin[into] = min;
      if (max > (bucketMax[into] as number)) bucketMax[into] = max;
      if (!Number.isNaN(last)) bucketLast[into] = last;
    }
  }

  /** Newest value; NaN when there was none. */
  get last(): number {
    return this.lastValue;
  }

  /** @returns undefined when no value was taken */
  summary(): MetricSummary | undefined {
    if (this.first === undefined) return undefined;
    return {
      count: this.histogram.count,
      min: { value: this.minValue, at: this.minAt },
      max: { value: this.maxValue, at: this.maxAt },
      first: this.first,
      last: { value: this.lastValue, at: this.lastAt },
      p50: this.quantile(0.5),
      p95: this.quantile(0.95),
      p99: this.quantile(0.99),
      ...(this.handling.counter ? { increase: this.increase } : {}),
    };
  }

  /** The metric's column over `count` buckets, in the memory of this reducer: call once, at the end. */
  bucketColumn(count: number): BucketColumn {
    this.reserve(count);
    const column = {
      min: this.bucketMin.subarray(0, count),
      max: this.bucketMax.subarray(0, count),
      last: this.bucketLast.subarray(0, count),
    };
    for (let slot = 0; slot < count; slot++) {
      if (!Number.isNaN(column.last[slot])) continue;
      column.min[slot] = Number.NaN;
      column.max[slot] = Number.NaN;
    }
    return column;
  }

  private addExtremes(values: Float64Array, at: Float64Array, slots: Int32Array, from: number, to: number, skip?: Uint8Array): void {
    const { bucketMin, bucketMax, bucketLast } = this;
    let maxValue = this.maxValue;
    let maxRow = -1;
    let minValue = this.minValue;
    let minRow = -1;
    let firstRow = -1;
    let lastRow = -1;
    let slot = -1;
    let slotMin = 0;
    let slotMax = 0;
    for (let i = from; i < to; i++) {
      const value = values[i] as number;
      if (value - value !== 0 || (skip !== undefined && skip[i] === 1)) continue;
      if (slots[i] !== slot) {
        if (slot >= 0) {
          bucketMin[slot] = slotMin;
          bucketMax[slot] = slotMax;
          bucketLast[slot] = values[lastRow] as number;
        }
        slot = slots[i] as number;
        slotMin = bucketMin[slot] as number;
        slotMax = bucketMax[slot] as number;
      }
      if (value < slotMin) slotMin = value;
      if (value > slotMax) slotMax = value;
      if (value > maxValue) {
        maxValue = value;
        maxRow = i;
      }
      if (value < minValue) {
        minValue = value;
        minRow = i;
      }
      if (firstRow < 0) firstRow = i;
      lastRow = i;
    }
    if (lastRow < 0) return;
    bucketMin[slot] = slotMin;
    bucketMax[slot] = slotMax;
    bucketLast[slot] = values[lastRow] as number;
    if (maxRow >= 0) [this.maxValue, this.maxAt, this.raisedAtRow] = [maxValue, at[maxRow] as number, maxRow];
    if (minRow >= 0) [this.minValue, this.minAt] = [minValue, at[minRow] as number];
    this.first ??= { value: values[firstRow] as number, at: at[firstRow] as number };
    [this.lastValue, this.lastAt] = [values[lastRow] as number, at[lastRow] as number];
  }

  /** As `addExtremes` of rows that all have one finite value. */
  private addRepeated(value: number, at: Float64Array, slots: Int32Array, from: number, to: number): void {
    for (let slot = slots[from] as number; slot <= (slots[to - 1] as number); slot++) {
      if (value < (this.bucketMin[slot] as number)) this.bucketMin[slot] = value;
      if (value > (this.bucketMax[slot] as number)) this.bucketMax[slot] = value;
      this.bucketLast[slot] = value;
    }
    const firstAt = at[from] as number;
    if (value > this.maxValue) [this.maxValue, this.maxAt, this.raisedAtRow] = [value, firstAt, from];
    if (value < this.minValue) [this.minValue, this.minAt] = [value, firstAt];
    this.first ??= { value, at: firstAt };
    [this.lastValue, this.lastAt] = [value, at[to - 1] as number];
  }

  private quantile(q: number): number {
    return Math.min(this.maxValue, Math.max(this.minValue, this.histogram.quantile(q)));
  }

  private addIncrease(values: Float64Array, lives: Int32Array, from: number, to: number): void {
    let previous = this.lastValue;
    let life = this.lastLife;
    let increase = this.increase;
    for (let i = from; i < to; i++) {
      const value = values[i] as number;
      if (!Number.isFinite(value)) continue;
      if (!Number.isNaN(previous)) {
        // After a reset the counter began at 0, so all of its value is new, even where it has already outgrown the old one.
        increase += lives[i] !== life || value < previous ? value : value - previous;
      }
      previous = value;
      life = lives[i] as number;
    }
    this.lastLife = life;
    this.increase = increase;
  }

  private reserve(count: number): void {
    const old = this.bucketMin.length;
    if (count <= old) return;
    const length = Math.min(MAX_BUCKETS, Math.max(64, count, old * 4));
    this.bucketMin = grown(this.bucketMin, length, Number.POSITIVE_INFINITY);
    this.bucketMax = grown(this.bucketMax, length, Number.NEGATIVE_INFINITY);
    this.bucketLast = grown(this.bucketLast, length, Number.NaN);
  }
}

/** Whether all rows have the same finite value, as settings do and counters of what does not happen. */
function isRepeated(values: Float64Array, from: number, to: number): boolean {
  const value = values[from] as number;
  for (let i = from; i < to; i++) if (values[i] !== value) return false;
  return Number.isFinite(value);
}

function grown(column: Float64Array, length: number, filler: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length).fill(filler);
  larger.set(column);
  return larger;
}
