import type { ProviderRule } from './provider-rule.ts';

/** `reserved-memory-percent` of the default parameter group (ElastiCache User Guide, "Managing reserved memory"). */
const RESERVED_SHARE = 0.25;
/** Previous generations: still running in many places, not to be bought (ElastiCache User Guide, "Supported node types"). */
const PREVIOUS_FAMILIES: readonly string[] = ['t2', 'm4', 'r4'];

/**
 * ElastiCache, node-based. The server enforces the node type's fixed `maxmemory` less the reserved quarter, and that quarter is the cover
 * for buffers, fragmentation and forks: the recommended maxmemory is compared with what is left, and nothing is added on top.
 * INFO `maxmemory` on ElastiCache is already reduced.
 */
const shared = {
  provider: 'aws',
  kind: 'managed',
  compares: 'node',
  usable: (entry) =>
    entry.defaultMaxmemoryBytes === undefined
      ? undefined
      : { bytes: entry.defaultMaxmemoryBytes * (1 - RESERVED_SHARE), rule: 'provider-reserve' },
  // Default quota: 90 nodes in a cluster (500 on request); primaries only.
  maxShards: 90,
  isRetired: (entry) => PREVIOUS_FAMILIES.includes(entry.family),
  // Data tiering: keys in memory, values on disk; needs its own replication group and policies.
  isSpecial: (entry) => entry.family === 'r6gd',
} as const satisfies Omit<ProviderRule, 'id' | 'offerings' | 'engines'>;

export const awsElasticacheRedis: ProviderRule = {
  ...shared,
  id: 'aws-elasticache-redis',
  offerings: ['elasticache-redis'],
  engines: ['redis'],
};

export const awsElasticacheValkey: ProviderRule = {
  ...shared,
  id: 'aws-elasticache-valkey',
  offerings: ['elasticache-valkey'],
  engines: ['valkey'],
};
