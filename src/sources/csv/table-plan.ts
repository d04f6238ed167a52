import { InputError } from '../../model/errors.ts';
import { findMetric, type MetricId, type MetricUnit, type TextFieldId } from '../../model/metrics.ts';
import type { InputReport } from '../../model/sample-batch.ts';
import { withoutUserinfo } from '../../model/userinfo.ts';
import { type MetricBounds, metricBounds } from '../metric-bounds.ts';
import type { ReadOptions } from '../source.ts';
import { findColumnMeaning, splitUnit, squashName } from './column-names.ts';
import type { Dialect } from './dialects/dialect.ts';
import { findColumn, listColumns } from './find-column.ts';
import { findLongTable, type LongTable } from './long-table.ts';
import { findNodeColumns } from './node-columns.ts';
import { findNumberStyle, isAbsent, type NumberStyle, readNumberCell } from './number-cell.ts';
import { readSeriesColumns, type SeriesColumns } from './series-columns.ts';
import { checkTable } from './table-checks.ts';
import { columnCells, type TableShape } from './table-shape.ts';
import { findTimeColumn, type TimeColumn } from './time-column.ts';
import { unitScale } from './units.ts';

/** How every column of a table is understood. */
export interface TablePlan {
  readonly columnCount: number;
  readonly time: TimeColumn;
  /** Column with the node's name; `nodeName` stands in where its cell is empty, or for all rows. */
  readonly nodeIndex: number | undefined;
  /** Column with the port, where that stands apart from the host. */
  readonly portIndex?: number;
  readonly nodeName: string;
  readonly metrics: readonly PlannedMetric[];
  readonly texts: readonly { readonly index: number; readonly fieldId: TextFieldId }[];
  readonly numberStyle: NumberStyle;
  /** Metrics of each node, where columns of several nodes stand side by side. */
  readonly nodes?: ReadonlyMap<string, readonly PlannedMetric[]>;
  /** How rows name their metrics, where there is one value a row; `metrics` and `texts` are then empty. */
  readonly long?: LongTable;
}

export interface PlannedMetric extends MetricBounds {
  readonly index: number;
  /** Of columns that stand side by side, whose it is. */
  readonly nodeName?: string;
  readonly metricId: MetricId;
  readonly unit: MetricUnit;
  readonly scale: number;
}

interface MeantMetric {
  readonly index: number;
  /** Of columns that stand side by side, whose it is. */
  readonly nodeName?: string;
  readonly metricId: MetricId;
  readonly unit: MetricUnit;
  readonly scale: number;
  readonly rank: number;
}

const VALUE_NAMES = ['value', '_value', 'val', 'y'];

/**
 * Decides what every column is, and writes it to `report`.
 * @param folderName - goes before the file's name where that alone does not tell the server
 * @throws InputError when there is no time column, or no column is a metric; it lists the columns and says what to add
 */
