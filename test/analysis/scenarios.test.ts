import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeHistories } from '../../src/analysis/index.ts';
import type { AnalyzeOptions } from '../../src/index.ts';
import type { NodeAnalysis } from '../../src/model/analysis.ts';
import { GiB } from '../../src/model/bytes.ts';
import type { NodeHistory } from '../../src/model/node-history.ts';
import { buildReport } from '../../src/report/index.ts';
import { buildNodeHistory, sampleEvery, type TestSample } from '../helpers/node-history.ts';

const tool = { name: 'redis-headroom', version: '0.0.0' };

/** Forty steady days of a store of 8 GiB on Redis 7.2, and what is said otherwise. */
const nodeOf = (rest: Omit<TestSample, 'at'> = {}): NodeHistory =>
  buildNodeHistory(
    sampleEvery(6 * 3600, 160, () => ({
      usedMemoryBytes: 8 * GiB,
      usedMemoryRssBytes: 8.4 * GiB,
      notCountedBytes: 0,
      maxmemoryBytes: 12 * GiB,
      aofEnabled: 0,
      rdbSaves: 0,
      connectedReplicas: 0,
      totalSystemMemoryBytes: 16 * GiB,
      ...rest,
      texts: { redisVersion: '7.2.6', role: 'master', maxmemoryPolicy: 'noeviction', ...rest.texts },
    })),
  );

function analyzeNode(history: NodeHistory, options: AnalyzeOptions = {}): NodeAnalysis {
  const analysis = analyzeHistories([history], [], { catalog: [], catalogDates: {}, tool, generatedAt: 0, ...options });
  return analysis.nodes[0] as NodeAnalysis;
}

const lines = ({ provisioning }: NodeAnalysis) => Object.fromEntries(provisioning.budget.map(({ id, bytes }) => [id, bytes / GiB]));

describe('the plan under --import', () => {
  it('holds what is loaded as a line of its own, with growth on top', () => {
    const { provisioning } = analyzeNode(nodeOf(), { importBytes: 4 * GiB });
    const bytes = (id: string) => provisioning.budget.find((line) => line.id === id)?.bytes;
    expect(bytes('peak-counted')).toBe(8 * GiB);
    expect(bytes('import')).toBe(4 * GiB);
    expect(provisioning.maxmemoryBytes.recommended).toBe(15 * GiB);
    expect(lines(analyzeNode(nodeOf(), { importBytes: 4 * GiB, growthRatio: 0.5 }))).toMatchObject({
      'peak-counted': 8,
      import: 4,
      growth: 6,
    });
  });

  it('asks for a larger machine before the load', () => {
    expect(analyzeNode(nodeOf()).actions.map(({ id }) => id)).not.toContain('resize-up');
    expect(analyzeNode(nodeOf(), { importBytes: 6 * GiB }).actions[0]?.id).toBe('resize-up');
  });

  it('counts the tables that the loaded keys need', () => {
    const keys = { db0Keys: 60_000_000, db0Expires: 0 };
    expect(lines(analyzeNode(nodeOf(keys)))['hash-table-step']).toBe(0);
    expect(lines(analyzeNode(nodeOf(keys), { importBytes: 2 * GiB }))['hash-table-step']).toBeGreaterThan(0);
  });

  it('keeps what is in a full cache beside what is loaded, and says so', () => {
    const cache = buildNodeHistory(
      sampleEvery(6 * 3600, 160, (i) => ({
        usedMemoryBytes: 8 * GiB,
        notCountedBytes: 0,
        maxmemoryBytes: 8 * GiB,
        evictedKeys: i * 1000,
        texts: { redisVersion: '7.2.6', maxmemoryPolicy: 'allkeys-lru' },
      })),
    );
    const { provisioning } = analyzeNode(cache, { importBytes: 2 * GiB });
    expect(provisioning.maxmemoryBytes.recommended).toBe(10 * GiB);
    expect(provisioning.notes).toEqual(['import-into-full-cache']);
    expect(analyzeNode(cache, { policy: 'store' }).provisioning).toMatchObject({
      maxmemoryBytes: { recommended: 10 * GiB },
      notes: ['store-demand-unknown'],
    });
  });
});

describe('the plan under --policy', () => {
  it('leaves a fifth free in a store and a twentieth in a cache', () => {
    expect(analyzeNode(nodeOf(), { policy: 'store' }).provisioning.maxmemoryBytes.recommended).toBe(10 * GiB);
    expect(analyzeNode(nodeOf(), { policy: 'cache' }).provisioning.maxmemoryBytes.recommended).toBe(8.5 * GiB);
    expect(analyzeNode(nodeOf(), { policy: 'cache' }).provisioning.whatIf?.map(({ id }) => id)).toContain('store-policy');
  });
});

