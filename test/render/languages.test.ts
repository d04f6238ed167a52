import { join } from 'node:path';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze, buildReport, ingest } from '../../src/index.ts';
import { LANGUAGE_TAGS } from '../../src/locales/index.ts';
import type { LanguageTag } from '../../src/locales/tags.ts';
import { MiB } from '../../src/model/bytes.ts';
import { renderHtml } from '../../src/render/html.ts';
import { renderPdf } from '../../src/render/pdf.ts';
import { openBrowser } from '../../src/render/pdf-browser.ts';
import type { Report } from '../../src/report/blocks.ts';
import { ENGLISH_WORDS } from '../helpers/english-words.ts';
import { findViolations, showPage, withoutPolicy } from '../helpers/shown-page.ts';

const SAMPLE = join(import.meta.dirname, '..', '..', 'samples', 'steady-growth.csv');

/** What is written in each language where the script of the page, or the sheet, writes it. */
const WRITTEN: Readonly<
  Record<LanguageTag, { lastOfFirstSide: string; page: (page: number, of: number) => string; instant: RegExp; day: RegExp }>
> = {
  en: {
    lastOfFirstSide: 'Evidence B',
    page: (page, of) => `page ${page} of ${of}`,
    instant: /^\d+ (?:Apr|May) \d\d:\d\d$/,
    day: /^\d+ (?:Apr|May)$/,
  },
  'pt-BR': {
    lastOfFirstSide: 'Evidências, nota B',
    page: (page, of) => `página ${page} de ${of}`,
    instant: /^\d+ de (?:abr|mai)\. às \d\d:\d\d$/,
    day: /^\d\d\/0[45]$/,
  },
};

/** Longer words must fit where the English ones do. */
describe.each(LANGUAGE_TAGS)('a report in %s', (tag) => {
  const written = WRITTEN[tag];
  let report: Report;
  let html: string;
  let browser: Browser;

  beforeAll(async () => {
    const analysis = await analyze(await ingest([SAMPLE]), {
      systemMemoryBytes: 576 * MiB,
      providers: ['aws'],
      timeZone: 'America/Sao_Paulo',
      generatedAt: Date.UTC(2026, 10, 1),
    });
    report = buildReport(analysis, { language: tag });
    html = await renderHtml(report);
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser.close();
  });

  it.each([320, 390, 820, 1280])('names its language, and keeps its width at %i px', async (width) => {
    const { page, complaints } = await showPage(browser, html, { width });
    expect(await page.evaluate('document.documentElement.lang')).toBe(tag);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.skipIf(tag === 'en')('leaves nothing in English on the page, in its labels, or in what its script adds', async () => {
    const { page } = await showPage(browser, html);
    const texts = (await page.evaluate(`[...document.querySelectorAll(':not(script, style, code, pre)')].flatMap((element) => [
      ...[...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data),
      ...[...element.attributes].filter(({ name }) => /^(?:aria-label|aria-valuetext|title|alt|placeholder)$/.test(name)).map(({ value }) => value),
    ])`)) as string[];
    expect(texts.length).toBeGreaterThan(1000);
    expect(texts.filter((text) => text.match(ENGLISH_WORDS) !== null)).toEqual([]);
    await page.close();
  });

  it('has no accessibility violation', async () => {
    const { page } = await showPage(browser, withoutPolicy(html), { width: 390 });
    expect(await findViolations(page)).toEqual([]);
    await page.close();
  });

  it('writes instants in a chart that is read and zoomed as it does elsewhere', async () => {
    const { page } = await showPage(browser, html);
    const reader = '#memory-chart [role=slider]';
    await page.focus(reader);
    await page.keyboard.press('Home');
    const [instant = '', ...values] = (await page.$eval(reader, (element) => element.getAttribute('aria-valuetext') ?? '')).split(' · ');
    expect(instant).toMatch(written.instant);
    expect(values.length).toBeGreaterThan(1);
    await page.keyboard.press('+');
    const ticksOf = (anchor: string): Promise<string[]> =>
      page.$$eval(`#memory-chart svg.wide .zoomed-axis [text-anchor=${anchor}]`, (texts) => texts.map((text) => text.textContent ?? ''));
    const days = await ticksOf('middle');
    expect(days.length).toBeGreaterThan(3);
    for (const day of days) expect(day).toMatch(written.day);
    const heights = await ticksOf('end');
    expect(heights.length).toBeGreaterThan(2);
    for (const height of heights) expect(height).toMatch(/^(?:0|\d+ MiB)$/);
    expect(await page.$eval('[role=status]', (status) => status.textContent)).toContain(`${report.words.shown}: `);
    await page.close();
  });

  it('keeps the whole answer on the first side of its PDF, which says its language', async () => {
    const opened = getDocument({ data: (await renderPdf(report)).slice(), verbosity: 0 });
    const document = await opened.promise;
    const textOf = async (number: number): Promise<string> => {
      const { items } = await (await document.getPage(number)).getTextContent();
      return items
        .map((item) => ('str' in item ? item.str : ''))
        .join(' ')
        .replace(/\s+/g, ' ');
    };
    const first = await textOf(1);
    for (const text of [report.cover.status.label, report.cover.verdict, written.lastOfFirstSide]) expect(first).toContain(text);
    expect(first).toContain(written.page(1, document.numPages));
    expect(await textOf(2)).toContain(report.documentTitle);
    expect((await document.getMetadata()).info).toMatchObject({ Title: report.documentTitle, Language: tag });
    await opened.destroy();
  });
});
