import { type ProviderRule, usableByProvider } from './provider-rule.ts';

/** DigitalOcean Managed Valkey: the vendor's own "available memory", 50 to 72 % of the plan. */
export const digitalocean: ProviderRule = {
  id: 'digitalocean-valkey',
  provider: 'digitalocean',
  offerings: ['managed-valkey'],
  kind: 'managed',
  engines: ['valkey'],
  compares: 'node',
  usable: usableByProvider,
  maxShards: 1,
};
