import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import type { MetricId, TextFieldId } from '../model/metrics.ts';
import type { SampleBatch } from '../model/sample-batch.ts';
import type { StringLists } from './row-block.ts';
import { sqlName } from './sql-text.ts';

/** Rows of a data chunk of the database. */
const CHUNK_ROWS = 2048;
const FIXED_COLUMNS = ['segment', 'node', 'at'] as const;

export const SAMPLE_TABLE = 'samples';

type DuckDb = typeof import('@duckdb/node-api');

/**
 * The batches as one wide table of doubles, NaN for absent: node names and texts are numbers into string lists, so that appending
 * copies typed arrays only. A column is added when its metric first appears.
 */
export class SampleTable {
  readonly metricIds = new Set<MetricId>();
  readonly textIds = new Set<TextFieldId>();
  private readonly duckDb: DuckDb;
  private readonly connection: DuckDBConnection;
  private readonly lists: StringLists;
  /** Columns in table order with the rows not yet written. */
  private readonly pending = new Map<string, Float64Array<ArrayBuffer>>();
  private pendingRows = 0;
  private columnsInTable = 0;
  private appender: DuckDBAppender | undefined;

  constructor(duckDb: DuckDb, connection: DuckDBConnection, lists: StringLists) {
    this.duckDb = duckDb;
    this.connection = connection;
    this.lists = lists;
    for (const name of FIXED_COLUMNS) this.column(name);
  }

  /** Appends the rows that have an instant. */
  async append(batch: SampleBatch, segment: number): Promise<void> {
    for (const id of batch.numbers.keys()) this.metricIds.add(id);
    for (const id of batch.texts.keys()) this.textIds.add(id);
    for (let from = 0; from < batch.count; ) {
      const to = Math.min(batch.count, from + CHUNK_ROWS - this.pendingRows);
      this.copyRows(batch, segment, from, to);
      from = to;
      if (this.pendingRows === CHUNK_ROWS) await this.writePending();
    }
  }

  /** Makes all appended rows visible to queries. */
  async flush(): Promise<void> {
    if (this.pendingRows > 0 || this.columnsInTable === 0) await this.writePending();
    this.appender?.flushSync();
  }

  close(): void {
    this.appender?.closeSync();
    this.appender = undefined;
  }

  private copyRows(batch: SampleBatch, segment: number, from: number, to: number): void {
    const base = this.pendingRows;
    const count = to - from;
    this.column('segment').fill(segment, base, base + count);
    const at = this.column('at');
    const node = this.column('node');
    for (let i = 0; i < count; i++) {
      at[base + i] = Math.round(batch.at[from + i] ?? Number.NaN);
      node[base + i] = this.lists.nodeNames.list.indexOf(batch.nodeIds[from + i] ?? '');
    }
    for (const [id, values] of batch.numbers) this.column(metricColumn(id)).set(values.subarray(from, to), base);
    for (const [id, values] of batch.texts) {
      const column = this.column(textColumn(id));
      for (let i = 0; i < count; i++) {
        const value = values[from + i];
        if (value !== undefined) column[base + i] = this.lists.textValues.list.indexOf(value);
      }
    }
    this.pendingRows += count;
  }

  private column(name: string): Float64Array<ArrayBuffer> {
    let column = this.pending.get(name);
    if (!column) {
      column = new Float64Array(CHUNK_ROWS).fill(Number.NaN);
      this.pending.set(name, column);
    }
    return column;
  }

  private async writePending(): Promise<void> {
    await this.alignTable();
    const types = Array.from(this.pending, () => this.duckDb.DOUBLE);
    const chunk = this.duckDb.DuckDBDataChunk.create(types, this.pendingRows);
    let index = 0;
    for (const column of this.pending.values()) {
      const vector = chunk.getColumnVector(index++);
      if (!(vector instanceof this.duckDb.DuckDBDoubleVector)) throw new TypeError('A column of doubles has another type.');
      doublesOf(vector).set(column.subarray(0, this.pendingRows));
      vector.flush();
      column.fill(Number.NaN);
    }
    this.appender?.appendDataChunk(chunk);
    this.pendingRows = 0;
  }

  /** Gives the table the columns met since the last write. */
  private async alignTable(): Promise<void> {
    const names = [...this.pending.keys()];
    if (names.length === this.columnsInTable) return;
    this.appender?.closeSync();
    if (this.columnsInTable === 0) {
      await this.connection.run(`CREATE TABLE ${SAMPLE_TABLE} (${names.map((name) => `${sqlName(name)} DOUBLE`).join(', ')})`);
    } else {
      const added = names.slice(this.columnsInTable);
      for (const name of added) {
        await this.connection.run(`ALTER TABLE ${SAMPLE_TABLE} ADD COLUMN ${sqlName(name)} DOUBLE DEFAULT 'NaN'::DOUBLE`);
      }
    }
    this.columnsInTable = names.length;
    this.appender = await this.connection.createAppender(SAMPLE_TABLE);
  }
}

/** The vector's memory, written and read without a call per value. The package types it as private. */
export function doublesOf(vector: object): Float64Array {
  const items: unknown = Reflect.get(vector, 'items');
  if (!(items instanceof Float64Array)) throw new TypeError('The database handed out a column that is not of doubles.');
  return items;
}

/** Name of a metric's column; prefixed, so that no metric can be taken for another column. */
export function metricColumn(id: MetricId): string {
  return `m_${id}`;
}

/** Name of a text field's column of numbers. */
export function textColumn(id: TextFieldId): string {
  return `t_${id}`;
}
