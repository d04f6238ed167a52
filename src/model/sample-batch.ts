import type { MetricId, TextFieldId } from './metrics.ts';

/** Where samples were read: shown under data quality and in messages. */
export interface Origin {
  /** File path as the user gave it, or an address without secrets. */
  readonly input: string;
  readonly fromLine?: number;
  readonly toLine?: number;
}

/**
 * Many samples as columns, in base units. Row `i` of every column is one sample.
 * Rows may be in any order, may repeat, and may belong to several nodes: `history/` sorts that out.
 */
export interface SampleBatch {
  readonly kind: 'batch';
  readonly origin: Origin;
  readonly count: number;
  /** One name a row. */
  readonly nodeIds: readonly string[];
  /** Epoch milliseconds UTC, always finite. */
  readonly at: Float64Array;
  /** NaN means absent. A metric that no row has is left out. */
  readonly numbers: ReadonlyMap<MetricId, Float64Array>;
  readonly texts: ReadonlyMap<TextFieldId, readonly (string | undefined)[]>;
}

/** How the time column of a CSV is written. `iso` covers everything DuckDB and date-fns read as ISO 8601 or `YYYY-MM-DD HH:MM:SS`. */
export type TimeForm =
  | { readonly form: 'epoch-seconds' | 'epoch-milliseconds' | 'epoch-microseconds' | 'epoch-nanoseconds' }
  /** @param zone - IANA zone for stamps without an offset */
  | { readonly form: 'iso'; readonly zone: string }
  /** @param pattern - date-fns pattern given by the user */
  | { readonly form: 'pattern'; readonly pattern: string; readonly zone: string };

/** One column of a table that becomes a metric: `value * scale` is in base units. */
export interface MetricColumn {
  readonly index: number;
  readonly metricId: MetricId;
  readonly scale: number;
  /** Values in base units below `least` or above `most` are absent: negatives, zeros that mean "not told", wrapped integers. */
  readonly least?: number;
  readonly most?: number;
}

/**
 * A plain, big, wide CSV file that the embedded database reads by itself (many times faster than row by row).
 * It says how each column is understood; rows that do not fit this plan are handed back to `readRejected`.
 */
export interface BulkTable {
  readonly kind: 'bulk-table';
  readonly origin: Origin;
  /** File to read; `.gz` and `.zst` are read as they are. */
  readonly path: string;
  readonly delimiter: string;
  /** Empty where cells are not quoted: a quote is then a character like any other, and a line that has one may be handed to `readRejected`. */
  readonly quote: string;
  readonly decimalComma: boolean;
  /** Lines before the first data row (header, `sep=` line). */
  readonly skipLines: number;
  /** Number of columns of a data row. */
  readonly columnCount: number;
  readonly time: { readonly index: number } & TimeForm;
  /** A column with the node's name, or one name for all rows. */
  readonly node: { readonly index: number } | { readonly name: string };
  readonly metrics: readonly MetricColumn[];
  readonly texts: readonly { readonly index: number; readonly fieldId: TextFieldId }[];
  /** Cells that mean "absent": empty, `null`, `NaN`, … */
  readonly nullTexts: readonly string[];
  /**
   * Those of `nullTexts` that the beginning of the file has. The fast reading looks for these only, since the database compares every cell
   * with every one of them; another makes its row an unfit one, which is read again. Absent: all of them.
   */
  readonly seenNullTexts?: readonly string[];
  /** Reads one rejected line leniently, field by field. Returns undefined (and records the rejection) when nothing of it is usable. */
  readonly readRejected: (text: string, line: number) => SampleBatch | undefined;
  /** To be told how many rows the database read itself and of which nodes, so that the input's report has them (`readRejected` notes its own). */
  readonly noteSamples?: (count: number, nodeIds: Iterable<string>) => void;
}

/** What a source hands on. */
export type Delivery = SampleBatch | BulkTable;

/** A node as a text of CLUSTER NODES tells it. */
export interface ClusterNode {
  /** 40 hexadecimal digits. */
  readonly id: string;
  /** `host:port` in lower case. */
  readonly address?: string;
  /** Id of the primary that it replicates. */
  readonly primaryId?: string;
  readonly holdsSlots: boolean;
  /** It is the node that was asked. */
  readonly isSelf: boolean;
  /** Number of the text in its input: nodes of one text are of one cluster. */
  readonly view: number;
}

/** What was understood of one input: shown by `inspect` and, in short, under data quality. Mutable while it is being read. */
export interface InputReport {
  readonly input: string;
  /** Source that read it: `info-dump`, `csv`, `live`, `prometheus`. */
  readonly inputKind: string;
  dialect?: string;
  /** CSV: every column in order, with the metric it became. */
  columns: {
    readonly name: string;
    readonly metricId?: string;
    readonly role?: 'time' | 'node' | 'metric' | 'value' | 'text' | 'ignored';
    readonly scale?: number;
    readonly note?: string;
  }[];
  /** How instants were told: written in the input, from file names, from `server_time_usec`, or only by order and uptime. */
  timeSource?: 'stamps' | 'file-names' | 'server-time' | 'uptime' | 'order';
  /** Zone assumed for stamps that carry none. */
  assumedZone?: string;
  samples: number;
  rejectedRows: number;
  /** The first rejections, at most 20. */
  readonly rejections: { readonly line: number; readonly reason: string }[];
  /** Nodes that samples were read of, each with the number of rejected rows that are known to be its own. */
  readonly nodes: Map<string, number>;
  /** INFO integers at or beyond 2^63 that are wrapped negatives: treated as absent. */
  wrappedIntegers: number;
  /** Set when the values are averages, so that peaks are under-stated; says why. */
  averaged?: string;
  /** Nodes that texts of CLUSTER NODES in it name. */
  clusterNodes?: readonly ClusterNode[];
  /** Nothing of this input could be used, though others could: why. */
  unusable?: string;
  readonly notes: string[];
}

/** An empty report for `input`. */
export function startInputReport(input: string, inputKind: string): InputReport {
  return { input, inputKind, columns: [], samples: 0, rejectedRows: 0, rejections: [], nodes: new Map(), wrappedIntegers: 0, notes: [] };
}

/**
 * Counts a rejected row and keeps the first 20 with their line and reason.
 * @param nodeId - whose row it was, where that could be read
 */
export function rejectRow(report: InputReport, line: number, reason: string, nodeId?: string): void {
  report.rejectedRows += 1;
  if (nodeId !== undefined) report.nodes.set(nodeId, (report.nodes.get(nodeId) ?? 0) + 1);
  if (report.rejections.length < 20) report.rejections.push({ line, reason });
}

/** Notes whose samples an input holds. */
export function noteNodes(report: InputReport, nodeIds: Iterable<string>): void {
  let previous: string | undefined;
  for (const nodeId of nodeIds) {
    if (nodeId !== previous && !report.nodes.has(nodeId)) report.nodes.set(nodeId, 0);
    previous = nodeId;
  }
}
