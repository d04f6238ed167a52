import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { estimateKeyspace } from '../../../src/analysis/keyspace-sample/index.ts';
import type { KeyspaceSampleAnalysis } from '../../../src/model/analysis.ts';
import type { KeyspaceSample } from '../../../src/model/keyspace-sample.ts';
import { ALLOWED_COMMANDS, aclRule } from '../../../src/sources/live/commands.ts';
import { parseTarget } from '../../../src/sources/live/index.ts';
import { sampleKeyspace } from '../../../src/sources/live/keyspace/index.ts';
import { findRedisServer, NO_REDIS_SERVER, type RedisServer, startRedisServer } from '../../helpers/redis-server.ts';
import { type Cluster, replicate, startCluster } from '../../helpers/topologies.ts';

const never = new AbortController().signal;
const FAST = 20_000;
const look = (url: string, keys: number, keysPerSecond = FAST, signal: AbortSignal = never) =>
  sampleKeyspace([parseTarget(url)], { keys, keysPerSecond }, signal);
const countSeen = ({ databases }: KeyspaceSample) => databases.flatMap(({ draws }) => draws.flat()).length;

/** Prefixes with their numbers of keys; the sizes differ within each. */
const PREFIXES = { 'user:': 9000, 'session:': 6000, 'cart:': 1500 };

async function fill(server: RedisServer): Promise<void> {
  const connection = await server.connect();
  for (const [prefix, count] of Object.entries(PREFIXES)) {
    const pipeline = connection.pipeline();
    for (let i = 0; i < count; i += 1) {
      const key = `${prefix}${i}`;
      if (prefix === 'user:') pipeline.set(key, 'x'.repeat(50 + ((i * 7919) % 900)));
      else if (prefix === 'session:') pipeline.set(key, 'y'.repeat(200), 'EX', 86_400);
      else pipeline.hset(key, Object.fromEntries(Array.from({ length: 1 + (i % 20) }, (_, field) => [`field${field}`, 'z'.repeat(40)])));
    }
    await pipeline.exec();
  }
  await connection.select(3);
  const pipeline = connection.pipeline();
  for (let i = 0; i < 2000; i += 1) pipeline.rpush(`jobs/${i % 5}/${i}`, 'a', 'bb', 'ccc');
  await pipeline.exec();
}

/** Bytes of every key by MEMORY USAGE, summed by the beginning of its name. */
async function truth(server: RedisServer): Promise<Map<string, number>> {
  const connection = await server.connect();
  const sums = new Map<string, number>();
  for (const database of [0, 3]) {
    await connection.select(database);
    const names = await connection.keys('*');
    const pipeline = connection.pipeline();
    for (const name of names) pipeline.call('MEMORY', 'USAGE', name, 'SAMPLES', '0');
    const replies = (await pipeline.exec()) ?? [];
    for (const [i, name] of names.entries()) {
      const prefix = /^[a-z]+[:/]/.exec(name)?.[0] ?? '';
      sums.set(prefix, (sums.get(prefix) ?? 0) + Number(replies[i]?.[1]));
    }
  }
  return sums;
}

