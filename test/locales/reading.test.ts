import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findLocale } from '../../src/locales/index.ts';
import { sayReading } from '../../src/locales/reading-words.ts';
import { FAILURE_REASONS } from '../../src/model/gap-reason.ts';
import { csvSource } from '../../src/sources/csv/index.ts';
import { infoDumpSource } from '../../src/sources/info-dump/index.ts';
import { ServerFailure } from '../../src/sources/live/failure.ts';
import type { ReadOptions } from '../../src/sources/source.ts';
import { ENGLISH_WORDS } from '../helpers/english-words.ts';
import { memoryInput, readAll } from '../sources/source-suite.ts';

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, '..', 'fixtures', 'csv', name), 'utf8');
const dump = (minute: number, more = ''): string =>
  `# Server\nredis_version:7.0.0\nrun_id:${'f'.repeat(36)}${String(minute).padStart(4, '0')}\nuptime_in_seconds:${100 + 60 * minute}\ntcp_port:6379\n# Memory\nused_memory:${10 ** 8 + minute}\n${more}`;
const plain = (text: string): string => text.replace(/^(?:run_id|uptime_in_seconds).*\n/gm, '');
const other = (minute: number): string => dump(minute).replace('ffffffff', 'abcdabcd');

/** Inputs that make the sources note something or reject rows. */
const TABLES: readonly (readonly [string, string, ReadOptions])[] = [
  ['damaged rows and cells', fixture('damaged.csv'), {}],
  ['day and month', fixture('slash-dates.csv'), {}],
  [
    'a header that promises another time',
    fixture('semicolon-tab-seconds.csv'),
    { columnMap: [{ metricId: 'usedMemoryBytes', column: 'Memory usage [KB]' }] },
  ],
  ['two times that disagree', fixture('go-time.csv'), { columnMap: [{ metricId: 'usedMemoryBytes', column: 'MemoryUsage' }] }],
  ['a column that is not there', fixture('ours-wide.csv'), { columnMap: [{ metricId: 'keys', column: 'key count' }] }],
  ['date and time apart', 'Date,Time,used_memory\n2024-01-01,10:30:05,2000000\n2024-01-01,10:31:05,2000000\n', {}],
  ['rounded sizes', 'timestamp,used_memory_human\n2026-10-01T00:00:00Z,2.50G\n', {}],
  ['bytes that are too few', 'time,used_memory\n2024-01-01T00:00Z,201.5\n', {}],
  [
    'machines of others',
    'timestamp,"redis_memory_used_bytes{instance=""a:9121""}","node_memory_MemTotal_bytes{instance=""b:9100""}","node_memory_MemTotal_bytes{instance=""c:9100""}"\n1790812800,1000000000,2000000000,3000000000\n',
    {},
  ],
  [
    'series of other things',
    'metric,timestamp,value,labels\nredis_memory_used_bytes,1790812800,1000000,"{instance=""a:9121""}"\nredis_up,1790812800,1,"{instance=""a:9121""}"\nnode_memory_MemTotal_bytes,1790812800,99000000,"{instance=""a:9100""}"\n',
    {},
  ],
];
const DUMPS: readonly (readonly [string, string])[] = [
  ['no time', dump(0) + dump(1)],
  ['neither time nor uptime', plain(dump(0)) + plain(dump(1))],
  ['times that say nothing', [0, 1, 2].map((m) => `Mon 02/11/2026 10:0${m}:00\n${dump(m)}`).join('')],
  ['sizes for people', dump(0).replace('used_memory:', 'used_memory_human:').replace('100000000', '95.37M')],
  ['words for numbers', dump(0, 'used_memory_rss:lots\n') + dump(1)],
  ['long lines', `${dump(0)}executable:${'x'.repeat(3_000_000)}\n${dump(1)}`],
  ['servers that alternate', dump(0) + other(0) + dump(1) + other(1)],
  ['no memory', `${dump(0)}# Server\nredis_version:7.0.0\nuptime_in_seconds:5\n# Stats\ntotal_commands_processed:1\n${dump(1)}`],
];

