import { createReadStream } from 'node:fs';
import { glob, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { pipeline, Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { InputError } from '../model/errors.ts';
import type { Input } from './source.ts';

/** How inputs are opened. */
export interface OpenOptions {
  /** What `-` reads. Default: the process's own stdin. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Compressed input may grow to this many bytes whatever its ratio. Default 1 GiB. */
  readonly freeBytes?: number;
}

type Compression = NonNullable<Input['file']>['compression'];
type Encoding = NonNullable<Input['file']>['encoding'];

const HEAD_BYTES = 256 * 1024;
const GiB = 1024 ** 3;
/** Text of metrics shrinks to a fifth or a fiftieth; a thousandth is a bomb, once it is also big. */
const HIGHEST_RATIO = 1000;
const DEEPEST_FOLDER = 8;
const MOST_FILES = 100_000;
/** Share of control characters in the head from which on a file is no text. */
const BINARY_SHARE = 0.05;

/** Files that are often given by mistake, by their first bytes. */
const KNOWN_BINARIES: readonly { readonly magic: string; readonly advice: string }[] = [
  { magic: 'REDIS0', advice: 'is a Redis RDB file: it holds keys, not a history of memory. Give INFO output or a CSV of metrics' },
  { magic: 'PK\u0003\u0004', advice: 'is a zip archive or a spreadsheet. Unpack it, or save the sheet as CSV' },
  { magic: 'PAR1', advice: 'is a Parquet file. Export it as CSV' },
  { magic: 'SQLite format 3', advice: 'is a SQLite database. Export the table as CSV' },
  { magic: '%PDF', advice: 'is a PDF. Give the figures behind it as CSV' },
  { magic: '\u00fd7zXZ', advice: 'is compressed with xz. Decompress it, or use gzip or zstd' },
  { magic: 'BZh', advice: 'is compressed with bzip2. Decompress it, or use gzip or zstd' },
  { magic: '\u0004"M\u0018', advice: 'is compressed with lz4. Decompress it, or use gzip or zstd' },
];

/**
 * Opens what the user gave, one input at a time, in the order given: files, folders (sorted, eight levels deep, hidden entries left out), globs, and
 * `-` for stdin. gzip, zstd and UTF-16 are told by their first bytes; `open()` gives UTF-8 in every case.
 * @throws InputError for a path that does not exist, a folder without files and a glob without matches; a file that cannot be read or is no text
 * comes as an input with a `problem`
 */
export async function* openInputs(paths: readonly string[], options: OpenOptions = {}): AsyncGenerator<Input> {
  const places: Place[] = [];
  for (const path of paths) places.push(...(await expand(path)));
  if (places.filter(({ kind }) => kind === 'stdin').length > 1) throw new InputError('-', 'stdin can be read only once. Give - once.');
  const depth = sharedDepth(places);
  const counts = countFileNames(places);
  for (const place of places) {
    const input = await openPlace(place, options).catch((error: unknown) => closedInput(place.path, error));
    const folder = place.kind === 'file' ? dirname(place.path).split(sep).slice(depth).join(sep) : '';
    const shares = (counts.get(basename(place.path)) ?? 0) > 1 ? ({ sharesFileName: true } as const) : {};
    yield folder === '' ? input : { ...input, folder, ...shares };
  }
}

/** How many leading folders all files share. */
function sharedDepth(places: readonly Place[]): number {
  const [first = [], ...others] = places.filter(({ kind }) => kind === 'file').map(({ path }) => dirname(path).split(sep));
  return others.reduce((depth, folders) => {
    const differing = first.findIndex((folder, index) => index < depth && folder !== folders[index]);
    return differing < 0 ? depth : differing;
  }, first.length);
}

/** How often each file name is given: a file given twice counts once. */
function countFileNames(places: readonly Place[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const path of new Set(places.filter(({ kind }) => kind === 'file').map((place) => place.path))) {
    counts.set(basename(path), (counts.get(basename(path)) ?? 0) + 1);
  }
  return counts;
}

/** An input that cannot be read: among others it is only reported, so it must not end the opening of the rest. */
function closedInput(name: string, error: unknown): Input {
  if (!(error instanceof InputError)) throw error;
  const open = () => {
    throw error;
  };
  return { name, path: undefined, head: '', complete: true, open, problem: error };
}

interface Place {
  readonly path: string;
  /** A `stream` is a pipe or a device: like stdin, it can be read only once. */
  readonly kind: 'file' | 'stream' | 'stdin';
}

async function expand(path: string): Promise<Place[]> {
  if (path === '-') return [{ path, kind: 'stdin' }];
  const found = await statOf(path);
  if (!found) {
    if (!/[*?[{]/.test(path)) throw new InputError(path, 'does not exist. Check the path; a glob must be quoted.');
    return expandGlob(path);
  }
  if (found.isDirectory()) {
    const files = await listFolder(path, path, 0);
    if (files.length === 0) throw new InputError(path, 'is a folder without files (hidden ones are left out).');
    return files;
  }
  return [{ path, kind: found.isFile() ? 'file' : 'stream' }];
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw unreadable(path, cause);
  }
}

async function expandGlob(pattern: string): Promise<Place[]> {
  const paths: string[] = [];
  for await (const path of glob(pattern)) {
    paths.push(path);
    if (paths.length > MOST_FILES) throw new InputError(pattern, `matches more than ${MOST_FILES} files. Narrow it.`);
  }
  const places: Place[] = [];
  for (const path of paths.sort()) {
    const found = await statOf(path);
    if (found?.isFile()) places.push({ path, kind: 'file' });
  }
  if (places.length === 0) throw new InputError(pattern, 'matches no file.');
  return places;
}

async function listFolder(root: string, folder: string, depth: number): Promise<Place[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw unreadable(folder, cause);
  });
  const places: Place[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    // A link to a folder is not followed: it may lead back here.
    if (entry.isDirectory()) {
      if (depth < DEEPEST_FOLDER) places.push(...(await listFolder(root, path, depth + 1)));
    } else if (entry.isFile() || (entry.isSymbolicLink() && (await statOf(path))?.isFile())) {
      places.push({ path, kind: 'file' });
    }
    if (places.length > MOST_FILES) throw new InputError(root, `holds more than ${MOST_FILES} files. Give a smaller folder.`);
  }
  return places;
}

async function openPlace({ path, kind }: Place, options: OpenOptions): Promise<Input> {
  if (kind === 'file') return openFile(path, options);
  const source = kind === 'stdin' ? (options.stdin ?? process.stdin) : createReadStream(path);
  return openOnce(path, source, options);
}

async function openFile(path: string, options: OpenOptions): Promise<Input> {
  const start = await readStart(path);
  const compression = compressionOf(start.bytes);
  const raw = () => decompress(createReadStream(path), compression, path, options);
  const { bytes, complete } = await takeHead(raw(), path);
  const encoding = encodingOf(bytes);
  const head = headText(bytes, encoding);
  refuseBinary(path, bytes, head);
  return {
    name: path,
    path,
    head,
    complete,
    open: () => guardReading(toUtf8(raw(), encoding), path),
    file: { bytes: start.size, compression, encoding },
  };
}

async function readStart(path: string): Promise<{ bytes: Uint8Array; size: number }> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const buffer = new Uint8Array(8);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
      return { bytes: buffer.subarray(0, bytesRead), size };
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** What can be read only once: the pieces taken for the head are given out again by `open`. */
async function openOnce(name: string, source: AsyncIterable<Uint8Array>, options: OpenOptions): Promise<Input> {
  const raw = source[Symbol.asyncIterator]();
  const first = await nextPieces(raw, 4, name);
  const pieces = decompress(chain(first, raw), compressionOf(Buffer.concat(first)), name, options)[Symbol.asyncIterator]();
  const taken = await nextPieces(pieces, HEAD_BYTES, name);
  const bytes = Buffer.concat(taken);
  const complete = bytes.length < HEAD_BYTES;
  const encoding = encodingOf(bytes);
  const head = headText(bytes.subarray(0, HEAD_BYTES), encoding);
  refuseBinary(name, bytes, head);
  let opened = false;
  return {
    name,
    path: undefined,
    head,
    complete,
    open: () => {
      if (opened) throw new InputError(name, 'can be read only once.');
      opened = true;
      return guardReading(toUtf8(chain(taken, pieces), encoding), name);
    },
  };
}

/** Pieces until at least `bytes` are there, or the end. */
async function nextPieces(pieces: AsyncIterator<Uint8Array>, bytes: number, name: string): Promise<Uint8Array[]> {
  const taken: Uint8Array[] = [];
  let length = 0;
  try {
    while (length < bytes) {
      const next = await pieces.next();
      if (next.done) break;
      taken.push(next.value);
      length += next.value.length;
    }
  } catch (cause) {
    throw unreadable(name, cause);
  }
  return taken;
}

async function* chain(first: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/** The first 256 KiB; a file that breaks off behind its beginning still has a head. */
async function takeHead(pieces: AsyncIterable<Uint8Array>, name: string): Promise<{ bytes: Uint8Array; complete: boolean }> {
  const taken: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of pieces) {
      taken.push(piece);
      length += piece.length;
      if (length > HEAD_BYTES) break;
    }
  } catch (cause) {
    if (length === 0 || cause instanceof InputError) throw unreadable(name, cause);
    return { bytes: Buffer.concat(taken).subarray(0, HEAD_BYTES), complete: false };
  }
  return { bytes: Buffer.concat(taken).subarray(0, HEAD_BYTES), complete: length <= HEAD_BYTES };
}

