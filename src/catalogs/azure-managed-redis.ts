import { type ProviderRule, usableByProvider } from './provider-rule.ts';

/** Azure Managed Redis: about 20 % of the advertised size is kept for the system. Sharding is internal and not chosen by the user. */
export const azureManagedRedis: ProviderRule = {
  id: 'azure-managed-redis',
  provider: 'azure',
  offerings: ['azure-managed-redis'],
  kind: 'managed',
  engines: ['redis'],
  compares: 'node',
  usable: usableByProvider,
  maxShards: 1,
  isSpecial: (entry) => entry.family === 'FlashOptimized' || entry.source.includes('preview size'),
};
