import type { Diagnosis, Fragmentation } from '../../model/analysis.ts';
import { GiB } from '../../model/bytes.ts';
import type { AllocatorKind } from './allocator.ts';
import { countLasting, type FragmentationState, measureLasting } from './evidence.ts';
import { GROWN_SLOPE, REUSED_SLOPE } from './movement.ts';
import { isProvenSwapped, isUntouched, looksSwapped } from './swapped.ts';
import { HIGH_RATIO, isExcess, NEAR_PEAK, noticeableBytes, SMALL_BYTES } from './thresholds.ts';
import type { MemoryPoint } from './track.ts';

export type Judgement = Pick<Fragmentation, 'diagnosis' | 'also' | 'decidedBy'>;

/** Samples in a row that make a state "lasting". */
const LASTING = 3;
/**
 * Empty pages that have stayed so long will not go back by themselves: where a background thread returns them (6.0 and later) it does so
 * within 10 s of their last use (jemalloc's dirty_decay_ms as the servers set it), and more are freed while it works.
 */
const DECAYED_MILLISECONDS = 60_000;
/** Where only all of the waste is noticeable, its largest part is at least this share of it. */
const LARGEST_OF_THREE = 1 / 3;
/** Holes of 5–10 % are healthy by ratio; from this many bytes they are worth having back. */
const MANY_BYTES = 2 * GiB;
const MANY_BYTES_RATIO = 1.05;

/**
 * Why resident memory is what it is, at the end of the window.
 * @remarks Top-down: swapping, too small to tell, allocator without figures, then the largest of holes (active − allocated), kept pages
 * (resident − active) and process overhead (RSS − resident). Holes that the fall from the peak explains were left by deletes: retained;
 * holes beyond that, or a fill that needed new pages although holes were there, are external fragmentation. Where nothing decides between
 * the two, the better supported one leads, the other is in `also`, and `decidedBy` says what would. Method: docs/methodology.md#fragmentation
 */
export function judgeFragmentation(state: FragmentationState | undefined, allocator: AllocatorKind): Judgement {
  if (state === undefined) return { diagnosis: 'not-enough-data', also: [], decidedBy: 'longer-history' };
  const { now, life, wasteBytes, peakUsedBytes } = state;

  const swapped = isUntouched(life) ? 0 : countLasting(life, looksSwapped);
  if (swapped >= LASTING) {
    const isProven = isProvenSwapped(life);
    if (allocator === 'other' && !isProven) return { diagnosis: 'unknown-allocator', also: ['swapping'], decidedBy: 'host-swap' };
    return Number.isNaN(now.residentBytes) && !isProven
      ? { diagnosis: 'swapping', also: [], decidedBy: 'host-swap' }
      : { diagnosis: 'swapping', also: [] };
  }
  if (swapped > 0 && swapped === life.length) return { diagnosis: 'not-enough-data', also: ['swapping'], decidedBy: 'longer-history' };

  if (peakUsedBytes < SMALL_BYTES || (now.usedBytes < SMALL_BYTES && wasteBytes < SMALL_BYTES))
    return { diagnosis: 'small-dataset', also: [] };
  if (wasteBytes <= noticeableBytes(now.usedBytes)) return { diagnosis: 'healthy', also: [] };

  // Without the allocator's figures the Lua heap beside used memory would look like holes.
  const isUntold = allocator === 'other' || Number.isNaN(now.activeBytes);
  if (isUntold && wasteBytes - state.luaOutsideBytes <= noticeableBytes(now.usedBytes)) return { diagnosis: 'process-overhead', also: [] };
  if (allocator === 'other') return judgeOtherAllocator(state);
  return Number.isNaN(now.activeBytes) ? judgeByRss(state) : judgeByAllocator(state);
}

/** libc and the like: only RSS and used memory are true, so the movement may hint but not decide. */
function judgeOtherAllocator(state: FragmentationState): Judgement {
  if (!isExcess(state.now.rssBytes, state.now.usedBytes, state.now.usedBytes)) return { diagnosis: 'healthy', also: [] };
  const guess = judgeByRss(state);
  const also = guess.diagnosis === 'not-enough-data' ? [] : [guess.diagnosis];
  return { diagnosis: 'unknown-allocator', also, decidedBy: 'allocator-fields' };
}

