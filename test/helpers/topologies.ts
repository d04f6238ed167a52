import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort, type RedisServer, startRedisServer } from './redis-server.ts';

/** Real servers that know each other. */
export interface Cluster {
  readonly primaries: readonly RedisServer[];
  /** One of each primary, in the same order; none where none were asked for. */
  readonly replicas: readonly RedisServer[];
}

const SLOTS = 16_384;

/** Polls until `done`. @throws Error after half a minute */
async function until(what: string, done: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await done())) {
    if (performance.now() > deadline) throw new Error(`${what} did not come about`);
    await sleep(100);
  }
}

/**
 * Starts a cluster whose slots are all served; the caller stops its servers.
 * @param options.config - further configuration of each server
 */
export async function startCluster(
  primaryCount: number,
  options: { readonly withReplicas: boolean; readonly config?: (index: number) => readonly string[] },
): Promise<Cluster> {
  const count = primaryCount * (options.withReplicas ? 2 : 1);
  // The default bus port, 10000 above, may lie beyond the last port there is.
  const busPorts: number[] = [];
  for (let i = 0; i < count; i += 1) busPorts.push(await findFreePort());
  const servers = await Promise.all(
    busPorts.map((busPort, i) => {
      const ofCluster = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000', '--cluster-port', String(busPort)];
      return startRedisServer({ config: [...ofCluster, ...(options.config?.(i) ?? [])] });
    }),
  );
  const primaries = servers.slice(0, primaryCount);
  const replicas = servers.slice(primaryCount);
  const [first] = servers;
  for (const [i, primary] of primaries.entries()) {
    const [from, to] = [Math.floor((i * SLOTS) / primaryCount), Math.floor(((i + 1) * SLOTS) / primaryCount) - 1];
    await primary.command('CLUSTER', 'ADDSLOTSRANGE', from, to);
  }
  for (const server of servers.slice(1)) await server.command('CLUSTER', 'MEET', first?.host ?? '', first?.port ?? 0, busPorts[0] ?? 0);
  const listed = async (server: RedisServer) => String(await server.command('CLUSTER', 'NODES')).match(/ connected/g)?.length ?? 0;
  for (const server of servers) await until('the cluster', async () => (await listed(server)) === count);
  for (const [i, replica] of replicas.entries())
    await replica.command('CLUSTER', 'REPLICATE', String(await primaries[i]?.command('CLUSTER', 'MYID')));
  for (const replica of replicas)
    await until('replication', async () => (await replica.info('replication')).includes('master_link_status:up'));
  return { primaries, replicas };
}

/** Makes `replica` follow `primary`, and waits until it does. */
export async function replicate(replica: RedisServer, primary: RedisServer): Promise<void> {
  await replica.command('REPLICAOF', primary.host, primary.port);
  await until('replication', async () => /slave0:.*state=online/.test(await primary.info('replication')));
}

/** Real Sentinels that watch `primary`. */
export interface Sentinels {
  readonly ports: readonly number[];
  readonly stop: () => void;
}

/** Starts Sentinels and waits until they know each other. */
export async function startSentinels(count: number, primary: RedisServer, name: string): Promise<Sentinels> {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-sentinels-'));
  const ports: number[] = [];
  const stops: (() => void)[] = [() => rmSync(folder, { recursive: true, force: true })];
  for (let i = 0; i < count; i += 1) {
    const port = await findFreePort();
    const config = join(folder, `${port}.conf`);
    const watched = [
      `monitor ${name} ${primary.host} ${primary.port} 2`,
      `down-after-milliseconds ${name} 1000`,
      `failover-timeout ${name} 5000`,
    ];
    writeFileSync(config, [`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`, ...watched.map((line) => `sentinel ${line}`), ''].join('\n'));
    const sentinel = spawn('redis-server', [config, '--sentinel'], { stdio: 'ignore' });
    stops.unshift(() => sentinel.kill('SIGKILL'));
    ports.push(port);
  }
  await sleep(3000); // two rounds of their hello messages
  return { ports, stop: () => stops.forEach((stop) => void stop()) };
}
