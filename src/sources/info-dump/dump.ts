import { INFO_FIELDS } from './fields.ts';

/** One INFO reply as read, before it has a node and an instant. */
export interface Dump {
  fromLine: number;
  toLine: number;
  /** One value a slot of INFO_FIELDS; NaN means absent. */
  readonly numbers: Float64Array;
  readonly texts: (string | undefined)[];
  /** 1 for each slot whose field was there, even with an unusable value. */
  readonly seen: Uint8Array;
  seenCount: number;
  readonly sections: string[];
  /** Database number → its keys and expires. */
  databases: Map<number, { readonly keys: number; readonly expires: number }> | undefined;
  /** A database line that could not be read: then no sum is known. */
  brokenDatabase: boolean;
  /** The first field came before any section header although headers follow: the head of this dump is missing. */
  headless: boolean;
  /** 64-bit integers at or beyond 2^63. */
  wrapped: number;
  stamp: WrittenStamp | undefined;
  /** Name written beside the dump. */
  label: string | undefined;
  /** Port of a loopback address written beside the dump. */
  portHint: number | undefined;
}

/** A written instant; dumps of several servers may share one. */
export interface WrittenStamp {
  readonly id: number;
  readonly at: number;
  readonly zoned: boolean;
}

/** A dump in which nothing was read yet. */
export function startDump(line: number): Dump {
  return {
    fromLine: line,
    toLine: line,
    numbers: new Float64Array(INFO_FIELDS.length).fill(Number.NaN),
    texts: [],
    seen: new Uint8Array(INFO_FIELDS.length),
    seenCount: 0,
    sections: [],
    databases: undefined,
    brokenDatabase: false,
    headless: false,
    wrapped: 0,
    stamp: undefined,
    label: undefined,
    portHint: undefined,
  };
}
