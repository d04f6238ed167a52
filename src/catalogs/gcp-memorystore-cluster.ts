import { type ProviderRule, usableByProvider } from './provider-rule.ts';

/** Memorystore for Redis Cluster and for Valkey: the default writable part of a node, about 80 % of it, is the provider's cover. */
const shared = {
  provider: 'gcp',
  kind: 'managed',
  compares: 'node',
  usable: usableByProvider,
  // 250 nodes in an instance, half of them replicas.
  maxShards: 125,
  // No service level agreement (nano), or no cluster and no discount (custom).
  isSpecial: (entry) => entry.family === 'shared-core' || entry.family === 'custom',
} as const satisfies Omit<ProviderRule, 'id' | 'offerings' | 'engines'>;

export const gcpMemorystoreCluster: ProviderRule = {
  ...shared,
  id: 'gcp-memorystore-redis-cluster',
  offerings: ['memorystore-redis-cluster'],
  engines: ['redis'],
};

export const gcpMemorystoreValkey: ProviderRule = {
  ...shared,
  id: 'gcp-memorystore-valkey',
  offerings: ['memorystore-valkey'],
  engines: ['valkey'],
};
