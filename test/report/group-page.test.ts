import { beforeAll, describe, expect, it } from 'vitest';
import { findLocale } from '../../src/locales/index.ts';
import type { Analysis, GroupAnalysis, NodeAnalysis } from '../../src/model/analysis.ts';
import { MiB } from '../../src/model/bytes.ts';
import { DAY_MS } from '../../src/model/time.ts';
import { renderMarkdown } from '../../src/render/markdown.ts';
import type { Block, Figure, Report } from '../../src/report/blocks.ts';
import { createFormat } from '../../src/report/format.ts';
import { buildReport } from '../../src/report/index.ts';
import { analyzeMadeClusters } from '../helpers/made-cluster.ts';
import { analyzeRecordedCluster } from '../helpers/recorded-cluster.ts';
import { blocksOf, plainText } from '../helpers/report-of.ts';

let analysis: Analysis;
let group: GroupAnalysis;
let report: Report;
beforeAll(async () => {
  analysis = await analyzeRecordedCluster();
  group = analysis.groups[0] as GroupAnalysis;
  report = buildReport(analysis);
});

const node = (id: string | undefined): NodeAnalysis => analysis.nodes.find((each) => each.id === id) as NodeAnalysis;
const format = () => createFormat(findLocale('en').language, 'UTC', analysis.window.toAt);
const figuresOf = ({ first }: Report): readonly Figure[] => first.flatMap((block) => (block.type === 'figures' ? block.figures : []));
const stepsOf = ({ first }: Report) => first.flatMap((block) => (block.type === 'actions' ? block.steps : []));
const fallback = (report: Report): boolean => report.first.some((block) => block.type === 'table' && block.id === 'fleet');

