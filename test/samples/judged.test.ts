import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze, buildReport, ingest, readAnalysis, render } from '../../src/index.ts';
import type { Analysis, NodeAnalysis } from '../../src/model/analysis.ts';
import { parseBytes } from '../../src/model/bytes.ts';
import { strictlyValidate } from '../helpers/strict-analysis.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'samples');
const FILES = readdirSync(FOLDER);
const TRUTHS = readdirSync(join(FOLDER, 'truth')).map((file) => JSON.parse(readFileSync(join(FOLDER, 'truth', file), 'utf8')));
const DAY = 86_400_000;

/** What the whole tool says of one file, as with `--node` and the machine of the story. */
async function judge(name: string, file: string): Promise<Analysis> {
  const truth = TRUTHS.find((each) => each.name === name);
  return analyze(await ingest([join(FOLDER, file)], { nodeId: truth.node }), {
    systemMemoryBytes: parseBytes(truth.systemMemory),
    generatedAt: truth.toAt,
  });
}

function onlyNode(analysis: Analysis | undefined): NodeAnalysis {
  const [node, ...others] = analysis?.nodes ?? [];
  if (node === undefined || others.length > 0) throw new Error(`${analysis?.nodes.length ?? 0} nodes, not 1`);
  return node;
}

const raisedIds = (node: NodeAnalysis): string[] => node.findings.filter(({ verdict }) => verdict === 'raised').map(({ id }) => id);

/** Without what only one form can say: its name and reading, and that INFO's empty keyspace section means no keys. */
function withoutForm({ inputs: _, nodes, ...rest }: Analysis): unknown {
  const isOfForm = ({ id }: { readonly id: string }): boolean => id === 'missing-keyspace';
  const alike = nodes.map((node) => ({
    ...node,
    quality: { ...node.quality, reasons: node.quality.reasons.filter((reason) => !isOfForm(reason)) },
  }));
  return { ...rest, nodes: alike };
}

/**
 * Stories whose end the decision table calls otherwise than their author did. `defrag-works` ends with 93 MiB between resident and used
 * memory: below the 100 MiB from which on a ratio means anything, so there is nothing to diagnose either way.
 */
const ALSO_RIGHT: Readonly<Record<string, readonly string[]>> = { 'defrag-works': ['small-dataset'] };

