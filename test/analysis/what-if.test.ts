import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BudgetQuestion, planMemory } from '../../src/analysis/budget.ts';
import { forecastNode } from '../../src/analysis/forecast/index.ts';
import { planHashTables } from '../../src/analysis/hash-tables.ts';
import { findPeaks } from '../../src/analysis/peaks.ts';
import { planWhatIfs } from '../../src/analysis/what-if.ts';
import type { WhatIfId } from '../../src/model/analysis.ts';
import { GiB, MiB } from '../../src/model/bytes.ts';
import type { Engine } from '../../src/model/engine.ts';
import type { NodeHistory } from '../../src/model/node-history.ts';
import { buildNodeHistory, sampleEvery, type TestSample } from '../helpers/node-history.ts';

const engine: Engine = { name: 'redis', version: '7.2.6' };
const settings: BudgetQuestion['settings'] = { targetRatio: 0.8, forkCeilingRatio: 0.95, horizonDays: 30 };
/** A store that neither saves nor has replicas. */
const quiet = { aofEnabled: 0, rdbSaves: 0, connectedReplicas: 0, notCountedBytes: 0, texts: { maxmemoryPolicy: 'noeviction' } };

const days = (count: number, describe: (i: number) => Omit<TestSample, 'at'>) =>
  buildNodeHistory(sampleEvery(6 * 3600, count * 4, describe));

function questionOf(history: NodeHistory, rest: Partial<BudgetQuestion['settings']> = {}): BudgetQuestion {
  return {
    history,
    engine,
    peaks: findPeaks(history, engine),
    forecast: forecastNode(history, { horizonDays: settings.horizonDays }),
    steps: planHashTables(history, engine),
    settings: { ...settings, ...rest },
  };
}

const ids = (history: NodeHistory, rest: Partial<BudgetQuestion['settings']> = {}) =>
  planWhatIfs(questionOf(history, rest)).map(({ id }) => id);
const steady = (rest: Omit<TestSample, 'at'>) => days(14, () => ({ usedMemoryBytes: 8 * GiB, usedMemoryRssBytes: 9 * GiB, ...rest }));

