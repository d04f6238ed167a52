import { beforeAll, describe, expect, it } from 'vitest';
import { judgeGroup } from '../../src/analysis/group-verdict.ts';
import type { Action, Analysis, GroupAnalysis, NodeAnalysis } from '../../src/model/analysis.ts';
import { MiB } from '../../src/model/bytes.ts';
import { analyzeRecordedCluster } from '../helpers/recorded-cluster.ts';

let analysis: Analysis;
let group: GroupAnalysis;
beforeAll(async () => {
  analysis = await analyzeRecordedCluster();
  group = analysis.groups[0] as GroupAnalysis;
});

const byId = (id: string | undefined): NodeAnalysis => analysis.nodes.find((node) => node.id === id) as NodeAnalysis;

/** The recorded nodes with other steps: the hottest's, and those of all others. */
function withActions(hottest: readonly Partial<Action>[], others: readonly Partial<Action>[]): NodeAnalysis[] {
  const whole = (action: Partial<Action>): Action => ({
    id: 'nothing',
    findingIds: [],
    commands: [],
    effort: 'command',
    values: {},
    ...action,
  });
  return analysis.nodes.map((node) => ({ ...node, actions: (node.id === group.sizedByNodeId ? hottest : others).map(whole) }));
}

describe('the verdict on a recorded cluster', () => {
  it('is that of its most urgent node', () => {
    const first = byId(analysis.fleet?.ranking[0]?.nodeId);
    expect(group.verdict).toEqual({ level: first.verdict.level, id: first.verdict.id, nodeId: first.id });
    expect(group.verdict).toMatchObject({ level: 'act', id: 'resize-before' });
  });

  it('gives all nodes the machine that the neediest asks for, and no limits for the machines that they have', () => {
    const other = analysis.nodes.find(
      ({ id, actions }) => id !== group.sizedByNodeId && actions.some((step) => step.id === 'lower-maxmemory'),
    );
    expect(other).toBeDefined();
    const [machine, ...rest] = group.steps ?? [];
    expect(machine).toMatchObject({ id: 'resize-up', nodeId: group.sizedByNodeId, differs: false });
    expect(new Set(machine?.nodeIds)).toEqual(new Set(group.nodeIds));
    expect(rest.map(({ id }) => id)).toEqual(['upgrade-engine']);
  });

  it('knows the peak of each shard, hottest first, and how far that is from the median', () => {
    const peaks = group.shardPeaks ?? [];
    const primaries = group.members.filter(({ role }) => role === 'primary').map(({ nodeId }) => nodeId);
    expect(new Set(peaks.map(({ nodeId }) => nodeId))).toEqual(new Set(primaries));
    expect(peaks[0]?.nodeId).toBe(group.hottestNodeId);
    for (const { nodeId, bytes } of peaks) expect(byId(nodeId).peaks.countedBytes?.value).toBe(bytes);
    expect(peaks.map(({ bytes }) => bytes)).toEqual(peaks.map(({ bytes }) => bytes).toSorted((a, b) => b - a));
    expect(group.skewToMedian).toBeCloseTo((peaks[0]?.bytes ?? 0) / (peaks[1]?.bytes ?? 0), 10);
  });

  it('is about the limit of the hot shard where machines are large enough', async () => {
    const { groups } = await analyzeRecordedCluster({ systemMemoryBytes: 4096 * MiB });
    const hot = group.members.filter(({ nodeId, replicaOf }) => [nodeId, replicaOf].includes(group.hottestNodeId));
    expect(groups[0]?.verdict?.id).toBe('raise-maxmemory');
    const raise = groups[0]?.steps?.find(({ id }) => id === 'raise-maxmemory');
    expect(new Set(raise?.nodeIds)).toEqual(new Set(hot.map(({ nodeId }) => nodeId)));
    expect(groups[0]?.steps?.map(({ id }) => id)).not.toContain('resize-up');
  });
});

describe('the steps of a group', () => {
  const limit = (maxmemoryBytes: number) => ({ commands: [`CONFIG SET maxmemory ${maxmemoryBytes}`], values: { maxmemoryBytes } });

  it('are told once, with the nodes that they are for, and whether they are alike', () => {
    const steps = judgeGroup(
      group,
      withActions([{ id: 'set-maxmemory', ...limit(3) }], [{ id: 'upgrade-engine' }, { id: 'set-maxmemory', ...limit(4) }]),
    ).steps;
    expect(steps?.map(({ id, nodeIds, differs }) => [id, nodeIds.length, differs])).toEqual([
      ['set-maxmemory', 6, true],
      ['upgrade-engine', 5, false],
    ]);
  });

  it('do not make machines smaller because some nodes need less', () => {
    const steps = judgeGroup(group, withActions([{ id: 'nothing' }], [{ id: 'resize-down' }])).steps;
    expect(steps?.map(({ id }) => id)).toEqual(['nothing']);
    const all = judgeGroup(group, withActions([{ id: 'resize-down' }], [{ id: 'resize-down' }])).steps;
    expect(all?.map(({ id, nodeIds }) => [id, nodeIds.length])).toEqual([['resize-down', 6]]);
  });

  it('do not ask for the machine of the primary where all get another one', () => {
    const replica = { id: 'fit-replica' as const };
    const alone = judgeGroup(group, withActions([{ id: 'nothing' }], [replica])).steps;
    expect(alone?.map(({ id }) => id)).toEqual(['fit-replica']);
    const steps = judgeGroup(group, withActions([{ id: 'resize-up' }], [replica])).steps;
    expect(steps?.map(({ id }) => id)).toEqual(['resize-up']);
  });

  it('name those whose own machine is too small, where the neediest has a large one', () => {
    const small = analysis.nodes.find(({ id }) => id !== group.sizedByNodeId)?.id;
    const nodes = withActions([{ id: 'nothing' }], [{ id: 'nothing' }]).map((node) => ({
      ...node,
      provisioning: { ...node.provisioning, instance: { ...node.provisioning.instance, current: undefined } },
      systemMemory: { ...node.systemMemory, totalBytes: node.id === small ? 100 * MiB : 8192 * MiB },
      actions: node.id === small ? [{ ...(node.actions[0] as Action), id: 'resize-up' as const }] : node.actions,
    }));
    const steps = judgeGroup(group, nodes).steps;
    expect(steps).toEqual([{ id: 'resize-up', nodeId: small, nodeIds: [small], differs: false }]);
  });

  it('say that there is nothing to do only where that is so of all', () => {
    const steps = judgeGroup(group, withActions([{ id: 'nothing' }], [{ id: 'collect-more' }])).steps;
    expect(steps?.map(({ id, nodeIds }) => [id, nodeIds.length])).toEqual([['collect-more', 5]]);
  });

  it('are not told of a fleet', () => {
    expect(judgeGroup({ ...group, kind: 'fleet' }, analysis.nodes)).toEqual({});
  });
});
