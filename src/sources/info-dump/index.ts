import { InputError } from '../../model/errors.ts';
import { type InputReport, rejectRow, type SampleBatch } from '../../model/sample-batch.ts';
import type { Input, ReadOptions, Source } from '../source.ts';
import { holdsClusterShards } from './cluster-shards.ts';
import { type Dump, hasField, numberOf, textOf } from './dump.ts';
import { toBatch } from './dump-batch.ts';
import { DumpParser, withoutColours } from './dump-parser.ts';
import { slotOf } from './fields.ts';
import { fileStem } from './node-name.ts';
import { NodeNaming } from './node-naming.ts';
import { Placement } from './placement.ts';
import { plainCharacters } from './plain-characters.ts';
import { findStampInName } from './stamp.ts';
import { decodeBlocks } from './text-blocks.ts';

/** Dumps in one batch. The first batch also decides how times and node names are told. */
const BATCH_SIZE = 1000;

const EXACT_MEMORY = [slotOf('used_memory'), slotOf('used_memory_rss')];
const ROUNDED_MEMORY = [slotOf('used_memory_human'), slotOf('used_memory_rss_human')];
const PIKA_VERSION = slotOf('pika_version');
const KVROCKS_VERSION = slotOf('kvrocks_version');
const MODE = slotOf('redis_mode');
const SERVER_MODE = slotOf('server_mode');

const MARKER =
  /(?:^|[^\w{,"'.]|\\n|["'](?=used_memory))(?:redis_version|valkey_version|dragonfly_version|pika_version|kvrocks_version|used_memory(?:_rss|_peak|_human)?|maxmemory_policy|mem_allocator|mem_fragmentation_ratio|uptime_in_seconds|connected_clients|total_commands_processed|run_id|arch_bits|evicted_keys|keyspace_hits|cmdstat_\w{1,60}|errorstat_\w{1,60})(?:[ \t]{0,3}[:=](?!")|["'][ \t]{0,3}:)/gm;
/** A field and its number in a table: a line that holds nothing else. */
const TABLE_MARKER =
  /^[|\s"'`*]{0,20}(?:redis_version|valkey_version|used_memory(?:_rss|_peak|_human)?|maxmemory|mem_fragmentation_ratio|uptime_in_seconds|connected_clients|total_commands_processed|evicted_keys|keyspace_hits)["'`*]{0,3}(?:[ \t]{0,40}[|,;][ \t]{0,40}|[ \t]{1,60})["'`]?\d[\d.]{0,30}[KMGTB]?["'`]?[ \t|,;]{0,20}$/gm;
const LONE_MARKER = /^used_memory:\d/m;
/** A node as CLUSTER NODES prints it. */
const CLUSTER_MARKER = /^(?:\d{1,4}\) )?"?[0-9a-f]{40} \S{0,300} [a-z,!?]{3,80} (?:-|[0-9a-f]{40}) \d/m;

/** INFO replies saved as text: one or thousands in a file, with whatever people and tools put between and before their lines. */
export const infoDumpSource: Source = { id: 'info-dump', accepts, read };

function accepts(input: Input): boolean {
  // UTF-16 read as UTF-8 has a NUL beside each letter.
  const text = withoutColours(input.head.replaceAll('\0', '')).replace(/\r\n?/g, '\n');
  const head = /[^\0-\x7f]/.test(text) ? plainCharacters(Buffer.from(text, 'utf8').toString('latin1')) : text;
  if (hasTwo(MARKER, head) || hasTwo(TABLE_MARKER, head) || LONE_MARKER.test(head)) return true;
  return CLUSTER_MARKER.test(head) || holdsClusterShards(head);
}

function hasTwo(marker: RegExp, text: string): boolean {
  let found = 0;
  for (const _ of text.matchAll(marker)) {
    found += 1;
    if (found >= 2) return true;
  }
  return false;
}

/** What the dumps without memory were, to say why nothing could be used. */
interface Refusals {
  pika: number;
  kvrocks: number;
  sentinel: number;
  withoutMemory: number;
  withoutTime: number;
  /** Not refused: dumps that tell memory only in rounded sizes. */
  rounded: number;
}

const isPresent = (dump: Dump, slots: readonly number[]): boolean => slots.some((slot) => !Number.isNaN(numberOf(dump, slot)));

