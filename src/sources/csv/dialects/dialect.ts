import type { MetricId } from '../../../model/metrics.ts';

/**
 * How one tool writes its CSV: data only. What a dialect does not say is found from the header and the cells as for any other file.
 * Names are compared without case, blanks and punctuation.
 */
export interface Dialect {
  readonly id: string;
  /** Columns that must all be there for the file to be of this dialect. */
  readonly requires: readonly string[];
  readonly timeColumn?: string;
  readonly nodeColumn?: string;
  /** Columns whose names are the tool's own; INFO, redis_exporter and our own names need no line here. */
  readonly metrics?: readonly { readonly column: string; readonly metricId: MetricId; readonly scale?: number }[];
  /** Why the tool's values are averages; absent where they are not. */
  readonly averaged?: string;
}
