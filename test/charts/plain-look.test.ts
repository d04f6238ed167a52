import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { CHART_SIZES, drawChart } from '../../src/charts/index.ts';
import { withPlainLook } from '../../src/charts/plain-look.ts';
import { charts } from '../helpers/report.ts';

/** Marks that are black on purpose: ink is the colour that a shape has without any style. */
const BLACK = ['peak', 'restart', 'reset', 'definition'];

describe('a drawing without its style sheet', () => {
  it.each(charts.map((chart) => [chart.id, chart] as const))('has no shape in %s that would be filled black by accident', (_, chart) => {
    for (const size of Object.values(CHART_SIZES)) {
      const svg = drawChart(chart, size).replace(/<g class="h\d" fill[^>]*>[\s\S]*?<\/g>/g, '');
      const bare = [...svg.matchAll(/<(?:path|rect|circle)\b[^>]*>/g)].map(([shape]) => shape).filter((shape) => !/ fill=/.test(shape));
      expect(bare.filter((shape) => !BLACK.includes(/class="([a-z]+)/.exec(shape)?.[1] ?? ''))).toEqual([]);
    }
  });

  it('has the colours of the light palette', async () => {
    const palette = await readFile('templates/palette.css', 'utf8');
    const drawn = charts.map((chart) => drawChart(chart)).join('');
    for (const [, colour = ''] of drawn.matchAll(/(?:fill|stroke)="(#[0-9a-f]+)"/g)) expect(palette).toContain(`: ${colour};`);
  });

  it('keeps the class before the attributes, so that every rule of the style sheet wins', () => {
    expect(withPlainLook('<path class="line rss" d="M0,0"/>')).toBe(
      '<path class="line rss" fill="none" stroke="#1f9c8b" stroke-width="2" d="M0,0"/>',
    );
    expect(withPlainLook('<text class="label rss">a</text>')).toBe('<text class="label rss">a</text>');
  });

  it('sets nothing that the style sheet leaves as it is', async () => {
    const sheet = await readFile('templates/chart.css', 'utf8');
    const drawn = charts.map((chart) => drawChart(chart)).join('');
    const attributes = new Set([...drawn.matchAll(/ ((?:fill|stroke|opacity)[a-z-]*)="/g)].map(([, name]) => name));
    for (const name of attributes) expect(sheet, name).toContain(`${name}:`);
    expect(attributes.has('fill-opacity')).toBe(false);
  });

  it('keeps a size of its own', () => {
    expect(drawChart(charts[0] as (typeof charts)[number])).toMatch(/^<svg [^>]*width="800" height="\d+"/);
  });
});
