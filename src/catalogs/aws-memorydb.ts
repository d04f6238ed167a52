import { type ProviderRule, usableByTargetRatio } from './provider-rule.ts';

/** MemoryDB. Whether part of `maxmemory` is reserved by default is not documented, so the node is sized like a machine of one's own. */
const shared = {
  provider: 'aws',
  kind: 'managed',
  compares: 'machine',
  usable: usableByTargetRatio,
  // Default quota: 90 nodes in a cluster; primaries only.
  maxShards: 90,
  isSpecial: (entry) => entry.family === 'r6gd',
} as const satisfies Omit<ProviderRule, 'id' | 'offerings' | 'engines'>;

export const awsMemorydbRedis: ProviderRule = { ...shared, id: 'aws-memorydb-redis', offerings: ['memorydb-redis'], engines: ['redis'] };
export const awsMemorydbValkey: ProviderRule = {
  ...shared,
  id: 'aws-memorydb-valkey',
  offerings: ['memorydb-valkey'],
  engines: ['valkey'],
};
