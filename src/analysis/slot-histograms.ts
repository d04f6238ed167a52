import { type Engine, isAtLeast } from '../model/engine.ts';
import type { NodeHistory } from '../model/node-history.ts';
import { countKeys } from './evictable-keys.ts';

export const CLUSTER_SLOTS = 16_384;
/**
 * What Redis 8.0+ holds for each slot that has keys: its table with counters of key sizes behind it, 5 types × 60 sizes × 8 bytes (Redis 8.0 source, server.h
 * `keysizes_hist`), which jemalloc rounds up to 2,560. Measured on Redis 8.0.2 and 8.0.6: 2,531 to 2,567 bytes a slot.
 */
export const SLOT_BYTES = 2560;

/** Whether a server keeps a histogram of key sizes for each slot. */
function keepsSlotHistograms(engine: Engine, isCluster: boolean): boolean {
  return isCluster && isAtLeast(engine, { redis: '8.0' }) === true;
}

/** Where the data are to lie. */
export interface SlotMove {
  readonly from: Engine;
  readonly to: Engine;
  readonly toCluster: boolean;
  /** Share of this node's data, and of its slots, that comes onto one machine. */
  readonly share: number;
  /** Of how many shards this node is one; undefined where that is not known: then it is taken to hold all slots. */
  readonly presentShards?: number;
}

/**
 * Bytes that histograms of slots add on the machine that is planned; 0 where the server has them already, and so in its peak, and where the target keeps none.
 * @remarks Docs: docs/methodology.md#bytes-per-key
 */
export function findSlotHistogramBytes(history: NodeHistory, { from, to, toCluster, share, presentShards = 1 }: SlotMove): number {
  if (!keepsSlotHistograms(to, toCluster) || keepsSlotHistograms(from, history.last.clusterEnabled === 1)) return 0;
  const slots = (CLUSTER_SLOTS * share) / presentShards;
  const keys = (countKeys(history).keys ?? Number.POSITIVE_INFINITY) * share;
  // Slots are given to keys as by chance: some have none where keys are few.
  return Math.ceil(SLOT_BYTES * slots * (1 - Math.exp(-keys / slots)));
}
