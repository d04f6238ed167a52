import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnalyzeOptions, analyzeHistories } from '../../src/analysis/index.ts';
import { catalogDates, loadCatalog } from '../../src/catalogs/index.ts';
import type { Analysis, GroupAnalysis, NodeAnalysis } from '../../src/model/analysis.ts';
import { GiB, MiB } from '../../src/model/bytes.ts';
import { buildNodeHistory } from '../helpers/node-history.ts';
import { type NodeStory, nodeStories, type StoryChanges, tellStory } from '../helpers/node-story.ts';

/** A made-up cluster: shards that tell the same story at different sizes, with a replica each or none. */
interface ClusterStory {
  readonly story: NodeStory;
  /** Size of each shard against the story's; more than one. */
  readonly scales: readonly number[];
  readonly hasReplicas: boolean;
}

const clusterStories: fc.Arbitrary<ClusterStory> = fc.record({
  story: nodeStories.map((story) => ({
    ...story,
    engine: 'redis 7.2.6' as const,
    baseBytes: Math.max(story.baseBytes, 0.8 * GiB),
    limitShare: undefined,
  })),
  scales: fc.array(fc.constantFrom(0.5, 0.9, 1, 1.05, 1.6), { minLength: 2, maxLength: 4 }),
  hasReplicas: fc.boolean(),
});
const markets = fc.constantFrom<AnalyzeOptions>({}, { providers: ['aws'] }, { providers: ['gcp'] }, { providers: ['vm'] });
const RUNS = { numRuns: 25 };
/** A whole cluster is judged several times in each of these. */
const TIMEOUT = 90_000;

/** Judges the cluster as `report` would, every memory figure of the shards changed as told. */
async function judge(
  { story, scales, hasReplicas }: ClusterStory,
  changes: StoryChanges = {},
  market: AnalyzeOptions = {},
): Promise<Analysis> {
  const catalog = await loadCatalog();
  const histories = scales.flatMap((scale, shard) =>
    Array.from({ length: hasReplicas ? 2 : 1 }, (_, i) => {
      const told = { ...changes, scale: scale * (changes.scale ?? 1), noiseSeed: (changes.noiseSeed ?? 7) + 10 * shard + i };
      const samples = tellStory({ ...story, replicas: hasReplicas && i === 0 ? 1 : 0 }, told).map((sample) => ({
        ...sample,
        clusterEnabled: 1,
        texts: {
          ...sample.texts,
          role: i === 0 ? 'master' : 'slave',
          replicationId: String(shard + 1).repeat(40),
          runId: `run-${shard}-${i}`,
        },
      }));
      return buildNodeHistory(samples, { nodeId: `10.0.${shard}.${i}:6379` });
    }),
  );
  return analyzeHistories(histories, [], {
    generatedAt: 0,
    ...market,
    catalog,
    catalogDates: catalogDates(catalog),
    tool: { name: 'redis-headroom', version: '0.0.0' },
    groups: [{ id: 'c', kind: 'cluster', nodes: ['*'] }],
  });
}

const groupOf = ({ groups }: Analysis): GroupAnalysis => groups[0] as GroupAnalysis;
const needOf = ({ provisioning }: Pick<NodeAnalysis, 'provisioning'>): number => provisioning.memoryNeededBytes ?? 0;
const limitOf = ({ provisioning }: Pick<GroupAnalysis, 'provisioning'>): number => provisioning?.maxmemoryBytes.recommended ?? 0;
/** What all machines of the group that was chosen have together. */
function sizeOf({ provisioning }: GroupAnalysis): number | undefined {
  const choice = provisioning?.instance.recommended;
  return choice === undefined ? undefined : choice.memoryBytes * choice.shards;
}

