import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/render/html.ts';
import { openBrowser } from '../../src/render/pdf-browser.ts';
import { HOSTILE, soilReport } from '../helpers/hostile.ts';
import { report } from '../helpers/report.ts';
import { findViolations, showPage, withoutPolicy } from '../helpers/shown-page.ts';

/** The page as a reader meets it, in the browser that prints the PDF. */
describe('the page', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser.close();
  });

  it.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)('has no accessibility violation at %i px in the %s theme', async (width, scheme) => {
    const { page } = await showPage(browser, withoutPolicy(await renderHtml(report)), { width, scheme });
    expect(await findViolations(page)).toEqual([]);
    await page.close();
  });

  it.each([1280, 820, 390, 320])('does not scroll sideways at %i px', async (width) => {
    const { page, complaints } = await showPage(browser, await renderHtml(report), { width });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each(HOSTILE.map((hostile) => [hostile.slice(0, 40), hostile] as const))(
    'runs nothing, loads nothing and keeps its width with %j in every text',
    async (_, hostile) => {
      const { page, complaints } = await showPage(browser, await renderHtml(soilReport(report, hostile)), { width: 390 });
      expect(complaints).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
      await page.close();
    },
  );

  it('is complete without JavaScript', async () => {
    const { page } = await showPage(browser, await renderHtml(report), { scripts: false });
    const text = await page.evaluate('document.body.innerText');
    for (const section of report.sections) expect(text).toContain(section.title);
    expect(text).toContain('CONFIG SET maxmemory 14495514624');
    expect(await page.$$('button')).toHaveLength(0);
    expect(await page.$$('.for-wide svg.wide')).toHaveLength(8);
    expect(await page.$$('.panels svg.chart')).toHaveLength(2);
    await page.close();
  });

  it('keeps chart text at a readable size on a phone', async () => {
    const { page } = await showPage(browser, await renderHtml(report), { width: 390 });
    const sizes = await page.$$eval('svg.narrow, .panels svg.chart', (svgs) =>
      svgs.map((svg) => {
        const drawing = svg as unknown as { getBoundingClientRect(): { width: number }; viewBox: { baseVal: { width: number } } };
        return (12 * drawing.getBoundingClientRect().width) / drawing.viewBox.baseVal.width;
      }),
    );
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(11);
    await page.close();
  });
});
