import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../../../src/history/database.ts';
import { checkHistory } from '../../../src/history/folder/check.ts';
import { compactHistory } from '../../../src/history/folder/compact.ts';
import { HistoryWriter } from '../../../src/history/folder/history-writer.ts';
import { openHistory } from '../../../src/history/index.ts';
import type { NodeHistory } from '../../../src/model/node-history.ts';
import type { SampleBatch } from '../../../src/model/sample-batch.ts';
import { runHere } from '../../helpers/run-cli.ts';
import { noise, sampleOf, someSamples } from './batches.ts';

let root = '';
beforeEach(() => {
  root = join(mkdtempSync(join(tmpdir(), 'headroom-history-')), 'history');
});
afterEach(() => rmSync(join(root, '..'), { recursive: true, force: true }));

async function write(batches: readonly SampleBatch[]): Promise<void> {
  const writer = await HistoryWriter.open(root);
  for (const batch of batches) writer.append(batch);
  await writer.close();
}

async function read(): Promise<NodeHistory[]> {
  const history = await openHistory();
  try {
    await history.addFolder(root);
    return await history.nodes();
  } finally {
    await history.close();
  }
}

async function columnsOf(file: string): Promise<string[]> {
  const database = await openDatabase();
  try {
    const rows = await database.connection.runAndReadAll(`DESCRIBE SELECT * FROM '${join(root, 'nodes', 'a', file)}'`);
    return rows.getRows().map(([name]) => String(name));
  } finally {
    await database.close();
  }
}

const filesOf = (node: string): string[] => readdirSync(join(root, 'nodes', node)).sort();
/** 29 October to 2 November. */
const batches = someSamples({ days: 5, nodes: ['a', 'b'] });

it('gives the same results from compacted days, and compacts what comes later into the same months', async () => {
  await write(batches);
  const before = await read();
  const { samples } = await checkHistory(root);
  const done = await compactHistory(root, Date.UTC(2026, 10, 2, 3));
  expect(done.segments).toBe(10);
  expect(filesOf('a')).toEqual(['2026-10.parquet', '2026-11-02.csv', '2026-11.parquet']);
  expect(await read()).toEqual(before);
  expect(await checkHistory(root)).toMatchObject({ nodes: 2, files: 6, samples, problems: [] });
  await compactHistory(root, Date.UTC(2026, 10, 4));
  expect(filesOf('a')).toEqual(['2026-10.parquet', '2026-11.parquet']);
  expect(await read()).toEqual(before);
  expect((await compactHistory(root, Date.UTC(2026, 10, 4))).segments).toBe(0);
});

it('takes rows once that a crash left in both forms, and samples of a day that was compacted before', async () => {
  await write(batches);
  const kept = readFileSync(join(root, 'nodes', 'a', '2026-10-30.csv'), 'utf8');
  const before = await read();
  await compactHistory(root, Date.UTC(2026, 10, 4));
  writeFileSync(join(root, 'nodes', 'a', '2026-10-30.csv'), kept);
  expect(await read()).toEqual(before);
  await compactHistory(root, Date.UTC(2026, 10, 4));
  expect(await read()).toEqual(before);
  await write([sampleOf('a', Date.UTC(2026, 9, 30, 0, 1), { usedMemoryBytes: 7e9 })]);
  const [node] = await read();
  expect([node?.sampleCount, node?.metrics.get('usedMemoryBytes')?.max.value]).toEqual([(before[0]?.sampleCount ?? 0) + 1, 7e9]);
});

it('finds a damaged line, and leaves its day as it is', async () => {
  await write(batches);
  const path = join(root, 'nodes', 'a', '2026-10-30.csv');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace(/(\n[^\n]*,a,)5/, '$16'));
  const { problems } = await checkHistory(root);
  expect(problems).toEqual([{ path, line: 2, level: 'error', problem: 'is damaged: its checksum does not fit' }]);
  expect((await compactHistory(root, Date.UTC(2026, 10, 4))).left).toEqual([path]);
  expect(filesOf('a')).toContain('2026-10-30.csv');
  const { exitCode, stdout } = await runHere('history', 'check', root);
  expect(exitCode).toBe(2);
  expect(stdout).toMatch(/2026-10-30\.csv:2: error: is damaged.*\n.*samples of 2 servers in .* files, 1 error\.\n$/);
});

it('finds a damaged Parquet file, and is told from what is no history', async () => {
  await write(batches);
  await compactHistory(root, Date.UTC(2026, 10, 4));
  const path = join(root, 'nodes', 'a', '2026-10.parquet');
  writeFileSync(path, readFileSync(path).subarray(0, 2000));
  expect((await checkHistory(root)).problems).toMatchObject([{ path, level: 'error' }]);
  expect(await runHere('history', 'check', join(root, 'nodes'))).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/is no history folder/),
  });
});

