import type { MemoryPoint } from './track.ts';

/** Share of used memory that is missing from resident memory before swapping is thought of: 1–2 % is normal after a load. */
const SWAPPED_RATIO = 0.98;
/**
 * Pages that were asked for and never touched are not resident either: the end of a large value lies in a size class up to a quarter larger (jemalloc
 * has four a doubling). Below this only swapping is left.
 */
const UNTOUCHED_RATIO = 0.75;
/** A fill is seen from this share of what the allocator holds now, and is over from that one on. */
const FILL_SHARES = { from: 0.75, over: 0.98 };
/** Of each new byte at most this much is never touched; where pages are swapped out as others come, all of it is missing. */
const UNTOUCHED_SLOPE = 0.5;

/** Resident memory below used memory, and below what the allocator holds. */
export function looksSwapped({ rssBytes, usedBytes, residentBytes }: MemoryPoint): boolean {
  return rssBytes / usedBytes < SWAPPED_RATIO && !(rssBytes / residentBytes >= SWAPPED_RATIO);
}

/**
 * Whether what is missing from resident memory came with the data and has stayed as it was: pages that were never touched, as in a store of large
 * values, and no swapping. False where no fill was seen: then nothing tells.
 * @param life - points of one process, oldest first
 */
export function isUntouched(life: readonly MemoryPoint[]): boolean {
  const now = life.at(-1);
  if (now === undefined || now.rssBytes / now.usedBytes < UNTOUCHED_RATIO) return false;
  const start = life.findIndex((point) => heldBytes(point) >= FILL_SHARES.from * heldBytes(now));
  const from = life[start];
  const full = life.find((point, i) => i >= start && heldBytes(point) >= FILL_SHARES.over * heldBytes(now));
  if (from === undefined || full === undefined || start === 0) return false;
  const missedWhileFilling = missingBytes(full) - missingBytes(from);
  const missedSince = missingBytes(now) - missingBytes(full);
  return missedWhileFilling <= UNTOUCHED_SLOPE * (heldBytes(full) - heldBytes(from)) && missedSince <= (1 - SWAPPED_RATIO) * now.usedBytes;
}

/** Whether only swapping explains what is missing: too much for pages that were never touched, or gone while the data stayed. */
export function isProvenSwapped(life: readonly MemoryPoint[]): boolean {
  const now = life.at(-1);
  if (now === undefined || !looksSwapped(now)) return false;
  const noise = (1 - SWAPPED_RATIO) * now.usedBytes;
  return (
    now.rssBytes / now.usedBytes < UNTOUCHED_RATIO ||
    life.some((point) => Math.abs(heldBytes(point) - heldBytes(now)) <= noise && point.rssBytes - now.rssBytes > noise)
  );
}

/** What the allocator holds; used memory where it does not tell. */
function heldBytes({ residentBytes, usedBytes }: MemoryPoint): number {
  return Number.isNaN(residentBytes) ? usedBytes : residentBytes;
}

function missingBytes(point: MemoryPoint): number {
  return heldBytes(point) - point.rssBytes;
}
