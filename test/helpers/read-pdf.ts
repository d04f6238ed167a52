import { readFileSync } from 'node:fs';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** All that a PDF says: its pages, its metadata and its outline, without spaces, at which lines may break. */
export async function readPdfText(path: string): Promise<string> {
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
