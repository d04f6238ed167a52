import { tz } from '@date-fns/tz';
import { dateFns } from '../../model/date-fns.ts';
import type { TimeForm } from '../../model/sample-batch.ts';
import { localClock } from './local-time.ts';
import { hasOffset, isPlainIso, numericDateReader, readIso, readWordedDate, splitNumericDate } from './written-time.ts';

/** How a column's stamps are read. */
export interface TimeReading {
  /** In words, for notes: `epoch seconds`, `day/month/year`. */
  readonly label: string;
  /** Whether a person can read the stamps (an epoch number can be any number). */
  readonly written: boolean;
  /** Epoch milliseconds UTC; NaN where the text is no such stamp. */
  readonly read: (text: string) => number;
  /** The form that the embedded database reads to the same instants; undefined when only we can. */
  readonly bulkForm?: TimeForm;
  /** Stamps carry no offset, so a zone was assumed. */
  readonly zoneless: boolean;
  /** The stamps are dates without a clock. */
  readonly dateOnly: boolean;
  /** The stamps fit two forms equally well: reading them would be a guess. */
  readonly ambiguous?: string;
}

/**
 * Seconds since 1970 of the years 1973 to 5138, and the same in smaller steps: the bands do not meet, so the size of a number tells its step.
 * A number outside the file's band is no instant of that file.
 */
const EPOCH_FORMS = [
  { form: 'epoch-seconds', label: 'epoch seconds', perMillisecond: 1e-3, min: 1e8 },
  { form: 'epoch-milliseconds', label: 'epoch milliseconds', perMillisecond: 1, min: 1e11 },
  { form: 'epoch-microseconds', label: 'epoch microseconds', perMillisecond: 1e3, min: 1e14 },
  { form: 'epoch-nanoseconds', label: 'epoch nanoseconds', perMillisecond: 1e6, min: 1e17 },
] as const;
const BAND = 1000;
const EPOCH_OPTIONS = new Map([
  ['epoch-s', 0],
  ['epoch-ms', 1],
  ['epoch-us', 2],
  ['epoch-ns', 3],
]);
/** A column is taken as time when at least this share of its cells can be read: some rows of a damaged file are bad. */
const ENOUGH = 0.6;

function epochReading(index: number): TimeReading {
  const { form, label, perMillisecond, min } = EPOCH_FORMS[index] as (typeof EPOCH_FORMS)[number];
  return {
    label,
    written: false,
    read: (text) => {
      const value = text === '' ? Number.NaN : Number(text);
      return value >= min && value < min * BAND ? Math.round(value / perMillisecond) : Number.NaN;
    },
    bulkForm: { form },
    zoneless: false,
    dateOnly: false,
  };
}

/**
 * Finds how the stamps of a column are written.
 * @param cells - some of its cells, none empty
 * @param zone - of stamps without an offset
 * @returns undefined when too few cells are stamps of any one form
 */
export function findTimeReading(cells: readonly string[], zone: string): TimeReading | undefined {
  if (cells.length === 0) return undefined;
  const needed = Math.max(1, cells.length * ENOUGH);
  const readable = (reading: TimeReading) => cells.filter((cell) => !Number.isNaN(reading.read(cell))).length >= needed;
  const numeric = cells.filter((cell) => Number.isFinite(Number(cell))).length >= needed;
  if (numeric) return EPOCH_FORMS.map((_, index) => epochReading(index)).find(readable);
  return (
    isoReadings(cells, zone).find(readable) ?? [wordedReading(cells, zone)].find(readable) ?? numericDateReading(cells, zone, readable)
  );
}

function isoReadings(cells: readonly string[], zone: string): TimeReading[] {
  const clock = localClock(zone);
  const zoneless = lackOffset(cells, (text) => readIso(text, clock));
  return [
    {
      label: zoneless ? 'date and time without an offset' : 'date and time with an offset',
      written: true,
      read: (text) => readIso(text, clock),
      ...(cells.every(isPlainIso) ? { bulkForm: { form: 'iso', zone } } : {}),
      zoneless,
      dateOnly: cells.every((cell) => cell.length === 10),
    },
  ];
}

