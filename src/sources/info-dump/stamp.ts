import { tz } from '@date-fns/tz/tz';
import { tzOffset } from '@date-fns/tz/tzOffset';
import { dateFns } from '../../model/date-fns.ts';
import { DAY_MS } from '../../model/time.ts';
import { MONTH_IN_LATIN1, monthNumber } from '../month-names.ts';
import { zoneNameMinutes } from '../zone-names.ts';

/** A written instant found in a text. */
export interface Stamp {
  /** Epoch milliseconds UTC. */
  readonly at: number;
  /** Where it stands in the text: first character, and one past the last. */
  readonly start: number;
  readonly end: number;
  readonly form: 'date-time' | 'date' | 'epoch';
  /** Whether an offset or a zone was written; false when the caller's zone was assumed. */
  readonly zoned: boolean;
}

/** Stamps outside these years are taken for other numbers: Redis is from 2009. */
const EARLIEST_AT = Date.UTC(2000, 0, 1);
const LATEST_AT = Date.UTC(2100, 0, 1);

const MONTH = `(${MONTH_IN_LATIN1})[a-z]{0,6}\\.?`;
const CLOCK = '(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)?';
const HALF_DAY = '(?:\\s?([AaPp][Mm]))?';
const ZONE = '(?:\\s?(Z(?![A-Za-z])|[+-]\\d{2}:?\\d{2}(?!\\d)|[+-]\\d{2}(?!\\d)|(?<=\\s)[A-Z]{2,5}(?![A-Za-z])))?';

interface Pattern {
  readonly expression: RegExp;
  /** Group numbers. */
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly fraction?: number;
  readonly halfDay?: number;
  readonly zone?: number;
}

const PATTERNS: readonly Pattern[] = [
  // 2026-11-02T10:00:01.5+01:00, 2026/11/02 10:00, 2026-11-02_10-00-01
  {
    expression: new RegExp(
      `(?<!\\d)(20\\d{2})([-/._])(\\d{1,2})\\2(\\d{1,2})(?:[T_-]|\\s{1,3})(\\d{1,2})([:._h-])(\\d{2})(?:\\6(\\d{2})(?:[.,](\\d{1,9}))?)?(?!\\d)${HALF_DAY}${ZONE}`,
    ),
    ...{ year: 1, month: 3, day: 4, hour: 5, minute: 7, second: 8, fraction: 9, halfDay: 10, zone: 11 },
  },
  // 20261102T100001Z, 20261102_1000, 20261102100001
  {
    expression: new RegExp(`(?<!\\d)(20\\d{2})(\\d{2})(\\d{2})[T _-]?(\\d{2})(\\d{2})(\\d{2})?(?:\\.(\\d{1,9}))?(?!\\d)${ZONE}`),
    ...{ year: 1, month: 2, day: 3, hour: 4, minute: 5, second: 6, fraction: 7, zone: 8 },
  },
  // Nov  2 10:00:01 AM UTC 2026
  {
    expression: new RegExp(`(?<![A-Za-z])${MONTH}\\s{1,3}(\\d{1,2}),?\\s{1,3}${CLOCK}${HALF_DAY}${ZONE}\\s{1,3}(20\\d{2})(?!\\d)`),
    ...{ month: 1, day: 2, hour: 3, minute: 4, second: 5, fraction: 6, halfDay: 7, zone: 8, year: 9 },
  },
  // Nov 2, 2026 10:00:01 AM CET
  {
    expression: new RegExp(
      `(?<![A-Za-z])${MONTH}\\s{1,3}(\\d{1,2})(?:st|nd|rd|th)?,?\\s{1,3}(20\\d{2}),?\\s{1,3}${CLOCK}${HALF_DAY}${ZONE}`,
    ),
    ...{ month: 1, day: 2, year: 3, hour: 4, minute: 5, second: 6, fraction: 7, halfDay: 8, zone: 9 },
  },
  // 2 Nov 2026 10:00:01 AM CET, 02/Nov/2026:10:00:01 +0000, Mon, 02 Nov 2026 10:00:01 +0000
  {
    expression: new RegExp(`(?<!\\d)(\\d{1,2})[\\s/.-]{1,3}${MONTH}[\\s/,-]{1,3}(20\\d{2})[\\s:,T]{1,3}${CLOCK}${HALF_DAY}${ZONE}`),
    ...{ day: 1, month: 2, year: 3, hour: 4, minute: 5, second: 6, fraction: 7, halfDay: 8, zone: 9 },
  },
  // 2 Nov 10:00:01 GMT 2026
  {
    expression: new RegExp(`(?<!\\d)(\\d{1,2})\\.?\\s{1,3}${MONTH}\\s{1,3}${CLOCK}${HALF_DAY}${ZONE}\\s{1,3}(20\\d{2})(?!\\d)`),
    ...{ day: 1, month: 2, hour: 3, minute: 4, second: 5, fraction: 6, halfDay: 7, zone: 8, year: 9 },
  },
];

