/** Days that either side of a change of pace must have: a week, so that a weekend is none. */
const MIN_SIDE = 7;
/** Two lines must leave at most this share of the squared error of one line. */
const MAX_ERROR_SHARE = 0.2;
/** The slower pace is at most this share of the faster one; a gentle bend is no change of pace. */
const MAX_PACE_SHARE = 0.35;
/** What the change of pace has made since must stand out from the noise and from the level. */
const MIN_NOISES = 6;
const MIN_LEVEL_SHARE = 0.05;
/** A new growth must be this straight (r² of its line) before it is carried on. */
const MIN_STRAIGHTNESS = 0.9;

/**
 * Where the pace of the newest stretch begins: growth that has ended, or begun, a week or more ago. Two least-squares lines, meeting about
 * where one ends and the other begins, must explain the values far better than one line, and one pace must be three times the other.
 * @param day - rising; whole days
 * @returns index of the first value of the newest pace; 0 where one pace explains it all
 * @remarks Docs: docs/methodology.md#forecast
 */
export function findTrendBreak(day: readonly number[], y: readonly number[]): number {
  const m = y.length;
  if (m < 2 * MIN_SIDE) return 0;
  const one = fitLine(day, y);
  const candidates = Array.from({ length: m - 2 * MIN_SIDE + 1 }, (_, i) => MIN_SIDE + i).map((start) => {
    const before = fitLine(day.slice(0, start), y.slice(0, start));
    const after = fitLine(day.slice(start), y.slice(start));
    return { start, before, after, error: before.error + after.error };
  });
  const best = candidates.reduce((a, b) => (b.error < a.error ? b : a));
  const { start, before, after } = best;
  if (!(best.error <= MAX_ERROR_SHARE * one.error)) return 0;
  const slow = Math.min(Math.abs(before.slope), Math.abs(after.slope));
  const fast = Math.max(Math.abs(before.slope), Math.abs(after.slope));
  if (before.slope * after.slope > 0 && slow > MAX_PACE_SHARE * fast) return 0;

  const level = Math.abs(y.at(-1) ?? 0);
  const noise = Math.sqrt(best.error / m);
  const sideDays = Math.min((day[start] ?? 0) - (day[0] ?? 0), (day.at(-1) ?? 0) - (day[start] ?? 0));
  const change = Math.abs(after.slope - before.slope) * sideDays;
  if (!(change > Math.max(MIN_NOISES * noise, MIN_LEVEL_SHARE * level))) return 0;
  // A step from one line to the other is a change of level, which is looked for elsewhere.
  const at = day[start] ?? 0;
  if (Math.abs(after.intercept + after.slope * at - before.intercept - before.slope * at) > change / 2) return 0;
  const isNewGrowth = after.slope > 0 && Math.abs(after.slope) >= Math.abs(before.slope);
  return isNewGrowth && after.straightness < MIN_STRAIGHTNESS ? 0 : start;
}

interface Line {
  readonly slope: number;
  readonly intercept: number;
  /** Sum of squared residuals. */
  readonly error: number;
  /** r²; 0 for constant values. */
  readonly straightness: number;
}

/** Least squares: of two or more different days. */
function fitLine(x: readonly number[], y: readonly number[]): Line {
  const meanX = x.reduce((sum, value) => sum + value, 0) / x.length;
  const meanY = y.reduce((sum, value) => sum + value, 0) / y.length;
  const xx = x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
  const xy = x.reduce((sum, value, i) => sum + (value - meanX) * ((y[i] ?? meanY) - meanY), 0);
  const yy = y.reduce((sum, value) => sum + (value - meanY) ** 2, 0);
  const slope = xx > 0 ? xy / xx : 0;
  const error = Math.max(0, yy - slope * xy);
  return { slope, intercept: meanY - slope * meanX, error, straightness: yy > 0 ? 1 - error / yy : 0 };
}
