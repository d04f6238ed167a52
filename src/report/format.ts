import { TZDate } from '@date-fns/tz';
import type { Locale as DateLocale } from 'date-fns';
import type { Format } from '../locales/format-type.ts';
import type { Language } from '../locales/language.ts';
import { GiB, KiB, MiB } from '../model/bytes.ts';
import { dateFns } from '../model/date-fns.ts';

const { format: formatDate } = dateFns('format');

const BYTE_UNITS = [
  { name: 'TiB', bytes: 1024 * GiB },
  { name: 'GiB', bytes: GiB },
  { name: 'MiB', bytes: MiB },
  { name: 'KiB', bytes: KiB },
] as const;

/** From here on a size would be written with four digits: 1,000 bytes, 999.5 KiB, 999.5 MiB, … */
const NEXT_UNIT = 999.5 / 1024;

/** The binary unit in which `value` has at most three digits before the point. */
export function byteUnitFor(value: number): { readonly name: string; readonly bytes: number } {
  return BYTE_UNITS.find((unit) => Math.abs(value) >= NEXT_UNIT * unit.bytes) ?? { name: 'B', bytes: 1 };
}

/** Decimals that leave three significant digits. */
function decimalsFor(value: number): number {
  const size = Math.abs(value);
  if (size >= 99.95 || size === 0) return 0;
  return size >= 9.995 ? 1 : 2;
}

/**
 * Numbers and instants as text in one language and one time zone.
 * @param timeZone - IANA zone in which instants are told
 * @param yearOf - instants of this instant's year are written without it in `dateTime`
 */
export function createFormat(language: Language, timeZone: string, yearOf: number): Format {
  const dateLocale: DateLocale = language.dateLocale;
  const homeYear = new TZDate(yearOf, timeZone).getFullYear();
  const plain = new Map<number, Intl.NumberFormat>();
  // The same instants are told in several charts, and telling one takes 50 µs.
  const dateTimes = new Map<number, string>();
  const number = (value: number, digits = 0): string => {
    let formatter = plain.get(digits);
    if (!formatter) {
      formatter = new Intl.NumberFormat(language.tag, { maximumFractionDigits: digits, signDisplay: 'negative' });
      plain.set(digits, formatter);
    }
    return formatter.format(value).replace('-', '−');
  };
  const fixed = (value: number, digits: number): string =>
    new Intl.NumberFormat(language.tag, { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: 'negative' })
      .format(value)
      .replace('-', '−');

  const bytes = (value: number): string => {
    const unit = byteUnitFor(value);
    const scaled = value / unit.bytes;
    return `${number(scaled, unit.bytes === 1 ? 0 : decimalsFor(scaled))} ${unit.name}`;
  };

  return {
    bytes,
    signedBytes: (value) => `${value > 0 ? '+' : ''}${bytes(value)}`,
    percent: (ratio) => language.units.percent(number(ratio * 100, Math.abs(ratio) < 0.0995 && ratio !== 0 ? 1 : 0)),
    ratio: (value) => fixed(value, 2),
    number,
    days: (value) => {
      const rounded = Math.abs(value) >= 10 ? Math.round(value) : Math.round(value * 10) / 10;
      return language.units.days(rounded, number(rounded, 1));
    },
    duration: (seconds) => {
      const whole = Math.round(seconds);
      const days = Math.floor(whole / 86_400);
      const hours = Math.floor((whole % 86_400) / 3600);
      const minutes = Math.floor((whole % 3600) / 60);
      const { second, minute, hour, day } = language.units;
      if (days >= 10) return `${number(whole / 86_400)} ${day}`;
      if (days > 0) return hours > 0 ? `${days} ${day} ${hours} ${hour}` : `${days} ${day}`;
      if (hours > 0) return minutes > 0 ? `${hours} ${hour} ${minutes} ${minute}` : `${hours} ${hour}`;
      if (minutes > 0) return whole % 60 > 0 && minutes < 5 ? `${minutes} ${minute} ${whole % 60} ${second}` : `${minutes} ${minute}`;
      return `${number(seconds, seconds < 10 ? 1 : 0)} ${second}`;
    },
    date: (at) => formatDate(new TZDate(at, timeZone), language.datePatterns.date, { locale: dateLocale }),
    dateTime: (at) => {
      const known = dateTimes.get(at);
      if (known !== undefined) return known;
      const date = new TZDate(at, timeZone);
      const pattern = date.getFullYear() === homeYear ? language.datePatterns.dateTime : language.datePatterns.dateTimeWithYear;
      const text = formatDate(date, pattern, { locale: dateLocale });
      dateTimes.set(at, text);
      return text;
    },
    price: (usdPerHour) => language.units.usdPerHour(fixed(usdPerHour, 3)),
    list: (items) => new Intl.ListFormat(language.tag, { type: 'conjunction' }).format(items),
  };
}
