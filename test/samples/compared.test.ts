import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Analysis, type AnalyzeOptions, analyze, compare, ingest, readAnalysis } from '../../src/index.ts';
import { MiB } from '../../src/model/bytes.ts';
import type { NodeComparison } from '../../src/model/comparison.ts';
import { strictlyValidate } from '../helpers/strict-analysis.ts';

const SAMPLES = join(import.meta.dirname, '..', '..', 'samples');
const truthOf = (name: string) => JSON.parse(readFileSync(join(SAMPLES, 'truth', `${name}.json`), 'utf8'));

/** A recording cut in two at an instant; what moved since the first part. */
async function cut(file: string, at: string | number, options: AnalyzeOptions = {}): Promise<{ whole: Analysis; node: NodeComparison }> {
  const fromAt = new Date(at).getTime();
  const ingested = await ingest([join(SAMPLES, file)], { fromAt, earlier: () => ({ toAt: fromAt - 1 }) });
  if (ingested.earlier === undefined) throw new Error('no earlier window');
  const judge = (part: typeof ingested.earlier) => analyze(part, { generatedAt: 0, ...options });
  const whole = await compare(await judge(ingested), await judge(ingested.earlier), { kind: 'period' });
  strictlyValidate(whole);
  const node = whole.nodes[0]?.comparison;
  if (node === undefined) throw new Error('the node is not in both parts');
  return { whole, node };
}

const figure = ({ figures }: NodeComparison, id: string) => figures.find((each) => each.id === id);

describe('a recording cut in two', () => {
  it('of steady growth: the peak rose by what was written, and the forecast of the first half held', async () => {
    const { node } = await cut('steady-growth.csv', '2026-04-21T00:00:00Z', { systemMemoryBytes: 576 * MiB });
    expect(figure(node, 'peak-used')).toMatchObject({ moved: true });
    expect(figure(node, 'peak-used')?.after).toBeGreaterThanOrEqual(truthOf('steady-growth').sampledPeaks.usedMemoryBytes.value);
    expect(figure(node, 'waste')?.moved).toBe(false);
    expect(node.forecast).toMatchObject({ status: 'held' });
    expect(node.forecast.coverage).toBeGreaterThan(0.99);
    expect(node.notes).toEqual([]);
  });

  it('of a cache at its limit: nothing moved, and there was no forecast to hold', async () => {
    const { node } = await cut('cache-at-maxmemory.csv', '2026-06-12T12:00:00Z', { systemMemoryBytes: 320 * MiB });
    expect(node.direction).toBe('same');
    expect(node.forecast).toMatchObject({ status: 'undecided', reason: 'no-forecast' });
    const { increases, samples } = truthOf('cache-at-maxmemory');
    // Ten minutes between two samples.
    const perDay = increases.evictedKeys / ((samples - 1) / 144);
    expect(figure(node, 'evictions-per-day')?.after).toBeGreaterThan(0.9 * perDay);
    expect(figure(node, 'evictions-per-day')?.after).toBeLessThan(1.1 * perDay);
  });

  it('where defragmentation was switched on in between: the advice was followed, and the waste is gone', async () => {
    const { node } = await cut('defrag-works.csv', '2026-05-13T01:00:00Z', { systemMemoryBytes: 1024 * MiB });
    const advice = node.advice.find(({ id }) => id === 'enable-activedefrag');
    expect(advice).toMatchObject({ status: 'applied', after: 'yes' });
    const waste = advice?.effects.find((effect) => effect.figure === 'waste');
    const { last } = truthOf('defrag-works');
    expect(waste).toMatchObject({ after: last.usedMemoryRssBytes - last.usedMemoryBytes, moved: true });
    expect(waste?.before).toBeGreaterThan(3 * (waste?.after ?? 0));
    expect(node.direction).toBe('better');
    expect(node.findings).toContainEqual({ id: 'external-fragmentation', change: 'gone', before: 'warning' });
  });

  it('of memory kept after deletes: resident memory did not move when the data came back', async () => {
    const { refill } = truthOf('articles-story').phases;
    const { node } = await cut('articles-story.csv', refill.fromAt, { systemMemoryBytes: 768 * MiB });
    expect(figure(node, 'peak-rss')?.moved).toBe(false);
    expect(figure(node, 'peak-used')?.moved).toBe(false);
    expect(node.findings.filter(({ change }) => change === 'new' || change === 'worse')).toEqual([]);
  });
});

describe('an Analysis that an earlier release saved', () => {
  it('is read and compared, and rules that it did not have yet are not called new', async () => {
    const packed = readFileSync(join(import.meta.dirname, '..', 'fixtures', 'analysis', 'steady-growth-until-20-april.json.gz'));
    const earlier = await readAnalysis(gunzipSync(packed).toString('utf8'), 'old.json');
    const file = join(SAMPLES, 'steady-growth.csv');
    const ingested = await ingest([file], { fromAt: Date.UTC(2026, 3, 21) });
    const later = await analyze(ingested, { generatedAt: 0, systemMemoryBytes: 576 * MiB });
    // It lacks what came later.
    expect(earlier.nodes[0]?.findings.length).toBeLessThan(later.nodes[0]?.findings.length ?? 0);
    const whole = await compare(later, earlier, { name: 'old.json' });
    strictlyValidate(whole);
    const node = whole.nodes[0]?.comparison as NodeComparison;
    expect(node.forecast.status).toBe('held');
    expect(figure(node, 'peak-used')).toMatchObject({ moved: true });
    const known = new Set(earlier.nodes[0]?.findings.map(({ id }) => id));
    for (const { id, change } of node.findings) if (!known.has(id)) expect(change).toBe('first-judged');
  });
});
