import type { FindingContext, NodeFigures } from '../../src/analysis/findings/index.ts';
import { type AnalysisSettings, analysisSchema } from '../../src/model/analysis.ts';
import { GiB, MiB } from '../../src/model/bytes.ts';
import { buildNodeHistory, DAY, HOUR, START_AT, sampleEvery, type TestSample } from './node-history.ts';

export const SETTINGS: AnalysisSettings = {
  targetRatio: 0.8,
  forkCeilingRatio: 0.95,
  horizonDays: 90,
  timeZone: 'UTC',
  providers: [],
  catalogDates: {},
};

/** A healthy node for a month: 6 GiB used of a 10 GiB limit on a 16 GiB machine. Every figure of it is written out here. */
export function healthyFigures(): NodeFigures {
  const toAt = START_AT + 30 * DAY;
  return {
    id: 'node-1',
    engine: { name: 'redis', version: '7.2.4' },
    role: 'master',
    allocator: 'jemalloc-5.3.0',
    maxmemoryPolicy: 'noeviction',
    quality: {
      samples: 720,
      intervalSeconds: 3600,
      spanSeconds: 30 * 86_400,
      fromAt: START_AT,
      toAt,
      gaps: [],
      gapCount: 0,
      gapSeconds: 0,
      duplicates: 0,
      outOfOrder: 0,
      rejectedRows: 0,
      wrappedIntegers: 0,
      restarts: [],
      statResets: [],
      averaged: false,
      grade: 'A',
      reasons: [],
    },
    peaks: {
      usedMemoryBytes: { value: 6 * GiB, at: START_AT + DAY, recovered: false },
      countedBytes: { value: 6 * GiB, at: START_AT + DAY, recovered: false },
      usedMemoryRssBytes: { value: 6.5 * GiB, at: START_AT + DAY },
      recovered: [],
      components: {},
    },
    latest: { usedMemoryBytes: 5.8 * GiB, countedBytes: 5.8 * GiB, usedMemoryRssBytes: 6.4 * GiB },
    systemMemory: {
      totalBytes: 16 * GiB,
      source: 'option',
      targetRatio: 0.8,
      ratioNow: 0.4,
      ratioPeak: 6.5 / 16,
      secondsAboveTarget: 0,
      episodes: [],
    },
    fragmentation: {
      diagnosis: 'healthy',
      also: [],
      wasteBytes: 0.6 * GiB,
      wasteShare: 0.09,
      recoverableBytes: { activedefrag: 50 * MiB, purge: 8 * MiB, restart: 60 * MiB },
      trend: { significant: false },
      advice: 'none',
      evidence: {},
      activedefrag: { supported: 'unknown', enabled: 'unknown', parameters: [] },
    },
    forecast: {
      status: 'ok',
      method: 'pooled-peak',
      horizonDays: 90,
      historyDays: 30,
      growthBytesPerDay: 0,
      confidence: 'good',
      peak: { p50: 6 * GiB, p90: 6.5 * GiB, p95: 7 * GiB },
    },
    provisioning: {
      budget: [],
      maxmemoryBytes: { current: 10 * GiB, recommended: 9 * GiB, safeOnPresentMachine: 11 * GiB },
      memoryNeededBytes: 13 * GiB,
      residentBytes: 10 * GiB,
      forkedBytes: 11 * GiB,
      binding: 'target-ratio',
      instance: { alternatives: [], rejected: [] },
    },
    keyspace: { databases: [{ index: 0, keys: 1_000_000, expires: 0 }], steps: [] },
    activity: { evictedKeys: 0, oomErrors: 0, hitRatio: 0.9, mainThreadCpuMax: 0.2 },
    persistence: { forks: [] },
    series: {
      at: [],
      usedMemoryBytes: [],
      usedMemoryRssBytes: [],
      countedBytes: [],
      maxmemoryBytes: [],
      allocatorAllocatedBytes: [],
      allocatorActiveBytes: [],
      allocatorResidentBytes: [],
      evictedKeysPerSecond: [],
      opsPerSecond: [],
      hitRatio: [],
      mainThreadCpu: [],
      connectedClients: [],
    },
    dailyPeaks: [],
    hourlyPeaks: { at: [], usedMemoryBytes: [] },
  };
}

type Patch<T> = { readonly [K in keyof T]?: T[K] extends readonly unknown[] ? T[K] : T[K] extends object | undefined ? Patch<T[K]> : T[K] };

/** `base` with the given fields replaced, objects field by field; `undefined` removes. */
export function patch<T>(base: T, changes: Patch<T>): T {
  const result: Record<string, unknown> = { ...(base as Record<string, unknown>) };
  for (const [key, value] of Object.entries(changes)) {
    const before = result[key];
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    result[key] = isObject && typeof before === 'object' && before !== null ? patch(before as object, value as object) : value;
  }
  return result as T;
}

/** Hourly samples of the healthy node, for 30 days. */
export function healthySamples(describe: (i: number) => Partial<TestSample> = () => ({})): TestSample[] {
  return sampleEvery(HOUR / 1000, 720, (i) => ({
    usedMemoryBytes: 5.8 * GiB,
    usedMemoryRssBytes: 6.4 * GiB,
    maxmemoryBytes: 10 * GiB,
    evictedKeys: 0,
    uptimeSeconds: 1000 + i * 3600,
    texts: { redisVersion: '7.2.4', maxmemoryPolicy: 'noeviction' },
    ...describe(i),
  }));
}

/** A context for rules: the healthy node with changes to its figures, its samples, and what surrounds it. */
export function contextOf(
  changes: Patch<NodeFigures> = {},
  rest: Partial<Omit<FindingContext, 'node'>> & { readonly samples?: readonly TestSample[] } = {},
): FindingContext {
  const { samples, ...surroundings } = rest;
  return {
    history: buildNodeHistory(samples ?? healthySamples()),
    engine: { name: 'redis', version: '7.2.4' },
    node: patch(healthyFigures(), changes),
    settings: SETTINGS,
    ...surroundings,
  };
}

/** The schema of findings, actions and the verdict, to check what rules hand out. */
export const nodeJudgements = analysisSchema.shape.nodes.element.pick({ findings: true, actions: true, wouldNotHelp: true, verdict: true });
