import { describe, expect, it } from 'vitest';
import type { Action, Analysis, NodeAnalysis } from '../../../src/model/analysis.ts';
import { GiB, MiB } from '../../../src/model/bytes.ts';
import type { ComparedAdvice } from '../../../src/model/comparison.ts';
import { comparisonOf, judgedNode, withNode } from '../../helpers/compared.ts';
import { DAY, HOUR, START_AT, sampleEvery, type TestSample } from '../../helpers/node-history.ts';

const plain: Omit<TestSample, 'at'> = {
  usedMemoryBytes: 2 * GiB,
  usedMemoryRssBytes: 2.2 * GiB,
  maxmemoryBytes: 4 * GiB,
  totalSystemMemoryBytes: 8 * GiB,
  evictedKeys: 0,
  texts: { redisVersion: '7.2.6', maxmemoryPolicy: 'noeviction', allocator: 'jemalloc-5.3.0' },
};

const tenDays = (fromDay: number, describeSample: (i: number) => Partial<TestSample> = () => ({})): Analysis =>
  judgedNode(
    sampleEvery(3600, 240, (i) => ({ ...plain, ...describeSample(i) })).map((sample) => ({ ...sample, at: sample.at + fromDay * DAY })),
  );

const action = (id: Action['id'], values: Action['values'] = {}, findingIds: Action['findingIds'] = []): Action => ({
  id,
  findingIds,
  commands: [],
  effort: 'command',
  values,
});

/** What became of some steps that an Analysis of ten days advised, in the ten days after it. */
function follow(
  actions: readonly Action[],
  then: (node: NodeAnalysis) => Partial<NodeAnalysis>,
  now: (node: NodeAnalysis) => Partial<NodeAnalysis>,
  kind: 'baseline' | 'period' = 'baseline',
): readonly ComparedAdvice[] {
  const earlier = withNode(tenDays(0), (node) => ({ actions: [...actions], ...then(node) }));
  return comparisonOf(earlier, withNode(tenDays(10), now), kind).advice;
}

const same = () => ({});
const limit = (current: number | undefined) => (node: NodeAnalysis) => ({
  provisioning: { ...node.provisioning, maxmemoryBytes: { ...node.provisioning.maxmemoryBytes, current } },
});
const machine = (totalBytes: number | undefined) => (node: NodeAnalysis) => ({ systemMemory: { ...node.systemMemory, totalBytes } });
const defrag = (enabled: 'yes' | 'no' | 'unknown') => (node: NodeAnalysis) => ({
  fragmentation: { ...node.fragmentation, activedefrag: { ...node.fragmentation.activedefrag, enabled } },
});

