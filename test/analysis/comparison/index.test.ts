import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../../src/model/analysis.ts';
import { GiB, MiB } from '../../../src/model/bytes.ts';
import { ConfigError } from '../../../src/model/errors.ts';
import { compared, comparisonOf, judged, judgedNode, withNode } from '../../helpers/compared.ts';
import { buildNodeHistory, DAY, sampleEvery } from '../../helpers/node-history.ts';
import { nodeStories, tellStory } from '../../helpers/node-story.ts';

const HOURS = 3600;

/** Ten days of a server, from some day on. */
function tenDays(fromDay: number, usedBytes: number, nodeId = 'cache:6379'): Analysis {
  const samples = sampleEvery(HOURS, 240, () => ({
    usedMemoryBytes: usedBytes,
    usedMemoryRssBytes: 1.05 * usedBytes,
    maxmemoryBytes: 8 * GiB,
    texts: { redisVersion: '7.2.6', maxmemoryPolicy: 'noeviction' },
  }));
  return judgedNode(
    samples.map((sample) => ({ ...sample, at: sample.at + fromDay * DAY })),
    { nodeId, systemMemoryBytes: 16 * GiB },
  );
}

describe('compareAnalyses', () => {
  it('says of any Analysis and itself, saved and read, that nothing changed', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(nodeStories, (story) => {
        const analysis = judgedNode(tellStory(story), { systemMemoryBytes: 64 * GiB });
        const comparison = comparisonOf(JSON.parse(JSON.stringify(analysis)), analysis);
        expect(comparison.direction).toBe('same');
        expect(comparison.figures.filter(({ moved, change }) => moved || (change ?? 0) !== 0)).toEqual([]);
        expect([comparison.words, comparison.findings, comparison.advice]).toEqual([[], [], []]);
        expect(comparison.verdict.moved).toBe(false);
        expect(comparison.reach?.moved ?? false).toBe(false);
        expect(comparison.forecast.status).toBe('undecided');
      }),
      { numRuns: 60 },
    );
  });

  it('tells both values and their difference, and that more data is neither better nor worse', () => {
    const { figures, direction, matchedBy } = comparisonOf(tenDays(0, 2 * GiB), tenDays(10, 2.125 * GiB));
    expect(figures.find(({ id }) => id === 'peak-used')).toEqual({
      id: 'peak-used',
      before: 2 * GiB,
      after: 2.125 * GiB,
      change: 0.125 * GiB,
      changeRatio: 0.0625,
      moved: true,
    });
    expect(direction).toBe('changed');
    expect(matchedBy).toBe('id');
  });

  it('leaves the figures of the Analysis alone, and takes the place of an earlier comparison', () => {
    const [first, second] = [tenDays(0, 2 * GiB), tenDays(10, 3 * GiB)];
    const once = compared(first, second);
    const { comparison: _, ...plain } = once;
    expect({ ...plain, nodes: plain.nodes.map(({ comparison: __, ...node }) => node) }).toEqual(second);
    expect(compared(first, once)).toEqual(once);
  });

  it('says what was asked differently, since figures differ for that alone', () => {
    const later = judgedNode(
      sampleEvery(HOURS, 240, () => ({ usedMemoryBytes: GiB })),
      { targetRatio: 0.7, horizonDays: 30 },
    );
    const earlier = judgedNode(sampleEvery(HOURS, 240, () => ({ usedMemoryBytes: GiB })));
    expect(compared(earlier, later).comparison?.askedDifferently).toEqual(['target-ratio', 'horizon']);
  });

  it('lists nodes that are new and gone, and puts those that got worse first', () => {
    const nodes = (names: readonly string[], fromDay: number, used: (name: string) => number) =>
      judged(
        names.map((nodeId) =>
          buildNodeHistory(
            sampleEvery(HOURS, 240, () => ({
              usedMemoryBytes: used(nodeId),
              usedMemoryRssBytes: 1.05 * used(nodeId),
              totalSystemMemoryBytes: 4 * GiB,
            })).map((sample) => ({ ...sample, at: sample.at + fromDay * DAY })),
            { nodeId },
          ),
        ),
      );
    const earlier = nodes(['a', 'b', 'old'], 0, () => GiB);
    const { comparison } = compared(
      earlier,
      nodes(['a', 'b', 'young'], 10, (name) => (name === 'b' ? 3.5 * GiB : GiB)),
    );
    expect(comparison?.newNodeIds).toEqual(['young']);
    expect(comparison?.goneNodeIds).toEqual(['old']);
    expect(comparison?.ranking).toEqual([
      { nodeId: 'b', direction: 'worse' },
      { nodeId: 'a', direction: 'same' },
    ]);
    expect(comparison?.totals.find(({ id }) => id === 'data-peak')).toEqual({
      id: 'data-peak',
      before: { value: 3 * GiB, of: 3 },
      after: { value: 5.5 * GiB, of: 3 },
      beforeNodes: 3,
      afterNodes: 3,
    });
  });

  it.each([
    ['no node in common', tenDays(0, GiB, 'other:6379'), tenDays(10, GiB), /it has "other:6379", this report has "cache:6379"/],
    ['the later one as the earlier', tenDays(10, GiB), tenDays(0, GiB), /something earlier: its last sample is of 2025-11-20T/],
    [
      'aliases against names',
      tenDays(0, GiB, 'node-1'),
      tenDays(10, GiB),
      /it was made with --anonymize, this report was not.*--anonymize-map/,
    ],
    ['names against aliases', tenDays(0, GiB), tenDays(10, GiB, 'node-1'), /this report was made with --anonymize, it was not/],
  ])('refuses %s, and says what to do', (_what, earlier, current, message) => {
    expect(() => compared(earlier, current)).toThrow(ConfigError);
    expect(() => compared(earlier, current)).toThrow(message);
  });

  it('notes windows that overlap or differ in length', () => {
    const long = judgedNode(sampleEvery(HOURS, 30 * 24, () => ({ usedMemoryBytes: GiB })));
    expect(comparisonOf(tenDays(0, GiB), long).notes).toEqual(['windows-overlap', 'windows-differ-in-length']);
    expect(comparisonOf(tenDays(0, GiB), tenDays(10, GiB)).notes).toEqual([]);
  });
});