// 21.10.2026 10:00:01, 10/21/2026 10:00 PM
const NUMERIC_DATE = new RegExp(
  `(?<![\\d./-])(\\d{1,2})([./-])(\\d{1,2})\\2(20\\d{2})(?!\\d),?(?:T|\\s{1,3})${CLOCK}(?!\\d)${HALF_DAY}${ZONE}`,
);
const NUMERIC_GROUPS = { year: 4, hour: 5, minute: 6, second: 7, fraction: 8, halfDay: 9, zone: 10 } as const;
const DAY_FIRST: Pattern = { expression: NUMERIC_DATE, day: 1, month: 3, ...NUMERIC_GROUPS };
const MONTH_FIRST: Pattern = { expression: NUMERIC_DATE, day: 3, month: 1, ...NUMERIC_GROUPS };

const DATE_ONLY = /(?<!\d)(20\d{2})([-/._]?)(\d{2})\2(\d{2})(?!\d)/;
const EPOCH = /(?<![\w.:-])@?([12]\d{18}|[12]\d{15}|[12]\d{12}|[12]\d{9}(?:\.\d{1,9})?)(?![\w:]|\.\d)/;
/** Go prints a second zone name and its monotonic clock after the offset. */
const GO_TAIL = /^ [A-Z]{3,5}(?: m=[+-]\d{1,12}(?:\.\d{1,9})?)?/;

/**
 * The first written instant in `text`: ISO 8601, `date` output, log and file-name forms, or epoch seconds to nanoseconds.
 * Text beyond 400 characters is not looked at.
 * @param timeZone - IANA zone of stamps without an offset
 * @param dayFirst - what `02/11/2026` means; without it such a date is read only where a number above 12, or points, settle it
 */
export function findStamp(text: string, timeZone: string, dayFirst?: boolean): Stamp | undefined {
  const part = text.length > 400 ? text.slice(0, 400) : text;
  for (const pattern of PATTERNS) {
    const match = pattern.expression.exec(part);
    const stamp = match && stampOf(match, pattern, part, timeZone);
    if (stamp) return stamp;
  }
  const numeric = NUMERIC_DATE.exec(part);
  if (numeric) {
    const first = isDayFirst(numeric) ?? dayFirst;
    const stamp = first === undefined ? undefined : stampOf(numeric, first ? DAY_FIRST : MONTH_FIRST, part, timeZone);
    if (stamp) return stamp;
  }
  return findEpoch(part) ?? findDate(part, timeZone);
}

/** Whether the first date such as `21/10/2026` in a text has its day first; undefined where nothing settles it or there is none. */
export function dayFirstProof(text: string): boolean | undefined {
  const match = NUMERIC_DATE.exec(text.slice(0, 400));
  return match && match[2] !== '.' ? isDayFirst(match) : undefined;
}

function isDayFirst(match: RegExpExecArray): boolean | undefined {
  if (match[2] === '.') return true;
  const [first, second] = [Number(match[1]), Number(match[3])];
  return first > 12 === second > 12 ? undefined : first > 12;
}

function stampOf(match: RegExpExecArray, pattern: Pattern, part: string, timeZone: string): Stamp | undefined {
  const group = (index: number | undefined): string | undefined => (index === undefined ? undefined : match[index]);
  const local = localMilliseconds(
    Number(group(pattern.year)),
    monthOf(group(pattern.month) ?? ''),
    Number(group(pattern.day)),
    hourOf(Number(group(pattern.hour)), group(pattern.halfDay)),
    Number(group(pattern.minute)),
    Number(group(pattern.second) ?? 0),
    group(pattern.fraction),
  );
  if (local === undefined) return undefined;
  const zone = group(pattern.zone);
  const offsetMinutes = zone === undefined ? undefined : zoneMinutes(zone, timeZone);
  const at = offsetMinutes === undefined ? zonedInstant(local, timeZone) : local - offsetMinutes * 60_000;
  const end = match.index + match[0].length;
  const tail = GO_TAIL.exec(part.slice(end));
  const goTail = zone !== undefined && tail !== null && /^[+-]/.test(zone) ? tail[0].length : 0;
  return { at, start: match.index, end: end + goTail, form: 'date-time', zoned: offsetMinutes !== undefined };
}

