import { type MetricId, parseDatabaseMetricId } from '../model/metrics.ts';
import type { NodeHistory } from '../model/node-history.ts';

/** With fewer keys than this that may be evicted, evicting them all makes no room to speak of. */
const FEW_EVICTABLE_SHARE = 0.01;

/** Keys and keys with an expiry over all databases, as last seen; tables of metrics often carry each database's and not their sum. */
export function countKeys({ last }: Pick<NodeHistory, 'last'>): { keys?: number; expires?: number } {
  const sums: { keys?: number; expires?: number } = {};
  for (const [id, value] of Object.entries(last) as [MetricId, number][]) {
    const part = parseDatabaseMetricId(id)?.part;
    if (part === 'Keys') sums.keys = (sums.keys ?? 0) + value;
    if (part === 'Expires') sums.expires = (sums.expires ?? 0) + value;
  }
  return { keys: last.keys ?? sums.keys, expires: last.expires ?? sums.expires };
}

/**
 * Whether the policy leaves nothing worth evicting: `noeviction`, or `volatile-*` where next to no key has an expiry.
 * Undefined where the policy, or for `volatile-*` the number of keys, is unknown.
 * @param expiringBytesShare - of the bytes, where keys were looked at: it says more than their number
 */
export function evictsNothing(
  history: Pick<NodeHistory, 'last'>,
  policy: string | undefined,
  expiringBytesShare?: { readonly middle: number; readonly high?: number },
): boolean | undefined {
  if (policy === undefined) return undefined;
  if (!policy.startsWith('volatile-')) return policy === 'noeviction';
  if (expiringBytesShare?.high !== undefined && expiringBytesShare.high < FEW_EVICTABLE_SHARE) return true;
  const { keys, expires } = countKeys(history);
  return expires === 0 || (expires !== undefined && keys !== undefined && expires < FEW_EVICTABLE_SHARE * keys);
}