it('packs by command', async () => {
  await write([0, 1, 2].map((day) => sampleOf('a', Date.UTC(2023, 0, 30 + day), { usedMemoryBytes: day })));
  const { exitCode, stdout } = await runHere('history', 'compact', root);
  expect([exitCode, stdout]).toEqual([0, `${root}: 3 files compacted, 0.0 → 0.0 MiB.\n`]);
  expect(filesOf('a')).toEqual(['2023-01.parquet', '2023-02.parquet']);
  expect((await runHere('history', 'compact', root, '--older-than', '1d')).stdout).toBe(`${root}: nothing to compact.\n`);
});

/** As much as a year of minutes may take, a sample; a history of days has the ends of its files on top. */
const BYTES_A_SAMPLE = 56e6 / (365 * 1440);

it('stays below 56 MB a year of minutes though every gauge is noise, and gives every bit of it back', async () => {
  const days = 4;
  await write(noise({ days, nodeId: 'a', seed: 4 }));
  const before = await read();
  await compactHistory(root, Date.UTC(2026, 10, 1));
  expect(filesOf('a')).toEqual(['2026-10.parquet']);
  expect(statSync(join(root, 'nodes', 'a', '2026-10.parquet')).size / (days * 1440)).toBeLessThan(BYTES_A_SAMPLE);
  expect(await read()).toEqual(before);
});

it('leaves out what follows from other figures, month by month, and gives it back', async () => {
  const at = (month: number, minute: number): number => Date.UTC(2026, month, 3, 0, minute);
  const rows: [month: number, numbers: Parameters<typeof sampleOf>[2]][] = [
    // Follows; a database comes later, and another one goes.
    [0, { usedMemoryBytes: 9, usedMemoryOverheadBytes: 4, usedMemoryDatasetBytes: 5, keys: 7, db0Keys: 7, expires: 0, db0Expires: 0 }],
    [
      0,
      {
        usedMemoryBytes: 9,
        usedMemoryOverheadBytes: 4,
        usedMemoryDatasetBytes: 5,
        keys: 8,
        db0Keys: 3,
        db12Keys: 5,
        expires: 1,
        db12Expires: 1,
      },
    ],
    [0, { usedMemoryBytes: 9, keys: 0, expires: 0 }],
    // Does not, in one row.
    [1, { usedMemoryBytes: 9, usedMemoryOverheadBytes: 4, usedMemoryDatasetBytes: 6, keys: 8, db0Keys: 8, expires: 1, db0Expires: 0 }],
    [1, { usedMemoryBytes: 9, usedMemoryOverheadBytes: 4, usedMemoryDatasetBytes: 5, db0Keys: 8 }],
    // Nothing to follow from.
    [2, { usedMemoryBytes: 9, keys: 4 }],
  ];
  await write(rows.map(([month, numbers], i) => sampleOf('a', at(month, i), numbers)));
  const before = await read();
  await compactHistory(root, Date.UTC(2026, 1, 20));
  expect(await read()).toEqual(before);
  await compactHistory(root, Date.UTC(2026, 10, 1));
  expect(filesOf('a')).toEqual(['2026-01.parquet', '2026-02.parquet', '2026-03.parquet']);
  const stored = async () =>
    (await columnsOf('2026-01.parquet')).filter((name) => ['keys', 'expires', 'usedMemoryDatasetBytes'].includes(name));
  expect(await stored()).toEqual([]);
  expect(await read()).toEqual(before);
  expect([...(before[0]?.buckets.columns.get('keys')?.last ?? [])]).toEqual([7, 8, 0, 8, Number.NaN, 4]);
  // What was left out is there for what is compacted into the same month later.
  await write([sampleOf('a', at(0, 100), { usedMemoryBytes: 9, keys: 99, db0Keys: 1 })]);
  const later = await read();
  await compactHistory(root, Date.UTC(2026, 10, 1));
  expect(await read()).toEqual(later.map((node) => ({ ...node, outOfOrder: 0 })));
  expect(await stored()).toEqual(['keys', 'expires']);
});

it('gives the same results where a figure is whole in one month, has decimals in the next, and is anything in the third', async () => {
  const at = (month: number, minute: number): number => Date.UTC(2026, month, 3, 0, minute);
  const kinds = [
    [0, 17, 2 ** 53 - 1, 1e15],
    [0.000001, 1234.567891, 8_999_999_999.123457, 0.1],
    [1 / 3, 2 ** 60, -1e-7, 4e300],
  ];
  await write(
    kinds.flatMap((values, month) =>
      values.map((value, i) => sampleOf('a', at(month, i), { usedMemoryBytes: 5, latestForkSeconds: value })),
    ),
  );
  const before = await read();
  await compactHistory(root, Date.UTC(2026, 10, 1));
  expect(filesOf('a')).toHaveLength(3);
  expect(await read()).toEqual(before);
  expect([...(before[0]?.buckets.columns.get('latestForkSeconds')?.last ?? [])]).toEqual(kinds.flat());
});
