import { describe, expect, it } from 'vitest';
import { GiB, MiB } from '../../src/model/bytes.ts';
import { HOUR, START_AT, sampleEvery, type TestSample } from '../helpers/node-history.ts';
import { blocksOf, plainText, reportOf, tableOf } from '../helpers/report-of.ts';

const COUNT = 24 * 12;

/** Twelve days with a sample an hour: 4 GiB of data, and what is added to them. */
function samplesWith(added: (i: number) => { data?: number; clients?: number; unseen?: number; keys?: number }): TestSample[] {
  let highest = 0;
  return sampleEvery(3600, COUNT, (i) => {
    const { data = 0, clients = 0, unseen = 0, keys } = added(i);
    const used = 4 * GiB + MiB + data + clients;
    highest = Math.max(highest, used + unseen);
    return {
      usedMemoryBytes: used,
      usedMemoryPeakBytes: highest,
      usedMemoryRssBytes: 6 * GiB,
      usedMemoryDatasetBytes: 4 * GiB + data,
      usedMemoryStartupBytes: MiB,
      normalClientBytes: clients,
      usedMemoryOverheadBytes: MiB + clients,
      maxmemoryBytes: 12 * GiB,
      ...(keys === undefined ? {} : { keys, texts: { redisVersion: '6.0.16' } }),
    };
  });
}

describe('what made the peak, in words', () => {
  const peakAt = 200;
  it.each<[string, Parameters<typeof samplesWith>[0], RegExp, RegExp]>([
    [
      'a burst of client buffers',
      (i) => ({ clients: i === peakAt ? GiB : 0 }),
      /Client buffers made 1 GiB of that\./,
      /stood 1 GiB above the usual level of the day around it \(4 GiB\)\. That rise was made of client buffers \(1 GiB, 100 %\)\./,
    ],
    [
      'data that came and went',
      (i) => ({ data: i === peakAt ? GiB : 0 }),
      /Data made 1 GiB of that, above the usual level of the day\./,
      /made of data \(1 GiB, 100 %\)\./,
    ],
    [
      'data that may be queued commands',
      (i) => ({ data: i === peakAt ? GiB : 0, keys: 1_000_000 }),
      /Data or queued commands made 1 GiB of that\./,
      /made of data or queued commands \(1 GiB, 100 %\)\. The keys did not grow with it, .* before Redis 7\.0 /,
    ],
    [
      'growth',
      (i) => ({ data: (i / COUNT) * 2 * GiB }),
      /It is the end of growth of data, not a burst\./,
      /is the end of growth, not a burst: it lies 1\.\d+ GiB above the level at the beginning .* and data \(.*100 %\) made that\./,
    ],
    [
      'a peak that nobody saw',
      (i) => ({ unseen: i === peakAt ? GiB : 0 }),
      /What made it is not known\./,
      /is not known: it fell between two samples/,
    ],
  ])('tells %s on the first page and beside the parts', async (_what, added, onFirstPage, besideParts) => {
    const report = await reportOf(samplesWith(added));
    expect(plainText(report.cover.summary)).toMatch(onFirstPage);
    const paragraphs = blocksOf(report).flatMap((block) => (block.type === 'paragraph' ? [plainText(block.text)] : []));
    expect(paragraphs.filter((paragraph) => besideParts.test(paragraph))).toHaveLength(1);
  });

  it('tells a table that doubled from growth of the data', async () => {
    const keysAt = (i: number) => 16_777_216 - 200 + i;
    const report = await reportOf(
      sampleEvery(3600, COUNT, (i) => {
        const tables = 128 * MiB + (keysAt(i) > 2 ** 24 ? 256 * MiB : 0);
        return {
          usedMemoryBytes: 4 * GiB + MiB + tables + i * 200,
          usedMemoryRssBytes: 6 * GiB,
          usedMemoryDatasetBytes: 4 * GiB + i * 200,
          usedMemoryStartupBytes: MiB,
          usedMemoryOverheadBytes: MiB + tables,
          db0Keys: keysAt(i),
          keys: keysAt(i),
          texts: { redisVersion: '7.2.4' },
        };
      }),
    );
    expect(plainText(report.cover.summary)).toMatch(/A hash table that doubled made 256 MiB of that\./);
    expect(plainText(report.cover.summary)).not.toMatch(/growth of/);
  });

  it('says nothing of a level day on the first page, and shows what rose beside the parts', async () => {
    const level = await reportOf(samplesWith((i) => ({ data: (i % 24) * MiB })));
    expect(level.cover.summary.join('')).not.toMatch(/made|growth of/);
    expect(tableOf(level, 'parts')?.table.columns.map(({ label }) => label)).toEqual(['Part', 'Memory', 'Share']);
    const burst = await reportOf(samplesWith((i) => ({ clients: i === peakAt ? GiB : 0 })));
    expect(tableOf(burst, 'parts')?.rows).toContainEqual(['client buffers', '1 GiB', '20 %', '+1 GiB']);
  });
});

describe('the peak of each process', () => {
  it('is listed for the newest ten, and the rest is counted', async () => {
    const report = await reportOf(
      samplesWith(() => ({})).map((sample) => {
        const hours = (sample.at - START_AT) / HOUR;
        return { ...sample, texts: { runId: `run-${Math.floor(hours / 20)}`, redisVersion: '7.2.4' } } as TestSample;
      }),
    );
    const lives = tableOf(report, 'lives');
    expect(lives?.rows).toHaveLength(10);
    expect(lives?.table.note?.join('')).toBe('5 earlier ones are in the JSON.');
  });
});
