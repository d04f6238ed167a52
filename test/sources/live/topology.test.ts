import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { aclRule } from '../../../src/sources/live/commands.ts';
import { clusterEndpoints } from '../../../src/sources/live/discovery.ts';
import { makeCertificates } from '../../helpers/certificates.ts';
import { findFreePort, findRedisServer, NO_REDIS_SERVER, type RedisServer, startRedisServer } from '../../helpers/redis-server.ts';
import { replicate, startCluster, startSentinels } from '../../helpers/topologies.ts';
import { watchFor } from './watch-for.ts';

const binary = findRedisServer();
const servers: RedisServer[] = [];
const cleanUps: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function start(count: number): Promise<RedisServer[]> {
  const started = await Promise.all(Array.from({ length: count }, () => startRedisServer()));
  servers.push(...started);
  return started;
}

const idOf = ({ host, port }: RedisServer): string => `${host}:${port}`;

describe('clusterEndpoints', () => {
  const asked = { host: 'seed', port: 7 };
  it.each([
    ['07c37df 10.0.0.1:30004@31004 slave e7d1 0 1426238317239 4 connected', { host: '10.0.0.1', port: 30_004 }],
    ['07c37df 10.0.0.1:30004 master - 0 0 4 connected 0-5', { host: '10.0.0.1', port: 30_004 }],
    ['07c37df fd00::1:6379@16379 master,fail - 0 0 4 disconnected', { host: 'fd00::1', port: 6379 }],
    ['07c37df :7000@17000 myself,master - 0 0 0 connected', { host: 'seed', port: 7000 }],
    ['07c37df 10.0.0.1:6379@16379,redis-0.example.com,shard-id=69bc master - 0 0 4 connected', { host: '10.0.0.1', port: 6379 }],
  ])('reads %s', (line, place) => {
    expect(clusterEndpoints(`${line}\n`, asked, false)).toEqual([place]);
  });

  it('takes the host name where certificates are checked, and leaves out who has no address', () => {
    const line = '07c37df 10.0.0.1:6379@16379,redis-0.example.com master - 0 0 4 connected';
    expect(clusterEndpoints(line, asked, true)).toEqual([{ host: 'redis-0.example.com', port: 6379 }]);
    expect(
      clusterEndpoints('1 :0@0 master,noaddr - 0 0 4 disconnected\n2 h:1@2 handshake - 0 0 0 connected\n\nnonsense', asked, false),
    ).toEqual([]);
  });
});

