import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { analyze, ingest } from '../../src/index.ts';
import type { Analysis } from '../../src/model/analysis.ts';
import { MiB } from '../../src/model/bytes.ts';

const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'recordings');
const FILES = readdirSync(FOLDER).filter((file) => /^cluster-with-skew.*\.csv\.gz$/.test(file));

/** The recorded cluster of three shards with a replica each, on machines of a fixed size, without the path of this checkout. */
export async function analyzeRecordedCluster(
  options: { systemMemoryBytes?: number; providers?: readonly string[] } = {},
): Promise<Analysis> {
  const { histories, inputs } = await ingest(FILES.map((file) => join(FOLDER, file)));
  const named = inputs.map((input, i) => ({ ...input, input: FILES[i] ?? '' }));
  const analysis = await analyze(
    { histories, inputs: named },
    { systemMemoryBytes: 256 * MiB, providers: ['aws'], generatedAt: Date.UTC(2026, 10, 12), ...options },
  );
  return { ...analysis, tool: { name: 'redis-headroom', version: '0.0.0' } };
}
