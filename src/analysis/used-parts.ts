import { type Engine, isAtLeast } from '../model/engine.ts';
import type { MetricId, NamedMetricId } from '../model/metrics.ts';

/** Parts of used memory that INFO names. `rehashing` is the old hash tables still held: an "of which", not a further part. */
const NAMED_PARTS = {
  startup: 'usedMemoryStartupBytes',
  dataset: 'usedMemoryDatasetBytes',
  normalClients: 'normalClientBytes',
  replicaClients: 'replicaClientBytes',
  replicationBacklog: 'replicationBacklogBytes',
  clusterLinks: 'clusterLinkBytes',
  fullSyncBuffer: 'fullSyncBufferBytes',
  slotMigrationOutput: 'slotMigrationOutputBytes',
  slotMigrationInput: 'slotMigrationInputBytes',
  aofBuffer: 'aofBufferBytes',
  scripts: 'scriptCacheBytes',
  rehashing: 'rehashingBytes',
} as const satisfies Readonly<Record<string, NamedMetricId>>;

/** What `used_memory_overhead` is the sum of, beside the hash tables (Redis source, object.c getMemoryOverheadData). */
const NAMED_OVERHEAD = [
  'startup',
  'normalClients',
  'replicaClients',
  'replicationBacklog',
  'clusterLinks',
  'fullSyncBuffer',
  'slotMigrationOutput',
  'slotMigrationInput',
  'aofBuffer',
  'scripts',
] as const;

/** A part of used memory: one that INFO names, the tables that are left of the overhead, or the Lua heap. */
export type UsedPart = keyof typeof NAMED_PARTS | 'hashTables' | 'luaVm';
export type UsedParts = { readonly [Part in UsedPart]?: number };

/**
 * What used memory of one sample is made of, in bytes; what INFO does not tell is left out.
 * @param engine - tells whether the Lua heap is part of used memory; left out when unknown
 */
export function splitUsedMemory(sample: Partial<Record<MetricId, number>>, engine: Engine): UsedParts {
  const used = sample.usedMemoryBytes ?? Number.POSITIVE_INFINITY;
  const parts: { [Part in UsedPart]?: number } = {};
  for (const [part, id] of Object.entries(NAMED_PARTS) as [keyof typeof NAMED_PARTS, NamedMetricId][]) {
    const value = sample[id];
    // A part larger than the whole is a wrapped unsigned integer (used_memory_dataset before Redis 8.8).
    if (value !== undefined && value >= 0 && value <= used) parts[part] = value;
  }
  // The Lua heap is inside used memory since Redis 7.4: in 7.4 as a part of the dataset, which is what the overhead leaves; from 8.0 on in the overhead.
  const heap = isLuaInside(engine) ? sample.luaVmBytes : undefined;
  const isInOverhead = heap !== undefined && isAtLeast(engine, { redis: '8.0' }) === true;
  if (heap !== undefined) parts.luaVm = heap;
  if (heap !== undefined && !isInOverhead && parts.dataset !== undefined) parts.dataset = Math.max(0, parts.dataset - heap);

  const overhead = sample.usedMemoryOverheadBytes;
  if (overhead !== undefined && overhead <= used && parts.startup !== undefined) {
    const named = NAMED_OVERHEAD.reduce((sum, part) => sum + (parts[part] ?? 0), isInOverhead ? heap : 0);
    if (overhead >= named) parts.hashTables = overhead - named;
  }
  return parts;
}

/** Whether the heap of the Lua interpreter counts as used memory: from Redis 7.4 on, in Valkey and before it is beside it. */
export function isLuaInside(engine: Engine): boolean {
  return isAtLeast(engine, { redis: '7.4' }) === true;
}
