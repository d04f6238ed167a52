import { InputError } from '../../model/errors.ts';
import { MACHINE_METRIC_IDS, type MetricId } from '../../model/metrics.ts';
import { findColumnMeaning, readSeriesQuery } from './column-names.ts';
import { isAbsent } from './number-cell.ts';
import type { TableShape } from './table-shape.ts';

const SERIES = /^([A-Za-z_:][\w:.]{0,200})\{(.{0,2000})\}$/;
const NODE_LABEL = /(?:^|[,\s{])(?:instance|addr|node|pod|host|hostname|server)\s{0,3}[=:]\s{0,3}"?([^",}]{1,200})"?/;

/** Of a container's limits, that of memory. */
const OTHER_RESOURCE = /(?:^|[,\s{])resource\s{0,3}[=:]\s{0,3}"?(?!memory)[^",}]/;
const LABEL_VALUE = /[=:]\s{0,3}"?([^",}]{1,200})/g;

/** The columns of a range query, `redis_memory_used_bytes{instance="a:9121"}`, read as those of one node. */
export interface SeriesColumns {
  /** Column names without their labels. */
  readonly header: readonly string[];
  readonly nodeName?: string;
  /** Columns of machines that cannot be told to be the node's. */
  readonly unclaimed?: readonly string[];
}

interface SeriesColumn {
  readonly index: number;
  readonly column: string;
  readonly metric: string;
  readonly metricId: MetricId | undefined;
  readonly labels: string;
}

/**
 * Takes the labels off column names. What a machine or a container is told to have carries the labels of another exporter: it belongs to the node
 * beside it if there is one of the kind, or one that shares a label with the node.
 * @param mapped - whether the user said which columns to read, so that several nodes side by side do no harm
 * @throws InputError when columns of several nodes stand side by side: then no row is a sample
 */
export function readSeriesColumns(header: readonly string[], mapped: boolean, name: string): SeriesColumns {
  const series = header.flatMap((column, index) => readSeries(column, index) ?? []);
  const isOfMachine = ({ metricId }: SeriesColumn) => metricId !== undefined && MACHINE_METRIC_IDS.has(metricId);
  const ofServer = series.filter((column) => !isOfMachine(column));
  const nodes = new Map<string, string>();
  for (const { column, labels } of ofServer) {
    const node = NODE_LABEL.exec(labels)?.[1] ?? labels;
    if (!nodes.has(node)) nodes.set(node, column);
  }
  if (nodes.size > 1) {
    if (mapped) return { header };
    const shown = [...nodes.keys()].slice(0, 5).join(', ');
    throw new InputError(
      name,
      `columns of ${nodes.size} nodes stand side by side (${shown}${nodes.size > 5 ? ', …' : ''}). Expected a column with the node's name; or read one of them: --map 'usedMemoryBytes=${[...nodes.values()][0] ?? ''}'.`,
    );
  }
  const ofMachine = series.filter(isOfMachine);
  const claimed = claimMachine(ofMachine, ofServer);
  const plain = [...header];
  for (const { index, metric } of [...ofServer, ...claimed]) plain[index] = metric;
  const unclaimed = ofMachine.filter((column) => !claimed.includes(column)).map(({ column }) => column);
  return {
    header: plain,
    ...(nodes.size === 1 && NODE_LABEL.test([...nodes.values()][0] ?? '') ? { nodeName: [...nodes.keys()][0] } : {}),
    ...(unclaimed.length > 0 ? { unclaimed } : {}),
  };
}

function readSeries(column: string, index: number): SeriesColumn | undefined {
  const match = SERIES.exec(column);
  const query = match === null ? readSeriesQuery(column) : undefined;
  // Without labels the name says all there is.
  const metric = query === undefined ? match?.[1] : query.labels === undefined ? undefined : query.column;
  const meaning = metric === undefined ? undefined : findColumnMeaning(metric);
  const labels = match?.[2] ?? query?.labels ?? '';
  if (metric === undefined || meaning === undefined) return undefined;
  if (meaning.metricId === 'containerMemoryLimitBytes' && OTHER_RESOURCE.test(labels)) return undefined;
  return { index, column, metric, metricId: meaning.metricId, labels };
}

/** Of each metric of a machine the only column, or the one that shares the most labels with the server's. */
function claimMachine(columns: readonly SeriesColumn[], ofServer: readonly SeriesColumn[]): readonly SeriesColumn[] {
  const known = new Set(ofServer.flatMap(({ labels }) => labelValues(labels)));
  return [...Map.groupBy(columns, ({ metric }) => metric).values()].flatMap((group) => {
    const shared = group.map(({ labels }) => new Set(labelValues(labels).filter((value) => known.has(value))).size);
    const most = Math.max(...shared);
    const best = group.filter((_, i) => shared[i] === most);
    return group.length === 1 || (most > 0 && best.length === 1) ? best : [];
  });
}

/** Values of labels, of an address also its host: exporters listen on other ports than the server. */
function labelValues(labels: string): string[] {
  return [...labels.matchAll(LABEL_VALUE)].flatMap(([, value = '']) => [value, value.replace(/:\d+$/, '')]);
}

/**
 * The metric that each row of a long table names, where that is one and the same.
 * @returns undefined when no column names metrics
 * @throws InputError when rows hold different metrics: read as one, they would be mixed up
 */
export function findRowMetric(shape: TableShape, name: string): string | undefined {
  for (const [index, header] of shape.header.entries()) {
    const cells = new Set(shape.rows.map((row) => (row[index] ?? '').trim()).filter((cell) => !isAbsent(cell)));
    const metrics = [...cells].filter(
      (cell) => cell.includes('_') && findColumnMeaning(cell.replace(/\{.*\}$/, ''))?.metricId !== undefined,
    );
    if (metrics.length === 0 || metrics.length * 2 < cells.size) continue;
    if (cells.size === 1) return metrics[0]?.replace(/\{.*\}$/, '');
    throw new InputError(
      name,
      `column "${header}" names the metric of each row (${metrics.slice(0, 3).join(', ')}${cells.size > 3 ? ', …' : ''}). Expected one column a metric: pivot the table, or keep the rows of one metric.`,
    );
  }
  return undefined;
}
