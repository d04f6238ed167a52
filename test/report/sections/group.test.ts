import { beforeAll, describe, expect, it } from 'vitest';
import { analyzeHistories } from '../../../src/analysis/index.ts';
import { loadCatalog } from '../../../src/catalogs/index.ts';
import type { Analysis } from '../../../src/model/analysis.ts';
import { GiB } from '../../../src/model/bytes.ts';
import type { CatalogEntry } from '../../../src/model/catalog.ts';
import type { Block, Report } from '../../../src/report/blocks.ts';
import { buildReport } from '../../../src/report/index.ts';
import { buildNodeHistory, sampleEvery, type TestSample } from '../../helpers/node-history.ts';

let catalog: readonly CatalogEntry[] = [];
beforeAll(async () => {
  catalog = await loadCatalog();
});

function nodeOf(nodeId: string, usedBytes: number, rest: Omit<TestSample, 'at'>) {
  const samples = sampleEvery(3600, 24 * 14, (i) => ({
    usedMemoryBytes: usedBytes * (0.9 + 0.1 * Math.sin((i / 12) * Math.PI)),
    usedMemoryRssBytes: usedBytes,
    notCountedBytes: 0,
    maxmemoryBytes: 10 * GiB,
    totalSystemMemoryBytes: 16 * GiB,
    ...rest,
  }));
  return buildNodeHistory(samples, { nodeId });
}

/** A node of no group: with it the report is not about one group alone. */
const LONE = () => nodeOf('lone', 2 * GiB, {});

/** Three shards with a replica each, the last one hotter, its replica on a smaller machine and with less data. */
function analyzeCluster(): Analysis {
  const histories = ['a', 'b', 'c'].flatMap((letter) => {
    const usedBytes = letter === 'c' ? 7 * GiB : 4 * GiB;
    const cluster = { clusterEnabled: 1, clusterConnections: 10 };
    const replicationId = letter.repeat(40);
    const small = letter === 'c' ? { totalSystemMemoryBytes: 8 * GiB } : {};
    return [
      nodeOf(`${letter}1:6379`, usedBytes, { ...cluster, connectedReplicas: 1, texts: { role: 'master', replicationId } }),
      nodeOf(`${letter}2:6379`, letter === 'c' ? 5 * GiB : usedBytes, { ...cluster, ...small, texts: { role: 'slave', replicationId } }),
    ];
  });
  return analyze([...histories, LONE()]);
}

function analyzePair(rest: Omit<TestSample, 'at'> = {}): Analysis {
  const replicationId = 'a'.repeat(40);
  return analyze([
    nodeOf('replica', 4 * GiB, { ...rest, texts: { role: 'slave', replicationId } }),
    nodeOf('primary', 4 * GiB, { connectedReplicas: 1, texts: { role: 'master', replicationId } }),
    LONE(),
  ]);
}

function analyze(histories: Parameters<typeof analyzeHistories>[0]): Analysis {
  const tool = { name: 'redis-headroom', version: '0.0.0' };
  return analyzeHistories(histories, [], { catalog, catalogDates: {}, tool, generatedAt: 0, providers: ['aws'] });
}

function groupBlocks(report: Report): readonly Block[] {
  return report.sections.find(({ id }) => id === 'g1-group')?.blocks ?? [];
}

const plain = (value: unknown): string =>
  typeof value === 'string' ? value : value === null || typeof value !== 'object' ? '' : Object.values(value).map(plain).join(' ');

