import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyzeHistories } from '../../src/analysis/index.ts';
import { loadCatalog } from '../../src/catalogs/index.ts';
import { analyze, ingest } from '../../src/index.ts';
import type { Analysis } from '../../src/model/analysis.ts';
import { GiB, MiB } from '../../src/model/bytes.ts';
import type { NodeHistory } from '../../src/model/node-history.ts';
import { buildNodeHistory, sampleEvery, type TestSample } from '../helpers/node-history.ts';
import { type RedisServer, startRedisServer } from '../helpers/redis-server.ts';
import { strictlyValidate } from '../helpers/strict-analysis.ts';

const catalog = await loadCatalog();

const analyzeAll = (histories: readonly NodeHistory[]): Analysis =>
  analyzeHistories(histories, [], {
    catalog,
    catalogDates: {},
    tool: { name: 'redis-headroom', version: '0.0.0' },
    generatedAt: 0,
    providers: ['aws'],
  });

const nodeOf = (nodeId: string, usedBytes: number, rest: Omit<TestSample, 'at'> = {}): NodeHistory =>
  buildNodeHistory(
    sampleEvery(3600, 72, (i) => ({
      usedMemoryBytes: usedBytes * (i === 40 ? 1 : 0.9),
      usedMemoryRssBytes: usedBytes,
      notCountedBytes: 0,
      maxmemoryBytes: 16 * GiB,
      totalSystemMemoryBytes: 32 * GiB,
      ...rest,
    })),
    { nodeId },
  );

const replicationId = (letter: string) => letter.repeat(40);

/** A primary and a replica of shard `letter`, of a cluster of `clusterNodes`. */
function shardOf(letter: string, usedBytes: number, clusterNodes: number, nodeCount = 2, keys?: number): NodeHistory[] {
  const counted = keys === undefined ? {} : { db0Keys: keys, db0Expires: 0 };
  const cluster = { ...counted, clusterEnabled: 1, clusterConnections: 2 * (clusterNodes - 1) };
  return [
    nodeOf(`${letter}1:6379`, usedBytes, {
      ...cluster,
      connectedReplicas: 1,
      texts: { role: 'master', replicationId: replicationId(letter) },
    }),
    nodeOf(`${letter}2:6379`, usedBytes, {
      ...cluster,
      connectedReplicas: 0,
      texts: { role: 'slave', replicationId: replicationId(letter) },
    }),
  ].slice(0, nodeCount);
}

describe('groups of one primary and its replicas', () => {
  const primary = nodeOf('p', 8 * GiB, { connectedReplicas: 1, texts: { role: 'master', replicationId: replicationId('a') } });
  const replica = nodeOf('r', 8.1 * GiB, { texts: { role: 'slave', replicationId: replicationId('a') } });

  it('count the data once and size every machine by the member that needs most', () => {
    const { groups, nodes } = analyzeAll([primary, replica, nodeOf('other', 20 * GiB)]);
    expect(groups).toHaveLength(1);
    const [group] = groups;
    expect(group).toMatchObject({ id: 'replication-1', kind: 'replication', nodeIds: ['p', 'r'], dataPeakBytes: 8 * GiB });
    const needs = nodes.slice(0, 2).map(({ provisioning }) => provisioning.memoryNeededBytes ?? 0);
    expect(group?.provisioning?.memoryNeededBytes).toBe(Math.max(...needs));
    expect(group?.totalMemoryNeededBytes).toBe(2 * Math.max(...needs));
    expect(group?.sizedByNodeId).toBe('r');
    expect(group?.provisioning?.instance.alternatives.every(({ shards }) => shards === 1)).toBe(true);
    expect(nodes.map(({ groupId }) => groupId)).toEqual(['replication-1', 'replication-1', undefined]);
  });

  it('tell that a replica is as large as its primary, and that buffers explain the difference', () => {
    expect(analyzeAll([primary, replica]).groups[0]?.members).toEqual([
      { nodeId: 'p', role: 'primary' },
      { nodeId: 'r', role: 'replica', replicaOf: 'p', usedMemoryRatio: 8.1 / 8, usedMemoryDiffers: false, smallerIn: [] },
    ]);
  });

  it('name the node that took the place of a primary which was not seen again', () => {
    const samples = (hours: number, role: (i: number) => string, id: (i: number) => string) =>
      sampleEvery(3600, hours, (i) => ({ usedMemoryBytes: GiB, texts: { role: role(i), replicationId: replicationId(id(i)) } }));
    const lost = buildNodeHistory(
      samples(
        24,
        () => 'master',
        () => 'a',
      ),
      { nodeId: 'lost' },
    );
    const promoted = buildNodeHistory(
      samples(
        48,
        (i) => (i < 24 ? 'slave' : 'master'),
        (i) => (i < 24 ? 'a' : 'b'),
      ),
      { nodeId: 'promoted' },
    );
    expect(analyzeAll([lost, promoted]).groups[0]?.members).toEqual([
      { nodeId: 'promoted', role: 'primary' },
      { nodeId: 'lost', role: 'primary', replacedBy: 'promoted' },
    ]);
  });

  it.each([
    ['machine', { totalSystemMemoryBytes: 16 * GiB }, ['machine']],
    ['maxmemory', { maxmemoryBytes: 8 * GiB }, ['maxmemory']],
    ['nothing, without a limit', { maxmemoryBytes: 0 }, []],
  ])('tell in what a replica is smaller than the primary that it may have to replace: %s', (_, rest, smallerIn) => {
    const small = nodeOf('r', 8 * GiB, { ...rest, texts: { role: 'slave', replicationId: replicationId('a') } });
    expect(analyzeAll([primary, small]).groups[0]?.members[1]?.smallerIn).toEqual(smallerIn);
  });

  it.each([
    [6 * GiB, true],
    [7.5 * GiB, false],
  ])('note a replica whose used memory differs: %i bytes', (bytes, differs) => {
    const other = nodeOf('r', bytes, { texts: { role: 'slave', replicationId: replicationId('a') } });
    expect(analyzeAll([primary, other]).groups[0]?.members[1]).toMatchObject({ usedMemoryDiffers: differs });
  });

  it('note no difference of a few mebibytes between nearly empty servers', () => {
    const [a, b] = (['master', 'slave'] as const).map((role, i) =>
      nodeOf(role, (1 + 4 * i) * MiB, { texts: { role, replicationId: replicationId('a') } }),
    );
    expect(analyzeAll([a as NodeHistory, b as NodeHistory]).groups[0]?.members[1]).toMatchObject({ usedMemoryDiffers: false });
  });
});

