import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { compactHistory } from '../../../src/history/folder/compact.ts';
import { HistoryWriter, removeOld } from '../../../src/history/folder/history-writer.ts';
import { type HistoryWindow, openHistory } from '../../../src/history/index.ts';
import type { NodeHistory } from '../../../src/model/node-history.ts';
import { someSamples } from './batches.ts';

let root = '';
beforeEach(async () => {
  root = join(mkdtempSync(join(tmpdir(), 'headroom-history-')), 'history');
  const writer = await HistoryWriter.open(root);
  for (const batch of someSamples({ days: 6, perDay: 24, nodes })) writer.append(batch);
  await writer.close();
});
afterEach(() => rmSync(join(root, '..'), { recursive: true, force: true }));

const nodes = Array.from({ length: 12 }, (_, i) => `node-${i}`);
const files = (): string[] => readdirSync(join(root, 'nodes'), { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.'));

async function read(window?: HistoryWindow): Promise<readonly [readonly NodeHistory[], number]> {
  const history = await openHistory({ threads: 1 });
  try {
    const report = await history.addFolder(root);
    const histories = await history.nodes(window);
    return [histories, report.samples];
  } finally {
    await history.close();
  }
}

it('gives the same results however often it is read while it is compacted', async () => {
  const before = await read();
  expect(before[1]).toBe(nodes.length * 6 * 24);
  let readings = 0;
  // Day by day: months are compacted for the first time, and again with what is there already.
  for (let day = 0; day < 6; day += 1) {
    let done = false;
    const compacting = compactHistory(root, Date.UTC(2026, 9, 30 + day, 1)).finally(() => {
      done = true;
    });
    const loop = async (): Promise<void> => {
      do {
        expect(await read()).toEqual(before);
        readings += 1;
      } while (!done);
    };
    await Promise.all([compacting, loop(), loop()]);
  }
  expect(readings).toBeGreaterThanOrEqual(12);
  expect(files().every((name) => name.endsWith('.parquet'))).toBe(true);
});

it('is read again when files were compacted or removed since they were listed', async () => {
  const before = await read();
  const history = await openHistory({ threads: 1 });
  const report = await history.addFolder(root);
  const reading = history.eachNode()[Symbol.asyncIterator]();
  // The first history comes when all was read; what goes on meanwhile meets it at one point or another.
  const [first] = await Promise.all([reading.next(), compactHistory(root, Date.UTC(2026, 10, 4))]);
  const all = [first.value as NodeHistory];
  for (let next = await reading.next(); !next.done; next = await reading.next()) all.push(next.value);
  await history.close();
  expect([all, report.samples]).toEqual(before);
  expect(await removeOld(root, 3)).toHaveLength(nodes.length);
  expect((await read())[1]).toBe(nodes.length * 3 * 24);
});
