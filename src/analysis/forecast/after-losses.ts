import { DAY_MS } from '../../model/time.ts';
import { kendallZWithin } from '../../stats/kendall.ts';
import { median } from '../../stats/median.ts';
import type { DailyPeak } from './daily-peaks.ts';
import { type PooledPeak, pooledPeak } from './pooled-peak.ts';
import { findVisible, leaveOutRefills, topOf } from './refills.ts';

/** What a loss of data means for the forecast. */
export interface AfterLosses {
  /**
   * `too-soon`: less than a week ago, its level is expected back; `refilling`: on the way back at the pace of now; `back`: the old level has been reached again;
   * `recurring`: lost again and again at about the same level; `settled`: it has stayed below for so long that the level of now counts.
   */
  readonly state: 'too-soon' | 'refilling' | 'back' | 'recurring' | 'settled';
  /**
   * Which growth the forecast goes by: that before the loss, that since then, that before and since with the refill left out, or that of the levels which the
   * lives of the data reach.
   */
  readonly growthFrom: 'before-loss' | 'since-loss' | 'before-and-since' | 'life-to-life';
  /** Pace at which the level comes back, per day, where it can be told; it ends there. */
  readonly refillPerDay?: number;
  /** The level that was lost last and comes back. */
  readonly levelBytes: number;
  /** Last samples with the data, of losses that the daily peaks show; oldest first. */
  readonly lastSeenAt: readonly number[];
}

/** Of lives that end alike, the newest has come to their level from this share of it on. */
const BACK_SHARE = 0.95;
const WEEK_DAYS = 7;
/** Lives that ended at levels this alike (lowest ÷ highest) end again at about that level, as long as none lasts this much longer. */
const ALIKE_SHARE = 0.75;
const LONGER_LIFE = 1.25;
/** Fewer windows than that have no forecast of their own. */
const MIN_WINDOWS = 3;

/**
 * The forecast of the peak where data were lost. A refill is not growth: the level that was lost comes back, and only then the data grow on. So the windows of a
 * refill are left out, and what is before and after is one history without them, which gives the level, the growth and the bounds.
 * @param lastSeenAt - last samples with the data that were lost, oldest first; losses that the daily peaks do not show change nothing
 * @remarks Docs: docs/methodology.md#forecast
 */
export function forecastAfterLosses(
  peaks: readonly DailyPeak[],
  horizonDays: number,
  lastSeenAt: readonly number[],
): { readonly forecast: PooledPeak; readonly afterLosses?: AfterLosses } {
  const losses = findVisible(peaks, lastSeenAt);
  const newest = losses.at(-1);
  const whole = pooledPeak(peaks, horizonDays);
  if (newest === undefined) return { forecast: whole };

  const lives = [0, ...losses.map(({ start }) => start)].map((start, i) => peaks.slice(start, losses[i]?.start));
  const present = lives.at(-1) ?? [];
  const standing = topOf(present);
  const { growthPerDay } = pooledPeak(present, 1);
  const isYoung = present.length < WEEK_DAYS;
  const lastSeen = losses.map(({ at }) => at);
  const tell = (forecast: PooledPeak, told: Omit<AfterLosses, 'lastSeenAt'>) => ({
    forecast,
    afterLosses: { ...told, lastSeenAt: lastSeen },
  });
  if (isRecurring(lives)) {
    const level = Math.max(...lives.slice(0, -1).map(topOf));
    const ofLives = forecastOfLives(lives, horizonDays);
    const isOnTheWay = standing < BACK_SHARE * level && !isYoung && growthPerDay > 0;
    const refillPerDay = growthWithin(lives);
    return tell(isOnTheWay ? alongRefill(ofLives, standing, growthPerDay, level) : ofLives, {
      state: 'recurring',
      growthFrom: 'life-to-life',
      levelBytes: level,
      ...(refillPerDay > 0 ? { refillPerDay } : {}),
    });
  }
  const { kept, level, isBack } = leaveOutRefills(peaks, losses);
  const settled = { state: 'settled', growthFrom: 'since-loss', levelBytes: level } as const;
  if (kept.length < MIN_WINDOWS) return tell(whole, settled);
  const joined = pooledPeak(kept, horizonDays);
  if (isBack) return tell(joined, { state: 'back', growthFrom: 'before-and-since', levelBytes: level });
  const before = { growthFrom: 'before-loss', levelBytes: level } as const;
  if (isYoung) return tell(afterUsualTime(joined, level, level - standing), { state: 'too-soon', ...before });
  const isReturning = growthPerDay > 0 && (present.length < kept.length || (level - standing) / growthPerDay <= horizonDays);
  return isReturning
    ? tell(alongRefill(joined, standing, growthPerDay, level), { state: 'refilling', ...before, refillPerDay: growthPerDay })
    : tell(whole, settled);
}