describe.skipIf(!findRedisServer())(`a sample of keys, ${NO_REDIS_SERVER}`, () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedisServer();
    await fill(server);
  });
  afterAll(() => server.stop());

  const engine = { name: 'redis', version: '7.0.15' } as const;
  const estimate = (sample: KeyspaceSample | undefined): KeyspaceSampleAnalysis => {
    const estimated = sample && estimateKeyspace(sample, engine);
    if (!estimated) throw new Error('no sample');
    return estimated;
  };

  it('finds the bytes of each prefix within its bound, whatever chance gives', async () => {
    const sums = await truth(server);
    const all = [...sums.values()].reduce((sum, bytes) => sum + bytes, 0);
    let inside = 0;
    let told = 0;
    for (let run = 0; run < 6; run += 1) {
      const { samples, problems } = await look(server.url, 2000);
      expect(problems).toEqual([]);
      const found = estimate(samples[0]);
      expect(found).toMatchObject({ isComplete: false, isCut: false, unseenKeys: 0, keys: 18_500, reason: 'no-replica' });
      expect(found.seenKeys).toBeGreaterThan(1700);
      const figures: [number, KeyspaceSampleAnalysis['bytes']][] = [[all, found.bytes]];
      for (const { pattern, bytes } of found.prefixes) figures.push([sums.get(/^[a-z]+[:/]/.exec(pattern)?.[0] ?? '') ?? 0, bytes]);
      expect(figures).toHaveLength(5);
      for (const [real, { low = 0, middle, high = 0 }] of figures) {
        told += 1;
        if (low <= real && real <= high) inside += 1;
        // Twice the range on the logarithmic scale is missed once in ten thousand times.
        expect(real).toBeGreaterThan(low * (low / middle));
        expect(real).toBeLessThan(high * (high / middle));
      }
      expect(found.expiringBytesShare.middle).toBeCloseTo((sums.get('session:') ?? 0) / all, 1);
      expect(found.dataset?.outcome).toBe('agrees');
    }
    expect(inside / told).toBeGreaterThan(0.6);
  });

  it('is exact where every key is looked at', async () => {
    const { samples } = await look(server.url, 100_000);
    const found = estimate(samples[0]);
    const all = [...(await truth(server)).values()].reduce((sum, bytes) => sum + bytes, 0);
    expect(found).toMatchObject({ isComplete: true, seenKeys: 18_500, missedShare: 0 });
    expect(found.bytes.low).toBe(found.bytes.high);
    // Of hashes with more than 32 fields there is none, so that nothing is reckoned.
    expect(found.bytes.middle).toBeCloseTo(all, -1);
    expect(found.prefixes.map(({ pattern, keys }) => [pattern, Math.round(keys)])).toEqual([
      ['user:*', 9000],
      ['session:*', 6000],
      ['cart:*', 1500],
      ['jobs/*/*', 2000],
    ]);
    expect(found.types.map(({ type, seenKeys }) => [type, seenKeys])).toEqual([
      ['string', 15_000],
      ['hash', 1500],
      ['list', 2000],
    ]);
    expect(found.dataset?.outcome).toBe('agrees');
  });

  it('sends nothing but what the list has, and no faster than it may', async () => {
    await server.command('PING'); // the helper's own connection says hello
    const monitor = await (await server.connect()).monitor();
    const heard: { readonly at: number; readonly words: string }[] = [];
    monitor.on('monitor', (time: string, args: string[]) => heard.push({ at: Number(time), words: args.join(' ') }));
    const { samples } = await look(server.url, 600, 300);
    await server.command('ECHO', 'end');
    await expect.poll(() => heard.at(-1)?.words).toBe('ECHO end');
    monitor.disconnect();
    const allowed = Object.values(ALLOWED_COMMANDS).map(({ words }) => `${words.join(' ')} `);
    const sent = heard.slice(0, -1);
    expect(sent.filter(({ words }) => !allowed.some((start) => `${words} `.toUpperCase().startsWith(start)))).toEqual([]);
    const measured = sent.filter(({ words }) => words.toUpperCase().startsWith('MEMORY USAGE'));
    expect(measured).toHaveLength(countSeen(samples[0] as KeyspaceSample));
    for (const { words } of measured) expect(words).toMatch(/ SAMPLES 32$/);
    // By the server's own clock: in any second no more keys than the rate, and one draw that was under way.
    for (const [i, { at }] of measured.entries())
      expect(measured.slice(i).filter((later) => later.at < at + 1).length).toBeLessThanOrEqual(300 + 40);
    expect(Number(/keys=(\d+)/.exec(await server.info('keyspace'))?.[1])).toBe(16_500);
  });

  it('works for the user that `acl` prints for it, and is refused for the plain one', async () => {
    const allow = async (user: string, extras: ReadonlySet<'keyspace-sample'>) => {
      const [, , name = '', ...words] = (aclRule(engine, user, 'servers', extras) ?? '').replace('>PASSWORD', '>sesame').split(' ');
      await server.command('ACL', 'SETUSER', name, ...words);
      return look(server.url.replace('//', `//${user}:sesame@`), 300);
    };
    const full = await allow('sampler', new Set(['keyspace-sample']));
    expect(full.problems).toEqual([]);
    expect(countSeen(full.samples[0] as KeyspaceSample)).toBeGreaterThan(200);
    expect(await server.command('ACL', 'LOG')).toEqual([]);
    for (const words of [
      ['GET', 'user:1'],
      ['SET', 'user:1', 'x'],
      ['DEL', 'user:1'],
      ['KEYS', '*'],
      ['MEMORY', 'PURGE'],
      ['HGETALL', 'cart:1'],
    ])
      await expect(server.command('ACL', 'DRYRUN', 'sampler', ...words)).resolves.toMatch(/no permissions/);
    const plain = await allow('plain', new Set());
    expect(plain.samples).toEqual([]);
    expect(plain.problems).toEqual([
      `No keyspace sample: 127.0.0.1:${server.port} does not let this user run SCAN, or does not know it. \`redis-headroom acl --keyspace-sample\` prints the rule that suffices.`,
    ]);
  });

  it('leaves out the databases that this user may not see, and says so', async () => {
    const rule = (aclRule(engine, 'one', 'servers', new Set(['keyspace-sample'])) ?? '')
      .replace('>PASSWORD', '>sesame')
      .replace('+select', '');
    const [, , name = '', ...words] = rule.split(/ +/);
    await server.command('ACL', 'SETUSER', name, ...words);
    const { samples, problems } = await look(server.url.replace('//', '//one:sesame@'), 300);
    expect(samples).toMatchObject([{ unseenKeys: 2000, databases: [{ index: 0, keys: 16_500 }] }]);
    expect(problems).toEqual([expect.stringMatching(/is of its first database only: SELECT is not allowed/)]);
  });

  it('is a smaller sample where the time is up, and says so', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 700);
    const { samples, problems } = await look(server.url, 10_000, 200, stop.signal);
    expect([samples[0]?.isCut, problems]).toEqual([true, []]);
    expect(countSeen(samples[0] as KeyspaceSample)).toBeLessThan(1000);
    expect(estimate(samples[0]).keys).toBeGreaterThan(16_000);
  });

  it('tells who did not answer, and goes on with the others', async () => {
    const { samples, problems } = await sampleKeyspace([parseTarget('redis://127.0.0.1:1'), parseTarget(server.url)], { keys: 200 }, never);
    expect(samples).toHaveLength(1);
    expect(problems).toEqual([expect.stringMatching(/^No keyspace sample: 127\.0\.0\.1:1: refuses the connection/)]);
  });

  it('takes names for text that anyone may have written', async () => {
    const hostile = await startRedisServer();
    try {
      const names = ['a\u202eb', 'line\nbreak', '\u001b[31mred', 'n'.repeat(10_000), '<script>', 'back\\slash', 'zero\u200bwidth', 'é:ü'];
      for (const name of names) await hostile.command('SET', name, 'x');
      const raw = await hostile.connect();
      await raw.set(Buffer.from([0xff, 0x00, 0x3a, 0xc3]), 'binary');
      const { samples } = await look(hostile.url, 100);
      const seen = samples[0]?.databases[0]?.draws.flat().map(({ name }) => name) ?? [];
      expect(seen.toSorted()).toEqual(
        [
          'a\\u{202e}b',
          'line\\u{a}break',
          '\\u{1b}[31mred',
          `${'n'.repeat(160)}…`,
          '<script>',
          'back\\\\slash',
          'zero\\u{200b}width',
          'é:ü',
          '\\xff\\u{0}:\\xc3',
        ].toSorted(),
      );
    } finally {
      await hostile.stop();
    }
  });

  it('is nothing on a server without keys', async () => {
    const empty = await startRedisServer();
    const { samples, problems } = await look(empty.url, 100);
    await empty.stop();
    expect(problems).toEqual([]);
    expect(samples.map((sample) => estimateKeyspace(sample, engine))).toEqual([undefined]);
  });
});