export function planTable(
  shape: TableShape,
  dialect: Dialect,
  options: ReadOptions,
  name: string,
  report: InputReport,
  folderName?: string,
): TablePlan {
  const time = findTimeColumn(shape, dialect, options, name, report);
  const series = readSeriesColumns(shape.header);
  const { nodeIndex, portIndex } = findNodeColumns(shape.header, dialect, options, name);
  const taken = new Set([time.index, time.clockIndex, nodeIndex, portIndex].filter((index) => index !== undefined));
  const notes = new Map<number, string>();
  const meant = meanColumns(series, dialect, taken, notes);
  const mapped = mapColumns(shape.header, series, options, name, report);
  const numberStyle = findNumberStyle(numberCells(shape, taken));
  const known = [...mapped, ...meant.metrics];
  const long = known.length > 0 ? undefined : findLongTable(shape, taken);
  if (long && options.metric !== undefined) {
    report.notes.push(`--metric is passed over: the column "${shape.header[long.nameIndex] ?? ''}" names the metric of each row`);
  }
  const valueMetric = options.metric === undefined || long ? undefined : planValue(shape, options.metric, known, taken, name);
  const metrics = chooseMetrics([...(valueMetric ? [valueMetric] : []), ...known], shape.header, notes);
  const nodeName = options.nodeId === undefined ? (series.nodeName ?? nameOfFile(name, folderName)) : withoutUserinfo(options.nodeId);
  const plan: TablePlan = {
    columnCount: shape.header.length,
    time,
    nodeIndex,
    ...(portIndex === undefined ? {} : { portIndex }),
    nodeName,
    metrics,
    texts: long || series.nodeNames ? [] : chooseTexts(meant.texts, metrics),
    numberStyle,
    ...(series.nodeNames ? { nodes: Map.groupBy(metrics, (metric) => withoutUserinfo(metric.nodeName ?? nodeName)) } : {}),
    ...(long ? { long } : {}),
  };
  describeColumns(plan, shape.header, notes, report);
  if (metrics.length === 0 && !long) throw noMetricError(shape, taken, numberStyle, name);
  checkTable(shape, plan, name, report);
  if (dialect.averaged !== undefined) report.averaged = dialect.averaged;
  if (series.unclaimed) {
    report.notes.push(
      `${series.unclaimed.length} columns tell the memory of machines or containers, and none can be told to be this node's (first "${series.unclaimed[0]?.slice(0, 100)}"): name one with --map 'containerMemoryLimitBytes=COLUMN'`,
    );
  }
  for (const { index } of metrics) {
    const header = shape.header[index] ?? '';
    if (findColumnMeaning(header)?.rounded) report.notes.push(`"${header}" holds rounded sizes, correct to about 1 %`);
  }
  return plan;
}

function nameOfFile(name: string, folderName: string | undefined): string {
  return folderName === undefined ? baseName(name) : `${folderName}/${baseName(name)}`;
}

/** `prod-a` for `dumps/prod-a.csv.gz`. */
function baseName(path: string): string {
  const file = path.split(/[/\\]/).at(-1) ?? path;
  const name = file.replace(/\.(?:gz|zst)$/i, '').replace(/\.(?:csv|tsv|txt|log|dat|md|out)$/i, '');
  return path === '-' || name === '' ? 'stdin' : name;
}

function meanColumns(
  { header, metricIds, nodeNames }: SeriesColumns,
  dialect: Dialect,
  taken: ReadonlySet<number>,
  notes: Map<number, string>,
): { readonly metrics: MeantMetric[]; readonly texts: { index: number; fieldId: TextFieldId; rank: number }[] } {
  const own = new Map(dialect.metrics?.map((metric) => [squashName(metric.column), metric]));
  const metrics: MeantMetric[] = [];
  const texts: { index: number; fieldId: TextFieldId; rank: number }[] = [];
  for (const [index, column] of header.entries()) {
    if (taken.has(index)) continue;
    const nodeName = nodeNames?.get(index);
    if (nodeNames && nodeName === undefined) {
      notes.set(index, 'names no node, where other columns do');
      continue;
    }
    const dialectMetric = own.get(squashName(column));
    if (dialectMetric) {
      metrics.push({
        index,
        metricId: dialectMetric.metricId,
        unit: unitOf(dialectMetric.metricId),
        scale: dialectMetric.scale ?? 1,
        rank: -10,
      });
      continue;
    }
    const meaning = findColumnMeaning(column);
    if (!meaning) continue;
    if (meaning.strangeUnit !== undefined) notes.set(index, `unit "${meaning.strangeUnit.slice(0, 20)}" is not understood`);
    else if (meaning.aggregate === 'minimum') notes.set(index, 'minima say nothing about peaks');
    else if (meaning.metricId) {
      const metricId = metricIds.get(index) ?? meaning.metricId;
      metrics.push({
        index,
        metricId,
        unit: unitOf(metricId),
        scale: meaning.scale,
        rank: meaning.rank,
        ...(nodeName === undefined ? {} : { nodeName }),
      });
    } else if (meaning.fieldId) texts.push({ index, fieldId: meaning.fieldId, rank: meaning.rank });
  }
  return { metrics, texts };
}

function boundsOf(metricId: MetricId): MetricBounds {
  return metricBounds(findMetric(metricId) ?? { id: metricId, unit: 'count', kind: 'gauge' });
}

function unitOf(metricId: MetricId): MetricUnit {
  return findMetric(metricId)?.unit ?? 'count';
}

