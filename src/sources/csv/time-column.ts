import { InputError } from '../../model/errors.ts';
import type { InputReport } from '../../model/sample-batch.ts';
import type { ReadOptions } from '../source.ts';
import { findColumnMeaning, splitUnit, squashName } from './column-names.ts';
import type { Dialect } from './dialects/dialect.ts';
import { findColumn, listColumns } from './find-column.ts';
import { isTimeZone } from './local-time.ts';
import { isAbsent } from './number-cell.ts';
import type { TableShape } from './table-shape.ts';
import { epochLabelInHeader, findTimeReading, type TimeReading, timeReadingOf } from './time-form.ts';

/** The column that says when a row was sampled. */
export interface TimeColumn {
  readonly index: number;
  /** A second column with the time of day, where date and time stand apart. */
  readonly clockIndex?: number;
  readonly reading: TimeReading;
}

interface Candidate extends TimeColumn {
  /** How surely it is the time: by its name, then by its form. */
  readonly score: number;
}

const TIME_NAMES = new Set([
  'timestamp',
  'time',
  'datetime',
  'date',
  'ts',
  'ds',
  'at',
  'sampledat',
  'collectedat',
  'instant',
  'epoch',
  'unixtime',
  'timestampms',
]);
const SAMPLE_CELLS = 400;
/** Two time columns that differ by more are said to disagree. */
const DISAGREEMENT_MS = 60_000;
const CLOCK_ONLY = /^\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?[AP]M)?$/i;

function timeNameScore(header: string): number {
  const name = squashName(splitUnit(header).name);
  if (TIME_NAMES.has(name)) return 4;
  return /time|date|epoch|unix/.test(name) && findColumnMeaning(header) === undefined ? 2 : 0;
}

function sampleCells(shape: TableShape, index: number): string[] {
  const step = Math.max(1, Math.floor(shape.rows.length / SAMPLE_CELLS));
  const cells: string[] = [];
  for (let row = 0; row < shape.rows.length; row += step) {
    const cell = (shape.rows[row]?.[index] ?? '').trim();
    if (!isAbsent(cell)) cells.push(cell);
  }
  return cells;
}

/**
 * Finds the time column and how it is written, and notes what is odd about it.
 * @throws InputError when there is none, or when its stamps can be read in two ways
 */
export function findTimeColumn(shape: TableShape, dialect: Dialect, options: ReadOptions, name: string, report: InputReport): TimeColumn {
  const zone = options.timeZone ?? 'UTC';
  if (!isTimeZone(zone))
    throw new InputError(name, `--tz says "${zone}", which is no time zone. Use a name such as Europe/Berlin or America/Sao_Paulo.`);
  const candidates =
    options.timeColumn === undefined ? findCandidates(shape, dialect, options, zone, name) : [forcedColumn(shape, options, zone, name)];
  const best = candidates[0];
  if (!best) throw noTimeError(shape, name);
  if (best.reading.ambiguous !== undefined) {
    throw new InputError(
      name,
      `column "${shape.header[best.index] ?? ''}": ${best.reading.ambiguous}. Say which, e.g. --time-format 'dd/MM/yyyy HH:mm:ss'.`,
    );
  }
  const time = joinClock(shape, best, zone);
  noteOddities(shape, time, candidates.slice(1), report);
  report.timeSource = 'stamps';
  if (time.reading.zoneless) report.assumedZone = zone;
  return time;
}

function readingOfOption(format: string, zone: string, name: string): TimeReading {
  try {
    return timeReadingOf(format, zone);
  } catch (cause) {
    throw new InputError(
      name,
      `--time-format "${format}" cannot be used. Use iso, epoch-s, epoch-ms, or a pattern such as "dd/MM/yyyy HH:mm:ss".`,
      { cause },
    );
  }
}

function forcedColumn(shape: TableShape, options: ReadOptions, zone: string, name: string): Candidate {
  const wanted = options.timeColumn ?? '';
  const index = findColumn(shape.header, wanted);
  if (index < 0)
    throw new InputError(name, `there is no column "${wanted}", as --time-column says. Columns: ${listColumns(shape.header)}.`);
  const cells = sampleCells(shape, index);
  const reading = options.timeFormat === undefined ? findTimeReading(cells, zone) : readingOfOption(options.timeFormat, zone, name);
  if (reading && cells.some((cell) => !Number.isNaN(reading.read(cell)))) return { index, reading, score: 0 };
  throw new InputError(
    name,
    `column "${shape.header[index] ?? ''}" holds no stamps that can be read, such as "${(cells[0] ?? '').slice(0, 60)}". Use --time-format for other forms.`,
  );
}