describe('clusters', () => {
  const three = [...shardOf('a', 4 * GiB, 6), ...shardOf('b', 4 * GiB, 6), ...shardOf('c', 7 * GiB, 6)];

  it('are the shards that make up the number of nodes that each of them tells', () => {
    const { groups, nodes } = analyzeAll(three);
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({
      id: 'cluster-1',
      kind: 'cluster',
      shards: 3,
      nodeIds: three.map(({ nodeId }) => nodeId),
      hottestNodeId: 'c1:6379',
      dataPeakBytes: 15 * GiB,
      sizedByNodeId: 'c1:6379',
    });
    expect(groups[0]?.skew).toBeCloseTo(7 / 5, 12);
    expect(groups[0]?.totalMemoryNeededBytes).toBe(6 * (nodes[4]?.provisioning.memoryNeededBytes ?? 0));
  });

  it('are sized by their hottest shard, for all shards', () => {
    const { groups, nodes } = analyzeAll(three);
    expect(groups[0]?.provisioning?.memoryNeededBytes).toBe(nodes[4]?.provisioning.memoryNeededBytes);
    const { recommended } = groups[0]?.provisioning?.instance ?? {};
    expect(recommended?.shards).toBe(3);
    expect(recommended?.memoryBytes).toBeGreaterThan(7 * GiB);
  });

  it.each([
    ['more keys', [1e6, 1e6, 2e6], 'more-keys', 1.5, 1],
    ['larger values', [1e6, 1e6, 1e6], 'larger-values', 1, 1.5],
    ['both', [1e6, 1e6, 1.4e6], 'both', 1.2353, 1.2143],
  ] as const)('tell why one shard holds more: %s', (_, keys, cause, keysRatio, bytesPerKeyRatio) => {
    const shards = (['a', 'b', 'c'] as const).flatMap((name, i) => shardOf(name, (name === 'c' ? 8 : 4) * GiB, 6, 2, keys[i]));
    const { groups, nodes } = analyzeAll(shards);
    expect(groups[0]?.skewCause).toMatchObject({ cause });
    expect(groups[0]?.skewCause?.keysRatio).toBeCloseTo(keysRatio, 3);
    expect(groups[0]?.skewCause?.bytesPerKeyRatio).toBeCloseTo(bytesPerKeyRatio, 3);
    expect(groups[0]?.evenSpread?.peakBytes).toBeCloseTo((16 / 3) * GiB, 0);
    expect(groups[0]?.evenSpread?.moveBytes).toBeCloseTo((8 / 3) * GiB, 0);
    const finding = nodes.flatMap(({ findings }) => findings).find(({ id, verdict }) => id === 'shard-skew' && verdict === 'raised');
    expect(finding?.evidence).toMatchObject({ cause });
  });

  it('raise their skew on the hottest shard alone', () => {
    const raised = analyzeAll(three).nodes.filter(({ findings }) =>
      findings.some(({ id, verdict }) => id === 'shard-skew' && verdict === 'raised'),
    );
    expect(raised.map(({ id }) => id)).toEqual(['c1:6379']);
  });

  it('are known by their primaries alone, which count their replicas', () => {
    const primaries = ['a', 'b', 'c'].flatMap((letter) => shardOf(letter, 4 * GiB, 6, 1));
    expect(analyzeAll(primaries).groups).toMatchObject([
      { kind: 'cluster', shards: 3, nodeIds: ['a1:6379', 'b1:6379', 'c1:6379'], skew: 1 },
    ]);
  });

  it('stay known when a replica was lost in the window', () => {
    const [a, ...rest] = ['a', 'b', 'c'].flatMap((letter) => shardOf(letter, 4 * GiB, 6, 1));
    const last = { ...(a as NodeHistory).last, connectedReplicas: 0 };
    const metrics = new Map((a as NodeHistory).metrics);
    const summary = metrics.get('connectedReplicas');
    if (summary) metrics.set('connectedReplicas', { ...summary, last: { ...summary.last, value: 0 } });
    expect(analyzeAll([{ ...(a as NodeHistory), last, metrics }, ...rest]).groups).toMatchObject([{ kind: 'cluster', shards: 3 }]);
  });

  it('are told apart where their numbers of nodes differ', () => {
    const four = ['d', 'e', 'f', '0'].flatMap((letter) => shardOf(letter, GiB, 8));
    expect(analyzeAll([...four, ...three]).groups.map(({ id, shards }) => [id, shards])).toEqual([
      ['cluster-1', 4],
      ['cluster-2', 3],
    ]);
  });

  it.each<[string, readonly NodeHistory[]]>([
    ['two of one size', [...three, ...['d', 'e', 'f'].flatMap((letter) => shardOf(letter, GiB, 6))]],
    ['parts of one or of several', three.slice(0, 4)],
    ['a single shard', shardOf('a', GiB, 2)],
  ])('are not guessed from %s: only the primaries with their replicas are grouped', (_, histories) => {
    const { groups } = analyzeAll(histories);
    expect(groups.map(({ kind, nodeIds }) => [kind, nodeIds.length])).toEqual(
      Array.from({ length: histories.length / 2 }, () => ['replication', 2]),
    );
  });

  it('are not guessed from servers that do not tell how many nodes they know', () => {
    const old = ['a', 'b', 'c'].map((letter) => nodeOf(letter, GiB, { clusterEnabled: 1, texts: { role: 'master' } }));
    expect(analyzeAll(old).groups).toEqual([]);
  });

  it('give groups that hold to the schema, and none where there is one node', () => {
    strictlyValidate(analyzeAll([...three, ...shardOf('d', GiB, 2)]));
    expect(analyzeAll([three[0] as NodeHistory]).groups).toEqual([]);
  });
});

