import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { METRICS, TEXT_FIELDS } from '../../src/model/metrics.ts';
import { type RecordedSample, readField } from './recorder.ts';

const SAMPLES_FOLDER = join(import.meta.dirname, '..', '..', 'samples');
const DUMP_LIMIT_BYTES = 300_000;
const CSV_LIMIT_BYTES = 1_500_000;

/** One recorded story, ready to be written. */
export interface StoryFiles {
  /** File name without extension. */
  readonly name: string;
  /** Node name in the CSV. */
  readonly node: string;
  /** What happened, in sentences; becomes the head of the dump. */
  readonly story: readonly string[];
  readonly samples: readonly RecordedSample[];
  /** `stated`: the script compressed time; `real`: it did not. */
  readonly clock: 'stated' | 'real';
  /** What is true of this story beyond what every sample tells. */
  readonly truth: Readonly<Record<string, unknown>>;
}

const CLOCK_WORDS = {
  stated: [
    'Time is compressed. The values are real; the stamps are stated by the script, and so are uptime_in_seconds,',
    'uptime_in_days, server_time_usec and rdb_last_save_time. Lines that would tell real rates or the real clock',
    '(instantaneous_*, lru_clock) are left out. Counted durations and CPU seconds are as the server measured them.',
  ],
  real: ['Time is real; nothing in the lines was changed.'],
} as const;

function formatDump({ name, story, clock, samples }: StoryFiles): string {
  const head = [
    `${name} - recorded by scripts/record-samples.ts from a real server. See README.md beside this file.`,
    ...story,
    ...CLOCK_WORDS[clock],
    'The executable line is left out: it names a path of the recording machine.',
  ];
  const parts = samples.map(({ at, text }) => `${new Date(at).toISOString()}\n${text}`);
  return `${head.map((line) => `# ${line}\n`).join('')}\n${parts.join('\n')}`;
}

const NUMBER_FIELDS = new Set(METRICS.flatMap((metric) => metric.info));
const TEXT_FIELD_NAMES = new Set<string>(Object.values(TEXT_FIELDS).flat());

/** The cells of one sample by column name: INFO's own field names, `db0_keys` and `errorstat_OOM` for the nested ones. */
function readCells(text: string): Map<string, string> {
  const cells = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const field = line.slice(0, colon);
    const value = line.slice(colon + 1);
    const keyspace = /^keys=(\d+),expires=(\d+)/.exec(value);
    const count = /^count=(\d+)/.exec(value);
    if (/^db\d+$/.test(field) && keyspace) {
      cells.set(`${field}_keys`, keyspace[1] ?? '').set(`${field}_expires`, keyspace[2] ?? '');
    } else if (count) {
      if (NUMBER_FIELDS.has(field)) cells.set(field, count[1] ?? '');
    } else if (NUMBER_FIELDS.has(field) || TEXT_FIELD_NAMES.has(field)) {
      cells.set(field, value);
    }
  }
  // The section lists only errors that have happened, so without the line there was none; without the section nothing is known.
  if (!cells.has('errorstat_OOM') && text.includes('# Errorstats\r\n')) cells.set('errorstat_OOM', '0');
  return cells;
}

const quote = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

function formatCsv({ node, samples }: StoryFiles): string {
  const rows = samples.map((sample) => ({ at: sample.at, cells: readCells(sample.text) }));
  const columns = [...new Set(rows.flatMap((row) => [...row.cells.keys()]))];
  const lines = rows.map(({ at, cells }) =>
    [new Date(at).toISOString(), node, ...columns.map((column) => cells.get(column) ?? '')].map(quote).join(','),
  );
  return `${[['timestamp', 'node', ...columns].join(','), ...lines].join('\n')}\n`;
}

/** Highest value of a field over the samples, with the instant of the first sample that has it. */
export function findHighest(samples: readonly RecordedSample[], field: string): { value: number; at: number } | undefined {
  let highest: { value: number; at: number } | undefined;
  for (const { at, text } of samples) {
    const value = readField(text, field);
    if (value !== undefined && (highest === undefined || value > highest.value)) highest = { value, at };
  }
  return highest;
}

function describeSamples({ name, node, clock, samples, truth }: StoryFiles) {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last) throw new Error(`${name}: nothing was recorded`);
  const word = (field: string) => new RegExp(`^${field}:(.*)\r`, 'm').exec(last.text)?.[1];
  const osPeak = samples.reduce((high, { at, vmRssBytes = 0 }) => (vmRssBytes > high.value ? { value: vmRssBytes, at } : high), {
    value: 0,
    at: 0,
  });
  return {
    name,
    node,
    clock,
    engine: { redisVersion: word('redis_version'), allocator: word('mem_allocator') },
    samples: samples.length,
    fromAt: first.at,
    toAt: last.at,
    sampledPeaks: { usedMemoryBytes: findHighest(samples, 'used_memory'), usedMemoryRssBytes: findHighest(samples, 'used_memory_rss') },
    last: {
      usedMemoryBytes: readField(last.text, 'used_memory'),
      usedMemoryRssBytes: readField(last.text, 'used_memory_rss'),
      keys: Number(/^db0:keys=(\d+)/m.exec(last.text)?.[1] ?? 0),
    },
    operatingSystem: { source: 'VmRSS in /proc/<pid>/status', peak: osPeak, lastBytes: last.vmRssBytes },
    ...truth,
  };
}

function writeText(name: string, text: string, limitBytes: number): string {
  const bytes = Buffer.from(text);
  const packed = bytes.length > limitBytes;
  for (const ending of ['', '.gz']) rmSync(join(SAMPLES_FOLDER, name + ending), { force: true });
  const file = packed ? `${name}.gz` : name;
  const content = packed ? gzipSync(bytes, { level: 9 }) : bytes;
  writeFileSync(join(SAMPLES_FOLDER, file), content);
  return `${file} ${Math.ceil(content.length / 1000)} kB`;
}

/** Writes the dump, the CSV and the truth of one story into samples/. Returns one line about them. */
export function writeStory(files: StoryFiles): string {
  mkdirSync(join(SAMPLES_FOLDER, 'truth'), { recursive: true });
  const written = [
    writeText(`${files.name}.txt`, formatDump(files), DUMP_LIMIT_BYTES),
    writeText(`${files.name}.csv`, formatCsv(files), CSV_LIMIT_BYTES),
    writeText(`truth/${files.name}.json`, `${JSON.stringify(describeSamples(files), null, 2)}\n`, Number.POSITIVE_INFINITY),
  ];
  return `${files.name}: ${files.samples.length} samples; ${written.join(', ')}`;
}

/** Writes a recording as a packed CSV and its truth into `folder`, named after story and build. Returns the path without extensions. */
export function writeRecording(files: StoryFiles, folder: string, build: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${files.name}__${build}`);
  writeFileSync(`${path}.csv.gz`, gzipSync(formatCsv(files), { level: 9 }));
  writeFileSync(`${path}.truth.json`, `${JSON.stringify(describeSamples(files))}\n`);
  return path;
}
