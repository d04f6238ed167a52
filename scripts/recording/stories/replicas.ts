import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisServer } from '../../../test/helpers/redis-server.ts';
import { writeKeys } from '../load.ts';
import { type Recording, readField, startRecording } from '../recorder.ts';
import type { StoryFiles } from '../sample-files.ts';
import { HOUR_MS, keepKeys, type StoryRecorder } from '../story.ts';

const START_AT = Date.UTC(2026, 10, 2);
const VALUE_BYTES = 1000;

/** What is true of all servers, and what of each. */
interface Truths {
  readonly [fact: string]: unknown;
  readonly byNode?: readonly Readonly<Record<string, unknown>>[];
}

/** Several servers on one stated clock. */
async function onServers(
  name: string,
  story: string,
  configs: readonly (readonly string[])[],
  binary: string | undefined,
  tell: (all: Recording[], goOnTogether: (hours: number, change?: (hour: number) => Promise<unknown>) => Promise<void>) => Promise<Truths>,
): Promise<StoryFiles[]> {
  const all: Recording[] = [];
  try {
    for (const config of configs) all.push(await startRecording({ binary, startAt: START_AT, config }));
    const goOnTogether = async (hours: number, change: (hour: number) => Promise<unknown> = async () => {}) => {
      for (let hour = 0; hour < hours; hour += 1) {
        for (const each of all) each.advance(HOUR_MS);
        await change(hour);
        await sleep(115);
        for (const each of all) await each.sample({ settle: false }).catch(() => {});
      }
    };
    const { byNode, ...shared } = await tell(all, goOnTogether);
    return all.map((recording, i) => ({
      name: `${name}-${i + 1}`,
      node: `127.0.0.1:${recording.server.port}`,
      clock: 'stated',
      samples: recording.samples,
      story: [story],
      truth: {
        systemMemory: '512MiB',
        restarts: [],
        watchedPeak: { usedMemoryBytes: recording.takeWatchedPeak() },
        expected: {},
        ...shared,
        ...byNode?.[i],
      },
    }));
  } finally {
    for (const each of all) await each.stop();
  }
}

const replicaOf = async (replica: Recording, primary: Recording) => {
  await replica.server.command('REPLICAOF', '127.0.0.1', primary.server.port);
  for (let i = 0; i < 200; i += 1) {
    const text = await replica.server.info('replication');
    if (text.includes('master_link_status:up')) return;
    await sleep(50);
  }
  throw new Error('the replica did not come up');
};

const LIMITED = [
  '--maxmemory',
  '300mb',
  '--client-output-buffer-limit',
  'replica',
  '2gb',
  '2gb',
  '600',
  '--repl-diskless-sync',
  'yes',
  '--repl-diskless-sync-delay',
  '0',
];

/** A hash tag whose slot this shard serves. */
async function findOwnTag(server: RedisServer): Promise<string> {
  for (let i = 0; i < 1000; i += 1) {
    const tag = `{${i}}`;
    const isOwn = await server.command('EXISTS', tag).then(
      () => true,
      () => false,
    );
    if (isOwn) return tag;
  }
  throw new Error('no tag falls into the slots of this shard');
}