/** The first instant in a file's name, where also `-`, `_` and `.` may stand beside an epoch. */
export function findStampInName(name: string, timeZone: string): Stamp | undefined {
  return findStamp(name, timeZone) ?? findEpoch(name.slice(0, 400).replace(/[-_]|\.(?!\d{1,9}$)/g, ' '));
}

function findDate(text: string, timeZone: string): Stamp | undefined {
  const match = DATE_ONLY.exec(text);
  if (!match) return undefined;
  const local = localMilliseconds(Number(match[1]), Number(match[3]), Number(match[4]), 0, 0, 0, undefined);
  if (local === undefined) return undefined;
  return { at: zonedInstant(local, timeZone), start: match.index, end: match.index + match[0].length, form: 'date', zoned: false };
}

function findEpoch(text: string): Stamp | undefined {
  const match = EPOCH.exec(text);
  if (!match?.[1]) return undefined;
  const [, digits] = match;
  const inSeconds = digits.length < 13 || digits.includes('.');
  const at = inSeconds ? Math.floor(Number(digits) * 1000 + 1e-3) : Number(digits.slice(0, 13));
  if (at < EARLIEST_AT || at >= LATEST_AT) return undefined;
  return { at, start: match.index, end: match.index + match[0].length, form: 'epoch', zoned: true };
}

/**
 * The instant of a text in the form the user named with `--time-format`.
 * @param format - a date-fns pattern, `epoch-s` or `epoch-ms`
 */
export function parseStampAs(text: string, format: string, timeZone: string): Stamp | undefined {
  const whole = { start: 0, end: text.length };
  if (format === 'epoch-s' || format === 'epoch-ms') {
    const found = /^\d{1,14}(?:\.\d{1,9})?$/.test(text) ? Number(text) * (format === 'epoch-s' ? 1000 : 1) : Number.NaN;
    return found >= EARLIEST_AT && found < LATEST_AT ? { ...whole, at: Math.floor(found), form: 'date-time', zoned: true } : undefined;
  }
  try {
    const at = dateFns('parse')
      .parse(text, format, new Date(0), { in: tz(timeZone) })
      .getTime();
    const zoned = /[xXOztT]/.test(format.replace(/'[^']*'/g, ''));
    return at >= EARLIEST_AT && at < LATEST_AT ? { ...whole, at, form: 'date-time', zoned } : undefined;
  } catch {
    // date-fns throws on letters that are no pattern; the pattern then matches nothing.
    return undefined;
  }
}

function monthOf(latin1: string): number {
  return monthNumber(Buffer.from(latin1, 'latin1').toString('utf8')) ?? Number(latin1);
}

function hourOf(hour: number, halfDay: string | undefined): number {
  if (halfDay === undefined) return hour;
  if (hour < 1 || hour > 12) return Number.NaN;
  return (hour % 12) + (halfDay.toLowerCase() === 'pm' ? 12 : 0);
}

/** The clock reading as if it were UTC; undefined when it is no reading a clock shows. */
function localMilliseconds(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  fraction: string | undefined,
): number | undefined {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour <= 23 && minute <= 59 && second <= 60)) return undefined;
  const date = Date.UTC(year, month - 1, day);
  if (new Date(date).getUTCDate() !== day || date < EARLIEST_AT || date >= LATEST_AT) return undefined;
  const milliseconds = fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1000 + 1e-6);
  return date + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds;
}

/** Minutes east of UTC; undefined for a word that is no known zone (then the caller's zone holds). */
function zoneMinutes(zone: string, timeZone: string): number | undefined {
  const offset = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (offset) return (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3] ?? 0));
  return zoneNameMinutes(zone, timeZone);
}

/** The instant at which a clock in `timeZone` shows `local`; of two (clocks set back) the earlier. */
function zonedInstant(local: number, timeZone: string): number {
  if (timeZone === 'UTC') return local;
  const before = local - tzOffset(timeZone, new Date(local - DAY_MS)) * 60_000;
  const fits = tzOffset(timeZone, new Date(before)) * 60_000 === local - before;
  const at = fits ? before : local - tzOffset(timeZone, new Date(before)) * 60_000;
  return Number.isFinite(at) ? at : local;
}
