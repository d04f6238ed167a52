import { FIRST_GUIDE_SLOT, FIRST_TEXT_SLOT, INFO_FIELDS } from './fields.ts';

/** One INFO reply as read, before it has a node and an instant. */
export interface Dump {
  fromLine: number;
  toLine: number;
  /** One value a slot of INFO_FIELDS: NaN where the field was not there, WITHOUT_NUMBER where it had no usable number (texts always). */
  readonly values: number[];
  /** One text a text slot, from FIRST_TEXT_SLOT. */
  readonly texts: (string | undefined)[];
  seenCount: number;
  readonly sections: string[];
  /** Database number → its keys and expires. */
  databases: Map<number, { readonly keys: number; readonly expires: number }> | undefined;
  /** Addresses of its replicas, by the number that INFO gives them. */
  replicas: Map<number, string> | undefined;
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

/** Marks a field that was there without a usable number. */
export const WITHOUT_NUMBER = Number.POSITIVE_INFINITY;

const NO_VALUES: readonly number[] = INFO_FIELDS.map(() => Number.NaN);
const NO_TEXTS: readonly undefined[] = new Array<undefined>(FIRST_GUIDE_SLOT - FIRST_TEXT_SLOT).fill(undefined);

/** The number in a slot; NaN when absent. */
export function numberOf(dump: Dump, slot: number): number {
  const value = dump.values[slot] ?? Number.NaN;
  return value === WITHOUT_NUMBER ? Number.NaN : value;
}

/** The text in a slot; undefined when absent. */
export function textOf(dump: Dump, slot: number): string | undefined {
  return dump.texts[slot - FIRST_TEXT_SLOT];
}

/** Whether the field was there, even with an unusable value. */
export function hasField(dump: Dump, slot: number): boolean {
  return !Number.isNaN(dump.values[slot] ?? Number.NaN);
}

/** A dump in which nothing was read yet. */
export function startDump(line: number): Dump {
  return {
    fromLine: line,
    toLine: line,
    values: NO_VALUES.slice(),
    texts: NO_TEXTS.slice(),
    seenCount: 0,
    sections: [],
    databases: undefined,
    replicas: undefined,
    brokenDatabase: false,
    headless: false,
    wrapped: 0,
    stamp: undefined,
    label: undefined,
    portHint: undefined,
  };
}