describe('the plan under --engine', () => {
  const keys = { db0Keys: 60_000_000, db0Expires: 60_000_000 };

  it('takes what the keys no longer take off the data', () => {
    const { provisioning, keyspace } = analyzeNode(nodeOf(keys), { engine: { name: 'valkey', version: '8.1' } });
    const { changeBytes = 0 } = provisioning.engineChange ?? {};
    expect(provisioning.engineChange).toMatchObject({ from: 'redis-7.2.6', to: 'valkey-8.1', keys: 60e6, expires: 60e6 });
    expect(changeBytes / 60e6).toBeLessThan(-18);
    expect(provisioning.budget[0]?.bytes).toBe(Math.ceil(8 * GiB * ((8 * GiB + changeBytes) / (8 * GiB))));
    expect(provisioning.budget[0]?.basis).toBe('derived');
    expect(keyspace.steps[0]?.threshold).toBe(2 ** 26);
    expect(provisioning.whatIf?.map(({ id }) => id)).not.toContain('engine');
  });

  it('is refused where the keys are not counted, and the plan stays as it was', () => {
    const { provisioning } = analyzeNode(nodeOf(), { engine: { name: 'valkey', version: '8.1' } });
    expect(provisioning.notes).toEqual(['engine-keyspace-unknown']);
    expect(provisioning.engineChange).toBeUndefined();
    expect(provisioning.maxmemoryBytes.recommended).toBe(10 * GiB);
  });
});

describe('the plan under --shards', () => {
  it('stands beside that for the data as they lie, cut evenly where there is one shard', () => {
    const { provisioning } = analyzeNode(nodeOf(), { shards: 4 });
    expect(provisioning.maxmemoryBytes.recommended).toBe(10 * GiB);
    expect(provisioning.spread).toMatchObject({ shards: 4, presentShards: 1, spread: 'even', maxmemoryBytes: 2.5 * GiB });
    const { memoryNeededBytes = 0, totalMemoryNeededBytes } = provisioning.spread ?? {};
    expect(totalMemoryNeededBytes).toBe(4 * memoryNeededBytes);
    expect(memoryNeededBytes).toBeLessThan((provisioning.memoryNeededBytes ?? 0) / 3);
  });

  it('is the first step where a larger machine would be, and no step where none is needed', () => {
    const large = { usedMemoryBytes: 14 * GiB, usedMemoryRssBytes: 14.5 * GiB, maxmemoryBytes: 0 };
    const analysis = analyzeHistories([nodeOf(large)], [], { catalog: [], catalogDates: {}, tool, generatedAt: 0, shards: 3 });
    expect(buildReport(analysis).cover.verdict).toMatch(/^Spread the data over 3 shards/);
    const [first, ...rest] = analyzeNode(nodeOf(large), { shards: 3 }).actions.filter(({ effort }) => effort !== 'nothing');
    expect(first).toMatchObject({ id: 'add-shards', values: { shards: 3, reason: 'asked' } });
    expect(rest.map(({ id }) => id)).not.toContain('resize-up');
    expect(analyzeNode(nodeOf(), { shards: 3 }).actions.map(({ id }) => id)).not.toContain('add-shards');
  });

  it('is refused for a node of a cluster that was read in part', () => {
    const { provisioning } = analyzeNode(nodeOf({ clusterEnabled: 1, clusterConnections: 10 }), { shards: 6 });
    expect(provisioning.spread).toBeUndefined();
    expect(provisioning.notes).toEqual(['shards-unknown']);
  });

  it('never needs more a machine on more shards, nor less in all', () => {
    const history = nodeOf({ db0Keys: 30_000_000, db0Expires: 1_000_000 });
    const planOf = (shards: number) => analyzeNode(history, { shards }).provisioning.spread;
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 1, max: 60 }), (fewer, more) => {
        const [a, b] = [planOf(fewer), planOf(fewer + more)];
        expect(b?.memoryNeededBytes).toBeLessThanOrEqual(a?.memoryNeededBytes ?? 0);
        expect(b?.totalMemoryNeededBytes).toBeGreaterThanOrEqual(0.97 * (a?.totalMemoryNeededBytes ?? 0));
      }),
      { numRuns: 25 },
    );
  });
});
