import type { MetricId, TextFieldId } from '../model/metrics.ts';

/** Rows of any nodes in input order, as the database hands them out. */
export interface RowBlock {
  readonly count: number;
  /** Index of each row's node in the list of node names. */
  readonly node: Int32Array;
  /** Epoch milliseconds UTC, whole; NaN where a row has no readable instant. */
  readonly at: Float64Array;
  readonly numbers: ReadonlyMap<MetricId, Float64Array>;
  readonly texts: ReadonlyMap<TextFieldId, readonly (string | undefined)[]>;
}

/** Strings by their number, in the order they were met. */
export class StringList {
  readonly values: string[] = [];
  private readonly indices = new Map<string, number>();

  indexOf(value: string): number {
    let index = this.indices.get(value);
    if (index === undefined) {
      index = this.values.length;
      this.values.push(value);
      this.indices.set(value, index);
    }
    return index;
  }
}

/** A list of strings, and the index of each hash that stands for one of them in the database. */
export interface CodedStrings {
  readonly list: StringList;
  readonly indexByHash: Map<number, number>;
}

/** The lists that node and text columns are codes into. */
export interface StringLists {
  readonly nodeNames: CodedStrings;
  readonly textValues: CodedStrings;
}
