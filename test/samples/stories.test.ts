import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze, ingest } from '../../src/index.ts';
import type { NodeAnalysis } from '../../src/model/analysis.ts';
import { parseBytes } from '../../src/model/bytes.ts';
import type { FindingId } from '../../src/model/finding.ts';

/** Recordings of real servers, one CSV and one truth each; made by the stories in scripts/recording/stories/. */
const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'recordings');
const NAMES = readdirSync(FOLDER).flatMap((file) => (file.endsWith('.truth.json') ? [file.replace('.truth.json', '')] : []));

interface Fork {
  readonly kernelBytes: number;
  readonly reportedBytes: number;
}

/** What is known from outside the tool: what the script did, a watcher's peak, the kernel's figures. */
interface Truth {
  readonly node: string;
  readonly systemMemory: string;
  readonly fromAt: number;
  readonly toAt: number;
  readonly samples: number;
  readonly sampledPeaks: Record<'usedMemoryBytes' | 'usedMemoryRssBytes', { readonly value: number; readonly at: number }>;
  readonly watchedPeak?: { readonly usedMemoryBytes: { readonly value: number } };
  readonly restarts: readonly { readonly lastSeenAt: number; readonly firstSeenAt: number }[];
  readonly statResets?: readonly unknown[];
  readonly duplicates?: number;
  readonly forks?: readonly Fork[];
  readonly refusedWrites?: number;
  readonly spikes?: readonly { readonly fromAt: number; readonly toAt: number; readonly value: number }[];
  readonly gaps?: readonly { readonly fromAt: number; readonly toAt: number }[];
  readonly afterwards?: { readonly dailyPeaks: readonly { readonly usedMemoryBytes: number }[] };
}

const readTruth = (name: string): Truth => JSON.parse(readFileSync(join(FOLDER, `${name}.truth.json`), 'utf8'));

async function judge(name: string, file = join(FOLDER, `${name}.csv.gz`)): Promise<NodeAnalysis> {
  const truth = readTruth(name);
  const analysis = await analyze(await ingest([file], {}), {
    systemMemoryBytes: parseBytes(truth.systemMemory),
    generatedAt: truth.toAt,
  });
  const [node, ...others] = analysis.nodes;
  if (node === undefined || others.length > 0) throw new Error(`${name}: ${analysis.nodes.length} nodes, not 1`);
  return node;
}

function readLines(name: string): string[] {
  return gunzipSync(readFileSync(join(FOLDER, `${name}.csv.gz`)))
    .toString()
    .trim()
    .split('\n');
}

/** A column of the file, read without the tool. */
function readColumn(name: string, field: string): number[] {
  const [header = [], ...rows] = readLines(name).map((line) => line.split(','));
  const index = header.indexOf(field);
  return rows.map((cells) => Number(cells[index]));
}

