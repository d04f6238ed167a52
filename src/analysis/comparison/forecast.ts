import type { Forecast, NodeAnalysis } from '../../model/analysis.ts';
import type { ForecastCheck, Reach } from '../../model/comparison.ts';
import { DAY_MS } from '../../model/time.ts';

/** A forecast of daily peaks says nothing of less than a day. */
const MIN_DAYS = 1;
/** With samples in less than this share of the time, the peak may have passed unseen. */
const MIN_COVERAGE = 0.5;
/** A date that moved by less than a week is the same date. */
const NOISE_DAYS = 7;

type Fan = NonNullable<Forecast['fan']>;
type Peak = NonNullable<ForecastCheck['peak']>;

/**
 * What the earlier forecast said of the time since, against the highest value that came.
 * @remarks docs/methodology.md#comparison
 */
export function checkForecast(before: NodeAnalysis, after: NodeAnalysis): ForecastCheck {
  const { forecast } = before;
  const sinceAt = before.quality.toAt;
  const { horizonDays } = forecast;
  const untilAt = Math.min(after.quality.toAt, sinceAt + horizonDays * DAY_MS);
  const elapsedDays = Math.max(0, (untilAt - sinceAt) / DAY_MS);
  const frame = { elapsedDays, horizonDays };
  if (forecast.status !== 'ok' || forecast.peak === undefined) return { ...frame, status: 'undecided', reason: 'no-forecast' };
  const peak = findPeakSince(after, sinceAt, untilAt);
  if (elapsedDays < MIN_DAYS || peak === undefined) return { ...frame, status: 'undecided', reason: 'no-time' };
  const said = quantilesAt(forecast, elapsedDays);
  const coverage = findCoverage(after, sinceAt, untilAt);
  const told = { ...frame, coverage, ...said, peak, ...(forecast.fan === undefined ? {} : { fan: forecast.fan }) };
  if (said.p95 === undefined) return { ...told, status: 'undecided', reason: 'no-fan' };
  if (peak.value > said.p95) return { ...told, status: 'exceeded', overBytes: peak.value - said.p95 };
  if (coverage < MIN_COVERAGE) return { ...told, status: 'undecided', reason: 'too-few-samples' };
  // What the limit let through says nothing of what would have come.
  if (after.forecast.status === 'flat' && (after.provisioning.maxmemoryBytes.current ?? Number.POSITIVE_INFINITY) <= said.p95)
    return { ...told, status: 'undecided', reason: 'held-at-limit' };
  return { ...told, status: 'held' };
}

/** The quantiles of the highest value within so many days; without a fan those of the horizon, which bound any shorter time from above. */
function quantilesAt({ fan, peak, horizonDays }: Forecast, days: number): Pick<ForecastCheck, 'p50' | 'p90' | 'p95'> {
  if (fan !== undefined && fan.day.length > 0) return { p50: at(fan, 'p50', days), p90: at(fan, 'p90', days), p95: at(fan, 'p95', days) };
  if (peak === undefined || days < horizonDays) return {};
  return Object.fromEntries(Object.entries(peak).filter(([, value]) => value !== undefined));
}

/** Between two days of the fan in a straight line; before its first day, that day's. */
function at(fan: Fan, quantile: 'p50' | 'p90' | 'p95', days: number): number | undefined {
  const values = fan[quantile];
  const next = fan.day.findIndex((day) => day >= days);
  if (next === -1) return values.at(-1);
  const [from, to] = [fan.day[next - 1], fan.day[next] ?? days];
  const value = values[next];
  const previous = values[next - 1];
  if (from === undefined || previous === undefined || value === undefined || to === from) return value;
  return previous + ((value - previous) * (days - from)) / (to - from);
}