describe.each(TRUTHS.map((truth) => [truth.name as string, truth] as const))('%s, judged', (name, truth) => {
  const byFile = new Map<string, Analysis>();
  beforeAll(async () => {
    for (const file of FILES.filter((each) => each.startsWith(`${name}.`))) byFile.set(file, await judge(name, file));
  });
  afterAll(() => byFile.clear());
  const nodes = (): NodeAnalysis[] => [...byFile.values()].map(onlyNode);

  it('is judged alike in both forms, and no rule breaks', () => {
    const [one, other] = [...byFile.values()].map(withoutForm);
    expect(byFile.size).toBe(2);
    expect(other).toEqual(one);
    for (const node of nodes()) expect(node.findings.filter(({ verdict }) => verdict === 'error')).toEqual([]);
  });

  it('gives an Analysis that its schema takes, and that reads back equal', async () => {
    for (const analysis of byFile.values()) {
      strictlyValidate(analysis);
      const text = JSON.stringify(analysis);
      expect(await readAnalysis(text, 'saved')).toEqual(JSON.parse(text));
    }
  });

  it('has the peaks of the truth', () => {
    const { sampledPeaks, watchedPeak } = truth;
    for (const { peaks } of nodes()) {
      const used = peaks.usedMemoryBytes;
      const watched = Math.max(sampledPeaks.usedMemoryBytes.value, watchedPeak?.usedMemoryBytes.value ?? 0);
      expect(used?.value).toBeGreaterThanOrEqual(watched);
      expect(used?.value).toBeLessThanOrEqual(watched * 1.001);
      if (used?.recovered === false) expect({ value: used.value, at: used.at }).toEqual(sampledPeaks.usedMemoryBytes);
      expect(peaks.usedMemoryRssBytes).toEqual(sampledPeaks.usedMemoryRssBytes);
    }
  });

  it('ends where the recording ended, on the machine of the story', () => {
    const totalBytes = parseBytes(truth.systemMemory) ?? Number.NaN;
    for (const { latest, systemMemory, keyspace, quality } of nodes()) {
      expect(latest.usedMemoryBytes).toBe(truth.last.usedMemoryBytes);
      expect(latest.usedMemoryRssBytes).toBe(truth.last.usedMemoryRssBytes);
      expect(keyspace.databases.find(({ index }) => index === 0)?.keys ?? 0).toBe(truth.last.keys);
      expect(systemMemory).toMatchObject({ totalBytes, source: 'option', targetRatio: 0.8 });
      expect(systemMemory.ratioPeak).toBeCloseTo(truth.sampledPeaks.usedMemoryRssBytes.value / totalBytes, 6);
      expect([quality.fromAt, quality.toAt, quality.samples, quality.rejectedRows]).toEqual([truth.fromAt, truth.toAt, truth.samples, 0]);
    }
  });

  it('has the restarts, gaps, resets, saves and counts of the truth', () => {
    for (const { quality, activity, persistence } of nodes()) {
      if (truth.saves !== undefined) expect(persistence.forks.map(({ kind }) => kind)).toEqual(truth.saves.map(() => 'rdb'));
      const restarts = quality.restarts.map(({ at, lastSeenAt }) => ({ firstSeenAt: at, lastSeenAt }));
      expect(restarts).toMatchObject(
        truth.restarts.map((each: { firstSeenAt: number; lastSeenAt: number }) => ({
          firstSeenAt: each.firstSeenAt,
          lastSeenAt: each.lastSeenAt,
        })),
      );
      expect(restarts).toHaveLength(truth.restarts.length);
      expect(quality.gaps).toEqual(truth.gaps ?? []);
      expect(quality.statResets).toHaveLength(truth.statResets?.length ?? 0);
      expect(activity.evictedKeys).toBe(truth.increases?.evictedKeys ?? 0);
    }
  });

  it('is diagnosed and advised as the facts call for', () => {
    const { diagnosis, advice, activedefragSupported, forecast } = truth.expected;
    for (const node of nodes()) {
      if (diagnosis !== undefined) expect([diagnosis, ...(ALSO_RIGHT[name] ?? [])]).toContain(node.fragmentation.diagnosis);
      if (advice !== undefined) expect(node.fragmentation.advice).toBe(advice);
      // INFO cannot prove that a build takes it until it has been seen at work; that it is refused would be wrong.
      if (activedefragSupported === true) expect(['yes', 'unknown']).toContain(node.fragmentation.activedefrag.supported);
      if (forecast !== undefined) expect(node.forecast.status).toBe(forecast);
    }
  });

  it('rests its verdict on findings that were raised with evidence', () => {
    for (const node of nodes()) {
      const raised = raisedIds(node);
      for (const id of node.verdict.findingIds) {
        expect(raised).toContain(id);
        expect(Object.keys(node.findings.find((each) => each.id === id)?.evidence ?? {})).not.toEqual([]);
      }
      if (['act', 'watch'].includes(node.verdict.level)) expect(node.verdict.findingIds).not.toEqual([]);
      for (const action of node.actions) for (const id of action.findingIds) expect(raised).toContain(id);
    }
  });

  it('is told in Markdown without a gap in the words', async () => {
    const [analysis] = byFile.values();
    if (analysis === undefined) throw new Error(`${name} was not read`);
    const text = String(await render(buildReport(analysis, { language: 'en' }), 'md'));
    expect(text).toContain(truth.node);
    expect(text).not.toMatch(/\b(?:undefined|NaN|Infinity|null)\b|\[object/);
  });
});

describe('verdicts of the stories', () => {
  const judgeCsv = async (name: string): Promise<NodeAnalysis> => onlyNode(await judge(name, `${name}.csv`));

  it('steady-growth: the days at which 80 % and maxmemory were really reached lie between the p90 forecast and 1.5 times the p50', async () => {
    const { afterwards, toAt } = TRUTHS.find(({ name }) => name === 'steady-growth');
    const { forecast, verdict } = await judgeCsv('steady-growth');
    expect(forecast.status).toBe('ok');
    for (const [days, reachedAt] of [
      [forecast.daysToSystemTarget, afterwards.systemTargetAt],
      [forecast.daysToMaxmemory, afterwards.maxmemoryAt],
    ] as const) {
      const really = (reachedAt - toAt) / DAY;
      expect(days?.p90).toBeLessThanOrEqual(really);
      expect(days?.p50).toBeGreaterThan(really / 1.5);
      expect(days?.p50).toBeLessThan(really * 1.5);
    }
    expect(verdict.level).toBe('act');
  });

  it('fragmentation: it is named, with active defragmentation as the remedy', async () => {
    const { verdict, actions } = await judgeCsv('fragmentation');
    expect(verdict).toMatchObject({ level: 'act', id: 'fragmentation' });
    expect(actions.map(({ id }) => id)).toContain('enable-activedefrag');
  });

  it('defrag-works: active defragmentation is known to be supported once it was seen at work', async () => {
    expect((await judgeCsv('defrag-works')).fragmentation.activedefrag).toMatchObject({
      supported: 'yes',
      supportedReason: 'seen-running',
    });
  });

  it('articles-story: retained memory is explained, and nothing tells to defragment, purge or restart', async () => {
    const node = await judgeCsv('articles-story');
    expect(raisedIds(node)).toContain('rss-retained-after-peak');
    expect(raisedIds(node)).not.toContain('external-fragmentation');
    for (const id of ['enable-activedefrag', 'memory-purge', 'restart']) expect(node.actions.map((action) => action.id)).not.toContain(id);
  });

  it('cache-at-maxmemory: evictions are what to watch', async () => {
    expect((await judgeCsv('cache-at-maxmemory')).verdict).toMatchObject({ level: 'watch', id: 'evictions' });
  });

  it('save-with-writes: copy-on-write is the largest measured fork', async () => {
    const { forks } = TRUTHS.find(({ name }) => name === 'save-with-writes');
    const { persistence, provisioning, forecast } = await judgeCsv('save-with-writes');
    const largest = Math.max(...forks.map((fork: { reportedBytes: number }) => fork.reportedBytes));
    expect(Math.max(...persistence.forks.map(({ cowBytes }) => cowBytes))).toBe(largest);
    expect(provisioning.budget.find(({ id }) => id === 'copy-on-write')?.basis).toBe('measured');
    expect(forecast.status).toBe('refused');
  });

  it('engine-redis-8.0 and engine-valkey-8.1: refused writes decide', async () => {
    for (const name of ['engine-redis-8.0', 'engine-valkey-8.1']) {
      const node = await judgeCsv(name);
      expect(node.activity.oomErrors).toBeGreaterThan(0);
      expect(node.verdict).toMatchObject({ level: 'act', id: 'refusals' });
    }
    expect((await judgeCsv('engine-valkey-8.1')).engine).toEqual({ name: 'valkey', version: '8.1.1' });
  });
});