/** The metric that an option names, by our id or by the name that INFO or redis_exporter gives it. */
function metricOfOption(text: string, option: string, name: string): MetricId {
  const metricId = findMetric(text)?.id ?? findColumnMeaning(text)?.metricId;
  if (metricId !== undefined) return metricId;
  throw new InputError(
    name,
    `${option} names "${text}", which is no metric. Use an INFO field name such as used_memory, or an id such as usedMemoryBytes.`,
  );
}

function scaleOfOption(unit: string | undefined, column: string, metricId: MetricId, option: string, name: string): number {
  const written = unit ?? splitUnit(column).unit;
  if (written === undefined) {
    const meaning = findColumnMeaning(column);
    return meaning?.metricId === metricId ? meaning.scale : 1;
  }
  const scale = unitScale(written, unitOf(metricId));
  if (scale !== undefined) return scale;
  if (unit === undefined) return 1;
  throw new InputError(
    name,
    `${option} gives the unit "${unit}", which does not measure ${metricId}. Use one such as bytes, KiB, MiB, GiB, ms, s or %.`,
  );
}

function mapColumns(
  header: readonly string[],
  { nodeNames }: SeriesColumns,
  options: ReadOptions,
  name: string,
  report: InputReport,
): MeantMetric[] {
  const mapped: MeantMetric[] = [];
  for (const { metricId: wanted, column, unit } of options.columnMap ?? []) {
    const metricId = metricOfOption(wanted, '--map', name);
    const index = findColumn(header, column);
    if (index < 0) {
      report.notes.push(`--map names the column "${column}", which this file does not have`);
      continue;
    }
    const scale = scaleOfOption(unit, header[index] ?? '', metricId, '--map', name);
    const nodeName = nodeNames?.get(index);
    mapped.push({ index, metricId, unit: unitOf(metricId), scale, rank: -1000, ...(nodeName === undefined ? {} : { nodeName }) });
  }
  return mapped;
}

/** The one column that `--metric` speaks of: the only one with numbers, or the one called `value`. */
function planValue(
  shape: TableShape,
  metric: string,
  known: readonly MeantMetric[],
  taken: ReadonlySet<number>,
  name: string,
): MeantMetric | undefined {
  const at = metric.lastIndexOf(':');
  const metricId = metricOfOption(at < 0 ? metric : metric.slice(0, at), '--metric', name);
  const free = shape.header
    .map((_, index) => index)
    .filter((index) => !taken.has(index) && !known.some((column) => column.index === index));
  const named = free.filter((index) => VALUE_NAMES.includes((shape.header[index] ?? '').toLowerCase()));
  const numeric = free.filter((index) => holdsNumbers(shape, index));
  const index = named.length === 1 ? named[0] : numeric.length === 1 ? numeric[0] : undefined;
  if (index === undefined) {
    if (known.length > 0) return undefined;
    throw new InputError(
      name,
      `--metric needs a file with one column of values; this one has ${numeric.length}. Columns: ${listColumns(shape.header)}. Use --map '${metricId}=COLUMN' instead.`,
    );
  }
  const unit = at < 0 ? undefined : metric.slice(at + 1);
  return {
    index,
    metricId,
    unit: unitOf(metricId),
    scale: scaleOfOption(unit, shape.header[index] ?? '', metricId, '--metric', name),
    rank: -500,
  };
}

const ANY_STYLE: NumberStyle = { decimalComma: true, groupComma: false };

function holdsNumbers(shape: TableShape, index: number): boolean {
  const cells = columnCells(shape, index).filter((cell) => !isAbsent(cell));
  const numbers = cells.filter((cell) => Number.isFinite(Number(cell)) || readNumberCell(cell, 1, 'bytes', ANY_STYLE) !== undefined);
  return numbers.length > 0 && numbers.length >= cells.length / 2;
}

function* numberCells(shape: TableShape, taken: ReadonlySet<number>): Generator<string> {
  for (const row of shape.rows) {
    for (const [index, cell] of row.entries()) if (!taken.has(index) && cell.includes(',')) yield cell;
  }
}