describe('a table with the fields of INFO', () => {
  it('carries the evidence too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'headroom-groups-'));
    try {
      const rows = [0, 1, 2].flatMap((minute) =>
        ['p,1000000,master', 'r,1100000,slave'].map((rest) => `2026-11-02T10:0${minute}:00Z,${rest},${replicationId('a')}`),
      );
      const file = join(folder, 'fleet.csv');
      await writeFile(file, ['timestamp,node,used_memory,role,master_replid', ...rows, ''].join('\n'));
      const { groups } = await analyze(await ingest([file]), { generatedAt: 0 });
      expect(groups).toMatchObject([{ kind: 'replication', nodeIds: ['p', 'r'], members: [{}, { usedMemoryRatio: 1.1 }] }]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('a real primary and its replica', () => {
  let servers: RedisServer[] = [];
  let folder = '';
  let analysis: Analysis;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headroom-groups-'));
    servers = await Promise.all([1, 2, 3].map(() => startRedisServer({ config: ['--repl-diskless-sync-delay', '0'] })));
    const [primary, replica, other] = servers as [RedisServer, RedisServer, RedisServer];
    await primary.command('SET', 'key', 'x'.repeat(100_000));
    await replica.command('REPLICAOF', primary.host, primary.port);
    const deadline = Date.now() + 30_000;
    while (!(await replica.info('replication')).includes('master_link_status:up') && Date.now() < deadline) await sleep(50);
    let text = '';
    for (const minute of [0, 1]) {
      for (const server of [primary, replica, other])
        text += `2026-11-02T10:0${minute}:00Z 127.0.0.1:${server.port}\n${await server.info('everything')}\n`;
    }
    const file = join(folder, 'fleet.txt');
    await writeFile(file, text);
    analysis = await analyze(await ingest([file]), { generatedAt: 0 });
  }, 60_000);

  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  it('are one group by their replication id, without the server beside them', () => {
    const [primary, replica] = servers.map(({ port }) => `127.0.0.1:${port}`);
    expect(analysis.nodes).toHaveLength(3);
    expect(analysis.groups).toHaveLength(1);
    const [group] = analysis.groups;
    expect(group?.kind).toBe('replication');
    expect(group?.nodeIds.toSorted()).toEqual([primary, replica].toSorted());
    expect(group?.members.find(({ role }) => role === 'replica')).toMatchObject({ nodeId: replica, replicaOf: primary, smallerIn: [] });
  });
});
