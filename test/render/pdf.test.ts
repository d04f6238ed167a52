import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { getDocument, type PDFDocumentLoadingTask, type PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderPdf } from '../../src/render/pdf.ts';
import { stabilizePdf } from '../../src/render/pdf-stable.ts';
import { soilReport } from '../helpers/hostile.ts';
import { report } from '../helpers/report.ts';

// pdfjs takes the buffer over, so it gets a copy.
function open(pdf: Uint8Array): PDFDocumentLoadingTask {
  return getDocument({ data: pdf.slice(), verbosity: 0 });
}

async function textOf(document: PDFDocumentProxy, pageNumber: number): Promise<string> {
  const content = await (await document.getPage(pageNumber)).getTextContent();
  return content.items
    .map((item) => ('str' in item ? item.str : ''))
    .join(' ')
    .replace(/\s+/g, ' ');
}

/** The objects of the file as clear text. */
function unpacked(pdf: Uint8Array): string {
  const text = Buffer.from(pdf).toString('latin1');
  return [...text.matchAll(/\/Type \/ObjStm [^>]*\/Length (\d+)>> stream\n/g)]
    .map((match) => {
      const from = match.index + match[0].length;
      return inflateSync(Buffer.from(text.slice(from, from + Number(match[1])), 'latin1')).toString('latin1');
    })
    .join('\n');
}

describe('renderPdf', () => {
  let pdf: Uint8Array;
  let opened: PDFDocumentLoadingTask;
  let document: PDFDocumentProxy;

  beforeAll(async () => {
    pdf = await renderPdf(report);
    opened = open(pdf);
    document = await opened.promise;
  });

  afterAll(async () => {
    await opened.destroy();
  });

  it('holds the whole answer on its first page', async () => {
    const first = await textOf(document, 1);
    for (const text of [
      'Raise the machine before mid-December.',
      'Action needed',
      '11.4 GiB',
      '10 → 13.5 GiB',
      'CONFIG SET maxmemory 14495514624',
      'What would not help',
      'Evidence B',
    ]) {
      expect(first).toContain(text);
    }
    expect(await textOf(document, 2)).toContain('Above 80 % of the machine for 31 hours');
  });

  it('numbers its pages, and heads all but the first with the name of the report', async () => {
    expect(document.numPages).toBeGreaterThan(3);
    expect(await textOf(document, 1)).toContain(`Page 1 of ${document.numPages}`);
    for (let page = 2; page <= document.numPages; page++) {
      const text = await textOf(document, page);
      expect(text).toContain(`Page ${page} of ${document.numPages}`);
      expect(text).toContain(report.documentTitle);
    }
    expect(await textOf(document, 1)).not.toContain(report.documentTitle);
  });

  it('says title, language and date, is tagged, and has an outline of its sections', async () => {
    const { info } = (await document.getMetadata()) as { info: Record<string, unknown> };
    expect(info).toMatchObject({
      Title: report.documentTitle,
      Language: 'en',
      CreationDate: "D:20261102093000+00'00'",
      ModDate: "D:20261102093000+00'00'",
    });
    expect(await document.getMarkInfo()).toEqual(
      new Map([
        ['Marked', true],
        ['UserProperties', false],
        ['Suspects', false],
      ]),
    );
    const titles = JSON.stringify(await document.getOutline());
    for (const section of report.sections) expect(titles).toContain(section.title);
  });

  it('gives each chart to a screen reader as a figure with its text', async () => {
    const tree = JSON.stringify(await (await document.getPage(1)).getStructTree());
    expect(tree).toContain('"role":"Figure"');
    expect(tree).toContain('RSS kept the level of its October peak');
  });

  it('embeds its fonts as fonts, not as drawings of letters', () => {
    const text = unpacked(pdf);
    expect(text).toMatch(/\/BaseFont \/[A-Z]{6}\+Inter-Regular/);
    expect(text).toMatch(/\/BaseFont \/[A-Z]{6}\+Inter-SemiBold/);
    expect(text).not.toContain('/Subtype /Type3');
    expect(text.match(/\/Type \/FontDescriptor/g)?.length).toBe(text.match(/\/FontFile[23]? \d+ 0 R/g)?.length);
  });

  it('stays well under its size', () => {
    expect(pdf.length).toBeLessThan(500_000);
  });

  it('gives the same bytes for the same report', async () => {
    expect(Buffer.compare(await renderPdf(report), pdf)).toBe(0);
  });

  it('prints on Letter when told to', async () => {
    const letter = open(await renderPdf(report, { paper: 'letter' }));
    const [, , width, height] = (await (await letter.promise).getPage(1)).view;
    expect([Math.round(width as number), Math.round(height as number)]).toEqual([612, 792]);
    await letter.destroy();
  });

  it('passes over a browser that does not start, and says so', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'headroom-browser-'));
    try {
      const broken = join(folder, 'chrome');
      await writeFile(broken, '#!/bin/sh\necho "no display" >&2\nexit 1\n', { mode: 0o755 });
      const messages: string[] = [];
      const printed = await renderPdf(report, { browserPath: broken, onMessage: (message) => messages.push(message) });
      expect(printed.length).toBeGreaterThan(10_000);
      expect(messages).toEqual([expect.stringMatching(/^PDF: .*chrome did not start: /)]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('asks nobody on the network, whatever the texts say', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const hostile = `<img src="${address}/img"><script src="${address}/js"></script></style><style>@import url(${address}/css)</style>`;
      await renderPdf(soilReport(report, hostile));
      expect(asked).toEqual([]);
    } finally {
      server.close();
    }
  });
});

describe('stabilizePdf', () => {
  it('replaces dates and identifier and moves nothing', () => {
    const source = "x /CreationDate (D:20261122100501+02'00')\n/ModDate (D:20261122100501+02'00') /ID [<a1B2> <C3d4>] \u00ff";
    const stable = Buffer.from(stabilizePdf(Buffer.from(source, 'latin1'), Date.UTC(2026, 0, 2, 3, 4, 5))).toString('latin1');
    expect(stable).toBe("x /CreationDate (D:20260102030405+00'00')\n/ModDate (D:20260102030405+00'00') /ID [<0000> <0000>] \u00ff");
    expect(stable.length).toBe(source.length);
  });

  it('counts the names of tags anew in their order', () => {
    const source = '/ID (node00000450) /Headers [(node00000449) (node00000450)] (node00001000)';
    const stable = Buffer.from(stabilizePdf(Buffer.from(source, 'latin1'), 0)).toString('latin1');
    expect(stable).toBe('/ID (node00000002) /Headers [(node00000001) (node00000002)] (node00000003)');
  });
});
