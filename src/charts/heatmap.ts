import type { HeatmapChart } from '../report/blocks.ts';
import type { ChartSize } from './size.ts';
import { escapeXml, fitText, hatchAt, px, rectAt, textAt, textWidth, wrapSvg } from './svg.ts';

/** Steps of the colour scale in the style sheet. */
const STEPS = 7;
const MOST_LABEL_PX = 90;

/** A grid of days or hours, stronger where higher; hatched where there is no data. */
export function draw(chart: HeatmapChart, size: ChartSize): string {
  const labelPx = Math.min(
    Math.max(0, ...chart.rows.map((row) => textWidth(row.slice(0, 40)))),
    size.width / (size.name === 'narrow' ? 3 : 4),
  );
  const left = Math.ceil(labelPx) + 8;
  const columns = Math.max(1, chart.columns.length);
  // Tenths of a pixel: a month has hundreds of cells, and each decimal is written for every one of them.
  const cellWidth = Math.floor(Math.min((size.width - left) / columns, 40) * 10) / 10;
  // A month takes less than half of a sheet.
  const mostHeight = chart.rows.length > 21 ? 14 : chart.rows.length > 14 ? 16 : 24;
  const cellHeight = Math.round(Math.min(Math.max(cellWidth * 0.8, 14), mostHeight));
  const top = 20;
  const bottom = top + chart.rows.length * cellHeight;
  const at = (cell: HeatmapChart['cells'][number]): readonly [number, number] => [
    left + cell.column * cellWidth + 0.5,
    top + cell.row * cellHeight + 0.5,
  ];
  const empty = chart.cells.filter((cell) => cell.value === null).map((cell) => hatchAt(...at(cell), cellWidth - 1, cellHeight - 1));
  const box = `h${px(cellWidth - 1)}v${px(cellHeight - 1)}h${px(1 - cellWidth)}z`;
  const filled = Array.from({ length: STEPS }, (_, step) => {
    const cells = chart.cells.filter((cell) => cell.value !== null && heatStep(cell.value, chart.domain) === step);
    const spot = (cell: HeatmapChart['cells'][number]): string => `M${at(cell).map(px).join(',')}${box}`;
    if (cells.length === 0) return '';
    // A phone has no pointer to rest on a cell, so there one path a step is enough.
    if (size.name === 'narrow') return `<path class="h${step}" d="${cells.map(spot).join('')}"/>`;
    return `<g class="h${step}">${cells.map((cell) => `<path d="${spot(cell)}"><title>${escapeXml(cell.label)}</title></path>`).join('')}</g>`;
  });
  const rowLabels = chart.rows.map((row, n) =>
    textAt(left - 6, top + (n + 0.5) * cellHeight + 4, fitText(row, labelPx + 2), 'tick', 'end'),
  );
  const body = [
    ...rowLabels,
    ...drawColumnLabels(chart, left, cellWidth, size),
    ...empty,
    ...filled,
    drawScale(chart, left, bottom + 12, size),
  ];
  return wrapSvg(chart, size, bottom + 30, body);
}

/** The step 0..6 of a value on the scale. */
export function heatStep(value: number, [from, to]: readonly [number, number]): number {
  if (!(to > from)) return 0;
  return Math.min(STEPS - 1, Math.max(0, Math.floor(((value - from) / (to - from)) * STEPS)));
}

function drawColumnLabels(chart: HeatmapChart, left: number, cellWidth: number, size: ChartSize): readonly string[] {
  let edge = Number.NEGATIVE_INFINITY;
  return chart.columns.flatMap((whole, n) => {
    const column = fitText(whole, MOST_LABEL_PX);
    const width = textWidth(column);
    const start = left + (n + 0.5) * cellWidth - width / 2;
    if (start < edge + 5 || start + width > size.width) return [];
    edge = start + width;
    return [textAt(start + width / 2, 13, column, 'tick', 'middle')];
  });
}

function drawScale(chart: HeatmapChart, left: number, y: number, size: ChartSize): string {
  const labelPx = (size.width - left - STEPS * 18) / 2 - 12;
  const [low = '', high = ''] = chart.scaleLabels.map((label) => fitText(label, labelPx));
  const from = left + textWidth(low) + 8;
  const steps = Array.from({ length: STEPS }, (_, n) => rectAt(from + n * 18, y, 17, 10, `h${n}`)).join('');
  return textAt(left, y + 9, low, 'tick') + steps + textAt(from + STEPS * 18 + 7, y + 9, high, 'tick');
}
