import type { Advice, Fragmentation } from '../../model/analysis.ts';
import { type Engine, isAtLeast } from '../../model/engine.ts';
import type { NodeHistory } from '../../model/node-history.ts';
import { DAY_MS } from '../../model/time.ts';
import { knownSettings, numberSetting } from '../known-settings.ts';
import { findBusiestHour } from '../series.ts';
import { type DefragPlan, defaultDefragSettings, measureDefragHitShare } from './active-defrag.ts';
import { reportsSmallBins } from './allocator.ts';
import type { Judgement } from './diagnosis.ts';
import type { FragmentationState } from './evidence.ts';
import { REUSED_SLOPE } from './movement.ts';
import { isExcess, noticeableBytes, SMALL_BYTES } from './thresholds.ts';

/** Above this share of a core over its busiest hour the main thread has no room for defragmentation. A burst of seconds is no ground. */
const BUSY_MAIN_THREAD = 0.6;
/** Fewer moves than this per allocation examined: the passes run for nothing. */
const INEFFECTIVE_HIT_SHARE = 0.01;
/** A peak that has not come back for so long is taken for a one-off. */
const ONE_OFF_MILLISECONDS = 7 * DAY_MS;
/** A fill of this share of what was freed takes it back. */
const REFILLED_SHARE = 1 / 3;
/** Start threshold for 5–10 % that are many GiB. */
const EARLY_PERCENT = 5;

export interface FragmentationPlan {
  readonly advice: Advice;
  readonly defrag: DefragPlan;
}

/**
 * What to do about it, and which defragmentation parameters to change for it.
 * @remarks A recurring peak asks for nothing: the memory will be needed again. Holes ask for active defragmentation where it can run, would
 * start at its thresholds, and the main thread has room; else for a restart (a failover to a fresh replica). MEMORY PURGE gives back kept
 * pages, never holes. Method: docs/methodology.md#fragmentation-advice
 */
export function adviseOnFragmentation(
  judgement: Judgement,
  state: FragmentationState,
  history: NodeHistory,
  engine: Engine,
  supported: Fragmentation['activedefrag']['supported'],
): FragmentationPlan {
  const overcome = (percent: number): FragmentationPlan => planForHoles(state, history, engine, supported, percent);
  // Where the server's own threshold is higher, the plan lowers it.
  const usual = defaultDefragSettings(engine)?.lowerPercent ?? 10;
  const lower = Math.min(usual, numberSetting(knownSettings(history), 'active-defrag-threshold-lower') ?? usual);
  switch (judgement.diagnosis) {
    case 'external-fragmentation':
      // The largest part of waste that only stands out in all: too little to act on by itself.
      return state.holesBytes <= noticeableBytes(state.now.usedBytes) ? leave() : overcome(lower);
    case 'retained-after-peak':
      return isOneOff(state) ? overcome(lower) : leave();
    case 'resident-unused':
      // Muzzy pages alone are harmless: the system takes them when it needs them. Those that the next peak fills again are no gain.
      return isExcess(state.now.activeBytes + state.lastingUnusedBytes, state.now.activeBytes, state.now.usedBytes) &&
        judgement.decidedBy === undefined
        ? { advice: 'memory-purge', defrag: {} }
        : leave();
    case 'swapping':
      return { advice: 'more-memory', defrag: {} };
    case 'unknown-allocator': {
      // What a peak that stays away has left behind goes with the process; another allocator is worth a project where it comes again.
      const isLeftBehind = judgement.also.includes('retained-after-peak') && isOneOff(state);
      return { advice: isLeftBehind ? 'restart' : 'jemalloc-build', defrag: {} };
    }
    case 'healthy': {
      if (!judgement.also.includes('external-fragmentation')) return leave();
      const plan = overcome(EARLY_PERCENT);
      // Below the level of a diagnosis a restart is not worth it.
      return plan.advice === 'activedefrag'
        ? { advice: 'activedefrag', defrag: { activedefrag: 'yes', startEarlyForUsedBytes: state.now.usedBytes } }
        : leave();
    }
    default:
      return leave();
  }
}

function leave(): FragmentationPlan {
  return { advice: 'none', defrag: {} };
}

function planForHoles(
  state: FragmentationState,
  history: NodeHistory,
  engine: Engine,
  supported: Fragmentation['activedefrag']['supported'],
  lowerPercent: number,
): FragmentationPlan {
  const hitShare = measureDefragHitShare(history);
  if (hitShare !== undefined && hitShare < INEFFECTIVE_HIT_SHARE) return { advice: 'restart', defrag: { activedefrag: 'no' } };
  // At work now: whether its start conditions are met any more is its own matter.
  if ((history.last.activeDefragRunningPercent ?? 0) > 0) return { advice: 'activedefrag', defrag: { activedefrag: 'yes' } };
  const hasVersion = isAtLeast(engine, { redis: '4.0', valkey: '7.2' }) !== false;
  if (supported === 'no' || !hasVersion || !wouldStart(state, history, engine, lowerPercent) || isMainThreadBusy(history)) {
    return { advice: 'restart', defrag: {} };
  }
  return { advice: 'activedefrag', defrag: { activedefrag: 'yes' } };
}

/** Whether the server's own start conditions are met; without allocator figures (before 5.0) the waste stands in for them. */
function wouldStart(state: FragmentationState, history: NodeHistory, engine: Engine, lowerPercent: number): boolean {
  const { now } = state;
  const { allocatorFragRatio, allocatorFragBytes } = history.last;
  if (reportsSmallBins(engine) === true && allocatorFragRatio !== undefined && allocatorFragBytes !== undefined) {
    // Rounded to two decimals by the server.
    return Math.round(allocatorFragRatio * 100) - 100 >= lowerPercent && allocatorFragBytes >= SMALL_BYTES;
  }
  if (Number.isNaN(state.holesBytes)) return state.wasteBytes >= SMALL_BYTES && now.rssBytes / now.usedBytes >= 1 + lowerPercent / 100;
  return state.holesBytes >= SMALL_BYTES && now.activeBytes / now.allocatedBytes >= 1 + lowerPercent / 100;
}

function isMainThreadBusy(history: NodeHistory): boolean {
  return (findBusiestHour(history) ?? 0) > BUSY_MAIN_THREAD;
}

/** The peak came once (or before the window) and has stayed away for a week, in which nothing has begun to fill its room again either. */
function isOneOff(state: FragmentationState): boolean {
  const { life, now, peakVisits, lastNearPeakAt } = state;
  const awaySince = Math.max(lastNearPeakAt ?? life[0]?.at ?? now.at, findRefilledAt(state) ?? 0);
  return peakVisits <= 1 && now.at - awaySince >= ONE_OFF_MILLISECONDS;
}

/** When freed memory was last filled again by a good part, without new pages; a daily wave below the peak is no such refill. */
function findRefilledAt({ lastRefill, peakUsedBytes }: FragmentationState): number | undefined {
  if (lastRefill === undefined || (lastRefill.refillSlope ?? Number.POSITIVE_INFINITY) > REUSED_SLOPE) return undefined;
  const { start, end } = lastRefill;
  return end.usedBytes - start.usedBytes >= REFILLED_SHARE * (peakUsedBytes - start.usedBytes) ? end.at : undefined;
}
