import { scaleLinear } from 'd3-scale';
import type { WaterfallChart } from '../report/blocks.ts';
import type { ChartSize } from './size.ts';
import { fitText, LINE_PX, lineAt, px, rectAt, textAt, textWidth, wrapSvg, wrapText } from './svg.ts';

const ROW_PX = 26;

/**
 * Steps that add up from left to right, one row each, with totals standing on the left edge. Rows rather than columns:
 * every label is written out level, and the rows read like the table beside them.
 */
export function draw(chart: WaterfallChart, size: ChartSize): string {
  const wide = size.name === 'wide';
  const widestLabel = Math.max(0, ...chart.steps.map((step) => textWidth(step.label.slice(0, 80))));
  const labelPx = Math.min(widestLabel + 4, wide ? 240 : 122);
  const valuePx = Math.min(Math.max(0, ...chart.steps.map((step) => textWidth(step.valueLabel.slice(0, 40)))) + 6, wide ? 110 : 84);
  const left = labelPx + 24;
  const right = size.width - valuePx - 10;
  const domain: [number, number] = chart.y.domain[1] > chart.y.domain[0] ? [chart.y.domain[0], chart.y.domain[1]] : [0, 1];
  const x = scaleLinear(domain, [left, right]).clamp(true);
  const top = 22;
  const rows: string[] = [];
  let sum = 0;
  let y = top;
  for (const [n, step] of chart.steps.entries()) {
    const lines = step.kind === 'total' ? [fitText(step.label, labelPx)] : wrapText(step.label, labelPx);
    const height = lines.length === 1 ? ROW_PX : ROW_PX + LINE_PX - 3;
    const centre = y + height / 2;
    const total = step.kind === 'total';
    const from = total ? domain[0] : sum;
    const to = total ? step.value : sum + step.value;
    const x0 = x(Math.min(from, to));
    // A term of a few bytes is still seen as a hair line.
    const width = Math.max(x(Math.max(from, to)) - x0, 1.5);
    const className = total ? 'total' : step.value < 0 ? 'minus' : 'add';
    if (total) rows.push(lineAt(0, y, size.width, y, 'rule'));
    if (step.basis !== undefined) rows.push(drawBasis(step.basis, 6, centre));
    const firstY = centre + 4 - ((lines.length - 1) * (LINE_PX - 2)) / 2;
    rows.push(...lines.map((line, i) => textAt(18, firstY + i * (LINE_PX - 2), line, total ? 'note strong' : 'note')));
    rows.push(rectAt(x0, centre - 7, width, 14, `bar ${className}`));
    rows.push(textAt(size.width, centre + 4, fitText(step.valueLabel, valuePx + 6), total ? 'note number strong' : 'note number', 'end'));
    sum = to;
    if (n < chart.steps.length - 1) rows.push(lineAt(x(to), centre + 7, x(to), y + height + 6, 'leader'));
    y += height;
  }
  const ticks = chart.y.ticks.flatMap((tick) => {
    if (tick.value < domain[0] || tick.value > domain[1]) return [];
    const at = x(tick.value);
    return [lineAt(at, top - 4, at, y + 2, tick.value === domain[0] ? 'base' : 'grid')];
  });
  return wrapSvg(chart, size, y + 6, [...ticks, ...drawTickLabels(chart, x, left), ...rows]);
}

function drawTickLabels(chart: WaterfallChart, x: (value: number) => number, left: number): readonly string[] {
  let edge = left - 40;
  return chart.y.ticks.flatMap((tick) => {
    if (tick.value < chart.y.domain[0] || tick.value > chart.y.domain[1]) return [];
    const label = fitText(tick.label, 90);
    const width = textWidth(label);
    const start = x(tick.value) - width / 2;
    if (start < edge + 8) return [];
    edge = start + width;
    return [textAt(x(tick.value), 12, label, 'tick', 'middle')];
  });
}

/** The mark of a figure's basis: full when measured, half when derived, empty when assumed. */
export function drawBasis(basis: 'measured' | 'derived' | 'assumed', x: number, y: number): string {
  const ring = `<circle class="basis" cx="${px(x)}" cy="${px(y)}" r="4"/>`;
  if (basis === 'assumed') return ring;
  if (basis === 'derived') return `${ring}<path class="basis-fill" d="M${px(x)},${px(y - 4)}a4,4 0 0 0 0,8z"/>`;
  return `<circle class="basis-fill" cx="${px(x)}" cy="${px(y)}" r="4.5"/>`;
}
