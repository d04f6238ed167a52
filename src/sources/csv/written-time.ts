import { monthNumber } from '../month-names.ts';
import { zoneNameMinutes } from '../zone-names.ts';

/** Readers of written stamps. Each takes a text and the clock of stamps without an offset, and gives epoch milliseconds, NaN where the text is no such stamp. */
export type Clock = (wallMs: number) => number;

/** No stamp that a tool writes is longer (Go prints 50 characters with a monotonic reading). */
const LONGEST_STAMP = 80;
const NO = Number.NaN;

/** The unsigned integer in `count` digits from `from`; -1 where a character is no digit. */
function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let i = from; i < from + count; i += 1) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

function dayStart(year: number, month: number, day: number): number {
  if (year < 1900 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31) return NO;
  const at = Date.UTC(year, month - 1, day);
  return new Date(at).getUTCDate() === day ? at : NO;
}

/** Adds the clock and the offset that stand in `text` from `from` to its end. */
function withClock(day: number, text: string, from: number, clock: Clock): number {
  let at = from;
  const hourDigits = isDigit(text, at + 1) ? 2 : 1;
  let hour = digits(text, at, hourDigits);
  at += hourDigits;
  if (hour < 0 || text[at] !== ':') return NO;
  const minute = digits(text, at + 1, 2);
  at += 3;
  let second = 0;
  let milliseconds = 0;
  if (text[at] === ':') {
    second = digits(text, at + 1, 2);
    at += 3;
    if ((text[at] === '.' || text[at] === ',') && isDigit(text, at + 1)) {
      let weight = 100;
      for (at += 1; isDigit(text, at); at += 1) {
        milliseconds += Math.trunc((text.charCodeAt(at) - 48) * weight);
        weight /= 10;
      }
    }
  }
  if (minute < 0 || minute > 59 || second < 0 || second > 59) return NO;
  const rest = text.slice(at).trim();
  const half = rest.slice(0, 2).toUpperCase();
  let zoneText = rest;
  if (half === 'AM' || half === 'PM') {
    if (hour < 1 || hour > 12) return NO;
    hour = (hour % 12) + (half === 'PM' ? 12 : 0);
    zoneText = rest.slice(2).trim();
  }
  if (hour > 23) return NO;
  const wall = day + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds;
  return zoneText === '' ? clock(wall) : wall - offsetOf(zoneText);
}

const OFFSET = /^(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})?(?: [A-Z]{1,5}| [+-]\d{2,4})?(?: m=[+-][\d.]{1,30})?$/;

/** Milliseconds east of UTC; NaN for a zone that cannot be told (`CST` and `IST` mean different things to different people). */
function offsetOf(text: string): number {
  if (text === 'Z' || text === 'z' || text === 'UTC' || text === 'GMT') return 0;
  const match = OFFSET.exec(text);
  if (!match) return (zoneNameMinutes(text, '') ?? NO) * 60_000;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return minutes > 15 * 60 ? NO : (match[1] === '-' ? -minutes : minutes) * 60_000;
}

/** `2024-01-31`, `2024-01-31 12:00:00.5`, `2024-01-31T12:00Z`, `2024/01/31 12:00 +0200`, `20240131T120000Z`, and Go's `… +0000 UTC m=+0.1`. */
export function readIso(text: string, clock: Clock): number {
  if (text.length > LONGEST_STAMP) return NO;
  const separator = text[4];
  if (separator !== '-' && separator !== '/') return readCompactIso(text, clock);
  if (text[7] !== separator) return NO;
  const day = dayStart(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2));
  if (Number.isNaN(day)) return NO;
  if (text.length === 10) return clock(day);
  const joint = text[10];
  return joint === 'T' || joint === ' ' || joint === 't' || joint === '_' ? withClock(day, text, 11, clock) : NO;
}

function readCompactIso(text: string, clock: Clock): number {
  if (text[8] !== 'T') return NO;
  const day = dayStart(digits(text, 0, 4), digits(text, 4, 2), digits(text, 6, 2));
  if (Number.isNaN(day) || digits(text, 9, 4) < 0) return NO;
  const seconds = isDigit(text, 13) ? `:${text.slice(13)}` : text.slice(13);
  return withClock(day, `${text.slice(9, 11)}:${text.slice(11, 13)}${seconds}`, 0, clock);
}