async function* read(input: Input, options: ReadOptions, report: InputReport, signal?: AbortSignal): AsyncGenerator<SampleBatch> {
  const timeZone = options.timeZone ?? 'UTC';
  const fileStamp = input.path === undefined ? undefined : findStampInName(fileStem(input.name), timeZone);
  const parser = new DumpParser(timeZone, options.timeFormat);
  const naming = new NodeNaming(input.path === undefined ? undefined : input.name, options.nodeId, input.folder, input.sharesFileName);
  const placement = new Placement(fileStamp);
  const refusals: Refusals = { pika: 0, kvrocks: 0, sentinel: 0, withoutMemory: 0, withoutTime: 0, rounded: 0 };
  let usable: Dump[] = [];

  const takeUsable = (): void => {
    for (const dump of parser.takeFinished()) {
      report.wrappedIntegers += dump.wrapped;
      if (isUsable(dump, refusals, report)) usable.push(dump);
    }
  };
  const makeBatch = (dumps: readonly Dump[]): SampleBatch | undefined => {
    const { placed, lost } = placement.place(naming.name(dumps));
    for (const { dump } of lost) {
      refusals.withoutTime += 1;
      rejectRow(report, dump.fromLine, 'dump without a time, and without an uptime that ties it to one with a time');
    }
    report.samples += placed.length;
    return placed.length > 0 ? toBatch(input.name, placed) : undefined;
  };

  for await (const block of readBlocks(input, signal)) {
    parser.push(block);
    takeUsable();
    while (usable.length >= BATCH_SIZE) {
      const batch = makeBatch(usable.slice(0, BATCH_SIZE));
      usable = usable.slice(BATCH_SIZE);
      if (batch) yield batch;
    }
  }
  parser.end();
  takeUsable();
  for (let from = 0; from < usable.length; from += BATCH_SIZE) {
    const batch = makeBatch(usable.slice(from, from + BATCH_SIZE));
    if (batch) yield batch;
  }

  report.timeSource = placement.timeSource;
  const fileZoneAssumed = placement.timeSource === 'file-names' && fileStamp?.zoned === false;
  if ((placement.timeSource === 'stamps' && parser.assumedZone) || fileZoneAssumed) report.assumedZone = timeZone;
  addNotes(report, parser, naming, refusals.rounded);
  const { nodes } = parser.clusterNodes;
  if (nodes.length > 0) report.clusterNodes = nodes;
  if (report.samples > 0) return;
  if (nodes.length > 0)
    throw new InputError(input.name, 'holds the nodes of a cluster and no INFO. Give the INFO of these nodes beside it.');
  throw new InputError(input.name, whyNothing(refusals, parser.sawStatistics));
}

async function* readBlocks(input: Input, signal: AbortSignal | undefined): AsyncGenerator<string> {
  signal?.throwIfAborted();
  try {
    for await (const block of decodeBlocks(input.open())) {
      signal?.throwIfAborted();
      yield block;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw new InputError(input.name, `could not be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Whether a dump tells memory; otherwise it is counted, with the reason. */
function isUsable(dump: Dump, refusals: Refusals, report: InputReport): boolean {
  const mode = textOf(dump, SERVER_MODE) ?? textOf(dump, MODE);
  if (hasField(dump, PIKA_VERSION)) {
    refusals.pika += 1;
    rejectRow(report, dump.fromLine, 'Pika, not Redis: its memory fields mean something else');
  } else if (hasField(dump, KVROCKS_VERSION)) {
    refusals.kvrocks += 1;
    rejectRow(report, dump.fromLine, 'Kvrocks, not Redis: its memory fields mean something else');
  } else if (mode === 'sentinel' || dump.sections.includes('sentinel')) {
    refusals.sentinel += 1;
    rejectRow(report, dump.fromLine, 'a Sentinel: it stores no data');
  } else if (isPresent(dump, EXACT_MEMORY)) {
    return true;
  } else if (isPresent(dump, ROUNDED_MEMORY)) {
    refusals.rounded += 1;
    return true;
  } else {
    refusals.withoutMemory += 1;
    rejectRow(report, dump.fromLine, 'INFO without used_memory');
  }
  return false;
}

function whyNothing(refusals: Refusals, sawStatistics: boolean): string {
  if (refusals.pika > 0) {
    return 'this is the INFO of Pika, which keeps its data on disk; its used_memory is not what Redis means by it. Expected Redis, Valkey, KeyDB or Dragonfly.';
  }
  if (refusals.kvrocks > 0) {
    return 'this is the INFO of Kvrocks, which keeps its data on disk. Expected Redis, Valkey, KeyDB or Dragonfly.';
  }
  if (refusals.sentinel > 0) {
    return 'this is the INFO of a Sentinel, which stores no data and has no memory section. Give the INFO of the servers that it watches.';
  }
  if (refusals.withoutMemory > 0 || (refusals.withoutTime === 0 && sawStatistics)) {
    return 'INFO was found, but without used_memory. Expected the Memory section; save the output of `redis-cli INFO` or `redis-cli INFO everything`.';
  }
  if (refusals.withoutTime > 0) return 'no dump has a time. Expected a time beside each dump, or uptime_in_seconds in it.';
  return 'no INFO was found. Expected lines such as `used_memory:1048576`, as `redis-cli INFO` prints them.';
}

function addNotes(report: InputReport, parser: DumpParser, naming: NodeNaming, rounded: number): void {
  if (report.timeSource === 'uptime') {
    report.notes.push(
      'The dumps carry no time: they are placed by uptime_in_seconds, counted from 2000-01-01. Distances are real, dates are not.',
    );
  } else if (report.timeSource === 'order') {
    report.notes.push(
      'The dumps carry no time and no uptime: they are placed one minute apart, from 2000-01-01, in the order of the file.',
    );
  }
  if (parser.ambiguousStamps > 0) {
    report.notes.push(
      `${parser.ambiguousStamps} times such as 02/11/2026 were not read: day and month cannot be told apart. Say which with --time-format.`,
    );
  }
  if (rounded > 0) {
    report.notes.push(
      `${rounded} ${rounded === 1 ? 'dump tells' : 'dumps tell'} memory only as used_memory_human and its like, rounded to about 1 %. Save the whole INFO for exact figures.`,
    );
  }
  for (const [field, { count, line, text }] of parser.lostNumbers) {
    report.notes.push(
      `${field}: ${count} ${count === 1 ? 'value' : 'values'} left out, as no number stands there (first "${text}" in line ${line})`,
    );
  }
  if (parser.longLines > 0) report.notes.push(`${parser.longLines} lines longer than 1 MiB were skipped.`);
  if (naming.byRunId) report.notes.push('Several servers with the same name or port alternate: they are told apart by run_id.');
}
