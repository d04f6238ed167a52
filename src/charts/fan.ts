import { area, line } from 'd3-shape';
import type { Fan } from '../report/blocks.ts';
import type { Frame } from './frame.ts';
import type { EndLabel } from './labels.ts';

const QUANTILES = ['p50', 'p90', 'p95'] as const;

/** Quantiles of what may come: the bands (drawn under everything), the lines over them, and the names at their ends. */
export function drawFan(
  fan: Fan,
  labels: Readonly<Record<(typeof QUANTILES)[number], string>>,
  frame: Frame,
): { readonly bands: string; readonly lines: string; readonly ends: readonly EndLabel[] } {
  const steps = fan.at.map((_, i) => i);
  const xOf = (i: number): number => frame.x(fan.at[i] as number);
  const yOf =
    (values: readonly number[]) =>
    (i: number): number =>
      frame.y(values[i] as number);
  const band = (from: readonly number[], to: readonly number[]): string => area<number>(xOf, yOf(from), yOf(to)).digits(1)(steps) ?? '';
  const future = (values: readonly number[]): string => line<number>(xOf, yOf(values)).digits(1)(steps) ?? '';
  const end = steps.length - 1;
  return {
    bands: `<path class="fan outer fan-p95" d="${band(fan.p90, fan.p95)}"/><path class="fan inner fan-p90" d="${band(fan.p50, fan.p90)}"/>`,
    lines: QUANTILES.toReversed()
      .map((id) => `<path class="line fan-${id}" d="${future(fan[id])}"/>`)
      .join(''),
    ends: end < 0 ? [] : QUANTILES.map((id) => ({ text: labels[id], x: xOf(end), y: yOf(fan[id])(end), className: `fan-${id}` })),
  };
}
