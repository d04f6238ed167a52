import type { Fragmentation } from '../../model/analysis.ts';
import type { Engine } from '../../model/engine.ts';
import type { MetricId } from '../../model/metrics.ts';
import type { NodeHistory } from '../../model/node-history.ts';
import { median } from '../../stats/median.ts';
import { bucketIncreases, valueAt } from '../bucket-rates.ts';
import { knownSettings, numberSetting } from '../known-settings.ts';
import { defaultDefragSettings } from './active-defrag.ts';
import { reportsSmallBins } from './allocator.ts';
import { SMALL_BYTES } from './thresholds.ts';
import { findSettled, type MemoryPoint } from './track.ts';

type DefragRun = NonNullable<Fragmentation['activedefrag']['lastRun']>;

/** Runs closer together than this are one: it starts anew whenever holes pass its thresholds again. */
const SAME_RUN_MILLISECONDS = 10 * 60_000;
/** Share of the holes that has to be closed to say that it worked, or worked in part. */
const WORKED_SHARE = 0.5;
const PARTLY_SHARE = 0.1;

interface Stretch {
  /** First and last bucket in which it was at work. */
  readonly first: number;
  readonly last: number;
}

/**
 * The last run of active defragmentation: what it closed and gave back, what it cost, and why it stopped.
 * @returns undefined where none was seen at work, and where nothing is known of the memory before it
 * @remarks Method: docs/methodology.md#active-defragmentation
 */
export function measureDefragRun(history: NodeHistory, engine: Engine, track: readonly MemoryPoint[]): DefragRun | undefined {
  const stretch = findLastStretch(history);
  if (stretch === undefined) return undefined;
  const { toAt, count } = history.buckets;
  const fromAt = valueAt(toAt, Math.max(0, stretch.first - 1));
  const isRunning = stretch.last === count - 1 && (history.last.activeDefragRunningPercent ?? 0) > 0;
  const endAt = valueAt(toAt, stretch.last);
  const before = track.findLast((point) => point.at <= fromAt);
  const after = findSettled(track, endAt) ?? track.at(-1);
  if (before === undefined || after === undefined || after.at <= before.at || after.life !== before.life) return undefined;

  const holesBefore = before.activeBytes - before.allocatedBytes;
  const holesAfter = after.activeBytes - after.allocatedBytes;
  // Data that came in the meantime may have filled holes by themselves: at least the rest was closed by moving.
  const closedBytes = Math.max(0, holesBefore - holesAfter - Math.max(0, after.allocatedBytes - before.allocatedBytes));
  const outcome = isRunning || Number.isNaN(closedBytes) ? undefined : judgeOutcome(closedBytes / holesBefore);
  const stoppedBy = isRunning ? undefined : findStop(history, engine, stretch.last);
  const known: Partial<Record<keyof DefragRun, number>> = {
    holesBeforeBytes: holesBefore,
    holesAfterBytes: holesAfter,
    closedBytes,
    wasteBeforeBytes: before.rssBytes - before.usedBytes,
    wasteAfterBytes: after.rssBytes - after.usedBytes,
    ...measureCost(history, stretch),
  };
  return {
    fromAt,
    toAt: endAt,
    isRunning,
    ...Object.fromEntries(Object.entries(known).filter(([, value]) => Number.isFinite(value))),
    ...(outcome === undefined ? {} : { outcome }),
    ...(stoppedBy === undefined ? {} : { stoppedBy }),
  };
}

function findLastStretch(history: NodeHistory): Stretch | undefined {
  const running = history.buckets.columns.get('activeDefragRunningPercent')?.max;
  const moved = bucketIncreases(history, 'activeDefragHits');
  const { toAt, count } = history.buckets;
  // A handful of moves is the end of a pass that had been at work before.
  const isAtWork = (i: number): boolean => valueAt(running, i) > 0 || valueAt(moved, i) >= 100;
  let last = count - 1;
  while (last >= 0 && !isAtWork(last)) last -= 1;
  if (last < 0) return undefined;
  let first = last;
  for (let i = last - 1; i >= 0; i -= 1) {
    const isCut = history.restarts.some((restart) => restart.at > valueAt(toAt, i) && restart.at <= valueAt(toAt, first));
    if (isCut || (i < first - 1 && valueAt(toAt, first) - valueAt(toAt, i) > SAME_RUN_MILLISECONDS)) break;
    if (isAtWork(i)) first = i;
  }
  return { first, last };
}

