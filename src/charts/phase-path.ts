import { line } from 'd3-shape';
import type { PhasePathChart } from '../report/blocks.ts';
import { drawXAxis, drawYAxis, type Frame, layFrame } from './frame.ts';
import { type Box, overlaps } from './labels.ts';
import { thinRuns } from './polyline.ts';
import type { ChartSize } from './size.ts';
import { fitText, lineAt, px, textAt, textOver, textWidth, wrapSvg } from './svg.ts';

const PLOT_HEIGHT = { wide: 320, narrow: 280 } as const;
/** The path is drawn in this many stretches, from pale (oldest) to full ink (newest). */
const STRETCHES = 6;

/** Used memory against resident memory as a path through time, with the line on which they are equal. */
export function draw(chart: PhasePathChart, size: ChartSize): string {
  const frame = layFrame(size, chart.x, chart.y, PLOT_HEIGHT[size.name], []);
  const all = chart.points.map((_, i) => i);
  const ys = chart.points.map((point) => point.y);
  const kept = (thinRuns([all], ys, size.maxPoints)[0] ?? []).filter((i) => i < chart.points.length);
  const path = line<number>(
    (i) => frame.x(chart.points[i]?.x as number),
    (i) => frame.y(chart.points[i]?.y as number),
  ).digits(1);
  const stretches = Array.from({ length: STRETCHES }, (_, n) => {
    const from = Math.floor((n * (kept.length - 1)) / STRETCHES);
    const to = Math.floor(((n + 1) * (kept.length - 1)) / STRETCHES);
    return `<path class="phase p${n}" d="${path(kept.slice(from, to + 1)) ?? ''}"/>${n < STRETCHES - 1 ? drawArrow(chart, frame, kept, to) : ''}`;
  });
  const xAxis = drawXAxis(frame, chart.x, frame.bottom);
  const body = [
    drawYAxis(frame, chart.y),
    drawDiagonal(chart, frame),
    ...(kept.length > 1 ? stretches : []),
    drawNamed(chart, frame),
    xAxis.svg,
  ];
  return wrapSvg(chart, size, frame.bottom + xAxis.height, body);
}

function drawDiagonal(chart: PhasePathChart, frame: Frame): string {
  const from = Math.max(chart.x.domain[0], chart.y.domain[0]);
  const to = Math.min(chart.x.domain[1], chart.y.domain[1]);
  if (to <= from) return '';
  const label = fitText(chart.diagonalLabel, 160);
  const degrees = (Math.atan2(frame.y(to) - frame.y(from), frame.x(to) - frame.x(from)) * 180) / Math.PI;
  // Its name stands at the upper end, below the line: resident memory seldom lies below used memory.
  return (
    lineAt(frame.x(from), frame.y(from), frame.x(to), frame.y(to), 'diagonal') +
    `<g transform="translate(${px(frame.x(to))} ${px(frame.y(to))}) rotate(${px(degrees)})">${textAt(-6, 15, label, 'tick', 'end')}</g>`
  );
}

// A small arrow head says which way time runs; none where the path stands still.
function drawArrow(chart: PhasePathChart, frame: Frame, kept: readonly number[], position: number): string {
  const here = chart.points[kept[position] as number];
  const before = chart.points[kept[Math.max(0, position - Math.max(1, Math.round(kept.length / 60)))] as number];
  if (here === undefined || before === undefined) return '';
  const dx = frame.x(here.x) - frame.x(before.x);
  const dy = frame.y(here.y) - frame.y(before.y);
  if (Math.hypot(dx, dy) < 3) return '';
  const degrees = (Math.atan2(dy, dx) * 180) / Math.PI;
  return `<path class="arrow" d="M-5,-4L4,0L-5,4z" transform="translate(${px(frame.x(here.x))} ${px(frame.y(here.y))}) rotate(${px(degrees)})"/>`;
}

function drawNamed(chart: PhasePathChart, frame: Frame): string {
  const path = chart.points.map((point) => ({ x: frame.x(point.x), y: frame.y(point.y) }));
  const points = chart.named.flatMap((named) => {
    const point = path[named.index];
    return point === undefined ? [] : [{ ...point, label: fitText(named.label, Math.min(190, (frame.right - frame.left) * 0.7)) }];
  });
  // Labels keep clear of the named points and of each other, and cover as little of the path as they can.
  const taken: Box[] = points.map(({ x, y }) => ({ x0: x - 6, x1: x + 6, y0: y - 6, y1: y + 6 }));
  const dots: string[] = [];
  const texts: string[] = [];
  for (const { x, y, label } of points) {
    const width = textWidth(label);
    const places = [
      { x0: x + 10, baseline: y + 4 },
      { x0: x - 10 - width, baseline: y + 4 },
      { x0: x - width / 2, baseline: y - 12 },
      { x0: x - width / 2, baseline: y + 22 },
      { x0: x + 8, baseline: y + 20 },
      { x0: x + 8, baseline: y - 10 },
      { x0: x - 8 - width, baseline: y - 10 },
      { x0: x - 8 - width, baseline: y + 20 },
    ].map((place) => ({ ...place, y0: place.baseline - 12, y1: place.baseline + 4, x1: place.x0 + width }));
    const cost = (place: Box): number => {
      const outside = place.x0 < frame.left || place.x1 > frame.right + 8 || place.y0 < 0 || place.y1 > frame.bottom;
      const covered = path.filter((point) => point.x > place.x0 && point.x < place.x1 && point.y > place.y0 && point.y < place.y1).length;
      return (outside ? 1e6 : 0) + (taken.some((box) => overlaps(box, place)) ? 1e5 : 0) + covered;
    };
    const best = places.reduce((a, b) => (cost(b) < cost(a) ? b : a));
    const x0 = Math.min(Math.max(best.x0, frame.left), frame.right + 8 - width);
    taken.push({ ...best, x0, x1: x0 + width });
    dots.push(`<circle class="peak" cx="${px(x)}" cy="${px(y)}" r="4"/>`);
    texts.push(textOver(x0, best.baseline, label, 'note'));
  }
  return texts.join('') + dots.join('');
}
