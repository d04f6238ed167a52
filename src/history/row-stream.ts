import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import type { MetricId, TextFieldId } from '../model/metrics.ts';
import { withoutUserinfo } from '../model/userinfo.ts';
import type { Layout } from './relation.ts';
import type { CodedStrings, RowBlock, StringLists } from './row-block.ts';
import { doublesOf } from './sample-table.ts';

/** Columns before the metrics: node code, node name, instant. */
const FIXED_COLUMNS = 3;

/** Runs a query of that layout and hands out its rows as they come, in the database's chunks (a few thousand rows). */
export async function* streamRows(connection: DuckDBConnection, sql: string, layout: Layout, lists: StringLists): AsyncGenerator<RowBlock> {
  const nodeCodes = new CodeReader(lists.nodeNames);
  const textCodes = layout.textIds.map(() => new CodeReader(lists.textValues));
  const result = await connection.stream(sql);
  // The database works only while somebody fetches: the next rows are fetched while these are reduced.
  const fetchChunk = (): Promise<DuckDBDataChunk | null> => {
    const fetched = result.fetchChunk();
    // What goes wrong is told when the chunk is awaited, which may be never.
    fetched.catch(() => undefined);
    return fetched;
  };
  let next = fetchChunk();
  try {
    for (;;) {
      const chunk = await next;
      if (!chunk || chunk.rowCount === 0) return;
      next = fetchChunk();
      yield readBlock(chunk, layout, nodeCodes, textCodes);
    }
  } finally {
    await next.catch(() => undefined);
  }
}

function readBlock(chunk: DuckDBDataChunk, layout: Layout, nodeCodes: CodeReader, textCodes: readonly CodeReader[]): RowBlock {
  const doubles = (index: number): Float64Array => doublesOf(chunk.getColumnVector(index));
  const textAt = (index: number) => (row: number) => String(chunk.getColumnVector(index).getItem(row));
  // The database reads big tables by itself: a name of theirs may still be an address with a password.
  const nameAt = (row: number) => withoutUserinfo(textAt(1)(row));
  const { metricIds, textIds, valueIds } = layout;
  const firstText = FIXED_COLUMNS + metricIds.length;
  const numbers = new Map<MetricId, Float64Array>();
  for (const [k, id] of metricIds.entries()) numbers.set(id, doubles(FIXED_COLUMNS + k));
  const texts = new Map<TextFieldId, readonly (string | undefined)[]>();
  for (const [k, id] of textIds.entries()) {
    const valueColumn = firstText + textIds.length + valueIds.indexOf(id);
    const reader = textCodes[k] as CodeReader;
    texts.set(id, reader.readTexts(doubles(firstText + k), textAt(valueColumn)));
  }
  return { count: chunk.rowCount, node: nodeCodes.readIndices(doubles(0), nameAt), at: doubles(2), numbers, texts };
}

/** Turns codes into indices of a string list. The text of a hash is read when it is first met only: strings are slow to read. */
class CodeReader {
  private readonly strings: CodedStrings;

  constructor(strings: CodedStrings) {
    this.strings = strings;
  }

  /** @returns -1 for an absent code */
  readIndices(codes: Float64Array, textAt: (row: number) => string): Int32Array {
    const indices = new Int32Array(codes.length);
    let code = Number.NaN;
    let index = -1;
    for (let row = 0; row < codes.length; row++) {
      if (codes[row] !== code) {
        code = codes[row] as number;
        index = this.indexOf(code, row, textAt);
      }
      indices[row] = index;
    }
    return indices;
  }

  readTexts(codes: Float64Array, textAt: (row: number) => string): (string | undefined)[] {
    const { values } = this.strings.list;
    return Array.from(this.readIndices(codes, textAt), (index) => values[index]);
  }

  private indexOf(code: number, row: number, textAt: (row: number) => string): number {
    if (code >= 0) return code;
    if (Number.isNaN(code)) return -1;
    const { list, indexByHash } = this.strings;
    let index = indexByHash.get(code);
    if (index === undefined) {
      index = list.indexOf(textAt(row));
      indexByHash.set(code, index);
    }
    return index;
  }
}
