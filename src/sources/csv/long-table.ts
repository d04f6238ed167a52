import { findMetric, MACHINE_METRIC_IDS, type TextFieldId } from '../../model/metrics.ts';
import type { InputReport } from '../../model/sample-batch.ts';
import { metricBounds } from '../metric-bounds.ts';
import { namesAverage, squashName } from './column-names.ts';
import { isAbsent } from './number-cell.ts';
import { nodeOfLabels, readSeriesName } from './series-name.ts';
import type { PlannedMetric } from './table-plan.ts';
import type { TableShape } from './table-shape.ts';

/** A table with one value a row, in which other cells say of which metric and server it is. */
export interface LongTable {
  /** Column that names the metric, perhaps with labels: `redis_memory_used_bytes{instance="a:9121"}`. */
  readonly nameIndex: number;
  readonly valueIndex: number;
  /** Column with labels or dimensions, where they stand apart. */
  readonly labelIndex?: number;
  /** Column that says which statistic of a period a row holds; of several the largest is taken. */
  readonly statisticIndex?: number;
  /** Values are statistics of a period, so that counters count within the period and not since the start of the server. */
  readonly periodic: boolean;
  /** Why the values are averages. */
  readonly averaged?: string;
}

const NAME_COLUMNS = new Set(['metric', 'metricname', 'name', 'series', 'field', 'measurement', 'key', 'item'].map(squashName));
const LABEL_COLUMNS = new Set(['labels', 'label', 'tags', 'tagset', 'dimensions', 'dimension', 'scope', 'group'].map(squashName));
/** Columns of values, the most telling first: provision for the peak. */
const VALUE_COLUMNS = ['maximum', 'max', 'value', 'val', 'gauge', 'last', 'y', 'average', 'avg', 'mean'];
const STATISTIC_COLUMNS = new Set(['statistic', 'statistics', 'stat', 'aggregation', 'aggregationtype', 'metricstat']);
const STATISTICS = new Set(['maximum', 'max', 'average', 'avg', 'mean', 'sum', 'total', 'minimum', 'min', 'samplecount', 'count']);

/**
 * Whether the rows of a table name their metrics.
 * @param taken - columns that are something else already
 * @returns undefined when no column names metrics, or none holds their values
 */
export function findLongTable(shape: TableShape, taken: ReadonlySet<number>): LongTable | undefined {
  const free = shape.header.map((_, index) => index).filter((index) => !taken.has(index));
  const nameIndex = free.find((index) => namesMetrics(shape, index));
  if (nameIndex === undefined) return undefined;
  const valueIndex = findValueColumn(shape, free, nameIndex);
  if (valueIndex === undefined) return undefined;
  const labelIndex = free.find((index) => index !== nameIndex && LABEL_COLUMNS.has(squashName(shape.header[index] ?? '')));
  const statisticIndex = free.find((index) => STATISTIC_COLUMNS.has(squashName(shape.header[index] ?? '')));
  const averaged = findAverage(shape, valueIndex, statisticIndex);
  return {
    nameIndex,
    valueIndex,
    ...(labelIndex === undefined ? {} : { labelIndex }),
    ...(statisticIndex === undefined ? {} : { statisticIndex }),
    periodic: statisticIndex !== undefined || STATISTICS.has(squashName(shape.header[valueIndex] ?? '')),
    ...(averaged === undefined ? {} : { averaged }),
  };
}

function distinctCells(shape: TableShape, index: number): string[] {
  return [...new Set(shape.rows.map((row) => (row[index] ?? '').trim()).filter((cell) => !isAbsent(cell)))];
}

/** A column called so needs one metric that is known; another must hold hardly anything else. */
function namesMetrics(shape: TableShape, index: number): boolean {
  const cells = distinctCells(shape, index);
  const known = cells.filter((cell) => !Number.isFinite(Number(cell)) && readSeriesName(cell) !== undefined).length;
  if (known === 0) return false;
  return NAME_COLUMNS.has(squashName(shape.header[index] ?? '')) || known * 2 >= cells.length;
}

