import { parseBytes } from '../../model/bytes.ts';
import { WRAPPED_FROM } from '../metric-bounds.ts';
import { ClusterNodes } from './cluster-nodes.ts';
import { ClusterShards } from './cluster-shards.ts';
import { stripDecoration } from './decoration.ts';
import { type Dump, hasField, startDump, textOf, WITHOUT_NUMBER, type WrittenStamp } from './dump.ts';
import {
  EXACT_SLOTS,
  FIRST_GUIDE_SLOT,
  FIRST_ROUNDED_SLOT,
  FIRST_TEXT_SLOT,
  INFO_FIELDS,
  parseInfoNumber,
  SLOT_BY_FIELD,
  slotOf,
} from './fields.ts';
import { readPrefix } from './line-prefix.ts';
import { findAddress } from './node-name.ts';
import { plainCharacters } from './plain-characters.ts';
import { dayFirstProof, findStamp, parseStampAs, type Stamp } from './stamp.ts';

/** Longer lines are skipped and counted. */
const LINE_LIMIT = 1024 ** 2;
/** Lines longer than this are looked at only for an INFO with its line ends escaped, as in JSON. */
const PLAIN_LINE_LIMIT = 8192;
const KNOWN_NAME_LIMIT = 4096;
const INTERNED_TEXT_LIMIT = 10_000;
/** Finished dumps that wait for a stamp written after them. */
const WAITING_LIMIT = 1000;
/** Dumps open at once: lines of several servers may be interleaved. */
const OPEN_LIMIT = 1000;
const STAMPED_KEY_LIMIT = 50;
const TEXT_LENGTH_LIMIT = 256;
const DATABASES_PER_DUMP_LIMIT = 1024;
const SECTIONS_PER_DUMP_LIMIT = 64;

/** What a word before the first colon means: a slot from 0, a database from FIRST_DATABASE, a replica from FIRST_REPLICA, or one of these. */
const IGNORED = -1;
const LOOK_CLOSER = -2;
const FIRST_DATABASE = 1_000_000;
const FIRST_REPLICA = 2_000_000;
const REPLICAS_PER_DUMP_LIMIT = 20;

const CR = 13;
const LEAST = Float64Array.from(INFO_FIELDS, (field) => field.least);
const MOST = Float64Array.from(INFO_FIELDS, (field) => field.most);
const REDIS_VERSION = slotOf('redis_version');
const RUN_ID = slotOf('run_id');
const TCP_PORT = slotOf('tcp_port');

const BARE_FIELDS = new Set(['hz', 'os', 'executable', 'role', 'loading', 'maxclients', 'maxmemory', 'mode', 'slots', 'id']);
const LABEL_WORDS = new Set(
  'timestamp time date datetime ts at when epoch unixtime collected collected_at sampled_at captured_at host hostname node server instance address addr endpoint'.split(
    ' ',
  ),
);

