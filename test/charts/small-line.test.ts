import { describe, expect, it } from 'vitest';
import { drawChart } from '../../src/charts/index.ts';
import type { SmallLineChart } from '../../src/report/blocks.ts';
import { smallLine } from '../helpers/report.ts';

const HOURS = 24 * 365;
const at = Array.from({ length: HOURS }, (_, i) => i);
const base: SmallLineChart = {
  ...smallLine,
  at,
  lines: [],
  limits: [],
  gaps: [],
  peak: undefined,
  x: { domain: [0, HOURS], ticks: [] },
  y: { domain: [0, 100], ticks: [] },
};
const pathOf = (svg: string, className: string): string => new RegExp(`<path class="${className}"[^>]* d="([^"]*)"`).exec(svg)?.[1] ?? '';
const heights = (path: string): number[] => [...path.matchAll(/,([\d.]+)/g)].map((match) => Number(match[1]));
const limit = (role: 'maxmemory' | 'target', value: number) => ({ id: role, label: role, value, role });
const labelTops = (svg: string): number[] => [...svg.matchAll(/<text x="0" y="([\d.]+)" class="note"/g)].map((match) => Number(match[1]));

describe('the line of a small chart', () => {
  it('keeps the one hour of a year that was highest', () => {
    const y = at.map((i) => (i === 4321 ? 100 : 20 + (i % 24)));
    const path = pathOf(drawChart({ ...base, lines: [{ role: 'used', y }] }), 'line used');
    expect(Math.min(...heights(path))).toBeCloseTo(17, 1);
    expect(heights(path).length).toBeLessThanOrEqual(49);
  });

  it('breaks where a sample is missing', () => {
    const svg = drawChart({ ...base, at: [0, 1, 2, 3, 4], lines: [{ role: 'used', y: [1, 2, null, 3, 4] }] });
    expect(pathOf(svg, 'line used').match(/M/g)).toHaveLength(2);
  });
});

describe('the limits of a small chart', () => {
  it('are drawn where the scale has them, each with its name', () => {
    const svg = drawChart({ ...base, limits: [limit('maxmemory', 50), limit('target', 90)] });
    expect(pathOf(svg, 'limit maxmemory')).toMatch(/,48L/);
    expect(svg).toMatch(/class="limit target"/);
    expect(labelTops(svg)).toHaveLength(2);
  });

  it('are not drawn above the scale', () => {
    expect(drawChart({ ...base, limits: [limit('maxmemory', 101)] })).not.toContain('limit maxmemory');
  });

  it.each([
    [80, 79],
    [60, 60],
    [100, 97],
    [3, 1],
  ])('have names that do not touch, at %i and %i', (upper, lower) => {
    const tops = labelTops(drawChart({ ...base, limits: [limit('maxmemory', upper), limit('target', lower)] }));
    expect(Math.abs((tops[0] ?? 0) - (tops[1] ?? 0))).toBeGreaterThanOrEqual(12);
  });
});
