import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anonymizeAnalysis } from '../../src/analysis/anonymize.ts';
import type { GroupDefinition } from '../../src/analysis/group-config.ts';
import { analyzeHistories } from '../../src/analysis/index.ts';
import { Aliases } from '../../src/model/aliases.ts';
import type { Analysis } from '../../src/model/analysis.ts';
import { GiB } from '../../src/model/bytes.ts';
import type { NodeHistory } from '../../src/model/node-history.ts';
import { buildReport } from '../../src/report/index.ts';
import { buildNodeHistory, sampleEvery, type TestSample } from '../helpers/node-history.ts';
import { strictlyValidate } from '../helpers/strict-analysis.ts';

const analyzeAll = (histories: readonly NodeHistory[], groups: readonly GroupDefinition[] = []): Analysis =>
  analyzeHistories(histories, [], {
    catalog: [],
    catalogDates: {},
    tool: { name: 'redis-headroom', version: '0.0.0' },
    generatedAt: 0,
    groups,
  });

const nodeOf = (nodeId: string, usedBytes: number, rest: Omit<TestSample, 'at'> = {}): NodeHistory =>
  buildNodeHistory(
    sampleEvery(6 * 3600, 160, () => ({
      usedMemoryBytes: usedBytes,
      usedMemoryRssBytes: usedBytes * 1.02,
      notCountedBytes: 0,
      maxmemoryBytes: 0,
      aofEnabled: 0,
      rdbSaves: 0,
      totalSystemMemoryBytes: 16 * GiB,
      ...rest,
      texts: { redisVersion: '7.2.6', maxmemoryPolicy: 'noeviction', ...rest.texts },
    })),
    { nodeId },
  );
const primary = (letter: string, usedBytes = 4 * GiB, rest: Omit<TestSample, 'at'> = {}) =>
  nodeOf(`${letter}1:6379`, usedBytes, { connectedReplicas: 1, ...rest, texts: { role: 'master', replicationId: letter.repeat(40) } });
const replica = (letter: string, usedBytes = 4 * GiB, rest: Omit<TestSample, 'at'> = {}) =>
  nodeOf(`${letter}2:6379`, usedBytes, { connectedReplicas: 0, ...rest, texts: { role: 'slave', replicationId: letter.repeat(40) } });

/** A cluster as the user defines it, with the zones of its nodes. */
const cluster = (zones?: Record<string, string>): GroupDefinition => ({
  id: 'c',
  kind: 'cluster',
  nodes: ['*'],
  ...(zones ? { zones } : {}),
});
const groupOf = (histories: readonly NodeHistory[], zones?: Record<string, string>) => analyzeAll(histories, [cluster(zones)]).groups[0];

describe('the failover of one shard', () => {
  const others = [primary('b'), replica('b')];
  const verdictOf = (...shard: readonly NodeHistory[]) => groupOf([...shard, ...others])?.failover?.shards[0];

  it.each<[string, readonly NodeHistory[], Record<string, unknown>]>([
    ['a replica of the same size', [primary('a'), replica('a')], { verdict: 'holds', replicaId: 'a2:6379' }],
    [
      'a smaller machine',
      [primary('a'), replica('a', 4 * GiB, { totalSystemMemoryBytes: 4 * GiB })],
      { verdict: 'short', shortIn: ['machine'] },
    ],
    ['a lower limit', [primary('a'), replica('a', 4 * GiB, { maxmemoryBytes: 3 * GiB })], { verdict: 'short', shortIn: ['maxmemory'] }],
    ['no replica', [primary('a', 4 * GiB, { connectedReplicas: 0 })], { verdict: 'data-lost' }],
    ['a replica that was not read', [primary('a')], { verdict: 'unknown', reason: 'replica-not-read' }],
    [
      'no word of replicas',
      [primary('a', 4 * GiB, { connectedReplicas: Number.NaN })],
      { verdict: 'unknown', reason: 'replicas-not-told' },
    ],
    [
      'an unknown machine',
      [primary('a'), replica('a', 4 * GiB, { totalSystemMemoryBytes: Number.NaN })],
      { verdict: 'unknown', reason: 'machine-unknown' },
    ],
    ['a replica alone', [replica('a')], { verdict: 'unknown', reason: 'primary-not-read' }],
  ])('is judged: %s', (_, shard, expected) => {
    expect(verdictOf(...shard)).toMatchObject(expected);
  });

  it('takes the best of several replicas, and the worst of several shards', () => {
    const third = nodeOf('a3:6379', 4 * GiB, { texts: { role: 'slave', replicationId: 'a'.repeat(40) } });
    const small = replica('a', 4 * GiB, { totalSystemMemoryBytes: 4 * GiB });
    expect(verdictOf(primary('a', 4 * GiB, { connectedReplicas: 2 }), small, third)).toMatchObject({
      verdict: 'holds',
      replicaId: 'a3:6379',
    });
    expect(groupOf([primary('a', 4 * GiB, { connectedReplicas: 0 }), ...others])?.failover?.verdict).toBe('data-lost');
  });
});