describe.skipIf(!binary)(`several servers, ${NO_REDIS_SERVER}`, () => {
  it('samples every node of a cluster from any one, and goes on when that one dies', async () => {
    const { primaries, replicas } = await startCluster(2, { withReplicas: true });
    const nodes = [...primaries, ...replicas];
    servers.push(...nodes);
    const [, second] = primaries as [RedisServer, RedisServer];
    const seen = await watchFor([second.url], {
      until: ({ samples }) => nodes.every((each) => samples.filter(({ nodeId }) => nodeId === idOf(each)).length >= 3),
      onSample: async (count) => {
        if (count !== 4) return;
        await second.end('SIGKILL');
        await sleep(500);
        await second.start();
      },
    });
    expect(seen.joined.sort()).toEqual(nodes.map(idOf).sort());
    expect(new Set(seen.failures.map(({ nodeId }) => nodeId))).toEqual(new Set([idOf(second)]));
  });

  it('samples a cluster that announces other addresses, and says what to do where they are not mapped', async () => {
    const announcedPorts = await Promise.all([findFreePort(), findFreePort()]);
    const { primaries } = await startCluster(2, {
      withReplicas: false,
      config: (i) => ['--cluster-announce-port', String(announcedPorts[i])],
    });
    servers.push(...primaries);
    const [first] = primaries as [RedisServer, RedisServer];
    const announced = announcedPorts.map((port) => `127.0.0.1:${port}`);
    const lost = await watchFor([first.url], { until: ({ failures }) => new Set(failures.map(({ nodeId }) => nodeId)).size === 2 });
    expect(new Set(lost.failures.map(({ error }) => error.message.replace(/^\S+ /, '')))).toEqual(
      new Set([
        'does not answer at this address, which the cluster or Sentinel gave for it. Where it is reached by another one from here, give --address-map. (ECONNREFUSED)',
      ]),
    );
    const seen = await watchFor([first.url], {
      addressMap: primaries.map(({ port }, i) => `${announced[i]}=127.0.0.1:${port}`),
      until: ({ samples }) => new Set(samples.map(({ nodeId }) => nodeId)).size === 2,
    });
    expect([seen.failures, seen.joined.sort()]).toEqual([[], announced.toSorted()]);
    for (const [i, primary] of primaries.entries()) {
      const runId = /run_id:(\w+)/.exec(await primary.info('server'))?.[1];
      expect(seen.samples.find(({ nodeId }) => nodeId === announced[i])?.batch.texts.get('runId')?.[0]).toBe(runId);
    }
  });

  it('samples a cluster over TLS by the names that its certificates are made out to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'headroom-tls-cluster-'));
    cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
    const certificates = makeCertificates(folder, 'redis.example.com');
    const ports = await Promise.all(Array.from({ length: 4 }, findFreePort));
    const { primaries, replicas } = await startCluster(2, {
      withReplicas: true,
      config: (i) => [
        ...certificates.serverConfig(ports[i] ?? 0),
        ...['--tls-cluster', 'yes', '--tls-replication', 'yes', '--tls-auth-clients', 'optional'],
        ...['--cluster-announce-hostname', 'redis.example.com'],
      ],
    });
    servers.push(...primaries, ...replicas);
    const ids = ports.map((port) => `redis.example.com:${port}`).sort();
    const options = { access: { tls: { ca: certificates.pem('ca.crt') } }, addressMap: ['redis.example.com=127.0.0.1'] };
    const seen = await watchFor([`rediss://redis.example.com:${ports[0]}`], {
      ...options,
      until: ({ samples }) => new Set(samples.map(({ nodeId }) => nodeId)).size === 4,
    });
    expect([seen.failures, seen.joined.sort()]).toEqual([[], ids]);
    // Without trust in their authority none is read.
    const { failures } = await watchFor([`rediss://redis.example.com:${ports[0]}`], { ...options, access: { tls: {} }, failures: 1 });
    expect(failures[0]?.error.reason).toBe('tls');
  });

  it('samples the replicas of a primary when asked to', async () => {
    const [primary, replica] = (await start(2)) as [RedisServer, RedisServer];
    await replicate(replica, primary);
    const both = await watchFor([primary.url], { samples: 4, withReplicas: true });
    expect(new Set(both.samples.map(({ nodeId }) => nodeId))).toEqual(new Set([idOf(primary), idOf(replica)]));
    const alone = await watchFor([primary.url], { samples: 2 });
    expect(new Set(alone.samples.map(({ nodeId }) => nodeId))).toEqual(new Set([idOf(primary)]));
  });

  it('follows the primary behind Sentinels through a failover', async () => {
    const [primary, replica] = (await start(2)) as [RedisServer, RedisServer];
    await replicate(replica, primary);
    const sentinels = await startSentinels(3, primary, 'headroom');
    cleanUps.push(sentinels.stop);
    await Promise.all(sentinels.ports.map((port) => addSentinelUser(port)));
    const names = sentinels.ports.map((port) => `127.0.0.1:${port}`).join(',');
    const roles = new Map<string, Set<string>>();
    const seen = await watchFor([`redis+sentinel://${names}/headroom`], {
      sentinelAccess: { username: 'watcher', password: 'sesame' },
      onSample: async (count) => {
        if (count === 4) await primary.end('SIGKILL');
      },
      until: ({ samples }) => {
        for (const { nodeId, batch } of samples.slice(-1)) {
          const told = roles.get(nodeId) ?? new Set();
          roles.set(nodeId, told.add(batch.texts.get('role')?.[0] ?? ''));
        }
        return roles.get(idOf(replica))?.has('master') === true;
      },
    });
    for (const port of sentinels.ports) expect(await sentinelCommand(port, 'ACL', 'LOG')).toEqual([]);
    expect(seen.joined.slice(0, 2).sort()).toEqual([idOf(primary), idOf(replica)].sort());
    expect(roles.get(idOf(primary))).toEqual(new Set(['master']));
    expect(roles.get(idOf(replica))).toEqual(new Set(['slave', 'master']));
    expect(seen.failures.some(({ nodeId, error }) => nodeId === idOf(primary) && /refused|closed/.test(error.reason))).toBe(true);
  });
});

async function sentinelCommand(port: number, name: string, ...args: string[]): Promise<unknown> {
  const connection = new Redis({ host: '127.0.0.1', port, protocol: 2, enableReadyCheck: false, disableClientInfo: true });
  try {
    return await connection.call(name, ...args);
  } finally {
    connection.disconnect();
  }
}

/** The user that `acl --sentinel` prints. */
async function addSentinelUser(port: number): Promise<void> {
  const rule = aclRule({ name: 'redis', version: '7.0' }, 'watcher', 'sentinels')?.replace('>PASSWORD', '>sesame').split(' ') ?? [];
  await sentinelCommand(port, rule[0] ?? '', ...rule.slice(1));
}
