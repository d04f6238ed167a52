import { describe, expect, it } from 'vitest';
import { drawChart } from '../../src/charts/index.ts';
import type { Analysis } from '../../src/model/analysis.ts';
import type { Block, Report } from '../../src/report/blocks.ts';
import { buildReport } from '../../src/report/index.ts';
import { analyzeMadeClusters, nameOfNode } from '../helpers/made-cluster.ts';
import { analyzeRecordedCluster } from '../helpers/recorded-cluster.ts';
import { blocksOf, plainText } from '../helpers/report-of.ts';

type PanelsBlock = Extract<Block, { type: 'panels' }>;

const panelsIn = (blocks: readonly Block[]): PanelsBlock[] => blocks.filter((block): block is PanelsBlock => block.type === 'panels');
const ofSection = (report: Report, id: string): PanelsBlock | undefined =>
  panelsIn(report.sections.find((section) => section.id === id)?.blocks ?? [])[0];

/** Of made-up clusters, each of another size so that they are told apart. */
const made = (...sizes: readonly number[]): Promise<Analysis> =>
  analyzeMadeClusters(
    ...sizes.map((shards, i) => ({
      shards,
      seed: 'bcd'[i] ?? '',
      nameOf: (shard: number, replica: number) => (i === 0 ? '' : `other-${i}-`) + nameOfNode(shard, replica),
    })),
  );

describe('the shards of a recorded cluster, side by side', () => {
  it('are drawn as they were looked at and found good', async () => {
    const [block] = panelsIn(buildReport(await analyzeRecordedCluster()).first);
    expect(block?.panels).toHaveLength(3);
    for (const [i, { chart }] of (block?.panels ?? []).entries())
      await expect(`${drawChart(chart).replaceAll('/><', '/>\n<').replaceAll('</text><', '</text>\n<')}\n`).toMatchFileSnapshot(
        `../golden/charts/recorded-shard-${i + 1}.svg`,
      );
  });

  it('stand hottest first, on one scale, with peaks, fills and replicas as the Analysis has them', async () => {
    const analysis = await analyzeRecordedCluster();
    const [group] = analysis.groups;
    const [block] = panelsIn(buildReport(analysis).first);
    const panels = block?.panels ?? [];
    expect(panels.map(({ name }) => name)).toEqual(group?.shardPeaks?.map(({ nodeId }) => nodeId));
    expect(panels.filter(({ emphasis }) => emphasis !== undefined).map(({ name }) => name)).toEqual([group?.hottestNodeId]);
    const [first] = panels;
    expect(first).toMatchObject({ value: 'Peak 109 MiB', emphasis: 'hottest', status: { tone: 'critical', label: 'ACTION NEEDED' } });
    const replica = group?.members.find(({ replicaOf }) => replicaOf === first?.name)?.nodeId;
    expect(first?.facts).toEqual(['maxmemory 55 % · machine 49 %', `replica ${replica}: 111 MiB`]);
    expect(first?.chart.alt).toBe(
      `Used memory of ${first?.name} from 2 Nov to 11 Nov. Highest: 109 MiB. maxmemory 55 %, machine 49 %, and replica ${replica}: 111 MiB.`,
    );
    expect(block?.title).toBe(`${first?.name} is 2.24 times as full as the median shard`);
    expect(new Set(panels.map(({ chart }) => JSON.stringify([chart.x, chart.y]))).size).toBe(1);
    expect(first?.chart.limits.map(({ role }) => role)).toEqual(['maxmemory', 'target']);
  });
});

describe.each([3, 6, 16, 100])('%i shards', (count) => {
  // With much to do the first page has one row of them.
  const mostOn = { first: 3, section: 24 };

  it('are shown hottest first; of many it is said how many there are, with a link to the table of all', async () => {
    const report = buildReport(await made(count), { nodePages: 'none' });
    const [onFirst] = panelsIn(report.first);
    const inSection = ofSection(report, 'g1-group');
    expect(onFirst?.panels).toHaveLength(Math.min(count, mostOn.first));
    // What the first page shows whole is not shown again.
    expect(inSection?.panels.length).toBe(count <= mostOn.first ? undefined : Math.min(count, mostOn.section));
    for (const [block, most] of [
      [onFirst, mostOn.first],
      [inSection, mostOn.section],
    ] as const) {
      if (block === undefined) continue;
      expect(block.panels[0]).toMatchObject({ name: nameOfNode(1, 0), emphasis: 'hottest' });
      const peaks = block.panels.map(({ chart }) => chart.peak?.value ?? 0);
      expect(peaks).toEqual(peaks.toSorted((a, b) => b - a));
      const caption = plainText(block.caption ?? []);
      if (count <= most) expect(caption).not.toContain('are shown');
      else {
        expect(caption).toContain(`The ${most} hottest of ${count} shards are shown.`);
        expect(block.caption).toContainEqual({ link: '#g1-members', text: 'table of nodes' });
      }
    }
    const members = blocksOf(report).find((block) => block.type === 'table' && block.id === 'g1-members');
    expect(members?.type === 'table' && members.rows.length).toBe(2 * count);
  });

  it('take at most three kilobytes each', async () => {
    const report = buildReport(await made(count), { nodePages: 'none' });
    for (const { chart } of panelsIn(blocksOf(report)).flatMap(({ panels }) => panels)) expect(drawChart(chart).length).toBeLessThan(3072);
  });
});

describe('the first page', () => {
  it('has two rows of shards where there is less to do', async () => {
    const analysis = await made(6);
    const [group] = analysis.groups;
    if (group === undefined) throw new Error('no group');
    const withOne = { ...group, steps: group.steps?.slice(0, 1) };
    expect(panelsIn(buildReport(analysis).first)[0]?.panels).toHaveLength(3);
    const report = buildReport({ ...analysis, groups: [withOne] });
    expect(panelsIn(report.first)[0]?.panels).toHaveLength(6);
    expect(ofSection(report, 'g1-group')).toBeUndefined();
  });
});

describe('a report of several groups', () => {
  it('shows each group’s shards in its own section, on scales of their own, and keeps the page of a fleet', async () => {
    const analysis = await made(3, 5);
    const report = buildReport(analysis);
    expect(panelsIn(report.first)).toEqual([]);
    expect(report.first.some((block) => block.type === 'table' && block.id === 'fleet')).toBe(true);
    expect(analysis.groups.map(({ shards }) => shards)).toEqual([3, 5]);
    const [one, two] = [ofSection(report, 'g1-group'), ofSection(report, 'g2-group')];
    expect([one?.panels.length, two?.panels.length]).toEqual([3, 5]);
    expect(one?.panels.every(({ name }) => name.startsWith('orders'))).toBe(true);
    expect(two?.panels.every(({ name }) => name.startsWith('other-1'))).toBe(true);
  });

  it('says of shards that hold about the same that they do', async () => {
    const analysis = await analyzeMadeClusters({ shards: 4, usedBytesOf: () => 2 ** 32 });
    expect(panelsIn(buildReport(analysis).first)[0]?.title).toBe('The shards are about equally full');
  });
});