describe('the section of a group', () => {
  it('stands before the nodes and tells of a cluster what it holds, its skew, and what it needs in all', () => {
    const analysis = analyzeCluster();
    const report = buildReport(analysis);
    expect(report.sections[0]).toMatchObject({ id: 'g1-group', title: 'Cluster of 3 shards: a1:6379 and others' });
    const figures = groupBlocks(report).find(({ type }) => type === 'figures');
    expect(figures?.type === 'figures' && figures.figures.map(({ id, value, detail }) => [id, value, detail])).toEqual([
      ['shards', '3', '6 nodes'],
      ['data', '15 GiB', 'replicas not counted'],
      ['skew', '1.40 × mean', 'c1:6379'],
      ['machine', expect.stringMatching(/^cache\./), expect.stringMatching(/^maxmemory .* GiB$/)],
      ['total', expect.stringMatching(/^\$/), expect.stringMatching(/^6 × cache\./)],
    ]);
  });

  it('leads each figure and each row to an anchor of the page', () => {
    const report = buildReport(analyzeCluster());
    const anchors = report.sections.flatMap(({ id, blocks }) => [id, ...blocks.flatMap((block) => ('id' in block ? [block.id] : []))]);
    const links = JSON.stringify(groupBlocks(report)).match(/"#[^"]+"/g) ?? [];
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((link) => !anchors.includes(link.slice(2, -1)))).toEqual([]);
    expect(new Set(anchors).size).toBe(anchors.length);
  });

  it('lists each primary before its replicas, and says which replica could not take over or is out of step', () => {
    const blocks = groupBlocks(buildReport(analyzeCluster()));
    const table = blocks.find(({ type }) => type === 'table');
    expect(table?.type === 'table' && table.rows.map((row) => plain(row[1]?.text))).toEqual([
      'primary',
      'replica of a1:6379',
      'primary',
      'replica of b1:6379',
      'primary',
      'replica of c1:6379',
    ]);
    const notes = blocks.filter((block) => block.type === 'paragraph' && block.tone === 'warning').map(plain);
    expect(notes).toHaveLength(2);
    expect(notes[0]).toContain('c2:6379 has a smaller machine than c1:6379');
    expect(notes[1]).toContain('c2:6379 holds 71 % of the used memory of c1:6379');
  });

  it('names a replication group by its primary, and has nothing to warn of where the replica is its equal', () => {
    const report = buildReport(analyzePair());
    expect(report.sections[0]?.title).toBe('primary and its replicas');
    const blocks = groupBlocks(report);
    expect(blocks.map(({ type }) => type)).toEqual(['paragraph', 'figures', 'panels', 'table', 'table', 'paragraph']);
    expect(JSON.stringify(blocks.filter(({ type }) => type !== 'panels'))).not.toContain('"warning"');
    const [, figures, , , lost, zones] = blocks;
    expect(lost?.type === 'table' && lost.rows.map((row) => row.map(({ text }) => text.join('')))).toEqual([
      ['primary primary', 'replica takes over', 'holds'],
    ]);
    expect(zones?.type === 'paragraph' && zones.text.join('')).toMatch(/^Whether one zone may fail cannot be judged/);
    expect(figures?.type === 'figures' && figures.figures.map(({ id }) => id)).toEqual(['nodes', 'data', 'machine', 'total']);
  });

  it('tells the memory instead where no instance was asked for, or more shards would be needed', () => {
    const analysis = analyzeCluster();
    const [group] = analysis.groups;
    const { recommended } = group?.provisioning?.instance ?? {};
    if (group?.provisioning === undefined || recommended === undefined) throw new Error('no instance');
    group.provisioning.instance.recommended = { ...recommended, shards: 6 };
    expect(plain(groupBlocks(buildReport(analysis)))).toContain(`or 6 shards of ${recommended.name}`);
    delete group.provisioning.instance.recommended;
    const text = plain(groupBlocks(buildReport(analysis)));
    expect(text).toMatch(/needs a machine of [\d.]+ GiB with a maxmemory of [\d.]+ GiB/);
    expect(text).toContain('6 machines');
  });

  it('says so where it is not known what the nodes need', () => {
    const absent = { usedMemoryBytes: Number.NaN, usedMemoryRssBytes: Number.NaN };
    const replicationId = 'a'.repeat(40);
    const nodes = (['master', 'slave'] as const).map((role) => nodeOf(role, GiB, { ...absent, texts: { role, replicationId } }));
    const text = plain(groupBlocks(buildReport(analyze([...nodes, LONE()]))));
    expect(text).toContain('not known');
    expect(text).not.toMatch(/NaN|undefined/);
  });

  it('tells who took the place of a lost primary, and counts one primary', () => {
    const analysis = analyzePair();
    const member = analysis.groups[0]?.members[1];
    if (member === undefined) throw new Error('no member');
    Object.assign(member, { role: 'primary', replicaOf: undefined, replacedBy: 'primary' });
    const text = plain(groupBlocks(buildReport(analysis)));
    expect(text).toContain('primary until primary took its place');
    expect(text).toContain('primary 1, replica 0');
  });

  it('is not there without groups', () => {
    const analysis = { ...analyzePair(), groups: [] };
    expect(buildReport(analysis).sections.filter(({ id }) => /^g\d/.test(id))).toEqual([]);
  });
});
