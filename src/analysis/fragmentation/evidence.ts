import { type Engine, isAtLeast } from '../../model/engine.ts';
import type { NodeHistory } from '../../model/node-history.ts';
import { findMovements, type Movement } from './movement.ts';
import { NEAR_PEAK, noticeableBytes } from './thresholds.ts';
import { currentLife, type MemoryPoint } from './track.ts';

/** Everything that the diagnosis looks at: the end of the window, and the newest process life behind it. Byte figures may be NaN: unknown. */
export interface FragmentationState {
  /** The sample that is judged: the last calm one of the window. */
  readonly now: MemoryPoint;
  /** The newest process life, oldest first, `now` last. */
  readonly life: readonly MemoryPoint[];
  readonly movements: readonly Movement[];
  /** The newest fill of the life, and the newest that ran below earlier maxima. */
  readonly lastFill?: Movement;
  readonly lastRefill?: Movement;
  readonly lastDelete?: Movement;
  /** Highest used memory since this process started, as far as it is known. */
  readonly peakUsedBytes: number;
  /** Whether that holds for the whole process: `used_memory_peak` was reported, or the process started inside the window. */
  readonly isPeakKnown: boolean;
  readonly wasteBytes: number;
  /** Active minus allocated: pages in use that hold holes. */
  readonly holesBytes: number;
  /** Resident minus active: pages kept but not in use (dirty; before jemalloc 5.3 muzzy too). */
  readonly unusedBytes: number;
  /** Those of them that a peak which keeps coming back will not fill again; all of them where it came once. */
  readonly lastingUnusedBytes: number;
  /** Resident memory of the process that the allocator knows nothing of; muzzy pages taken off where they are reported. */
  readonly processBytes: number;
  /** The Lua heap, where it lies beside used memory; 0 where it does not, or is not told. */
  readonly luaOutsideBytes: number;
  /** Part of the holes (or of the waste) that the fall from the peak explains: what was freed and may be filled again. */
  readonly freedSincePeakBytes: number;
  /** Times that used memory came up to 80 % of the peak in the whole window, and when it last was there. */
  readonly peakVisits: number;
  readonly lastNearPeakAt?: number;
}

/** Gathers the evidence; undefined when no sample of the newest process has both used and resident memory. */
export function gatherEvidence(history: NodeHistory, track: readonly MemoryPoint[], engine: Engine): FragmentationState | undefined {
  const now = track.at(-1);
  if (now === undefined || now.life < history.restarts.length) return undefined;
  const life = currentLife(track);
  const movements = findMovements(life);
  const peakUsedBytes = findPeakOfLife(history, life, now);
  const muzzyBytes = Number.isNaN(now.muzzyBytes) ? 0 : now.muzzyBytes;
  const unusedBytes = now.residentBytes - now.activeBytes;
  const freedSincePeakBytes = peakUsedBytes - now.usedBytes;
  const visits = visitPeak(track, peakUsedBytes);
  return {
    now,
    life,
    movements,
    lastFill: movements.findLast((movement) => movement.kind === 'fill'),
    lastRefill: movements.findLast((movement) => movement.refillSlope !== undefined),
    lastDelete: movements.findLast((movement) => movement.kind === 'delete'),
    peakUsedBytes,
    isPeakKnown: now.life > 0 || history.last.usedMemoryPeakBytes !== undefined,
    wasteBytes: now.rssBytes - now.usedBytes,
    holesBytes: now.activeBytes - now.allocatedBytes,
    unusedBytes,
    lastingUnusedBytes: visits.peakVisits > 1 ? Math.max(0, unusedBytes - Math.max(0, freedSincePeakBytes)) : unusedBytes,
    processBytes: now.rssBytes - now.residentBytes - muzzyBytes,
    luaOutsideBytes: findLuaOutside(history, engine) ?? 0,
    freedSincePeakBytes,
    ...visits,
  };
}

/** Inside used memory from Redis 7.4 on (zmalloc-backed Lua); in Valkey not, measured up to 9.1. */
function findLuaOutside(history: NodeHistory, engine: Engine): number | undefined {
  return isAtLeast(engine, { redis: '7.4' }) === false ? history.last.luaVmBytes : undefined;
}