describe('the recommendation for any cluster', () => {
  it('holds every member with both conditions of the budget, and adds up', { timeout: TIMEOUT }, async () => {
    await fc.assert(
      fc.asyncProperty(clusterStories, markets, async (cluster, market) => {
        const analysis = await judge(cluster, {}, market);
        const group = groupOf(analysis);
        const {
          budget = [],
          memoryNeededBytes = 0,
          residentBytes = 0,
          forkedBytes = 0,
          maxmemoryBytes,
          instance,
        } = group.provisioning ?? {};
        expect([group.shards, group.nodeIds.length]).toEqual([cluster.scales.length, analysis.nodes.length]);
        expect(memoryNeededBytes).toBe(Math.max(...analysis.nodes.map(needOf)));
        expect(group.totalMemoryNeededBytes).toBe(memoryNeededBytes * analysis.nodes.length);
        expect(budget.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(memoryNeededBytes);
        expect(residentBytes).toBeLessThanOrEqual(0.8 * memoryNeededBytes + budget.length);
        expect(forkedBytes).toBeLessThanOrEqual(0.95 * memoryNeededBytes + budget.length);
        for (const { peaks } of analysis.nodes)
          expect(maxmemoryBytes?.recommended).toBeGreaterThanOrEqual(peaks.countedBytes?.value ?? peaks.usedMemoryBytes?.value ?? 0);
        if (instance?.recommended?.fillAtHorizon !== undefined) expect(instance.recommended.fillAtHorizon).toBeLessThanOrEqual(1 + 1e-9);
        const hottest = analysis.nodes.find(({ id }) => id === group.hottestNodeId);
        expect(group.skew).toBeGreaterThanOrEqual(1 - 1e-9);
        expect(hottest?.peaks.usedMemoryBytes?.value).toBe(
          Math.max(...analysis.nodes.filter(({ role }) => role === 'master').map(({ peaks }) => peaks.usedMemoryBytes?.value ?? 0)),
        );
      }),
      RUNS,
    );
  });

  it('asks larger peaks for no smaller limit and no smaller machines', { timeout: TIMEOUT }, async () => {
    await fc.assert(
      fc.asyncProperty(clusterStories, markets, fc.constantFrom(1.01, 1.3, 2), async (cluster, market, scale) => {
        const [before, after] = [groupOf(await judge(cluster, {}, market)), groupOf(await judge(cluster, { scale }, market))];
        const needs = [before, after].map(({ provisioning }) => provisioning?.memoryNeededBytes ?? 0) as [number, number];
        // Within one step the same limit holds more data, and its fixed costs weigh a little less.
        expect(needs[1]).toBeGreaterThanOrEqual(0.99 * needs[0]);
        expect(limitOf(after)).toBeGreaterThanOrEqual(limitOf(before));
        const sizes = [sizeOf(before), sizeOf(after)];
        if (needs[1] >= needs[0] && sizes[0] !== undefined && sizes[1] !== undefined) expect(sizes[1]).toBeGreaterThanOrEqual(sizes[0]);
      }),
      RUNS,
    );
  });

  it('asks for no less where one shard alone grows', { timeout: TIMEOUT }, async () => {
    await fc.assert(
      fc.asyncProperty(clusterStories, async (cluster) => {
        const [first = 1, ...others] = cluster.scales;
        const grown = { ...cluster, scales: [first * 1.5, ...others] };
        const [before, after] = [groupOf(await judge(cluster)), groupOf(await judge(grown))];
        expect(limitOf(after)).toBeGreaterThanOrEqual(limitOf(before));
        expect(after.dataPeakBytes).toBeGreaterThan(before.dataPeakBytes ?? 0);
      }),
      RUNS,
    );
  });

  it('moves by little where 1 % of noise moves the figures, and keeps its hottest shard unless two are as hot', {
    timeout: TIMEOUT,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(clusterStories, fc.integer({ min: 100, max: 1e6 }), async (cluster, noiseSeed) => {
        fc.pre(cluster.story.days >= 12);
        const [a, b] = [
          groupOf(await judge(cluster, { noise: 0.01, noiseSeed: 1 })),
          groupOf(await judge(cluster, { noise: 0.01, noiseSeed })),
        ];
        const peaks = [a, b].map(({ provisioning }) => provisioning?.budget[0]?.bytes ?? 0);
        // A bound of more than half as much again as the data is mostly the forecast's own doubt, and moves with it.
        fc.pre([a, b].every((group, i) => limitOf(group) <= 1.5 * (peaks[i] ?? 0)));
        const most = Math.max(limitOf(a), limitOf(b));
        const step = most <= GiB ? 16 * MiB : most <= 8 * GiB ? 64 * MiB : 256 * MiB;
        expect(Math.abs(limitOf(a) - limitOf(b))).toBeLessThanOrEqual(0.05 * most + step);
        const [hottest = 0, second = 0] = cluster.scales.toSorted((x, y) => y - x);
        if (hottest > 1.04 * second) expect(b.hottestNodeId).toBe(a.hottestNodeId);
      }),
      RUNS,
    );
  });
});
