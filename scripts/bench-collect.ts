// What `collect` costs with 500 servers each second, here and on the servers: npm run bench:collect
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RedisServer, startRedisServer } from '../test/helpers/redis-server.ts';

const ADDRESSES = 500;
const SERVERS = 4;
const WARM_UP_SECONDS = 5;
const SECONDS = 20;
const TICKS_PER_SECOND = 100;

const cli = join(import.meta.dirname, '..', 'dist/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'headroom-bench-collect-'));
// Linux answers on all of 127.0.0.0/8: every server is reached under many addresses, and each address is a server to the collector.
const servers = await Promise.all(
  Array.from({ length: SERVERS }, () => startRedisServer({ config: ['--bind', '127.0.0.1', '--protected-mode', 'no'] })),
);
for (const server of servers) await server.command('CONFIG', 'SET', 'bind', '0.0.0.0');

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function infoCalls(server: RedisServer): Promise<{ calls: number; microseconds: number }> {
  const [, calls, microseconds] = /cmdstat_info:calls=(\d+),usec=(\d+)/.exec(await server.info('commandstats')) ?? [];
  return { calls: Number(calls), microseconds: Number(microseconds) };
}

function countRows(): number {
  const files = readdirSync(join(folder, 'history', 'nodes'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.csv'),
  );
  return files.reduce((sum, name) => sum + readFileSync(join(folder, 'history', 'nodes', name), 'latin1').split('\n').length - 2, 0);
}

const addresses = Array.from(
  { length: ADDRESSES },
  (_, i) => `redis://127.0.${1 + Math.floor(i / 250)}.${1 + (i % 250)}:${servers[i % SERVERS]?.port}`,
);
const config = join(folder, 'servers.yaml');
writeFileSync(config, `servers:\n${addresses.map((address) => `  - ${address}\n`).join('')}`);
const collector = spawn(process.execPath, [cli, 'collect', '--config', config, '--every', '1s', '--history', join(folder, 'history')], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
try {
  await sleep(WARM_UP_SECONDS * 1000);
  const { pid = 0 } = collector;
  const [cpuBefore, rowsBefore, at] = [cpuSeconds(pid), countRows(), performance.now()];
  await sleep(SECONDS * 1000);
  const [cpu, rows, seconds] = [cpuSeconds(pid) - cpuBefore, countRows() - rowsBefore, (performance.now() - at) / 1000];
  const residentMiB = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  const costs = await Promise.all(servers.map(infoCalls));
  const perCall = costs.reduce((sum, { microseconds }) => sum + microseconds, 0) / costs.reduce((sum, { calls }) => sum + calls, 0);
  const first = servers[0] as RedisServer;
  await first.command('CONFIG', 'RESETSTAT');
  // At the same pace: a server that is asked again at once has all in its caches.
  for (let i = 0; i < 500; i += 1) {
    await first.info();
    await sleep(8);
  }
  const plain = await infoCalls(first);
  process.stdout.write(
    `collect, ${ADDRESSES} servers each second: ${(cpu / seconds).toFixed(2)} cores (at most 0.5), ${(rows / seconds).toFixed(0)} samples/s, ${residentMiB.toFixed(0)} MiB resident\n` +
      `INFO on the server: ${perCall.toFixed(0)} µs a sample (plain INFO at that pace: ${(plain.microseconds / plain.calls).toFixed(0)} µs)\n`,
  );
} finally {
  collector.kill('SIGTERM');
  await new Promise((resolve) => collector.once('close', resolve));
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(folder, { recursive: true, force: true });
}
