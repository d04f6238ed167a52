import { DAY_MS } from '../../model/time.ts';
import { median } from '../../stats/median.ts';
import type { DailyPeak } from './daily-peaks.ts';

/** A loss shows in the daily peaks if the next day is below this share of the day before. */
const VISIBLE_SHARE = 0.9;
/** The data are back within so many noises of their old level. */
const BACK_NOISES = 2;
const WEEK_DAYS = 7;

export interface VisibleLoss {
  /** Last sample with the data. */
  readonly at: number;
  /** Index of the first window without the data; the number of windows where none is over yet. */
  readonly start: number;
}

/** Losses after which a day was lower than before; of the newest window that cannot be known yet, unless such losses never showed lately. */
export function findVisible(peaks: readonly DailyPeak[], lastSeenAt: readonly number[]): VisibleLoss[] {
  const shown = lastSeenAt.map((at) => {
    const index = peaks.findIndex((peak) => peak.at >= at);
    const start = (index < 0 ? peaks.length - 1 : index) + 1;
    const before = topOf(peaks.slice(Math.max(0, start - 2), start));
    const after = peaks[start]?.value;
    return { at, start, isVisible: after === undefined ? undefined : after < VISIBLE_SHARE * before };
  });
  const isUsual = shown.some(({ start, isVisible }) => isVisible === false && start > peaks.length - WEEK_DAYS);
  const visible = shown.filter(({ isVisible }) => isVisible ?? !isUsual);
  return visible.filter(({ start }, i) => start > 0 && start !== visible[i + 1]?.start);
}

/**
 * The windows without those from a loss on until the old level was back. The days of a refill are taken out of time too, since it had to grow anew; not where it
 * came back as high as if it had grown on meanwhile: then it was loaded again.
 * @returns `level`: the largest of the last week before the newest loss
 */
export function leaveOutRefills(peaks: readonly DailyPeak[], losses: readonly VisibleLoss[]) {
  const kept: DailyPeak[] = [];
  let before = { level: 0, pace: 0, tolerance: 0 };
  let isBack = true;
  let takenOutMs = 0;
  let refillMs = 0;
  for (const [i, { at, value }] of peaks.entries()) {
    if (losses.some(({ start }) => start === i)) {
      before = findUsual(kept);
      isBack = false;
      refillMs = 0;
    }
    if (!isBack && value >= before.level - before.tolerance) {
      isBack = true;
      const isLoadedAgain = value - before.level > (before.pace * refillMs) / DAY_MS / 2;
      takenOutMs += isLoadedAgain ? 0 : refillMs;
    }
    if (isBack) kept.push({ at: at - takenOutMs, value });
    else refillMs += at - (peaks[i - 1]?.at ?? at - DAY_MS);
  }
  // The newest window may have no successor yet.
  const isOpen = losses.at(-1)?.start === peaks.length;
  return isOpen ? { kept, level: findUsual(kept).level, isBack: false } : { kept, level: before.level, isBack };
}

/** The level of the last week, the pace per window of the last two, and how far below the level the data are back: within the noise around their pace, at least a hundredth. */
function findUsual(peaks: readonly DailyPeak[]) {
  const newest = peaks.slice(-2 * WEEK_DAYS).map(({ value }) => value);
  const steps = newest.slice(1).map((value, i) => value - (newest[i] ?? value));
  const pace = steps.length > 0 ? median(steps) : 0;
  const noise = steps.length > 0 ? (1.4826 * median(steps.map((step) => Math.abs(step - pace)))) / Math.SQRT2 : 0;
  const level = topOf(peaks.slice(-WEEK_DAYS));
  return { level, pace, tolerance: Math.max(BACK_NOISES * noise, 0.01 * level) };
}

/** The largest value; 0 of none. */
export function topOf(peaks: readonly DailyPeak[]): number {
  return Math.max(0, ...peaks.map(({ value }) => value));
}