function findValueColumn(shape: TableShape, free: readonly number[], nameIndex: number): number | undefined {
  const rank = (index: number) => VALUE_COLUMNS.indexOf(squashName(shape.header[index] ?? ''));
  const numeric = free.filter((index) => index !== nameIndex && holdsNumbers(shape, index));
  const named = numeric.filter((index) => rank(index) >= 0).sort((a, b) => rank(a) - rank(b));
  if (named[0] !== undefined) return named[0];
  const others = numeric.filter((index) => !STATISTICS.has(squashName(shape.header[index] ?? '')));
  return others.length === 1 ? others[0] : undefined;
}

/** Some may be texts: a table of everything has those of versions and policies too. */
function holdsNumbers(shape: TableShape, index: number): boolean {
  const cells = distinctCells(shape, index);
  return cells.some((cell) => /^[+-]?\d/.test(cell)) && cells.filter((cell) => /^[+-]?\d/.test(cell)).length * 2 >= cells.length;
}

function findAverage(shape: TableShape, valueIndex: number, statisticIndex: number | undefined): string | undefined {
  const header = shape.header[valueIndex] ?? '';
  if (namesAverage(header)) return `the column "${header}" holds averages`;
  if (statisticIndex === undefined) return undefined;
  const statistics = distinctCells(shape, statisticIndex);
  const average = statistics.find(namesAverage);
  if (average === undefined || statistics.some((cell) => /^max/i.test(cell))) return undefined;
  return `the column "${shape.header[statisticIndex]}" says "${average.slice(0, 60)}"`;
}

/** What one row of a long table tells of. */
export interface RowSeries {
  readonly metric?: PlannedMetric;
  readonly fieldId?: TextFieldId;
  /** Server that its labels name. */
  readonly nodeName?: string;
}

const MOST_REMEMBERED_SERIES = 20_000;

/**
 * Finds what a row tells of, by the cells that name it.
 * @param report - is told which series are passed over
 */
export function createSeriesFinder(long: LongTable, report: InputReport): (row: readonly string[]) => RowSeries | undefined {
  const known = new Map<string, RowSeries | undefined>();
  const skipped = new Map<string, { count: number; first: string; noteIndex: number }>();

  const skip = (name: string, reason: string): undefined => {
    const series = skipped.get(reason) ?? { count: 0, first: name.slice(0, 80), noteIndex: report.notes.length };
    series.count += 1;
    skipped.set(reason, series);
    report.notes[series.noteIndex] = `${series.count} series ${reason} (first "${series.first}")`;
    return undefined;
  };

  const find = (name: string, labels: string): RowSeries | undefined => {
    const series = readSeriesName(name, labels);
    if (series === undefined) return skip(name, 'passed over, as they name no metric that is read');
    const nodeName = nodeOfLabels(series.labels);
    const node = nodeName === undefined ? {} : { nodeName };
    const { meaning } = series;
    if (meaning.fieldId) return { fieldId: meaning.fieldId, ...node };
    const metric = meaning.metricId === undefined ? undefined : findMetric(meaning.metricId);
    if (metric === undefined || meaning.aggregate === 'minimum') return skip(name, 'passed over, as minima say nothing about peaks');
    if (nodeName !== undefined && MACHINE_METRIC_IDS.has(metric.id)) {
      return skip(name, 'passed over, as they tell of machines and not whose they are: give --system-memory');
    }
    if (long.periodic && metric.kind === 'counter') return skip(name, 'passed over, as they count within a period');
    if (meaning.aggregate === 'average') report.averaged ??= `the series "${name.slice(0, 80)}" holds averages`;
    const { id: metricId, unit } = metric;
    return { metric: { index: long.valueIndex, metricId, unit, scale: meaning.scale, ...metricBounds(metric) }, ...node };
  };

  return (row) => {
    const name = (row[long.nameIndex] ?? '').trim();
    const labels = long.labelIndex === undefined ? '' : (row[long.labelIndex] ?? '').trim();
    const key = `${name}\n${labels}`;
    if (known.has(key)) return known.get(key);
    const series = name === '' ? undefined : find(name, labels);
    if (known.size < MOST_REMEMBERED_SERIES) known.set(key, series);
    return series;
  };
}