/** Lost twice or more at about the same level, and no life has lasted clearly longer than those before it. */
function isRecurring(lives: readonly (readonly DailyPeak[])[]): boolean {
  const ended = lives.slice(0, -1);
  const tops = ended.map(topOf);
  const longest = Math.max(...ended.map((life) => life.length));
  return ended.length >= 2 && Math.min(...tops) >= ALIKE_SHARE * Math.max(...tops) && (lives.at(-1)?.length ?? 0) <= LONGER_LIFE * longest;
}

/** Of lives that end alike the tops are the series: one a life. The bounds reckon with a life that lasts a quarter longer. */
function forecastOfLives(lives: readonly (readonly DailyPeak[])[], horizonDays: number): PooledPeak {
  const ended = lives.slice(0, -1);
  const daysPerLife = ended.reduce((sum, { length }) => sum + length, 0) / ended.length;
  const tops = pooledPeak(
    ended.map((life, i) => ({ at: i * DAY_MS, value: topOf(life) })),
    Math.ceil(horizonDays / daysPerLife),
  );
  const present = topOf(lives.at(-1) ?? []);
  const longer = (LONGER_LIFE - 1) * daysPerLife * Math.max(0, growthWithin(lives));
  const byDay = (values: readonly number[], least: number): readonly number[] =>
    Array.from({ length: horizonDays }, (_, i) => Math.max(least, values[Math.ceil((i + 1) / daysPerLife) - 1] ?? 0));
  const level = Math.max(present, ...ended.map(topOf));
  return inOrder({
    ...tops,
    growthPerDay: tops.growthPerDay / daysPerLife,
    compoundPerDay: undefined,
    p50: byDay(tops.p50, present),
    p90: byDay(tops.p90, level + longer / 2),
    p95: byDay(tops.p95, level + longer),
  });
}

/** Slope of the values within their lives, per day; 0 where it cannot be told from chance. */
function growthWithin(lives: readonly (readonly DailyPeak[])[]): number {
  const slopes = lives.flatMap((life) =>
    life.flatMap((from, i) => life.slice(i + 1).map((to) => ((to.value - from.value) / (to.at - from.at)) * DAY_MS)),
  );
  return Math.abs(kendallZWithin(lives.map((life) => life.map(({ value }) => value)))) > 2 ? median(slopes) : 0;
}

/** The middle estimate stays at the level that comes back for as long as growth at the usual pace takes to bring back what was lost, and goes on from there. */
function afterUsualTime(forecast: PooledPeak, level: number, lostBytes: number): PooledPeak {
  const daysBack = forecast.growthPerDay > 0 ? Math.ceil(lostBytes / forecast.growthPerDay) : Number.POSITIVE_INFINITY;
  const flat = Math.max(level, forecast.p50[0] ?? level);
  return inOrder({
    ...forecast,
    p50: forecast.p50.map((value, i) => (i < daysBack ? Math.min(value, flat) : (forecast.p50[i - daysBack] ?? flat))),
  });
}

/** The middle estimate rises from where the refill stands at its pace, and goes on as the forecast says from the day on which the old level is back. */
function alongRefill(forecast: PooledPeak, standing: number, growthPerDay: number, level: number): PooledPeak {
  const p50 = forecast.p50.map((_, i) => {
    const risen = standing + growthPerDay * (i + 1);
    const daysBack = Math.floor((risen - level) / growthPerDay);
    return risen < level ? risen : (forecast.p50[daysBack - 1] ?? level);
  });
  return inOrder({ ...forecast, p50 });
}

/** Each quantile never falls, and the bounds are not below the middle. */
function inOrder({ p50, p90, p95, ...rest }: PooledPeak): PooledPeak {
  const rising = (values: readonly number[], least: readonly number[]): readonly number[] => {
    let highest = 0;
    return values.map((value, i) => (highest = Math.max(highest, value, least[i] ?? 0)));
  };
  const [low] = [rising(p50, [])];
  const middle = rising(p90, low);
  return { ...rest, p50: low, p90: middle, p95: rising(p95, middle) };
}
