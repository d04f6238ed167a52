import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GroupDefinition } from '../../src/analysis/group-config.ts';
import { analyzeHistories } from '../../src/analysis/index.ts';
import { findMemberships } from '../../src/analysis/membership.ts';
import { GiB } from '../../src/model/bytes.ts';
import type { NodeHistory } from '../../src/model/node-history.ts';
import { buildReport } from '../../src/report/index.ts';
import { buildNodeHistory, sampleEvery, type TestSample } from '../helpers/node-history.ts';
import { strictlyValidate } from '../helpers/strict-analysis.ts';

const nodeOf = (nodeId: string, rest: Omit<TestSample, 'at'> = {}): NodeHistory =>
  buildNodeHistory(
    sampleEvery(3600, 30, () => ({ usedMemoryBytes: 4 * GiB, notCountedBytes: 0, totalSystemMemoryBytes: 16 * GiB, ...rest })),
    { nodeId },
  );
const named = (names: readonly string[]) => names.map((name) => nodeOf(name));
const groupsOf = (histories: readonly NodeHistory[], groups: readonly GroupDefinition[]) =>
  analyzeHistories(histories, [], {
    catalog: [],
    catalogDates: {},
    tool: { name: 'redis-headroom', version: '0.0.0' },
    generatedAt: 0,
    groups,
  });

const shard = (letter: string, used = 4 * GiB) => [
  nodeOf(`${letter}1:6379`, { usedMemoryBytes: used, connectedReplicas: 1, texts: { role: 'master', replicationId: letter.repeat(40) } }),
  nodeOf(`${letter}2:6379`, { usedMemoryBytes: used, texts: { role: 'slave', replicationId: letter.repeat(40) } }),
];

describe('groups as the user defines them', () => {
  it('take the nodes that their patterns match, and leave the others to what INFO shows', () => {
    const nodes = [...shard('a'), ...shard('b'), ...shard('c'), nodeOf('[fd00::1]:6379')];
    const { groups, nodes: judged } = groupsOf(nodes, [
      { id: 'orders', kind: 'cluster', nodes: ['A?:6379', 'b*'], labels: { team: 'shop' } },
      { id: 'six', kind: 'replication', nodes: ['[fd00::1]:6379'] },
    ]);
    expect(groups).toMatchObject([
      { id: 'orders', kind: 'cluster', source: 'config', shards: 2, dataPeakBytes: 8 * GiB, labels: { team: 'shop' } },
      { id: 'six', kind: 'replication', source: 'config', nodeIds: ['[fd00::1]:6379'] },
      { id: 'replication-1', kind: 'replication', source: 'found', nodeIds: ['c1:6379', 'c2:6379'] },
    ]);
    expect(judged.map(({ groupId }) => groupId)).toEqual(['orders', 'orders', 'orders', 'orders', 'replication-1', 'replication-1', 'six']);
  });

  it('win over what INFO shows, and need no evidence', () => {
    const nodes = [...shard('a'), ...named(['x', 'y'])];
    const { groups } = groupsOf(nodes, [{ id: 'all', kind: 'replication', nodes: ['a1*', 'x', 'y'] }]);
    expect(groups).toMatchObject([{ id: 'all', nodeIds: ['a1:6379', 'x', 'y'], dataPeakBytes: 4 * GiB }]);
    expect(groups).toHaveLength(1);
  });

  it('give each node the zone of the pattern that it matches', () => {
    const { groups } = groupsOf(shard('a'), [
      { id: 'a', kind: 'replication', nodes: ['*'], zones: { 'a1*': 'eu-1a', 'a2:6379': 'eu-1b' } },
    ]);
    expect(groups[0]?.members.map(({ zone }) => zone)).toEqual(['eu-1a', 'eu-1b']);
  });

  it.each<[string, readonly GroupDefinition[], RegExp]>([
    [
      'a pattern without a node',
      [{ id: 'a', kind: 'fleet', nodes: ['cache-*'] }],
      /groups: a: "cache-\*".*were read|"cache-\*".*was read: "p", "q", "r"/,
    ],
    [
      'a node in two groups',
      [
        { id: 'a', kind: 'cluster', nodes: ['p', 'q'] },
        { id: 'b', kind: 'replication', nodes: ['q'] },
      ],
      /groups: b.*"q".*it is in "a" already/,
    ],
    [
      'an id twice',
      [
        { id: 'a', kind: 'cluster', nodes: ['p'] },
        { id: 'a', kind: 'cluster', nodes: ['q'] },
      ],
      /"a".*no other group/,
    ],
    ['a zone for no node', [{ id: 'a', kind: 'cluster', nodes: ['p'], zones: { q: 'z' } }], /groups: a, zones.*"q"/],
    ['two zones for a node', [{ id: 'a', kind: 'cluster', nodes: ['p'], zones: { p: 'y', '*': 'z' } }], /it is in "y" and in "z"/],
  ])('are refused: %s', (_, groups, message) => {
    expect(() => groupsOf(named(['p', 'q', 'r']), groups)).toThrow(message);
  });
});

