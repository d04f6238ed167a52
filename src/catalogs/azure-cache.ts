import { type ProviderRule, usableByProvider } from './provider-rule.ts';

/**
 * Azure Cache for Redis, every tier: new caches cannot be created since October 2026, so its sizes are read and never recommended.
 * The service evicts until used and resident memory are both below the usable part, hence `resident`.
 */
export const azureCache: ProviderRule = {
  id: 'azure-cache-for-redis',
  provider: 'azure',
  offerings: [
    'azure-cache-redis-basic',
    'azure-cache-redis-standard',
    'azure-cache-redis-premium',
    'azure-cache-redis-enterprise',
    'azure-cache-redis-enterprise-flash',
  ],
  kind: 'managed',
  engines: ['redis'],
  compares: 'resident',
  usable: usableByProvider,
  maxShards: 10,
  isRetired: () => true,
  successor: 'azure-managed-redis',
};
