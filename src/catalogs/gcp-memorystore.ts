import type { ProviderRule } from './provider-rule.ts';

/** Share of capacity that Google advises to fill at most: above it the system memory usage ratio means memory pressure. */
const ADVISED_SHARE = 0.8;
/** Standard tier: this share of capacity is held for the replication backlog and counts as used memory even when empty. */
const BACKLOG_SHARE = 0.1;

/** Memorystore for Redis, Basic: `maxmemory-gb` starts at the full capacity, which leaves no room; capacity is sized as need ÷ 0.8. */
export const gcpMemorystoreBasic: ProviderRule = {
  id: 'gcp-memorystore-redis-basic',
  provider: 'gcp',
  offerings: ['memorystore-redis-basic'],
  kind: 'managed',
  engines: ['redis'],
  compares: 'node',
  usable: ({ memoryBytes }) =>
    memoryBytes === undefined ? undefined : { bytes: memoryBytes * ADVISED_SHARE, rule: 'provider-80-percent' },
  maxShards: 1,
};

/** Memorystore for Redis, Standard: as Basic, less the backlog, unless the history comes from there and so contains it already. */
export const gcpMemorystoreStandard: ProviderRule = {
  ...gcpMemorystoreBasic,
  id: 'gcp-memorystore-redis-standard',
  offerings: ['memorystore-redis-standard'],
  usable: ({ memoryBytes, offering }, { measuredOffering }) => {
    if (memoryBytes === undefined) return undefined;
    return offering === measuredOffering
      ? { bytes: memoryBytes * ADVISED_SHARE, rule: 'provider-80-percent' }
      : { bytes: memoryBytes * (ADVISED_SHARE - BACKLOG_SHARE), rule: 'provider-backlog' };
  },
};