function judgeOutcome(closedShare: number): DefragRun['outcome'] {
  if (closedShare >= WORKED_SHARE) return 'worked';
  return closedShare >= PARTLY_SHARE ? 'partly' : 'no-effect';
}

/**
 * Which of its own conditions no longer held when it stopped. It looks at them after every pass (defrag.c `computeDefragCycles`).
 * The parameters are not in INFO: where the server was not asked for them, the defaults of the version stand in.
 */
function findStop({ buckets, last: newest, texts }: NodeHistory, engine: Engine, last: number): DefragRun['stoppedBy'] {
  const column = (id: MetricId): number => {
    const values = buckets.columns.get(id)?.last;
    return valueAt(values, Math.min(last + 1, buckets.count - 1));
  };
  const children = ['rdbBgsaveInProgress', 'aofRewriteInProgress', 'moduleForkInProgress'] as const;
  if (children.some((id) => column(id) === 1)) return 'child';
  const allocated = column('allocatorAllocatedBytes');
  const isSmallBins = reportsSmallBins(engine);
  if (isSmallBins === undefined || (isSmallBins && newest.allocatorFragBytes === undefined)) return undefined;
  const bytes = isSmallBins ? column('allocatorFragBytes') : column('allocatorActiveBytes') - allocated;
  const share = bytes / allocated;
  if (Number.isNaN(share)) return undefined;
  const settings = knownSettings({ texts });
  if (bytes < (numberSetting(settings, 'active-defrag-ignore-bytes') ?? SMALL_BYTES)) return 'ignore-bytes';
  const lowerPercent = numberSetting(settings, 'active-defrag-threshold-lower') ?? defaultDefragSettings(engine)?.lowerPercent ?? 10;
  return share < lowerPercent / 100 ? 'lower-threshold' : 'above-its-thresholds';
}

/**
 * CPU of the run, and of as long a time without it: the difference is its price where the load was the same. It works in the main thread, so that
 * thread is asked where it is reported (6.2 and later), else the process.
 */
function measureCost(history: NodeHistory, { first, last }: Stretch): Partial<Record<keyof DefragRun, number>> {
  const { columns, toAt } = history.buckets;
  const isMainThread = columns.has('mainThreadCpuUserSeconds') && columns.has('mainThreadCpuSysSeconds');
  const user = bucketIncreases(history, isMainThread ? 'mainThreadCpuUserSeconds' : 'cpuUserSeconds');
  const sys = bucketIncreases(history, isMainThread ? 'mainThreadCpuSysSeconds' : 'cpuSysSeconds');
  const cpuSeconds = (i: number): number => valueAt(user, i) + valueAt(sys, i);
  const seconds = (i: number): number => (valueAt(toAt, i) - valueAt(toAt, i - 1)) / 1000;
  const inside = range(first, last).filter((i) => Number.isFinite(cpuSeconds(i)));
  const spanSeconds = inside.reduce((sum, i) => sum + seconds(i), 0);
  const spentSeconds = inside.reduce((sum, i) => sum + cpuSeconds(i), 0);
  const width = last - first + 1;
  const around = [...range(Math.max(1, first - width), first - 1), ...range(last + 1, last + width)];
  const usualShare = median(around.map((i) => cpuSeconds(i) / seconds(i)).filter(Number.isFinite));
  const counted = bucketIncreases(history, 'activeDefragMilliseconds');
  const atWorkMilliseconds = range(first, last + 1)
    .map((i) => valueAt(counted, i))
    .filter(Number.isFinite)
    .reduce((sum, value) => sum + value, 0);
  return {
    ...(inside.length > 0 ? { cpuSeconds: spentSeconds, cpuShare: spentSeconds / spanSeconds } : {}),
    usualCpuShare: usualShare,
    ...(atWorkMilliseconds > 0 ? { atWorkMilliseconds } : {}),
  };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}