/** Without allocator fields: what the fall from the peak explains is retained; the rest is most likely fragmentation, and that is said. */
function judgeByRss(state: FragmentationState): Judgement {
  const { now, life } = state;
  if (!isExcess(now.rssBytes, now.usedBytes, now.usedBytes)) return { diagnosis: 'healthy', also: [] };
  const isBeyondPeak = (point: MemoryPoint): boolean => isExcess(point.rssBytes, state.peakUsedBytes, point.usedBytes);
  if (!isBeyondPeak(now)) {
    const also: Diagnosis[] = isReused(state) ? [] : ['external-fragmentation', 'resident-unused'];
    return { diagnosis: 'retained-after-peak', also, decidedBy: 'allocator-fields' };
  }
  const others: Diagnosis[] = [...(state.isPeakKnown ? [] : (['retained-after-peak'] as const)), 'process-overhead', 'resident-unused'];
  if (countLasting(life, isBeyondPeak) >= LASTING || grewDespiteHoles(state)) {
    return { diagnosis: 'external-fragmentation', also: others, decidedBy: 'allocator-fields' };
  }
  return { diagnosis: 'not-enough-data', also: ['external-fragmentation', ...others], decidedBy: 'allocator-fields' };
}

interface Candidate extends Judgement {
  readonly bytes: number;
}

function judgeByAllocator(state: FragmentationState): Judgement {
  const { now } = state;
  const standOut = judgeParts(state, 1);
  const candidates = standOut.length > 0 ? standOut : judgeKept(state);
  const isMuch = isExcess(now.rssBytes, now.usedBytes, now.usedBytes);
  const [first, ...rest] = candidates.length > 0 || !isMuch ? candidates : judgeParts(state, LARGEST_OF_THREE);
  if (first === undefined) return { diagnosis: 'healthy', also: hasManyHoles(state) ? ['external-fragmentation'] : [] };
  const also = [...new Set([...first.also, ...rest.map((candidate) => candidate.diagnosis)])];
  return { diagnosis: first.diagnosis, also, ...(first.decidedBy === undefined ? {} : { decidedBy: first.decidedBy }) };
}

/** The parts that stand out by noticeable bytes, or by that share of them; the largest first. */
function judgeParts(state: FragmentationState, share: number): Candidate[] {
  return [judgeHoles(state, share), judgeUnused(state, share), judgeProcess(state, share)]
    .filter((candidate) => candidate !== undefined)
    .sort((a, b) => b.bytes - a.bytes);
}

function judgeHoles(state: FragmentationState, share: number): Candidate | undefined {
  const { now, life, holesBytes, freedSincePeakBytes } = state;
  if (!hasHoles(now, share)) return undefined;
  const isExternal = (point: MemoryPoint): boolean => hasHoles(point, share) && hasHolesBeyondPeak(point, state.peakUsedBytes, share);
  const grew = grewDespiteHoles(state);
  if (isExternal(now) || grew) {
    // Without used_memory_peak, an earlier peak that nobody saw may have left the holes.
    if (!grew && !state.isPeakKnown) {
      return { diagnosis: 'external-fragmentation', also: ['retained-after-peak'], decidedBy: 'refill', bytes: holesBytes };
    }
    const also: Diagnosis[] = freedSincePeakBytes > noticeableBytes(now.usedBytes) ? ['retained-after-peak'] : [];
    const isLasting = grew || countLasting(life, isExternal) >= LASTING;
    return { diagnosis: 'external-fragmentation', also, bytes: holesBytes, ...(isLasting ? {} : { decidedBy: 'longer-history' as const }) };
  }
  if (isReused(state)) return { diagnosis: 'retained-after-peak', also: [], bytes: holesBytes };
  return { diagnosis: 'retained-after-peak', also: ['external-fragmentation'], decidedBy: 'refill', bytes: holesBytes };
}

