import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ConfigError, InputError } from '../../src/model/errors.ts';
import type { InputReport } from '../../src/model/sample-batch.ts';
import { type ReadInputsOptions, readInputs, recognise, SOURCES } from '../../src/sources/index.ts';
import { openInputs } from '../../src/sources/open-inputs.ts';
import type { Input } from '../../src/sources/source.ts';
import { memoryInput } from './source-suite.ts';

const CSV = 'timestamp,used_memory\n2024-01-01T00:00:00Z,1000000\n';
const INFO =
  '# Server\r\nredis_version:7.2.4\r\nuptime_in_seconds:100\r\n\r\n# Memory\r\nused_memory:1000000\r\nused_memory_rss:1500000\r\n';

async function readEach(inputs: readonly Input[], options: ReadInputsOptions = {}) {
  const reports: InputReport[] = [];
  let deliveries = 0;
  for await (const { report } of readInputs(inputs, options, reports)) {
    expect(reports).toContain(report);
    deliveries += 1;
  }
  return { reports, deliveries };
}

describe('recognise', () => {
  it('tells the kinds apart by their content', () => {
    expect(recognise(memoryInput(CSV, 'dump.txt'))?.id).toBe('csv');
    expect(recognise(memoryInput(INFO, 'table.csv'))?.id).toBe('info-dump');
    expect(recognise(memoryInput('Dear all,\nplease find the figures below.\n'))).toBeUndefined();
    expect(recognise(memoryInput(''))).toBeUndefined();
  });

  it('lets the user force a kind, and names the kinds there are', () => {
    expect(recognise(memoryInput(CSV), 'info-dump')?.id).toBe('info-dump');
    expect(() => recognise(memoryInput(CSV), 'xml')).toThrow(ConfigError);
    expect(() => recognise(memoryInput(CSV), 'xml')).toThrow('--input-kind: "xml" cannot be used. Expected one of info-dump, csv.');
  });

  it('has an id of its own for every source', () => {
    expect(new Set(SOURCES.map(({ id }) => id)).size).toBe(SOURCES.length);
  });
});

describe('readInputs', () => {
  it('reads inputs of different kinds and reports on each', async () => {
    const { reports, deliveries } = await readEach([memoryInput(CSV, 'a.csv'), memoryInput(INFO, 'b.txt')]);
    expect(reports.map(({ input, inputKind, samples }) => [input, inputKind, samples])).toEqual([
      ['a.csv', 'csv', 1],
      ['b.txt', 'info-dump', 1],
    ]);
    expect(deliveries).toBe(2);
  });

  it('goes on past an input that cannot be used, and says why', async () => {
    const broken = { ...memoryInput('', 'c.csv'), problem: new InputError('c.csv', 'is no text.') };
    const { reports } = await readEach([
      memoryInput('hello', 'readme'),
      broken,
      memoryInput('time,a\n2024-01-01,1\n', 'd.csv'),
      memoryInput(CSV, 'a.csv'),
    ]);
    expect(reports.map(({ unusable }) => unusable?.slice(0, 45))).toEqual([
      'readme: is neither INFO output nor a table. E',
      'c.csv: is no text.',
      'd.csv: no column is a metric by its name. Col',
      undefined,
    ]);
  });

  it('throws the reason when the only input cannot be used', async () => {
    await expect(readEach([memoryInput('hello', 'readme')])).rejects.toThrow('readme: is neither INFO output nor a table.');
    await expect(readEach([memoryInput('', 'void.csv')])).rejects.toThrow('void.csv: is empty.');
    await expect(readEach([])).rejects.toThrow('nothing was given to read');
  });

  it('throws when none of several inputs can be used', async () => {
    const reading = readEach([memoryInput('hello', 'one'), memoryInput('', 'two')]);
    await expect(reading).rejects.toThrow('one: none of 2 inputs can be used; the first: one: is neither INFO output nor a table.');
  });

  it('keeps what was read of an input that breaks off', async () => {
    const torn: Input = {
      ...memoryInput(CSV, 'torn.csv.gz'),
      async *open() {
        for (let i = 0; i < 6000; i += 1) yield Buffer.from(CSV.slice(i === 0 ? 0 : CSV.indexOf('\n') + 1));
        throw new InputError('torn.csv.gz', 'is compressed and breaks off before its end. Copy it again.');
      },
    };
    const { reports } = await readEach([torn]);
    expect(reports[0]?.samples).toBe(4999);
    expect(reports[0]?.notes).toEqual(['reading stopped early: torn.csv.gz: is compressed and breaks off before its end. Copy it again.']);
  });

  it('says so of a large table that the embedded database reads, and nothing of a whole one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'torn-'));
    try {
      const row = (i: number) => `${1_790_812_800 + i},${1_000_000 + i},${randomBytes(40).toString('hex')}`;
      const whole = gzipSync(['timestamp,used_memory,noise', ...Array.from({ length: 70_000 }, (_, i) => row(i)), ''].join('\n'));
      const notesOf = async (name: string, bytes: Uint8Array) => {
        await writeFile(join(folder, name), bytes);
        const reports: InputReport[] = [];
        const kinds: string[] = [];
        for await (const { delivery } of readInputs(openInputs([join(folder, name)]), {}, reports)) kinds.push(delivery.kind);
        expect(kinds).toEqual(['bulk-table']);
        return reports[0]?.notes;
      };
      expect(await notesOf('whole.csv.gz', whole)).toEqual([]);
      expect(await notesOf('torn.csv.gz', whole.subarray(0, -100_000))).toEqual([expect.stringContaining('breaks off before its end')]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
