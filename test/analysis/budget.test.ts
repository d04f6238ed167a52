import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BudgetQuestion, planMemory, planMemoryToday } from '../../src/analysis/budget.ts';
import { findTargetFill } from '../../src/analysis/data-plan.ts';
import { forecastNode } from '../../src/analysis/forecast/index.ts';
import { planHashTables } from '../../src/analysis/hash-tables.ts';
import { findPeaks } from '../../src/analysis/peaks.ts';
import type { BudgetLineId, Forecast, Provisioning } from '../../src/model/analysis.ts';
import { GiB, MiB } from '../../src/model/bytes.ts';
import type { Engine } from '../../src/model/engine.ts';
import type { NodeHistory } from '../../src/model/node-history.ts';
import { buildNodeHistory, sampleEvery, type TestSample } from '../helpers/node-history.ts';

const engine: Engine = { name: 'redis', version: '7.2.6' };
const settings: BudgetQuestion['settings'] = { targetRatio: 0.8, forkCeilingRatio: 0.95, horizonDays: 30 };
/** A store without persistence or replicas: nothing forks. */
const quiet = { aofEnabled: 0, rdbSaves: 0, connectedReplicas: 0, notCountedBytes: 0 };

type Plan = Omit<Provisioning, 'instance'>;

const days = (count: number, describe: (i: number) => Omit<TestSample, 'at'>) =>
  buildNodeHistory(sampleEvery(6 * 3600, count * 4, describe));

function plan(history: NodeHistory, rest: Partial<BudgetQuestion> = {}): Plan {
  return planMemory({
    history,
    engine,
    peaks: findPeaks(history, engine),
    forecast: forecastNode(history, { horizonDays: settings.horizonDays }),
    steps: planHashTables(history, engine),
    settings,
    ...rest,
  });
}

const bytesOf = (provisioning: Plan, id: BudgetLineId) => provisioning.budget.find((line) => line.id === id)?.bytes ?? Number.NaN;
const sum = (provisioning: Plan, count = provisioning.budget.length) =>
  provisioning.budget.slice(0, count).reduce((total, line) => total + line.bytes, 0);

/** What a made-up node holds; `scale` multiplies all memory that is not a fixed allowance. */
interface Node {
  readonly used: number;
  readonly residentFactor: number;
  readonly notCounted: number;
  readonly cowRatio: number;
}

function nodeHistory({ used, residentFactor, notCounted, cowRatio }: Node, rest: Omit<TestSample, 'at'> = {}): NodeHistory {
  const resident = used * residentFactor;
  return days(14, (i) => ({
    usedMemoryBytes: used * (i === 30 ? 1 : 0.9),
    allocatorResidentBytes: resident * (i === 30 ? 1 : 0.9),
    usedMemoryRssBytes: resident * (i === 30 ? 1 : 0.9),
    notCountedBytes: notCounted,
    rdbLastCowBytes: i < 30 ? 0 : resident * cowRatio,
    connectedReplicas: 0,
    ...rest,
  }));
}

const anyNode = fc.record({
  used: fc.double({ min: 0.6 * GiB, max: 200 * GiB, noNaN: true }),
  residentFactor: fc.double({ min: 1, max: 3, noNaN: true }),
  notCounted: fc.double({ min: 0, max: 0.4 * GiB, noNaN: true }),
  cowRatio: fc.double({ min: 0, max: 1.5, noNaN: true }),
});