function findCandidates(shape: TableShape, dialect: Dialect, options: ReadOptions, zone: string, name: string): Candidate[] {
  const given = options.timeFormat === undefined ? undefined : readingOfOption(options.timeFormat, zone, name);
  const candidates: Candidate[] = [];
  for (const [index, header] of shape.header.entries()) {
    const nameScore = shape.hasHeader ? timeNameScore(header) : index === 0 ? 2 : 0;
    if (nameScore === 0 && findColumnMeaning(header)?.metricId !== undefined) continue;
    const cells = sampleCells(shape, index);
    const reading = given ?? findTimeReading(cells, zone);
    if (!reading || (given && cells.filter((cell) => !Number.isNaN(given.read(cell))).length * 2 < Math.max(1, cells.length))) continue;
    // A bare number is an instant only where the name says so: counters get as big.
    if (nameScore === 0 && !reading.written) continue;
    const isDialects = dialect.timeColumn !== undefined && squashName(header) === squashName(dialect.timeColumn);
    candidates.push({ index, reading, score: (isDialects ? 10 : 0) + nameScore + (reading.written ? 1 : 0) });
  }
  return candidates.sort((a, b) => b.score - a.score || a.index - b.index);
}

function noTimeError(shape: TableShape, name: string): InputError {
  const looks = shape.header.findIndex((header) => timeNameScore(header) > 0);
  const cell = looks < 0 ? undefined : sampleCells(shape, looks)[0];
  if (cell !== undefined) {
    return new InputError(
      name,
      `column "${shape.header[looks] ?? ''}" seems to be the time, but "${cell.slice(0, 60)}" is no stamp that is known. Expected ISO 8601 or an epoch number; use --time-format for other forms.`,
    );
  }
  return new InputError(
    name,
    `no column holds the time. Columns: ${listColumns(shape.header)}. Name it with --time-column, and its form with --time-format.`,
  );
}

/** Where the stamps are dates only and another column has the time of day, both together are the stamp. */
function joinClock(shape: TableShape, time: TimeColumn, zone: string): TimeColumn {
  if (!time.reading.dateOnly) return time;
  const clockIndex = shape.header.findIndex((_, index) => {
    const cells = index === time.index ? [] : sampleCells(shape, index);
    return cells.length > 0 && cells.every((cell) => CLOCK_ONLY.test(cell));
  });
  if (clockIndex < 0) return time;
  const dates = sampleCells(shape, time.index);
  const clocks = sampleCells(shape, clockIndex);
  const reading = findTimeReading(
    dates.map((date, index) => `${date} ${clocks[index] ?? '00:00'}`),
    zone,
  );
  return reading ? { index: time.index, clockIndex, reading } : time;
}

function noteOddities(shape: TableShape, time: TimeColumn, others: readonly Candidate[], report: InputReport): void {
  const header = shape.header[time.index] ?? '';
  const { label } = time.reading;
  const promised = epochLabelInHeader(header);
  if (promised !== undefined && label.startsWith('epoch') && promised !== label) {
    report.notes.push(`"${header}" promises ${promised}; its values are ${label}, and are read so`);
  }
  if (label === 'day/month/year' || label === 'month/day/year') report.notes.push(`"${header}" is read as ${label}`);
  if (time.clockIndex !== undefined)
    report.notes.push(`date and time are joined from "${header}" and "${shape.header[time.clockIndex] ?? ''}"`);
  for (const other of others) {
    if (other.score < 2 || other.reading.ambiguous !== undefined) continue;
    const lead = medianLead(shape, time, other);
    if (Math.abs(lead) <= DISAGREEMENT_MS) continue;
    const distance = `${describeDuration(Math.abs(lead))} ${lead > 0 ? 'ahead of' : 'behind'}`;
    report.notes.push(`"${shape.header[other.index] ?? ''}" is ${distance} "${header}" in most rows; "${header}" is read`);
  }
}

function describeDuration(milliseconds: number): string {
  const hours = milliseconds / 3_600_000;
  if (hours >= 48) return `${(hours / 24).toFixed(1)} days`;
  return hours >= 2 ? `${hours.toFixed(1)} hours` : `${Math.round(hours * 60)} minutes`;
}

/** Milliseconds by which another time column leads, in the middle of all rows; 0 when no row has both. */
function medianLead(shape: TableShape, time: TimeColumn, other: TimeColumn): number {
  const leads = shape.rows
    .slice(0, SAMPLE_CELLS)
    .map((row) => other.reading.read((row[other.index] ?? '').trim()) - time.reading.read((row[time.index] ?? '').trim()))
    .filter((lead) => Number.isFinite(lead))
    .sort((a, b) => a - b);
  return leads[leads.length >> 1] ?? 0;
}
