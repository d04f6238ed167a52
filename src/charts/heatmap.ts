import type { HeatmapChart } from '../report/blocks.ts';
import type { ChartSize } from './size.ts';
import { escapeXml, fitText, hatchAt, px, rectAt, textAt, textWidth, wrapSvg } from './svg.ts';

/** Steps of the colour scale in the style sheet. */
const STEPS = 7;
const MOST_LABEL_PX = 90;

/** A grid of days or hours, stronger where higher; hatched where there is no data. */
export function draw(chart: HeatmapChart, size: ChartSize): string {
  const labelPx = Math.min(Math.max(0, ...chart.rows.map((row) => textWidth(row.slice(0, 40)))), size.width / 4);
  const left = Math.ceil(labelPx) + 8;
  const columns = Math.max(1, chart.columns.length);
  const cellWidth = Math.min((size.width - left) / columns, 40);
  const cellHeight = Math.min(Math.max(cellWidth * 0.8, 14), 24);
  const top = 20;
  const bottom = top + chart.rows.length * cellHeight;
  const cells = chart.cells.map((cell) => {
    const x = left + cell.column * cellWidth;
    const y = top + cell.row * cellHeight;
    if (cell.value === null) return hatchAt(x + 0.5, y + 0.5, cellWidth - 1, cellHeight - 1);
    const shape = `<rect x="${px(x + 0.5)}" y="${px(y + 0.5)}" width="${px(cellWidth - 1)}" height="${px(cellHeight - 1)}" class="h${heatStep(cell.value, chart.domain)}"`;
    // A phone has no pointer to rest on a cell, so only the wide drawing carries the cells' texts.
    return size.name === 'wide' ? `${shape}><title>${escapeXml(cell.label)}</title></rect>` : `${shape}/>`;
  });
  const rowLabels = chart.rows.map((row, n) =>
    textAt(left - 6, top + (n + 0.5) * cellHeight + 4, fitText(row, labelPx + 2), 'tick', 'end'),
  );
  const body = [...rowLabels, ...drawColumnLabels(chart, left, cellWidth), ...cells, drawScale(chart, left, bottom + 12, size)];
  return wrapSvg(chart, size, bottom + 30, body);
}

/** The step 0..6 of a value on the scale. */
export function heatStep(value: number, [from, to]: readonly [number, number]): number {
  if (!(to > from)) return 0;
  return Math.min(STEPS - 1, Math.max(0, Math.floor(((value - from) / (to - from)) * STEPS)));
}

function drawColumnLabels(chart: HeatmapChart, left: number, cellWidth: number): readonly string[] {
  let edge = Number.NEGATIVE_INFINITY;
  return chart.columns.flatMap((whole, n) => {
    const column = fitText(whole, MOST_LABEL_PX);
    const width = textWidth(column);
    const start = left + (n + 0.5) * cellWidth - width / 2;
    if (start < edge + 5) return [];
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
