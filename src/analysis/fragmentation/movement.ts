import { MiB } from '../../model/bytes.ts';
import type { MemoryPoint } from './track.ts';

/** A stretch in which used memory went one way and resident memory moved in one manner. */
export interface Movement {
  readonly kind: 'fill' | 'delete';
  readonly start: MemoryPoint;
  readonly end: MemoryPoint;
  /** dR/dU: how much resident memory moved for each byte of used memory. About 1 where new pages were needed, about 0 where not. */
  readonly slope: number;
  /**
   * dR/dU over the part of a fill that lies below earlier maxima of resident and used memory, where freed memory waits to be reused;
   * absent when that part is too small to tell.
   */
  readonly refillSlope?: number;
}

/** dR/dU at or below which freed memory was reused, at or above which new pages were needed. */
export const REUSED_SLOPE = 0.2;
export const GROWN_SLOPE = 0.8;

/**
 * Fills and deletes of one process life, oldest first. Turning points closer than max(10 MiB, 5 % of the highest used memory) are noise.
 * A fill is split where resident memory changes its manner, e.g. from flat (holes are filled) to rising (they are full, or do not fit).
 *
 * ```text
 *   U      ╱╲          ╱      fill, delete, fill; resident memory R goes up with the first,
 *        ╱    ╲      ╱        stays in the second, and in the third tells the two cases apart:
 *      ╱        ╲  ╱          flat = freed memory is reused, rising = its holes do not fit
 * ```
 * @param points - of one process life, oldest first
 */
export function findMovements(points: readonly MemoryPoint[]): Movement[] {
  const noise = Math.max(10 * MiB, 0.05 * points.reduce((max, point) => Math.max(max, point.usedBytes), 0));
  const turns = turningPoints(points, noise);
  return turns.slice(1).flatMap((to, i) => {
    const from = turns[i] as number;
    const isFill = pointAt(points, to).usedBytes > pointAt(points, from).usedBytes;
    const bounds = isFill ? splitFill(points, from, to, noise) : [from, to];
    return bounds.slice(1).map((end, k): Movement => {
      const start = bounds[k] as number;
      const refillSlope = isFill ? measureRefill(points, start, end, noise) : undefined;
      return {
        kind: isFill ? 'fill' : 'delete',
        start: pointAt(points, start),
        end: pointAt(points, end),
        slope: slopeBetween(pointAt(points, start), pointAt(points, end)),
        ...(refillSlope === undefined ? {} : { refillSlope }),
      };
    });
  });
}

/** Indexes where used memory turned, first and last included; empty when it never moved by more than `noise`. */
function turningPoints(points: readonly MemoryPoint[], noise: number): number[] {
  const used = (i: number): number => points[i]?.usedBytes ?? Number.NaN;
  const turns: number[] = [];
  let low = 0;
  let high = 0;
  let direction: 'up' | 'down' | undefined;
  for (let i = 1; i < points.length; i += 1) {
    if (direction !== 'down' && used(i) >= used(high)) high = i;
    if (direction !== 'up' && used(i) <= used(low)) low = i;
    if (direction !== 'up' && used(i) - used(low) >= noise) {
      turns.push(low);
      direction = 'up';
      high = i;
    } else if (direction !== 'down' && used(high) - used(i) >= noise) {
      turns.push(high);
      direction = 'down';
      low = i;
    }
  }
  if (direction !== undefined) turns.push(direction === 'up' ? high : low);
  return turns;
}

/** Bounds of the phases of a fill: pieces of at least `noise` each, neighbours joined where resident memory moved in the same manner. */
function splitFill(points: readonly MemoryPoint[], from: number, to: number, noise: number): number[] {
  const bounds = [from];
  let manner: 'reused' | 'mixed' | 'grown' | undefined;
  let pieceStart = from;
  for (let i = from + 1; i <= to; i += 1) {
    const start = pointAt(points, pieceStart);
    // What is left after the last piece belongs to it.
    if (
      pointAt(points, i).usedBytes - start.usedBytes < noise ||
      (i < to && pointAt(points, to).usedBytes - pointAt(points, i).usedBytes < noise)
    ) {
      continue;
    }
    const slope = slopeBetween(start, pointAt(points, i));
    const next = slope <= REUSED_SLOPE ? 'reused' : slope >= GROWN_SLOPE ? 'grown' : 'mixed';
    if (manner !== undefined && next !== manner) bounds.push(pieceStart);
    manner = next;
    pieceStart = i;
  }
  return [...bounds, to];
}

/** A refill is what a fill adds before it has used up the resident memory that was there and passed the old maximum. */
function measureRefill(points: readonly MemoryPoint[], from: number, to: number, noise: number): number | undefined {
  const start = pointAt(points, from);
  const usedBefore = points.slice(0, from + 1).reduce((max, point) => Math.max(max, point.usedBytes), 0);
  const limit = Math.min(start.rssBytes, usedBefore);
  const end = points.slice(from, to + 1).findLast((point) => point.usedBytes <= limit);
  return end === undefined || end.usedBytes - start.usedBytes < noise ? undefined : slopeBetween(start, end);
}

function pointAt(points: readonly MemoryPoint[], i: number): MemoryPoint {
  return points[i] as MemoryPoint;
}

function slopeBetween(start: MemoryPoint, end: MemoryPoint): number {
  return (end.rssBytes - start.rssBytes) / (end.usedBytes - start.usedBytes);
}
