import { MiB } from '../../model/bytes.ts';

/** Below this no part of memory is worth a word: `active-defrag-ignore-bytes` has the same default (Redis source, config.c). */
export const SMALL_BYTES = 100 * MiB;
/** MEMORY DOCTOR speaks up above 1.1 for each allocator ratio (Redis source, object.c getMemoryDoctorReport). */
export const HIGH_RATIO = 1.1;
/** Used memory at or above this share of its peak counts as "at the peak". */
export const NEAR_PEAK = 0.8;

/**
 * Bytes from which a part of resident memory is worth reporting: 100 MiB, or 2 % of used memory where that is more.
 * MEMORY DOCTOR's own 10 MiB is noise on an instance of many GiB.
 */
export function noticeableBytes(usedBytes: number): number {
  return Math.max(SMALL_BYTES, 0.02 * usedBytes);
}

/** Whether `whole` exceeds `part` by more than a tenth and by noticeable bytes, or that share of them; false where either is unknown (NaN). */
export function isExcess(whole: number, part: number, usedBytes: number, share = 1): boolean {
  return whole / part > HIGH_RATIO && whole - part > share * noticeableBytes(usedBytes);
}