describe('an unsafe failover is a finding', () => {
  const findingOf = (analysis: Analysis, nodeId: string) => {
    const node = analysis.nodes.find(({ id }) => id === nodeId);
    const finding = node?.findings.find(({ id }) => id === 'failover-unsafe');
    const action = node?.actions.find(({ findingIds }) => findingIds.includes('failover-unsafe'));
    return { finding, action, node };
  };
  const others = [primary('b'), replica('b')];

  it('of a replica with a lower limit: raised to that of its primary, where its machine carries it', () => {
    const limit = (maxmemoryBytes: number) => ({ maxmemoryBytes });
    const analysis = analyzeAll([primary('a', 4 * GiB, limit(6 * GiB)), replica('a', 4 * GiB, limit(3 * GiB)), ...others], [cluster()]);
    const { finding, action } = findingOf(analysis, 'a2:6379');
    expect(finding).toMatchObject({
      verdict: 'raised',
      severity: 'critical',
      evidence: {
        reason: 'short',
        shortIn: 'maxmemory',
        primaryId: 'a1:6379',
        dataBytes: 4 * GiB,
        maxmemoryBytes: 3 * GiB,
        wantedBytes: 6 * GiB,
      },
      commands: [`CONFIG SET maxmemory ${6 * GiB}`, 'CONFIG REWRITE'],
    });
    expect(action).toMatchObject({ id: 'fit-replica', effort: 'command', undo: [`CONFIG SET maxmemory ${3 * GiB}`, 'CONFIG REWRITE'] });
    expect(action?.verify).toContain('INFO memory');
    expect(findingOf(analysis, 'a1:6379').finding?.verdict).toBe('clear');
    strictlyValidate(analysis);
  });

  it('of a replica on a smaller machine: no command, and another machine', () => {
    const small = { totalSystemMemoryBytes: 4.2 * GiB };
    const { finding, action } = findingOf(analyzeAll([primary('a'), replica('a', 4 * GiB, small), ...others], [cluster()]), 'a2:6379');
    expect(finding).toMatchObject({ verdict: 'raised', severity: 'critical', evidence: { shortIn: 'machine' }, commands: [] });
    expect(action).toMatchObject({ id: 'fit-replica', effort: 'resize', commands: [] });
    expect(action?.values.neededBytes).toBeGreaterThan(4.2 * GiB);
  });

  it('of a replica that is smaller and holds so far: a note', () => {
    const smaller = { totalSystemMemoryBytes: 12 * GiB };
    const { finding, action } = findingOf(analyzeAll([primary('a'), replica('a', 4 * GiB, smaller), ...others], [cluster()]), 'a2:6379');
    expect(finding).toMatchObject({ verdict: 'raised', severity: 'info', evidence: { reason: 'smaller', shortIn: 'machine' } });
    expect(action).toBeUndefined();
  });

  it('of a primary without a replica, and of one whose replica fails with it', () => {
    const alone = analyzeAll([primary('a', 4 * GiB, { connectedReplicas: 0 }), ...others], [cluster()]);
    expect(findingOf(alone, 'a1:6379').finding).toMatchObject({ severity: 'warning', evidence: { reason: 'no-replica' } });
    expect(findingOf(alone, 'a1:6379').action?.commands[0]).toContain('--cluster add-node');
    const zones = { 'a*': 'x', 'b1*': 'x', 'b2*': 'y' };
    const together = analyzeAll([primary('a'), replica('a'), ...others], [cluster(zones)]);
    expect(findingOf(together, 'a1:6379').finding).toMatchObject({ severity: 'warning', evidence: { reason: 'one-zone', zone: 'x' } });
    expect(findingOf(together, 'b1:6379').finding?.verdict).toBe('clear');
    expect(JSON.stringify(buildReport(together))).toContain('Place a replica of this primary outside zone x');
  });

  it('without the name of the zone in an anonymous report', () => {
    const analysis = analyzeAll(
      [primary('a'), replica('a'), ...others],
      [cluster({ 'a*': 'rack-seven', 'b1*': 'rack-seven', 'b2*': 'y' })],
    );
    const isolated = JSON.stringify(anonymizeAnalysis(analysis, new Aliases(), new Set()));
    expect(JSON.stringify(analysis)).toContain('"zone":"rack-seven"');
    expect(isolated).toContain('one-zone');
    expect(isolated).not.toContain('rack-seven');
  });
});

