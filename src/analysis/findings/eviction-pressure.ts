import { countKeys } from '../evictable-keys.ts';
import { clear, type FindingRule, notEnoughData, raised, spanDays } from './finding-rule.ts';

/** Keys are evicted faster than a cache that has settled would: the limit is lower than what is asked of it. */
export const evictionPressure: FindingRule<{ warnAtShareOfKeysPerDay: number }> = {
  id: 'eviction-pressure',
  needs: ['evictedKeys'],
  // 1 % of the keys a day is the slow turnover of a full cache; beyond, keys leave before they are old.
  defaults: { warnAtShareOfKeysPerDay: 0.01 },
  judge({ node, history }, { warnAtShareOfKeysPerDay }) {
    const { evictedKeys, hitRatio } = node.activity;
    if (evictedKeys === undefined) return notEnoughData('evictedKeys');
    if (evictedKeys === 0) return clear({ evictedKeys });
    const days = spanDays(history);
    const { keys } = countKeys(history);
    const evictedPerDay = days > 0 ? evictedKeys / days : undefined;
    const share = evictedPerDay !== undefined && keys !== undefined && keys > 0 ? evictedPerDay / keys : undefined;
    const severity = share !== undefined && share < warnAtShareOfKeysPerDay ? 'info' : 'warning';
    return raised(severity, { evictedKeys, evictedPerDay, keys, shareOfKeysPerDay: share, hitRatio, policy: node.maxmemoryPolicy });
  },
};
