import { MACHINE_METRIC_IDS, type MetricId } from '../../model/metrics.ts';
import { hasLabels, nodeOfLabels, readSeriesName } from './series-name.ts';

const LABEL_VALUE = /[=:]\s{0,3}"?([^",}]{1,200})/g;

/** Column names that are series, `redis_memory_used_bytes{instance="a:9121"}`, read as columns of one node or of several. */
export interface SeriesColumns {
  /** What each column that is a series holds. */
  readonly metricIds: ReadonlyMap<number, MetricId>;
  /** Column names without their labels. */
  readonly header: readonly string[];
  /** Node of each column, where columns of several nodes stand side by side. */
  readonly nodeNames?: ReadonlyMap<number, string>;
  /** The only node, where its labels name it. */
  readonly nodeName?: string;
  /** Columns of machines that cannot be told to be a node's. */
  readonly unclaimed?: readonly string[];
}

interface SeriesColumn {
  readonly index: number;
  readonly column: string;
  readonly name: string;
  readonly metricId: MetricId | undefined;
  readonly labels: string;
}

/**
 * Takes the labels off column names. What a machine or a container is told to have carries the labels of another exporter: it belongs to the node
 * beside it if there is one of the kind, or one that shares a label with the node.
 */
export function readSeriesColumns(header: readonly string[]): SeriesColumns {
  const series = header.flatMap((column, index) => readSeries(column, index) ?? []);
  const isOfMachine = ({ metricId }: SeriesColumn) => metricId !== undefined && MACHINE_METRIC_IDS.has(metricId);
  const nodes = Map.groupBy(
    series.filter((column) => !isOfMachine(column)),
    ({ labels }) => nodeOfLabels(labels) ?? labels,
  );
  const ofMachine = series.filter(isOfMachine);
  const claims = [...nodes].map(([node, columns]) => ({ node, columns: claimMachine(ofMachine, columns, nodes.size === 1) }));
  const claimed = ({ index }: SeriesColumn) =>
    claims.filter(({ columns }) => columns.some((column) => column.index === index)).length === 1;
  const names = [...header];
  const nodeNames = new Map<number, string>();
  const metricIds = new Map<number, MetricId>();
  for (const { node, columns } of claims) {
    for (const { index, name, metricId } of [...(nodes.get(node) ?? []), ...columns.filter(claimed)]) {
      names[index] = name;
      if (metricId !== undefined) metricIds.set(index, metricId);
      nodeNames.set(index, node);
    }
  }
  const unclaimed = ofMachine.filter(({ index }) => !nodeNames.has(index)).map(({ column }) => column);
  const only = nodes.size === 1 ? nodeOfLabels([...nodes.values()][0]?.[0]?.labels ?? '') : undefined;
  return {
    metricIds,
    header: names,
    ...(nodes.size > 1 ? { nodeNames } : {}),
    ...(only === undefined ? {} : { nodeName: only }),
    ...(unclaimed.length > 0 ? { unclaimed } : {}),
  };
}

/** Without labels a name says all there is. */
function readSeries(column: string, index: number): SeriesColumn | undefined {
  const series = hasLabels(column) ? readSeriesName(column) : undefined;
  return series && { index, column, name: series.column, metricId: series.meaning.metricId, labels: series.labels };
}

/** Of each metric of a machine the column that shares the most labels with the server's; of one alone beside the only server no label need be shared. */
function claimMachine(columns: readonly SeriesColumn[], ofServer: readonly SeriesColumn[], isOnly: boolean): readonly SeriesColumn[] {
  const known = new Set(ofServer.flatMap(({ labels }) => labelValues(labels)));
  return [...Map.groupBy(columns, ({ name }) => name).values()].flatMap((group) => {
    if (isOnly && group.length === 1) return group;
    const shared = group.map(({ labels }) => new Set(labelValues(labels).filter((value) => known.has(value))).size);
    const most = Math.max(...shared);
    const best = group.filter((_, i) => shared[i] === most);
    return most > 0 && best.length === 1 ? best : [];
  });
}

/** Values of labels, of an address also its host: exporters listen on other ports than the server. */
function labelValues(labels: string): string[] {
  return [...labels.matchAll(LABEL_VALUE)].flatMap(([, value = '']) => [value, value.replace(/:\d+$/, '')]);
}
