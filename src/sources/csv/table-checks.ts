import { InputError } from '../../model/errors.ts';
import { findMetric } from '../../model/metrics.ts';
import { type InputReport, startInputReport } from '../../model/sample-batch.ts';
import { namesAverage, squashName } from './column-names.ts';
import { listColumns } from './find-column.ts';
import { createSeriesFinder } from './long-table.ts';
import { readNumberCell } from './number-cell.ts';
import type { PlannedMetric, TablePlan } from './table-plan.ts';
import { columnCells, type TableShape } from './table-shape.ts';

/**
 * Looks at the beginning of a table for what would mislead: averages, sizes that are in another unit, servers that cannot be told apart.
 * @throws InputError when rows of several servers would become one
 */
export function checkTable(shape: TableShape, plan: TablePlan, name: string, report: InputReport): void {
  refuseMixedServers(shape, plan, name);
  const values = collectValues(shape, plan);
  const averaged = plan.long?.averaged ?? findAverages(shape, plan.metrics, plan.time.index) ?? findFractions(values, shape.header, plan);
  if (averaged !== undefined) report.averaged = averaged;
  noteSmallBytes(values, shape.header, plan, report);
}

const STATISTIC_NAMES = new Set(['statistic', 'statistics', 'stat', 'label', 'aggregation', 'metricstat']);
/** Used memory of a running server is never below this; smaller figures with a fraction are not in bytes. */
const SMALLEST_USED_MEMORY_BYTES = 100_000;
/** One may be a slip of the pen. */
const MIN_FRACTIONS = 3;

/** Why the values must be taken for averages; undefined when nothing says so. */
function findAverages(shape: TableShape, metrics: readonly PlannedMetric[], timeIndex: number): string | undefined {
  const column = metrics.map(({ index }) => shape.header[index] ?? '').find(namesAverage);
  if (column !== undefined) return `the column "${column}" holds averages`;
  // Some tools write what the columns are in lines between the header and the first row.
  const told = shape.rows.find(
    (row) => STATISTIC_NAMES.has(squashName(row[timeIndex] ?? '')) && metrics.some(({ index }) => namesAverage(row[index] ?? '')),
  );
  if (told) return `the line "${told.join(',').slice(0, 60)}" says so`;
  for (const [index, header] of shape.header.entries()) {
    if (!STATISTIC_NAMES.has(squashName(header))) continue;
    const cells = columnCells(shape, index);
    const cell = cells.find(namesAverage);
    // Of several rows for one instant the largest value is taken.
    if (cell !== undefined && !cells.some((other) => /^max/i.test(other))) return `the column "${header}" says "${cell.slice(0, 60)}"`;
  }
  return undefined;
}

/** A share of rows; a few of them may be repeated with another rounding. */
const MANY_CONFLICTS = 0.05;

/**
 * Where nothing tells the servers of a long table apart, rows of several would become one.
 * @throws InputError when one metric has several values at one instant
 */
function refuseMixedServers(shape: TableShape, plan: TablePlan, name: string): void {
  const { long } = plan;
  if (!long || plan.nodeIndex !== undefined || long.statisticIndex !== undefined) return;
  const findSeries = createSeriesFinder(long, startInputReport('', ''));
  const seen = new Map<string, string>();
  let conflicts = 0;
  for (const row of shape.rows) {
    const series = findSeries(row);
    if (series?.metric === undefined) continue;
    const key = [series.metric.metricId, series.nodeName, row[plan.time.index], row[plan.time.clockIndex ?? plan.time.index]].join(' ');
    const value = (row[long.valueIndex] ?? '').trim();
    if (seen.has(key) && seen.get(key) !== value) conflicts += 1;
    seen.set(key, value);
  }
  if (conflicts <= shape.rows.length * MANY_CONFLICTS) return;
  throw new InputError(
    name,
    `one metric has several values at one instant in ${conflicts} of the first ${shape.rows.length} rows, and no column is known to name the server. Say which does: --node-column NAME. Columns: ${listColumns(shape.header)}.`,
  );
}

/** Cells of the beginning of a table that belong to one metric. */
interface MetricValues {
  readonly metric: PlannedMetric;
  readonly cells: readonly string[];
}

function collectValues(shape: TableShape, plan: TablePlan): readonly MetricValues[] {
  if (!plan.long) return plan.metrics.map((metric) => ({ metric, cells: columnCells(shape, metric.index) }));
  const { long } = plan;
  const findSeries = createSeriesFinder(long, startInputReport('', ''));
  const byMetric = Map.groupBy(shape.rows, (row) => findSeries(row)?.metric);
  return [...byMetric].flatMap(([metric, rows]) =>
    metric === undefined ? [] : { metric, cells: rows.map((row) => (row[long.valueIndex] ?? '').trim()) },
  );
}

/**
 * Bytes and numbers of clients or keys are whole when they are read from a server, so fractions of them were computed: by averaging, whatever the
 * column is called. Scaled columns say nothing (12.34 MiB is rounded), nor do counters (`increase` extrapolates).
 */
function findFractions(values: readonly MetricValues[], header: readonly string[], { numberStyle }: TablePlan): string | undefined {
  for (const { metric, cells } of values) {
    const { metricId, unit, scale } = metric;
    if (scale !== 1 || (unit !== 'bytes' && unit !== 'count') || findMetric(metricId)?.kind === 'counter') continue;
    const least = unit === 'bytes' ? SMALLEST_USED_MEMORY_BYTES : 0;
    const fractions = cells.filter((cell) => {
      const value = readNumberCell(cell, 1, unit, numberStyle);
      return /^[\d.,]+$/.test(cell.trim()) && value !== undefined && value > least && !Number.isInteger(value);
    });
    if (fractions.length >= MIN_FRACTIONS) {
      return `the column "${header[metric.index]}" holds fractions (${fractions[0]?.trim().slice(0, 30)}) of what comes whole: averages`;
    }
  }
  return undefined;
}

function noteSmallBytes(values: readonly MetricValues[], header: readonly string[], plan: TablePlan, report: InputReport): void {
  for (const { metric, cells } of values) {
    if (metric.metricId !== 'usedMemoryBytes' || metric.scale !== 1) continue;
    const sizes = cells.map((cell) => readNumberCell(cell, 1, 'bytes', plan.numberStyle) ?? Number.NaN).filter(Number.isFinite);
    if (!sizes.some((value) => value > 0) || sizes.some((value) => value >= SMALLEST_USED_MEMORY_BYTES)) continue;
    const column = header[metric.index] ?? '';
    report.notes.push(
      `"${column}" is read as bytes, and its values are too small for that: give its unit, --map 'usedMemoryBytes=${column}:MiB'`,
    );
    return;
  }
}
