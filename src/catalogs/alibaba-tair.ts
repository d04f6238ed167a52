import { type ProviderRule, usableByTargetRatio } from './provider-rule.ts';

/** Alibaba Cloud Tair, DRAM-based, standard architecture. No reservation is documented, so it is sized like a machine of one's own. */
export const alibabaTair: ProviderRule = {
  id: 'alibaba-tair',
  provider: 'alibaba',
  offerings: ['tair-dram-standard'],
  kind: 'managed',
  engines: ['redis'],
  compares: 'machine',
  usable: usableByTargetRatio,
  maxShards: 1,
};