const folder = mkdtempSync(join(tmpdir(), 'headroom-stories-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** No recording. */
const NONE = /^$/;

const raised = (node: NodeAnalysis) => node.findings.filter(({ verdict }) => verdict === 'raised').map(({ id }) => id);

describe.each(NAMES)('%s', (name) => {
  const truth = readTruth(name);
  let node: NodeAnalysis;
  beforeAll(async () => {
    node = await judge(name);
  });

  it('has the peaks that a watcher saw and no higher ones than the server tells of', () => {
    const used = node.peaks.usedMemoryBytes;
    const sampled = truth.sampledPeaks.usedMemoryBytes;
    const column = readColumn(name, 'used_memory_peak');
    // What was higher before the first sample is no peak of this history.
    const before = column[0] ?? 0;
    const seen = [truth.watchedPeak?.usedMemoryBytes, ...(truth.spikes ?? [])].flatMap((each) => each?.value ?? []);
    for (const watched of [sampled.value, ...seen.filter((value) => value > before)]) expect(used?.value).toBeGreaterThanOrEqual(watched);
    expect(used?.value).toBeLessThanOrEqual(Math.max(sampled.value, ...column));
    expect(used?.recovered).toBe((used?.value ?? 0) > sampled.value);
    for (const { fromAt, toAt, value } of truth.spikes ?? []) {
      expect(node.peaks.recovered.some((peak) => peak.fromAt === fromAt && peak.toAt === toAt && peak.value >= value)).toBe(true);
    }
    expect(node.peaks.usedMemoryRssBytes).toEqual(truth.sampledPeaks.usedMemoryRssBytes);
  });

  it('has the restarts, resets and repeats that the script made, and no gap that it did not', () => {
    const { quality } = node;
    expect(quality.restarts.map(({ at, lastSeenAt }) => [lastSeenAt, at])).toEqual(
      truth.restarts.map(({ lastSeenAt, firstSeenAt }) => [lastSeenAt, firstSeenAt]),
    );
    expect(quality.statResets).toHaveLength(truth.statResets?.length ?? 0);
    expect(quality.duplicates).toBe(truth.duplicates ?? 0);
    expect(quality.gaps).toEqual(truth.gaps ?? []);
    expect([quality.rejectedRows, quality.averaged]).toEqual([0, false]);
    expect(quality.samples + quality.duplicates).toBe(truth.samples);
  });

  it('has each fork once, at the cost that the kernel tells', () => {
    const { forks } = node.persistence;
    expect(forks.map(({ cowBytes }) => cowBytes)).toEqual(
      truth.forks?.map(({ reportedBytes }) => reportedBytes) ?? forks.map(({ cowBytes }) => cowBytes),
    );
    for (const [i, fork] of (truth.forks ?? []).entries()) {
      // The script reads the child's Private_Dirty now and then, the server at the end.
      expect(forks[i]?.cowBytes).toBeGreaterThan(0.95 * fork.kernelBytes);
    }
  });

  it('breaks no rule, and its verdict and actions rest on findings that were raised', () => {
    expect(node.findings.filter(({ verdict }) => verdict === 'error')).toEqual([]);
    for (const id of [...node.verdict.findingIds, ...node.actions.flatMap(({ findingIds }) => findingIds)])
      expect(raised(node)).toContain(id);
  });
});

/**
 * Which recordings give reason for a finding, by what their stories did; all others give none. Findings that follow from how long a story is, or from
 * the machine that it was given, are judged by the truth below.
 */
const REASONS: Partial<Record<FindingId, RegExp>> = {
  swapping: /^swapped/,
  'save-failing': NONE,
  'network-near': NONE,
  'maxclients-near': NONE,
  'cpu-single-thread-near': NONE,
  'averaged-input': NONE,
  'definition-change': /^upgraded/,
  'shard-skew': NONE,
  'resident-unused': NONE,
  'process-overhead-high': NONE,
  'hash-table-step-ahead': NONE,
  'activedefrag-ineffective': NONE,
  'backlog-too-small': NONE,
  'script-cache-high': NONE,
  // Redis 6.0 does not count refused writes.
  'oom-errors': /^volatile-with-few-ttls/,
  'noeviction-near-limit': /^(noeviction-near-limit|oom-errors|volatile-with-few-ttls|several-at-once)/,
  // Evictions that go on, and those of the few keys that a policy may evict.
  'eviction-pressure': /^(cache-with-falling-hits|maxmemory-changed|resetstat-often|volatile-with-few-ttls)/,
  'hit-ratio-falling': /^cache-with-falling-hits/,
  'replica-buffer-risk': /^stalled-replica-1/,
  'client-memory-high': /^(spike-of-output-buffer|several-at-once)/,
  // Where activedefrag is refused, its story ends as fragmented as it began.
  'external-fragmentation': /^(drifting-sizes|other-sizes|several-at-once)|^defragmented__valkey-9.1-system/,
  'activedefrag-unsupported': /^(drifting-sizes|other-sizes|defragmented)__valkey-9.1-system/,
  // With libc memory kept and holes look alike.
  'rss-retained-after-peak': /^(defragmented|deleted-side-by-side|rewrite-under-writes)__redis-6.0-libc/,
  'defrag-crash-version': /^(drifting-sizes|other-sizes|several-at-once)__redis-8.0/,
  // What an upgrade left behind is over.
  'engine-end-of-life': /^(?!upgraded).*__redis-(6|7).0-/,
};

/** What a reader is told to do first, by story; where the story is too short for advice, to keep collecting. */
const FIRST_STEPS: readonly (readonly [RegExp, string])[] = [
  [/^(drifting-sizes|other-sizes)__(redis-6.0|redis-7.0|valkey-8.1)-bundled/, 'enable-activedefrag'],
  [/^drifting-sizes__redis-8.0/, 'upgrade-engine'],
  [/^(other-sizes__redis-8.0|(drifting-sizes|other-sizes|defragmented)__valkey-9.1-system)/, 'restart'],
  [
    /^(cache-with-falling-hits|cluster-with-skew-[25]|maxmemory-changed|oom-errors|resetstat-often|several-at-once|volatile-with-few-ttls)/,
    'raise-maxmemory',
  ],
  [
    /^(growth-(compound|linear|slope-change)|noeviction-near-limit|container-smaller-than-host|rewrite-under-writes__redis-6.0)/,
    'resize-up',
  ],
  [/^stalled-replica-1/, 'limit-replica-buffers'],
  [/^(cluster-with-skew|failover|full-syncs-without-saving|stalled-replica-2|table-doubles)/, 'nothing'],
  [/^swapped/, 'stop-swapping'],
  [/^(defragmented|deleted|few-data|large-values|flushed|drifting-sizes|other-sizes|upgraded)/, 'collect-more'],
  [/./, 'lower-maxmemory'],
];

describe.each(NAMES)('the judgement of %s', (name) => {
  let node: NodeAnalysis;
  beforeAll(async () => {
    node = await judge(name);
  });

  it('raises what its story gives reason for, and nothing else', () => {
    const told = raised(node);
    for (const [id, stories] of Object.entries(REASONS))
      expect(`${id} ${told.includes(id as FindingId)}`).toBe(`${id} ${stories.test(name)}`);
  });

  it('sees restarts, gaps and a machine over its target as they were', () => {
    const truth = readTruth(name);
    const told = raised(node);
    const ratio = truth.sampledPeaks.usedMemoryRssBytes.value / (parseBytes(truth.systemMemory) ?? Number.NaN);
    expect(told.includes('restarts')).toBe(truth.restarts.length > 0);
    expect(told.includes('gaps')).toBe((truth.gaps ?? []).length > 0);
    expect(told.includes('system-memory-ratio-high')).toBe(ratio > 0.8);
    expect(told.includes('machine-memory-doubtful')).toBe(ratio > 1);
    expect(told.includes('maxmemory-unset')).toBe(readColumn(name, 'maxmemory').at(-1) === 0);
  });

  it('is the same of memory where only every fourth sample was taken', async () => {
    const [header, ...rows] = readLines(name);
    const thinned = join(folder, `${name}.csv`);
    writeFileSync(thinned, [header, ...rows.filter((_, i) => i % 4 === 3)].join('\n'));
    const { fragmentation } = await judge(name, thinned);
    expect(fragmentation.diagnosis).toBe(node.fragmentation.diagnosis);
  });

  it('advises first what helps there', () => {
    expect(node.actions[0]?.id).toBe(FIRST_STEPS.find(([stories]) => stories.test(name))?.[1]);
  });
});