/** One column a metric of a node and one metric a column: the lowest rank wins, then the leftmost column. */
function chooseMetrics(candidates: readonly MeantMetric[], header: readonly string[], notes: Map<number, string>): PlannedMetric[] {
  const byRank = [...candidates].sort((a, b) => a.rank - b.rank || a.index - b.index);
  const chosen = new Map<string, PlannedMetric>();
  const used = new Set<number>();
  for (const { index, metricId, unit, scale, nodeName } of byRank) {
    const key = `${metricId} ${nodeName ?? ''}`;
    const other = chosen.get(key);
    if (other && !used.has(index)) notes.set(index, `the same metric is read from "${header[other.index] ?? ''}"`);
    if (other || used.has(index)) continue;
    chosen.set(key, { index, metricId, unit, scale, ...boundsOf(metricId), ...(nodeName === undefined ? {} : { nodeName }) });
    used.add(index);
  }
  return [...chosen.values()].sort((a, b) => a.index - b.index);
}

function chooseTexts(
  candidates: readonly { index: number; fieldId: TextFieldId; rank: number }[],
  metrics: readonly PlannedMetric[],
): { index: number; fieldId: TextFieldId }[] {
  const chosen = new Map<TextFieldId, number>();
  for (const { index, fieldId } of [...candidates].sort((a, b) => a.rank - b.rank)) {
    if (!chosen.has(fieldId) && !metrics.some((metric) => metric.index === index)) chosen.set(fieldId, index);
  }
  return [...chosen].map(([fieldId, index]) => ({ index, fieldId }));
}

function describeColumns(plan: TablePlan, header: readonly string[], notes: ReadonlyMap<number, string>, report: InputReport): void {
  const metrics = new Map(plan.metrics.map((metric) => [metric.index, metric]));
  const texts = new Set(plan.texts.map(({ index }) => index));
  report.columns = header.map((name, index) => {
    const metric = metrics.get(index);
    if (metric) {
      const node = metric.nodeName === undefined ? {} : { note: `of ${metric.nodeName.slice(0, 80)}` };
      return { name, metricId: metric.metricId, ...(metric.scale === 1 ? {} : { scale: metric.scale }), ...node };
    }
    if (index === plan.time.index) return { name, role: 'time', note: plan.time.reading.label };
    if (index === plan.time.clockIndex) return { name, role: 'time' };
    if (index === plan.nodeIndex || index === plan.portIndex) return { name, role: 'node' };
    if (index === plan.long?.nameIndex) return { name, role: 'metric' };
    if (index === plan.long?.valueIndex) return { name, role: 'value' };
    if (texts.has(index)) return { name, role: 'text' };
    const note = notes.get(index);
    return { name, role: 'ignored', ...(note === undefined ? {} : { note }) };
  });
}

function noMetricError(shape: TableShape, taken: ReadonlySet<number>, style: NumberStyle, name: string): InputError {
  const free = shape.header.map((_, index) => index).filter((index) => !taken.has(index));
  const numeric = free.filter((index) =>
    columnCells(shape, index).some((cell) => Number.isFinite(readNumberCell(cell, 1, 'bytes', style) ?? Number.NaN)),
  );
  const sizes = numeric.filter((index) => !/percent|pct|ratio|%|^_?(?:table|start|stop)$/i.test(shape.header[index] ?? ''));
  const example = sizes.find((index) => /mem|bytes/i.test(shape.header[index] ?? '')) ?? sizes[0] ?? numeric[0] ?? free[0];
  const column = example === undefined ? 'COLUMN' : (shape.header[example] ?? 'COLUMN');
  const big = example !== undefined && columnCells(shape, example).some((cell) => (readNumberCell(cell, 1, 'bytes', style) ?? 0) >= 1e6);
  const map = `--map 'usedMemoryBytes=${column}${big || splitUnit(column).unit !== undefined ? '' : ':MiB'}'`;
  const advice =
    numeric.length === 1
      ? `--metric used_memory if "${column}" is used memory in bytes, or with its unit ${map}`
      : `e.g. ${map}; a unit such as :MiB may follow`;
  return new InputError(name, `no column is a metric by its name. Columns: ${listColumns(shape.header)}. Say what they hold: ${advice}.`);
}
