import { describe, expect, it } from 'vitest';
import { buildReport, render } from '../../src/index.ts';
import { analyzeSample } from '../helpers/sample-analysis.ts';

const SAMPLES = ['fragmentation', 'steady-growth', 'restarts-with-a-gap'] as const;

const round = (value: number): number => Number(value.toPrecision(6));

/** For reading: instants as dates, other numbers to 6 digits, and long lists of numbers by their length and bounds. */
function forReading(key: string, value: unknown): unknown {
  if (typeof value === 'number') return /(?:At|^at)$/.test(key) ? new Date(value).toISOString() : round(value);
  if (!Array.isArray(value) || value.length <= 24) return value;
  const numbers = value.filter((item): item is number => typeof item === 'number');
  if (numbers.length < value.filter((item) => item !== null).length) return [...value.slice(0, 2), `… ${value.length} in all`];
  const bounds = numbers.length === 0 ? 'none known' : `${round(Math.min(...numbers))} to ${round(Math.max(...numbers))}`;
  return `${value.length} values, ${numbers.length} known, ${bounds}`;
}

describe.each(SAMPLES)('%s, kept as a golden', (sample) => {
  it('has the figures of its golden', async () => {
    const analysis = await analyzeSample(sample);
    await expect(`${JSON.stringify(analysis, forReading, 2)}\n`).toMatchFileSnapshot(`../golden/samples/${sample}.json`);
  });

  it('has the words of its golden', async () => {
    const text = await render(buildReport(await analyzeSample(sample), { language: 'en' }), 'md');
    await expect(text).toMatchFileSnapshot(`../golden/samples/${sample}.md`);
  });
});

it('has the words of its golden in Brazilian Portuguese', async () => {
  const text = await render(buildReport(await analyzeSample(SAMPLES[1]), { language: 'pt-BR' }), 'md');
  await expect(text).toMatchFileSnapshot('../golden/samples/steady-growth.pt-BR.md');
});
