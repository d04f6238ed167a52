import type { ProviderRule } from './provider-rule.ts';
import { usableByTargetRatio } from './provider-rule.ts';

/** Entries of the user's own catalog with a usable figure: the recommended maxmemory is compared with it. */
export const customUsable: ProviderRule = {
  id: 'custom-usable',
  provider: 'custom',
  offerings: [],
  kind: 'managed',
  engines: ['redis', 'valkey'],
  compares: 'node',
  usable: ({ usableBytes }) => (usableBytes === undefined ? undefined : { bytes: usableBytes, rule: 'provider-usable' }),
  maxShards: 1,
};

/** Entries of the user's own catalog without one: machines, sized by the whole budget. */
export const customMachine: ProviderRule = {
  ...customUsable,
  id: 'custom-machine',
  kind: 'machine',
  compares: 'machine',
  usable: usableByTargetRatio,
};
