import { TZDate } from '@date-fns/tz';
import type { Format } from '../locales/format-type.ts';
import type { Language } from '../locales/language.ts';
import { dateFns } from '../model/date-fns.ts';
import { DAY_MS } from '../model/time.ts';
import type { Axis, Tick, ValueAxis } from './blocks.ts';
import { byteUnitFor } from './format.ts';

const { format: formatDate } = dateFns('format');
const HOUR = 3_600_000;
const MINUTE = 60_000;
const SECOND = 1_000;
const CLOCK_STEPS = [1, 2, 5, 10, 15, 30]
  .flatMap((count) => [count * SECOND, count * MINUTE])
  .concat([1, 2, 3, 6, 12].map((count) => count * HOUR))
  .sort((a, b) => a - b);

/** A step of 1, 2 or 5 × 10^n that cuts `span` into at most `count` parts. */
function niceStep(span: number, count: number): number {
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough) ?? 10 * power;
}

/** A byte axis from zero to a round value at or above `max`, all labels in one binary unit. */
export function bytesAxis(max: number, format: Format, options: { label?: string; ticks?: number } = {}): ValueAxis {
  const unit = byteUnitFor(max > 0 ? max : 1);
  const top = Math.max(max, 1) / unit.bytes;
  const step = niceStep(top, options.ticks ?? 5);
  const last = Math.ceil(top / step - 1e-9) * step;
  const ticks: Tick[] = [];
  for (let i = 0; i * step <= last + step * 1e-6; i += 1) {
    const value = i * step;
    ticks.push({ value: value * unit.bytes, label: i === 0 ? '0' : `${format.number(value, 3)} ${unit.name}` });
  }
  const scale = { each: unit.bytes, pattern: `0 ${unit.name}` };
  return { domain: [0, last * unit.bytes], ticks, scale, ...(options.label === undefined ? {} : { label: options.label }) };
}

/** An axis of shares, 0 to at least 100 %. */
export function ratioAxis(max: number, format: Format): ValueAxis {
  const top = Math.max(1, Math.ceil(max * 5) / 5);
  const step = top > 2 ? Math.ceil(top / 4) : 0.25;
  const ticks: Tick[] = [];
  for (let value = 0; value <= top + 1e-9; value += step) ticks.push({ value, label: format.percent(value) });
  return { domain: [0, top], ticks, scale: { each: 0.01, pattern: format.percent(0) } };
}

/** A plain number axis from zero. */
export function numberAxis(max: number, format: Format, label?: string): ValueAxis {
  const top = max > 0 ? max : 1;
  const step = niceStep(top, 4);
  const last = Math.ceil(top / step - 1e-9) * step;
  const ticks: Tick[] = [];
  for (let i = 0; i * step <= last + step * 1e-6; i += 1) ticks.push({ value: i * step, label: format.number(i * step, 2) });
  return { domain: [0, last], ticks, scale: { each: 1, pattern: '0' }, ...(label === undefined ? {} : { label }) };
}

/** A time axis over the span, ticks at round local times of the zone: seconds for a minute, hours for a day or two, days for weeks, months for years. */
export function timeAxis(fromAt: number, toAt: number, language: Language, timeZone: string): Axis {
  const end = toAt > fromAt ? toAt : fromAt + MINUTE;
  const span = end - fromAt;
  const write = (at: number, pattern: string): string => formatDate(new TZDate(at, timeZone), pattern, { locale: language.dateLocale });
  const ticks: Tick[] = [];
  const { clock, dayMonth, monthYear } = language.datePatterns;

  if (span <= 2 * DAY_MS) {
    const step = CLOCK_STEPS.find((size) => span / size <= 8) ?? DAY_MS;
    const pattern = step < MINUTE ? clock.replace('mm', 'mm:ss') : clock;
    const midnight = startOfLocalDay(fromAt, timeZone);
    const first = midnight + Math.ceil((fromAt - midnight) / step) * step;
    for (let at = first; at <= end; at += step) ticks.push({ value: at, label: write(at, pattern) });
  } else if (span <= 120 * DAY_MS) {
    const everyDays = [1, 2, 4, 7, 14, 28].find((days) => span / (days * DAY_MS) <= 8) ?? 28;
    const day = new TZDate(startOfLocalDay(fromAt, timeZone), timeZone);
    for (; day.getTime() <= end; day.setDate(day.getDate() + everyDays)) {
      if (day.getTime() >= fromAt) ticks.push({ value: day.getTime(), label: write(day.getTime(), dayMonth) });
    }
  } else {
    const everyMonths = [1, 2, 3, 6, 12, 24].find((months) => span / (months * 30 * DAY_MS) <= 8) ?? 24;
    const month = new TZDate(fromAt, timeZone);
    month.setDate(1);
    month.setHours(0, 0, 0, 0);
    for (; month.getTime() <= end; month.setMonth(month.getMonth() + everyMonths)) {
      if (month.getTime() >= fromAt) ticks.push({ value: month.getTime(), label: write(month.getTime(), monthYear) });
    }
  }
  return { domain: [fromAt, end], ticks, label: timeZone };
}

/** A time axis with its two ends as ticks: for charts too small for more. */
export function endsAxis(fromAt: number, toAt: number, { dateLocale, datePatterns }: Language, timeZone: string): Axis {
  const span = toAt - fromAt;
  const pattern = span <= 2 * DAY_MS ? datePatterns.dateTime : span <= 300 * DAY_MS ? datePatterns.dayMonth : datePatterns.monthYear;
  const write = (at: number): string => formatDate(new TZDate(at, timeZone), pattern, { locale: dateLocale });
  return { domain: [fromAt, toAt], ticks: [fromAt, toAt].map((value) => ({ value, label: write(value) })) };
}

function startOfLocalDay(at: number, timeZone: string): number {
  const date = new TZDate(at, timeZone);
  date.setHours(0, 0, 0, 0);
  return date.getTime();
}
