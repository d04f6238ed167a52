import type { MetricId } from '../model/metrics.ts';
import type { HourlyPeaks } from '../model/node-history.ts';

const HOUR_MILLISECONDS = 3_600_000;
/** Two leap years. */
const MAX_HOURS = 2 * 366 * 24;
const METRIC_IDS = ['usedMemoryBytes', 'usedMemoryRssBytes', 'countedBytes'] as const satisfies readonly MetricId[];

/** Maxima of each UTC hour that holds samples; of more than two years the newest. */
export class HourlyPeaksReducer {
  private at: number[] = [];
  private readonly columns: Record<(typeof METRIC_IDS)[number], number[]> = {
    usedMemoryBytes: [],
    usedMemoryRssBytes: [],
    countedBytes: [],
  };

  add(at: Float64Array, count: number, numbers: ReadonlyMap<MetricId, Float64Array>, loading: Uint8Array): void {
    for (let from = 0; from < count; ) {
      const hour = Math.floor((at[from] as number) / HOUR_MILLISECONDS);
      if (hour * HOUR_MILLISECONDS !== this.at[this.at.length - 1]) this.startHour(hour * HOUR_MILLISECONDS);
      let to = from + 1;
      while (to < count && Math.floor((at[to] as number) / HOUR_MILLISECONDS) === hour) to += 1;
      for (const id of METRIC_IDS) {
        const values = numbers.get(id);
        if (values) this.raise(this.columns[id], highest(values, from, to, loading));
      }
      from = to;
    }
  }

  finish(): HourlyPeaks {
    const newest = (column: readonly number[]): Float64Array => Float64Array.from(column.slice(-MAX_HOURS));
    return {
      at: newest(this.at),
      usedMemoryBytes: newest(this.columns.usedMemoryBytes),
      usedMemoryRssBytes: newest(this.columns.usedMemoryRssBytes),
      countedBytes: newest(this.columns.countedBytes),
    };
  }

  private raise(peaks: number[], value: number): void {
    const hour = peaks.length - 1;
    if (value > Number.NEGATIVE_INFINITY && !(value <= (peaks[hour] as number))) peaks[hour] = value;
  }

  private startHour(hourAt: number): void {
    if (this.at.length >= 2 * MAX_HOURS) {
      this.at.splice(0, MAX_HOURS);
      for (const id of METRIC_IDS) this.columns[id].splice(0, MAX_HOURS);
    }
    this.at.push(hourAt);
    for (const id of METRIC_IDS) this.columns[id].push(Number.NaN);
  }
}

/** -Infinity when there is no value. */
function highest(values: Float64Array, from: number, to: number, skip: Uint8Array): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = from; i < to; i++) {
    const value = values[i] as number;
    if (value > max && value < Number.POSITIVE_INFINITY && skip[i] !== 1) max = value;
  }
  return max;
}
