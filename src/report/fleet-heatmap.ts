import { TZDate } from '@date-fns/tz';
import { dateFns } from '../model/date-fns.ts';
import { DAY_MS } from '../model/time.ts';
import type { HeatmapChart } from './blocks.ts';
import type { Telling } from './telling.ts';

const { format: formatDate } = dateFns('format');
/** Nodes shown; the table has them all. */
const NODES_SHOWN = 40;
/** Columns at most; a longer time has several days in each. */
const COLUMNS_SHOWN = 60;

interface Place {
  readonly row: number;
  readonly column: number;
  readonly value: number;
  readonly day: number;
}

/**
 * How full each node got, day by day: of its machine, or of maxmemory where the machine is not known. The most urgent nodes come first.
 * Undefined where no node shows two days.
 */
export function headroomHeatmap(tellings: readonly Telling[]): HeatmapChart | undefined {
  const [first] = tellings;
  if (first === undefined) return undefined;
  const { locale, format, timeZone } = first;
  const words = locale.report.fleet.heatmap;
  const shown = tellings.filter((telling) => fillOf(telling) !== undefined).slice(0, NODES_SHOWN);
  const days = shown.flatMap(({ node }) => node.dailyPeaks.map(({ fromAt }) => dayOf(fromAt, timeZone)));
  if (new Set(days).size < 2) return undefined;
  const from = Math.min(...days);
  const perColumn = Math.ceil((Math.max(...days) - from + 1) / COLUMNS_SHOWN);
  const places = new Map<string, Place>();
  shown.forEach((telling, row) => {
    const fill = fillOf(telling);
    for (const peak of telling.node.dailyPeaks) {
      const value = fill?.(peak);
      if (value === undefined) continue;
      const day = dayOf(peak.fromAt, timeZone);
      const column = Math.floor((day - from) / perColumn);
      const known = places.get(`${row} ${column}`);
      if (known === undefined || value > known.value) places.set(`${row} ${column}`, { row, column, value, day });
    }
  });
  const cells = [...places.values()];
  if (cells.length === 0) return undefined;
  const highest = cells.reduce((best, place) => (place.value > best.value ? place : best));
  const columns = Math.floor((Math.max(...days) - from) / perColumn) + 1;
  const nameOf = (row: number): string => shown[row]?.node.id ?? '';
  const dayText = (day: number, pattern: string): string =>
    formatDate(new TZDate(day * DAY_MS, 'UTC'), pattern, { locale: locale.language.dateLocale });
  const labelOf = ({ row, day, value }: Place): string =>
    words.cell(nameOf(row), dayText(day, locale.language.datePatterns.date), format.percent(value));
  return {
    type: 'chart',
    form: 'heatmap',
    id: 'fleet-headroom',
    title: words.title(nameOf(highest.row), format.percent(highest.value)),
    alt: words.alt(format.number(shown.length), labelOf(highest)),
    rows: shown.map(({ node }) => node.id),
    columns: Array.from({ length: columns }, (_, i) => dayText(from + i * perColumn, locale.language.datePatterns.dayMonth)),
    cells: cells.map((place) => ({ row: place.row, column: place.column, value: place.value, label: labelOf(place) })),
    domain: [0, 1],
    scaleLabels: [format.percent(0), words.full],
    caption: [words.caption(format.number(shown.length), format.number(tellings.length), format.days(perColumn))],
  };
}

type Fill = (peak: Telling['node']['dailyPeaks'][number]) => number | undefined;

/** How to tell a node's fill; undefined where neither machine nor limit is known. */
function fillOf({ node }: Telling): Fill | undefined {
  const machine = node.systemMemory.totalBytes;
  const limit = node.provisioning.maxmemoryBytes.current;
  const hasRss = node.dailyPeaks.some(({ usedMemoryRssBytes }) => usedMemoryRssBytes !== undefined);
  if (machine !== undefined && hasRss) return ({ usedMemoryRssBytes: rss }) => (rss === undefined ? undefined : rss / machine);
  if (limit !== undefined && limit > 0) return ({ usedMemoryBytes: used }) => (used === undefined ? undefined : used / limit);
  return undefined;
}

/** The calendar day in the report's zone, counted from 1970. */
function dayOf(at: number, timeZone: string): number {
  const date = new TZDate(at, timeZone);
  return Math.floor(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY_MS);
}
