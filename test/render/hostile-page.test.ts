import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Analysis, NodeAnalysis } from '../../src/model/analysis.ts';
import { renderHtml } from '../../src/render/html.ts';
import { openBrowser } from '../../src/render/pdf-browser.ts';
import { buildReport } from '../../src/report/index.ts';
import { HOSTILE } from '../helpers/hostile.ts';
import { analyzeSample } from '../helpers/sample-analysis.ts';
import { showPage } from '../helpers/shown-page.ts';

type Choice = NonNullable<NodeAnalysis['provisioning']['instance']['recommended']>;

/** The node with a hostile text in each field that a server, a file, a catalog or a user gave. */
function plantNode(node: NodeAnalysis, hostile: string): NodeAnalysis {
  const choice: Choice = {
    provider: hostile,
    offering: hostile,
    name: hostile,
    memoryBytes: 4e9,
    usableBytes: 3e9,
    rule: 'target-ratio',
    shards: 1,
    priceUsdHour: 0.1,
    priceRegion: hostile,
    priceAsOf: hostile,
    fillNow: 0.2,
    fillAtHorizon: 0.4,
    source: hostile,
  };
  const { fragmentation, provisioning } = node;
  const { activedefrag } = fragmentation;
  return {
    ...node,
    id: hostile,
    engine: { ...node.engine, version: hostile },
    allocator: hostile,
    maxmemoryPolicy: hostile,
    fragmentation: {
      ...fragmentation,
      activedefrag: { ...activedefrag, parameters: activedefrag.parameters.map((each) => ({ ...each, current: hostile })) },
    },
    provisioning: {
      ...provisioning,
      instance: {
        ...provisioning.instance,
        current: choice,
        recommended: choice,
        alternatives: [{ ...choice, name: `${hostile}2` }],
        rejected: [{ provider: hostile, offering: hostile, name: hostile, reason: hostile }],
      },
    },
    findings: node.findings.map((finding) => ({
      ...finding,
      commands: [`CONFIG SET ${hostile}`],
      evidence: Object.fromEntries(
        Object.entries(finding.evidence).map(([id, value]) => [id, typeof value === 'string' ? hostile : value]),
      ),
    })),
    actions: node.actions.map((action) => ({ ...action, commands: [`CONFIG SET ${hostile}`], verify: hostile, undo: [hostile] })),
    peaks: { ...node.peaks, lives: node.peaks.lives?.map((life) => ({ ...life, version: hostile })) },
  };
}

function plant(analysis: Analysis, hostile: string, nodes: number): Analysis {
  const planted = analysis.nodes.flatMap((node) =>
    Array.from({ length: nodes }, (_, i) => ({ ...plantNode(node, hostile), id: i === 0 ? hostile : `${hostile}${i}` })),
  );
  return {
    ...analysis,
    title: hostile,
    inputs: analysis.inputs.map((input) => ({
      ...input,
      input: hostile,
      dialect: hostile,
      rejectedRows: 1,
      rejections: [{ line: 1, reason: hostile }],
      notes: [hostile],
    })),
    nodes: planted,
    groups:
      nodes === 1
        ? []
        : [
            {
              id: hostile,
              kind: 'fleet',
              nodeIds: planted.map(({ id }) => id),
              members: planted.map(({ id }) => ({ nodeId: id, zone: hostile })),
              source: 'config',
              labels: { [hostile]: hostile },
            },
          ],
  };
}

/** Names from outside, in every field that holds one, on a page that is read, opened and zoomed on a phone. */
describe('a page with hostile names in every field from outside', () => {
  let browser: Browser;
  let analysis: Analysis;

  beforeAll(async () => {
    browser = await openBrowser();
    analysis = await analyzeSample('fragmentation');
  });

  afterAll(async () => {
    await browser.close();
  });

  it.each(
    HOSTILE.flatMap((hostile) => [
      [hostile.slice(0, 40), 'one node', hostile, 1] as const,
      [hostile.slice(0, 40), 'a fleet', hostile, 2] as const,
    ]),
  )('runs nothing, breaks no policy and keeps its width with %j (%s)', async (_, __, hostile, nodes) => {
    const html = await renderHtml(buildReport(plant(analysis, hostile, nodes)));
    const { page, complaints } = await showPage(browser, html, { width: 390 });
    await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    const [reader] = await page.$$('[role=slider]');
    await reader?.focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('+');
    expect((await page.$$('svg.zoomed')).length).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
    expect(await page.$$('img, iframe, object, form')).toHaveLength(0);
    await page.close();
  });
});
