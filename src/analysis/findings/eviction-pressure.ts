import { bucketIncreases, valueAt } from '../bucket-rates.ts';
import { countKeys } from '../evictable-keys.ts';
import { findEvictedPerDay } from '../eviction-rate.ts';
import { findBytesAboveLimit } from '../forecast/held-at-limit.ts';
import {
  clear,
  currentMaxmemory,
  type FindingContext,
  type FindingRule,
  increaseOf,
  notEnoughData,
  raised,
  spanDays,
} from './finding-rule.ts';

/** Keys are evicted faster than a cache that has settled would, and are missed: the limit is lower than what is asked of it. */
export const evictionPressure: FindingRule<{
  warnAtShareOfKeysPerDay: number;
  unmissedHitRatio: number;
  minLookups: number;
  warnAtExceededShare: number;
}> = {
  id: 'eviction-pressure',
  needs: ['evictedKeys'],
  defaults: {
    // 1 % of the keys a day is the slow turnover of a full cache; beyond, keys leave before they are old.
    warnAtShareOfKeysPerDay: 0.01,
    // Where nearly all reads find theirs, what was evicted is hardly asked for again: the cache works as it is meant to.
    unmissedHitRatio: 0.98,
    minLookups: 1000,
    // Share of the time in which eviction could not bring the memory back under the limit.
    warnAtExceededShare: 0.01,
  },
  judge(context, { warnAtShareOfKeysPerDay, unmissedHitRatio, minLookups, warnAtExceededShare }) {
    const { node, history } = context;
    const { evictedKeys, hitRatio } = node.activity;
    if (evictedKeys === undefined) return notEnoughData('evictedKeys');
    if (evictedKeys === 0) return clear({ evictedKeys });
    const days = spanDays(history);
    const { keys } = countKeys(history);
    const evictedPerDay = findEvictedPerDay(history) ?? (days > 0 ? evictedKeys / days : undefined);
    const share = evictedPerDay !== undefined && keys !== undefined && keys > 0 ? evictedPerDay / keys : undefined;
    const exceededMilliseconds = increaseOf(history, 'evictionExceededMilliseconds');
    const exceededShare = exceededMilliseconds === undefined || days <= 0 ? undefined : exceededMilliseconds / (days * 86_400_000);
    const lookups = (increaseOf(history, 'keyspaceHits') ?? 0) + (increaseOf(history, 'keyspaceMisses') ?? 0);
    const isUnmissed = hitRatio !== undefined && hitRatio >= unmissedHitRatio && lookups >= minLookups;
    const burst = findBurst(context, evictedKeys);
    const isBurst = burst !== undefined && keys !== undefined && burst.keys >= warnAtShareOfKeysPerDay * keys;
    const isSlow = share !== undefined && share < warnAtShareOfKeysPerDay && !isBurst;
    const isStuck = exceededShare !== undefined && exceededShare >= warnAtExceededShare;
    const lowered = findLowering(context);
    const aboveLimitBytes = findBytesAboveLimit(history);
    return raised((isSlow || isUnmissed) && !isStuck && aboveLimitBytes === undefined ? 'info' : 'warning', {
      evictedKeys,
      evictedPerDay,
      keys,
      shareOfKeysPerDay: share,
      // A mean over a burst tells nothing of the rest of the time.
      residenceSeconds: share === undefined || share === 0 || burst !== undefined ? undefined : 86_400 / share,
      burstKeys: burst?.keys,
      burstAt: burst?.at,
      hitRatio,
      isUnmissed,
      exceededShare: isStuck ? exceededShare : undefined,
      aboveLimitBytes,
      maxmemoryBytes: aboveLimitBytes === undefined ? undefined : currentMaxmemory(context),
      loweredAt: lowered?.at,
      loweredFromBytes: lowered?.fromBytes,
      loweredToBytes: lowered?.toBytes,
      policy: node.maxmemoryPolicy,
    });
  },
};

/** Half of all evictions or more between two samples of many: room was made for one large thing. */
const BURST_SHARE = 0.5;
const MIN_STEPS = 24;

function findBurst({ history }: FindingContext, evictedKeys: number): { readonly keys: number; readonly at: number } | undefined {
  const evicted = bucketIncreases(history, 'evictedKeys') ?? new Float64Array();
  const keys = Math.max(0, ...evicted.filter(Number.isFinite));
  if (evicted.length < MIN_STEPS || keys < BURST_SHARE * evictedKeys) return undefined;
  return { keys, at: valueAt(history.buckets.toAt, evicted.indexOf(keys)) };
}

/** Where the newest change of the limit lowered it and nothing was evicted before, that is what began the evictions. */
function findLowering({ node, history }: FindingContext) {
  const change = node.provisioning.maxmemoryBytes.changes?.at(-1);
  if (change === undefined || change.toBytes === 0 || (change.fromBytes !== 0 && change.fromBytes <= change.toBytes)) return undefined;
  const evicted = bucketIncreases(history, 'evictedKeys');
  const wasQuiet = evicted?.every((increase, i) => !(increase > 0) || valueAt(history.buckets.toAt, i) >= change.at) === true;
  return wasQuiet ? change : undefined;
}