describe('planWhatIfs', () => {
  it('tells growth first, then what differs from a store that neither saves nor has replicas', () => {
    expect(ids(steady(quiet))).toEqual([
      'growth-25',
      'growth-50',
      'growth-100',
      'import-10',
      'persistence-on',
      'replica-added',
      'cache-policy',
    ]);
  });

  it('tells where the rounding of maxmemory hides a change, and only there', () => {
    const smallImport = (usedMebibytes: number) =>
      planWhatIfs(questionOf(days(14, () => ({ usedMemoryBytes: usedMebibytes * MiB, usedMemoryRssBytes: 60 * MiB, ...quiet })))).find(
        ({ id }) => id === 'import-10',
      );
    // 10 / 0.8 = 12.5 and 11 / 0.8 = 13.75 MiB: both 16. 12 / 0.8 = 15 and 13.2 / 0.8 = 16.5: 16 and 32.
    expect(smallImport(10)).toMatchObject({ changeBytes: 0, maxmemoryBytes: 16 * MiB, roundingBytes: 16 * MiB });
    const shown = smallImport(12);
    expect(shown?.changeBytes).toBeGreaterThan(0);
    expect(shown).not.toHaveProperty('roundingBytes');
    const saving = planWhatIfs(questionOf(steady(quiet))).find(({ id }) => id === 'persistence-on');
    expect(saving, 'forks change no limit').not.toHaveProperty('roundingBytes');
  });

  it('tells nothing that is so already', () => {
    expect(ids(steady({ ...quiet, rdbLastBgsaveSeconds: 3, rdbSaves: 5 }))).not.toContain('persistence-on');
    expect(ids(steady({ ...quiet, aofEnabled: 1 }))).toContain('persistence-none');
    expect(ids(steady({ ...quiet, connectedReplicas: 1 }))).not.toContain('replica-added');
    expect(ids(steady({ ...quiet, texts: { ...quiet.texts, role: 'slave' } }))).not.toContain('replica-added');
    expect(ids(steady({ ...quiet, texts: { maxmemoryPolicy: 'allkeys-lfu' } }))).toContain('store-policy');
    expect(ids(steady(quiet), { growthRatio: 0.5, replicas: 1, persistence: 'aof' })).toEqual([
      'growth-25',
      'growth-100',
      'import-10',
      'persistence-none',
      'cache-policy',
    ]);
  });

  it('tells nothing that the history does not show', () => {
    expect(ids(steady({}))).toEqual(['growth-25', 'growth-50', 'growth-100', 'import-10']);
  });

  it('knows neither an import nor another policy for a cache that is full and evicts', () => {
    const history = days(14, (i) => ({
      ...quiet,
      usedMemoryBytes: 8 * GiB,
      maxmemoryBytes: 8 * GiB,
      evictedKeys: i * 1000,
      texts: { maxmemoryPolicy: 'allkeys-lru' },
    }));
    const scenarios = planWhatIfs(questionOf(history));
    expect(scenarios.map(({ id }) => id)).toEqual(['growth-25', 'growth-50', 'growth-100', 'persistence-on', 'replica-added']);
    expect(scenarios[0]?.maxmemoryBytes).toBe(10 * GiB);
  });

  it('is empty without a budget', () => {
    expect(planWhatIfs(questionOf(days(14, () => ({ usedMemoryRssBytes: GiB }))))).toEqual([]);
  });

  it('loads an import below the growth that the forecast expects, and counts a hash table that it fills', () => {
    const history = days(14, () => ({ ...quiet, usedMemoryBytes: 20 * GiB, db0Keys: 125e6 }));
    const question = questionOf(history);
    expect(question.steps?.[0]?.daysUntil).toBeUndefined();
    const loaded = planWhatIfs(question).find(({ id }) => id === 'import-10');
    // 137.5 million keys are past 2^27: 22 GiB and 3 − 1 GiB of tables at a fill of 80 %.
    expect(loaded?.maxmemoryBytes).toBe(30 * GiB);
    const grown = planWhatIfs({ ...question, steps: [], forecast: undefined, settings: { ...settings, growthRatio: 0.25 } });
    expect(grown.find(({ id }) => id === 'import-10')?.maxmemoryBytes).toBe(34.5 * GiB);
  });

  it('tells engines that keep the same keys in clearly less, where the keys are counted', () => {
    const keys = { db0Keys: 60_000_000, db0Expires: 0 };
    const scenarios = planWhatIfs(questionOf(steady({ ...quiet, ...keys })));
    expect(scenarios.filter(({ id }) => id === 'engine').map((row) => row.engine)).toEqual(['redis-8.2', 'valkey-8.1']);
    for (const { id, changeBytes } of scenarios) if (id === 'engine') expect(changeBytes).toBeLessThan(-0.5 * GiB);
    expect(ids(steady({ ...quiet, db0Keys: 10_000 }))).not.toContain('engine');
    expect(ids(steady(quiet))).not.toContain('engine');
  });

  it('spreads the data over one shard more and over twice as many, and first evenly where the shard is the hottest', () => {
    const question = questionOf(steady(quiet));
    const rows = (place: Parameters<typeof planWhatIfs>[1]) =>
      planWhatIfs(question, place).flatMap(({ id, shards, spread, maxmemoryBytes }) =>
        id === 'spread' ? [[shards, spread, maxmemoryBytes / GiB]] : [],
      );
    // 8 GiB at a fill of 80 % are 10 GiB in one piece.
    expect(rows({ shards: 1 })).toEqual([[2, 'even', 5]]);
    expect(rows({ shards: 3, skew: 2 })).toEqual([
      [3, 'even', 5],
      [4, 'skew-kept', 7.5],
      [6, 'skew-kept', 5],
    ]);
    expect(rows({ shards: undefined })).toEqual([]);
  });

  it('never needs less for more growth, for saving, for a replica, for more data or for a store than for a cache', () => {
    const anyNode = fc.record({
      used: fc.double({ min: 0.6 * GiB, max: 200 * GiB, noNaN: true }),
      residentFactor: fc.double({ min: 1, max: 3, noNaN: true }),
      notCounted: fc.double({ min: 0, max: 0.4 * GiB, noNaN: true }),
      cowRatio: fc.double({ min: 0, max: 1.5, noNaN: true }),
      dailyGrowth: fc.double({ min: 0, max: 0.03, noNaN: true }),
      keys: fc.integer({ min: 1000, max: 3_000_000 }),
      knows: fc.record({
        saves: fc.boolean(),
        replicas: fc.constantFrom(undefined, 0, 1),
        policy: fc.constantFrom('noeviction', 'allkeys-lru'),
      }),
    });
    fc.assert(
      fc.property(anyNode, ({ used, residentFactor, notCounted, cowRatio, dailyGrowth, keys, knows }) => {
        const history = days(14, (i) => {
          const share = (1 + (dailyGrowth * i) / 4) * (i % 4 === 0 ? 1 : 0.97);
          return {
            usedMemoryBytes: used * share,
            usedMemoryRssBytes: used * residentFactor * share,
            allocatorResidentBytes: used * residentFactor * share,
            notCountedBytes: notCounted,
            db0Keys: Math.round(keys * share),
            rdbChangesSinceLastSave: i * 1000,
            ...(knows.saves ? { aofEnabled: 0, rdbSaves: cowRatio > 0 ? i : 0, rdbLastCowBytes: i < 30 ? 0 : used * cowRatio } : {}),
            ...(knows.replicas === undefined ? {} : { connectedReplicas: knows.replicas }),
            texts: { maxmemoryPolicy: knows.policy },
          };
        });
        const question = questionOf(history);
        const planned = planMemory(question).memoryNeededBytes ?? Number.NaN;
        const scenarios = new Map(planWhatIfs(question).map((scenario) => [scenario.id, scenario.memoryNeededBytes]));
        const need = (id: WhatIfId, otherwise = planned) => scenarios.get(id) ?? otherwise;
        const grown = (['growth-25', 'growth-50', 'growth-100'] as const).map((id) => need(id));
        expect(grown).toEqual(grown.toSorted((a, b) => a - b));
        expect(need('persistence-none')).toBeLessThanOrEqual(planned);
        expect(need('persistence-on')).toBeGreaterThanOrEqual(planned);
        expect(need('replica-added')).toBeGreaterThanOrEqual(planned);
        expect(need('import-10')).toBeGreaterThanOrEqual(planned);
        expect(need('cache-policy')).toBeLessThanOrEqual(planned);
        expect(need('store-policy')).toBeGreaterThanOrEqual(planned);
        for (const { changeBytes, memoryNeededBytes } of planWhatIfs(question)) expect(memoryNeededBytes - changeBytes).toBe(planned);
      }),
      { numRuns: 40 },
    );
  });
});
