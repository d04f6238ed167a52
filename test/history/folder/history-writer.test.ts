import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEvents } from '../../../src/history/folder/events.ts';
import { HistoryWriter, removeOld } from '../../../src/history/folder/history-writer.ts';
import { folderNameOf } from '../../../src/history/folder/layout.ts';
import { openHistory } from '../../../src/history/index.ts';
import { ConfigError } from '../../../src/model/errors.ts';
import type { NodeHistory } from '../../../src/model/node-history.ts';
import type { SampleBatch } from '../../../src/model/sample-batch.ts';
import { sampleOf, someSamples } from './batches.ts';

let root = '';
beforeEach(() => {
  root = join(mkdtempSync(join(tmpdir(), 'headroom-history-')), 'history');
});
afterEach(() => rmSync(join(root, '..'), { recursive: true, force: true }));

async function write(batches: readonly SampleBatch[]): Promise<void> {
  const writer = await HistoryWriter.open(root);
  for (const batch of batches) writer.append(batch);
  await writer.close();
  expect([writer.appended, writer.waiting]).toEqual([batches.length, 0]);
}

async function reduce(source: readonly SampleBatch[] | string): Promise<NodeHistory[]> {
  const history = await openHistory();
  try {
    if (typeof source === 'string') await history.addFolder(source);
    else for (const batch of source) await history.add(batch);
    return await history.nodes();
  } finally {
    await history.close();
  }
}

const nodeFolder = (nodeId: string): string => join(root, 'nodes', folderNameOf(nodeId));
const segment = (nodeId = 'a', day = '2026-10-29'): string => join(nodeFolder(nodeId), `${day}.csv`);
const at = Date.UTC(2026, 9, 29, 12);

/** In place of a node's file a pipe whose other end nobody holds: opening it stands still, as everything does on a disk that hangs. */
function standStill(nodeId: string): { readonly release: () => void } {
  mkdirSync(nodeFolder(nodeId), { recursive: true });
  execFileSync('mkfifo', [segment(nodeId)]);
  return {
    release: () => {
      renameSync(segment(nodeId), join(root, '..', 'pipe'));
      closeSync(openSync(join(root, '..', 'pipe'), 'r+'));
    },
  };
}