describe('the loss of one zone', () => {
  const nodes = [primary('a'), replica('a'), primary('b'), replica('b')];

  it('is not judged where a zone is not known', () => {
    const analysis = analyzeAll(nodes, [cluster({ 'a*': 'x' })]);
    expect(analysis.groups[0]?.zoneLoss).toEqual({ status: 'zones-unknown', unknownNodeIds: ['b1:6379', 'b2:6379'], zones: [] });
    expect(JSON.stringify(buildReport(analysis))).toContain(
      'Whether one zone may fail cannot be judged: the zones of b1:6379, b2:6379 are not known',
    );
  });

  it('loses the data of a shard that lies in one zone only', () => {
    const zones = groupOf(nodes, { 'a*': 'x', 'b1*': 'x', 'b2*': 'y' })?.zoneLoss?.zones;
    expect(zones).toMatchObject([
      {
        zone: 'x',
        nodes: 3,
        primaries: 2,
        verdict: 'data-lost',
        shards: [{ verdict: 'data-lost' }, { verdict: 'holds', replicaId: 'b2:6379' }],
      },
      { zone: 'y', nodes: 1, primaries: 0, verdict: 'holds', shards: [] },
    ]);
  });

  it('is survived where each shard has a replica elsewhere', () => {
    const analysis = analyzeAll(nodes, [cluster({ '?1*': 'x', '?2*': 'y' })]);
    strictlyValidate(analysis);
    expect(analysis.groups[0]?.zoneLoss?.zones.map(({ verdict }) => verdict)).toEqual(['holds', 'holds']);
    expect(JSON.stringify(buildReport(analysis))).toContain('zone x (2 nodes, 2 primaries)');
  });
});

describe('an even spread before anything is bought', () => {
  const shards = (hot: number, keys = [1e6, 1e6, 3e6], rest: Omit<TestSample, 'at'> = {}) => [
    primary('a', 4 * GiB, { db0Keys: keys[0], db0Expires: 0, connectedReplicas: 0, ...rest }),
    primary('b', 4 * GiB, { db0Keys: keys[1], db0Expires: 0, connectedReplicas: 0, ...rest }),
    primary('c', hot * GiB, { db0Keys: keys[2], db0Expires: 0, connectedReplicas: 0, ...rest }),
  ];
  const hottest = (analysis: Analysis) => analysis.nodes.find(({ id }) => id === 'c1:6379');

  it('is the first step where the machines hold it, and the verdict says so', () => {
    const analysis = analyzeAll(shards(14.5), [cluster()]);
    strictlyValidate(analysis);
    const { evenSpread } = analysis.groups[0] ?? {};
    expect(evenSpread).toMatchObject({ machineSuffices: true, limitSuffices: true });
    expect(evenSpread?.memoryNeededBytes).toBeLessThan(16 * GiB);
    const node = hottest(analysis);
    expect(node?.actions[0]).toMatchObject({ id: 'move-slots', values: { shards: 3, moveBytes: 7 * GiB } });
    expect(node?.actions[0]?.commands[0]).toMatch(/^redis-cli --cluster reshard ADDRESS .* --cluster-slots 2637 --cluster-yes$/);
    expect(node?.actions.map(({ id }) => id)).not.toContain('resize-up');
    expect(node?.verdict).toMatchObject({ level: 'act', id: 'move-slots' });
    expect(JSON.stringify(buildReport(analysis))).toContain(
      'Reshard before buying: spread evenly, each shard would hold 7.5 GiB at its peak',
    );
  });

  it.each([
    ['the machines are too small even then', shards(14.5, undefined, { totalSystemMemoryBytes: 8 * GiB })],
    ['a few large values make the difference', shards(14.5, [1e6, 1e6, 1e6])],
  ])('is no step where %s', (_, histories) => {
    const actions = hottest(analyzeAll(histories, [cluster()]))?.actions.map(({ id }) => id);
    expect(actions).toContain('resize-up');
    expect(actions).not.toContain('move-slots');
  });

  it('is no step where nothing is short', () => {
    const analysis = analyzeAll(shards(8), [cluster()]);
    expect(hottest(analysis)?.actions.map(({ id }) => id)).not.toContain('move-slots');
    expect(JSON.stringify(buildReport(analysis))).not.toContain('Reshard before buying');
  });

  it('never needs less in all where the skew is larger and the data are the same', () => {
    const total = 24;
    const needAt = (hot: number) => {
      const rest = (total - hot) / 2;
      const histories = [primary('a', rest * GiB), primary('b', rest * GiB), primary('c', hot * GiB)];
      return analyzeAll(histories, [cluster()]).groups[0];
    };
    fc.assert(
      fc.property(fc.double({ min: 8, max: 20, noNaN: true }), fc.double({ min: 0, max: 3.9, noNaN: true }), (hot, more) => {
        const [even, skewed] = [needAt(hot), needAt(hot + more)];
        expect(skewed?.skew).toBeGreaterThanOrEqual((even?.skew ?? 0) - 1e-9);
        expect(skewed?.dataPeakBytes).toBeCloseTo(even?.dataPeakBytes ?? 0, -3);
        expect(skewed?.totalMemoryNeededBytes).toBeGreaterThanOrEqual(even?.totalMemoryNeededBytes ?? 0);
      }),
      { numRuns: 25 },
    );
  });
});