const FIELD_IN_LINE = /(?<![\w$-])(["'`]?)([A-Za-z]\w{0,60})\1[ \t]{0,3}[:=][ \t]{0,3}/g;
const ESCAPED_LINE_END = /\\r\\n|\\n|\\r/;
const SECTION = /^#{1,4}\s{1,3}([A-Za-z][\w -]{0,40})$/;
const PREFIXED_SECTION =
  /#\s{1,3}(Server|Clients|Memory|Persistence|Threads|Stats|Replication|CPU|Modules|Commandstats|Errorstats|Latencystats|Cluster|Keyspace|Keysizes|Sentinel)$/;
const PROMPT = /^(?:([^\s>]{1,300}?:\d{1,5})|redis [^\s>]{1,300}|not connected)(?:\[\d{1,5}\])?(?:\(TX\))?(?:\[\d{1,5}\])?>(?:\s|$)/;
const RESP_LENGTH = /^[$=*%]\d{1,10}$/;
const REPORT_PART = /^-{3,20} [A-Z /]{3,60}-{0,20}$|REDIS BUG REPORT/;

/** `timestamp:1790812800`: behind a colon a number is a time only where the word says so. */
const LABEL = /^([A-Za-z_]{2,20})[:=](?=\S)/;
/** A field and its value in a table or in columns: `| used_memory | 1024 |`, `used_memory,1024`, `used_memory   1024`. */
const TABLE_LINE =
  /^[|\s"'`*]{0,20}([A-Za-z]\w{1,60})["'`*]{0,3}([ \t]{0,40}[|,;][ \t]{0,40}|[ \t]{1,60})["'`]?([^|"'`]{1,200}?)["'`]?[\s|,;]{0,20}$/;
/** What stands for a number that is not known. */
const NO_NUMBER = /^(?:|-|[+-]?inf|-?nan|null|none|nil|n\/a|unavailable|unknown)$/i;
/** Address of a server as a URL, perhaps with user and password. */
const SERVER_URL = /\brediss?:\/\/(?:[^\s"']{0,300}@)?([^\s/"'?#@|]{1,260})(?:\/\d{0,5})?/g;

const TERMINAL_COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]{0,20}[A-Za-z]`, 'g');

/** 02/11/2026 10:00: February or November. */
const DAY_OR_MONTH_FIRST = /^[^\d]{0,30}\d{1,2}[/.]\d{1,2}[/.]20\d{2},?\s+\d{1,2}:\d{2}/;

/** Where the written stamps stand: before the dumps they belong to, or after them. */
type StampPlace = 'unknown' | 'before' | 'after' | 'none';

/** A line's first word that was seen before. */
interface KnownWord {
  /** With its colon. */
  readonly start: string;
  meaning: number;
  /** What stood on the next such line last time: dumps repeat their lines in the same order. */
  next: KnownWord | undefined;
  /** The last value of a text field as it stood there, and as it is kept. */
  rawText: string;
  text: string | undefined;
}

interface OpenDump {
  dump: Dump | undefined;
  /** Node name that the prefix of its lines carries. */
  readonly label: string | undefined;
}

/**
 * Reads the text of INFO dumps, pushed in pieces, into dumps. It knows no files and no clock; whatever the text, it throws nothing and
 * holds a bounded amount. Finished dumps are taken with `takeFinished`.
 *
 * A dump ends where the next one begins: at `# Server` or a repeated section, at a field it already has, at a written time, an address,
 * a prompt or a RESP length, or at the end of the text.
 */
export class DumpParser {
  readonly #timeZone: string;
  readonly #timeFormat: string | undefined;
  #rest = '';
  #line = 0;
  #skipping = false;
  #main: OpenDump = { dump: undefined, label: undefined };
  /** Dumps whose lines carry a prefix, by that prefix without its times and numbers. */
  readonly #prefixed = new Map<string, OpenDump>();
  /** Keys of all prefixes seen before a field. */
  readonly #prefixKeys = new Set<string>();
  /** Keys of those prefixes that carry a time. */
  readonly #stampedKeys = new Set<string>();
  #finished: Dump[] = [];
  /** Finished dumps that a later stamp may belong to. */
  #waiting: Dump[] = [];
  /** Dumps and stamps in their order while it is not known which belongs to which. */
  #unsettled: (Dump | WrittenStamp)[] = [];
  #stampPlace: StampPlace = 'unknown';
  #stamp: WrittenStamp | undefined;
  #stampCount = 0;
  #label: string | undefined;
  #portHint: number | undefined;
  /** A host such as `redis_1`, with its numbers left out: others of its kind look the same. */
  #underscoreHost: string | undefined;
  #dumpCount = 0;
  readonly #words = new Map<string, KnownWord>();
  #lastWord: KnownWord | undefined;
  readonly #interned = new Map<string, string>();
  /** What texts of CLUSTER NODES, SHARDS and SLOTS beside the dumps say. */
  readonly clusterNodes = new ClusterNodes();
  readonly #clusterShards = new ClusterShards(this.clusterNodes);
  /** Lines over 1 MiB that were skipped. */
  longLines = 0;
  /** Whether command, error or latency statistics were seen, which INFO prints without memory when asked for them alone. */
  sawStatistics = false;
  /** Lines such as `02/11/2026 10:00`, whose day and month cannot be told apart. */
  ambiguousStamps = 0;
  /** What `02/11/2026` means, once another date of the input such as `21/11/2026` proved it. */
  #dayFirst: boolean | undefined;
  /** Fields that held a word where a number belongs: how often, and the first. */
  readonly lostNumbers = new Map<string, { count: number; readonly line: number; readonly text: string }>();
  /** Whether some stamp carried no zone, so that the caller's was assumed. */
  assumedZone = false;

  /**
   * @param timeZone - IANA zone of written times without an offset
   * @param timeFormat - `--time-format`: the form of written times that are not recognised by themselves
   */
  constructor(timeZone: string, timeFormat?: string) {
    this.#timeZone = timeZone;
    this.#timeFormat = timeFormat;
  }

  /** @param block - Latin-1 text whose lines end in LF, cut anywhere */
  push(block: string): void {
    let from = 0;
    let to = block.indexOf('\n');
    if (to >= 0 && (this.#rest !== '' || this.#skipping)) {
      const line = this.#rest + block.slice(0, to);
      this.#rest = '';
      this.#line += 1;
      if (this.#skipping || line.length > LINE_LIMIT) this.#countLongLine();
      else this.#readLine(line, 0, line.length);
      this.#skipping = false;
      from = to + 1;
      to = block.indexOf('\n', from);
    }
    if (to >= 0) from = this.#readLines(block, from, to);
    if (this.#skipping) return;
    this.#rest += block.slice(from);
    if (this.#rest.length > LINE_LIMIT) {
      this.#rest = '';
      this.#skipping = true;
    }
  }

  /**
   * Reads the whole lines of a block; a function of its own because the engine compiles it well only without the rare work around it.
   * @returns where the rest without a line end begins
   */
  #readLines(block: string, start: number, firstEnd: number): number {
    let from = start;
    for (let to = firstEnd; to >= 0; to = block.indexOf('\n', from)) {
      this.#line += 1;
      if (to - from > LINE_LIMIT) this.#countLongLine();
      else if (to > from) this.#readLine(block, from, to);
      from = to + 1;
    }
    return from;
  }

  /** Ends the text: the last line may lack its line end, the last dump its tail. */
  end(): void {
    const last = this.#rest;
    this.#rest = '';
    if (this.#skipping) this.#countLongLine();
    this.#skipping = false;
    if (last !== '') {
      this.#line += 1;
      // Among many dumps a last line without an end was cut by the writer, perhaps inside its number; alone it was more likely pasted.
      const whole =
        this.#dumpCount <= 1 || /["\\{]/.test(last) ? last : last.startsWith('db') ? last.slice(0, last.lastIndexOf(',') + 1) : '';
      if (whole !== '') this.#readLine(whole, 0, whole.length);
    }
    this.#clusterShards.end();
    this.#finishAll();
    if (this.#stampPlace === 'unknown') this.#settleStampPlace(true);
    this.#finished.push(...this.#waiting);
    this.#waiting = [];
  }

  /** The dumps finished since the last call, oldest first. */
  takeFinished(): Dump[] {
    const finished = this.#finished;
    this.#finished = [];
    return finished;
  }

  #countLongLine(): void {
    this.longLines += 1;
  }

  /**
   * The common line `field:value`, read without a regular expression and, where it follows the same line as last time, without cutting out
   * its word or its number; all others go to `#lookCloser`.
   */
  #readLine(text: string, from: number, lineEnd: number): void {
    const to = text.charCodeAt(lineEnd - 1) === CR ? lineEnd - 1 : lineEnd;
    if (to <= from) return;
    const expected = this.#lastWord?.next;
    const word = expected !== undefined && text.startsWith(expected.start, from) ? expected : this.#findWord(text, from, to);
    if (word === undefined || word.meaning === LOOK_CLOSER) {
      this.#lookCloser(text.slice(from, to), 0);
      return;
    }
    if (this.#lastWord) this.#lastWord.next = word;
    this.#lastWord = word;
    if (word.meaning !== IGNORED) this.#keepAt(word, text, from + word.start.length, to);
  }

  /** The first word of a line: known, or learned now; undefined when the line has none. */
  #findWord(text: string, from: number, to: number): KnownWord | undefined {
    const colon = text.indexOf(':', from);
    if (colon <= from || colon >= to || colon - from > 100) return undefined;
    const name = text.slice(from, colon);
    return this.#words.get(name) ?? this.#learn(name);
  }

  /** Keeps the value between two places of `text`; a plain whole number, the usual value, is read on the spot. */
  #keepAt(word: KnownWord, text: string, from: number, to: number): void {
    const open = this.#main;
    const dump = open.dump;
    const { meaning } = word;
    if (meaning >= FIRST_DATABASE || dump === undefined || hasField(dump, meaning)) {
      this.#keep(open, meaning, text.slice(from, to));
      return;
    }
    if (meaning >= FIRST_TEXT_SLOT && meaning < FIRST_GUIDE_SLOT) {
      if (word.rawText === '' || to - from !== word.rawText.length || !text.startsWith(word.rawText, from)) {
        word.text = this.#intern(text.slice(from, to));
        word.rawText = to - from < 4 * TEXT_LENGTH_LIMIT ? flatCopy(text.slice(from, to)) : '';
      }
      dump.values[meaning] = WITHOUT_NUMBER;
      dump.seenCount += 1;
      dump.toLine = this.#line;
      dump.texts[meaning - FIRST_TEXT_SLOT] = word.text;
      return;
    }
    if (meaning >= FIRST_ROUNDED_SLOT && hasExact(dump, meaning)) {
      // An input that tells the exact size once tells it in each dump.
      word.meaning = IGNORED;
      return;
    }
    const value = to - from > 0 && to - from < 16 ? wholeNumberAt(text, from, to) : Number.NaN;
    if (Number.isNaN(value)) this.#keep(open, meaning, text.slice(from, to));
    else this.#keepNumber(dump, meaning, value);
  }

  /** A word seen for the first time; remembered, within bounds, because dumps repeat their words. */
  #learn(name: string): KnownWord | undefined {
    const slot = SLOT_BY_FIELD.get(name);
    const database = /^db(\d{1,5})$/.exec(name);
    let meaning = LOOK_CLOSER;
    if (slot !== undefined) meaning = slot;
    else if (database) meaning = FIRST_DATABASE + Number(database[1]);
    else if (/^(?:slave|replica)\d{1,3}$/.test(name)) meaning = FIRST_REPLICA + Number(name.replace(/\D+/, ''));
    else if (/^(?:cmdstat|errorstat|latency_percentiles_usec)_/.test(name)) {
      this.sawStatistics = true;
      meaning = IGNORED;
    } else if (BARE_FIELDS.has(name)) meaning = IGNORED;
    else if (/^[A-Za-z]\w*$/.test(name) && name.includes('_') && !LABEL_WORDS.has(name.toLowerCase())) {
      // Before the first field of a dump `redis_1:6379` may be a node; inside one such a word is a field.
      if (this.#main.dump === undefined || this.#underscoreHost === hostShape(`${name}:0`)) return undefined;
      meaning = IGNORED;
    }
    const known = flatCopy(name);
    const word: KnownWord = { start: flatCopy(`${name}:`), meaning, next: undefined, rawText: '', text: undefined };
    if (this.#words.size < KNOWN_NAME_LIMIT) this.#words.set(known, word);
    return word;
  }

  #dumpFor(open: OpenDump): Dump {
    if (open.dump) return open.dump;
    const dump = startDump(this.#line);
    dump.label = open.label ?? this.#label;
    if (dump.label === undefined) dump.portHint = this.#portHint;
    this.#dumpCount += 1;
    open.dump = dump;
    return dump;
  }

  /** Keeps one field of the dump that is open, or of a new one when the open one already has this field. */
  #keep(open: OpenDump, meaning: number, rawValue: string): void {
    if (meaning >= FIRST_REPLICA) {
      if (open.dump !== undefined) keepReplica(open.dump, meaning - FIRST_REPLICA, rawValue);
      return;
    }
    let dump = open.dump ?? this.#dumpFor(open);
    if (meaning >= FIRST_DATABASE) {
      if (dump.databases?.has(meaning - FIRST_DATABASE)) dump = this.#startNext(open);
      keepDatabase(dump, meaning - FIRST_DATABASE, rawValue);
      dump.toLine = this.#line;
      return;
    }
    if (meaning >= FIRST_ROUNDED_SLOT && hasExact(dump, meaning)) return;
    if (hasField(dump, meaning)) dump = this.#startNext(open);
    if (meaning >= FIRST_TEXT_SLOT && meaning < FIRST_GUIDE_SLOT) {
      dump.values[meaning] = WITHOUT_NUMBER;
      dump.seenCount += 1;
      dump.toLine = this.#line;
      dump.texts[meaning - FIRST_TEXT_SLOT] = this.#intern(rawValue);
      return;
    }
    let value = parseInfoNumber(rawValue);
    if (Number.isNaN(value) && rawValue.length < 200) {
      const bare = unwrapValue(plainCharacters(rawValue));
      value = meaning >= FIRST_ROUNDED_SLOT ? (parseBytes(bare) ?? Number.NaN) : parseInfoNumber(bare);
      if (Number.isNaN(value) && meaning < FIRST_TEXT_SLOT && !NO_NUMBER.test(bare)) this.#noteLostNumber(meaning, bare);
    }
    this.#keepNumber(dump, meaning, value);
  }

  #noteLostNumber(slot: number, latin1: string): void {
    const field = INFO_FIELDS[slot]?.name ?? '';
    const known = this.lostNumbers.get(field);
    if (known) known.count += 1;
    else {
      const text = Buffer.from(latin1.slice(0, 40), 'latin1')
        .toString('utf8')
        .replace(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, '');
      this.lostNumbers.set(field, { count: 1, line: this.#line, text });
    }
  }

  #keepNumber(dump: Dump, slot: number, value: number): void {
    dump.seenCount += 1;
    dump.toLine = this.#line;
    const wrapped = value >= WRAPPED_FROM;
    if (wrapped && slot < FIRST_TEXT_SLOT) dump.wrapped += 1;
    dump.values[slot] = !wrapped && value >= (LEAST[slot] ?? 0) && value <= (MOST[slot] ?? 0) ? value : WITHOUT_NUMBER;
  }

  /** Ends the open dump at a repeated field; what was written about its node still holds. */
  #startNext(open: OpenDump): Dump {
    this.#finish(open);
    return this.#dumpFor(open);
  }

  /** A text as UTF-8 without control characters; undefined when empty. The same text is kept once. */
  #intern(latin1: string): string | undefined {
    const known = this.#interned.get(latin1);
    if (known !== undefined) return known === '' ? undefined : known;
    const part = latin1.slice(0, 4 * TEXT_LENGTH_LIMIT).trim();
    const unquoted = /^(["'])(.*)\1,?$/.exec(part)?.[2] ?? part;
    const text = Buffer.from(unquoted, 'latin1')
      .toString('utf8')
      .replace(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, '')
      .trim()
      .slice(0, TEXT_LENGTH_LIMIT);
    const kept = /^(?:null|none|nil|unavailable|unknown)$/i.test(text) ? '' : text;
    if (this.#interned.size >= INTERNED_TEXT_LIMIT) this.#interned.clear();
    if (latin1.length < 4 * TEXT_LENGTH_LIMIT) this.#interned.set(flatCopy(latin1), kept);
    return kept === '' ? undefined : kept;
  }

  /** Every line that is not plainly `field:value`: headers, stamps, addresses, prompts, prefixed fields, noise. */
  #lookCloser(raw: string, depth: number): void {
    if (raw.length > PLAIN_LINE_LIMIT || (depth === 0 && raw.includes('\\n'))) {
      if (depth === 0 && ESCAPED_LINE_END.test(raw)) this.#readEscaped(raw);
      return;
    }
    // Most of these lines are section headers.
    if (raw.charCodeAt(0) === 35 && this.#readSection(raw.trimEnd())) return;
    const coloured = plainCharacters(raw);
    const line = withPlainAddress(coloured.includes('\u001b') ? withoutColours(coloured).trim() : coloured.trim());
    if (this.#clusterShards.read(line, this.#line) || line === '') return;
    if (line.charCodeAt(0) === 35 && this.#readSection(line)) return;
    if (this.clusterNodes.read(line, this.#line)) return;
    if (this.#readPrompt(line)) return;
    if (RESP_LENGTH.test(line) || REPORT_PART.test(line)) {
      this.#finishAll();
      return;
    }
    if (this.#readPrefixedSection(line)) return;
    if (this.#readFieldsInLine(line) || this.#readTableLine(line)) return;
    if (line.length > 300 || this.#isLogLine(line) || this.#readStampLine(line)) return;
    this.#readNodeLine(line);
  }

  /** An INFO printed as one line with `\r\n` spelled out: JSON logs, a Python `repr`. A time beside it is the dump's. */
  #readEscaped(raw: string): void {
    const parts = raw.split(ESCAPED_LINE_END);
    this.#finish(this.#main);
    parts.forEach((part, index) => {
      if (part.length > PLAIN_LINE_LIMIT) return;
      // The first part ends in the first header, behind whatever the log wrote before it.
      const line = index === 0 ? part.slice(Math.max(0, part.lastIndexOf('"') + 1, part.lastIndexOf("'") + 1)) : part;
      const colon = line.indexOf(':');
      const meaning = colon > 0 ? this.#findWord(line, 0, line.length)?.meaning : undefined;
      if (meaning === IGNORED) return;
      if (meaning !== undefined && meaning !== LOOK_CLOSER) this.#keep(this.#main, meaning, line.slice(colon + 1));
      else if (index < parts.length - 1) this.#lookCloser(line, 1);
    });
    const dump = this.#main.dump;
    if (!dump) return;
    const stamp = [parts[0], parts.at(-1)]
      .map((part) => this.#findStampIn(part?.slice(0, 400) ?? ''))
      .find((found) => found && found.form !== 'date');
    if (stamp) dump.stamp = this.#writtenStamp(stamp);
    this.#finish(this.#main);
  }

  #readSection(line: string): boolean {
    const name = SECTION.exec(line)?.[1]?.toLowerCase();
    if (name === undefined || name.includes('redis-cli') || / \d/.test(name)) return false;
    const known = PREFIXED_SECTION.test(line);
    if (!known && (/[ -]/.test(name) || this.#main.dump === undefined)) return false;
    this.#beginSection(this.#main, name);
    return true;
  }

  #beginSection(open: OpenDump, name: string): void {
    const dump = open.dump;
    if (dump && (name === 'server' || dump.sections.includes(name)) && (dump.seenCount > 0 || dump.sections.includes(name)))
      this.#finish(open);
    const current = this.#dumpFor(open);
    if (current.sections.length === 0 && current.seenCount > 0 && !hasField(current, REDIS_VERSION)) current.headless = true;
    if (current.sections.length < SECTIONS_PER_DUMP_LIMIT) current.sections.push(flatCopy(name));
    current.toLine = this.#line;
  }

  /** `127.0.0.1:6379> INFO`, `$ redis-cli -h host -p 6380 info`. */
  #readPrompt(line: string): boolean {
    const prompt = PROMPT.exec(line);
    const command = prompt ? undefined : /\bredis-cli\b(.{0,400})/.exec(line);
    if (!prompt && !command) return false;
    if (command && FIELD_IN_LINE_AT_END.test(line)) return false;
    this.#finishAll();
    const address = prompt ? findAddress(prompt[1] ?? '') : commandAddress(command?.[1] ?? '');
    if (address) {
      this.#label = address.loopback ? undefined : address.name;
      this.#portHint = address.loopback ? address.port : undefined;
    }
    const stamp = command ? this.#findStampIn(line) : undefined;
    if (stamp && stamp.form === 'date-time') this.#applyStamp(stamp);
    return true;
  }

  #readPrefixedSection(line: string): boolean {
    const match = PREFIXED_SECTION.exec(line);
    if (!match?.[1]) return false;
    const prefix = line.slice(0, match.index);
    if (prefix.length > 300) return false;
    const address = findAddress(prefix);
    if (address && address.name !== this.#label && prefix.trim() === `${address.name}:`) {
      // `redis-cli --cluster call` writes the address only before the first line of each reply.
      this.#finishAll();
      this.#applyAddress(address.name);
    }
    const open = this.#openFor(prefix);
    this.#beginSection(open, match[1].toLowerCase());
    this.#stampFromPrefix(open, prefix);
    return true;
  }

  /** Known fields behind a prefix, in quotes, with `=`, or several in one line. */
  #readFieldsInLine(line: string): boolean {
    const found: { readonly meaning: number; readonly start: number; readonly valueAt: number }[] = [];
    for (const match of line.matchAll(FIELD_IN_LINE)) {
      const name = match[2] ?? '';
      const meaning = SLOT_BY_FIELD.get(name) ?? (/^db\d{1,5}$/.test(name) ? FIRST_DATABASE + Number(name.slice(2)) : undefined);
      if (meaning !== undefined) found.push({ meaning, start: match.index, valueAt: match.index + match[0].length });
      if (found.length >= 500) break;
    }
    const first = found[0];
    if (!first) return false;
    const alone = found.length < 5;
    const last = found.at(-1) ?? first;
    const prefix = line.slice(0, (alone ? last : first).start);
    if (prefix.length > 300 || isProse(prefix)) return false;
    if (alone) {
      const value = line.slice(last.valueAt).replace(/[,|]$/, '').trimEnd();
      if (!this.#fits(last.meaning, value)) return false;
      const open = this.#openFor(prefix);
      this.#keep(open, last.meaning, value);
      this.#stampFromPrefix(open, prefix);
      return true;
    }
    // A dictionary or a log line of key=value pairs.
    const open = this.#openFor(prefix);
    found.forEach((field, index) => {
      const rest = line.slice(field.valueAt, found[index + 1]?.start ?? line.length);
      const value = (/^(["'])(.*?)\1/.exec(rest)?.[2] ?? /^[^\s,;}]*/.exec(rest)?.[0] ?? '').trim();
      if (this.#fits(field.meaning, value)) this.#keep(open, field.meaning, value);
    });
    this.#stampFromPrefix(open, prefix);
    return true;
  }

  #readTableLine(line: string): boolean {
    const match = TABLE_LINE.exec(line);
    if (!match?.[1] || !match[3]) return false;
    const [, name, separator = '', value] = match;
    const ruled = /[|,;\t]/.test(separator);
    const meaning = SLOT_BY_FIELD.get(name) ?? (/^db\d{1,5}$/.test(name) ? FIRST_DATABASE + Number(name.slice(2)) : undefined);
    if (meaning === undefined) {
      // A field that is not kept; its number could be taken for a time.
      return ruled && this.#main.dump !== undefined && name.includes('_') && !LABEL_WORDS.has(name.toLowerCase());
    }
    const isText = INFO_FIELDS[meaning]?.kind === 'text';
    if (!this.#fits(meaning, value) || (isText && !ruled)) return false;
    // Without a line between them only a number tells a field and its value from a sentence.
    if (meaning < FIRST_DATABASE && !isText && Number.isNaN(parseInfoNumber(value)) && parseBytes(value) === undefined) return false;
    this.#keep(this.#main, meaning, value);
    return true;
  }

  /** Whether a value found behind something else is one that INFO would print, and not prose. */
  #fits(meaning: number, value: string): boolean {
    if (meaning >= FIRST_DATABASE) return value.startsWith('keys=');
    if (INFO_FIELDS[meaning]?.kind === 'text') return value.length <= TEXT_LENGTH_LIMIT && value.split(' ').length <= 4;
    const bare = unwrapValue(value);
    return !/\s/.test(bare) && bare.length <= 60;
  }

  /** The dump that lines with this prefix belong to. */
  #openFor(prefix: string): OpenDump {
    const { key, label } = readPrefix(prefix);
    if (key === '') return this.#main;
    if (this.#prefixKeys.size < OPEN_LIMIT) this.#prefixKeys.add(key);
    if (key === this.#label) return this.#main;
    let open = this.#prefixed.get(key);
    if (!open) {
      if (this.#prefixed.size >= OPEN_LIMIT) {
        const [oldestKey, oldest] = this.#prefixed.entries().next().value ?? [];
        if (oldest) this.#finish(oldest);
        if (oldestKey !== undefined) this.#prefixed.delete(oldestKey);
      }
      open = { dump: undefined, label };
      this.#prefixed.set(key, open);
    }
    return open;
  }

  /** The time in the prefix of a dump's first line is the dump's. */
  #stampFromPrefix(open: OpenDump, prefix: string): void {
    const dump = open.dump;
    if (!dump || dump.stamp || prefix.length < 8) return;
    const stamp = this.#findStampIn(prefix);
    if (!stamp || stamp.form === 'date') return;
    if (this.#stampedKeys.size < STAMPED_KEY_LIMIT) this.#stampedKeys.add(readPrefix(prefix).key);
    dump.stamp = this.#writtenStamp(stamp);
  }

  #findStampIn(text: string): Stamp | undefined {
    if (!/\d\d/.test(text)) return undefined;
    if (this.#dayFirst === undefined && /\d[/-]\d/.test(text)) this.#dayFirst = dayFirstProof(text);
    return findStamp(text, this.#timeZone, this.#dayFirst);
  }

  #writtenStamp(stamp: Stamp): WrittenStamp {
    if (!stamp.zoned) this.assumedZone = true;
    this.#stampCount += 1;
    return { id: this.#stampCount, at: stamp.at, zoned: stamp.zoned };
  }

  /** Whether a line is one more of a writer that puts a prefix before each line: its fields that are not kept, its blank lines. */
  #isLogLine(line: string): boolean {
    if (this.#prefixKeys.size === 0 && this.#stampedKeys.size === 0) return false;
    const bare = findAddress(line);
    if (bare?.name === line && this.#prefixKeys.has(line)) return true;
    const { key } = readPrefix(line.replace(/[A-Za-z]\w{0,100}[:=] ?[^\s:]{0,200}$/, ''));
    if (this.#prefixKeys.has(key)) return true;
    for (const known of this.#stampedKeys) if (known === '' || key.startsWith(`${known} `)) return true;
    return false;
  }

  #readStampLine(line: string): boolean {
    const bare = stripDecoration(line).replace(LABEL, (label, word: string) => (LABEL_WORDS.has(word.toLowerCase()) ? `${word} ` : label));
    const given =
      this.#timeFormat === undefined
        ? undefined
        : parseStampAs(bare.replace(/^[A-Za-z_ ]{1,40}[:=]\s*/, ''), this.#timeFormat, this.#timeZone);
    if (given) {
      this.#finishAll();
      this.#applyStamp(given);
      return true;
    }
    const stamp = this.#findStampIn(bare);
    if (!stamp) {
      if (!DAY_OR_MONTH_FIRST.test(bare)) return false;
      this.ambiguousStamps += 1;
      this.#finishAll();
      if (this.#stampPlace === 'unknown' && this.#unsettled.length === 0) this.#stampPlace = 'before';
      return true;
    }
    const before = bare.slice(0, stamp.start);
    const after = bare.slice(stamp.end);
    const address = findAddress(`${before} ${after}`);
    const beside = stripDecoration(address ? `${before} ${after}`.replace(address.name, ' ') : before);
    // Beside a mere date or number nothing but a label may stand; a full time may be followed by a few words.
    if (before.length > 80 || !/^(?:[A-Za-z_\u0080-\u00ff]+[\s:=,.]*){0,4}$|^\d{1,10}:[A-Z]$/.test(beside)) return false;
    if (stamp.form !== 'date-time' && !address && stripDecoration(after) !== '') return false;
    if (after.trim().split(/\s+/).length > 8) return false;
    this.#finishAll();
    if (address) this.#applyAddress(address.name);
    this.#applyStamp(stamp);
    return true;
  }

  /** A time on its own line belongs to the dump behind it, or, where the first one stands behind a dump, to the dump before it. */
  #applyStamp(stamp: Stamp): void {
    if (this.#stampPlace === 'none') return;
    const written = this.#writtenStamp(stamp);
    if (this.#stampPlace === 'unknown') {
      if (this.#unsettled.length === 0) this.#stampPlace = 'before';
      else {
        this.#keepUnsettled(written);
        return;
      }
    }
    this.#placeStamp(written);
  }

  #placeStamp(written: WrittenStamp): void {
    if (this.#stampPlace === 'before') {
      this.#stamp = written;
      return;
    }
    // Of several dumps of one server only the nearest can be meant.
    const stamped = new Set<string>();
    for (const dump of this.#waiting.toReversed()) {
      const server = dump.label ?? textOf(dump, RUN_ID) ?? textOf(dump, TCP_PORT) ?? '';
      if (!stamped.has(server)) dump.stamp = written;
      stamped.add(server);
    }
    this.#finished.push(...this.#waiting);
    this.#waiting = [];
  }

  /** Decides for an input that begins with a dump: its first stamp is lost, or stamps stand behind. */
  #settleStampPlace(atEnd: boolean): void {
    const items = this.#unsettled;
    this.#unsettled = [];
    const dumps = items.filter((item) => 'values' in item);
    const [first, last] = [dumps[0], dumps.at(-1)];
    const endsInStamp = atEnd && items.at(-1) !== last;
    if (dumps.length === items.length || !first || !last) this.#stampPlace = 'none';
    else if (first.headless) this.#stampPlace = 'before';
    else if (!atEnd || endsInStamp || last.seenCount < first.seenCount) this.#stampPlace = 'after';
    else this.#stampPlace = 'before';
    for (const item of items) {
      if ('values' in item) this.#releaseDump(item);
      else if (this.#stampPlace !== 'none') this.#placeStamp(item);
    }
  }

  #readNodeLine(line: string): void {
    // `host | SUCCESS | rc=0 >>` is how Ansible heads each server's output.
    const ansible = /^(\S{1,200}) \| (?:SUCCESS|CHANGED|FAILED)\b.*>>$/.exec(line);
    if (ansible?.[1]) {
      this.#finishAll();
      this.#applyAddress(ansible[1]);
      return;
    }
    const bare = stripDecoration(line);
    const labelled =
      /^(?:(?:host|hostname|node|server|instance|address|addr|endpoint|pod|container)\s{0,3}[:=]\s{0,3}|pod\/)(\S{1,200})$/i.exec(bare);
    const address = findAddress(bare);
    if (!address && !labelled?.[1]) {
      // `=== redis-prod-1 ===`: one word that is no section, made up as a heading.
      if (bare !== line && /^(?=[^.-]*[A-Za-z])(?=.*[\d.-])[\w.-]{3,100}$/.test(bare) && /^(?:[=*-]{2,}|#)/.test(line)) {
        this.#finishAll();
        this.#applyAddress(bare);
      }
      return;
    }
    const name = address?.name ?? labelled?.[1] ?? '';
    const words = bare
      .replace(name, ' ')
      .split(/[^\p{L}]+/u)
      .filter((word) => word.length > 0).length;
    if (words > 3) return;
    // A heading's marks make it a name; without them `word:number` is more likely one more field.
    if (address && bare === name && !/^(?:[=*-]{3,}|#)/.test(line)) {
      if (/^\w+_\w+:/.test(name)) {
        const shape = hostShape(name);
        if (!/\d.*:/.test(name) || (this.#main.dump && this.#underscoreHost !== shape)) return;
        this.#underscoreHost = shape;
      }
      if (/^[A-Za-z]+:/.test(name) && address.port < 1024) return;
    }
    this.#finishAll();
    this.#applyAddress(name);
  }

  #applyAddress(name: string): void {
    this.#label = name;
    this.#portHint = undefined;
  }

  #finishAll(): void {
    this.#finish(this.#main);
    for (const open of this.#prefixed.values()) this.#finish(open);
    this.#prefixed.clear();
  }

  #finish(open: OpenDump): void {
    const dump = open.dump;
    open.dump = undefined;
    if (!dump || (dump.seenCount === 0 && !dump.databases)) return;
    if (dump.stamp !== undefined || this.#stampPlace !== 'unknown') {
      this.#releaseDump(dump);
      return;
    }
    this.#keepUnsettled(dump);
  }

  #keepUnsettled(item: Dump | WrittenStamp): void {
    this.#unsettled.push(item);
    if (this.#unsettled.length >= WAITING_LIMIT) this.#settleStampPlace(false);
  }

  #releaseDump(dump: Dump): void {
    if (dump.stamp === undefined && this.#stampPlace === 'after') {
      this.#waiting.push(dump);
      if (this.#waiting.length < WAITING_LIMIT) return;
      this.#finished.push(...this.#waiting);
      this.#waiting = [];
      return;
    }
    if (dump.stamp === undefined && this.#stampPlace === 'before') dump.stamp = this.#stamp;
    this.#finished.push(dump);
  }
}

/** `ip=10.0.0.2,port=6379,state=online,…`, before Redis 2.8 `10.0.0.2,6379,online`; a replica that is gone tells no address. */
function keepReplica(dump: Dump, index: number, value: string): void {
  const match = /^ip=([^,\s]{1,255}),port=(\d{1,5})(?:,|$)/.exec(value) ?? /^([^,=\s]{1,255}),(\d{1,5}),\w/.exec(value);
  if (!match?.[1] || Number(match[2]) === 0) return;
  dump.replicas ??= new Map();
  const host = match[1].includes(':') ? `[${match[1]}]` : match[1];
  if (dump.replicas.size < REPLICAS_PER_DUMP_LIMIT) dump.replicas.set(index, `${host}:${match[2]}`.toLowerCase());
}

const FIELD_IN_LINE_AT_END = /\b[a-z]\w{1,60}:\d{1,20}$/;

/** The same text on its own: a slice would keep the whole block it was cut from in memory, and a text put together compares slowly. */
function flatCopy(slice: string): string {
  return Buffer.from(slice, 'latin1').toString('latin1');
}

/** Whether the exact field of a rounded one is there. */
function hasExact(dump: Dump | undefined, roundedSlot: number): boolean {
  return dump !== undefined && hasField(dump, EXACT_SLOTS[roundedSlot - FIRST_ROUNDED_SLOT] ?? -1);
}

/** `redis://user:secret@host` as `host:6379`: the name of a node, and nothing that must stay secret. */
function withPlainAddress(line: string): string {
  if (!line.includes('://')) return line;
  return line.replace(SERVER_URL, (_, host: string) => (/:\d{1,5}$/.test(host) ? host : `${host}:6379`));
}

/** NaN when anything but digits stands there; at most 15 characters. */
function wholeNumberAt(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i += 1) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** `redis_#` for `redis_1:6379`. */
function hostShape(address: string): string {
  return address.slice(0, address.lastIndexOf(':')).replace(/\d+/g, '#');
}

function keepDatabase(dump: Dump, index: number, value: string): void {
  const keys = /(?:^|["'\s])keys=(\d{1,19})(?=,|\s|$)/.exec(value)?.[1];
  const expires = /,expires=(\d{1,19})(?=,|\s|$)/.exec(value)?.[1];
  dump.databases ??= new Map();
  if (keys === undefined || dump.databases.size >= DATABASES_PER_DUMP_LIMIT) {
    dump.brokenDatabase = true;
    return;
  }
  dump.databases.set(index, { keys: Number(keys), expires: expires === undefined ? Number.NaN : Number(expires) });
}

/** The value without quotes, a closing comma, and the `count=` of error statistics. */
function unwrapValue(value: string): string {
  return value
    .trim()
    .replace(/^["'`]|["'`]?,?$/g, '')
    .replace(/^count=/, '')
    .replace(/^\d{1,3}(?:,\d{3})+$/, (grouped) => grouped.replaceAll(',', ''));
}

/** A sentence rather than the prefix that a log or a tool puts before each line. */
function isProse(prefix: string): boolean {
  return (prefix.match(/\p{L}{2,}/gu)?.length ?? 0) >= 4 && !/[\d|[\]{}]/.test(prefix);
}

/** A text without the colours and movements of a terminal. */
export function withoutColours(text: string): string {
  if (!text.includes('\u001b')) return text;
  return text.replace(TERMINAL_COLOUR, '');
}

/** Host and port that a redis-cli command line names; never its password. */
function commandAddress(options: string): ReturnType<typeof findAddress> {
  const url = /\s-u\s+([^\s/@]+:\d{1,5})/.exec(options)?.[1];
  if (url) return findAddress(url);
  const host = /\s-h\s*([^\s]+)/.exec(options)?.[1];
  const port = /\s-p\s*(\d{1,5})/.exec(options)?.[1];
  if (host === undefined && port === undefined) return undefined;
  return findAddress(`${host ?? '127.0.0.1'}:${port ?? '6379'}`);
}