describe('followAdvice', () => {
  it.each([
    [4 * GiB, 6 * GiB, 6 * GiB, 'applied'],
    [4 * GiB, 6 * GiB, 6.02 * GiB, 'applied'],
    [4 * GiB, 6 * GiB, 4 * GiB, 'not-applied'],
    [4 * GiB, 6 * GiB, 5 * GiB, 'partly'],
    [4 * GiB, 6 * GiB, 7 * GiB, 'otherwise'],
    [4 * GiB, 6 * GiB, 3 * GiB, 'otherwise'],
    [6 * GiB, 4 * GiB, 5 * GiB, 'partly'],
    [0, 4 * GiB, 0, 'not-applied'],
    [0, 4 * GiB, 4 * GiB, 'applied'],
    [0, 4 * GiB, 5 * GiB, 'otherwise'],
    [4 * GiB, 6 * GiB, 0, 'otherwise'],
    [4 * GiB, 6 * GiB, undefined, 'not-visible'],
  ])('tells of a limit of %d, to be %d and now %d, that it was %s', (from, maxmemoryBytes, now, status) => {
    const [told] = follow([action('raise-maxmemory', { maxmemoryBytes })], limit(from), limit(now));
    expect(told).toMatchObject({ id: 'raise-maxmemory', status });
    if (now !== undefined) expect(told).toMatchObject({ before: from, advised: maxmemoryBytes, after: now });
  });

  it('takes a limit that was to hold for the time being as followed once the next one is set', () => {
    const steps = [
      action('lower-maxmemory', { maxmemoryBytes: 3 * GiB }),
      action('resize-up'),
      action('raise-maxmemory', { maxmemoryBytes: 6 * GiB }),
    ];
    const statuses = (now: number) => follow(steps, limit(4 * GiB), limit(now)).map(({ status }) => status);
    expect(statuses(6 * GiB)).toEqual(['applied', 'not-visible', 'applied']);
    expect(statuses(3 * GiB)).toEqual(['applied', 'not-visible', 'otherwise']);
  });

  it.each([
    ['resize-up', { memoryBytes: 16 * GiB }, 16 * GiB, 'applied'],
    ['resize-up', { memoryBytes: 16 * GiB }, 15.4 * GiB, 'applied'],
    ['resize-up', { memoryNeededBytes: 12 * GiB }, 32 * GiB, 'applied'],
    ['resize-up', { memoryNeededBytes: 12 * GiB }, 8 * GiB, 'not-applied'],
    ['resize-up', { memoryNeededBytes: 12 * GiB }, 10 * GiB, 'partly'],
    ['resize-up', { memoryNeededBytes: 12 * GiB }, 4 * GiB, 'otherwise'],
    ['resize-up', { memoryNeededBytes: 12 * GiB }, undefined, 'not-visible'],
    ['resize-down', { memoryBytes: 4 * GiB }, 4 * GiB, 'applied'],
    ['resize-down', { memoryBytes: 4 * GiB }, 6 * GiB, 'partly'],
    ['resize-down', { memoryBytes: 4 * GiB }, 8 * GiB, 'not-applied'],
  ] as const)('tells %s %j from a machine of 8 GiB to %d as %s', (id, values, now, status) => {
    expect(follow([action(id, values)], machine(8 * GiB), machine(now))).toMatchObject([{ id, status }]);
  });

  it.each([
    ['cache.r7g.large', 'applied'],
    ['cache.m6g.large', 'not-applied'],
    ['cache.r7g.xlarge', 'otherwise'],
    [undefined, 'not-visible'],
  ])('tells a move from cache.m6g.large to cache.r7g.large, now %s, as %s', (now, status) => {
    const runsOn = (name: string | undefined) => (node: NodeAnalysis) => {
      const current = {
        provider: 'aws',
        offering: '',
        name: name ?? '',
        memoryBytes: GiB,
        usableBytes: GiB,
        rule: '',
        shards: 1,
        source: '',
      };
      return {
        provisioning: { ...node.provisioning, instance: { ...node.provisioning.instance, ...(name === undefined ? {} : { current }) } },
      };
    };
    const move = action('move-to-target', { name: 'cache.r7g.large' });
    expect(follow([move], runsOn('cache.m6g.large'), runsOn(now))).toMatchObject([{ status }]);
  });

  it('does not say that a machine stayed where the same option stated it of both periods', () => {
    const stated = (node: NodeAnalysis) => ({ systemMemory: { ...node.systemMemory, totalBytes: 8 * GiB, source: 'option' as const } });
    expect(follow([action('resize-up', { memoryNeededBytes: 12 * GiB })], stated, stated, 'period')).toMatchObject([
      { status: 'not-visible' },
    ]);
    expect(follow([action('resize-up', { memoryNeededBytes: 12 * GiB })], stated, stated)).toMatchObject([{ status: 'not-applied' }]);
  });

  it.each([
    ['enable-activedefrag', 'yes', 'applied'],
    ['enable-activedefrag', 'no', 'not-applied'],
    ['enable-activedefrag', 'unknown', 'not-visible'],
    ['disable-activedefrag', 'no', 'applied'],
  ] as const)('tells %s, now %s, as %s', (id, enabled, status) => {
    expect(follow([action(id)], same, defrag(enabled))).toMatchObject([{ id, status }]);
  });

  it.each([
    ['noeviction', 'allkeys-lru', 'applied'],
    ['noeviction', 'volatile-ttl', 'applied'],
    ['noeviction', 'noeviction', 'not-applied'],
    ['volatile-lru', 'noeviction', 'otherwise'],
    ['noeviction', undefined, 'not-visible'],
  ])('tells an eviction policy of %s, now %s, as %s', (from, now, status) => {
    const policy = (maxmemoryPolicy: string | undefined) => () => ({ maxmemoryPolicy });
    expect(follow([action('set-eviction-policy')], policy(from), policy(now))).toMatchObject([{ status }]);
  });

  it.each([
    ['7.2.6', '7.2.6', undefined, 'not-applied'],
    ['7.2.6', '8.2.0', undefined, 'applied'],
    ['7.2.6', '7.2.9', '7.4.1', 'partly'],
    ['7.2.6', '7.0.0', undefined, 'otherwise'],
  ])('tells an engine of %s, now %s (asked for: %s), as %s', (from, now, toVersion, status) => {
    const version = (value: string) => () => ({ engine: { name: 'redis', version: value } });
    const values: Action['values'] = toVersion === undefined ? {} : { toVersion };
    expect(follow([action('upgrade-engine', values)], version(from), version(now))).toMatchObject([{ status }]);
  });

  it.each([
    ['clear', 'resolved'],
    ['raised', 'unresolved'],
    ['not-enough-data', 'not-visible'],
  ] as const)('tells a step that leaves no trace by its finding: %s is %s', (verdict, status) => {
    const findings = () => ({
      findings: [{ id: 'resident-unused' as const, verdict, severity: 'info' as const, evidence: {}, commands: [] }],
    });
    expect(follow([action('memory-purge', {}, ['resident-unused'])], same, findings)).toMatchObject([{ id: 'memory-purge', status }]);
  });

  it('sees a restart only where the whole time since lies in the history', () => {
    const restarted = tenDays(10, (i) => ({
      uptimeSeconds: i < 100 ? 900_000 + i * 3600 : (i - 99) * 3600,
      texts: { ...plain.texts, runId: i < 100 ? 'a' : 'b' },
    }));
    const earlier = withNode(tenDays(0), () => ({ actions: [action('restart')] }));
    expect(comparisonOf(earlier, restarted).advice).toMatchObject([{ status: 'applied', at: START_AT + 10 * DAY + 100 * HOUR }]);
    expect(comparisonOf(earlier, tenDays(10)).advice).toMatchObject([{ status: 'not-visible' }]);
    const whole = judgedNode(sampleEvery(3600, 480, () => plain));
    expect(comparisonOf(earlier, whole).advice).toMatchObject([{ status: 'not-applied' }]);
  });

  it('leaves out a limit that was to hold until the machine is larger, once it is', () => {
    const steps = [action('lower-maxmemory', { maxmemoryBytes: 3 * GiB }), action('resize-up', { memoryNeededBytes: 12 * GiB })];
    const now = (bytes: number) => follow(steps, machine(8 * GiB), machine(bytes)).map(({ id, status }) => [id, status]);
    expect(now(16 * GiB)).toEqual([['resize-up', 'applied']]);
    expect(now(8 * GiB)).toEqual([
      ['lower-maxmemory', 'not-applied'],
      ['resize-up', 'not-applied'],
    ]);
  });

  it('leaves out what is no step on the server', () => {
    expect(follow([action('nothing'), action('collect-more'), action('leave-activedefrag')], same, same)).toEqual([]);
  });

  it('sets evictions against those since the new limit was seen, not against those of the whole window', () => {
    const evicting = (fromDay: number, changesAt: number) =>
      tenDays(fromDay, (i) => ({
        maxmemoryBytes: i < changesAt ? 2 * GiB : 3 * GiB,
        evictedKeys: Math.min(i, changesAt) * 1000,
        texts: { ...plain.texts, maxmemoryPolicy: 'allkeys-lru' },
      }));
    const earlier = withNode(evicting(0, 240), () => ({ actions: [action('raise-maxmemory', { maxmemoryBytes: 3 * GiB })] }));
    const [told] = comparisonOf(earlier, evicting(10, 120)).advice;
    expect(told).toMatchObject({ status: 'applied', at: START_AT + 10 * DAY + 120 * HOUR });
    const effect = told?.effects.find(({ figure }) => figure === 'evictions-per-day');
    expect(effect?.before).toBeCloseTo(24_000, 0);
    expect(effect).toMatchObject({ after: 0, moved: true });
  });

  it('tells waste before and after defragmentation was switched on, and none where it was not', () => {
    const wasteful = (wasteBytes: number, enabled: 'yes' | 'no') => (node: NodeAnalysis) => ({
      fragmentation: { ...defrag(enabled)(node).fragmentation, wasteBytes },
    });
    const done = follow([action('enable-activedefrag')], wasteful(900 * MiB, 'no'), wasteful(200 * MiB, 'yes'));
    expect(done[0]?.effects[0]).toEqual({ figure: 'waste', before: 900 * MiB, after: 200 * MiB, moved: true });
    expect(follow([action('enable-activedefrag')], wasteful(900 * MiB, 'no'), wasteful(200 * MiB, 'no'))[0]?.effects).toEqual([]);
  });
});