describe('the first page of a report of one cluster', () => {
  it('has the cluster’s verdict, as the Analysis has it', () => {
    const lead = node(group.verdict?.nodeId);
    const days = Math.min(lead.forecast.daysToMaxmemory?.p90 ?? 999, lead.forecast.daysToSystemTarget?.p90 ?? 999);
    const date = format().date(lead.quality.toAt + days * DAY_MS);
    expect(report.cover).toMatchObject({
      subject: `Cluster of 3 shards: ${group.nodeIds[0]} and others`,
      verdict: `Raise the machines of all 6 nodes before ${date}.`,
      status: { tone: 'critical', label: 'ACTION NEEDED' },
    });
    const summary = plainText(report.cover.summary);
    const [hottest] = group.shardPeaks ?? [];
    expect(summary).toContain('2 of 6 nodes need action.');
    expect(summary).toContain(
      `The hottest, ${group.hottestNodeId}, held ${format().bytes(hottest?.bytes ?? 0)}, ${format().number(group.skewToMedian ?? 0, 2)} times the median.`,
    );
    expect(summary).toContain('Larger values make the difference, not more keys.');
    expect(summary).toContain(`On ${lead.id}: `);
    expect(summary).toContain('Each primary has a replica that can take over.');
  });

  it('tells the data, the hottest shard, until when, what to set and what to buy', () => {
    const [recommended, peak] = [group.provisioning?.instance.recommended, group.shardPeaks?.[0]];
    const figures = figuresOf(report);
    expect(figures.map(({ id, value, detail }) => [id, value, detail])).toEqual([
      ['data', format().bytes(group.dataPeakBytes ?? 0), '3 shards'],
      ['skew', format().bytes(peak?.bytes ?? 0), `${group.hottestNodeId}, ${format().number(group.skewToMedian ?? 0, 2)} × median`],
      ['days', '9 to 14 days', `${group.verdict?.nodeId}, from 20 Nov 2026`],
      ['maxmemory', `200 MiB → ${format().bytes(group.provisioning?.maxmemoryBytes.recommended ?? 0)}`, 'from the memory budget'],
      ['buy', `6 × ${recommended?.name}`, `${format().price(6 * (recommended?.priceUsdHour ?? 0))} in us-east-1`],
    ]);
    expect(figures.find(({ id }) => id === 'skew')?.tone).toBe('warning');
  });

  it('says what to do in order, whom each step is for, and what it gives to each', () => {
    const steps = stepsOf(report);
    expect(steps).toHaveLength(group.steps?.length ?? 0);
    expect(plainText(steps[0]?.title ?? [])).toMatch(/^Move to cache\./);
    expect(plainText(steps[0]?.detail ?? [])).toMatch(/^For all 6 nodes\. \$/);
    expect(steps[0]?.gives).toBe('+256 MiB each');
    expect(steps[1]?.gives).toBe('—');
  });

  it('names the nodes that a step is for where they are few, counts them where they are many, and says where their figures differ', () => {
    const [first, second] = group.nodeIds;
    if (first === undefined || second === undefined) throw new Error('no nodes');
    const id = 'upgrade-engine' as const;
    const told = (nodeIds: string[], differs: boolean) => {
      const changed = buildReport({ ...analysis, groups: [{ ...group, steps: [{ id, nodeId: first, nodeIds, differs }] }] });
      return plainText(stepsOf(changed)[0]?.detail ?? []).trim();
    };
    expect(told([first, second], false)).toBe(`For ${first} and ${second}.`);
    expect(told(group.nodeIds.slice(0, 4), false)).toBe('For 4 of 6 nodes.');
    expect(told([first, second], true)).toContain(`Shown as for ${first}: the others have their own figures`);
  });

  it('tells how good the evidence is, of the node that has the least', () => {
    const grades = analysis.nodes.map(({ quality }) => quality.grade).toSorted();
    expect(
      blocksOf(report).some((block) => block.type === 'paragraph' && plainText(block.text).startsWith(`Evidence ${grades.at(-1)}:`)),
    ).toBe(true);
  });

  it('is followed by the cluster’s section, the ranked nodes, each node, and how to read it with the words of clusters', () => {
    const ids = report.sections.filter(({ under }) => under === undefined).map(({ id }) => id);
    expect(ids).toEqual(['g1-group', 'nodes', ...analysis.nodes.map((_, i) => `n${i + 1}-node`), 'how-to-read']);
    const glossary = report.sections
      .at(-1)
      ?.blocks.find((block): block is Extract<Block, { type: 'definitions' }> => block.type === 'definitions');
    expect(glossary?.items.map(({ term }) => term)).toEqual(expect.arrayContaining(['maxmemory', 'shard', 'primary', 'replica', 'median']));
    // What the first page tells is not told again.
    expect(report.sections[0]?.blocks.map(({ type }) => type)).not.toContain('figures');
  });

  it('leads every link to a place of the page, and no two places have one name', () => {
    const blocks = blocksOf(report);
    const named = blocks.flatMap((block) => ('id' in block && block.type !== 'explanations' ? [block.id] : []));
    const anchors = [
      ...report.sections.map(({ id }) => id),
      ...named,
      ...blocks.flatMap((block) => (block.type === 'definitions' ? block.items.flatMap(({ id }) => id ?? []) : [])),
    ];
    expect(new Set(anchors).size).toBe(anchors.length);
    const links = report.first
      .filter(({ type }) => type !== 'explanations')
      .flatMap((block) => JSON.stringify(block).match(/"(?:link|href)":"#[^"]+"/g) ?? [])
      .map((link) => link.slice(link.indexOf('#') + 1, -1));
    expect(links.length).toBeGreaterThan(6);
    expect(links.filter((link) => !anchors.includes(link))).toEqual([]);
  });

  it('says the same in Markdown, with a table in place of the charts', async () => {
    const markdown = await renderMarkdown(report);
    for (const { value } of figuresOf(report)) expect(markdown).toContain(value.replace('$', '\\$'));
    expect(markdown).toContain(`| ${group.hottestNodeId} (hottest) | 109 MiB | 55 % | 49 % | ▲ ACTION NEEDED |`);
    expect(markdown).toContain('For all 6 nodes.');
  });

  it('is told in Portuguese', () => {
    const { cover, first } = buildReport(analysis, { language: 'pt-BR' });
    expect(cover.verdict).toBe('Aumente as máquinas de todos os 6 nós antes de 20 de nov. de 2026.');
    expect(plainText(cover.summary)).toContain(`O mais carregado, ${group.hottestNodeId}, teve 109 MiB, 2,24 vezes a mediana.`);
    const panels = first.find((block) => block.type === 'panels');
    expect(panels?.type === 'panels' && panels.panels[0]?.emphasis).toBe('mais carregado');
  });
});

describe('the verdict sentence of a group', () => {
  it.each([
    ['safe', /^Memory is safe on all 6 nodes for the next 27 days/],
    ['oversized', /^Memory is safe, and the machines are larger than needed: .* each would do instead of 256 MiB\.$/],
    ['move-slots', /^Spread the data over the shards: 127\.0\.0\.1:\d+ is the reason to buy/],
    ['resize-now', /^Raise the machines of all 6 nodes now: 127\.0\.0\.1:\d+ .* at its peak|with the pages/],
    ['set-maxmemory', /^Set maxmemory on all 6 nodes/],
    ['watch-growth', /^Memory is safe today, and 127\.0\.0\.1:\d+ grows: it can reach a limit as early as 20 Nov 2026\.$/],
    ['swapping', /^127\.0\.0\.1:\d+: The server is partly swapped out/],
  ] as const)('of %s speaks of all its nodes', (id, sentence) => {
    const nodeId = group.verdict?.nodeId ?? '';
    const nodes = analysis.nodes.map((each) => (each.id === nodeId ? { ...each, verdict: { ...each.verdict, id } } : each));
    const verdict = { level: 'watch' as const, id, nodeId };
    expect(buildReport({ ...analysis, nodes, groups: [{ ...group, verdict }] }).cover.verdict).toMatch(sentence);
  });

  it('counts the nodes that its step is for, and says both of two', () => {
    const [step] = group.steps ?? [];
    if (step === undefined) throw new Error('no step');
    const told = (nodeIds: string[]) => buildReport({ ...analysis, groups: [{ ...group, steps: [{ ...step, nodeIds }] }] }).cover.verdict;
    expect(told(group.nodeIds.slice(0, 2))).toMatch(/^Raise the machines of 2 of 6 nodes before/);
  });
});

describe('the page of a fleet', () => {
  it('stays where a node is in no group, where there are two groups, and for an Analysis that judged none', async () => {
    const nodeIds = group.nodeIds.slice(1);
    expect(fallback(buildReport({ ...analysis, groups: [{ ...group, nodeIds }] }))).toBe(true);
    expect(fallback(buildReport({ ...analysis, groups: [group, { ...group, id: 'cluster-2' }] }))).toBe(true);
    const { verdict: _, ...unjudged } = group;
    expect(fallback(buildReport({ ...analysis, groups: [unjudged] }))).toBe(true);
    expect(fallback(report)).toBe(false);
  });

  it('stays for groups of kind fleet, beside which one cluster may hold all nodes', () => {
    expect(fallback(buildReport({ ...analysis, groups: [{ ...group, kind: 'fleet' }] }))).toBe(true);
    expect(fallback(buildReport({ ...analysis, groups: [{ ...group, id: 'all', kind: 'fleet' }, group] }))).toBe(false);
  });
});

describe('the first page of a primary with its replica', () => {
  it('is told of both, with the chart of the primary, and the two side by side in the group’s section', async () => {
    const pair = await analyzeMadeClusters({ shards: 1 });
    const [one] = pair.groups;
    expect(one?.kind).toBe('replication');
    const { cover, first, sections } = buildReport(pair);
    expect(cover.subject).toBe('orders-1-1:6379 and its replicas');
    expect(plainText(cover.summary)).toContain('A replica can take over.');
    expect(first.map(({ type }) => type)).toEqual(['figures', 'explanations', 'chart', 'actions', 'paragraph']);
    expect(first.flatMap((block) => (block.type === 'figures' ? block.figures.map(({ id }) => id) : []))).toEqual([
      'data',
      'machine',
      'days',
      'maxmemory',
      'buy',
    ]);
    const panels = sections[0]?.blocks.find((block) => block.type === 'panels');
    expect(panels?.type === 'panels' && panels.panels.map(({ name }) => name)).toEqual(one?.members.map(({ nodeId }) => nodeId));
  });
});

describe('a cluster whose machines are not known', () => {
  it('is told without shares of them', async () => {
    const unknown = await analyzeRecordedCluster({ systemMemoryBytes: 256 * MiB });
    const nodes = unknown.nodes.map((each) => ({
      ...each,
      systemMemory: { ...each.systemMemory, totalBytes: undefined, ratioPeak: undefined },
    }));
    const { first } = buildReport({ ...unknown, nodes });
    const panels = first.find((block) => block.type === 'panels');
    expect(panels?.type === 'panels' && panels.panels[0]?.facts[0]).toBe('maxmemory 55 %');
    expect(JSON.stringify(first)).not.toMatch(/NaN|undefined|Infinity/);
  });
});