describe.skipIf(!findRedisServer())(`a sample of keys of several servers, ${NO_REDIS_SERVER}`, () => {
  it('is taken from a replica, and from the primary only where no replica answers', async () => {
    const primary = await startRedisServer();
    const replica = await startRedisServer();
    try {
      for (let i = 0; i < 500; i += 1) await primary.command('SET', `k:${i}`, 'x');
      await replicate(replica, primary);
      await expect.poll(() => replica.command('DBSIZE')).toBe(500);
      await primary.command('CONFIG', 'RESETSTAT');
      const { samples, problems } = await look(primary.url, 200);
      expect(problems).toEqual([]);
      expect(samples).toMatchObject([
        { takenFrom: `127.0.0.1:${replica.port}`, reason: 'replica', nodeIds: [`127.0.0.1:${primary.port}`, `127.0.0.1:${replica.port}`] },
      ]);
      expect(await primary.info('commandstats')).not.toMatch(/cmdstat_(?:scan|memory|type|pttl)/);
      expect(await replica.info('commandstats')).toMatch(/cmdstat_memory\|usage:calls=2\d\d/);
      // A replica that was named is asked itself.
      expect((await look(replica.url, 200)).samples).toMatchObject([{ takenFrom: `127.0.0.1:${replica.port}`, reason: 'replica' }]);
      // It stands still: its primary believes that it is there.
      process.kill(replica.pid, 'SIGSTOP');
      const alone = await look(primary.url, 200);
      process.kill(replica.pid, 'SIGCONT');
      expect(alone.samples).toMatchObject([{ takenFrom: `127.0.0.1:${primary.port}`, reason: 'replica-unreachable' }]);
    } finally {
      await Promise.all([primary.stop(), replica.stop()]);
    }
  }, 60_000);

  it('is shared out over the shards of a cluster by their keys, each from its replica', async () => {
    const cluster: Cluster = await startCluster(3, { withReplicas: true });
    try {
      const [first] = cluster.primaries;
      for (const [shard, primary] of cluster.primaries.entries()) {
        // One tag a shard: its keys lie where its slot does.
        let tag = 0;
        while (!(await primary.command('SET', `{${tag}}:0`, 'x').catch(() => undefined))) tag += 1;
        for (let i = 1; i < 1000 * (shard + 1); i += 1) await primary.command('SET', `{${tag}}:${i}`, 'x'.repeat(100));
        await expect.poll(() => cluster.replicas[shard]?.command('DBSIZE')).toBe(1000 * (shard + 1));
      }
      const rule = (aclRule({ name: 'redis', version: '7.0' }, 'sampler', 'servers', new Set(['keyspace-sample'])) ?? '').split(' ');
      const words = rule.slice(2).map((word) => (word === '>PASSWORD' ? '>sesame' : word));
      for (const server of [...cluster.primaries, ...cluster.replicas]) await server.command('ACL', 'SETUSER', ...words);
      const { samples, problems } = await look((first?.url ?? '').replace('//', '//sampler:sesame@'), 600);
      expect(problems).toEqual([]);
      expect(samples.map(({ takenFrom }) => takenFrom).toSorted()).toEqual(
        cluster.replicas.map(({ port }) => `127.0.0.1:${port}`).toSorted(),
      );
      expect(samples.map(({ wantedKeys, reason }) => [wantedKeys, reason]).toSorted()).toEqual([
        [100, 'replica'],
        [200, 'replica'],
        [300, 'replica'],
      ]);
      for (const sample of samples) expect(countSeen(sample)).toBeGreaterThanOrEqual(0.8 * sample.wantedKeys);
    } finally {
      await Promise.all([...cluster.primaries, ...cluster.replicas].map((server) => server.stop()));
    }
  }, 120_000);
});
