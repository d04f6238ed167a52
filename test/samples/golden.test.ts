import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze, buildReport, compare, ingest, render } from '../../src/index.ts';
import type { Analysis } from '../../src/model/analysis.ts';
import { MiB } from '../../src/model/bytes.ts';
import { analyzeSample } from '../helpers/sample-analysis.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'samples');

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

describe('steady-growth in two halves, kept as a golden', () => {
  /** The second half, compared with the first. */
  async function compareHalves(): Promise<Analysis> {
    const file = join(FOLDER, 'steady-growth.csv');
    const fromAt = Date.UTC(2026, 3, 21);
    const { histories, inputs, earlier } = await ingest([file], { fromAt, earlier: () => ({ toAt: fromAt - 1 }) });
    if (earlier === undefined) throw new Error('the first half was not read');
    const options = { systemMemoryBytes: 576 * MiB, generatedAt: Date.UTC(2026, 10, 1) };
    const named = inputs.map((input) => ({ ...input, input: 'samples/steady-growth.csv' }));
    const analysis = await analyze({ histories, inputs: named }, options);
    const compared = await compare(analysis, await analyze(earlier, options), { kind: 'period' });
    return { ...compared, tool: { name: 'redis-headroom', version: '0.0.0' } };
  }

  it('has the comparison of its golden', async () => {
    const { comparison, nodes } = await compareHalves();
    const told = { comparison: { ...comparison, toolVersion: '0.0.0' }, node: nodes[0]?.comparison };
    await expect(`${JSON.stringify(told, forReading, 2)}\n`).toMatchFileSnapshot('../golden/samples/steady-growth.since.json');
  });

  it.each([
    ['en', 'steady-growth.since.md'],
    ['pt-BR', 'steady-growth.since.pt-BR.md'],
  ])('has the words of its golden in %s', async (language, golden) => {
    const report = buildReport(await compareHalves(), { language });
    const text = await render({ ...report, sections: report.sections.slice(0, 1) }, 'md');
    await expect(text).toMatchFileSnapshot(`../golden/samples/${golden}`);
  });
});
