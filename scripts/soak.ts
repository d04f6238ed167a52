// Chaos for an hour on real servers, and proof that the history tells all of it: node scripts/soak.ts [minutes]
// A cluster of three primaries with replicas, Sentinels with a primary and a replica, and a server with TLS and an ACL user.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { analyze, ingest } from '../src/index.ts';
import type { GapReason } from '../src/model/gap-reason.ts';
import { aclRule } from '../src/sources/live/commands.ts';
import { makeCertificates } from '../test/helpers/certificates.ts';
import { type Collector, startCollector } from '../test/helpers/collector.ts';
import { findFreePort, type RedisServer, startRedisServer } from '../test/helpers/redis-server.ts';
import { replicate, startCluster, startSentinels } from '../test/helpers/topologies.ts';

const minutes = Number(process.argv[2] ?? 60);
const EVERY_SECONDS = 1;
const PAUSE_SECONDS = 6;
const SECRET = 'soak-5ecret';
/** Share of the samples that must be there while a server answers: one sample is lost around each fault. */
const LEAST_SHARE = 0.95;

const folder = mkdtempSync(join(tmpdir(), 'headroom-soak-'));
const history = join(folder, 'history');
const file = (name: string): string => join(folder, name);
const log = (text: string): void => void process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);

/** What was done to a server (or to the collector, where there is no id), and which reasons may stand beside its gap. */
interface Fault {
  readonly id?: string;
  readonly what: string;
  readonly fromAt: number;
  readonly toAt: number;
  readonly reasons: readonly GapReason[];
  readonly restarted: boolean;
}

const certificates = makeCertificates(folder, 'soak.example.com');
const cluster = await startCluster(3, { withReplicas: true });
const [primary, replica] = (await Promise.all([startRedisServer(), startRedisServer()])) as [RedisServer, RedisServer];
await replicate(replica, primary);
const sentinels = await startSentinels(3, primary, 'orders');
const tlsPort = await findFreePort();
const rule = aclRule({ name: 'redis', version: '7.0' }, 'headroom')?.replace('ACL SETUSER', 'user').replace('PASSWORD', SECRET) ?? '';
writeFileSync(file('users.acl'), `user default on nopass ~* &* +@all\n${rule}\n`);
const secured = await startRedisServer({
  config: [...certificates.serverConfig(tlsPort), '--tls-auth-clients', 'no', '--aclfile', file('users.acl')],
});
writeFileSync(
  file('servers.yaml'),
  `servers:\n  - ${cluster.primaries[0]?.url}\n  - redis+sentinel://${sentinels.ports.map((port) => `127.0.0.1:${port}`).join(',')}/orders\n` +
    `  - url: rediss://127.0.0.1:${tlsPort}\n    user: headroom\n    password: env:SOAK_PASSWORD\n    cacert: ${file('ca.crt')}\n    sni: soak.example.com\n`,
);

const plainServers = [...cluster.primaries, ...cluster.replicas, primary, replica].map((server) => ({
  id: `${server.host}:${server.port}`,
  server,
}));
const servers = [...plainServers, { id: `127.0.0.1:${tlsPort}`, server: secured }];
const faults: Fault[] = [];
const startCollecting = (): Collector =>
  startCollector(['--config', file('servers.yaml'), '--history', history, '--every', `${EVERY_SECONDS}s`], {
    env: { SOAK_PASSWORD: SECRET },
  });