function compressionOf(start: Uint8Array): Compression {
  if (start[0] === 0x1f && start[1] === 0x8b) return 'gzip';
  if (start[0] === 0x28 && start[1] === 0xb5 && start[2] === 0x2f && start[3] === 0xfd) return 'zstd';
  return 'none';
}

function encodingOf(start: Uint8Array): Encoding {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

function headText(bytes: Uint8Array, encoding: Encoding): string {
  return new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes, { stream: true });
}

async function* toUtf8(pieces: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<Uint8Array> {
  if (encoding === 'utf-8') {
    yield* pieces;
    return;
  }
  const decoder = new TextDecoder(encoding);
  for await (const piece of pieces) yield Buffer.from(decoder.decode(piece, { stream: true }));
  yield Buffer.from(decoder.decode());
}

function decompress(
  source: Readable | AsyncIterable<Uint8Array>,
  compression: Compression,
  name: string,
  options: OpenOptions,
): AsyncIterable<Uint8Array> {
  const readable = source instanceof Readable ? source : Readable.from(source, { objectMode: false });
  if (compression === 'none') return readable;
  const expander = compression === 'gzip' ? zlib.createGunzip() : zstdExpander(name);
  // The error reaches the reader through the last stream; the callback only keeps it from being thrown twice.
  pipeline(readable, expander, () => {});
  return limitGrowth(expander, name, options.freeBytes ?? GiB);
}

function zstdExpander(name: string): Transform & { readonly bytesWritten: number } {
  if (typeof zlib.createZstdDecompress !== 'function') {
    throw new InputError(
      name,
      `is compressed with zstd, which Node ${process.versions.node} cannot read. Use Node 22.15 or later, or gzip.`,
    );
  }
  return zlib.createZstdDecompress();
}

async function* limitGrowth(
  expander: Transform & { readonly bytesWritten: number },
  name: string,
  freeBytes: number,
): AsyncGenerator<Uint8Array> {
  let grown = 0;
  for await (const piece of expander as AsyncIterable<Uint8Array>) {
    grown += piece.length;
    if (grown > freeBytes && grown > HIGHEST_RATIO * expander.bytesWritten) {
      throw new InputError(
        name,
        `grows more than ${HIGHEST_RATIO}-fold when decompressed, to over ${grown} bytes: refused. Decompress it yourself if it is sound.`,
      );
    }
    yield piece;
  }
}

async function* guardReading(pieces: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
  } catch (cause) {
    throw unreadable(name, cause);
  }
}