describe('fleets', () => {
  const nodes = [...shard('a', 6 * GiB), ...shard('b', 2 * GiB), nodeOf('alone', { usedMemoryBytes: GiB })];

  it('add up data once for each primary, and machines for every node', () => {
    const analysis = groupsOf(nodes, [{ id: 'shop', kind: 'fleet', nodes: ['a*', 'alone'], labels: { owner: 'shop' } }]);
    strictlyValidate(analysis);
    const shop = analysis.groups.find(({ id }) => id === 'shop');
    expect(shop).toMatchObject({
      kind: 'fleet',
      dataPeakBytes: 7 * GiB,
      totals: { nodes: 3, dataSets: 2, machineBytes: { value: 48 * GiB, of: 3 } },
    });
    expect(shop?.provisioning).toBeUndefined();
    expect(analysis.fleet).toMatchObject({ nodes: 5, dataSets: 3, dataPeakBytes: { value: 9 * GiB, of: 3 } });
    const needs = analysis.nodes.map(({ provisioning }) => provisioning.memoryNeededBytes ?? 0);
    expect(analysis.fleet?.memoryNeededBytes?.value).toBe(needs.reduce((sum, need) => sum + need, 0));
    expect(analysis.nodes.map(({ groupId }) => groupId)).toEqual([
      'replication-1',
      'replication-1',
      'replication-2',
      'replication-2',
      'shop',
    ]);
  });

  it('tell their totals in the report, and of how many nodes a sum is known', () => {
    const some = [...nodes, nodeOf('new', { totalSystemMemoryBytes: Number.NaN })];
    const report = JSON.stringify(buildReport(groupsOf(some, [{ id: 'shop', kind: 'fleet', nodes: ['*'] }])));
    expect(report).toContain('Data at their peaks: 13 GiB on 4 primaries, replicas not counted.');
    expect(report).toContain('(known of 5 of 6)');
    expect(report).toContain('shop: 6 nodes');
  });

  it('rank who needs attention first, and are absent for one node', () => {
    const urgent = nodeOf('urgent', { usedMemoryRssBytes: 15.5 * GiB, usedMemoryBytes: 15 * GiB, maxmemoryBytes: 0 });
    const { fleet } = groupsOf([...nodes, urgent], []);
    expect(fleet?.ranking[0]).toMatchObject({ nodeId: 'urgent', level: 'act' });
    expect(fleet?.ranking).toHaveLength(6);
    expect(groupsOf([urgent], []).fleet).toBeUndefined();
  });
});

describe('membership', () => {
  const pool = [...shard('a', 6 * GiB), ...shard('b'), ...shard('c'), ...named(['x', 'y', 'z'])];
  const definitions: readonly GroupDefinition[] = [
    { id: 'one', kind: 'cluster', nodes: ['a*', 'x'] },
    { id: 'wide', kind: 'fleet', nodes: ['*'] },
  ];
  const keyOf = (histories: readonly NodeHistory[]) =>
    findMemberships(histories, definitions)
      .map(({ kind, sets }) => [kind, sets.map(({ nodes }) => nodes.map(({ nodeId }) => nodeId).toSorted()).toSorted()])
      .map((group) => JSON.stringify(group))
      .toSorted();

  it('does not depend on the order of the nodes', () => {
    const expected = keyOf(pool);
    fc.assert(
      fc.property(fc.shuffledSubarray(pool, { minLength: pool.length }), (shuffled) => {
        expect(keyOf(shuffled)).toEqual(expected);
      }),
    );
  });

  it('counts each node in one set of a fleet, and the data once', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(pool, { minLength: 2 }), (some) => {
        const fleet = groupsOf(some, [{ id: 'wide', kind: 'fleet', nodes: ['*'] }]).groups.find(({ kind }) => kind === 'fleet');
        const letters = new Set(some.map(({ nodeId }) => (/^[abc]\d/.test(nodeId) ? nodeId[0] : nodeId)));
        expect(fleet?.totals?.dataSets).toBe(letters.size);
        expect(fleet?.nodeIds.toSorted()).toEqual(some.map(({ nodeId }) => nodeId).toSorted());
        const data = [...letters].reduce((sum, letter) => sum + (letter === 'a' ? 6 : 4) * GiB, 0);
        expect(fleet?.dataPeakBytes).toBe(data);
      }),
      { numRuns: 30 },
    );
  });
});
