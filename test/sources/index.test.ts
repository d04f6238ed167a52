import { describe, expect, it } from 'vitest';
import { ConfigError, InputError } from '../../src/model/errors.ts';
import type { InputReport } from '../../src/model/sample-batch.ts';
import { type ReadInputsOptions, readInputs, recognise, SOURCES } from '../../src/sources/index.ts';
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
});