/** Whether some stamp carries no offset; a cell that is no stamp says nothing about it. */
function lackOffset(cells: readonly string[], read: (text: string) => number): boolean {
  return cells.some((cell) => !hasOffset(cell) && !Number.isNaN(read(cell)));
}

function wordedReading(cells: readonly string[], zone: string): TimeReading {
  const clock = localClock(zone);
  const read = (text: string) => readWordedDate(text, clock);
  return {
    label: 'date with the month in words',
    written: true,
    read,
    zoneless: lackOffset(cells, read),
    dateOnly: cells.every((cell) => !cell.includes(':')),
  };
}

/** One kind of cell settles the order of day and month when cells that prove the opposite are rarer by this factor: those are damage. */
const CLEARLY = 10;

/** Which of the two numbers is the day is proved by one above 12; a point between them means day first everywhere. */
function numericDateReading(cells: readonly string[], zone: string, readable: (reading: TimeReading) => boolean): TimeReading | undefined {
  const dates = cells.map(splitNumericDate).filter((parts) => parts !== undefined);
  const dayFirstProofs = dates.filter((parts) => parts.first > 12 && parts.second <= 12).length;
  const monthFirstProofs = dates.filter((parts) => parts.second > 12 && parts.first <= 12).length;
  const points = dates.every((parts) => parts.separator === '.');
  const dayFirst = points || dayFirstProofs > monthFirstProofs;
  const clock = localClock(zone);
  const read = numericDateReader(dayFirst);
  const reading: TimeReading = {
    label: dayFirst ? 'day/month/year' : 'month/day/year',
    written: true,
    read: (text) => read(text, clock),
    zoneless: lackOffset(cells, (text) => read(text, clock)),
    dateOnly: cells.every((cell) => !cell.includes(':')),
  };
  if (!readable(reading)) return undefined;
  if (points || Math.max(dayFirstProofs, monthFirstProofs) > CLEARLY * Math.min(dayFirstProofs, monthFirstProofs)) return reading;
  const ambiguous =
    dayFirstProofs > 0
      ? 'some stamps have the day first and some the month'
      : `"${(cells[0] ?? '').slice(0, 60)}" can be day/month or month/day, and no stamp settles it`;
  return { ...reading, ambiguous };
}

/**
 * The reading that the user asked for by `--time-format`.
 * @param format - `iso`, `epoch-s`, `epoch-ms`, `epoch-us`, `epoch-ns`, or a date-fns pattern
 * @throws RangeError when the pattern is none
 */
export function timeReadingOf(format: string, zone: string): TimeReading {
  const epoch = EPOCH_OPTIONS.get(format);
  if (epoch !== undefined) return epochReading(epoch);
  const clock = localClock(zone);
  if (format === 'iso') {
    return { label: 'ISO 8601', written: true, read: (text) => readIso(text, clock), zoneless: false, dateOnly: false };
  }
  const context = { in: tz(zone) };
  const { parse } = dateFns('parse');
  const read = (text: string) => parse(text, format, new Date(0), context).getTime();
  read('');
  return { label: `pattern ${format}`, written: true, read, zoneless: !/[Xx]/.test(format), dateOnly: false };
}

/** The unit of time that a header names in brackets or at its end, as the label of the epoch form; undefined when it names none. */
export function epochLabelInHeader(header: string): string | undefined {
  const unit = /[[(_\s](s|sec|seconds|ms|millis|milliseconds|us|micros|microseconds|ns|nanos|nanoseconds)[\])]?\s*$/i
    .exec(header)?.[1]
    ?.toLowerCase();
  if (unit === undefined) return undefined;
  if (unit.startsWith('n')) return EPOCH_FORMS[3].label;
  if (unit === 'us' || unit.startsWith('mic')) return EPOCH_FORMS[2].label;
  return unit.startsWith('m') ? EPOCH_FORMS[1].label : EPOCH_FORMS[0].label;
}
