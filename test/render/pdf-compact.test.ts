import { inflateSync } from 'node:zlib';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { describe, expect, it } from 'vitest';
import { compactPdf } from '../../src/render/pdf-compact.ts';

/** One page with a sentence, a title and a tag, as browsers write it: every object in clear text, a plain table at the end. */
function plainPdf(tags = 1): Uint8Array {
  const drawn = 'BT /F 20 Tf 20 50 Td (Peak of October) Tj ET';
  const first = 7;
  const objects = [
    '<</Title (Memory)>>',
    '<</Type /Catalog /Pages 3 0 R /MarkInfo <</Marked true>> /StructTreeRoot 6 0 R>>',
    '<</Type /Pages /Kids [4 0 R] /Count 1>>',
    '<</Type /Page /Parent 3 0 R /MediaBox [0 0 200 100] /Contents 5 0 R /Resources <</Font <</F <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>>>>>>>',
    `<</Length ${drawn.length}>> stream\n${drawn}\nendstream`,
    `<</Type /StructTreeRoot /K [${Array.from({ length: tags }, (_, i) => `${first + i} 0 R`).join(' ')}]>>`,
    ...Array.from({ length: tags }, (_, i) => `<</Type /StructElem /S /P /P 6 0 R /Alt (tag ${i})>>`),
  ];
  let text = '%PDF-1.4\n%\u00d3\u00eb\u00e9\u00e1\n';
  const offsets = objects.map((body, i) => {
    const offset = text.length;
    text += `${i + 1} 0 obj\n${body}\nendobj\n`;
    return offset;
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  text += `xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<</Size ${size}\n/Root 2 0 R\n/Info 1 0 R>>\nstartxref\n${text.length}\n%%EOF\n`;
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

async function read(pdf: Uint8Array) {
  const opened = getDocument({ data: pdf.slice(), verbosity: 0, stopAtErrors: true });
  const document = await opened.promise;
  const { items } = await (await document.getPage(1)).getTextContent();
  const { info } = (await document.getMetadata()) as { info: Record<string, unknown> };
  const told = { text: items.map((item) => ('str' in item ? item.str : '')), title: info.Title, version: info.PDFFormatVersion };
  await opened.destroy();
  return told;
}

describe('compactPdf', () => {
  it('leaves a reader the same document', async () => {
    expect(await read(plainPdf())).toEqual({ text: ['Peak of October'], title: 'Memory', version: '1.4' });
    expect(await read(compactPdf(plainPdf()))).toEqual({ text: ['Peak of October'], title: 'Memory', version: '1.5' });
  });

  it('keeps every object under its number, in streams of at most 1,000', () => {
    const packed = Buffer.from(compactPdf(plainPdf(2_500))).toString('latin1');
    const streams = [...packed.matchAll(/\/Type \/ObjStm \/N (\d+) \/First (\d+) [^>]*\/Length (\d+)>> stream\n/g)].map((match) => {
      const from = match.index + match[0].length;
      const text = inflateSync(Buffer.from(packed.slice(from, from + Number(match[3])), 'latin1')).toString('latin1');
      return {
        count: Number(match[1]),
        index: text.slice(0, Number(match[2])).trim().split(' ').map(Number),
        body: text.slice(Number(match[2])),
      };
    });
    expect(streams.map(({ count }) => count)).toEqual([1_000, 1_000, 505]);
    const bodies = streams.flatMap(({ index, body, count }) =>
      Array.from({ length: count }, (_, i) => [
        index[2 * i],
        body.slice(index[2 * i + 1], (index[2 * i + 3] ?? body.length + 1) - 1).trim(),
      ]),
    );
    expect(bodies).toHaveLength(2_505);
    expect(bodies.find(([id]) => id === 7)?.[1]).toBe('<</Type /StructElem /S /P /P 6 0 R /Alt (tag 0)>>');
    expect(bodies.find(([id]) => id === 2_506)?.[1]).toBe('<</Type /StructElem /S /P /P 6 0 R /Alt (tag 2499)>>');
    expect(packed.length).toBeLessThan(plainPdf(2_500).length / 4);
  });

  it('gives back what is no plain PDF as it is', () => {
    const compact = compactPdf(plainPdf());
    expect(compactPdf(compact)).toBe(compact);
    const encrypted = new Uint8Array(
      Buffer.from(Buffer.from(plainPdf()).toString('latin1').replace('/Info 1 0 R', '/Encrypt 1 0 R'), 'latin1'),
    );
    const notes = new TextEncoder().encode('no PDF at all');
    for (const other of [encrypted, notes, new Uint8Array()]) expect(compactPdf(other)).toBe(other);
  });
});