describe('a history folder', () => {
  it('gives back just what was written', async () => {
    const batches = someSamples();
    await write(batches);
    expect(await reduce(root)).toEqual(await reduce(batches));
  });

  it('is a plain CSV a node and day, with a file more where a column is new, and goes on in the same file after a restart', async () => {
    const batches = someSamples({ nodes: ['a'] });
    await write(batches.slice(0, 200));
    await write(batches.slice(200));
    expect(readdirSync(nodeFolder('a')).sort()).toEqual(['2026-10-29.csv', '2026-10-30.2.csv', '2026-10-30.csv', '2026-10-31.csv']);
    expect(await reduce(root)).toEqual(await reduce(batches));
    const [header, first] = readFileSync(segment(), 'utf8').split('\n');
    expect(header).toMatch(/^timestamp,node,usedMemoryBytes,.*,role,runId,crc32$/);
    expect(first).toMatch(/^2026-10-29T00:00:00\.000Z,a,500000000,.*,[0-9a-f]{8}$/);
  });

  it.each([
    ['an unfinished line', '2026-10-29T13:00:00.000Z,a,12'],
    ['zeros, as a power cut leaves them', '\0'.repeat(5000)],
    ['a whole line that is damaged', '2026-10-29T13:00:00.000Z,a,12,13,deadbeef\n'],
    ['a damaged line and the beginning of one', 'x\ny'],
  ])('reads past %s, cuts it off at the next start, and notes it', async (_, torn) => {
    const batches = [sampleOf('a', at, { usedMemoryBytes: 1 }), sampleOf('a', at + 60_000, { usedMemoryBytes: 2 })];
    await write(batches);
    const whole = readFileSync(segment(), 'utf8');
    appendFileSync(segment(), torn);
    expect((await reduce(root)).map(({ sampleCount }) => sampleCount)).toEqual([2]);
    const later = sampleOf('a', at + 120_000, { usedMemoryBytes: 3 });
    await write([later]);
    expect(readFileSync(segment(), 'utf8').startsWith(whole)).toBe(true);
    expect(await reduce(root)).toEqual(await reduce([...batches, later]));
    expect(await readEvents(root)).toMatchObject([{ kind: 'healed', file: '2026-10-29.csv', bytes: torn.length }]);
  });

  it('heals a file that has not even its header', async () => {
    await write([sampleOf('a', at, { usedMemoryBytes: 1 })]);
    writeFileSync(segment(), 'timestamp,no');
    await write([sampleOf('a', at, { usedMemoryBytes: 1 })]);
    expect((await reduce(root))[0]?.sampleCount).toBe(1);
  });

  it('waits while the disk is full, says so once, and loses nothing', async () => {
    const troubles: (string | undefined)[] = [];
    const writer = await HistoryWriter.open(root, { onTrouble: (code) => troubles.push(code) });
    await mkdir(nodeFolder('a'), { recursive: true });
    symlinkSync('/dev/full', segment());
    for (let i = 0; i < 5; i += 1) writer.append(sampleOf('a', at + i, { usedMemoryBytes: i }));
    await expect.poll(() => troubles).toEqual(['ENOSPC']);
    expect([writer.appended, writer.waiting]).toEqual([0, 5]);
    rmSync(segment());
    await expect.poll(() => writer.appended, { timeout: 5000 }).toBe(5);
    await writer.close();
    expect(troubles).toEqual(['ENOSPC', undefined]);
    expect((await reduce(root))[0]?.sampleCount).toBe(5);
    expect((await readEvents(root)).map(({ kind }) => kind)).toEqual(['unwritable', 'writable']);
  });

  it('goes on beside a file that stands still, says so once, and loses nothing', async () => {
    const troubles: (string | undefined)[] = [];
    const writer = await HistoryWriter.open(root, { onTrouble: (code) => troubles.push(code), stallMs: 100 });
    const disk = standStill('a');
    const samples = Array.from({ length: 20 }, (_, i) => sampleOf('a', at + i, { usedMemoryBytes: i }));
    for (const sample of samples) writer.append(sample);
    await expect.poll(() => troubles).toEqual(['stalled']);
    writer.append(sampleOf('b', at, { usedMemoryBytes: 7 }));
    await expect.poll(() => writer.appended).toBe(1);
    expect(writer.waiting).toBe(20);
    disk.release();
    await expect.poll(() => writer.appended, { timeout: 5000 }).toBe(21);
    await writer.close();
    expect([writer.appended, writer.waiting, troubles]).toEqual([21, 0, ['stalled', undefined]]);
    expect((await reduce(root)).map(({ nodeId, sampleCount }) => [nodeId, sampleCount])).toEqual([
      ['a', 20],
      ['b', 1],
    ]);
    expect((await readEvents(root)).map(({ kind }) => kind)).toEqual(['unwritable', 'writable']);
  });

  it('keeps the newest days with samples and removes older files, whatever the clock says', async () => {
    await write([...someSamples({ days: 5, perDay: 4, nodes: ['a', 'b'] }), sampleOf('a', Date.UTC(2126, 0, 1), { usedMemoryBytes: 1 })]);
    const removed = await removeOld(root, 4);
    expect(removed.map((path) => path.slice(root.length + 1)).sort()).toEqual([
      'nodes/a/2026-10-29.csv',
      'nodes/a/2026-10-30.csv',
      'nodes/b/2026-10-29.csv',
      'nodes/b/2026-10-30.csv',
    ]);
    expect(await removeOld(root, 4)).toEqual([]);
  });

  it('is made in an empty place only', async () => {
    await mkdir(root);
    writeFileSync(join(root, 'photos.txt'), '');
    await expect(HistoryWriter.open(root)).rejects.toThrow(/an empty folder or a history; it holds "photos.txt"/);
    await expect(HistoryWriter.open(join(root, 'photos.txt', 'inside'))).rejects.toThrow(ConfigError);
  });

  it('gives every node a folder of its own, whatever its name', () => {
    const names = ['a:1', 'A:1', '..', '.', '/run/x', 'a*', 'ünï', 'x'.repeat(500), `${'x'.repeat(499)}y`].map(folderNameOf);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[\w%~-][\w%~.-]{0,199}$/);
  });
});

describe('the lock', () => {
  it('lets one writer in', async () => {
    const writer = await HistoryWriter.open(root);
    await expect(HistoryWriter.open(root)).rejects.toThrow(new RegExp(`process ${process.pid} on `));
    await writer.close();
    await (await HistoryWriter.open(root)).close();
  });

  const old = new Date(Date.now() - 120_000);
  it.each([
    ['of a process that is gone', { pid: 2 ** 22 + 1, host: hostname() }, new Date()],
    ['of another process with the same id', { pid: process.pid, host: hostname(), startedAt: '1@another-boot' }, new Date()],
    ['of another machine without a sign of life', { pid: 1, host: 'another' }, old],
    ['that is damaged', 'nonsense', new Date()],
  ])('is taken over from one %s', async (_, holder, touchedAt) => {
    await write([]);
    const lock = join(root, 'lock');
    writeFileSync(lock, typeof holder === 'string' ? holder : JSON.stringify(holder));
    utimesSync(lock, touchedAt, touchedAt);
    const writer = await HistoryWriter.open(root);
    expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
    await writer.close();
    expect(readdirSync(root).sort()).toEqual(['events', 'headroom-history.json', 'nodes']);
  });

  it('of another machine that lives is respected', async () => {
    await write([]);
    writeFileSync(join(root, 'lock'), JSON.stringify({ pid: 1, host: 'another' }));
    await expect(HistoryWriter.open(root)).rejects.toThrow(/process 1 on another does/);
  });

  it('goes to one of many that find it stale at once', async () => {
    await write([]);
    writeFileSync(join(root, 'lock'), JSON.stringify({ pid: 2 ** 22 + 1, host: hostname() }));
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => HistoryWriter.open(root)));
    const winners = tries.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(winners).toHaveLength(1);
    await winners[0]?.close();
  });
});
