import { line } from 'd3-shape';
import type { ForecastFanChart } from '../report/blocks.ts';
import { drawFan } from './fan.ts';
import { drawLimits, drawXAxis, drawYAxis, type Frame, layFrame, limitLabels, timeData } from './frame.ts';
import { drawEndLabels, drawUpright } from './labels.ts';
import { findRuns, spansBetween, thinRuns } from './polyline.ts';
import type { ChartSize } from './size.ts';
import { hatchAt, named, stretching, textOver, textWidth, wrapSvg } from './svg.ts';

const PLOT_HEIGHT = { wide: 240, narrow: 210 } as const;

/** What was, then what may come: the likely line, and the bands up to the one-in-ten and one-in-twenty case. */
export function draw(chart: ForecastFanChart, size: ChartSize): string {
  const { history, fan } = chart;
  const frame = layFrame(size, chart.x, chart.y, PLOT_HEIGHT[size.name], [
    ...Object.values(chart.fanLabels),
    ...chart.limits.map((limit) => limit.label),
  ]);
  const runs = findRuns(history.at, history.y);
  const past = line<number>(
    (i) => frame.x(history.at[i] as number),
    (i) => frame.y(history.y[i] as number),
  ).digits(1);
  const future = drawFan(fan, chart.fanLabels, frame);
  const now = frame.x(chart.nowAt);
  const gaps = spansBetween(history.at, runs).map((gap) =>
    hatchAt(frame.x(gap.fromAt), frame.top, frame.x(gap.toAt) - frame.x(gap.fromAt), frame.bottom - frame.top),
  );
  const path = thinRuns(runs, history.y, size.maxPoints)
    .map((run) => past(run) ?? '')
    .join('');
  const xAxis = drawXAxis(frame, chart.x, frame.bottom);
  const body = [
    drawYAxis(frame, chart.y),
    stretching([...gaps, future.bands]),
    drawLimits(frame, chart.limits, chart.y.domain),
    stretching([`<path class="line used" d="${path}"/>`, future.lines]),
    drawUpright(now, frame.top, frame.bottom, chart.nowLabel, now > frame.right - textWidth(chart.nowLabel) - 8 ? 'end' : 'start'),
    drawHistoryLabel(chart, frame, now),
    drawEndLabels(
      [...future.ends, ...limitLabels(frame, chart.limits, chart.y.domain)],
      frame.right + 10,
      frame.marginPx,
      frame.top - 8,
      frame.bottom + 8,
    ),
    xAxis.svg,
  ];
  return wrapSvg(chart, size, frame.bottom + xAxis.height, body, timeData(chart.x, frame, frame.bottom));
}

// The past has its name above its line, where it is not in the way of the limits' names; none where there is no room.
function drawHistoryLabel(chart: ForecastFanChart, frame: Frame, now: number): string {
  const { at, y, label } = chart.history;
  const from = frame.left + 4;
  const to = from + textWidth(label);
  if (to + 8 > now) return '';
  const above = at.flatMap((instant, i) => {
    const value = y[i];
    const x = frame.x(instant);
    return value === null || value === undefined || x > to + 8 ? [] : [frame.y(value)];
  });
  return above.length === 0 ? '' : named('used', textOver(from, Math.max(Math.min(...above) - 8, frame.top + 12), label, 'label used'));
}