function hasHoles({ activeBytes, allocatedBytes, usedBytes }: MemoryPoint, share = 1): boolean {
  return isExcess(activeBytes, allocatedBytes, usedBytes, share);
}

/** Holes that would be left if used memory were back at its peak and had filled all it could. */
function hasHolesBeyondPeak({ activeBytes, allocatedBytes, usedBytes }: MemoryPoint, peakUsedBytes: number, share: number): boolean {
  const freed = Math.max(0, peakUsedBytes - usedBytes);
  const beyond = activeBytes - allocatedBytes - freed;
  return beyond > share * noticeableBytes(usedBytes) && (beyond >= freed || activeBytes / (allocatedBytes + freed) > HIGH_RATIO);
}

/** The newest fill took new pages although there were holes at its start, and holes are still there. */
function grewDespiteHoles({ lastFill, now, peakUsedBytes }: FragmentationState): boolean {
  if (lastFill === undefined || lastFill.slope < GROWN_SLOPE || now.usedBytes < NEAR_PEAK * peakUsedBytes) return false;
  // Also at its end: a fill that used up the holes and then passed the old maximum grows resident memory as well.
  return [lastFill.start, lastFill.end, now].every((point) =>
    Number.isNaN(point.activeBytes) ? isExcess(point.rssBytes, point.usedBytes, point.usedBytes) : hasHoles(point),
  );
}

/** The newest refill of this process ran without new pages: freed memory is used again. */
function isReused({ lastRefill }: FragmentationState): boolean {
  return (lastRefill?.refillSlope ?? Number.POSITIVE_INFINITY) <= REUSED_SLOPE;
}

function judgeUnused({ now, life, unusedBytes }: FragmentationState, share: number): Candidate | undefined {
  const isUnused = (point: MemoryPoint): boolean =>
    isExcess(point.residentBytes, point.activeBytes, point.usedBytes, share) || point.muzzyBytes > share * noticeableBytes(point.usedBytes);
  if (!isUnused(now)) return undefined;
  const bytes = unusedBytes + (Number.isNaN(now.muzzyBytes) ? 0 : now.muzzyBytes);
  const isLasting = measureLasting(life, isUnused) >= DECAYED_MILLISECONDS;
  return { diagnosis: 'resident-unused', also: [], bytes, ...(isLasting ? {} : { decidedBy: 'longer-history' as const }) };
}

function judgeProcess({ now, life, processBytes }: FragmentationState, share: number): Candidate | undefined {
  const isHeavy = ({ residentBytes, rssBytes, muzzyBytes, usedBytes }: MemoryPoint): boolean =>
    isExcess(rssBytes - (Number.isNaN(muzzyBytes) ? 0 : muzzyBytes), residentBytes, usedBytes, share);
  if (!isHeavy(now)) return undefined;
  const isLasting = countLasting(life, isHeavy) >= LASTING;
  return { diagnosis: 'process-overhead', also: [], bytes: processBytes, ...(isLasting ? {} : { decidedBy: 'longer-history' as const }) };
}

/** Holes and empty pages of which neither stands out by itself: together they may be what is left of a peak. */
function judgeKept({ now, holesBytes, unusedBytes, freedSincePeakBytes }: FragmentationState): Candidate[] {
  const bytes = holesBytes + unusedBytes;
  if (!isExcess(now.residentBytes, now.allocatedBytes, now.usedBytes) || bytes > HIGH_RATIO * freedSincePeakBytes) return [];
  return [{ diagnosis: 'retained-after-peak', also: [], bytes }];
}

/** Holes of 5–10 % at the peak, lasting, that add up to GiBs: no diagnosis, yet worth having back. */
function hasManyHoles({ life, peakUsedBytes }: FragmentationState): boolean {
  const isWorthIt = ({ activeBytes, allocatedBytes, usedBytes }: MemoryPoint): boolean =>
    usedBytes >= NEAR_PEAK * peakUsedBytes &&
    activeBytes / allocatedBytes >= MANY_BYTES_RATIO &&
    activeBytes - allocatedBytes >= MANY_BYTES;
  return countLasting(life, isWorthIt) >= LASTING;
}
