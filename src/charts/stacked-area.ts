import type { StackedAreaChart } from '../report/blocks.ts';
import { drawXAxis, drawYAxis, layFrame, timeData } from './frame.ts';
import { drawEndLabels } from './labels.ts';
import { areaPath, findRuns, spansBetween, thinRuns } from './polyline.ts';
import type { ChartSize } from './size.ts';
import { hatchAt, stretching, wrapSvg } from './svg.ts';

const PLOT_HEIGHT = { wide: 220, narrow: 190 } as const;
/** Layer colours in the style sheet; further layers share the last. */
const LAYER_COLOURS = 6;

/** Layers stacked from zero over time; where any layer is missing the stack breaks and the span is hatched. */
export function draw(chart: StackedAreaChart, size: ChartSize): string {
  const frame = layFrame(
    size,
    chart.x,
    chart.y,
    PLOT_HEIGHT[size.name],
    chart.layers.map((layer) => layer.label),
  );
  const tops: (number | null)[][] = [];
  let below: readonly (number | null)[] = chart.at.map(() => 0);
  for (const layer of chart.layers) {
    const floor = below;
    const top = chart.at.map((_, i) => add(floor[i], layer.y[i]));
    tops.push(top);
    below = top;
  }
  const runs = findRuns(chart.at, below);
  // One set of points for all layers: thinned by the sum, so that neighbours keep a common border.
  const thinned = thinRuns(runs, below, size.maxPoints);
  const last = runs.at(-1)?.at(-1);
  const xOf = (i: number): number => frame.x(chart.at[i] as number);
  // Each layer reaches down to the ground and the one below is drawn over it: half the points, and no seam between neighbours.
  const layers = tops
    .map((top, n) => {
      const shape = thinned.map((run) => areaPath(run, xOf, (i) => frame.y(top[i] as number), frame.bottom)).join('');
      return `<path class="layer l${Math.min(n, LAYER_COLOURS - 1)}" d="${shape}"/>`;
    })
    .reverse();
  const labels =
    last === undefined
      ? []
      : chart.layers.map((layer, n) => {
          const from = n === 0 ? 0 : (tops[n - 1]?.[last] as number);
          const y = (frame.y(from) + frame.y(tops[n]?.[last] as number)) / 2;
          return { text: layer.label, x: frame.x(chart.at[last] as number), y, className: `l${Math.min(n, LAYER_COLOURS - 1)}` };
        });
  const gaps = spansBetween(chart.at, runs).map((gap) =>
    hatchAt(frame.x(gap.fromAt), frame.top, frame.x(gap.toAt) - frame.x(gap.fromAt), frame.bottom - frame.top),
  );
  const xAxis = drawXAxis(frame, chart.x, frame.bottom);
  const body = [
    drawYAxis(frame, chart.y),
    stretching([...gaps, ...layers]),
    drawEndLabels(labels, frame.right + 10, frame.marginPx, frame.top - 8, frame.bottom + 8),
    xAxis.svg,
  ];
  return wrapSvg(chart, size, frame.bottom + xAxis.height, body, timeData(chart.x, frame, frame.bottom));
}

function add(a: number | null | undefined, b: number | null | undefined): number | null {
  return a === null || a === undefined || b === null || b === undefined ? null : a + b;
}
