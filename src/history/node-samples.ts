import type { MetricId, TextFieldId } from '../model/metrics.ts';

/** Samples of one node in time order, no instant twice. Row `i` of every column is one sample. */
export interface NodeSamples {
  readonly count: number;
  /** Epoch milliseconds UTC, ascending. */
  readonly at: Float64Array;
  /** NaN means absent. */
  readonly numbers: ReadonlyMap<MetricId, Float64Array>;
  readonly texts: ReadonlyMap<TextFieldId, readonly (string | undefined)[]>;
}
