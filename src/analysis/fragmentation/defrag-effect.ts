import type { NodeHistory } from '../../model/node-history.ts';
import { median } from '../../stats/median.ts';
import { quantile } from '../../stats/quantile.ts';
import { valueAt } from '../bucket-rates.ts';
import { NEAR_PEAK } from './thresholds.ts';
import { findSettled, type MemoryPoint, readTrack } from './track.ts';
import { lastDefragAt } from './trend.ts';

/** Active ÷ allocated must have fallen by this factor, so that the teeth of runs that come and go do not pass for a lasting gain. */
const CLEARLY_LOWER = 1.05;

/**
 * When resident memory had settled after the last run of active defragmentation, if that run lastingly closed holes: what was resident before
 * says nothing about the need any more.
 * @returns −∞ where none ran, where it changed little, and where no sample near the highest used memory was taken since
 */
export function defragSettledAt(history: NodeHistory): number {
  const endAt = lastDefragAt(history);
  if (endAt === Number.NEGATIVE_INFINITY) return endAt;
  const least = NEAR_PEAK * (history.metrics.get('usedMemoryBytes')?.max.value ?? Number.NaN);
  const atLoad = readTrack(history).filter((point) => point.usedBytes >= least && Number.isFinite(holeRatio(point)));
  const runningAt = findRunningBuckets(history);
  const before = atLoad.filter((point) => point.at <= endAt && !runningAt.has(point.at));
  const since = atLoad.filter((point) => point.at > endAt);
  const settled = findSettled(since, endAt) ?? since[0];
  if (before.length === 0 || settled === undefined) return Number.NEGATIVE_INFINITY;
  const after = since.filter((point) => point.at >= settled.at);
  const isLower = quantile(before.map(holeRatio), 0.25) >= CLEARLY_LOWER * median(after.map(holeRatio));
  return isLower ? settled.at : Number.NEGATIVE_INFINITY;
}

function holeRatio({ activeBytes, allocatedBytes }: MemoryPoint): number {
  return activeBytes / allocatedBytes;
}

function findRunningBuckets({ buckets }: NodeHistory): ReadonlySet<number> {
  const running = buckets.columns.get('activeDefragRunningPercent')?.max;
  return new Set(Array.from(buckets.toAt).filter((_, i) => valueAt(running, i) > 0));
}
