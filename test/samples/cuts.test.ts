import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { analyze, ingest } from '../../src/index.ts';
import type { NodeAnalysis } from '../../src/model/analysis.ts';
import { MiB, parseBytes } from '../../src/model/bytes.ts';
import { countRows, findPossibleDiagnoses, readRawRows } from '../helpers/raw-rows.ts';

/** The recordings of test/fixtures/recordings, cut in the middle: what a report made on that day had to say, by the lines that were there then. */
const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'recordings');
const NAMES = readdirSync(FOLDER).flatMap((file) => (file.endsWith('.truth.json') ? [file.replace('.truth.json', '')] : []));
const SHARES = [0.25, 0.5, 0.75];

/**
 * What a reader is told first at each cut; with one entry, at all three. Before anything has happened, and where advice would rest on less than three
 * days, it is to collect more: only a danger that the lines show, and a limit that the machine cannot hold, come before that.
 */
const FIRST_STEPS: readonly (readonly [RegExp, readonly string[]])[] = [
  // Dangers that are there at the cut.
  [/^swapped/, ['collect-more', 'stop-swapping', 'stop-swapping']],
  [/^stalled-replica-1/, ['collect-more', 'limit-replica-buffers', 'limit-replica-buffers']],
  [/^rewrite-under-writes__redis-6.0/, ['resize-up']],
  // Growth that has become plain; the plateau looks like growth while it is climbed.
  [/^growth-compound/, ['lower-maxmemory', 'lower-maxmemory', 'resize-up']],
  [/^growth-plateau/, ['resize-up', 'lower-maxmemory', 'lower-maxmemory']],
  [/^container-smaller-than-host/, ['set-maxmemory', 'set-maxmemory', 'resize-up']],
  // Emptied once, nobody knows yet that it comes again: its growth counts. From the second time on it is known.
  [/^emptied-every-week/, ['resize-up', 'lower-maxmemory', 'lower-maxmemory']],
  // Limits: reached at half of the time, or from the first day on.
  [/^noeviction-near-limit/, ['collect-more', 'resize-up', 'resize-up']],
  [/^(cache-with-falling-hits|volatile-with-few-ttls)/, ['collect-more', 'raise-maxmemory', 'raise-maxmemory']],
  [/^oom-errors/, ['collect-more', 'collect-more', 'raise-maxmemory']],
  [/^(maxmemory-changed|resetstat-often)/, ['raise-maxmemory']],
  // Holes, once the second fill has shown that they are not used; where activedefrag is refused or may crash, a restart.
  [/^defragmented__(redis-7.0|valkey-8.1)-bundled/, ['collect-more', 'let-defrag-finish', 'collect-more']],
  [/^defragmented__valkey-9.1-system/, ['collect-more', 'restart', 'restart']],
  [/^(other-sizes__redis-[67].0|several-at-once__valkey-8.1)-bundled/, ['collect-more', 'collect-more', 'enable-activedefrag']],
  [/^(other-sizes__(redis-8.0|valkey-9.1)|several-at-once__redis-8.0)/, ['collect-more', 'collect-more', 'restart']],
  // Nothing, once there are days enough to say so.
  [/^(failover|cluster-with-skew)/, ['collect-more', 'nothing', 'nothing']],
  [/^table-doubles/, ['collect-more', 'collect-more', 'nothing']],
  [/^(bulk-delete|clock|crash|flush-and|growth|lazyfree|restart|restored|rewrite|save-under|scripts|spike|written)/, ['lower-maxmemory']],
  [/./, ['collect-more']],
];

interface Truth {
  readonly systemMemory: string;
  readonly fromAt: number;
  readonly toAt: number;
}

const CUTS = NAMES.flatMap((name) => {
  const truth: Truth = JSON.parse(readFileSync(join(FOLDER, `${name}.truth.json`), 'utf8'));
  return SHARES.map((share, cut) => ({
    name,
    cut,
    percent: 100 * share,
    toAt: Math.round(truth.fromAt + share * (truth.toAt - truth.fromAt)),
    machineBytes: parseBytes(truth.systemMemory) ?? Number.NaN,
  }));
});

describe.each(CUTS)('$name, cut at $percent %', ({ name, cut, toAt, machineBytes }) => {
  const file = join(FOLDER, `${name}.csv.gz`);
  const seen = countRows(
    readRawRows(file)
      .filter(({ at }) => at <= toAt)
      .toSorted((a, b) => a.at - b.at),
  );
  let node: NodeAnalysis;
  beforeAll(async () => {
    const { nodes } = await analyze(await ingest([file], { toAt }), { systemMemoryBytes: machineBytes, generatedAt: toAt });
    node = nodes[0] as NodeAnalysis;
  });

  it('raises what the lines give reason for until then, and nothing that is still to come', () => {
    const { last, days } = seen;
    const raised = (id: string) => node.findings.some((finding) => finding.id === id && finding.verdict === 'raised');
    const limit = last.number('maxmemory');
    const isStore = last.text('maxmemory_policy') === 'noeviction' || name.startsWith('volatile-with-few-ttls');
    const expected = {
      'maxmemory-unset': limit === 0,
      'noeviction-near-limit': isStore && limit > 0 && seen.highestCounted >= 0.9 * limit,
      'oom-errors': seen.increase('errorstat_OOM') > 0,
      'eviction-pressure': seen.increase('evicted_keys') > 0,
      'system-memory-ratio-high': seen.highest('used_memory_rss') > 0.8 * machineBytes,
      'machine-memory-doubtful': seen.highest('used_memory_rss') > machineBytes,
      'replica-buffer-risk': seen.highest('mem_not_counted_for_evict') >= 64 * MiB && seen.highest('connected_slaves') > 0,
      'client-memory-high': seen.highest('mem_clients_normal') >= 100 * MiB,
      restarts: seen.restarts > 0,
      'definition-change': seen.versions.size > 1,
    };
    expect(Object.fromEntries(Object.keys(expected).map((id) => [id, raised(id)]))).toEqual(expected);
    expect(node.findings.filter(({ verdict }) => verdict === 'error')).toEqual([]);
    if (days < 7) expect(raised('oversized')).toBe(false);
  });

  it('says what memory is by the lines until then', () => {
    expect(findPossibleDiagnoses(seen.now)).toContain(node.fragmentation.diagnosis);
  });

  it('forecasts from three days on, and at the limit of a cache', () => {
    const isHeld = seen.increase('evicted_keys') > 0;
    // Between: the oldest day counts from its half on.
    if (seen.days >= 3) expect(node.forecast.status).not.toBe('refused');
    else if (!isHeld && seen.days < 2.5) expect(node.forecast).toMatchObject({ status: 'refused', reason: 'history-too-short' });
  });

  it('advises first what helped then', () => {
    const steps = FIRST_STEPS.find(([stories]) => stories.test(name))?.[1] ?? [];
    expect(node.actions[0]?.id).toBe(steps[cut] ?? steps[0]);
  });
});
