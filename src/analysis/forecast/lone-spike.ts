import { median } from '../../stats/median.ts';

/** Fewer values prove no rarity: what comes once a week was seen twice in two weeks. */
const MIN_VALUES = 14;
/** A spike stands above all other values by so many noises and by this much in the logarithm: a tenth. */
const MIN_NOISES = 6;
const MIN_HEIGHT = 0.1;

/**
 * Whether each value is free of the one spike that stands clear above all others and is over; the neighbouring days belong to it, since it may reach into
 * one. All are where there is none, where there are two, or where the newest value may be the first of a new level.
 * @param logY - logarithms of daily values, oldest first
 */
export function freeOfLoneSpike(logY: readonly number[]): readonly boolean[] {
  const highest = logY.indexOf(Math.max(...logY));
  const isFree = logY.map((_, i) => Math.abs(i - highest) > 1 || i === logY.length - 1);
  const second = Math.max(...logY.filter((_, i) => isFree[i]));
  const steps = logY.slice(1).map((value, i) => Math.abs(value - (logY[i] ?? value)));
  const noise = (1.4826 * median(steps)) / Math.SQRT2;
  const isClear = (logY[highest] ?? 0) > second + Math.max(MIN_NOISES * noise, MIN_HEIGHT);
  return logY.length >= MIN_VALUES && isClear ? isFree : logY.map(() => true);
}
