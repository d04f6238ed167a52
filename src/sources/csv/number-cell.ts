import type { MetricUnit } from '../../model/metrics.ts';
import { unitScale } from './units.ts';

/** How numbers are written in one file. */
export interface NumberStyle {
  /** `1,5` is one and a half; points then group thousands. */
  readonly decimalComma: boolean;
  /** `1,234` is one thousand two hundred and thirty-four: only where other cells of the file prove it. */
  readonly groupComma: boolean;
}

/** Texts of a cell that mean "absent", in the spellings met; compared as written by the database and without case by `readNumberCell`. */
export const NULL_TEXTS: readonly string[] = [
  '',
  ...['null', 'nan', 'n/a', '#n/a', 'na', 'nil', 'none', 'undefined', 'inf', '+inf', '-inf', 'infinity', '-infinity'].flatMap((word) => [
    ...new Set([word, word.toUpperCase(), word.replace(/[a-z]/, (first) => first.toUpperCase())]),
  ]),
  'NaN',
  '-',
  '--',
];
const ABSENT = new Set(NULL_TEXTS.map((text) => text.toLowerCase()));
const FLAG_WORDS = new Map([
  ['true', 1],
  ['yes', 1],
  ['on', 1],
  ['false', 0],
  ['no', 0],
  ['off', 0],
]);
/** No number that a monitoring tool prints is longer, units included. */
const LONGEST_NUMBER = 64;

/** Whether a cell says that there is no value: empty, `null`, `NaN`, `-`, … */
export function isAbsent(text: string): boolean {
  return ABSENT.has(text.trim().toLowerCase());
}

/**
 * The number in a cell, in base units.
 * @param scale - of the column; a unit written in the cell itself (`512 MiB`) replaces it
 * @returns NaN where the cell says that there is none; undefined where it holds something else than a number
 */
export function readNumberCell(cell: string, scale: number, unit: MetricUnit, style: NumberStyle): number | undefined {
  const text = cell.trim();
  if (text === '') return Number.NaN;
  if (!style.decimalComma) {
    const value = Number(text);
    if (Number.isFinite(value) && isDecimal(text)) return value * scale;
  }
  return readOddNumber(text, scale, unit, style);
}

/** `Number` also reads 0x1f, 0b1 and 0o7, which no tool means as a figure. */
function isDecimal(text: string): boolean {
  return text.length < 2 || text.charCodeAt(1) < 65 || (text.charCodeAt(1) | 32) === 101;
}

const NUMBER_AND_UNIT = /^([+-]?[\d.,'\u00a0\u202f\ufffd ]*\d[.,]?(?:e[+-]?\d{1,3})?)[\s\u00a0\u202f]*([a-zµ%/ ]{0,12})$/i;

function readOddNumber(text: string, scale: number, unit: MetricUnit, style: NumberStyle): number | undefined {
  if (text.length > LONGEST_NUMBER) return undefined;
  const lower = text.toLowerCase();
  if (ABSENT.has(lower)) return Number.NaN;
  if (unit === 'flag') {
    const flag = FLAG_WORDS.get(lower);
    if (flag !== undefined) return flag;
  }
  const match = NUMBER_AND_UNIT.exec(text);
  if (!match) return undefined;
  const value = Number(plainNumber(match[1] ?? '', style));
  if (!Number.isFinite(value)) return undefined;
  const cellUnit = match[2] ?? '';
  const cellScale = cellUnit === '' ? scale : unitScale(cellUnit, unit);
  return cellScale === undefined ? undefined : value * cellScale;
}

const COMMA_GROUPS = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$/;
const SURE_COMMA_GROUPS = /^[+-]?\d{1,3}(?:,\d{3}){2,}$|^[+-]?\d{1,3}(?:,\d{3})+\.\d*$/;
const POINT_GROUPS = /^[+-]?\d{1,3}(?:\.\d{3})+(?:,\d*)?$/;
const SURE_POINT_GROUPS = /^[+-]?\d{1,3}(?:\.\d{3}){2,}$|^[+-]?\d{1,3}(?:\.\d{3})+,\d*$/;
/** U+FFFD is what a no-break blank of a file in Windows-1252 becomes. */
const SPACE_GROUPS = /^[+-]?\d{1,3}(?:[ '\u00a0\u202f\ufffd]\d{3})+(?:[.,]\d*)?$/;

/** The same number as `Number` reads it; something that it refuses when the commas and points can be meant in two ways. */
function plainNumber(text: string, style: NumberStyle): string {
  const joined = SPACE_GROUPS.test(text) ? text.replaceAll(/[ '\u00a0\u202f\ufffd]/g, '') : text;
  if (style.decimalComma ? POINT_GROUPS.test(joined) : SURE_POINT_GROUPS.test(joined)) {
    return joined.replaceAll('.', '').replace(',', '.');
  }
  if (!style.decimalComma && style.groupComma ? COMMA_GROUPS.test(joined) : SURE_COMMA_GROUPS.test(joined)) {
    return joined.replaceAll(',', '');
  }
  return style.decimalComma && !joined.includes('.') ? joined.replace(',', '.') : joined;
}

/**
 * What the commas in a file's numbers mean, judged from some of its cells. A single comma before exactly three digits (`1,234`) proves nothing;
 * any other single comma is a decimal one, repeated groups or a point behind them are thousands.
 */
export function findNumberStyle(cells: Iterable<string>): NumberStyle {
  let decimal = 0;
  let groups = 0;
  for (const cell of cells) {
    const text = cell.trim();
    if (text.length > LONGEST_NUMBER || !text.includes(',')) continue;
    const number = NUMBER_AND_UNIT.exec(text)?.[1];
    if (number === undefined) continue;
    if (SURE_COMMA_GROUPS.test(number)) groups += 1;
    else if (SURE_POINT_GROUPS.test(number) || (/^[+-]?\d*,\d+(?:e[+-]?\d+)?$/i.test(number) && !COMMA_GROUPS.test(number))) decimal += 1;
  }
  return { decimalComma: decimal > groups, groupComma: groups > 0 && decimal === 0 };
}
