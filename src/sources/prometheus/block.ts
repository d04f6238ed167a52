import { DATABASE_LIMIT, databaseMetricId, findMetric, type MetricId, type TextFieldId } from '../../model/metrics.ts';
import type { InputReport, SampleBatch } from '../../model/sample-batch.ts';
import { type MetricBounds, metricBounds, WRAPPED_FROM } from '../metric-bounds.ts';
import { type Labels, type RangeSeries, readPoint } from './answer.ts';
import type { MetricQuery } from './plan.ts';

const LONGEST_TEXT = 256;
/** The samples of all nodes at a run of steps, filled metric by metric. */
export class Block {
  private readonly rowOf: ReadonlyMap<string, number>;
  private readonly nodeIds: readonly string[];
  private readonly fromAt: number;
  private readonly stepMs: number;
  private readonly points: number;
  private readonly numbers = new Map<MetricId, Float64Array>();
  private readonly texts = new Map<TextFieldId, (string | undefined)[]>();

  constructor(nodeIds: readonly string[], fromAt: number, stepMs: number, points: number) {
    this.nodeIds = nodeIds;
    this.rowOf = new Map(nodeIds.map((nodeId, index) => [nodeId, index * points]));
    this.fromAt = fromAt;
    this.stepMs = stepMs;
    this.points = points;
  }

  /** Takes what a query gave. Values that the metric cannot have are absent, and wrapped ones counted in the report. */
  put(query: MetricQuery, series: readonly RangeSeries[], nodeOf: (labels: Labels) => string | undefined, report: InputReport): void {
    const { metricId, scale } = query;
    for (const { labels, values } of inOrder(query, series)) {
      const base = this.rowOf.get(nodeOf(labels) ?? '');
      if (base === undefined) continue;
      const put = this.textWriter(query, labels) ?? (metricId && this.numberWriter(metricId, labels, report));
      if (put === undefined) continue;
      for (const each of values) {
        const point = readPoint(each);
        if (point === undefined) continue;
        const index = Math.round((point.at - this.fromAt) / this.stepMs);
        if (index >= 0 && index < this.points) put(base + index, point.value * scale);
      }
    }
  }

  /** The rows that have a value of used memory or another number. @param latestAt - no sample is stamped later */
  toBatch(input: string, latestAt: number): SampleBatch | undefined {
    const columns = [...this.numbers.values()];
    const keys = this.numbers.get('keys');
    const rows: number[] = [];
    for (let row = 0; row < this.nodeIds.length * this.points; row += 1) {
      if (columns.some((column) => !Number.isNaN(column[row]))) rows.push(row);
    }
    if (rows.length === 0 || (columns.length === 1 && keys !== undefined)) return undefined;
    const pick = (column: Float64Array) => Float64Array.from(rows, (row) => column[row] ?? Number.NaN);
    return {
      kind: 'batch',
      origin: { input },
      count: rows.length,
      nodeIds: rows.map((row) => this.nodeIds[Math.floor(row / this.points)] ?? ''),
      at: Float64Array.from(rows, (row) => Math.min(latestAt, this.fromAt + (row % this.points) * this.stepMs)),
      numbers: new Map([...this.numbers].map(([id, column]) => [id, pick(column)])),
      texts: new Map([...this.texts].map(([id, column]) => [id, rows.map((row) => column[row])])),
    };
  }

  /** A number of another source, told for every row that already has one. @param valueAt - NaN where it is not known */
  fill(nodeId: string, metricId: MetricId, valueAt: (at: number) => number): void {
    const base = this.rowOf.get(nodeId);
    const known = this.numbers.get('usedMemoryBytes');
    if (base === undefined || known === undefined) return;
    const column = this.column(metricId);
    for (let index = 0; index < this.points; index += 1) {
      if (!Number.isNaN(known[base + index])) column[base + index] = valueAt(this.fromAt + index * this.stepMs);
    }
  }

  private numberWriter(id: MetricId, labels: Labels, report: InputReport): (row: number, value: number) => void {
    const metric = findMetric(id);
    const bounds = metric ? metricBounds(metric) : undefined;
    const isBytes = metric?.unit === 'bytes';
    const database = id === 'keys' || id === 'expires' ? /^(?:db)?(\d{1,5})$/.exec(labels.db ?? '')?.[1] : undefined;
    if (database !== undefined) return this.databaseWriter(id as 'keys' | 'expires', Number(database));
    const column = this.column(id);
    return (row, value) => {
      if (isBytes && value >= WRAPPED_FROM) report.wrappedIntegers += 1;
      if (isWithin(value, bounds) && !(value <= (column[row] ?? Number.NaN))) column[row] = value;
    };
  }

  /** redis_exporter lists every database that there can be; INFO only those with keys. */
  private databaseWriter(sumId: 'keys' | 'expires', index: number): (row: number, value: number) => void {
    const sum = this.column(sumId);
    const own = index < DATABASE_LIMIT ? databaseMetricId(index, sumId === 'keys' ? 'Keys' : 'Expires') : undefined;
    return (row, value) => {
      if (!(value >= 0)) return;
      sum[row] = (Number.isNaN(sum[row]) ? 0 : (sum[row] ?? 0)) + value;
      if (own !== undefined && value > 0) this.column(own)[row] = value;
    };
  }

  private textWriter({ status, labelFields, replica }: MetricQuery, labels: Labels): ((row: number, value: number) => void) | undefined {
    if (status) {
      const column = this.textColumn(status.fieldId);
      return (row, value) => {
        column[row] = status.words[value === 1 ? 0 : 1];
      };
    }
    if (replica) {
      const column = this.textColumn('replicas');
      const address = addressOfReplica(labels).slice(0, LONGEST_TEXT);
      return (row) => {
        column[row] = column[row] === undefined ? address : `${column[row]} ${address}`;
      };
    }
    if (!labelFields) return undefined;
    const told = labelFields.flatMap(({ label, fieldId }) => {
      const text = labels[label]?.trim().slice(0, LONGEST_TEXT) ?? '';
      return text === '' ? [] : [{ column: this.textColumn(fieldId), text }];
    });
    return (row) => {
      for (const { column, text } of told) column[row] = text;
    };
  }

  private column(id: MetricId): Float64Array {
    let column = this.numbers.get(id);
    if (column === undefined) {
      column = new Float64Array(this.nodeIds.length * this.points).fill(Number.NaN);
      this.numbers.set(id, column);
    }
    return column;
  }

  private textColumn(id: TextFieldId): (string | undefined)[] {
    const column = this.texts.get(id) ?? [];
    this.texts.set(id, column);
    return column;
  }
}

/**
 * Where labels changed within a step both series are there: the one that began later tells what came of it and is taken last. Replicas come by their
 * addresses.
 */
function inOrder({ labelFields, replica }: MetricQuery, series: readonly RangeSeries[]): readonly RangeSeries[] {
  if (replica) return [...series].sort((a, b) => (addressOfReplica(a.labels) < addressOfReplica(b.labels) ? -1 : 1));
  if (!labelFields) return series;
  return [...series].sort((a, b) => instantOf(a, 0) - instantOf(b, 0) || instantOf(a, -1) - instantOf(b, -1));
}

const addressOfReplica = ({ slave_ip: host = '', slave_port: port = '' }: Labels): string => `${host}:${port}`;
const instantOf = ({ values }: RangeSeries, index: 0 | -1): number => readPoint(values.at(index))?.at ?? 0;

function isWithin(value: number, bounds: MetricBounds | undefined): boolean {
  return bounds === undefined || (value >= bounds.least && value <= bounds.most);
}