describe('which node is which', () => {
  const pair = (earlierId: string, id: string) => comparisonOf(tenDays(0, GiB, earlierId), tenDays(10, GiB, id));

  it.each([
    ['redis://Cache.Example.:6379', 'cache.example:6379'],
    ['10.0.0.1:6379', 'redis://10.0.0.1:6379/'],
    ['[FE80::1]:6379', '[fe80::1]:6379'],
  ])('takes %s and %s for one address', (earlierId, id) => {
    expect(pair(earlierId, id)).toMatchObject({ earlierId, matchedBy: 'address' });
  });

  it.each([
    ['cache:6379', 'cache:6380'],
    ['cache-a:6379', 'cache-b:6379'],
    ['cache', 'cache:6379'],
  ])('does not guess that %s became %s', (earlierId, id) => {
    expect(() => pair(earlierId, id)).toThrow(ConfigError);
  });

  it('follows the only primary of a group that the user named, and no group that was found', () => {
    const group = (primary: string, replica: string, fromDay: number, id: string) =>
      judged(
        [primary, replica].map((nodeId, i) =>
          buildNodeHistory(
            sampleEvery(HOURS, 48, () => ({ usedMemoryBytes: GiB, texts: { role: i === 0 ? 'master' : 'slave' } })).map((sample) => ({
              ...sample,
              at: sample.at + fromDay * DAY,
            })),
            { nodeId },
          ),
        ),
        { groups: [{ id, kind: 'replication', nodes: [primary, replica] }] },
      );
    const moved = compared(group('a:1', 'b:1', 0, 'orders'), group('c:1', 'b:1', 10, 'orders'));
    expect(moved.nodes.map(({ id, comparison }) => [id, comparison?.earlierId, comparison?.matchedBy])).toEqual([
      ['c:1', 'a:1', 'role'],
      ['b:1', 'b:1', 'id'],
    ]);
    expect(compared(group('a:1', 'b:1', 0, 'orders'), group('c:1', 'b:1', 10, 'carts')).comparison?.goneNodeIds).toEqual(['a:1']);
  });
});