describe('how far a line may be off', () => {
  const offOf = (provisioning: Plan, id: BudgetLineId) => provisioning.budget.find((line) => line.id === id)?.uncertaintyBytes;
  const resident = (i: number) => 8 * GiB * (i % 2 === 0 ? 1.04 : 1.12);
  const store = (more: (i: number) => Omit<TestSample, 'at'> = () => ({})) =>
    days(14, (i) => ({
      ...quiet,
      usedMemoryBytes: 8 * GiB,
      allocatorResidentBytes: resident(i),
      usedMemoryRssBytes: resident(i) + (100 + (i % 3) * 20) * MiB,
      ...more(i),
    }));

  it('is half the range of the samples, for the allocator and for the process', () => {
    const provisioning = plan(store());
    const { recommended = 0 } = provisioning.maxmemoryBytes;
    expect((offOf(provisioning, 'allocator') ?? 0) / (recommended * 0.04)).toBeCloseTo(1, 2);
    expect((offOf(provisioning, 'process-overhead') ?? 0) / (20 * MiB)).toBeCloseTo(1, 6);
  });

  it('is half the range of the forks, and not told of a single one', () => {
    const forked = (count: number) =>
      plan(
        store((i) => ({
          rdbSaves: Math.min(i, count),
          rdbLastCowBytes: i === 0 || count === 0 ? 0 : (i < 2 || count === 1 ? 1 : 2) * GiB,
        })),
      );
    const one = forked(1);
    expect(bytesOf(one, 'copy-on-write')).toBeGreaterThan(0);
    expect(offOf(one, 'copy-on-write')).toBeUndefined();
    const several = forked(5);
    const ratio = (offOf(several, 'copy-on-write') ?? 0) / bytesOf(several, 'copy-on-write');
    expect(ratio).toBeGreaterThan(0.2);
    expect(ratio).toBeLessThan(0.3);
  });

  it('is wide where a fork is only assumed, and exact lines have none', () => {
    const unknown = plan(days(14, () => ({ usedMemoryBytes: 8 * GiB, usedMemoryRssBytes: 9 * GiB })));
    expect(offOf(unknown, 'copy-on-write')).toBe(bytesOf(unknown, 'copy-on-write'));
    for (const id of ['peak-counted', 'page-tables', 'headroom'] as const) expect(offOf(unknown, id)).toBeUndefined();
  });

  it('calls the floor of the process assumed, not measured', () => {
    const history = store((i) => ({ usedMemoryRssBytes: resident(i) + 5 * MiB }));
    const process = plan(history).budget.find(({ id }) => id === 'process-overhead');
    expect(process).toMatchObject({ bytes: 32 * MiB, basis: 'assumed', uncertaintyBytes: 27 * MiB });
  });
});

