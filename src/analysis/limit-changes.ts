import type { Provisioning } from '../model/analysis.ts';
import type { NodeHistory } from '../model/node-history.ts';
import { valueAt } from './bucket-rates.ts';

export type LimitChange = NonNullable<Provisioning['maxmemoryBytes']['changes']>[number];

/** So many are told, the newest: someone, or something, that sets the limit all the time is told as well by those. */
const MAX_CHANGES = 20;

/**
 * Where `maxmemory` became another one inside the window, oldest first. `at` is the first sample that has the new one; with more than 1,024 samples the
 * first of its bucket, and what was set back within a bucket is not seen.
 */
export function findLimitChanges({ buckets }: NodeHistory): readonly LimitChange[] {
  const limits = buckets.columns.get('maxmemoryBytes')?.last;
  const changes: LimitChange[] = [];
  let before = Number.NaN;
  for (let i = 0; i < buckets.count; i += 1) {
    const limit = valueAt(limits, i);
    if (Number.isNaN(limit)) continue;
    if (!Number.isNaN(before) && limit !== before) changes.push({ at: valueAt(buckets.fromAt, i), fromBytes: before, toBytes: limit });
    before = limit;
  }
  return changes.slice(-MAX_CHANGES);
}
