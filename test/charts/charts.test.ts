import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { CHART_SIZES, drawChart } from '../../src/charts/index.ts';
import type { ChartBlock } from '../../src/report/blocks.ts';
import {
  bars,
  charts,
  forecastFan,
  heatmap,
  lineBand,
  phasePath,
  ratioChart,
  smallLine,
  stackedArea,
  waterfall,
} from '../helpers/report.ts';

/** The picture with its style sheet inside, so that a golden file can be opened and looked at. */
async function dressed(svg: string): Promise<string> {
  const read = (name: string): Promise<string> => readFile(new URL(`../../templates/${name}`, import.meta.url), 'utf8');
  const style = `${await read('palette.css')}${await read('chart.css')}svg.chart { background: var(--paper); }`;
  return `${svg.replace('>', `><style>${style}</style>`).replaceAll('/><', '/>\n<').replaceAll('</text><', '</text>\n<')}\n`;
}

describe('drawChart', () => {
  it.each(charts.map((chart) => [chart.id, chart] as const))('draws %s as it was looked at and found good', async (id, chart) => {
    await expect(await dressed(drawChart(chart))).toMatchFileSnapshot(`../golden/charts/${id}.svg`);
    await expect(await dressed(drawChart(chart, CHART_SIZES.narrow))).toMatchFileSnapshot(`../golden/charts/${id}-narrow.svg`);
  });

  it.each(charts.map((chart) => [chart.id, chart] as const))('gives %s a role, a title and the text alternative', (_, chart) => {
    const svg = drawChart(chart);
    const [, titleId, descId] = /role="img" aria-labelledby="(\S+) (\S+)"/.exec(svg) ?? [];
    expect(svg).toContain(`<title id="${titleId}">${chart.title}</title>`);
    expect(svg).toContain(`<desc id="${descId}">${chart.alt}</desc>`);
  });

  it('writes no coordinate that is not a number and none with more than two decimals', () => {
    for (const chart of charts) {
      for (const size of Object.values(CHART_SIZES)) {
        const svg = drawChart(chart, size);
        expect(svg).not.toMatch(/NaN|Infinity|undefined|null/);
        expect(svg.replace(/data-time="[^"]*"|>[^<]*</g, '').match(/\d+\.\d{3,}/)).toBeNull();
      }
    }
  });

  it('uses ids that differ between the two drawings of one chart', () => {
    const ids = (svg: string): string[] => [...svg.matchAll(/ id="([^"]+)"/g)].map((match) => match[1] as string);
    const all = charts.flatMap((chart) => Object.values(CHART_SIZES).flatMap((size) => ids(drawChart(chart, size))));
    expect(new Set(all).size).toBe(all.length);
  });

  it('leaves nothing of a hostile text but its letters', () => {
    const hostile = '<script>alert(1)</script>"\' onload=x \u202eevil\u0000 ]]>';
    const soiled = (value: unknown, key = ''): unknown => {
      const kept = ['form', 'type', 'role', 'kind', 'basis', 'tone', 'height'];
      if (typeof value === 'string') return kept.includes(key) ? value : hostile + value;
      if (Array.isArray(value)) return value.map((each) => soiled(each, key));
      if (typeof value === 'object' && value !== null)
        return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, soiled(each, name)]));
      return value;
    };
    for (const chart of charts) {
      const svg = drawChart(soiled(chart) as ChartBlock);
      expect(/<script|[\p{Cc}\u202e]/u.test(svg)).toBe(false);
      // Between the tags it is text; within them nothing of it may be left but the letters of an id.
      const tags = svg.replace(/>[^<]*</g, '><').replace(/ (id|aria-labelledby)="[A-Za-z0-9_ -]*"/g, '');
      expect(/onload|evil/.test(tags)).toBe(false);
    }
  });

  it('keeps a row for the name of the time zone only where it does not fit beside the ticks', () => {
    const heightWith = (label?: string): number => {
      const { label: _, ...x } = lineBand.x;
      return Number(/ height="(\d+)"/.exec(drawChart({ ...lineBand, x: label === undefined ? x : { ...x, label } }))?.[1]);
    };
    expect(heightWith('UTC')).toBe(heightWith());
    expect(heightWith('America/Argentina/ComodRivadavia')).toBe(heightWith() + 16);
  });

  it('writes the label of an event out where there is room', () => {
    const label = 'statistics reset 13 October 2026 at 06:30';
    const marks = [{ at: lineBand.marks[2]?.at ?? 0, label, kind: 'reset' as const }];
    expect(drawChart({ ...lineBand, marks })).toContain(`>${label}</text>`);
    expect(drawChart({ ...lineBand, marks }, CHART_SIZES.narrow)).toContain('…</text>');
  });

  it('survives charts without any data, and axes without extent', () => {
    const flat = { domain: [5, 5] as const, ticks: [], scale: { each: 1, pattern: '0' } };
    const empty: readonly ChartBlock[] = [
      { ...lineBand, at: [], lines: lineBand.lines.map((line) => ({ ...line, y: [] })), marks: [], gaps: [], limits: [], x: flat, y: flat },
      { ...ratioChart, lines: [] },
      { ...stackedArea, at: [], layers: [], x: flat, y: flat },
      { ...phasePath, points: [], named: [{ index: 3, label: 'nowhere' }], x: flat, y: flat },
      { ...waterfall, steps: [], y: flat },
      { ...forecastFan, history: { at: [], y: [], label: '' }, fan: { at: [], p50: [], p90: [], p95: [] }, limits: [], x: flat, y: flat },
      { ...heatmap, rows: [], columns: [], cells: [], domain: [1, 1] },
      { ...bars, rows: [], domain: [0, 0] },
      { ...smallLine, at: [], lines: [], limits: [], gaps: [], peak: undefined, x: flat, y: flat },
    ];
    for (const chart of empty) {
      for (const size of Object.values(CHART_SIZES)) expect(drawChart(chart, size)).not.toMatch(/NaN|Infinity|undefined/);
    }
  });

  it('keeps the limit of bars out of the labels that stand above them', () => {
    const svg = drawChart({ ...bars, limit: { value: 0.99, label: 'usable' } }, CHART_SIZES.narrow);
    const lines = [...svg.matchAll(/<path class="limit target"[^>]* d="M[\d.]+,([\d.]+)L[\d.]+,([\d.]+)"/g)].map(([, from, to]) => [
      Number(from),
      Number(to),
    ]);
    expect(lines).toHaveLength(bars.rows.length);
    const baselines = [...svg.matchAll(/<text x="360" y="([\d.]+)"/g)].map(([, y]) => Number(y));
    expect(baselines).toHaveLength(bars.rows.length);
    for (const y of baselines) expect(lines.some(([from = 0, to = 0]) => from < y + 2 && to > y - 10)).toBe(false);
  });

  it('cuts labels that are too long instead of widening the picture', () => {
    const long = 'x'.repeat(10_000);
    const svg = drawChart({ ...bars, rows: [{ label: long, now: 0.5, valueLabel: long }] });
    expect(svg.length).toBeLessThan(3_000);
    expect(svg).toContain('…');
  });
});

