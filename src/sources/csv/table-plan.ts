import { InputError } from '../../model/errors.ts';
import { findMetric, type MetricId, type MetricUnit, type TextFieldId } from '../../model/metrics.ts';
import type { InputReport } from '../../model/sample-batch.ts';
import { withoutUserinfo } from '../../model/userinfo.ts';
import { type MetricBounds, metricBounds } from '../metric-bounds.ts';
import type { ReadOptions } from '../source.ts';
import { findColumnMeaning, namesAverage, splitUnit, squashName } from './column-names.ts';
import type { Dialect } from './dialects/dialect.ts';
import { findColumn, listColumns } from './find-column.ts';
import { findNumberStyle, isAbsent, type NumberStyle, readNumberCell } from './number-cell.ts';
import { findRowMetric, readSeriesColumns } from './series-columns.ts';
import type { TableShape } from './table-shape.ts';
import { findTimeColumn, type TimeColumn } from './time-column.ts';
import { unitScale } from './units.ts';

/** How every column of a table is understood. */
export interface TablePlan {
  readonly columnCount: number;
  readonly time: TimeColumn;
  /** Column with the node's name; `nodeName` stands in where its cell is empty, or for all rows. */
  readonly nodeIndex: number | undefined;
  readonly nodeName: string;
  readonly metrics: readonly PlannedMetric[];
  readonly texts: readonly { readonly index: number; readonly fieldId: TextFieldId }[];
  readonly numberStyle: NumberStyle;
}

export interface PlannedMetric extends MetricBounds {
  readonly index: number;
  readonly metricId: MetricId;
  readonly unit: MetricUnit;
  readonly scale: number;
}

interface MeantMetric {
  readonly index: number;
  readonly metricId: MetricId;
  readonly unit: MetricUnit;
  readonly scale: number;
  readonly rank: number;
}

/** Column names that hold the node, the most telling first. */
const NODE_NAMES = [
  'node',
  'nodeid',
  'node_id',
  'node_name',
  'instance',
  'redis_instance',
  'addr',
  'address',
  'endpoint',
  'pod',
  'pod_name',
  'host',
  'hostname',
  'host_name',
  'server',
  'cache_cluster_id',
  'cache_node',
  'instance_id',
];
const VALUE_NAMES = ['value', '_value', 'val', 'y'];
const STATISTIC_NAMES = new Set(['statistic', 'statistics', 'stat', 'label', 'aggregation', 'metricstat']);
/** Used memory of a running server is never below this; smaller figures with a fraction are not in bytes. */
const SMALLEST_USED_MEMORY_BYTES = 100_000;
/** One may be a slip of the pen. */
const MIN_FRACTIONS = 3;

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
  const series = readSeriesColumns(shape.header, (options.columnMap?.length ?? 0) > 0, name);
  const nodeIndex = findNodeColumn(shape.header, dialect, options, name);
  const taken = new Set([time.index, time.clockIndex, nodeIndex].filter((index) => index !== undefined));
  const notes = new Map<number, string>();
  const meant = meanColumns(series.header, dialect, taken, notes);
  const mapped = mapColumns(shape.header, options, name, report);
  const numberStyle = findNumberStyle(numberCells(shape, taken));
  const known = [...meant.metrics, ...mapped];
  const rowMetric = meant.metrics.length > 0 ? undefined : findRowMetric(shape, name);
  const wanted = options.metric ?? (mapped.length > 0 ? undefined : rowMetric);
  const valueMetric = wanted === undefined ? undefined : planValue(shape, wanted, known, taken, name);
  const metrics = chooseMetrics([...mapped, ...(valueMetric ? [valueMetric] : []), ...meant.metrics], shape.header, notes);
  const plan: TablePlan = {
    columnCount: shape.header.length,
    time,
    nodeIndex,
    nodeName:
      options.nodeId === undefined
        ? (series.nodeName ?? (folderName === undefined ? baseName(name) : `${folderName}/${baseName(name)}`))
        : withoutUserinfo(options.nodeId),
    metrics,
    texts: chooseTexts(meant.texts, metrics),
    numberStyle,
  };
  describeColumns(plan, shape.header, notes, report);
  if (metrics.length === 0) throw noMetricError(shape, taken, numberStyle, name);
  const averaged = dialect.averaged ?? findAverages(shape, metrics) ?? findFractions(shape, plan);
  if (averaged !== undefined) report.averaged = averaged;
  noteSmallBytes(shape, plan, report);
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

/** `prod-a` for `dumps/prod-a.csv.gz`. */
function baseName(path: string): string {
  const file = path.split(/[/\\]/).at(-1) ?? path;
  const name = file.replace(/\.(?:gz|zst)$/i, '').replace(/\.(?:csv|tsv|txt|log|dat|md|out)$/i, '');
  return path === '-' || name === '' ? 'stdin' : name;
}

function findNodeColumn(header: readonly string[], dialect: Dialect, options: ReadOptions, name: string): number | undefined {
  if (options.nodeColumn !== undefined) {
    const index = findColumn(header, options.nodeColumn);
    if (index < 0) {
      throw new InputError(name, `there is no column "${options.nodeColumn}", as --node-column says. Columns: ${listColumns(header)}.`);
    }
    return index;
  }
  const squashed = header.map(squashName);
  for (const candidate of dialect.nodeColumn === undefined ? NODE_NAMES : [dialect.nodeColumn, ...NODE_NAMES]) {
    const index = squashed.indexOf(squashName(candidate));
    if (index >= 0) return index;
  }
  return undefined;
}

