import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { HistoryWriter } from '../../../src/history/folder/history-writer.ts';
import { ingest } from '../../../src/index.ts';
import { someSamples } from './batches.ts';

const root = mkdtempSync(join(tmpdir(), 'headroom-windows-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

it('gives two windows of a folder in one reading, with the samples of the later one counted', async () => {
  const folder = join(root, 'history');
  const writer = await HistoryWriter.open(folder);
  for (const batch of someSamples({ days: 4, nodes: ['a', 'b'] })) writer.append(batch);
  await writer.close();

  const fromAt = Date.UTC(2026, 9, 31);
  const { histories, inputs, earlier } = await ingest([folder], { fromAt, earlier: () => ({ toAt: fromAt - 1 }) });
  expect(histories).toEqual((await ingest([folder], { fromAt })).histories);
  expect(earlier?.histories).toEqual((await ingest([folder], { toAt: fromAt - 1 })).histories);
  expect(inputs.map(({ samples }) => samples)).toEqual([2 * 2 * 96]);
});
