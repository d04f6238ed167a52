import { scaleLinear } from 'd3-scale';
import type { SmallLineChart, TimeLine } from '../report/blocks.ts';
import { areaPath, findRuns, linePath } from './polyline.ts';
import type { ChartSize } from './size.ts';
import { escapeXml, fitText, hatchAt, LINE_PX, lineAt, px, textAt, textOver, textWidth, wrapSvg } from './svg.ts';

/** One drawing for all sizes: on a phone there are fewer in a row. */
const WIDTH = 184;
const TOP = 17;
const PLOT_HEIGHT = 62;
const BOTTOM = TOP + PLOT_HEIGHT;
/** Keeps each drawing small enough for many of them. */
const MOST_POINTS = 48;

interface Scales {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

/** A small chart that is read beside others of its kind: the top of the scale above, the ends of the time below, limits named on their lines. */
export function draw(chart: SmallLineChart, size: ChartSize): string {
  const scales = {
    x: scaleLinear(padded(chart.x.domain), [0, WIDTH]),
    y: scaleLinear(padded(chart.y.domain), [BOTTOM, TOP]).clamp(true),
  };
  const body = [
    lineAt(WIDTH * 0.75, TOP, WIDTH, TOP, 'grid'),
    textAt(WIDTH, TOP - 5, fitText(chart.y.ticks.at(-1)?.label ?? '', WIDTH / 2), 'tick', 'end'),
    ...chart.gaps.map(({ fromAt, toAt }) => drawGap(scales.x(fromAt), scales.x(toAt))),
    ...chart.lines.map((line) => drawLine(chart, line, scales)),
    lineAt(0, BOTTOM, WIDTH, BOTTOM, 'base'),
    drawLimits(chart, scales),
    drawPeak(chart, scales),
    drawEnds(chart),
  ];
  return wrapSvg(chart, { ...size, width: WIDTH }, BOTTOM + LINE_PX + 1, body);
}

// A domain without extent would send every coordinate to NaN.
function padded([from, to]: readonly [number, number]): [number, number] {
  return to > from ? [from, to] : [from, from + 1];
}

function drawGap(from: number, to: number): string {
  const left = Math.min(Math.max(from, 0), WIDTH - 2);
  return hatchAt(left, TOP, Math.max(Math.min(to, WIDTH) - left, 2), PLOT_HEIGHT);
}

function drawLine(chart: SmallLineChart, { y, role, area }: Pick<TimeLine, 'role' | 'y' | 'area'>, scales: Scales): string {
  const runs = findRuns(chart.at, y, chart.gaps).map((run) => highestOf(run, y, chart.at.length / MOST_POINTS));
  const xOf = (i: number): number => scales.x(chart.at[i] as number);
  const yOf = (i: number): number => scales.y(y[i] as number);
  const path = (className: string, draws: readonly string[]) => `<path class="${className} ${role}" d="${draws.join('')}"/>`;
  const ground =
    area === true
      ? path(
          'area',
          runs.map((run) => areaPath(run, xOf, yOf, BOTTOM)),
        )
      : '';
  return (
    ground +
    path(
      'line',
      runs.map((run) => linePath(run, xOf, yOf)),
    )
  );
}

/** The highest of each so many neighbours: at this size it is the peaks that are compared, and a daily wave would be a scrawl. */
function highestOf(run: readonly number[], y: TimeLine['y'], neighbours: number): readonly number[] {
  const size = Math.max(Math.ceil(neighbours), 1);
  const groups = Array.from({ length: Math.ceil(run.length / size) }, (_, i) => run.slice(i * size, (i + 1) * size));
  return groups.map((group) => group.reduce((best, i) => ((y[i] as number) > (y[best] as number) ? i : best)));
}

/** The name of a limit stands on its line at the left, away from the newest data; of two that are too near the lower one stands under its own. */
function drawLimits({ limits, y }: SmallLineChart, scales: Scales): string {
  const shown = limits.filter(({ value }) => value >= y.domain[0] && value <= y.domain[1]).toSorted((a, b) => b.value - a.value);
  let edge = Number.NEGATIVE_INFINITY;
  return shown
    .map(({ value, label, role }) => {
      const at = scales.y(value);
      const isFree = at - LINE_PX >= edge;
      const baseline = isFree ? at - 4 : Math.max(at + 12, edge + 12);
      edge = isFree ? at : baseline + 2;
      return lineAt(0, at, WIDTH, at, `limit ${role}`) + textOver(0, baseline, fitText(label, WIDTH * 0.6), 'note');
    })
    .join('');
}

function drawPeak({ peak }: SmallLineChart, { x, y }: Scales): string {
  if (peak === undefined) return '';
  const [cx, cy] = [Math.min(Math.max(x(peak.at), 4), WIDTH - 4), y(peak.value)];
  return `<circle class="${peak.kind}" cx="${px(cx)}" cy="${px(cy)}" r="4"><title>${escapeXml(fitText(peak.label, 400))}</title></circle>`;
}

function drawEnds({ x: { ticks } }: SmallLineChart): string {
  const [first, last] = [ticks[0], ticks.length > 1 ? ticks.at(-1) : undefined];
  const room = WIDTH / 2 - 8;
  return [
    first === undefined ? '' : textAt(0, BOTTOM + LINE_PX - 2, fitText(first.label, room), 'tick'),
    last === undefined || textWidth(last.label) > room ? '' : textAt(WIDTH, BOTTOM + LINE_PX - 2, last.label, 'tick', 'end'),
  ].join('');
}
