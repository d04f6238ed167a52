import { scaleLinear } from 'd3-scale';
import type { BarsChart } from '../report/blocks.ts';
import type { ChartSize } from './size.ts';
import { fitText, lineAt, px, rectAt, textAt, textWidth, wrapSvg } from './svg.ts';

/** A row whose label stands above its bar. */
const NARROW_ROW_PX = 38;

/** One bar a row on a common scale, a lighter part for the horizon, and one limit across all rows. */
export function draw(chart: BarsChart, size: ChartSize): string {
  const wide = size.name === 'wide';
  const valuePx = Math.min(Math.max(0, ...chart.rows.map((row) => textWidth(row.valueLabel.slice(0, 60)))) + 8, wide ? 190 : 120);
  const labelPx = wide
    ? Math.min(Math.max(0, ...chart.rows.map((row) => textWidth(row.label.slice(0, 80)))) * 1.04 + 4, 260)
    : size.width - valuePx - 22;
  const left = wide ? labelPx + 24 : 0;
  const right = size.width - (wide ? valuePx + 8 : 1);
  const rowHeight = wide ? 26 : NARROW_ROW_PX;
  const top = chart.limit === undefined ? 4 : 24;
  const bottom = top + chart.rows.length * rowHeight;
  const domain: [number, number] = chart.domain[1] > chart.domain[0] ? [chart.domain[0], chart.domain[1]] : [0, 1];
  const x = scaleLinear(domain, [left, right]).clamp(true);
  const rows = chart.rows.map((row, n) => {
    const y = top + n * rowHeight;
    const barY = wide ? y + 6 : y + 20;
    const textY = wide ? y + 18 : y + 14;
    const tone = row.tone === 'warning' || row.tone === 'critical' ? row.tone : undefined;
    const weight = row.emphasis === true ? 'note strong' : 'note';
    const markX = wide ? 14 : 0;
    const horizon = row.horizon === undefined ? '' : rectAt(x(row.now), barY, x(row.horizon) - x(row.now), 14, `bar later ${tone ?? ''}`);
    return [
      tone === undefined ? '' : drawTone(tone, 5, textY - 4),
      textAt(wide || tone !== undefined ? 16 : markX, textY, fitText(row.label, labelPx), weight),
      rectAt(x(domain[0]), barY, x(row.now) - x(domain[0]), 14, `bar now ${tone ?? ''} ${row.emphasis === true ? 'emphasis' : ''}`.trim()),
      horizon,
      textAt(size.width, textY, fitText(row.valueLabel, valuePx + 4), `${weight} number`, 'end'),
    ].join('');
  });
  return wrapSvg(chart, size, bottom + 4, [lineAt(left, top, left, bottom, 'base'), ...rows, drawLimit(chart, x, top, bottom, size)]);
}

/** The shape of a tone, so that it is never told by colour alone: a diamond warns, a triangle is critical. */
export function drawTone(tone: 'warning' | 'critical', x: number, y: number): string {
  const shape = tone === 'warning' ? `M${px(x)},${px(y - 5)}l5,5l-5,5l-5,-5z` : `M${px(x)},${px(y - 5)}l5.5,10h-11z`;
  return `<path class="tone ${tone}" d="${shape}"/>`;
}

function drawLimit(chart: BarsChart, x: (value: number) => number, top: number, bottom: number, size: ChartSize): string {
  if (chart.limit === undefined) return '';
  const at = x(chart.limit.value);
  const label = fitText(chart.limit.label, size.width / 2);
  const half = textWidth(label) / 2;
  const centre = Math.min(Math.max(at, half), size.width - half);
  const wide = size.name === 'wide';
  // Where labels stand above their bars, the line passes the bars only.
  const line = wide
    ? lineAt(at, top - 6, at, bottom, 'limit target')
    : chart.rows.map((_, n) => lineAt(at, top + n * NARROW_ROW_PX + 18, at, top + n * NARROW_ROW_PX + 36, 'limit target')).join('');
  return line + textAt(centre, 12, label, 'tick', 'middle');
}
