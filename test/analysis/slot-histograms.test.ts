import { describe, expect, it } from 'vitest';
import { planMemory } from '../../src/analysis/budget.ts';
import { findPeaks } from '../../src/analysis/peaks.ts';
import { moveData } from '../../src/analysis/scenarios.ts';
import { CLUSTER_SLOTS, findSlotHistogramBytes, SLOT_BYTES } from '../../src/analysis/slot-histograms.ts';
import { planWhatIfs } from '../../src/analysis/what-if.ts';
import { GiB, MiB } from '../../src/model/bytes.ts';
import type { Engine } from '../../src/model/engine.ts';
import type { NodeHistory } from '../../src/model/node-history.ts';
import { buildNodeHistory, sampleEvery, type TestSample } from '../helpers/node-history.ts';

const redis = (version: string): Engine => ({ name: 'redis', version });
const valkey: Engine = { name: 'valkey', version: '9.1' };

const nodeOf = (rest: Omit<TestSample, 'at'> = {}): NodeHistory =>
  buildNodeHistory(
    sampleEvery(6 * 3600, 80, () => ({
      usedMemoryBytes: 2 * GiB,
      usedMemoryRssBytes: 2.1 * GiB,
      notCountedBytes: 0,
      aofEnabled: 0,
      rdbSaves: 0,
      connectedReplicas: 0,
      clusterEnabled: 1,
      db0Keys: 10_000_000,
      db0Expires: 0,
      ...rest,
      texts: { maxmemoryPolicy: 'noeviction' },
    })),
  );
const bytesOf = (
  history: NodeHistory,
  from: Engine,
  to: Engine,
  rest: { share?: number; presentShards?: number; toCluster?: boolean } = {},
) => findSlotHistogramBytes(history, { from, to, toCluster: true, share: 1, ...rest });

describe('counters of key sizes for each slot', () => {
  it('take 40 MiB of a node with all slots, as measured', () => {
    expect(bytesOf(nodeOf(), redis('7.2'), redis('8.0'))).toBe(40 * MiB);
    // Debian's Redis 8.0.2 and 8.0.6, 10 and 100 keys a slot.
    for (const measured of [2531, 2567]) expect(Math.abs(SLOT_BYTES / measured - 1)).toBeLessThan(0.02);
  });

  it('go by the slots of a shard, now and after a spread', () => {
    expect(bytesOf(nodeOf(), redis('7.2'), redis('8.2'), { presentShards: 4 })).toBe(10 * MiB);
    expect(bytesOf(nodeOf(), redis('7.2'), redis('8.2'), { presentShards: 4, share: 0.5 })).toBe(5 * MiB);
    expect(bytesOf(nodeOf({ clusterEnabled: 0 }), redis('8.0'), redis('8.0'), { share: 1 / 3 })).toBe(Math.ceil((40 / 3) * MiB));
  });

  it('are not held for slots without keys', () => {
    const few = bytesOf(nodeOf({ db0Keys: CLUSTER_SLOTS }), redis('7.2'), redis('8.0'));
    expect(few / (SLOT_BYTES * CLUSTER_SLOTS)).toBeCloseTo(1 - Math.exp(-1), 6);
  });

  it.each([
    ['Valkey has none', nodeOf(), redis('7.2'), valkey, true],
    ['Redis 7.4 has none', nodeOf(), redis('7.2'), redis('7.4'), true],
    ['a server in no cluster has none', nodeOf({ clusterEnabled: 0 }), redis('7.2'), redis('8.0'), false],
    ['they are in the peak already', nodeOf(), redis('8.0'), redis('8.6'), true],
    ['the version is not known', nodeOf(), redis('7.2'), { name: 'redis' } as Engine, true],
  ])('are nothing where %s', (_, history, from, to, toCluster) => {
    expect(bytesOf(history, from, to, { toCluster })).toBe(0);
  });

  const question = (history: NodeHistory, engine: Engine) => ({
    history,
    engine,
    peaks: findPeaks(history, engine),
    settings: { targetRatio: 0.8, forkCeilingRatio: 0.95, horizonDays: 30 },
  });

  it('are a line of the budget, derived, that maxmemory has room for', () => {
    const moved = moveData(question(nodeOf(), redis('7.2')), { engine: redis('8.0'), presentShards: 2 });
    const { budget, maxmemoryBytes } = planMemory(moved);
    const line = budget.find(({ id }) => id === 'slot-histograms');
    expect(line).toMatchObject({ bytes: 20 * MiB, basis: 'derived', formula: 'slots × 2560 B', inputs: { slots: CLUSTER_SLOTS / 2 } });
    expect(line?.source).toBe('docs/methodology.md#bytes-per-key');
    const upToMargin = budget.slice(0, budget.findIndex(({ id }) => id === 'fill-margin') + 1);
    expect(upToMargin.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(maxmemoryBytes.recommended);
    expect(planMemory(question(nodeOf(), redis('7.2'))).budget.some(({ id }) => id === 'slot-histograms')).toBe(false);
  });

  it('are in the row of the engine and of more shards', () => {
    // 30,000 keys: the counters outweigh what their entries save.
    const small = nodeOf({ db0Keys: 30_000, usedMemoryBytes: GiB, usedMemoryRssBytes: 1.05 * GiB });
    const row = (shards: number) =>
      planWhatIfs(question(small, redis('7.2')), { shards }).find(({ engine }) => engine === 'redis-8.2')?.memoryNeededBytes;
    expect(row(1)).toBeGreaterThan(planMemory(question(small, redis('7.2'))).memoryNeededBytes ?? Number.NaN);
    expect(row(16)).toBeUndefined();
    // Valkey 8.0 keeps its keys as Redis 8.0 does, but for the counters.
    const spread = (engine: Engine) =>
      planWhatIfs(question(nodeOf({ clusterEnabled: 0 }), engine), { shards: 1 }).find(({ id, shards }) => id === 'spread' && shards === 2);
    const [withCounters, without] = [spread(redis('8.0')), spread({ name: 'valkey', version: '8.0' })];
    expect(withCounters?.memoryNeededBytes).toBeGreaterThan(without?.memoryNeededBytes ?? Number.NaN);
  });
});