/** Primaries with replicas, and a cluster: one recording for each server. */
export const REPLICA_STORIES: Readonly<Record<string, StoryRecorder>> = {
  'full-syncs-without-saving': (binary) =>
    onServers(
      'full-syncs-without-saving',
      'A primary that never saves; a replica loses its link twice and is synchronised in full.',
      [LIMITED, LIMITED],
      binary,
      async ([primary, replica], goOnTogether) => {
        if (!primary || !replica) throw new Error('two servers');
        const keys = keepKeys(primary, 'item:', VALUE_BYTES);
        await keys.goTo(120_000);
        await replicaOf(replica, primary);
        await primary.sample();
        await replica.sample();
        for (let round = 0; round < 3; round += 1) {
          await goOnTogether(24, (hour) => keys.goTo(120_000 + (round * 24 + hour) * 50));
          if (round === 2) break;
          await replica.server.command('REPLICAOF', 'NO', 'ONE');
          await keys.goTo(120_000 + (round * 24 + 24) * 50 + 3000);
          await replicaOf(replica, primary);
        }
        const text = await primary.server.info();
        return {
          fullSyncs: readField(text, 'sync_full'),
          cowBytes: readField(text, 'rdb_last_cow_size'),
          totalForks: readField(text, 'total_forks'),
        };
      },
    ),
  'stalled-replica': (binary) =>
    onServers(
      'stalled-replica',
      'A replica stops reading for six hours; what it has not got is held for it.',
      [LIMITED, LIMITED],
      binary,
      async ([primary, replica], goOnTogether) => {
        if (!primary || !replica) throw new Error('two servers');
        const keys = keepKeys(primary, 'item:', VALUE_BYTES);
        await keys.goTo(120_000);
        await replicaOf(replica, primary);
        await primary.sample();
        await replica.sample();
        await goOnTogether(36);
        process.kill(replica.server.pid, 'SIGSTOP');
        const seen = replica.samples.length;
        let peakNotCounted = 0;
        for (let hour = 0; hour < 6; hour += 1) {
          primary.advance(HOUR_MS);
          replica.advance(HOUR_MS);
          await writeKeys(primary.server, { prefixes: ['item:'], from: 0, to: 20_000 }, VALUE_BYTES);
          for (let part = 0; part < 20; part += 1) await primary.server.command('SET', `report:${part}`, 'r'.repeat(1_000_000));
          await primary.sample();
          peakNotCounted = Math.max(peakNotCounted, readField(primary.samples.at(-1)?.text ?? '', 'mem_not_counted_for_evict') ?? 0);
        }
        const usedAtPeak = readField(primary.samples.at(-1)?.text ?? '', 'used_memory');
        process.kill(replica.server.pid, 'SIGCONT');
        await sleep(3000);
        await goOnTogether(48);
        return {
          peakNotCounted,
          usedAtPeak,
          byNode: [{}, { gaps: [{ fromAt: replica.samples[seen - 1]?.at, toAt: replica.samples[seen]?.at }] }],
        };
      },
    ),
  'replica-ignores-maxmemory': (binary) =>
    onServers(
      'replica-ignores-maxmemory',
      'A replica with a lower maxmemory than its primary: it does not evict.',
      [LIMITED, ['--maxmemory', '60mb', '--maxmemory-policy', 'allkeys-lru']],
      binary,
      async ([primary, replica], goOnTogether) => {
        if (!primary || !replica) throw new Error('two servers');
        const keys = keepKeys(primary, 'item:', VALUE_BYTES);
        await keys.goTo(60_000);
        await replicaOf(replica, primary);
        await primary.sample();
        await replica.sample();
        await goOnTogether(72, (hour) => keys.goTo(60_000 + hour * 300));
        return { replicaUsedBytes: readField(replica.samples.at(-1)?.text ?? '', 'used_memory') };
      },
    ),
  failover: (binary) =>
    onServers(
      'failover',
      'The primary dies on day 3; its replica takes over, and the old one comes back as a replica.',
      [LIMITED, LIMITED],
      binary,
      async ([one, two], goOnTogether) => {
        if (!one || !two) throw new Error('two servers');
        const keys = keepKeys(one, 'item:', VALUE_BYTES);
        await keys.goTo(100_000);
        await replicaOf(two, one);
        await one.sample();
        await two.sample();
        await goOnTogether(72, (hour) => keys.goTo(100_000 + hour * 200));
        const failoverAt = one.now();
        const lastSeenAt = one.samples.at(-1)?.at;
        await one.server.end('SIGKILL');
        await two.server.command('REPLICAOF', 'NO', 'ONE');
        one.advance(2 * HOUR_MS);
        two.advance(HOUR_MS);
        await two.sample();
        two.advance(HOUR_MS);
        await two.sample();
        const after = keepKeys(two, 'later:', VALUE_BYTES);
        await one.restart('SIGKILL', 0);
        await replicaOf(one, two);
        await one.sample();
        const firstSeenAt = one.now();
        await goOnTogether(72, (hour) => after.goTo(hour * 200));
        return { failoverAt, byNode: [{ restarts: [{ lastSeenAt, firstSeenAt }] }, {}] };
      },
    ),
  'cluster-with-skew': (binary) =>
    onServers(
      'cluster-with-skew',
      'Three shards with a replica each, whose load comes and goes with the day; on the second a list grows and grows.',
      [1, 2, 3, 4, 5, 6].map(() => ['--cluster-enabled', 'yes', '--maxmemory', '200mb', '--cluster-node-timeout', '5000']),
      binary,
      async (all, goOnTogether) => {
        const [primaries, replicas] = [all.slice(0, 3), all.slice(3)];
        await joinCluster(all, primaries, replicas);
        // Each shard gets values of a hash tag that falls into its slots.
        const tags = await Promise.all(primaries.map(({ server }) => findOwnTag(server)));
        const loads = primaries.map((each, i) => keepKeys(each, `${tags[i]}item:`, VALUE_BYTES));
        const itemsAt = (hour: number) => 35_000 - Math.round(8000 * Math.cos((hour / 24) * 2 * Math.PI));
        for (const load of loads) await load.goTo(itemsAt(0));
        for (const each of all) await each.sample();
        const [, hot] = primaries;
        await goOnTogether(9 * 24, async (hour) => {
          for (const load of loads) await load.goTo(itemsAt(hour + 1));
          await hot?.server.command(
            'EVAL',
            "for i=1,300 do redis.call('RPUSH',KEYS[1],string.rep('z',1000)) end return 1",
            1,
            `${tags[1]}big`,
          );
        });
        return { hottest: hot ? `127.0.0.1:${hot.server.port}` : '' };
      },
    ),
};

const SLOT_BOUNDS = [0, 5461, 10_923, 16_384];

/** Makes one cluster of the servers: each primary with its third of the slots, and the replica that has its place in the other list. */
async function joinCluster(all: readonly Recording[], primaries: readonly Recording[], replicas: readonly Recording[]): Promise<void> {
  for (const [i, { server }] of primaries.entries()) {
    const from = SLOT_BOUNDS[i] ?? 0;
    const slots = Array.from({ length: (SLOT_BOUNDS[i + 1] ?? 0) - from }, (_, k) => from + k);
    for (let k = 0; k < slots.length; k += 512) await server.command('CLUSTER', 'ADDSLOTS', ...slots.slice(k, k + 512));
    await server.command('CLUSTER', 'SET-CONFIG-EPOCH', i + 1);
  }
  const first = all[0]?.server;
  for (const { server } of all.slice(1)) await first?.command('CLUSTER', 'MEET', '127.0.0.1', server.port);
  const isKnown = async ({ server }: Recording) => {
    const told = String(await server.command('CLUSTER', 'INFO'));
    return told.includes('cluster_state:ok') && told.includes(`cluster_known_nodes:${all.length}`);
  };
  for (const each of all) await until(() => isKnown(each));
  for (const [i, { server }] of replicas.entries()) {
    await server.command('CLUSTER', 'REPLICATE', String(await primaries[i]?.server.command('CLUSTER', 'MYID')));
    await until(async () => (await server.info('replication')).includes('master_link_status:up'));
  }
}

/** @throws Error after half a minute */
async function until(done: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 300; i += 1) {
    if (await done()) return;
    await sleep(100);
  }
  throw new Error('the cluster did not come about');
}
