import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { afterAll, expect, it } from 'vitest';
import { PLANTED, plantNames } from '../helpers/planted-names.ts';
import { runHere } from '../helpers/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'headroom-anonymize-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** All that a PDF says: its pages, its metadata and its outline, without spaces, at which lines may break. */
async function readPdf(path: string): Promise<string> {
  const opened = getDocument({ data: new Uint8Array(readFileSync(path)), verbosity: 0 });
  const document = await opened.promise;
  const said = [JSON.stringify(await document.getMetadata()), JSON.stringify(await document.getOutline())];
  for (let page = 1; page <= document.numPages; page++) {
    const { items } = await (await document.getPage(page)).getTextContent();
    said.push(items.map((item) => ('str' in item ? item.str : '')).join(''));
  }
  await opened.destroy();
  return said.join('\n').replace(/\s/g, '');
}

it('report --anonymize leaves none of the names in the PDF, its metadata or its outline', async () => {
  const { argv } = plantNames(folder);
  const make = async (out: string, ...more: string[]): Promise<string> => {
    expect((await runHere('report', ...argv, '--format', 'pdf', '--out', join(folder, out), ...more)).exitCode).toBe(0);
    return readPdf(join(folder, out, 'report.pdf'));
  };
  const holds = (text: string): string[] => PLANTED.filter((name) => text.toLowerCase().includes(name.toLowerCase().replace(/\s/g, '')));
  expect(holds(await make('plain'))).toEqual(expect.arrayContaining(['acme-orders.internal', '10.66.77.88', 'Acme quarterly review']));
  const hidden = await make('hidden', '--anonymize');
  expect(holds(hidden)).toEqual([]);
  expect(hidden).toContain('node-1');
});
