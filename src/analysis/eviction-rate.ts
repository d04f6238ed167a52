import type { NodeHistory } from '../model/node-history.ts';
import { DAY_MS } from '../model/time.ts';
import { bucketIncreases, valueAt } from './bucket-rates.ts';

const NEWEST_DAYS = 7;

/**
 * Keys evicted a day at present: over the newest week, which holds all weekdays, and in it only since evictions began. The time before them
 * tells of another load or limit; a day, or all there is, is the least that is averaged over, so that an hour's burst is no pace.
 * @returns undefined where nothing tells how many were evicted when
 */
export function findEvictedPerDay(history: NodeHistory): number | undefined {
  const increases = bucketIncreases(history, 'evictedKeys');
  const { toAt } = history.buckets;
  const sinceAt = history.toAt - NEWEST_DAYS * DAY_MS;
  const newest = Array.from(increases ?? []).flatMap((evicted, i) => {
    const fromAt = valueAt(toAt, i - 1);
    return Number.isFinite(evicted) && fromAt >= sinceAt ? [{ evicted, fromAt }] : [];
  });
  const [first] = newest;
  if (first === undefined) return undefined;
  const begunAt = newest.find(({ evicted }) => evicted > 0)?.fromAt ?? first.fromAt;
  const dayAgo = Math.max(first.fromAt, history.toAt - DAY_MS);
  const days = (history.toAt - Math.min(begunAt, dayAgo)) / DAY_MS;
  return days > 0 ? newest.reduce((sum, { evicted }) => sum + evicted, 0) / days : undefined;
}
