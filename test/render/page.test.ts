import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/render/html.ts';
import { openBrowser } from '../../src/render/pdf-browser.ts';
import { HOSTILE, soilReport } from '../helpers/hostile.ts';
import { report } from '../helpers/report.ts';

const ADDRESS = 'https://report.invalid/';

/** The page as a reader meets it, in the browser that prints the PDF. */
describe('the page', () => {
  let browser: Browser;
  let axe: string;

  beforeAll(async () => {
    browser = await openBrowser();
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  });

  afterAll(async () => {
    await browser.close();
  });

  async function show(
    html: string,
    width: number,
    scheme: 'light' | 'dark' = 'light',
    scripts = true,
  ): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.setRequestInterception(true);
    page.on('request', (request) => {
      if (request.url() === ADDRESS) return void request.respond({ contentType: 'text/html; charset=utf-8', body: html });
      if (!request.url().startsWith('data:')) complaints.push(request.url());
      return void request.continue();
    });
    await page.setViewport({ width, height: 900 });
    await page.setJavaScriptEnabled(scripts);
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    await page.goto(ADDRESS);
    return { page, complaints };
  }

  it.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)('has no accessibility violation at %i px in the %s theme', async (width, scheme) => {
    // The checker is a script of the test's own, which the page's policy rightly refuses.
    const { page } = await show((await renderHtml(report)).replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ''), width, scheme);
    await page.evaluate(axe);
    const violations = await page.evaluate(async () => {
      const results = await (
        globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> } }
      ).axe.run();
      return results.violations.map((violation) => `${violation.impact} ${violation.id}: ${violation.nodes[0]?.html.slice(0, 200)}`);
    });
    expect(violations).toEqual([]);
    await page.close();
  });

  it.each([1280, 820, 390, 320])('does not scroll sideways at %i px', async (width) => {
    const { page, complaints } = await show(await renderHtml(report), width);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each(HOSTILE.map((hostile) => [hostile.slice(0, 40), hostile] as const))(
    'runs nothing, loads nothing and keeps its width with %j in every text',
    async (_, hostile) => {
      const { page, complaints } = await show(await renderHtml(soilReport(report, hostile)), 390);
      expect(complaints).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
      await page.close();
    },
  );

  it('is complete without JavaScript', async () => {
    const { page } = await show(await renderHtml(report), 1280, 'light', false);
    const text = await page.evaluate('document.body.innerText');
    for (const section of report.sections) expect(text).toContain(section.title);
    expect(text).toContain('CONFIG SET maxmemory 14495514624');
    expect(await page.$$('button')).toHaveLength(0);
    expect((await page.$$('svg.wide')).length).toBe(8);
    await page.close();
  });

  it('reads out charts over the same time together, and sorts tables without sums', async () => {
    const { page } = await show(await renderHtml(report), 1280);
    const chart = await page.$('#memory-over-time svg.wide');
    const box = await chart?.boundingBox();
    if (!box) throw new Error('the chart has no box');
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    expect(await page.$eval('#memory-over-time .hover', (read) => read.textContent)).toMatch(/used \d+\.\d GiB/);
    expect(await page.$eval('#system-ratio .hover', (read) => read.textContent)).toMatch(/used \d+\.\d GiB/);
    expect(await page.$$('#budget button.sort')).toHaveLength(0);
    const order = (): Promise<string[]> => page.$$eval('#offering-table tbody th', (heads) => heads.map((head) => head.textContent ?? ''));
    const [, memory] = await page.$$('#offering-table button.sort');
    await memory?.click();
    expect((await order())[0]).toContain('r7g.2xlarge');
    await memory?.click();
    expect((await order())[0]).toContain('m7g.xlarge');
    await page.close();
  });

  it('keeps chart text at a readable size on a phone', async () => {
    const { page } = await show(await renderHtml(report), 390);
    const sizes = await page.$$eval('svg.narrow', (svgs) =>
      svgs.map((svg) => {
        const drawing = svg as unknown as { getBoundingClientRect(): { width: number }; viewBox: { baseVal: { width: number } } };
        return (12 * drawing.getBoundingClientRect().width) / drawing.viewBox.baseVal.width;
      }),
    );
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(11);
    await page.close();
  });
});