describe('findings', () => {
  const at = (verdict: 'raised' | 'clear' | 'not-enough-data', severity: 'info' | 'warning' | 'critical', fromDay: number) =>
    withNode(tenDays(fromDay, GiB), () => ({ findings: [{ id: 'oversized', verdict, severity, evidence: {}, commands: [] }] }));

  it.each([
    [at('clear', 'info', 0), at('raised', 'warning', 10), { change: 'new', after: 'warning' }, 'worse'],
    [at('raised', 'warning', 0), at('clear', 'info', 10), { change: 'gone', before: 'warning' }, 'better'],
    [at('raised', 'warning', 0), at('raised', 'critical', 10), { change: 'worse', before: 'warning', after: 'critical' }, 'worse'],
    [at('raised', 'critical', 0), at('raised', 'info', 10), { change: 'better', before: 'critical', after: 'info' }, 'better'],
    [at('not-enough-data', 'info', 0), at('raised', 'warning', 10), { change: 'first-judged', after: 'warning' }, 'changed'],
    [at('raised', 'warning', 0), at('not-enough-data', 'info', 10), { change: 'not-judged', before: 'warning' }, 'changed'],
    [at('clear', 'info', 0), at('raised', 'info', 10), { change: 'new', after: 'info' }, 'changed'],
  ])('of then and now are told as what they became', (earlier, current, change, direction) => {
    const comparison = comparisonOf(earlier, current);
    expect(comparison.findings).toEqual([{ id: 'oversized', ...change }]);
    expect(comparison.direction).toBe(direction);
  });

  it('of a rule that the earlier version did not have are not called new', () => {
    const earlier = withNode(tenDays(0, GiB), () => ({ findings: [] }));
    expect(comparisonOf(earlier, at('raised', 'critical', 10)).findings).toEqual([
      { id: 'oversized', change: 'first-judged', after: 'critical' },
    ]);
  });
});

describe('what is noise', () => {
  const waves = (height: number) =>
    judgedNode(
      sampleEvery(HOURS, 240, (i) => ({
        // A peak a day, every other one only half as high.
        usedMemoryBytes: 2 * GiB + (i % 24 === 20 ? height / (1 + (Math.floor(i / 24) % 2)) : 0),
        usedMemoryRssBytes: 3 * GiB,
      })),
    );

  it('is larger where the load moves from day to day by itself', () => {
    const grown = (height: number) => {
      const { figures } = comparisonOf(waves(height), tenDays(10, 2.4 * GiB));
      return figures.find(({ id }) => id === 'peak-used')?.moved;
    };
    expect(grown(10 * MiB)).toBe(true);
    expect(grown(GiB)).toBe(false);
  });

  it.each([
    [2 * GiB, 2.09 * GiB, false],
    [2 * GiB, 2.11 * GiB, true],
    [40 * MiB, 49 * MiB, false],
    [40 * MiB, 51 * MiB, true],
  ])('of a steady peak is 5 %%, at least 10 MiB: %d → %d', (before, after, moved) => {
    const { figures } = comparisonOf(tenDays(0, before), tenDays(10, after));
    expect(figures.find(({ id }) => id === 'peak-used')?.moved).toBe(moved);
  });

  it('is nothing where the machine crosses its target', () => {
    const ratio = (before: number, after: number) =>
      comparisonOf(
        withNode(tenDays(0, GiB), (node) => ({ systemMemory: { ...node.systemMemory, ratioPeak: before } })),
        withNode(tenDays(10, GiB), (node) => ({ systemMemory: { ...node.systemMemory, ratioPeak: after } })),
      ).figures.find(({ id }) => id === 'machine-ratio');
    expect(ratio(0.79, 0.81)).toMatchObject({ moved: true, sense: 'worse' });
    expect(ratio(0.81, 0.79)).toMatchObject({ moved: true, sense: 'better' });
    expect(ratio(0.7, 0.72)).toMatchObject({ moved: false });
    expect(ratio(0.3, 0.5)).toEqual(expect.not.objectContaining({ sense: 'worse' }));
  });

  it('tells counters a day, so that windows of any length compare', () => {
    const evicting = (days: number, fromDay: number) =>
      judgedNode(
        sampleEvery(HOURS, days * 24, (i) => ({ usedMemoryBytes: GiB, evictedKeys: i * 1000 })).map((sample) => ({
          ...sample,
          at: sample.at + fromDay * DAY,
        })),
      );
    const rate = comparisonOf(evicting(5, 0), evicting(20, 5)).figures.find(({ id }) => id === 'evictions-per-day');
    expect(rate?.before).toBeCloseTo(24_000, 0);
    expect(rate).toMatchObject({ after: rate?.before, moved: false });
  });
});
