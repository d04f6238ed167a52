import { describe, expect, it } from 'vitest';
import { analyzeHistories } from '../../../src/analysis/index.ts';
import { loadCatalog } from '../../../src/catalogs/index.ts';
import { render } from '../../../src/index.ts';
import type { KeyspaceSample, SampledKey } from '../../../src/model/keyspace-sample.ts';
import { buildReport } from '../../../src/report/index.ts';
import { buildNodeHistory, sampleEvery } from '../../helpers/node-history.ts';
import { blocksOf, tableOf } from '../../helpers/report-of.ts';
import { strictlyValidate } from '../../helpers/strict-analysis.ts';

const MiB = 2 ** 20;
const history = buildNodeHistory(
  sampleEvery(60, 60, () => ({
    usedMemoryBytes: 100 * MiB,
    usedMemoryRssBytes: 110 * MiB,
    texts: { maxmemoryPolicy: 'volatile-lru', redisVersion: '7.0.15' },
  })),
);
const key = (name: string, bytes: number, ttlSeconds?: number): SampledKey => ({ name, bytes, type: 'string', ttlSeconds });
const draws = Array.from({ length: 40 }, (_, i) => [key(`user:${i}`, 200), key(`page/${i}`, 800 + (i % 3) * 100, 3600)]);
const SAMPLE: KeyspaceSample = {
  nodeIds: [history.nodeId],
  takenFrom: 'replica-7:6379',
  reason: 'replica',
  at: history.toAt,
  seconds: 3,
  wantedKeys: 100,
  keysPerSecond: 500,
  isCut: true,
  lostKeys: 2,
  unseenKeys: 17,
  hasSlotTables: true,
  databases: [{ index: 0, keys: 8000, draws, isComplete: false }],
};

async function analysisOf(...samples: KeyspaceSample[]) {
  return analyzeHistories([history], [], {
    generatedAt: 0,
    catalog: await loadCatalog(),
    catalogDates: {},
    keyspaceSamples: samples,
    tool: { name: 'redis-headroom', version: '0.0.0' },
  });
}

describe('what the data is made of', () => {
  it('is left out where no key was looked at', async () => {
    expect(buildReport(await analysisOf()).sections.map(({ id }) => id)).not.toContain('keyspace');
  });

  it('is told with each doubt about it', async () => {
    const analysis = await analysisOf(SAMPLE);
    strictlyValidate(analysis);
    const report = buildReport(analysis);
    const section = report.sections.find(({ id }) => id === 'keyspace');
    expect(tableOf(report, 'keyspace-prefixes')?.rows.map((row) => row.slice(1, 3))).toEqual([
      ['4,000', '3.42 MiB'],
      ['4,000', '781 KiB'],
    ]);
    expect(section?.blocks.find(({ type }) => type === 'chart')).toMatchObject({ form: 'bars', title: 'page/* takes 82 % of the bytes' });
    const told = JSON.stringify(section?.blocks);
    for (const words of [
      '80 of 8,000 keys were looked at on',
      'drawn by chance from replica-7:6379, a replica, so that the primary was left alone',
      'was missed with a chance of 99 %',
      'Under volatile-lru only keys with an expiry may be ',
      'they hold 82 % of the bytes.',
      '100 keys were asked for, but the time was up',
      '17 keys of other databases are in no figure here',
      '2 keys were drawn but not measured',
      'keys of small slots are seen too often',
    ])
      expect(told).toContain(words);
  });

  it('has no doubts that it does not need', async () => {
    const whole = { ...SAMPLE, isCut: false, lostKeys: 0, unseenKeys: 0, databases: [{ index: 0, keys: 80, draws, isComplete: true }] };
    const told = JSON.stringify(buildReport(await analysisOf(whole)).sections.find(({ id }) => id === 'keyspace')?.blocks);
    expect(told).toContain('All 80 keys were looked at');
    expect(told).not.toMatch(/missed with a chance|time was up|other databases|not measured|slots|at least; light/);
  });

  it('shows names as they were read, whatever they are made of, in every format', async () => {
    const names = ['</style><img src=x onerror=alert(1)>:1', '`code` | pipe **bold**', '{{{x}}}', '', '=1+1', '*'];
    const hostile = {
      ...SAMPLE,
      unseenKeys: 0,
      databases: [{ index: 0, keys: 6, draws: [names.map((name) => key(name, 500))], isComplete: true }],
    };
    const report = buildReport(await analysisOf(hostile));
    const html = String(await render(report, 'html'));
    expect(html).not.toContain('<img src=x');
    expect(html).toContain('&lt;/style&gt;&lt;img src&#x3D;x onerror&#x3D;alert(1)&gt;');
    expect(html).toContain('{{{x}}}');
    const rows = tableOf(report, 'keyspace-largest')?.table.rows ?? [];
    expect(rows).toHaveLength(6);
    const markdown = String(await render(report, 'md'));
    const table = markdown.slice(markdown.indexOf('**The largest keys**')).split('\n\n')[1]?.split('\n') ?? [];
    // The same number of cells in every line: no name breaks out of its own.
    expect(new Set(table.map((line) => line.replaceAll('\\|', '').match(/\|/g)?.length)).size).toBe(1);
    expect(table).toHaveLength(8);
    expect(String(await render(report, 'jira'))).toContain('(no name)');
  });

  it('is taken off the hits of the server that was asked', async () => {
    const asked = buildNodeHistory(
      sampleEvery(60, 60, (i) => ({ usedMemoryBytes: 100 * MiB, keyspaceHits: i * 10, keyspaceMisses: i * 10 })),
      { nodeId: 'replica-7:6379' },
    );
    const catalog = await loadCatalog();
    const ratioWith = (keyspaceSamples: readonly KeyspaceSample[]) =>
      analyzeHistories([asked], [], { generatedAt: 0, catalog, catalogDates: {}, keyspaceSamples, tool: { name: 'x', version: '0' } })
        .nodes[0]?.activity.hitRatio;
    expect(ratioWith([])).toBe(0.5);
    // 590 hits, of which 160 were of 80 keys.
    expect(ratioWith([SAMPLE])).toBeCloseTo(430 / 1020, 10);
  });

  it('stands with each node of several that has a sample', async () => {
    const other = buildNodeHistory(
      sampleEvery(60, 60, () => ({ usedMemoryBytes: 100 * MiB })),
      { nodeId: 'b:6379' },
    );
    const analysis = analyzeHistories([history, other], [], {
      generatedAt: 0,
      catalog: await loadCatalog(),
      catalogDates: {},
      keyspaceSamples: [SAMPLE, { ...SAMPLE, nodeIds: ['not-in-it:1', 'b:6379'] }],
      tool: { name: 'redis-headroom', version: '0.0.0' },
    });
    const charts = blocksOf(buildReport(analysis)).filter((block) => block.type === 'chart' && block.id.endsWith('keyspace-chart'));
    expect(charts).toHaveLength(2);
  });
});
