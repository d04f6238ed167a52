import { analyzeHistories } from '../../src/analysis/index.ts';
import { loadCatalog } from '../../src/catalogs/index.ts';
import type { Analysis } from '../../src/model/analysis.ts';
import { GiB } from '../../src/model/bytes.ts';
import { buildNodeHistory, sampleEvery } from './node-history.ts';

export interface MadeCluster {
  readonly shards: number;
  /** The name of a shard's primary (`replica` 0) or of its replica (1). */
  readonly nameOf?: (shard: number, replica: number) => string;
  /** What a shard holds in the middle of its daily wave. */
  readonly usedBytesOf?: (shard: number) => number;
  /** How the cluster differs from others in one report. */
  readonly seed?: string;
}

/** By how much shards differ: one is hot, and no two are alike. */
export const usedBytesOfShard = (shard: number): number => (shard === 1 ? 7 : 4 + (shard % 10) / 20 + shard / 1000) * GiB;
export const nameOfNode = (shard: number, replica: number): string => `orders-${shard + 1}-${replica + 1}:6379`;

/** A made-up report of clusters that each have a replica for every shard, with two weeks of hourly samples. */
export async function analyzeMadeClusters(...clusters: readonly MadeCluster[]): Promise<Analysis> {
  const histories = clusters.flatMap(({ shards, nameOf = nameOfNode, usedBytesOf = usedBytesOfShard, seed = '' }) =>
    Array.from({ length: shards }, (_, shard) =>
      [0, 1].map((replica) => {
        const samples = sampleEvery(3600, 24 * 14, (i) => {
          const used = usedBytesOf(shard) * (0.9 + 0.1 * Math.sin((i / 12) * Math.PI));
          return {
            usedMemoryBytes: used,
            usedMemoryRssBytes: used * 1.05,
            countedBytes: used,
            notCountedBytes: 0,
            maxmemoryBytes: 10 * GiB,
            totalSystemMemoryBytes: 16 * GiB,
            clusterEnabled: 1,
            clusterConnections: 2 * (2 * shards - 1),
            ...(replica === 0 ? { connectedReplicas: 1 } : {}),
            texts: { role: replica === 0 ? 'master' : 'slave', replicationId: `${seed}${shard}`.padStart(40, 'a') },
          };
        });
        return buildNodeHistory(samples, { nodeId: nameOf(shard, replica) });
      }),
    ).flat(),
  );
  return analyzeHistories(histories, [], {
    catalog: await loadCatalog(),
    catalogDates: {},
    tool: { name: 'redis-headroom', version: '0.0.0' },
    generatedAt: Date.UTC(2026, 10, 2),
    providers: ['aws'],
  });
}
