import { GiB } from '../model/bytes.ts';
import type { ProviderRule } from './provider-rule.ts';

/** Larger shards are for Auto Tiering; databases in memory are split beyond this (Redis Software documentation, clustering). */
const LARGEST_SHARD_BYTES = 25 * GiB;

/** Redis Cloud Pro: billing units, not machines. A shard's size bounds its data; high availability doubles the shards that are billed. */
export const redisCloud: ProviderRule = {
  id: 'redis-cloud',
  provider: 'redis',
  offerings: ['redis-cloud-pro'],
  kind: 'managed',
  engines: ['redis'],
  compares: 'data',
  usable: ({ memoryBytes }) => (memoryBytes === undefined ? undefined : { bytes: memoryBytes, rule: 'shard-limit' }),
  maxShards: 500,
  isSpecial: ({ memoryBytes }) => memoryBytes !== undefined && memoryBytes > LARGEST_SHARD_BYTES,
};
