import type { MetricId, TextFieldId } from '../model/metrics.ts';
import type { NodeHistory } from '../model/node-history.ts';
import { NodeReducer } from './node-reducer.ts';
import type { RowBlock } from './row-block.ts';

/** Samples of a node gathered before they are reduced together: column by column is several times faster than row by row. */
const BLOCK_ROWS = 512;

interface NodeState {
  readonly reducer: NodeReducer;
  /** First row of the node's block in every column. */
  readonly offset: number;
  /** Rows gathered. */
  filled: number;
  lastAt: number;
  duplicates: number;
}

/**
 * Deals rows out to one reducer a node and merges rows of the same instant: the larger number wins, and the greater text, so that
 * the order of such rows changes nothing. Rows must come in time order within each node.
 */
export class NodeBlocks {
  /** By the index of the node's name. */
  private readonly nodes: (NodeState | undefined)[] = [];
  /** The indices of those that were met. */
  private readonly met: number[] = [];
  private readonly numbers = new Map<MetricId, Float64Array<ArrayBuffer>>();
  private readonly texts = new Map<TextFieldId, (string | undefined)[]>();
  private at = new Float64Array(BLOCK_ROWS);
  private target = new Int32Array(0);
  private readonly nodeNames: readonly string[];

  constructor(nodeNames: readonly string[]) {
    this.nodeNames = nodeNames;
  }

  get nodeCount(): number {
    return this.met.length;
  }

  get metricCount(): number {
    return this.numbers.size;
  }

  /** Instant of the node's newest row, -Infinity when it has none. */
  lastAt(node: number): number {
    return this.nodes[node]?.lastAt ?? Number.NEGATIVE_INFINITY;
  }

  /**
   * Takes rows `from` to `to` (excluded), skipping those without an instant.
   * @returns the first row that is older than its node's newest: nothing from it on was taken; or `to`
   */
  add(block: RowBlock, from: number, to: number): number {
    if (this.target.length < block.count) this.target = new Int32Array(block.count);
    this.reserveColumns(block);
    let start = from;
    let state: NodeState | undefined;
    let stateNode = -1;
    for (let i = from; i < to; i++) {
      const at = block.at[i] as number;
      if (Number.isNaN(at)) {
        this.scatter(block, start, i);
        start = i + 1;
        continue;
      }
      const node = block.node[i] as number;
      if (node !== stateNode || !state) {
        state = this.nodes[node] ?? this.startNode(node);
        stateNode = node;
      }
      if (at < state.lastAt) {
        this.scatter(block, start, i);
        return i;
      }
      if (at === state.lastAt) {
        this.scatter(block, start, i);
        this.mergeRow(block, i, state);
        start = i + 1;
        continue;
      }
      if (state.filled === BLOCK_ROWS) {
        this.scatter(block, start, i);
        start = i;
        this.reduce(state, BLOCK_ROWS - 1);
      }
      this.target[i] = state.offset + state.filled;
      state.filled += 1;
      state.lastAt = at;
    }
    this.scatter(block, start, to);
    return to;
  }

  /** The history of each node, in the order of their ids (by code point); each is let go once handed out. */
  *finish(outOfOrder: ReadonlyMap<number, number>): Generator<NodeHistory> {
    for (const node of sortNodes(this.nodeNames, this.met)) {
      const state = this.nodes[node] as NodeState;
      this.reduce(state, state.filled);
      this.nodes[node] = undefined;
      yield state.reducer.finish({ duplicates: state.duplicates, outOfOrder: outOfOrder.get(node) ?? 0 });
    }
  }

  private startNode(node: number): NodeState {
    const offset = this.met.length * BLOCK_ROWS;
    const state: NodeState = {
      reducer: new NodeReducer(this.nodeNames[node] ?? ''),
      offset,
      filled: 0,
      lastAt: Number.NEGATIVE_INFINITY,
      duplicates: 0,
    };
    this.nodes[node] = state;
    this.met.push(node);
    if (offset + BLOCK_ROWS > this.at.length) {
      const rows = this.at.length * 2;
      this.at = enlarged(this.at, rows);
      for (const [id, column] of this.numbers) this.numbers.set(id, enlarged(column, rows));
    }
    return state;
  }

  private reserveColumns(block: RowBlock): void {
    for (const id of block.numbers.keys()) {
      if (!this.numbers.has(id)) this.numbers.set(id, new Float64Array(this.at.length).fill(Number.NaN));
    }
    for (const id of block.texts.keys()) if (!this.texts.has(id)) this.texts.set(id, []);
  }

  /** Copies rows whose targets are set. Columns that this block lacks were left absent by the last `reduce`. */
  private scatter(block: RowBlock, from: number, to: number): void {
    if (from >= to) return;
    scatterColumn(block.at, this.at, this.target, from, to);
    for (const [id, values] of block.numbers) {
      scatterColumn(values, this.numbers.get(id) as Float64Array, this.target, from, to);
    }
    for (const [id, values] of block.texts) {
      const column = this.texts.get(id) as (string | undefined)[];
      for (let i = from; i < to; i++) column[this.target[i] as number] = values[i];
    }
  }

  private mergeRow(block: RowBlock, row: number, state: NodeState): void {
    const target = state.offset + state.filled - 1;
    let repeats = false;
    for (const [id, values] of block.numbers) {
      const column = this.numbers.get(id) as Float64Array;
      const value = values[row] as number;
      if (Number.isNaN(value)) continue;
      const known = column[target] as number;
      if (!(value <= known)) column[target] = value;
      repeats ||= !Number.isNaN(known);
    }
    for (const [id, values] of block.texts) {
      const column = this.texts.get(id) as (string | undefined)[];
      const value = values[row];
      const known = column[target];
      if (value !== undefined && (known === undefined || value > known)) column[target] = value;
      repeats ||= value !== undefined && known !== undefined;
    }
    // Rows that complete each other, a metric each, repeat nothing.
    if (repeats) state.duplicates += 1;
  }

  /** Reduces the first `count` gathered rows of a node and keeps the rest: the newest may still be merged with. */
  private reduce(state: NodeState, count: number): void {
    const from = state.offset;
    const to = from + count;
    const end = from + state.filled;
    const texts = new Map<TextFieldId, (string | undefined)[]>();
    for (const [id, column] of this.texts) texts.set(id, column.slice(from, to));
    const numbers = new Map<MetricId, Float64Array>();
    for (const [id, column] of this.numbers) numbers.set(id, column.subarray(from, to));
    state.reducer.add({ count, at: this.at.subarray(from, to), numbers, texts });
    this.at.copyWithin(from, to, end);
    for (const column of this.numbers.values()) {
      column.copyWithin(from, to, end);
      column.fill(Number.NaN, from + end - to, end);
    }
    for (const column of this.texts.values()) {
      for (let i = from; i < end; i++) column[i] = i + count < end ? column[i + count] : undefined;
    }
    state.filled -= count;
  }
}

/** Indices of the names in their order by code point; of all names when no indices are given. */
export function sortNodes(names: readonly string[], indices: Iterable<number> = names.keys()): number[] {
  return [...indices]
    .map((index) => ({ index, bytes: Buffer.from(names[index] ?? '') }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ index }) => index);
}

function scatterColumn(values: Float64Array, column: Float64Array, target: Int32Array, from: number, to: number): void {
  for (let i = from; i < to; i++) column[target[i] as number] = values[i] as number;
}

function enlarged(column: Float64Array, rows: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(rows);
  larger.set(column);
  return larger.fill(Number.NaN, column.length);
}