describe('planMemory', () => {
  it('adds up line by line for a plain store', () => {
    const history = days(14, () => ({
      ...quiet,
      usedMemoryBytes: 8 * GiB,
      allocatorResidentBytes: 8.8 * GiB,
      usedMemoryRssBytes: 9 * GiB,
    }));
    const provisioning = plan(history);
    // p50 of a constant series is its level, p95 is e^0.1 of it: less than what a store's fill of 80 % leaves.
    expect(bytesOf(provisioning, 'peak-counted')).toBe(8 * GiB);
    expect(bytesOf(provisioning, 'growth')).toBe(0);
    expect(provisioning.maxmemoryBytes.recommended).toBe(10 * GiB);
    const M = provisioning.maxmemoryBytes.recommended ?? 0;
    expect(bytesOf(provisioning, 'allocator') / M).toBeCloseTo(0.1, 6);
    expect(bytesOf(provisioning, 'process-overhead') / GiB).toBeCloseTo(0.2, 6);
    expect([bytesOf(provisioning, 'copy-on-write'), bytesOf(provisioning, 'page-tables')]).toEqual([0, 0]);
    expect(provisioning.binding).toBe('target-ratio');
    expect((provisioning.memoryNeededBytes ?? 0) / (provisioning.residentBytes ?? 1)).toBeCloseTo(1.25, 6);
  });

  it('takes the bound of the forecast where it asks for more than the fill, never both', () => {
    const history = nodeHistory({ used: 8 * GiB, residentFactor: 1.1, notCounted: 0, cowRatio: 0 });
    const forecast = (p95: number, confidence: 'good' | 'low') => ({
      status: 'ok' as const,
      method: 'pooled-peak',
      horizonDays: 30,
      historyDays: 30,
      confidence,
      peak: { p50: 9 * GiB, p90: 12.5 * GiB, p95 },
    });
    const maxmemory = (p95: number, confidence: 'good' | 'low') =>
      (plan(history, { forecast: forecast(p95, confidence) }).maxmemoryBytes.recommended ?? 0) / GiB;
    expect(maxmemory(11 * GiB, 'good')).toBe(11.25);
    expect(maxmemory(14 * GiB, 'good')).toBe(14);
    expect(maxmemory(14 * GiB, 'low')).toBe(12.5);
    const glimpse = { ...forecast(14 * GiB, 'low'), historyDays: 4 };
    expect(plan(history, { forecast: glimpse }).maxmemoryBytes.recommended).toBe(11.25 * GiB);
  });

  it('lets the fork bind when its copies need more than the free fifth', () => {
    const forking = nodeHistory({ used: 8 * GiB, residentFactor: 1.1, notCounted: 0, cowRatio: 0.6 });
    const provisioning = plan(forking);
    expect(provisioning.binding).toBe('fork');
    expect((provisioning.forkedBytes ?? 0) / (provisioning.memoryNeededBytes ?? 1)).toBeCloseTo(0.95, 6);
    expect(bytesOf(provisioning, 'headroom') / (provisioning.memoryNeededBytes ?? 1)).toBeCloseTo(0.05, 6);
  });

  it('makes sums that are exact and satisfies both conditions, whatever the node', () => {
    fc.assert(
      fc.property(anyNode, fc.double({ min: 0.5, max: 0.9, noNaN: true }), (node, targetRatio) => {
        const provisioning = plan(nodeHistory(node), { settings: { ...settings, targetRatio } });
        const { memoryNeededBytes = 0, residentBytes = 0, forkedBytes = 0, maxmemoryBytes } = provisioning;
        expect(sum(provisioning, 4)).toBe(maxmemoryBytes.recommended);
        expect(sum(provisioning)).toBe(memoryNeededBytes);
        expect(sum(provisioning, 7)).toBe(residentBytes);
        expect(sum(provisioning, 10)).toBe(forkedBytes);
        for (const line of provisioning.budget) expect(line.bytes, line.id).toBeGreaterThanOrEqual(0);
        expect(residentBytes).toBeLessThanOrEqual(targetRatio * memoryNeededBytes + 1);
        expect(forkedBytes).toBeLessThanOrEqual(0.95 * memoryNeededBytes + 1);
      }),
      { numRuns: 60 },
    );
  });

  it('calls the recommended limit safe on the machine that it asks for', () => {
    fc.assert(
      fc.property(anyNode, (node) => {
        const history = nodeHistory(node);
        const first = plan(history);
        const { safeOnPresentMachine = 0 } = plan(history, { systemMemoryBytes: first.memoryNeededBytes }).maxmemoryBytes;
        // But for the bytes that rounding each line up to a whole one makes.
        expect(safeOnPresentMachine).toBeGreaterThanOrEqual((first.maxmemoryBytes.recommended ?? 0) - 16);
      }),
      { numRuns: 60 },
    );
  });

  it('never gives less for a higher peak', () => {
    fc.assert(
      fc.property(anyNode, fc.double({ min: 1, max: 3, noNaN: true }), (node, factor) => {
        const small = plan(nodeHistory(node));
        const large = plan(nodeHistory({ ...node, used: node.used * factor }));
        expect(large.maxmemoryBytes.recommended).toBeGreaterThanOrEqual(small.maxmemoryBytes.recommended ?? Number.NaN);
        expect(large.memoryNeededBytes).toBeGreaterThanOrEqual((small.memoryNeededBytes ?? Number.NaN) * (1 - 1e-9));
      }),
      { numRuns: 60 },
    );
  });

  it('doubles the need when all memory doubles, but for rounding and fixed allowances', () => {
    fc.assert(
      fc.property(anyNode, (node) => {
        const single = plan(nodeHistory(node));
        const double = plan(nodeHistory({ ...node, used: 2 * node.used, notCounted: 2 * node.notCounted }));
        const [m1 = 0, m2 = 0] = [single, double].map((provisioning) => provisioning.maxmemoryBytes.recommended);
        expect(Math.abs(m2 - 2 * m1)).toBeLessThanOrEqual(2 * 256 * MiB);
        const [n1 = 0, n2 = 0] = [single, double].map((provisioning) => provisioning.memoryNeededBytes);
        // 512 MiB for the system and 32 MiB for the process do not double; the step of maxmemory is resident too.
        const slack = 2 * (512 + 32 + 256) * MiB * node.residentFactor * (1 + node.cowRatio) * 1.3;
        expect(Math.abs(n2 - 2 * n1)).toBeLessThanOrEqual(slack);
      }),
      { numRuns: 60 },
    );
  });

  it('takes the growth of the settings in place of the forecast, as assumed', () => {
    const history = nodeHistory({ used: 8 * GiB, residentFactor: 1.1, notCounted: 0, cowRatio: 0.2 });
    const provisioning = plan(history, { settings: { ...settings, growthRatio: 0.5 } });
    expect(provisioning.budget.find((line) => line.id === 'growth')).toMatchObject({ bytes: 4 * GiB, basis: 'assumed' });
    // Half as many writes more: 1 − (1 − 0.2)^1.5 of resident memory is copied.
    expect(bytesOf(provisioning, 'copy-on-write') / (provisioning.residentBytes ?? 1)).toBeCloseTo(1 - 0.8 ** 1.5, 6);
    const shrinking = plan(history, { settings: { ...settings, growthRatio: -0.5 } });
    expect(bytesOf(shrinking, 'growth')).toBe(0);
  });

  it('provides for the peak so far when there is no forecast, and for the need of today', () => {
    const history = days(2, (i) => ({ ...quiet, usedMemoryBytes: (4 + (i === 3 ? 4 : 0)) * GiB, usedMemoryRssBytes: 9 * GiB }));
    const refused = forecastNode(history, { horizonDays: 30 });
    expect(refused.status).toBe('refused');
    const provisioning = plan(history);
    expect(bytesOf(provisioning, 'growth')).toBe(0);
    expect(provisioning.maxmemoryBytes.recommended).toBe(10 * GiB);
    const grown = { history, engine, peaks: findPeaks(history), settings: { ...settings, growthRatio: 2 } };
    expect(planMemoryToday(grown).memoryNeededBytes).toBe(provisioning.memoryNeededBytes);
  });

  it('never falls below the peak so far, even if the forecast does', () => {
    const history = nodeHistory({ used: 8 * GiB, residentFactor: 1.1, notCounted: 0, cowRatio: 0 });
    const low: Forecast = { status: 'ok', method: 'test', horizonDays: 30, historyDays: 30, peak: { p50: GiB, p90: GiB, p95: 2 * GiB } };
    expect(bytesOf(plan(history, { forecast: low }), 'growth')).toBe(0);
  });

  it.each([
    ['by what a command lets in', 10.2, 10, 10],
    ['by much, since eviction does not keep up', 12, 12, 12],
  ])('plans a cache that stands above its limit %s', (_, counted, peak, maxmemory) => {
    const history = days(14, (i) => ({
      ...quiet,
      usedMemoryBytes: (i < 20 ? 13 : counted) * GiB,
      usedMemoryRssBytes: 13.5 * GiB,
      maxmemoryBytes: 10 * GiB,
      evictedKeys: i * 1000,
      texts: { maxmemoryPolicy: 'allkeys-lru' },
    }));
    const provisioning = plan(history);
    expect([bytesOf(provisioning, 'peak-counted'), provisioning.maxmemoryBytes.recommended]).toEqual([peak * GiB, maxmemory * GiB]);
  });

  it('keeps the limit of a cache that is full and evicts: its demand cannot be seen', () => {
    const full = (limit: number) =>
      days(14, (i) => ({
        ...quiet,
        usedMemoryBytes: limit * (i % 2 === 0 ? 0.99 : 1.001),
        usedMemoryRssBytes: limit * 1.1,
        maxmemoryBytes: limit,
        evictedKeys: i * 1000,
        texts: { maxmemoryPolicy: 'allkeys-lru' },
      }));
    const limit = 10_527_885_772;
    const provisioning = plan(full(limit));
    expect(provisioning.maxmemoryBytes).toMatchObject({ current: limit, recommended: limit });
    expect(bytesOf(provisioning, 'peak-counted')).toBe(limit);
    expect(bytesOf(provisioning, 'fill-margin')).toBe(0);
    expect(sum(provisioning, 4)).toBe(limit);
    // Growth that the user asks for still counts.
    expect(plan(full(8 * GiB), { settings: { ...settings, growthRatio: 0.25 } }).maxmemoryBytes.recommended).toBe(10 * GiB);
  });

  it('raises the limit of a store that refuses writes', () => {
    const history = days(14, (i) => ({
      ...quiet,
      usedMemoryBytes: 8 * GiB,
      maxmemoryBytes: 8 * GiB,
      oomErrors: i,
      texts: { maxmemoryPolicy: 'noeviction' },
    }));
    expect(plan(history).maxmemoryBytes.recommended).toBe(10 * GiB);
  });

  it('tells unlimited from unknown', () => {
    expect(plan(days(14, () => ({ ...quiet, usedMemoryBytes: GiB, maxmemoryBytes: 0 }))).maxmemoryBytes.current).toBe(0);
    expect(plan(days(14, () => ({ ...quiet, usedMemoryBytes: GiB }))).maxmemoryBytes.current).toBeUndefined();
  });

  it('has no budget without used memory', () => {
    const provisioning = plan(days(14, () => ({ usedMemoryRssBytes: GiB, maxmemoryBytes: GiB })));
    expect(provisioning.budget).toEqual([]);
    expect(provisioning.memoryNeededBytes).toBeUndefined();
    expect(provisioning.maxmemoryBytes.current).toBe(GiB);
    expect(provisioning.maxmemoryBytes.recommended).toBeUndefined();
  });

  it('makes do with used memory alone, and says what is assumed', () => {
    const provisioning = plan(days(14, () => ({ usedMemoryBytes: 8 * GiB })));
    const basis = Object.fromEntries(provisioning.budget.map((line) => [line.id, line.basis]));
    expect(basis).toMatchObject({ 'peak-counted': 'measured', 'not-counted': 'assumed', allocator: 'assumed', 'copy-on-write': 'assumed' });
    expect(bytesOf(provisioning, 'copy-on-write') / (provisioning.residentBytes ?? 1)).toBeCloseTo(0.25, 6);
    expect(provisioning.budget.find((line) => line.id === 'peak-counted')?.formula).toBe('max(U)');
  });

  it('provides at least for the resident memory that was seen', () => {
    // Used memory was higher before the window: resident memory has stayed there.
    const history = days(14, () => ({ ...quiet, usedMemoryBytes: 100 * MiB, usedMemoryRssBytes: 6 * GiB }));
    const provisioning = plan(history);
    expect(provisioning.residentBytes).toBe(6 * GiB);
    expect(provisioning.budget.find((line) => line.id === 'allocator')?.basis).toBe('measured');
  });

  it('forgets the resident memory from before active defragmentation closed the holes', () => {
    const history = days(14, (i) => ({
      ...quiet,
      usedMemoryBytes: 8 * GiB,
      allocatorAllocatedBytes: 8 * GiB,
      allocatorActiveBytes: (i < 30 ? 14 : 8.2) * GiB,
      allocatorResidentBytes: (i < 30 ? 14.2 : 8.4) * GiB,
      usedMemoryRssBytes: (i < 30 ? 14.3 : 8.5) * GiB,
      activeDefragRunningPercent: i === 29 ? 10 : 0,
    }));
    const provisioning = plan(history);
    expect(provisioning.budget.find((line) => line.id === 'allocator')?.inputs.R_seen).toBe(8.5 * GiB);
    expect(provisioning.residentBytes).toBeLessThan(10.8 * GiB);
  });

  it('takes the limit of a managed service as it is: the reservation is off already', () => {
    // cache.r6g.large: 14,037,181,030 bytes less 25 %.
    const limit = Math.floor(14_037_181_030 * 0.75);
    const history = days(14, () => ({ ...quiet, usedMemoryBytes: 9e9, maxmemoryBytes: limit }));
    const { current = 0 } = plan(history).maxmemoryBytes;
    expect(current).toBe(10_527_885_772);
    expect(9e9 / current).toBeCloseTo(0.85487, 5);
  });

  it('counts a replication backlog that is always in used memory as data', () => {
    // 10 GB with a tenth of it in the backlog: 9 GB of data fill it.
    const history = days(14, () => ({ ...quiet, usedMemoryBytes: 10e9, replicationBacklogBytes: 1e9, maxmemoryBytes: 10e9 }));
    expect(bytesOf(plan(history), 'peak-counted')).toBe(10e9);
  });

  it('adds the doubling of a hash table that is due within the horizon', () => {
    const history = days(14, (i) => ({ ...quiet, usedMemoryBytes: 20 * GiB, db0Keys: 120e6 + i * 250_000 }));
    const steps = planHashTables(history, engine);
    expect(steps[0]?.daysUntil).toBeLessThan(30);
    const provisioning = plan(history);
    const factor = 1 + bytesOf(provisioning, 'growth') / (20 * GiB);
    expect(bytesOf(provisioning, 'hash-table-step') / GiB).toBeCloseTo(3 - factor, 6);
    expect(bytesOf(plan(history, { steps: [] }), 'hash-table-step')).toBe(0);
  });

  it('finds what the present machine can hold under the stricter condition', () => {
    const history = nodeHistory({ used: 8 * GiB, residentFactor: 1.1, notCounted: 0, cowRatio: 0.6 }, { totalSystemMemoryBytes: 16 * GiB });
    const { safeOnPresentMachine = 0 } = plan(history).maxmemoryBytes;
    const resident = safeOnPresentMachine * 1.1 + 32 * MiB;
    expect(resident * (1.6 + 1 / 512) + 0.5 * GiB).toBeLessThanOrEqual(0.95 * 16 * GiB);
    expect((resident + 300 * MiB) * (1.6 + 1 / 512) + 0.5 * GiB).toBeGreaterThan(0.95 * 16 * GiB);
    expect(plan(history, { systemMemoryBytes: 48 * MiB }).maxmemoryBytes.safeOnPresentMachine).toBeUndefined();
  });
});

describe('findTargetFill', () => {
  it.each([
    ['allkeys-lru', 5, 1],
    ['volatile-ttl', 5, 1],
    ['allkeys-lfu', 0, 0.95],
    ['volatile-lru', 0, 0.8],
    ['noeviction', 0, 0.8],
    ['noeviction', 5, 0.8],
    [undefined, 0, 0.8],
    [undefined, 5, 1],
  ])('for policy %s with %d evictions an hour', (maxmemoryPolicy, evicted, fill) => {
    const history = days(2, (i) => ({ usedMemoryBytes: GiB, evictedKeys: i * evicted, texts: maxmemoryPolicy ? { maxmemoryPolicy } : {} }));
    expect(findTargetFill(history)).toBe(fill);
  });

  it('is that of a store for volatile-* once next to no key with an expiry is left', () => {
    const fillWith = (db0Expires: number) =>
      findTargetFill(
        days(2, (i) => ({
          usedMemoryBytes: GiB,
          evictedKeys: i,
          db0Keys: 100_000,
          db0Expires,
          texts: { maxmemoryPolicy: 'volatile-lru' },
        })),
      );
    expect([fillWith(0), fillWith(900), fillWith(20_000)]).toEqual([0.8, 0.8, 1]);
  });
});
