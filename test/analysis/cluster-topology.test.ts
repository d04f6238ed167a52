import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze, ingest } from '../../src/index.ts';
import type { Analysis } from '../../src/model/analysis.ts';
import { findRedisServer, NO_REDIS_SERVER } from '../helpers/redis-server.ts';
import { type Cluster, startCluster } from '../helpers/topologies.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headroom-topology-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

const idOf = (letter: string) => letter.repeat(40);
const HOSTS = { a: '10.0.0.1', b: '10.0.0.2', c: '10.0.0.3', d: '10.0.0.4' } as const;
type Letter = keyof typeof HOSTS;

const clusterLine = (letter: Letter, flags: string, primary: Letter | undefined, slots: string) =>
  `${idOf(letter)} ${HOSTS[letter]}:6379@16379 ${flags} ${primary === undefined ? '-' : idOf(primary)} 0 0 1 connected${slots}`;

/** INFO of an old cluster node: it tells neither `cluster_connections` nor a replication id. */
const oldInfo = (letter: Letter, role: string, more: readonly string[] = []) =>
  [
    `${HOSTS[letter]}:6379> INFO`,
    'redis_version:3.2.12',
    'used_memory:5000000',
    'cluster_enabled:1',
    `role:${role}`,
    'uptime_in_seconds:5000',
    ...more,
    '',
  ].join('\n');

async function analysisOf(files: Readonly<Record<string, string>>): Promise<Analysis> {
  const paths = await Promise.all(
    Object.entries(files).map(async ([name, text]) => {
      const path = join(folder, name);
      await writeFile(path, text);
      return path;
    }),
  );
  return analyze(await ingest(paths), { generatedAt: 0 });
}

describe('clusters that INFO alone does not show', () => {
  const dumps = [oldInfo('a', 'master'), oldInfo('b', 'master'), oldInfo('c', 'slave')].join('\n');
  const nodes = [
    clusterLine('a', 'myself,master', undefined, ' 0-5460'),
    clusterLine('b', 'master', undefined, ' 5461-10922'),
    clusterLine('c', 'slave', 'a', ''),
    clusterLine('d', 'master', undefined, ' 10923-16383'),
  ].join('\n');

  it('are not guessed', async () => {
    expect((await analysisOf({ 'dumps.txt': dumps })).groups).toEqual([]);
  });

  it('are found by CLUSTER NODES in a file of its own, in part too', async () => {
    const { groups, inputs } = await analysisOf({ 'dumps.txt': dumps, 'nodes.txt': `${nodes}\n` });
    expect(groups).toMatchObject([{ kind: 'cluster', source: 'found', shards: 2, unreadShards: 1 }]);
    expect(groups[0]?.members.map(({ nodeId, replicaOf }) => [nodeId, replicaOf])).toEqual([
      ['10.0.0.1:6379', undefined],
      ['10.0.0.3:6379', '10.0.0.1:6379'],
      ['10.0.0.2:6379', undefined],
    ]);
    expect(inputs.map(({ notes }) => notes.filter((note) => note.includes('no INFO')))).toEqual([[], []]);
  });

  it('are nothing without the INFO of their nodes', async () => {
    await expect(ingest([await writeAlone(nodes)])).rejects.toThrow(/holds the nodes of a cluster and no INFO/);
  });

  it('are told apart where each has a text of its own', async () => {
    const one = `${clusterLine('a', 'myself,master', undefined, ' 0-16383')}\n`;
    const other = `${clusterLine('b', 'myself,master', undefined, ' 0-16383')}\n`;
    expect((await analysisOf({ 'dumps.txt': dumps, 'one.txt': one, 'other.txt': other })).groups).toEqual([]);
  });

  it('give way to what INFO says of roles', async () => {
    const promoted = [oldInfo('a', 'master'), oldInfo('c', 'master')].join('\n');
    const { groups } = await analysisOf({ 'promoted.txt': promoted, 'nodes.txt': `${nodes}\n` });
    expect(groups).toMatchObject([{ kind: 'cluster', shards: 2, nodeIds: ['10.0.0.1:6379', '10.0.0.3:6379'] }]);
  });

  async function writeAlone(text: string): Promise<string> {
    const path = join(folder, 'alone.txt');
    await writeFile(path, `${text}\n`);
    return path;
  }
});

describe('replicas that their primary lists', () => {
  it('belong to it though they do not name it', async () => {
    const primary = oldInfo('a', 'master', ['connected_slaves:1', 'slave0:ip=10.0.0.2,port=6379,state=online,offset=1,lag=0']);
    const { groups } = await analysisOf({ 'pair.txt': [primary, oldInfo('b', 'slave')].join('\n') });
    expect(groups).toMatchObject([{ kind: 'replication', nodeIds: ['10.0.0.1:6379', '10.0.0.2:6379'] }]);
  });

  it('do not where they are primaries, or none is connected', async () => {
    const line = 'slave0:ip=10.0.0.2,port=6379,state=online,offset=1,lag=0';
    const pair = [oldInfo('a', 'master', ['connected_slaves:1', line]), oldInfo('b', 'master')].join('\n');
    expect((await analysisOf({ 'two.txt': pair })).groups).toEqual([]);
  });
});

describe.skipIf(findRedisServer() === undefined)(`a real cluster (${NO_REDIS_SERVER})`, () => {
  let cluster: Cluster | undefined;
  afterAll(async () => {
    await Promise.all([...(cluster?.primaries ?? []), ...(cluster?.replicas ?? [])].map((server) => server.stop()));
  });

  it('is found from a file a node with INFO, as old servers print it, and CLUSTER NODES', async () => {
    cluster = await startCluster(3, { withReplicas: true });
    const files: Record<string, string> = {};
    for (const [i, server] of [...cluster.primaries, ...cluster.replicas].entries()) {
      const info = (await server.info()).replaceAll(/^(?:cluster_connections|master_replid|slave\d+|master_host):.*\r\n/gm, '');
      files[`node-${i}.txt`] = `${info}\n${String(await server.command('CLUSTER', 'NODES'))}`;
    }
    const { groups } = await analysisOf(files);
    expect(groups).toMatchObject([{ kind: 'cluster', shards: 3 }]);
    expect(groups[0]?.members.map(({ role }) => role)).toEqual(['primary', 'replica', 'primary', 'replica', 'primary', 'replica']);
    expect(groups[0]?.unreadShards).toBeUndefined();
  }, 60_000);
});
