import { join } from 'node:path';
import { analyze, ingest } from '../../src/index.ts';
import type { Analysis } from '../../src/model/analysis.ts';
import { MiB } from '../../src/model/bytes.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'samples');
const RECORDINGS = join(import.meta.dirname, '..', 'fixtures', 'recordings');

/** Recorded samples with the memory of the machine that each is told with. */
export const SAMPLE_MACHINES = {
  'articles-story': 768 * MiB,
  'cache-at-maxmemory': 320 * MiB,
  fragmentation: 1024 * MiB,
  'restarts-with-a-gap': 512 * MiB,
  'small-idle': 128 * MiB,
  'steady-growth': 576 * MiB,
} as const;

export type SampleName = keyof typeof SAMPLE_MACHINES;

const HOUR_MS = 3_600_000;

/** What `report` makes of a sample an hour after its end, with a fixed version and without the path of this checkout. */
export async function analyzeSample(name: SampleName): Promise<Analysis> {
  const file = `${name}.csv`;
  const { histories, inputs } = await ingest([join(FOLDER, file)]);
  const named = inputs.map((input) => ({ ...input, input: `samples/${file}` }));
  const analysis = await analyze(
    { histories, inputs: named },
    { systemMemoryBytes: SAMPLE_MACHINES[name], generatedAt: Math.max(...histories.map(({ toAt }) => toAt)) + HOUR_MS },
  );
  return { ...analysis, tool: { name: 'redis-headroom', version: '0.0.0' } };
}

/** What `report` makes of a recording of a real server, with a fixed clock and nothing given. */
export async function analyzeRecording(name: string): Promise<Analysis> {
  return analyze(await ingest([join(RECORDINGS, `${name}.csv.gz`)]), { generatedAt: Date.UTC(2026, 10, 1) });
}
