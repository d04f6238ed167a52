import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureEngineChange } from '../../src/analysis/key-overhead.ts';
import type { Engine } from '../../src/model/engine.ts';
import type { NodeHistory } from '../../src/model/node-history.ts';
import { buildNodeHistory, sampleEvery, type TestSample } from '../helpers/node-history.ts';
import { findRedisServer, NO_REDIS_SERVER, type RedisServer, startRedisServer } from '../helpers/redis-server.ts';

const redis = (version: string): Engine => ({ name: 'redis', version });
const valkey = (version: string): Engine => ({ name: 'valkey', version });

const holding = (keys: number, expires = 0, rest: Omit<TestSample, 'at'> = {}): NodeHistory =>
  buildNodeHistory(sampleEvery(60, 2, () => ({ usedMemoryBytes: 1e9, db0Keys: keys, db0Expires: expires, ...rest })));

function changePerKey(history: NodeHistory, from: Engine, to: Engine, toCluster = history.last.clusterEnabled === 1): number {
  const change = measureEngineChange(history, from, to, toCluster);
  if (typeof change === 'string') throw new Error(change);
  return change.changeBytes / change.keys;
}

describe('measureEngineChange', () => {
  // Used memory a key, 510,000 keys of 10 bytes with a number, by builds with the bundled jemalloc, 27 November 2026.
  const MEASURED = {
    plain: { 'redis 7.0.15': 64.3, 'redis 8.0.2': 64.3, 'redis 8.6.3': 46.06, 'valkey 8.1.1': 49.3, 'valkey 9.1.2': 49.3 },
    expiring: { 'redis 7.0.15': 96.52, 'redis 8.0.2': 96.52, 'redis 8.6.3': 68.08, 'valkey 8.1.1': 74.49, 'valkey 9.1.2': 74.47 },
  };
  const engineOf = (name: string): Engine => {
    const [family, version = ''] = name.split(' ');
    return family === 'valkey' ? valkey(version) : redis(version);
  };

  it.each(Object.keys(MEASURED.plain) as (keyof typeof MEASURED.plain)[])(
    'tells what was measured when the keys move from or to %s',
    (name) => {
      for (const [kind, expires] of [['plain', 0] as const, ['expiring', 510_000] as const]) {
        for (const other of Object.keys(MEASURED.plain) as (keyof typeof MEASURED.plain)[]) {
          const told = changePerKey(holding(510_000, expires), engineOf(name), engineOf(other));
          expect(Math.abs(told - (MEASURED[kind][other] - MEASURED[kind][name])), `${kind}, ${name} to ${other}`).toBeLessThan(0.25);
        }
      }
    },
  );

  it('counts the table that was doubled for keys which are gone', () => {
    const shrunk = buildNodeHistory(sampleEvery(60, 2, (i) => ({ usedMemoryBytes: 1e9, db0Keys: i === 0 ? 1_000_000 : 500_000 })));
    // 2^20 buckets of 8 bytes here, 2^19 in a table that is filled anew.
    expect(changePerKey(shrunk, redis('7.0'), redis('8.0'))).toBeCloseTo(-(8 * 2 ** 19) / 500_000, 6);
  });

  it('counts the list of slots of a cluster node of Redis 7, which later versions do without', () => {
    const node = holding(1_000_000, 0, { clusterEnabled: 1 });
    const standalone = holding(1_000_000);
    expect(changePerKey(standalone, redis('7.2'), redis('7.2'), true)).toBeCloseTo(16, 9);
    expect(changePerKey(node, redis('7.2'), redis('8.0'))).toBeLessThan(-10);
  });

  it.each([
    ['keyspace-unknown', buildNodeHistory(sampleEvery(60, 2, () => ({ usedMemoryBytes: 1e9 }))), redis('7.0'), valkey('8.1')],
    ['engine-unknown', holding(1000), { name: 'dragonfly', version: '1.2' } as Engine, valkey('8.1')],
    ['engine-unknown', holding(1000), { name: 'redis', version: undefined } as Engine, valkey('8.1')],
    ['engine-unknown', holding(1000, 0, { clusterEnabled: 1 }), redis('6.2'), valkey('8.1')],
    ['target-unknown', holding(1000, 0, { clusterEnabled: 1 }), redis('7.0'), redis('6.2')],
  ] as const)('refuses: %s', (reason, history, from, to) => {
    expect(measureEngineChange(history, from, to, history.last.clusterEnabled === 1)).toBe(reason);
  });

  it('is nothing to the same engine, and back is as far as there', () => {
    const engines = [redis('7.0'), redis('8.2'), valkey('8.1'), valkey('7.2')];
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom(...engines),
        fc.constantFrom(...engines),
        fc.constantFrom(0, 1),
        (keys, share, from, to, clusterEnabled) => {
          const history = holding(keys, Math.floor(keys * share), { clusterEnabled });
          expect(changePerKey(history, from, from)).toBe(0);
          expect(changePerKey(history, from, to) + changePerKey(history, to, from)).toBeCloseTo(0, 6);
        },
      ),
    );
  });
});

describe.skipIf(findRedisServer() === undefined)(`a running server (${NO_REDIS_SERVER})`, () => {
  const KEYS = 100_000;
  async function bytesPerKey(server: RedisServer): Promise<number> {
    const used = async () => Number(/used_memory:(\d+)/.exec(await server.info('memory'))?.[1]);
    const before = await used();
    const client = await server.connect();
    for (let i = 0; i < KEYS; i += 1000)
      await client.mset(...Array.from({ length: 1000 }, (_, j) => [`{t}${String(i + j).padStart(10, '0')}`, 'v'.repeat(20)]).flat());
    await sleep(1500); // the old table is freed once all entries have moved
    return ((await used()) - before) / KEYS;
  }

  it('takes for the slot of each key what is told of Redis 7', async ({ skip }) => {
    const server = await startRedisServer();
    const node = await startRedisServer({ config: ['--cluster-enabled', 'yes'] });
    try {
      const version = /redis_version:(\S+)/.exec(await server.info('server'))?.[1] ?? '';
      if (!/^7\.[02]/.test(version)) skip('only Redis 7.0 and 7.2 keep that list');
      await node.command('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
      for (let i = 0; i < 100 && !String(await node.command('CLUSTER', 'INFO')).includes('cluster_state:ok'); i += 1) await sleep(100);
      const measured = (await bytesPerKey(node)) - (await bytesPerKey(server));
      const told = changePerKey(holding(KEYS), redis(version), redis(version), true);
      expect(Math.abs(measured - told)).toBeLessThan(1.5);
    } finally {
      await server.stop();
      await node.stop();
    }
  });
});
