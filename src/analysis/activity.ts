import type { NodeAnalysis } from '../model/analysis.ts';
import type { MetricId } from '../model/metrics.ts';
import type { Fork, NodeHistory } from '../model/node-history.ts';
import { bucketRates } from './bucket-rates.ts';
import { measureCommands } from './command-times.ts';
import { findBusiestHour, mainThreadShares } from './series.ts';

/**
 * What the server did in the window: growth of its counters, and the highest gauges and rates.
 * @remarks A counter seen only once has no growth and is absent. Rates are taken between bucket ends: with more than 1,024 samples their
 * maxima are means over each bucket, lower bounds of the true maxima.
 * @param ownHits - look-ups that a sample of this server's keys added: nobody else asked for them
 */
export function measureActivity(history: NodeHistory, ownHits = 0): NodeAnalysis['activity'] {
  const allHits = increaseOf(history, 'keyspaceHits');
  const hits = allHits === undefined ? undefined : Math.max(0, allHits - ownHits);
  const misses = increaseOf(history, 'keyspaceMisses');
  const lookups = (hits ?? 0) + (misses ?? 0);
  return present({
    evictedKeys: increaseOf(history, 'evictedKeys'),
    expiredKeys: increaseOf(history, 'expiredKeys'),
    oomErrors: increaseOf(history, 'oomErrors'),
    hitRatio: hits === undefined || misses === undefined || lookups === 0 ? undefined : hits / lookups,
    opsPerSecondMax: history.metrics.get('opsPerSecond')?.max.value ?? highest(bucketRates(history, 'commandsProcessed')),
    connectedClientsMax: history.metrics.get('connectedClients')?.max.value,
    maxclients: history.last.maxclients,
    rejectedConnections: increaseOf(history, 'rejectedConnections'),
    mainThreadCpuMax: highest(mainThreadShares(history)),
    mainThreadCpuBusiestHour: findBusiestHour(history),
    netInputBytesPerSecondMax: highest(bucketRates(history, 'netInputBytes')),
    netOutputBytesPerSecondMax: highest(bucketRates(history, 'netOutputBytes')),
    fullSyncs: increaseOf(history, 'fullSyncs'),
    commands: measureCommands(history),
  });
}

/**
 * Forks of the window and the largest share of resident memory that one copied.
 * @remarks `cowRatioMax` also looks at the running child's own peak (Redis 7.0+). When the window saw no fork end, the figure that the last
 * one before it left is set against the first known resident memory: the nearest that the history has.
 */
export function measurePersistence(history: NodeHistory): NodeAnalysis['persistence'] {
  const ratios = [...history.forks.flatMap(cowRatio), ...runningCowRatios(history)];
  if (ratios.length === 0) ratios.push(...earlierCowRatios(history));
  const { aofEnabled } = history.last;
  return {
    ...(aofEnabled === undefined ? {} : { aofEnabled: aofEnabled === 1 }),
    forks: history.forks.map(({ at, kind, cowBytes, rssBytes, seconds, writtenKeys, inputBytes }) => ({
      at,
      kind,
      cowBytes,
      ...present({ rssBytes, seconds, writtenKeys, inputBytes }),
    })),
    ...(ratios.length === 0 ? {} : { cowRatioMax: ratios.reduce((a, b) => Math.max(a, b)) }),
  };
}

function cowRatio({ cowBytes, rssBytes }: Pick<Fork, 'cowBytes' | 'rssBytes'>): number[] {
  // 0 is written when no fork has ended yet or the kernel's figure could not be read: it is no measurement.
  // A bucket without one of the two has NaN there.
  return rssBytes !== undefined && rssBytes > 0 && cowBytes > 0 ? [cowBytes / rssBytes] : [];
}

function runningCowRatios({ buckets }: NodeHistory): number[] {
  const peaks = buckets.columns.get('currentCowPeakBytes')?.max ?? [];
  const rss = buckets.columns.get('usedMemoryRssBytes')?.max;
  return Array.from(peaks).flatMap((cowBytes, i) => cowRatio({ cowBytes, rssBytes: rss?.[i] }));
}

function earlierCowRatios(history: NodeHistory): number[] {
  const rssBytes = history.metrics.get('usedMemoryRssBytes')?.first.value;
  const ids: readonly MetricId[] = ['rdbLastCowBytes', 'aofLastCowBytes', 'moduleForkLastCowBytes'];
  return ids.flatMap((id) => cowRatio({ cowBytes: history.metrics.get(id)?.first.value ?? 0, rssBytes }));
}

function increaseOf(history: NodeHistory, id: MetricId): number | undefined {
  const summary = history.metrics.get(id);
  return summary === undefined || summary.count < 2 ? undefined : summary.increase;
}

function highest(values: Float64Array | undefined): number | undefined {
  const max = values?.reduce((best, value) => (Number.isFinite(value) && value > best ? value : best), Number.NEGATIVE_INFINITY);
  return max === undefined || max === Number.NEGATIVE_INFINITY ? undefined : max;
}

/** The same fields without those that are undefined: absent means unknown. */
function present<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