/** What servers and history folders note; their own tests have the words in English. */
const TOLD = [
  'Collected in one run, 1 of which ended in order.',
  'Collected in 4 runs, 1 of which ended in order.',
  "2026-10-01T00:00:00Z: the collector's clock was set forward by 3600.5 s, or the machine slept.",
  "2026-10-01T00:00:00Z: the collector's clock was set back by 30 s, or the machine slept.",
  '2026-10-01T00:00:00Z: 12 samples were lost, since the disk took nothing for long.',
  '2026-10-01T00:00:00Z: 17 bytes of a torn line were cut off nodes/a/2026-10-01.jsonl.',
  'The clock of this machine was set by -5 s while sampling.',
  'A look of 60 s, no history: growth, daily peaks and how memory moves are not in it. `redis-headroom collect` records them.',
  '127.0.0.1:6379 remembers its last 12 days (counters since its start or the last CONFIG RESETSTAT): 1 keys evicted, 2 writes refused for want of memory, 3 connections refused, 4 full synchronisations, 5 forks.',
  'dump without a time, and without an uptime that ties it to one with a time',
  'Pika, not Redis: its memory fields mean something else',
  'a Sentinel: it stores no data',
  '12 rows without a value that can be used',
  'No settings: CONFIG GET is not answered by 10.0.0.1:6379. Managed services do not know it; on a server of your own `redis-headroom acl --settings` prints the rule that suffices.',
  'No settings: CONFIG GET is not answered by 10.0.0.1:6379 and 7 more. Managed services do not know it; on a server of your own `redis-headroom acl --settings` prints the rule that suffices.',
  'No keyspace sample: 10.0.0.1:6379 does not let this user run MEMORY USAGE, or does not know it. `redis-headroom acl --keyspace-sample` prints the rule that suffices.',
  'No keyspace sample of 10.0.0.1:6379: the time was up before it began. A longer --for gives it more.',
  '2 series passed over, as minima say nothing about peaks (first "used_memory min")',
  '1 series passed over, as they count within a period (first "evictedkeys")',
  '--metric is passed over: the column "metric" names the metric of each row',
  'servers.json is damaged: labels and instance types in it are not known. The next start of the collector writes it anew.',
  'prod-a.csv:3: no row can be used; here: time "2024-13-01" cannot be read as ISO 8601.',
  'prod-a.csv: no column holds the time. Columns: "a", "b". Name it with --time-column, and its form with --time-format.',
  'prod-a.csv: no column is a metric by its name. Columns: "a", "b". Say what they hold: e.g. --map \'usedMemoryBytes=a:MiB\'; a unit such as :MiB may follow.',
  'Scraped every 15 s, read as the highest value of every 60 s; a shorter window (--from, --to) is read finer.',
  'Several series have the same namespace and pod; they differ in job, which therefore stands in the names of the servers.',
  "The memory limit of a container is known for the pod of cart-1, but not which container is the server's; --system-memory tells it.",
  "The memory limit of a container is known for the pod of cart-1 and 3 more, but not which container is the server's; --system-memory tells it.",
  'Memory of the machine by node_memory_MemTotal_bytes of the same host, as for vm-1:9121; --system-memory where the server runs elsewhere.',
  'The keyspace sample of 10.0.0.1:6379 is of its first database only: SELECT is not allowed, or not known.',
];

const { reading } = findLocale('pt-BR');

function expectSaid(messages: readonly string[]): void {
  for (const message of messages) {
    const said = sayReading(reading, message);
    expect(said).not.toBe(message);
    expect(said.match(ENGLISH_WORDS) ?? [], said).toEqual([]);
    expect(said).not.toMatch(/undefined|NaN/);
    // Names, files and numbers of the input are in it, as they were.
    for (const [, quoted = ''] of message.matchAll(/"([^"]*)"/g)) expect(said).toContain(quoted);
  }
}

it.each(TABLES)('what is noted of a table with %s is said in Brazilian Portuguese', async (_, text, options) => {
  const { report } = await readAll(csvSource, memoryInput(text), options);
  const messages = [...report.notes, ...report.rejections.map(({ reason }) => reason)];
  expect(messages.length).toBeGreaterThan(0);
  expectSaid(messages);
});

it.each(DUMPS)('what is noted of dumps with %s is said in Brazilian Portuguese', async (_, text) => {
  const { report } = await readAll(infoDumpSource, memoryInput(text, 'prod-a.txt'));
  const messages = [...report.notes, ...report.rejections.map(({ reason }) => reason)];
  expect(messages.length).toBeGreaterThan(0);
  expectSaid(messages);
});

it('what servers and folders note is said in Brazilian Portuguese, with its plurals', () => {
  expectSaid(TOLD);
  expect(sayReading(reading, TOLD[8] ?? '')).toBe(
    '127.0.0.1:6379 guarda os últimos 12 dias (contadores desde o início ou o último CONFIG RESETSTAT): 1 chave despejada, 2 escritas recusadas por falta de memória, 3 conexões recusadas, 4 sincronizações completas, 5 forks.',
  );
});

describe('why one of several inputs cannot be used', () => {
  const source = (path: string): string => readFileSync(join(import.meta.dirname, '..', '..', 'src', 'sources', path), 'utf8');
  const found = (path: string, pattern: RegExp): string[] => [...source(path).matchAll(pattern)].map(([, sentence = '']) => sentence);
  const FILES = [
    ...found('known-texts.ts', /advice: '([^']+)'/g),
    ...found('open-inputs.ts', /advice: '([^']+)'/g).map((advice) => `${advice}.`),
    ...found('open-inputs.ts', /\['\w+', '([^']+)'\]/g),
    ...found('index.ts', /return '([^']+)';/g),
    ...found('info-dump/index.ts', /return '([^']{20,})';/g),
  ];

  it('is found in the sources', () => {
    expect(FILES.length).toBeGreaterThan(35);
  });

  it.each(FILES)('%s', (problem) => {
    const said = sayReading(reading, `dumps/prod-a.txt: ${problem}`);
    expect(said).toMatch(/^dumps\/prod-a\.txt: /);
    expectSaid([`dumps/prod-a.txt: ${problem}`]);
    expectSaid([`reading stopped early: dumps/prod-a.txt: ${problem}`]);
  });

  it.each(FAILURE_REASONS)('a server: %s', (reason) => {
    for (const error of [new ServerFailure('10.0.0.1:6379', reason, 'CODE'), new ServerFailure('10.0.0.1:6379', reason).ofAnnounced()]) {
      expectSaid([error.message, `3 tries failed: ${error.message}`, `No keyspace sample: ${error.message}`]);
      expect(sayReading(reading, `1 try failed: ${error.message}`)).toMatch(/^1 tentativa falhou: 10\.0\.0\.1:6379: /);
    }
  });
});

it('what a language does not know stays as it is, and so does what is too long to be a note', () => {
  expect(sayReading(reading, 'something new')).toBe('something new');
  expect(sayReading(reading, 'a.txt: something: new (or so)')).toBe('a.txt: something: new (or so)');
  const long = `"${'a'.repeat(2000)}" is read as day/month/year`;
  expect(sayReading(reading, long)).toBe(long);
  expect(sayReading(findLocale('en').reading, TOLD[0] ?? '')).toBe(TOLD[0]);
});