function refuseBinary(name: string, bytes: Uint8Array, head: string): void {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  const known = KNOWN_BINARIES.find(({ magic }) => start.startsWith(magic));
  if (known) throw new InputError(name, `${known.advice}.`);
  if (
    bytes.length >= 8 &&
    bytes.some((byte) => byte !== 0) &&
    [0, 1].some((odd) => bytes.subarray(0, 64).every((byte, index) => index % 2 !== odd || byte === 0))
  ) {
    throw new InputError(name, 'looks like UTF-16 without a byte order mark. Convert it: iconv -f utf-16le -t utf-8.');
  }
  let strange = 0;
  for (let i = 0; i < head.length; i += 1) {
    const code = head.charCodeAt(i);
    if (code === 0xfffd || (code < 32 && code !== 9 && code !== 10 && code !== 13 && code !== 12 && code !== 27)) strange += 1;
  }
  if (strange > head.length * BINARY_SHARE)
    throw new InputError(name, 'is no text. Expected INFO output or CSV, plain, or compressed with gzip or zstd.');
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR');
}

const REASONS = new Map([
  ['EACCES', 'may not be read. Check its permissions.'],
  ['EPERM', 'may not be read. Check its permissions.'],
  ['EISDIR', 'is a folder.'],
  ['EMFILE', 'cannot be opened: too many files are open.'],
  ['Z_BUF_ERROR', 'is compressed and breaks off before its end. Copy it again.'],
  ['Z_DATA_ERROR', 'is compressed and damaged. Copy it again.'],
  ['ZSTD_error_prefix_unknown', 'is compressed and damaged. Copy it again.'],
  ['ZSTD_error_corruption_detected', 'is compressed and damaged. Copy it again.'],
  ['ZSTD_error_checksum_wrong', 'is compressed and damaged. Copy it again.'],
]);

function unreadable(name: string, cause: unknown): InputError {
  if (cause instanceof InputError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return new InputError(name, REASONS.get(code) ?? `cannot be read${code === '' ? '' : ` (${code})`}.`, { cause });
}