/** The highest memory that counts (used, where that is not known) of the time since; nothing of what may have been before. */
function findPeakSince(node: NodeAnalysis, sinceAt: number, untilAt: number): Peak | undefined {
  const { peaks, series, quality } = node;
  const whole = peaks.countedBytes ?? peaks.usedMemoryBytes;
  if (whole !== undefined && quality.fromAt >= sinceAt && quality.toAt <= untilAt) return { value: whole.value, at: whole.at };
  const line = series.countedBytes.some((value) => value !== null) ? series.countedBytes : series.usedMemoryBytes;
  let peak: Peak | undefined;
  series.at.forEach((middle, i) => {
    const value = line[i] ?? null;
    // A point stands in the middle of its time, of which none may lie before.
    const half = (middle - (series.at[i - 1] ?? middle)) / 2;
    if (value === null || middle - half < sinceAt || middle > untilAt) return;
    if (peak === undefined || value > peak.value) peak = { value, at: middle };
  });
  return peak;
}

function findCoverage({ quality }: NodeAnalysis, sinceAt: number, untilAt: number): number {
  const overlap = (span: { readonly fromAt: number; readonly toAt: number }): number =>
    Math.max(0, Math.min(span.toAt, untilAt) - Math.max(span.fromAt, sinceAt));
  const missing = quality.gaps.reduce((sum, gap) => sum + overlap(gap), 0);
  return Math.max(0, overlap(quality) - missing) / (untilAt - sinceAt);
}

/** When the first of the two limits can be reached, with one chance in ten. A store that is at its limit has reached it; a cache lives there. */
export function findReach({ forecast, quality, findings }: NodeAnalysis): Reach | undefined {
  const isFull = findings.some(({ id, verdict }) => verdict === 'raised' && (id === 'noeviction-near-limit' || id === 'oom-errors'));
  if (forecast.status === 'flat' && isFull) return { limit: 'maxmemory', days: 0, at: quality.toAt };
  if (forecast.status !== 'ok') return undefined;
  const limits = [
    { limit: 'machine' as const, days: forecast.daysToSystemTarget?.p90, isKnown: forecast.probabilitySystemTarget !== undefined },
    { limit: 'maxmemory' as const, days: forecast.daysToMaxmemory?.p90, isKnown: forecast.probabilityMaxmemory !== undefined },
  ].filter(({ isKnown }) => isKnown);
  const first = limits.toSorted((a, b) => (a.days ?? Number.POSITIVE_INFINITY) - (b.days ?? Number.POSITIVE_INFINITY))[0];
  if (first === undefined) return undefined;
  if (first.days === undefined) return { limit: first.limit, beyondDays: forecast.horizonDays };
  return { limit: first.limit, days: first.days, at: quality.toAt + first.days * DAY_MS };
}

/** How far the day on which the first limit can be reached has moved. */
export function compareReach(
  before: NodeAnalysis,
  after: NodeAnalysis,
): { readonly shiftDays?: number; readonly sense?: 'better' | 'worse' } {
  const [from, to] = [findReach(before), findReach(after)];
  if (from === undefined || to === undefined) return {};
  // Reached in both: no day that could move.
  if (from.days === 0 && to.days === 0) return {};
  const boundOf = (reach: Reach, node: NodeAnalysis): number => reach.at ?? node.quality.toAt + (reach.beyondDays ?? 0) * DAY_MS;
  const shiftDays = (boundOf(to, after) - boundOf(from, before)) / DAY_MS;
  if (from.at === undefined && to.at === undefined) return {};
  // "Not within" tells one side only.
  if (from.at === undefined && shiftDays >= 0) return {};
  if (to.at === undefined && shiftDays <= 0) return {};
  // To be there is another thing than a day on which it may be, whatever the day.
  if (to.days === 0 || from.days === 0) return { shiftDays, sense: to.days === 0 ? 'worse' : 'better' };
  if (Math.abs(shiftDays) < NOISE_DAYS) return { shiftDays };
  return { shiftDays, sense: shiftDays < 0 ? 'worse' : 'better' };
}
