import type { Fragmentation } from '../../model/analysis.ts';
import type { NodeHistory } from '../../model/node-history.ts';
import { DAY_MS } from '../../model/time.ts';
import { kendallZ } from '../../stats/kendall.ts';
import { median } from '../../stats/median.ts';
import { theilSen } from '../../stats/theil-sen.ts';
import { valueAt } from '../bucket-rates.ts';
import { noticeableBytes } from './thresholds.ts';
import { currentLife, type MemoryPoint } from './track.ts';

/** Medians needed before a slope is given. */
const MIN_POINTS = 8;
/** The slope is O(n²) in these; a year of daily medians fits. */
const MAX_POINTS = 400;
/** |z| of Kendall's test: about 95 % two-sided. */
const SIGNIFICANT_Z = 2;
/** A trend is worth a word when this many days of it make noticeable bytes. */
const EFFECT_DAYS = 30;

/**
 * How fast waste (RSS − used) and active over allocated grow per day: Theil–Sen through daily medians (medians of equal stretches where the
 * window has fewer than 8 days).
 * @returns slopes are absent with fewer than 8 medians since the last cut; `significant` also asks for a consistent direction and an effect
 * @remarks Cut at restarts (upgrades, and with them changed definitions, are restarts), at the last run of active defragmentation, and at a
 * single jump that makes up most of the change: a mass delete is an event, not a trend. Ratios are not regressed for the verdict, since
 * they explode when used memory shrinks. Method: docs/methodology.md#fragmentation-trend
 */
export function fitFragmentationTrend(history: NodeHistory, track: readonly MemoryPoint[]): Fragmentation['trend'] {
  const defragAt = lastDefragAt(history);
  const points = currentLife(track).filter((point) => point.at > defragAt);
  const spanMilliseconds = (points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0);
  const isDaily = spanMilliseconds >= MIN_POINTS * DAY_MS;
  const medians = afterLastJump(takeMedians(points, Math.max(isDaily ? DAY_MS : 0, spanMilliseconds / MAX_POINTS)));
  if (medians.length < MIN_POINTS) return { significant: false };
  const days = medians.map((point) => point.day);
  const waste = medians.map((point) => point.wasteBytes);
  const ratios = medians.map((point) => point.ratio);
  const bytesPerDay = theilSen(days, waste).slope;
  const usedBytes = track.at(-1)?.usedBytes ?? 0;
  const z = kendallZ(waste);
  // Hours are not carried on to a month: in a short window the change itself has to be felt.
  const effectDays = isDaily ? EFFECT_DAYS : (days.at(-1) ?? 0) - (days[0] ?? 0);
  const isEffect = (slope: number): boolean => Math.sign(z) * slope * Math.abs(effectDays) >= noticeableBytes(usedBytes);
  const rss = medians.map((point) => point.rssBytes);
  // Inside a day waste falls and rises as used memory rises and falls; only resident memory going along makes that a trend.
  const isWave = (): boolean =>
    !isDaily && (Math.sign(z) * kendallZ(rss) < SIGNIFICANT_Z || Math.sign(z) * theilSen(days, rss).slope < Math.abs(bytesPerDay) / 2);
  // The same share of more data is more bytes: the allocator is not getting worse by it.
  const isMoreThanShare = (): boolean => {
    const share = median(medians.map((point) => point.rssBytes / (point.rssBytes - point.wasteBytes)));
    const beyondShare = medians.map((point) => point.rssBytes - share * (point.rssBytes - point.wasteBytes));
    return isEffect(theilSen(days, beyondShare).slope);
  };
  // A slope of 400 points takes 80,000 steps: those that could only speak against a trend are taken where there is one.
  const significant = Math.abs(z) >= SIGNIFICANT_Z && isEffect(bytesPerDay) && !isWave() && isMoreThanShare();
  return { bytesPerDay, ...(ratios.some(Number.isNaN) ? {} : { ratioPerDay: theilSen(days, ratios).slope }), significant };
}

interface TrendPoint {
  readonly day: number;
  readonly wasteBytes: number;
  readonly rssBytes: number;
  /** Active over allocated; NaN without allocator figures. */
  readonly ratio: number;
}

/** Medians of stretches counted back from the newest point: a part of a day at the end would show only a part of the daily wave. */
function takeMedians(points: readonly MemoryPoint[], widthMilliseconds: number): TrendPoint[] {
  const newest = points.at(-1)?.at ?? 0;
  const groups = new Map<number, MemoryPoint[]>();
  for (const point of points) {
    const index = widthMilliseconds === 0 ? 0 : Math.floor((newest - point.at) / widthMilliseconds);
    const group = groups.get(index);
    if (group === undefined) groups.set(index, [point]);
    else group.push(point);
  }
  return [...groups.values()].map((group) => ({
    day: median(group.map((point) => point.at)) / DAY_MS,
    wasteBytes: median(group.map((point) => point.rssBytes - point.usedBytes)),
    rssBytes: median(group.map((point) => point.rssBytes)),
    ratio: median(group.map((point) => point.activeBytes / point.allocatedBytes)),
  }));
}

/** The points after the largest single step, when that step is more than half of all that the waste moved. */
function afterLastJump(points: readonly TrendPoint[]): readonly TrendPoint[] {
  const waste = points.map((point) => point.wasteBytes);
  const range =
    waste.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY) - waste.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const jump = waste.findLastIndex((value, i) => i > 0 && Math.abs(value - (waste[i - 1] ?? value)) > range / 2);
  return jump === -1 ? points : points.slice(jump);
}

/** End of the newest bucket in which active defragmentation was seen at work; −∞ when it never was. */
export function lastDefragAt(history: NodeHistory): number {
  const running = history.buckets.columns.get('activeDefragRunningPercent')?.max;
  const index = running?.findLastIndex((percent) => percent > 0) ?? -1;
  return index === -1 ? Number.NEGATIVE_INFINITY : valueAt(history.buckets.toAt, index);
}