function findPeakOfLife(history: NodeHistory, life: readonly MemoryPoint[], now: MemoryPoint): number {
  const since = life[0]?.at ?? now.at;
  const recovered = history.recoveredPeaks.filter((peak) => peak.fromAt >= since).map((peak) => peak.value);
  return [
    ...life.map((point) => point.usedBytes),
    ...recovered,
    history.lives[now.life]?.usedMemoryPeak?.value ?? 0,
    now.life === history.restarts.length ? (history.last.usedMemoryPeakBytes ?? 0) : 0,
  ].reduce((a, b) => Math.max(a, b));
}

function visitPeak(track: readonly MemoryPoint[], peakUsedBytes: number): Pick<FragmentationState, 'peakVisits' | 'lastNearPeakAt'> {
  let peakVisits = 0;
  let isThere = false;
  let lastNearPeakAt: number | undefined;
  for (const { at, usedBytes } of track) {
    if (usedBytes >= NEAR_PEAK * peakUsedBytes) {
      if (!isThere) peakVisits += 1;
      isThere = true;
      lastNearPeakAt = at;
    } else if (usedBytes < (NEAR_PEAK - 0.1) * peakUsedBytes) {
      // Leaving takes a clear step down, so that a level around 80 % is one visit.
      isThere = false;
    }
  }
  return { peakVisits, lastNearPeakAt };
}

/** Number of points in a row, up to the end of the life, for which `holds`. */
export function countLasting(life: readonly MemoryPoint[], holds: (point: MemoryPoint) => boolean): number {
  const firstOther = life.findLastIndex((point) => !holds(point));
  return life.length - 1 - firstOther;
}

/** Time from the first of those points to the end of the life, in milliseconds; 0 where there is one at most. */
export function measureLasting(life: readonly MemoryPoint[], holds: (point: MemoryPoint) => boolean): number {
  const first = life.at(-countLasting(life, holds));
  const last = life.at(-1);
  return first === undefined || last === undefined || !holds(last) ? 0 : last.at - first.at;
}

/** The evidence as plain numbers for the Analysis; unknown ones are left out. */
export function listEvidence(state: FragmentationState, history: NodeHistory, engine: Engine): Record<string, number> {
  const { now } = state;
  const isRefilled = state.lastingUnusedBytes < state.unusedBytes;
  const numbers: Record<string, number | undefined> = {
    usedMemoryBytes: now.usedBytes,
    usedMemoryRssBytes: now.rssBytes,
    peakUsedMemoryBytes: state.peakUsedBytes,
    peakToUsed: state.peakUsedBytes / now.usedBytes,
    wasteBytes: state.wasteBytes,
    rssToUsed: now.rssBytes / now.usedBytes,
    activeToAllocated: now.activeBytes / now.allocatedBytes,
    residentToActive: now.residentBytes / now.activeBytes,
    rssToResident: now.rssBytes / now.residentBytes,
    externalBytes: state.holesBytes,
    residentUnusedBytes: state.unusedBytes,
    lastingUnusedBytes: state.unusedBytes > noticeableBytes(now.usedBytes) && isRefilled ? state.lastingUnusedBytes : undefined,
    rssMinusResidentBytes: now.rssBytes - now.residentBytes,
    luaOutsideBytes: findLuaOutside(history, engine),
    muzzyBytes: now.muzzyBytes,
    freedSincePeakBytes: state.freedSincePeakBytes,
    allocatorFragRatio: history.last.allocatorFragRatio,
    allocatorFragBytes: history.last.allocatorFragBytes,
    fillSlope: state.lastFill?.slope,
    refillSlope: state.lastRefill?.refillSlope,
    deleteSlope: state.lastDelete?.slope,
    fills: state.movements.filter((movement) => movement.kind === 'fill').length,
    deletes: state.movements.filter((movement) => movement.kind === 'delete').length,
    peakVisits: state.peakVisits,
    judgedAt: now.at,
  };
  return Object.fromEntries(Object.entries(numbers).filter((entry): entry is [string, number] => Number.isFinite(entry[1])));
}
