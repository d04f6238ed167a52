import type { NodeHistory } from '../model/node-history.ts';
import { DAY_MS } from '../model/time.ts';
import { valueAt } from './bucket-rates.ts';
import { defragSettledAt } from './fragmentation/defrag-effect.ts';

/** Samples below this share of the highest used memory tell little of how the allocator holds the data: memory freed but kept weighs in. */
export const LOAD_SHARE = 0.8;

/**
 * Since when resident memory tells of the need to come: since the last run of active defragmentation that closed holes, or since another
 * engine version or allocator took over and proved itself at load.
 * @returns −∞ where all of the window tells
 * @remarks Docs: docs/methodology.md#resident-factor
 */
export function residentTellsSince(history: NodeHistory): number {
  return Math.max(defragSettledAt(history), engineProvenAt(history));
}

/**
 * When the newest engine version or allocator took over, once it has been at load for a day, or for as long as the one before: fresh from
 * its load a server has no holes yet.
 */
function engineProvenAt(history: NodeHistory): number {
  const changedAt = findEngineChange(history);
  if (changedAt === Number.NEGATIVE_INFINITY) return changedAt;
  const { buckets, intervalSeconds = 0 } = history;
  const used = buckets.columns.get('usedMemoryBytes')?.last;
  const least = LOAD_SHARE * (history.metrics.get('usedMemoryBytes')?.max.value ?? Number.NaN);
  const atLoad = { before: 0, since: 0 };
  for (let i = 0; i < buckets.count; i += 1) {
    if (!(valueAt(used, i) >= least)) continue;
    const held = valueAt(buckets.samples, i) * intervalSeconds * 1000;
    if (valueAt(buckets.fromAt, i) >= changedAt) atLoad.since += held;
    else atLoad.before += held;
  }
  return atLoad.since > 0 && atLoad.since >= Math.min(DAY_MS, atLoad.before) ? changedAt : Number.NEGATIVE_INFINITY;
}

/** Start of the newest process that is another version, or uses another allocator, than the one before; −∞ where all are alike. */
function findEngineChange({ restarts, texts }: NodeHistory): number {
  const upgrades = restarts.filter(
    ({ fromVersion, toVersion }) => fromVersion !== undefined && toVersion !== undefined && fromVersion !== toVersion,
  );
  const allocators = texts.allocator ?? [];
  return Math.max(Number.NEGATIVE_INFINITY, ...upgrades.map(({ at }) => at), ...allocators.slice(1).map(({ at }) => at));
}
