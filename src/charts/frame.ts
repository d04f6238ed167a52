import { scaleLinear } from 'd3-scale';
import type { Axis, LimitLine } from '../report/blocks.ts';
import type { EndLabel } from './labels.ts';
import type { ChartSize } from './size.ts';
import { fitText, lineAt, px, textAt, textWidth } from './svg.ts';

const MOST_TICK_PX = 120;

/** The plotting area, and the scales from data to view box pixels. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Width left of the view box's edge for labels at line ends. */
  readonly marginPx: number;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

/** Lays out a plot of `plotHeight`, with room for the tick labels on the left and for the end labels on the right. */
export function layFrame(size: ChartSize, x: Axis, y: Axis, plotHeight: number, endLabels: readonly string[]): Frame {
  const widestTick = Math.max(0, ...y.ticks.map((tick) => textWidth(tick.label)));
  const left = Math.ceil(Math.min(widestTick, size.width / 5)) + 8;
  const widestEnd = Math.max(0, ...endLabels.map((label) => textWidth(label.slice(0, 100))));
  const marginPx = endLabels.length === 0 ? 4 : Math.min(Math.ceil(widestEnd) + 4, size.name === 'wide' ? 150 : 92);
  const right = size.width - (endLabels.length === 0 ? 12 : marginPx + 10);
  // The unit of the axis stands above the topmost tick.
  const top = y.label === undefined ? 10 : 26;
  const bottom = top + plotHeight;
  return {
    left,
    right,
    top,
    bottom,
    marginPx,
    x: scaleLinear(padded(x.domain), [left, right]),
    y: scaleLinear(padded(y.domain), [bottom, top]).clamp(true),
  };
}

// A domain without extent would send every coordinate to the same half-way point or to NaN.
function padded([from, to]: readonly [number, number]): [number, number] {
  return to > from ? [from, to] : [from, from + 1];
}

/** What the script of the page needs to read and to zoom a chart over time: the instants and the edges of the plot, and where its ticks stand. */
export function timeData(axis: Axis, frame: Frame, axisTop: number): string {
  const plot = [frame.left, frame.right, frame.top, frame.bottom, axisTop].map(px).join(' ');
  return ` data-time="${px(axis.domain[0])} ${px(axis.domain[1])}" data-plot="${plot}"`;
}

/** Light horizontal grid with its labels; the unit above. */
export function drawYAxis(frame: Frame, axis: Axis): string {
  const parts = axis.ticks.map((tick) => {
    const y = frame.y(tick.value);
    return (
      lineAt(frame.left, y, frame.right, y, tick.value === axis.domain[0] ? 'base' : 'grid') +
      textAt(frame.left - 6, y + 4, fitText(tick.label, frame.left - 4), 'tick', 'end')
    );
  });
  const label = axis.label === undefined ? '' : textAt(0, 12, fitText(axis.label, frame.right), 'tick');
  return `<g class="y-axis">${parts.join('')}</g>${label}`;
}

/**
 * Ticks below the plot; a label that would touch the one before is left out. The axis label stands beside them, or one line lower.
 * @returns with the height that all of it takes below `top`
 */
export function drawXAxis(frame: Frame, axis: Axis, top: number): { readonly svg: string; readonly height: number } {
  const ticks: string[] = [];
  const parts: string[] = [];
  let edge = Number.NEGATIVE_INFINITY;
  for (const tick of axis.ticks) {
    const x = frame.x(tick.value);
    if (x < frame.left - 1 || x > frame.right + 1) continue;
    const label = fitText(tick.label, MOST_TICK_PX);
    const width = textWidth(label);
    const farthest = frame.right + frame.marginPx;
    const anchor = x - width / 2 < 0 ? 'start' : x + width / 2 > farthest ? 'end' : 'middle';
    const start = anchor === 'start' ? 0 : anchor === 'end' ? farthest - width : x - width / 2;
    ticks.push(lineAt(x, top, x, top + 4, 'base'));
    if (start < edge + 8) continue;
    ticks.push(textAt(anchor === 'start' ? 0 : anchor === 'end' ? farthest : x, top + 17, label, 'tick', anchor));
    edge = start + width;
  }
  const isLower = axis.label !== undefined && !fitsBeside(frame, axis.label, edge);
  if (isLower) parts.push(textAt(frame.right, top + 33, fitText(axis.label, frame.right - frame.left), 'tick', 'end'));
  else if (axis.label !== undefined) parts.push(textAt(frame.right + 10, top + 17, axis.label, 'tick'));
  return { svg: `<g class="x-axis">${ticks.join('')}</g>${parts.join('')}`, height: isLower ? 38 : 22 };
}

function fitsBeside(frame: Frame, label: string, lastTickEnd: number): boolean {
  return textWidth(label) <= frame.marginPx && lastTickEnd < frame.right + 2;
}

/** The limit lines across the plot; those above the axis are not drawn. */
export function drawLimits(frame: Frame, limits: readonly LimitLine[], domain: readonly [number, number]): string {
  return visibleLimits(limits, domain)
    .map((limit) =>
      lineAt(
        Math.max(frame.left, frame.x(limit.fromAt ?? 0)),
        frame.y(limit.value),
        frame.right,
        frame.y(limit.value),
        `limit ${limit.role}`,
      ),
    )
    .join('');
}

/** Labels of the drawn limits, to be placed with the other end labels. */
export function limitLabels(frame: Frame, limits: readonly LimitLine[], domain: readonly [number, number]): readonly EndLabel[] {
  return visibleLimits(limits, domain).map((limit) => ({
    text: limit.label,
    x: frame.right,
    y: frame.y(limit.value),
    className: limit.role,
  }));
}

function visibleLimits(limits: readonly LimitLine[], domain: readonly [number, number]): readonly LimitLine[] {
  return limits.filter((limit) => limit.value >= domain[0] && limit.value <= domain[1]);
}