type Fate = (typeof servers)[number];
const noted = async (
  what: string,
  fate: Fate | undefined,
  reasons: readonly GapReason[],
  restarted: boolean,
  act: () => Promise<void>,
): Promise<void> => {
  const fromAt = Date.now();
  log(`${what} ${fate?.id ?? 'the collector'}`);
  await act();
  faults.push({ id: fate?.id, what, fromAt, toAt: Date.now(), reasons, restarted });
};
const GONE: readonly GapReason[] = ['refused', 'closed', 'loading'];
const FAULTS: readonly ((fate: Fate) => Promise<void>)[] = [
  (fate) =>
    noted('crash of', fate, GONE, true, async () => {
      await fate.server.end('SIGKILL');
      await sleep(4500);
      await fate.server.start();
    }),
  (fate) =>
    noted('restart of', fate, GONE, true, async () => {
      await fate.server.end('SIGTERM');
      await sleep(3500);
      await fate.server.start();
    }),
  (fate) =>
    noted('standstill of', fate, ['timeout', 'closed'], false, async () => {
      process.kill(fate.server.pid, 'SIGSTOP');
      await sleep(4500);
      process.kill(fate.server.pid, 'SIGCONT');
    }),
  (fate) =>
    noted('CLIENT PAUSE of', fate, ['timeout', 'closed'], false, async () => {
      await fate.server.command('CLIENT', 'PAUSE', '4500', 'ALL');
      await sleep(5000);
    }),
  () =>
    noted('kill -9 of', undefined, ['collector-killed'], false, async () => {
      await collector.end('SIGKILL');
      await sleep(3500);
      collector = startCollecting();
    }),
];

let collector = startCollecting();
const startedAt = Date.now();
await sleep(10_000);
let turn = 0;
let failovers = 0;
while (Date.now() - startedAt < minutes * 60_000 - 20_000) {
  // Every fault meets every server as the turns go on: 5 faults and 9 servers have no common divisor.
  const fate = servers[turn % servers.length] as Fate;
  const fault = FAULTS[turn % FAULTS.length] as (typeof FAULTS)[number];
  if (fate.server === primary || fate.server === replica) failovers += 1;
  await fault(fate);
  turn += 1;
  await sleep(PAUSE_SECONDS * 1000);
}
await sleep(10_000);
const exitCode = await collector.end('SIGTERM');
const endedAt = Date.now();

const { nodes } = await analyze(await ingest([history]), { generatedAt: endedAt });
const complaints: string[] = exitCode === 0 ? [] : [`the collector ended with ${exitCode}`];
for (const { id } of servers) {
  const node = nodes.find((each) => each.id === id);
  if (!node) {
    complaints.push(`${id} is not in the report`);
    continue;
  }
  const mine = faults.filter((each) => each.id === id || each.id === undefined);
  const restarts = mine.filter(({ restarted }) => restarted).length;
  if (node.quality.restarts.length !== restarts) complaints.push(`${id}: ${node.quality.restarts.length} restarts instead of ${restarts}`);
  for (const { what, fromAt, toAt, reasons } of mine) {
    const gap = node.quality.gaps.find((each) => each.fromAt <= toAt && each.toAt >= fromAt);
    if (!gap) complaints.push(`${id}: no gap for the ${what} it at ${new Date(fromAt).toISOString()}`);
    else if (!gap.reasons?.some((reason) => reasons.includes(reason)))
      complaints.push(`${id}: gap of the ${what} it has the reasons ${gap.reasons?.join(', ') ?? 'none'}`);
  }
  const strange = node.quality.gaps.filter((gap) => !mine.some(({ fromAt, toAt }) => gap.fromAt <= toAt + 20_000 && gap.toAt >= fromAt));
  if (strange.length > 0)
    complaints.push(`${id}: ${strange.length} gaps that nobody made, the first at ${new Date(strange[0]?.fromAt ?? 0).toISOString()}`);
  const upSeconds = node.quality.spanSeconds - node.quality.gapSeconds;
  const share = node.quality.samples / (upSeconds / EVERY_SECONDS);
  if (share < LEAST_SHARE) complaints.push(`${id}: only ${(share * 100).toFixed(1)} % of the samples`);
  log(
    `${id}: ${node.quality.samples} samples, ${(share * 100).toFixed(1)} % outside gaps, ${node.quality.gapCount} gaps, ${node.quality.restarts.length} restarts`,
  );
}
log(
  `${faults.length} faults in ${((endedAt - startedAt) / 60_000).toFixed(1)} minutes, ${failovers} of them of a primary or replica behind Sentinels`,
);
for (const complaint of complaints) log(`WRONG: ${complaint}`);
log(complaints.length === 0 ? 'The history tells all of it.' : `${complaints.length} complaints; the history is kept in ${history}`);

sentinels.stop();
await Promise.all([...plainServers.map(({ server }) => server.stop()), secured.stop()]);
if (complaints.length === 0) rmSync(folder, { recursive: true, force: true });
process.exit(complaints.length === 0 ? 0 : 1);
