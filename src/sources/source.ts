import type { InputError } from '../model/errors.ts';
import type { Delivery, InputReport } from '../model/sample-batch.ts';

/** One thing to read, after directories and globs were expanded. */
export interface Input {
  /** As shown in messages: the path the user gave, `-` for stdin. Never carries secrets. */
  readonly name: string;
  /** Path on disk; undefined for stdin. */
  readonly path: string | undefined;
  /** The part of its folder in which it differs from the other inputs: `prod-a` of `dumps/prod-a/info.txt`; absent for one alone. */
  readonly folder?: string;
  /** Another input in another folder has the same file name, so that the file name tells no server from another. */
  readonly sharesFileName?: true;
  /** The first 256 KiB, decompressed, as UTF-8 text (BOM kept): enough to recognise the kind. */
  readonly head: string;
  /** Whether `head` is the whole input. */
  readonly complete: boolean;
  /** The whole input from its beginning, decompressed. Can be called once for stdin, often for a file. */
  readonly open: () => AsyncIterable<Uint8Array>;
  /** Why it cannot be read at all; `head` is then empty and `open` throws this. */
  readonly problem?: InputError;
  /** How it lies on disk; absent for what can be read only once (stdin, a pipe). */
  readonly file?: {
    readonly bytes: number;
    readonly compression: 'none' | 'gzip' | 'zstd';
    readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be';
  };
}

/** What the user said about the inputs. */
export interface ReadOptions {
  /** `--node`: name for samples that carry none. */
  readonly nodeId?: string;
  /** `--tz`: IANA zone of stamps without an offset. Default UTC. */
  readonly timeZone?: string;
  /** `--map usedMemoryBytes=colname:MiB`. */
  readonly columnMap?: readonly { readonly metricId: string; readonly column: string; readonly unit?: string }[];
  readonly timeColumn?: string;
  /** `--time-format`: a date-fns pattern, `epoch-s`, `epoch-ms`. */
  readonly timeFormat?: string;
  readonly nodeColumn?: string;
  /** `--metric`: what the value column of a plain `timestamp,value` file holds. */
  readonly metric?: string;
}

/** A kind of input. `accepts` looks only at what is given and never throws. */
export interface Source {
  readonly id: string;
  readonly accepts: (input: Input) => boolean;
  /**
   * Reads one input. Bad rows are skipped and counted in `report`; nothing usable at all is an InputError.
   * Never throws anything but InputError (or the signal's reason).
   */
  readonly read: (input: Input, options: ReadOptions, report: InputReport, signal?: AbortSignal) => AsyncIterable<Delivery>;
}
