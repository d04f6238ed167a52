import { tzOffset } from '@date-fns/tz';
import { DAY_MS } from '../../model/time.ts';

const QUARTER_HOUR = 900_000;

/** Whether `zone` is an IANA zone or an offset such as `+02:00`. */
export function isTimeZone(zone: string): boolean {
  return Number.isFinite(tzOffset(zone, new Date(0)));
}

/**
 * A function from wall-clock time to the instant, for one zone.
 * The wall-clock time is given as the epoch milliseconds that it would have in UTC.
 * An hour that a clock change repeats is taken as its second pass, one that it skips as if the old offset still held.
 */
export function localClock(zone: string): (wallMs: number) => number {
  if (zone === 'UTC' || zone === 'Etc/UTC') return (wallMs) => wallMs;
  // Clocks change on quarter hours, so one offset serves a whole quarter: a file in order asks for each only once.
  let quarter = Number.NaN;
  let offset = 0;
  return (wallMs) => {
    const asked = Math.floor(wallMs / QUARTER_HOUR);
    if (asked !== quarter) {
      quarter = asked;
      offset = findOffset(zone, asked * QUARTER_HOUR);
    }
    return wallMs - offset;
  };
}

function findOffset(zone: string, wallMs: number): number {
  const before = offsetAt(zone, wallMs - DAY_MS);
  const after = offsetAt(zone, wallMs + DAY_MS);
  return offsetAt(zone, wallMs - after) === after ? after : before;
}

function offsetAt(zone: string, instant: number): number {
  return tzOffset(zone, new Date(instant)) * 60_000;
}
