import { TZDate } from '@date-fns/tz';
import { dateFns } from '../../model/date-fns.ts';
import { DAY_MS } from '../../model/time.ts';
import type { Block, HeatmapChart, Section } from '../blocks.ts';
import { cell, column, type Telling, text } from '../telling.ts';

const { format: formatDate } = dateFns('format');
/** Days shown hour by hour; a longer history is shown week by week. */
const HOURLY_DAYS = 42;

/** When peaks happen: hour by hour for up to six weeks, day by day beyond and where most hours have no sample. */
export function peaksSection(telling: Telling): Section {
  const { node, locale, format, anchor } = telling;
  const words = locale.report.peaks;
  const spanDays = (node.quality.toAt - node.quality.fromAt) / DAY_MS;
  const blocks: Block[] = [];
  const hours = node.hourlyPeaks.usedMemoryBytes.filter((value) => value !== null).length;
  if (spanDays < 2 || hours < 24) {
    blocks.push({ type: 'paragraph', text: text(words.none) });
  } else if (isLevel(node)) {
    blocks.push({ type: 'paragraph', text: text(words.level(format.bytes(node.peaks.usedMemoryBytes?.value ?? 0))) });
  } else {
    // With a sample every few hours most columns of a grid of hours are empty.
    const isHourly = spanDays <= HOURLY_DAYS && hours >= spanDays * 12;
    blocks.push(isHourly ? hourHeatmap(telling) : dayHeatmap(telling));
  }
  return { id: anchor('peaks'), title: words.title, blocks: [...blocks, ...livesTable(telling)] };
}

/** So many of the hours are as high as the highest but for little: a grid of them is one colour. */
const LEVEL_HOURS = 0.5;
const LEVEL_RATIO = 0.99;

/** Held at its limit: the hours show the limit and not the load. */
function isLevel({ forecast, hourlyPeaks }: Telling['node']): boolean {
  const values = hourlyPeaks.usedMemoryBytes.filter((value) => value !== null);
  const high = values.reduce((a, b) => Math.max(a, b), 0);
  return forecast.status === 'flat' && values.filter((value) => value >= LEVEL_RATIO * high).length >= LEVEL_HOURS * values.length;
}

/** Processes listed; the rest is in the Analysis. */
const LIVES_SHOWN = 10;

/** The peak of each process, where there was more than one: the newest first. */
function livesTable({ node, locale, format, anchor }: Telling): Block[] {
  const words = locale.report.peaks.lives;
  const { lives = [] } = node.peaks;
  if (lives.length < 2) return [];
  return [
    {
      type: 'table',
      id: anchor('lives'),
      caption: words.caption,
      columns: [
        column('from', words.from),
        column('to', words.to),
        column('version', words.version),
        column('peak', words.peak, 'end'),
        column('at', words.at),
      ],
      ...(lives.length > LIVES_SHOWN ? { note: text(words.more(format.number(lives.length - LIVES_SHOWN))) } : {}),
      rows: lives
        .slice(-LIVES_SHOWN)
        .toReversed()
        .map(({ fromAt, toAt, version, usedMemoryBytes: peak }) => [
          cell(format.dateTime(fromAt), fromAt),
          cell(format.dateTime(toAt), toAt),
          cell(version ?? ''),
          cell(peak === undefined ? '' : format.bytes(peak.value), peak?.value ?? -1),
          cell(
            peak === undefined ? '' : peak.recovered ? words.recovered(format.dateTime(peak.at)) : format.dateTime(peak.at),
            peak?.at ?? -1,
          ),
        ]),
      dense: true,
    },
  ];
}

interface Cell {
  row: number;
  column: number;
  value: number;
  at: number;
}

/** Puts hourly maxima into a grid, the larger value winning where two fall into one cell. */
function grid(telling: Telling, place: (date: TZDate) => { row: string; column: number }): { rows: string[]; cells: Cell[] } {
  const { node, timeZone } = telling;
  const rows: string[] = [];
  const rowIndex = new Map<string, number>();
  const cells = new Map<string, Cell>();
  node.hourlyPeaks.at.forEach((at, i) => {
    const value = node.hourlyPeaks.usedMemoryBytes[i];
    if (value === null || value === undefined) return;
    const { row: rowName, column } = place(new TZDate(at, timeZone));
    let row = rowIndex.get(rowName);
    if (row === undefined) {
      row = rows.length;
      rows.push(rowName);
      rowIndex.set(rowName, row);
    }
    const key = `${row}:${column}`;
    const known = cells.get(key);
    if (!known || value > known.value) cells.set(key, { row, column, value, at });
  });
  return { rows, cells: [...cells.values()] };
}

/** Share of the highest value that the scale of colours spans at least. */
const LEAST_SCALE = 0.1;

function heatmap(
  telling: Telling,
  rows: string[],
  columns: readonly string[],
  cells: readonly Cell[],
  title: (when: string) => string,
  alt: (low: string, high: string, when: string) => string,
  when: (at: number) => string,
): HeatmapChart {
  const { format, anchor } = telling;
  const values = cells.map(({ value }) => value);
  const low = Math.min(...values);
  const high = Math.max(...values);
  // A level that hardly moves is not given the whole scale: its noise would look like a rhythm.
  const foot = Math.min(low, (1 - LEAST_SCALE) * high);
  const highest = cells.reduce((best, candidate) => (candidate.value > best.value ? candidate : best));
  return {
    type: 'chart',
    form: 'heatmap',
    id: anchor('peak-heatmap'),
    title: title(when(highest.at)),
    alt: alt(format.bytes(low), format.bytes(high), when(highest.at)),
    rows,
    columns,
    cells: cells.map(({ row, column, value, at }) => ({ row, column, value, label: `${when(at)}: ${format.bytes(value)}` })),
    domain: [foot, high],
    scaleLabels: [format.bytes(foot), format.bytes(high)],
  };
}

function hourHeatmap(telling: Telling): HeatmapChart {
  const { locale, format } = telling;
  const words = locale.report.peaks;
  const { language } = locale;
  const { rows, cells } = grid(telling, (date) => ({
    row: formatDate(date, language.datePatterns.dayMonth, { locale: language.dateLocale }),
    column: date.getHours(),
  }));
  const hours = Array.from({ length: 24 }, (_, hour) => String(hour));
  return heatmap(telling, rows, hours, cells, words.chartTitle, words.alt, format.dateTime);
}

function dayHeatmap(telling: Telling): HeatmapChart {
  const { locale, format } = telling;
  const words = locale.report.peaks;
  const { language } = locale;
  const monday = (date: TZDate): TZDate => {
    const start = new TZDate(date.getTime(), telling.timeZone);
    start.setDate(start.getDate() - ((start.getDay() + 6) % 7));
    return start;
  };
  const { rows, cells } = grid(telling, (date) => ({
    row: formatDate(monday(date), language.datePatterns.week, { locale: language.dateLocale }),
    column: (date.getDay() + 6) % 7,
  }));
  // 5 January 1970 was a Monday.
  const weekday = new Intl.DateTimeFormat(language.tag, { weekday: 'short', timeZone: 'UTC' });
  const weekdays = Array.from({ length: 7 }, (_, day) => weekday.format((4 + day) * DAY_MS));
  return heatmap(telling, rows, weekdays, cells, words.dailyTitle, words.dailyAlt, format.date);
}
