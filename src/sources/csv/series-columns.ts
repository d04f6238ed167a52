import { InputError } from '../../model/errors.ts';
import { findColumnMeaning } from './column-names.ts';
import { isAbsent } from './number-cell.ts';
import type { TableShape } from './table-shape.ts';

const SERIES = /^([A-Za-z_:][\w:.]{0,200})\{(.{0,2000})\}$/;
const NODE_LABEL = /(?:^|[,\s{])(?:instance|addr|node|pod|host|hostname|server)\s{0,3}[=:]\s{0,3}"?([^",}]{1,200})"?/;

/** The columns of a range query, `redis_memory_used_bytes{instance="a:9121"}`, read as those of one node. */
export interface SeriesColumns {
  /** Column names without their labels. */
  readonly header: readonly string[];
  readonly nodeName?: string;
}

/**
 * Takes the labels off column names.
 * @param mapped - whether the user said which columns to read, so that several nodes side by side do no harm
 * @throws InputError when columns of several nodes stand side by side: then no row is a sample
 */
export function readSeriesColumns(header: readonly string[], mapped: boolean, name: string): SeriesColumns {
  const nodes = new Map<string, string>();
  const plain = header.map((column) => {
    const match = SERIES.exec(column);
    const metric = match?.[1];
    if (!match || metric === undefined || findColumnMeaning(metric) === undefined) return column;
    const node = NODE_LABEL.exec(match[2] ?? '')?.[1] ?? match[2] ?? '';
    if (!nodes.has(node)) nodes.set(node, column);
    return metric;
  });
  if (nodes.size <= 1)
    return {
      header: plain,
      ...(nodes.size === 1 && NODE_LABEL.test([...nodes.values()][0] ?? '') ? { nodeName: [...nodes.keys()][0] } : {}),
    };
  if (mapped) return { header };
  const shown = [...nodes.keys()].slice(0, 5).join(', ');
  throw new InputError(
    name,
    `columns of ${nodes.size} nodes stand side by side (${shown}${nodes.size > 5 ? ', …' : ''}). Expected a column with the node's name; or read one of them: --map 'usedMemoryBytes=${[...nodes.values()][0] ?? ''}'.`,
  );
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
