import type { ProviderRule } from './provider-rule.ts';

/** Upstash fixed plans: a limit on data; the machine behind it is the provider's affair. */
export const upstash: ProviderRule = {
  id: 'upstash',
  provider: 'upstash',
  offerings: ['fixed'],
  kind: 'managed',
  engines: ['redis'],
  compares: 'data',
  usable: ({ usableBytes }) => (usableBytes === undefined ? undefined : { bytes: usableBytes, rule: 'data-limit' }),
  maxShards: 1,
};
