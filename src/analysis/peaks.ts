import type { NodeAnalysis } from '../model/analysis.ts';
import type { Engine } from '../model/engine.ts';
import type { NodeHistory, RecoveredPeak } from '../model/node-history.ts';
import { valueAt } from './bucket-rates.ts';
import { findPeakCause } from './peak-cause.ts';
import { splitUsedMemory } from './used-parts.ts';

export type Peaks = NodeAnalysis['peaks'];

const UNKNOWN_ENGINE: Engine = { name: 'unknown', version: undefined };

/**
 * The highest used, counted and resident memory of the window with their instants, and what used memory was made of then.
 * @param engine - tells whether the Lua heap is part of used memory; left out of the components when unknown
 * @remarks A maximum that only `used_memory_peak` saw counts when it is higher than every sample (`recovered`, its instant the sample that
 * showed it); `components` then still belong to the highest sample. Counted memory is absent where not-counted memory is unknown: a reader
 * then uses `usedMemoryBytes`. Method: docs/methodology.md#peaks
 */
export function findPeaks(history: NodeHistory, engine: Engine = UNKNOWN_ENGINE): Peaks {
  const used = highest(history.metrics.get('usedMemoryBytes')?.max, history.recoveredPeaks);
  const counted = history.metrics.get('countedBytes')?.max;
  const rss = history.metrics.get('usedMemoryRssBytes')?.max;
  const beforeWindow = history.metrics.get('usedMemoryPeakBytes')?.first.value;
  const cause = findPeakCause(history, engine, used?.value);
  return {
    ...(used === undefined ? {} : { usedMemoryBytes: used }),
    ...(counted === undefined ? {} : { countedBytes: highest(counted, recoverCounted(history)) }),
    ...(rss === undefined ? {} : { usedMemoryRssBytes: rss }),
    ...(beforeWindow !== undefined && used !== undefined && beforeWindow > used.value ? { lifetimeUsedMemoryBytes: beforeWindow } : {}),
    recovered: history.recoveredPeaks.map(({ fromAt, toAt, value }) => ({ fromAt, toAt, value })),
    components: splitUsedMemory(history.atPeak, engine),
    ...(cause === undefined ? {} : { cause }),
    ...(history.lives.length > 1 ? { lives: findLifePeaks(history) } : {}),
  };
}

function highest(
  sampled: { readonly value: number; readonly at: number } | undefined,
  recovered: readonly RecoveredPeak[],
): Peaks['usedMemoryBytes'] {
  const spike = recovered.reduce<RecoveredPeak | undefined>(
    (best, peak) => (best === undefined || peak.value > best.value ? peak : best),
    undefined,
  );
  if (spike !== undefined && (sampled === undefined || spike.value > sampled.value)) {
    return { value: spike.value, at: spike.toAt, recovered: true };
  }
  return sampled === undefined ? undefined : { value: sampled.value, at: sampled.at, recovered: false };
}

/**
 * Recovered peaks of used memory less the not-counted memory of that time. Nobody saw how much of the spike was not counted; the surrounding
 * sample with the highest used memory is nearest to it, so its not-counted memory is subtracted: what came on top of that sample is taken as
 * counted in full.
 */
export function recoverCounted(history: NodeHistory): RecoveredPeak[] {
  const { buckets } = history;
  const used = buckets.columns.get('usedMemoryBytes')?.max;
  const notCounted = buckets.columns.get('notCountedBytes')?.min;
  return history.recoveredPeaks.flatMap((peak) => {
    let nearest = { usedBytes: Number.NEGATIVE_INFINITY, notCountedBytes: Number.NaN };
    for (let i = 0; i < buckets.count; i += 1) {
      const overlaps = valueAt(buckets.toAt, i) >= peak.fromAt && valueAt(buckets.fromAt, i) <= peak.toAt;
      const usedBytes = valueAt(used, i);
      const notCountedBytes = valueAt(notCounted, i);
      if (overlaps && usedBytes > nearest.usedBytes && Number.isFinite(notCountedBytes)) nearest = { usedBytes, notCountedBytes };
    }
    return Number.isFinite(nearest.notCountedBytes) ? [{ ...peak, value: Math.max(0, peak.value - nearest.notCountedBytes) }] : [];
  });
}

/** Lives that are told: the newest. */
const MAX_LIVES = 50;

/** The highest used memory of each process that ran inside the window, with spikes that no sample saw. */
function findLifePeaks({ lives, recoveredPeaks }: NodeHistory): NonNullable<Peaks['lives']> {
  return lives.slice(-MAX_LIVES).map(({ fromAt, toAt, samples, version, usedMemoryPeak }) => {
    const recovered = recoveredPeaks.filter((spike) => spike.toAt >= fromAt && spike.toAt <= toAt);
    const used = highest(usedMemoryPeak, recovered);
    return {
      fromAt,
      toAt,
      samples,
      ...(version === undefined ? {} : { version }),
      ...(used === undefined ? {} : { usedMemoryBytes: used }),
    };
  });
}

/** Newest known used, counted and resident memory of the node, in bytes. */
export function findLatest(history: NodeHistory): NodeAnalysis['latest'] {
  const { usedMemoryBytes, countedBytes, usedMemoryRssBytes } = history.last;
  return {
    ...(usedMemoryBytes === undefined ? {} : { usedMemoryBytes }),
    ...(countedBytes === undefined ? {} : { countedBytes }),
    ...(usedMemoryRssBytes === undefined ? {} : { usedMemoryRssBytes }),
  };
}
