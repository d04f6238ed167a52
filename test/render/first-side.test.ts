import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { describe, expect, it } from 'vitest';
import { analyze, buildReport, ingest, render } from '../../src/index.ts';
import { parseBytes } from '../../src/model/bytes.ts';

const SAMPLES = join(import.meta.dirname, '..', '..', 'samples');
const NAMES = readdirSync(SAMPLES).flatMap((file) => (file.endsWith('.csv') ? [file.slice(0, -'.csv'.length)] : []));

async function textsOf(pdf: Uint8Array, pages: readonly number[]): Promise<string[]> {
  const document = await getDocument({ data: pdf.slice() }).promise;
  const texts: string[] = [];
  for (const page of pages) {
    const { items } = await (await document.getPage(page)).getTextContent();
    texts.push(
      items
        .map((item) => ('str' in item ? item.str : ''))
        .join(' ')
        .replace(/\s+/g, ' '),
    );
  }
  return texts;
}

describe.each(NAMES)('the printed report of %s', (name) => {
  it('has its whole answer on the first side, and how to check and undo it on the next', async () => {
    const truth = JSON.parse(readFileSync(join(SAMPLES, 'truth', `${name}.json`), 'utf8')) as { readonly systemMemory: string };
    const ingested = await ingest([join(SAMPLES, `${name}.csv`)]);
    const analysis = await analyze(ingested, {
      systemMemoryBytes: parseBytes(truth.systemMemory),
      providers: ['aws'],
      generatedAt: Date.UTC(2026, 10, 2),
    });
    const report = buildReport(analysis);
    const [first = '', second = ''] = await textsOf((await render(report, 'pdf')) as Uint8Array, [1, 2]);
    const grade = analysis.nodes[0]?.quality.grade;
    expect(first).toContain(`Evidence ${grade}:`);
    expect(first).not.toContain('Check:');
    const checks = analysis.nodes[0]?.actions.filter(({ verify }) => verify !== undefined).length ?? 0;
    expect(second.match(/Check:/g)?.length ?? 0).toBe(checks);
    expect(second).toContain('Findings');
  });
});
