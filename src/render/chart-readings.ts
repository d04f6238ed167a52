import type { ChartBlock, Report, Told, ValueAxis } from '../report/blocks.ts';

/** What the script of the page reads out of one chart over time. Numbers point into the pools. */
interface ChartReading {
  /** Role (the class in the drawing), label, place of its instants, place of its texts. */
  readonly lines: readonly (readonly [role: string, label: string, times: number, texts: number])[];
  readonly limits: readonly (readonly [role: string, label: string])[];
  /** Values at the foot and at the top of the plot, and how one is written, as `ValueAxis` says. */
  readonly scale: readonly [foot: number, top: number, pattern: string];
}

/** The texts of all charts over time, each list once: charts of one node share their instants, and some their lines. */
export interface ChartReadings {
  /** Packed lists, as `packTimes` and `packTexts` give them. */
  readonly times: readonly string[];
  readonly texts: readonly string[];
  /** By id of the chart. */
  readonly charts: Readonly<Record<string, ChartReading>>;
}

/** Readings of every chart over time in the report. */
export function collectReadings(report: Report): ChartReadings {
  const times = new Pool();
  const texts = new Pool();
  const charts: Record<string, ChartReading> = {};
  for (const block of [...report.first, ...report.sections.flatMap((section) => section.blocks)]) {
    if (block.type !== 'chart') continue;
    const parts = readable(block);
    if (parts === undefined) continue;
    const { each, pattern } = parts.y.scale;
    charts[block.id] = {
      lines: parts.lines.map(({ role, label, at, told }) => [role, label, times.place(packTimes(at)), texts.place(packTexts(told))]),
      limits: parts.limits.map(({ role, label }) => [role, label]),
      scale: [parts.y.domain[0] / each, parts.y.domain[1] / each, pattern],
    };
  }
  return { times: times.lists, texts: texts.lists, charts };
}

class Pool {
  readonly lists: string[] = [];
  readonly #places = new Map<string, number>();

  place(list: string): number {
    const known = this.#places.get(list);
    if (known !== undefined) return known;
    this.#places.set(list, this.lists.length);
    return this.lists.push(list) - 1;
  }
}

interface Readable {
  readonly lines: readonly { readonly role: string; readonly label: string; readonly at: readonly number[]; readonly told: Told }[];
  readonly limits: readonly { readonly role: string; readonly label: string }[];
  readonly y: ValueAxis;
}

const QUANTILES = ['p50', 'p90', 'p95'] as const;

function readable(chart: ChartBlock): Readable | undefined {
  switch (chart.form) {
    case 'line-band':
      return { lines: [...told(chart.at, chart.lines), ...fanLines(chart.fan, chart.fan?.labels)], limits: chart.limits, y: chart.y };
    case 'stacked-area':
      return {
        lines: told(
          chart.at,
          chart.layers.map((layer, n) => ({ ...layer, role: `l${n}` })),
        ),
        limits: [],
        y: chart.y,
      };
    case 'forecast-fan':
      return {
        lines: [...told(chart.history.at, [{ ...chart.history, role: 'used' }]), ...fanLines(chart.fan, chart.fanLabels)],
        limits: chart.limits,
        y: chart.y,
      };
    default:
      return undefined;
  }
}

function told(
  at: readonly number[],
  lines: readonly { readonly role: string; readonly label: string; readonly told?: Told }[],
): Readable['lines'] {
  return lines.flatMap(({ role, label, told }) => (told === undefined ? [] : [{ role, label, at, told }]));
}

function fanLines(
  fan: Extract<ChartBlock, { form: 'forecast-fan' }>['fan'] | undefined,
  labels: Readonly<Record<(typeof QUANTILES)[number], string>> | undefined,
): Readable['lines'] {
  if (fan?.told === undefined || labels === undefined) return [];
  const { at, told } = fan;
  return QUANTILES.map((id) => ({ role: `fan-${id}`, label: labels[id], at, told: told[id] }));
}

/** Instants as steps from one to the next; a step like the one before is left empty. */
export function packTimes(at: readonly number[]): string {
  let before = 0;
  let stepBefore = Number.NaN;
  return at
    .map((instant) => {
      const step = Math.round(instant) - before;
      const packed = step === stepBefore ? '' : String(step);
      before = Math.round(instant);
      stepBefore = step;
      return packed;
    })
    .join(';');
}

/** Texts such as `397 MiB`, in which a unit like that of the text before is left out. */
export function packTexts(texts: Told): string {
  let unitBefore = '';
  return texts
    .map((text) => {
      if (text === null) return '';
      const [number = '', ...rest] = text.replaceAll(';', ',').split(' ');
      const unit = rest.join(' ');
      const packed = unit === unitBefore ? number : `${number} ${unit}`;
      unitBefore = unit;
      return packed;
    })
    .join(';');
}
