import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/model/analysis.ts';
import { renderHtml } from '../../src/render/html.ts';
import { renderPdf } from '../../src/render/pdf.ts';
import { openBrowser } from '../../src/render/pdf-browser.ts';
import { buildReport } from '../../src/report/index.ts';
import { HOSTILE } from '../helpers/hostile.ts';
import { analyzeMadeClusters, usedBytesOfShard } from '../helpers/made-cluster.ts';
import { analyzeRecordedCluster } from '../helpers/recorded-cluster.ts';
import { findViolations, LOOKS, showPage, withoutPolicy } from '../helpers/shown-page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
});

async function textsOf(pdf: Uint8Array, pages: readonly number[]): Promise<string[]> {
  const document = await getDocument({ data: pdf.slice() }).promise;
  return Promise.all(
    pages.map(async (number) => {
      const { items } = await (await document.getPage(number)).getTextContent();
      const words = items.map((item) => ('str' in item ? item.str : ''));
      return words.join(' ').replace(/\s+/g, ' ');
    }),
  );
}

/** Six shards with names as a service gives them, that want everything a group can be told. */
async function analyzeDemandingCluster(): Promise<Analysis> {
  const analysis = await analyzeMadeClusters({
    shards: 6,
    nameOf: (shard, replica) => `orders-cache-${shard}001-00${replica + 1}.orders-cache.abc123.use1.cache.amazonaws.com:6379`,
    usedBytesOf: (shard) => 1.7 * usedBytesOfShard(shard),
  });
  const [group] = analysis.groups;
  const [node] = analysis.nodes;
  const action = node?.actions[0];
  if (group === undefined || node === undefined || action === undefined) throw new Error('no group');
  const ids = ['lower-maxmemory', 'resize-up', 'raise-backlog', 'upgrade-engine'] as const;
  const commands = ['CONFIG SET maxmemory 10737418240', 'CONFIG REWRITE'];
  const actions = ids.map((id) => ({ ...action, id, commands, undo: commands, verify: 'redis-cli INFO memory' }));
  const nodes = analysis.nodes.map((each) => (each.id === node.id ? { ...each, actions } : each));
  const steps = ids.map((id) => ({ id, nodeId: node.id, nodeIds: group.nodeIds, differs: true }));
  return { ...analysis, nodes, groups: [{ ...group, steps }] };
}

describe.each([
  ['recorded', () => analyzeRecordedCluster()],
  ['with six shards, long names and four steps', analyzeDemandingCluster],
  ['of sixteen shards', () => analyzeMadeClusters({ shards: 16 })],
  ['that is a primary with its replica', () => analyzeMadeClusters({ shards: 1 })],
] as const)('the printed report of a cluster %s', (_, analyze) => {
  it('has its whole answer on the first side, and how to check and undo it on the next', async () => {
    const analysis = await analyze();
    const report = buildReport(analysis, { nodePages: 'none' });
    const [first = '', second = ''] = await textsOf(await renderPdf(report), [1, 2]);
    expect(first).toContain('Evidence ');
    expect(first).toContain('explains the rest to a reader new to Redis');
    for (const block of report.first) {
      if (block.type === 'figures') for (const { value } of block.figures) expect(first).toContain(value);
      if (block.type === 'panels') for (const { value } of block.panels) expect(first).toContain(value);
    }
    expect(first).not.toContain('Check:');
    const checks = report.first.flatMap((block) => (block.type === 'actions' ? block.steps.filter(({ notes }) => notes.length > 0) : []));
    if (checks.length > 0) expect(second).toContain('Check:');
  });
});

describe.each([
  ['recorded', () => analyzeRecordedCluster(), 'inline'],
  ['of sixteen shards', () => analyzeMadeClusters({ shards: 16 }), 'none'],
] as const)('the page of a cluster %s', (_, analyze, nodePages) => {
  let html: string;
  beforeAll(async () => {
    html = await renderHtml(buildReport(await analyze(), { nodePages, nodeAddress: () => 'nodes/each.html' }));
  });

  it.each(LOOKS)('has no accessibility violation and no sideways scrolling at %i px in the %s theme', async (width, scheme) => {
    const { page } = await showPage(browser, withoutPolicy(html), { width, scheme });
    expect(await findViolations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await page.close();
  });

  it.each([
    [1280, 3, 4],
    [390, 1, 2],
  ])('at %i px has at least %i and at most %i charts in a row', async (width, least, most) => {
    const { page } = await showPage(browser, html, { width });
    const tops = await page.$$eval('.first .panels svg.chart', (all) => all.map((each) => Math.round(each.getBoundingClientRect().top)));
    const inFirstRow = tops.filter((top) => top === tops[0]).length;
    expect(inFirstRow).toBeGreaterThanOrEqual(least);
    expect(inFirstRow).toBeLessThanOrEqual(most);
    await page.close();
  });
});

describe('a shard on the page', () => {
  it('leads by keyboard to its section', async () => {
    const { page } = await showPage(browser, await renderHtml(buildReport(await analyzeRecordedCluster())));
    const name = await page.$eval('.first .panels a', (link) => link.textContent);
    await page.focus('.first .panels a');
    await page.keyboard.press('Enter');
    const target = await page.evaluate('document.querySelector(location.hash + " h2").textContent');
    expect(target).toBe(name);
    await page.close();
  });
});

describe('a cluster whose servers have hostile names', () => {
  it.each(HOSTILE)('%j changes nothing but what is read', async (hostile) => {
    const html = await renderHtml(
      buildReport(await analyzeMadeClusters({ shards: 3, nameOf: (shard, replica) => `${hostile}${shard}-${replica}` })),
    );
    const { page, complaints } = await showPage(browser, html, { width: 1280 });
    expect(complaints).toEqual([]);
    const count = (selector: string) => page.$$eval(selector, (all) => all.length);
    expect(await count('.first .panels > li')).toBe(3);
    expect(await count('.first .panels svg[role=img]')).toBe(3);
    expect(await count('img, iframe, [onmouseover], [onfocus], [onload]')).toBe(0);
    expect(await count('script:not([type])')).toBe(1);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(1280);
    await page.close();
  });
});