/** Stamps that the embedded database reads just as `readIso` does. */
export function isPlainIso(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?$/.test(text);
}

/** Whether a stamp that `readIso` reads says its own offset. */
export function hasOffset(text: string): boolean {
  if (/(?:[Zz]|UTC|GMT|:\d{2}[^:]*[+-]\d{2}.*)$/.test(text)) return true;
  const zone = /:\d{2}(?:[.,]\d{1,9})?(?: ?[AP]M)? ([A-Z]{3,5})(?: \d{4})?$/.exec(text)?.[1];
  return zone !== undefined && zoneNameMinutes(zone, '') !== undefined;
}

/** A reader of `31/01/2024 12:00`, `1.31.2024 3:00 PM`; `dayFirst` says which number comes first. */
export function numericDateReader(dayFirst: boolean): (text: string, clock: Clock) => number {
  return (text, clock) => {
    const parts = splitNumericDate(text);
    if (!parts) return NO;
    const day = dayFirst ? dayStart(parts.year, parts.second, parts.first) : dayStart(parts.year, parts.first, parts.second);
    if (Number.isNaN(day)) return NO;
    if (parts.end === text.length) return clock(day);
    let at = parts.end;
    if (text[at] === ',') at += 1;
    while (text[at] === ' ' || text[at] === 'T') at += 1;
    return at === parts.end ? NO : withClock(day, text, at, clock);
  };
}

/** The three numbers of a date whose year comes last; `end` is where its clock may begin. */
export function splitNumericDate(
  text: string,
): { first: number; second: number; year: number; end: number; separator: string } | undefined {
  if (text.length > LONGEST_STAMP) return undefined;
  const firstLength = isDigit(text, 1) ? 2 : 1;
  const separator = text[firstLength] ?? '';
  if (separator !== '/' && separator !== '.' && separator !== '-') return undefined;
  const secondLength = isDigit(text, firstLength + 2) ? 2 : 1;
  const yearAt = firstLength + secondLength + 2;
  if (text[yearAt - 1] !== separator) return undefined;
  const first = digits(text, 0, firstLength);
  const second = digits(text, firstLength + 1, secondLength);
  const year = digits(text, yearAt, 4);
  return first < 0 || second < 0 || year < 0 ? undefined : { first, second, year, end: yearAt + 4, separator };
}

/** JavaScript names the zone behind its offset: `GMT+0200 (Central European Summer Time)`. */
const NAMED_OFFSET = /^(.{10,40}[+-]\d{4}) \([^()]{1,40}\)$/;
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Stamps with the month in words: RFC 2822, what `date` prints, `Aug 22, 2022 3:51:19 PM`, `22-Aug-2022 03:51`. */
export function readWordedDate(stamp: string, clock: Clock): number {
  if (stamp.length > LONGEST_STAMP) return NO;
  const text = NAMED_OFFSET.exec(stamp)?.[1] ?? stamp;
  let month = 0;
  let day = -1;
  let year = -1;
  let clockText = '';
  for (const word of text.split(/[\s,]+|(?<=[a-z\d])-(?=[a-z])|(?<=[a-z])-(?=\d)/i)) {
    const start = word.slice(0, 3).toLowerCase();
    if (word.includes(':')) clockText = word;
    else if (month === 0 && /^\p{L}{3}/u.test(word) && monthNumber(word) !== undefined) month = monthNumber(word) ?? 0;
    else if (clockText === '' && WEEKDAYS.includes(start)) continue;
    else if (word.length <= 2 && digits(word, 0, word.length) > 0 && day < 0) day = digits(word, 0, word.length);
    else if (word.length === 4 && digits(word, 0, 4) > 0 && year < 0) year = digits(word, 0, 4);
    else if (word !== '' && clockText !== '') clockText += ` ${word}`;
    else if (word !== '') return NO;
  }
  const start = month === 0 ? NO : dayStart(year, month, day);
  if (Number.isNaN(start)) return NO;
  return clockText === '' ? clock(start) : withClock(start, clockText, 0, clock);
}