describe('the line of a line-band chart', () => {
  const base = {
    ...lineBand,
    marks: [],
    limits: [],
    gaps: [],
    lines: [],
    x: { domain: [0, 10] as const, ticks: [] },
    y: { domain: [0, 10] as const, ticks: [], scale: { each: 1, pattern: '0' } },
  };
  const lineOf = (svg: string): string => /<path class="line used"[^>]* d="([^"]*)"/.exec(svg)?.[1] ?? '';

  it('breaks where a sample is missing', () => {
    const svg = drawChart({ ...base, at: [0, 1, 2, 3, 4], lines: [{ id: 'a', label: 'a', role: 'used', y: [1, 2, null, 3, 4] }] });
    expect(lineOf(svg).match(/M/g)).toHaveLength(2);
  });

  it('breaks at a gap even when samples stand on both sides of it', () => {
    const svg = drawChart({
      ...base,
      at: [0, 1, 8, 9],
      gaps: [{ fromAt: 1, toAt: 8 }],
      lines: [{ id: 'a', label: 'a', role: 'used', y: [1, 2, 3, 4] }],
    });
    expect(lineOf(svg).match(/M/g)).toHaveLength(2);
    expect(svg).toContain('class="hatch"');
  });

  it('draws a recovered peak hollow and a sampled one full', () => {
    const svg = drawChart({
      ...base,
      at: [0, 1],
      marks: [
        { at: 3, y: 5, label: 'seen', kind: 'peak' },
        { at: 6, y: 7, label: 'between samples', kind: 'recovered' },
      ],
    });
    expect(svg).toContain('<circle class="peak"');
    expect(svg).toContain('<circle class="recovered"');
  });
});
