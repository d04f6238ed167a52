import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/render/html.ts';
import { openBrowser } from '../../src/render/pdf-browser.ts';
import type { Report } from '../../src/report/blocks.ts';
import { buildReport } from '../../src/report/index.ts';
import { blocksOf } from '../helpers/report-of.ts';
import { analyzeSample } from '../helpers/sample-analysis.ts';
import { countShown, findViolations, LOOKS, showPage, stylesOf, withoutPolicy } from '../helpers/shown-page.ts';

const OPEN_ALL = "for (const each of document.querySelectorAll('details')) each.open = true";
const SAMPLES = ['steady-growth', 'fragmentation', 'cache-at-maxmemory', 'restarts-with-a-gap'] as const;

/** Pages of recorded servers, with everything opened, as readers meet them. */
describe.each(SAMPLES)('the page of %s', (sample) => {
  let browser: Browser;
  let report: Report;
  let html: string;

  beforeAll(async () => {
    browser = await openBrowser();
    report = buildReport(await analyzeSample(sample));
    html = await renderHtml(report);
  });

  afterAll(async () => {
    await browser.close();
  });

  it.each(LOOKS)('has no accessibility violation and no sideways scrolling at %i px in the %s theme', async (width, scheme) => {
    const { page } = await showPage(browser, withoutPolicy(html), { width, scheme });
    await page.evaluate(OPEN_ALL);
    expect(await findViolations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await page.close();
  });

  it('breaks no rule of its policy, complains of nothing, and stays under its size', async () => {
    const { page, complaints } = await showPage(browser, html);
    await page.evaluate(OPEN_ALL);
    expect(complaints).toEqual([]);
    expect(html.length).toBeLessThan(600_000);
    await page.close();
  });

  it('tells in words what each chart shows, with its figures, beyond its title', async () => {
    const charts = blocksOf(report).flatMap((block) => (block.type === 'chart' ? [block] : []));
    for (const { id, title, alt } of charts) {
      expect(alt.length, id).toBeGreaterThan(title.length);
      expect(alt, id).toMatch(/\d/);
    }
    expect(new Set(charts.map(({ alt, id }) => `${id} ${alt}`)).size).toBe(charts.length);
  });
});

describe('the page of two recorded servers', () => {
  it('has no accessibility violation, though both are told under the same headings', async () => {
    const [analysis, other] = [await analyzeSample('fragmentation'), await analyzeSample('restarts-with-a-gap')];
    const html = await renderHtml(buildReport({ ...analysis, nodes: [...analysis.nodes, ...other.nodes] }));
    const browser = await openBrowser();
    try {
      const { page } = await showPage(browser, withoutPolicy(html), { width: 1280 });
      await page.evaluate(OPEN_ALL);
      expect(await findViolations(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(1280);
    } finally {
      await browser.close();
    }
  });
});

describe('a page of a recorded server', () => {
  let browser: Browser;
  let html: string;

  beforeAll(async () => {
    browser = await openBrowser();
    html = await renderHtml(buildReport(await analyzeSample('fragmentation')));
  });

  afterAll(async () => {
    await browser.close();
  });

  it('opens by its own handles without JavaScript, to formula, inputs and source', async () => {
    const { page } = await showPage(browser, html, { scripts: false });
    const shown = async (): Promise<string> => String(await page.evaluate('document.body.innerText'));
    expect(await shown()).not.toContain('highest peak between samples');
    await page.click('#explain-figures > summary');
    expect(await shown()).toMatch(/highest peak between samples: 524 MiB/);
    expect(await shown()).toContain('docs/methodology.md, “Peaks”');
    await page.click('#budget-table .below summary');
    expect(await shown()).toContain('the budget starts from the highest moment');
    await page.close();
  });

  it('opens what a link leads into', async () => {
    const { page } = await showPage(browser, html, { hash: 'explain-maxmemory' });
    expect(await page.$eval('#explain-figures', (fold) => fold.hasAttribute('open'))).toBe(true);
    await page.close();
  });

  it('opens and closes everything by one button, for printing', async () => {
    const { page } = await showPage(browser, html);
    const open = (): Promise<number> =>
      page.$$eval('main details:not(.tools)', (folds) => folds.filter((fold) => fold.hasAttribute('open')).length);
    const folds = await page.$$('main details:not(.tools)');
    expect(await open()).toBe(0);
    await page.click('nav.contents button');
    expect(await open()).toBe(folds.length);
    await page.emulateMediaType('print');
    expect(await countShown(page, '.explanation')).toBe(await page.$$eval('.explanation', (all) => all.length));
    await page.emulateMediaType('screen');
    await page.click('nav.contents button');
    expect(await open()).toBe(0);
    await page.close();
  });

  it('prints neither handles, tools nor links to parts, nor what is folded', async () => {
    const { page } = await showPage(browser, html);
    await page.emulateMediaType('print');
    for (const gone of ['.foot', '.hover', '.anchor', 'button:not(.sort)', '.explanations', '.more > .explanation', 'nav.contents'])
      expect(await countShown(page, gone), gone).toBe(0);
    // The formula itself is the handle of its explanation, and stays.
    expect(await countShown(page, '#budget-table summary')).toBeGreaterThan(8);
    await page.close();
  });

  it('is drawn in the colours of the system where those are forced', async () => {
    const { page } = await showPage(browser, withoutPolicy(html), { scheme: 'dark', media: [{ name: 'forced-colors', value: 'active' }] });
    const [paper] = await stylesOf(page, 'body', 'backgroundColor');
    const inks = await stylesOf(page, '#first-chart svg.wide text.tick, #first-chart svg.wide .line.used', 'fill');
    expect(inks).not.toContain(paper);
    const strokes = new Set(await stylesOf(page, '#first-chart svg.wide .line', 'stroke'));
    expect(strokes.has(String(paper))).toBe(false);
    expect(await findViolations(page)).toEqual([]);
    await page.close();
  });

  it('moves nothing by itself', async () => {
    const { page } = await showPage(browser, html);
    expect(new Set(await stylesOf(page, '*', 'animationName'))).toEqual(new Set(['none']));
    expect(new Set(await stylesOf(page, '*', 'transitionDuration'))).toEqual(new Set(['0s']));
    expect(new Set(await stylesOf(page, 'html', 'scrollBehavior'))).toEqual(new Set(['auto']));
    await page.close();
  });

  it('can be read where its style and scripts were taken away', async () => {
    const bare = html
      .replace(/<style>[\s\S]*?<\/style>/, '')
      .replace(/<script[\s\S]*?<\/script>/g, '')
      .replace(/ style="[^"]*"/g, '');
    const { page, complaints } = await showPage(browser, bare, { width: 1000, scripts: false });
    expect(complaints).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(1000);
    expect(await countShown(page, 'svg.narrow')).toBe(0);
    expect(await stylesOf(page, '#first-chart svg.wide .line.rss', 'fill')).toEqual(['none']);
    const text = String(await page.evaluate('document.body.innerText'));
    expect(text).toContain('CONFIG SET activedefrag yes');
    expect(text).not.toMatch(/^#$/m);
    await page.close();
  });
});
