import { GiB } from '../model/bytes.ts';
import type { CatalogEntry } from '../model/catalog.ts';
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

/**
 * Every capacity that can be had: any whole GiB. The catalog has samples of each capacity tier, between whose first and last the price is the same for
 * each GiB.
 */
export function fillCapacities(entries: readonly CatalogEntry[]): readonly CatalogEntry[] {
  return [...Map.groupBy(entries, ({ offering, family }) => `${offering} ${family}`).values()].flatMap((tier) => {
    const bySize = new Map(tier.flatMap((entry) => (entry.memoryBytes === undefined ? [] : [[entry.memoryBytes / GiB, entry] as const])));
    const [first, last] = [Math.min(...bySize.keys()), Math.max(...bySize.keys())];
    const sample = bySize.get(last);
    if (sample === undefined) return tier;
    return Array.from({ length: last - first + 1 }, (_, i) => bySize.get(first + i) ?? resize(sample, last, first + i));
  });
}

function resize(sample: CatalogEntry, fromGib: number, gib: number): CatalogEntry {
  const bytes = gib * GiB;
  return {
    ...sample,
    name: sample.name.replace(`${fromGib}gb`, `${gib}gb`),
    memoryBytes: bytes,
    usableBytes: sample.usableBytes && bytes,
    defaultMaxmemoryBytes: sample.defaultMaxmemoryBytes && bytes,
    // To the tenth of a cent, as the samples have it.
    priceUsdHour: sample.priceUsdHour && Math.round((sample.priceUsdHour / fromGib) * gib * 1e4) / 1e4,
  };
}
