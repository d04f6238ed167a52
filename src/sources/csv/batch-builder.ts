import type { MetricId, TextFieldId } from '../../model/metrics.ts';
import type { Origin, SampleBatch } from '../../model/sample-batch.ts';

/** Gathers samples as columns. A row is begun with `start`; what is set afterwards is its own until the next one. */
export class BatchBuilder {
  private at: Float64Array;
  private readonly nodeIds: string[] = [];
  private readonly numbers = new Map<MetricId, Float64Array>();
  private readonly texts = new Map<TextFieldId, (string | undefined)[]>();
  private readonly rowByKey = new Map<string, number>();

  /** @param rows - how many are expected; more are taken too */
  constructor(rows: number) {
    this.at = new Float64Array(Math.max(1, rows));
  }

  get count(): number {
    return this.nodeIds.length;
  }

  /** Begins a row. @returns its number */
  start(nodeId: string, at: number): number {
    const row = this.nodeIds.length;
    if (row === this.at.length) this.grow();
    this.nodeIds.push(nodeId);
    this.at[row] = at;
    return row;
  }

  /** The row of this node and instant, begun where there is none yet. */
  startOrFind(nodeId: string, at: number): number {
    const key = `${at} ${nodeId}`;
    const known = this.rowByKey.get(key);
    if (known !== undefined) return known;
    const row = this.start(nodeId, at);
    this.rowByKey.set(key, row);
    return row;
  }

  /** Sets a number; of several for one row and metric the largest stays, as it does for rows of the same instant. */
  raiseNumber(row: number, metricId: MetricId, value: number): void {
    const known = this.numbers.get(metricId)?.[row] ?? Number.NaN;
    if (!(known >= value)) this.setNumber(row, metricId, value);
  }

  setNumber(row: number, metricId: MetricId, value: number): void {
    let column = this.numbers.get(metricId);
    if (column === undefined) {
      column = new Float64Array(this.at.length).fill(Number.NaN);
      this.numbers.set(metricId, column);
    }
    column[row] = value;
  }

  setText(row: number, fieldId: TextFieldId, text: string): void {
    let column = this.texts.get(fieldId);
    if (column === undefined) {
      column = [];
      this.texts.set(fieldId, column);
    }
    column[row] = text;
  }

  /** @returns undefined without a row */
  build(origin: Origin): SampleBatch | undefined {
    const { count } = this;
    if (count === 0) return undefined;
    const numbers = new Map([...this.numbers].map(([id, column]) => [id, column.subarray(0, count)] as const));
    const texts = new Map([...this.texts].map(([id, column]) => [id, Array.from({ length: count }, (_, row) => column[row])] as const));
    return { kind: 'batch', origin, count, nodeIds: this.nodeIds, at: this.at.subarray(0, count), numbers, texts };
  }

  private grow(): void {
    const grow = (column: Float64Array, filler: number) => {
      const longer = new Float64Array(column.length * 2).fill(filler, column.length);
      longer.set(column);
      return longer;
    };
    this.at = grow(this.at, 0);
    for (const [id, column] of this.numbers) this.numbers.set(id, grow(column, Number.NaN));
  }
}
