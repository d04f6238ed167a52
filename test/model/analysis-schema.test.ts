import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { analyzeHistories } from '../../src/analysis/index.ts';
import { analysisJsonSchema } from '../../src/model/analysis-schema.ts';
import { GiB } from '../../src/model/bytes.ts';
import { buildNodeHistory, START_AT, sampleEvery } from '../helpers/node-history.ts';

/** A validator that knows the published text only. */
const published = z.fromJSONSchema(JSON.parse(JSON.stringify(analysisJsonSchema)));

function writtenAnalysis() {
  const history = buildNodeHistory(sampleEvery(3600, 240, (i) => ({ usedMemoryBytes: GiB + i, usedMemoryRssBytes: 1.1 * GiB })));
  const analysis = analyzeHistories([history], [], {
    generatedAt: START_AT,
    catalog: [],
    catalogDates: {},
    tool: { name: 'redis-headroom', version: '0.0.0' },
  });
  return JSON.parse(JSON.stringify(analysis));
}

describe('analysisJsonSchema', () => {
  it('accepts what the program writes', () => {
    expect(published.safeParse(writtenAnalysis()).error).toBeUndefined();
  });

  it('accepts fields that a later release may add, at any level', () => {
    const analysis = writtenAnalysis();
    analysis.addedLater = 1;
    analysis.nodes[0].addedLater = { of: 'a node' };
    analysis.nodes[0].provisioning.budget[0].addedLater = [true];
    expect(published.safeParse(analysis).error).toBeUndefined();
  });

  it('refuses an Analysis without its version, or of another one', () => {
    const { schemaVersion, ...rest } = writtenAnalysis();
    expect(schemaVersion).toBe(1);
    expect(published.safeParse(rest).success).toBe(false);
    expect(published.safeParse({ ...rest, schemaVersion: 2 }).success).toBe(false);
  });

  it('refuses a field of another type', () => {
    expect(published.safeParse({ ...writtenAnalysis(), nodes: 'none' }).success).toBe(false);
  });
});
