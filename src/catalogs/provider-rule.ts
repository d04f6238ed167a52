import type { CatalogEntry } from '../model/catalog.ts';
import type { EngineName } from '../model/engine.ts';

/** Which rule gave the usable bytes of an instance. `target-ratio` is ours; all others are the provider's. */
export type UsableRuleId =
  | 'target-ratio'
  | 'provider-reserve'
  | 'provider-80-percent'
  | 'provider-backlog'
  | 'provider-usable'
  | 'data-limit'
  | 'shard-limit';

/**
 * Which figure of the need is compared with the usable bytes:
 * - `data`: the recommended maxmemory alone (a limit on data; what the process needs besides is the provider's affair)
 * - `node`: the recommended maxmemory, and resident memory must not exceed the node's memory
 * - `resident`: resident memory too counts against the usable bytes
 * - `machine`: the whole budget (`memoryNeededBytes`) against the memory of the machine
 */
export type NeedFigure = 'data' | 'node' | 'resident' | 'machine';

export interface UsableMemory {
  readonly bytes: number;
  readonly rule: UsableRuleId;
}

/** What a sizing rule may know besides the catalog entry. */
export interface SizingSituation {
  /** Share of a machine that may be filled, 0..1, where no rule of the provider says otherwise. */
  readonly targetRatio: number;
  /** Offering on which the history was measured, when known. */
  readonly measuredOffering?: string;
}

/** How one provider's instances are sized. */
export interface ProviderRule {
  readonly id: string;
  /** As `--provider` names it. Machines of one's own are reached by `vm` too. */
  readonly provider: string;
  readonly offerings: readonly string[];
  readonly kind: 'managed' | 'machine';
  /** Engines that can be created there. */
  readonly engines: readonly ('redis' | 'valkey')[];
  readonly compares: NeedFigure;
  /** Share of `entry` that data may fill; undefined when no source tells. */
  readonly usable: (entry: CatalogEntry, situation: SizingSituation) => UsableMemory | undefined;
  /** Most shards of one cluster; 1 where there is no clustering. */
  readonly maxShards: number;
  /** Cannot be created any more, or is a previous generation: read, never recommended. */
  readonly isRetired?: (entry: CatalogEntry) => boolean;
  /** Made for a special use (data tiering, preview): recommended only to who runs on that family already. */
  readonly isSpecial?: (entry: CatalogEntry) => boolean;
  /** Offering that replaces a retired one. */
  readonly successor?: string;
}

/** Our own rule for entries whose provider's reservation is not known: the target ratio of the node's memory. */
export function usableByTargetRatio(entry: CatalogEntry, { targetRatio }: SizingSituation): UsableMemory | undefined {
  return entry.memoryBytes === undefined ? undefined : { bytes: entry.memoryBytes * targetRatio, rule: 'target-ratio' };
}

/** The provider's own usable figure from the catalog. */
export function usableByProvider(entry: CatalogEntry): UsableMemory | undefined {
  return entry.usableBytes === undefined ? undefined : { bytes: entry.usableBytes, rule: 'provider-usable' };
}

/** Whether the offering can run that engine. KeyDB, Dragonfly and unknown servers are looked up as Redis. */
export function offersEngine(rule: ProviderRule, engine: EngineName): boolean {
  return rule.engines.includes(engine === 'valkey' ? 'valkey' : 'redis');
}
