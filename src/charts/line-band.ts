import type { LineBandChart, TimeLine, TimeMark } from '../report/blocks.ts';
import { drawFan } from './fan.ts';
import { drawLimits, drawXAxis, drawYAxis, type Frame, layFrame, limitLabels, timeData } from './frame.ts';
import { type Box, drawEndLabels, type EndLabel, overlaps } from './labels.ts';
import { areaPath, findRuns, linePath, thinRuns } from './polyline.ts';
import type { ChartSize } from './size.ts';
import { escapeXml, fitText, hatchAt, lineAt, movingWith, px, stretching, textAt, textOver, textWidth, wrapSvg } from './svg.ts';

const PLOT_HEIGHT = {
  normal: { wide: 270, narrow: 210 },
  low: { wide: 170, narrow: 170 },
  small: { wide: 110, narrow: 110 },
} as const;
/** Height of the rail of events below the plot. */
const RAIL_PX = 30;
/** More marks of one kind than this are drawn without labels. */
const MOST_LABELLED = 6;

/** Lines over time with their limits, peaks, gaps, and a rail of events below. */
export function draw(chart: LineBandChart, size: ChartSize): string {
  const ends = [...chart.lines, ...chart.limits].map((each) => each.label).concat(Object.values(chart.fan?.labels ?? {}));
  const frame = layFrame(size, chart.x, chart.y, PLOT_HEIGHT[chart.height ?? 'normal'][size.name], ends);
  const railMarks = chart.marks.filter((mark) => mark.kind !== 'peak' && mark.kind !== 'recovered');
  const railHeight = railMarks.length === 0 ? 0 : RAIL_PX;
  const axisTop = frame.bottom + railHeight;
  const gaps = chart.gaps.map((gap) => {
    const from = Math.max(frame.x(gap.fromAt), frame.left);
    const to = Math.min(frame.x(gap.toAt), frame.right);
    // A gap of minutes in a month is still seen: two pixels at least.
    return hatchAt(Math.min(from, frame.right - 2), frame.top, Math.max(to - from, 2), frame.bottom - frame.top);
  });
  const lines = chart.lines.map((each) => drawLine(chart, each, frame, size));
  const future = chart.fan === undefined ? undefined : drawFan(chart.fan, chart.fan.labels, frame);
  const xAxis = drawXAxis(frame, chart.x, axisTop);
  const body = [
    drawYAxis(frame, chart.y),
    stretching([
      ...gaps,
      future?.bands ?? '',
      ...(chart.shadeAbove === undefined ? [] : [drawShade(chart, chart.shadeAbove, frame, size)]),
    ]),
    drawLimits(frame, chart.limits, chart.y.domain),
    stretching([...lines.map((each) => each.svg), future?.lines ?? '']),
    drawEndLabels(
      [...(future?.ends ?? []), ...lines.flatMap((each) => each.label), ...limitLabels(frame, chart.limits, chart.y.domain)],
      frame.right + 10,
      frame.marginPx,
      frame.top - 8,
      frame.bottom + 8,
    ),
    drawPeaks(chart, frame),
    drawRail(railMarks, frame),
    xAxis.svg,
  ];
  return wrapSvg(chart, size, axisTop + xAxis.height, body, timeData(chart.x, frame, axisTop));
}

function drawLine(chart: LineBandChart, each: TimeLine, frame: Frame, size: ChartSize): { svg: string; label: readonly EndLabel[] } {
  const runs = thinRuns(findRuns(chart.at, each.y, chart.gaps), each.y, size.maxPoints);
  const xOf = (i: number): number => frame.x(chart.at[i] as number);
  const yOf = (i: number): number => frame.y(each.y[i] as number);
  const svg: string[] = [];
  if (each.area === true)
    svg.push(`<path class="area ${each.role}" d="${runs.map((run) => areaPath(run, xOf, yOf, frame.bottom)).join('')}"/>`);
  svg.push(`<path class="line ${each.role}" d="${runs.map((run) => linePath(run, xOf, yOf)).join('')}"/>`);
  const last = runs.at(-1)?.at(-1);
  const label = last === undefined ? [] : [{ text: each.label, x: xOf(last), y: yOf(last), className: each.role }];
  return { svg: svg.join(''), label };
}