function meanColumns(
  header: readonly string[],
  dialect: Dialect,
  taken: ReadonlySet<number>,
  notes: Map<number, string>,
): { readonly metrics: MeantMetric[]; readonly texts: { index: number; fieldId: TextFieldId; rank: number }[] } {
  const own = new Map(dialect.metrics?.map((metric) => [squashName(metric.column), metric]));
  const metrics: MeantMetric[] = [];
  const texts: { index: number; fieldId: TextFieldId; rank: number }[] = [];
  for (const [index, column] of header.entries()) {
    if (taken.has(index)) continue;
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
      metrics.push({ index, metricId: meaning.metricId, unit: unitOf(meaning.metricId), scale: meaning.scale, rank: meaning.rank });
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

function mapColumns(header: readonly string[], options: ReadOptions, name: string, report: InputReport): MeantMetric[] {
  const mapped: MeantMetric[] = [];
  for (const { metricId: wanted, column, unit } of options.columnMap ?? []) {
    const metricId = metricOfOption(wanted, '--map', name);
    const index = findColumn(header, column);
    if (index < 0) {
      report.notes.push(`--map names the column "${column}", which this file does not have`);
      continue;
    }
    const scale = scaleOfOption(unit, header[index] ?? '', metricId, '--map', name);
    mapped.push({ index, metricId, unit: unitOf(metricId), scale, rank: -1000 });
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

function columnCells(shape: TableShape, index: number): string[] {
  return shape.rows.map((row) => (row[index] ?? '').trim());
}

function* numberCells(shape: TableShape, taken: ReadonlySet<number>): Generator<string> {
  for (const row of shape.rows) {
    for (const [index, cell] of row.entries()) if (!taken.has(index) && cell.includes(',')) yield cell;
  }
}

/** One column a metric and one metric a column: the lowest rank wins, then the leftmost column. */
function chooseMetrics(candidates: readonly MeantMetric[], header: readonly string[], notes: Map<number, string>): PlannedMetric[] {
  const byRank = [...candidates].sort((a, b) => a.rank - b.rank || a.index - b.index);
  const chosen = new Map<MetricId, PlannedMetric>();
  const used = new Set<number>();
  for (const { index, metricId, unit, scale } of byRank) {
    const other = chosen.get(metricId);
    if (other && !used.has(index)) notes.set(index, `the same metric is read from "${header[other.index] ?? ''}"`);
    if (other || used.has(index)) continue;
    chosen.set(metricId, { index, metricId, unit, scale, ...boundsOf(metricId) });
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
    if (metric) return { name, metricId: metric.metricId, ...(metric.scale === 1 ? {} : { scale: metric.scale }) };
    if (index === plan.time.index) return { name, role: 'time', note: plan.time.reading.label };
    if (index === plan.time.clockIndex) return { name, role: 'time' };
    if (index === plan.nodeIndex) return { name, role: 'node' };
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

/** Why the values must be taken for averages; undefined when nothing says so. */
function findAverages(shape: TableShape, metrics: readonly PlannedMetric[]): string | undefined {
  const column = metrics.map(({ index }) => shape.header[index] ?? '').find(namesAverage);
  if (column !== undefined) return `the column "${column}" holds averages`;
  for (const [index, header] of shape.header.entries()) {
    if (!STATISTIC_NAMES.has(squashName(header))) continue;
    const cell = columnCells(shape, index).find(namesAverage);
    if (cell !== undefined) return `the column "${header}" says "${cell.slice(0, 60)}"`;
  }
  return undefined;
}

/**
 * Bytes and numbers of clients or keys are whole when they are read from a server, so fractions of them were computed: by averaging, whatever the
 * column is called. Scaled columns say nothing (12.34 MiB is rounded), nor do counters (`increase` extrapolates).
 */
function findFractions(shape: TableShape, { metrics, numberStyle }: TablePlan): string | undefined {
  for (const { index, metricId, unit, scale } of metrics) {
    if (scale !== 1 || (unit !== 'bytes' && unit !== 'count') || findMetric(metricId)?.kind === 'counter') continue;
    const least = unit === 'bytes' ? SMALLEST_USED_MEMORY_BYTES : 0;
    const fractions = columnCells(shape, index).filter((cell) => {
      const value = readNumberCell(cell, 1, unit, numberStyle);
      return /^[\d.,]+$/.test(cell.trim()) && value !== undefined && value > least && !Number.isInteger(value);
    });
    if (fractions.length >= MIN_FRACTIONS) {
      return `the column "${shape.header[index]}" holds fractions (${fractions[0]?.trim().slice(0, 30)}) of what comes whole: averages`;
    }
  }
  return undefined;
}

function noteSmallBytes(shape: TableShape, plan: TablePlan, report: InputReport): void {
  const used = plan.metrics.find(({ metricId }) => metricId === 'usedMemoryBytes');
  if (used?.scale !== 1) return;
  const values = columnCells(shape, used.index).map((cell) => readNumberCell(cell, 1, 'bytes', plan.numberStyle) ?? Number.NaN);
  const present = values.filter((value) => Number.isFinite(value));
  if (present.length > 0 && present.every((value) => value < SMALLEST_USED_MEMORY_BYTES) && present.some((value) => value > 0)) {
    const column = shape.header[used.index] ?? '';
    report.notes.push(
      `"${column}" is read as bytes, and its values are too small for that: give its unit, --map 'usedMemoryBytes=${column}:MiB'`,
    );
  }
}
