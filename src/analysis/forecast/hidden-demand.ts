import type { Forecast } from '../../model/analysis.ts';
import type { NodeHistory } from '../../model/node-history.ts';
import { DAY_MS } from '../../model/time.ts';
import { quantile } from '../../stats/quantile.ts';
import { bucketIncreases, valueAt } from '../bucket-rates.ts';
import { countKeys } from '../evictable-keys.ts';
import { findEvictedPerDay } from '../eviction-rate.ts';

type HiddenDemand = NonNullable<Forecast['hiddenDemand']>;

/** Rates are told from this many stretches with evictions on; fewer have no range. */
const MIN_STRETCHES = 5;

/**
 * What a limit that holds the data turns away: the bytes a day that are evicted to make room, and how long a key stays because of it.
 *
 * A cache in its steady state holds what came in during the time that a key stays: `held = inflow × stay`. So holding keys for twice as long takes twice
 * the memory; whether the keys would be read again is not in the counters. The mean size of a key stands for that of the evicted ones.
 * @returns undefined where nothing was evicted, or keys or their size are not known. An estimate: never a day to a limit
 * @remarks Docs: docs/methodology.md#forecast
 */
export function estimateHiddenDemand(history: NodeHistory): HiddenDemand | undefined {
  const { keys } = countKeys(history);
  const held = history.last.usedMemoryDatasetBytes ?? history.last.usedMemoryBytes;
  const increases = bucketIncreases(history, 'evictedKeys');
  if (keys === undefined || keys === 0 || held === undefined || increases === undefined) return undefined;

  const { toAt } = history.buckets;
  const rates = Array.from(increases).flatMap((evicted, i) => {
    const days = (valueAt(toAt, i) - valueAt(toAt, i - 1)) / DAY_MS;
    return evicted > 0 && days > 0 ? [evicted / days] : [];
  });
  const evictedPerDay = findEvictedPerDay(history) ?? 0;
  if (!(evictedPerDay > 0)) return undefined;

  const bytesPerKey = held / keys;
  const isSpread = rates.length >= MIN_STRETCHES;
  const middle = evictedPerDay * bytesPerKey;
  const low = isSpread ? Math.min(middle, quantile(rates, 0.1) * bytesPerKey) : undefined;
  const high = isSpread ? Math.max(middle, quantile(rates, 0.9) * bytesPerKey) : undefined;
  return {
    evictedBytesPerDay: { low, middle, high },
    staySeconds: { low: secondsOf(held, high), middle: secondsOf(held, middle), high: secondsOf(held, low) },
    bytesPerKey,
    basis: 'derived',
    formula: 'evicted keys a day × bytes a key; stay = data held ÷ that',
  };
}

function secondsOf(held: number, bytesPerDay: number): number;
function secondsOf(held: number, bytesPerDay: number | undefined): number | undefined;
function secondsOf(held: number, bytesPerDay: number | undefined): number | undefined {
  return bytesPerDay === undefined || bytesPerDay <= 0 ? undefined : ((held / bytesPerDay) * DAY_MS) / 1000;
}