// Only what lies between the limit and the line is shaded: the time above it, and by how much.
function drawShade(chart: LineBandChart, limit: number, frame: Frame, size: ChartSize): string {
  const first = chart.lines[0];
  if (first === undefined) return '';
  const over = first.y.map((value) => (value === null ? null : Math.max(value, limit)));
  const runs = thinRuns(findRuns(chart.at, over, chart.gaps), over, size.maxPoints);
  const xOf = (i: number): number => frame.x(chart.at[i] as number);
  const yOf = (i: number): number => frame.y(over[i] as number);
  const crossing = runs.filter((run) => run.some((i) => (over[i] as number) > limit));
  return `<path class="over" d="${crossing.map((run) => areaPath(run, xOf, yOf, frame.y(limit))).join('')}"/>`;
}

// Highest first, so that where labels would touch it is the lower peak that goes without.
function drawPeaks(chart: LineBandChart, frame: Frame): string {
  const taken: Box[] = [];
  // Labels keep out of the fan, where lines cross.
  const right = chart.fan === undefined ? frame.right : frame.x(chart.at.at(-1) ?? chart.x.domain[1]);
  return chart.marks
    .filter((mark): mark is TimeMark & { y: number } => (mark.kind === 'peak' || mark.kind === 'recovered') && mark.y !== undefined)
    .sort((a, b) => b.y - a.y)
    .map((mark) => {
      const x = frame.x(mark.at);
      const y = frame.y(mark.y);
      const text = fitText(mark.label, frame.right - frame.left);
      const width = textWidth(text);
      const start = Math.max(Math.min(x - width / 2, right - width), frame.left);
      const baseline = y - 9 < frame.top ? y + 20 : y - 9;
      const box = { x0: start - 6, x1: start + width + 6, y0: baseline - 12, y1: baseline + 3 };
      const free = taken.length < MOST_LABELLED && !taken.some((other) => overlaps(other, box));
      if (free) taken.push(box);
      const label = free ? textOver(start + width / 2, baseline, text, 'note', 'middle') : '';
      const dot = `<circle class="${mark.kind}" cx="${px(x)}" cy="${px(y)}" r="4"><title>${escapeXml(mark.label)}</title></circle>`;
      return movingWith(x, [dot, label]);
    })
    .join('');
}

function drawRail(marks: readonly TimeMark[], frame: Frame): string {
  if (marks.length === 0) return '';
  const y = frame.bottom + 12;
  const parts = [lineAt(frame.left, y, frame.right, y, 'rail')];
  const counts = new Map<string, number>();
  for (const mark of marks) counts.set(mark.kind, (counts.get(mark.kind) ?? 0) + 1);
  let edge = Number.NEGATIVE_INFINITY;
  const drawn = new Set<string>();
  for (const mark of [...marks].sort((a, b) => a.at - b.at)) {
    const x = Math.min(Math.max(frame.x(mark.at), frame.left), frame.right);
    const spot = `${mark.kind}${Math.round(x)}`;
    if (drawn.has(spot)) continue;
    drawn.add(spot);
    const shape = `<path class="${mark.kind}" d="${MARK_SHAPES[mark.kind](x, y)}"><title>${escapeXml(mark.label)}</title></path>`;
    const text = fitText(mark.label, Math.max((frame.right - frame.left) * 0.4, 170));
    const width = textWidth(text);
    const start = Math.min(Math.max(x - width / 2, 0), frame.right + frame.marginPx - width);
    const isLabelled = (counts.get(mark.kind) ?? 0) <= MOST_LABELLED && start >= edge + 8;
    if (isLabelled) edge = start + width;
    parts.push(movingWith(x, [shape, isLabelled ? textAt(start + width / 2, y + 17, text, 'note', 'middle') : '']));
  }
  return parts.join('');
}

// Each kind has a shape of its own, so that none is told by colour alone.
const MARK_SHAPES: Readonly<Record<TimeMark['kind'], (x: number, y: number) => string>> = {
  peak: (x, y) => `M${px(x)},${px(y - 4)}v8`,
  recovered: (x, y) => `M${px(x)},${px(y - 4)}v8`,
  save: (x, y) => `M${px(x)},${px(y - 3)}v6`,
  restart: (x, y) => `M${px(x)},${px(y - 5)}l5,9h-10z`,
  reset: (x, y) => `M${px(x)},${px(y - 5)}l5,5l-5,5l-5,-5z`,
  step: (x, y) => `M${px(x - 5)},${px(y + 4)}h5v-8h5`,
  definition: (x, y) => `M${px(x - 4)},${px(y - 4)}h8v8h-8z`,
};
