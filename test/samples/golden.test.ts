import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze, buildReport, ingest, render } from '../../src/index.ts';
import type { Analysis } from '../../src/model/analysis.ts';
import { MiB } from '../../src/model/bytes.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'samples');
const SAMPLES = [
  { name: 'fragmentation', systemMemoryBytes: 1024 * MiB },
  { name: 'steady-growth', systemMemoryBytes: 576 * MiB },
  { name: 'restarts-with-a-gap', systemMemoryBytes: 512 * MiB },
] as const;

/** What `report` makes of a sample with a fixed clock and version and without the path of this checkout. */
async function analyzeSample({ name, systemMemoryBytes }: (typeof SAMPLES)[number]): Promise<Analysis> {
  const file = `${name}.csv`;
  const { histories, inputs } = await ingest([join(FOLDER, file)]);
  const named = inputs.map((input) => ({ ...input, input: `samples/${file}` }));
  const analysis = await analyze({ histories, inputs: named }, { systemMemoryBytes, generatedAt: Date.UTC(2026, 10, 1) });
  return { ...analysis, tool: { name: 'redis-headroom', version: '0.0.0' } };
}

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

describe.each(SAMPLES)('$name, kept as a golden', (sample) => {
  it('has the figures of its golden', async () => {
    const analysis = await analyzeSample(sample);
    await expect(`${JSON.stringify(analysis, forReading, 2)}\n`).toMatchFileSnapshot(`../golden/samples/${sample.name}.json`);
  });

  it('has the words of its golden', async () => {
    const text = await render(buildReport(await analyzeSample(sample), { language: 'en' }), 'md');
    await expect(text).toMatchFileSnapshot(`../golden/samples/${sample.name}.md`);
  });
});
