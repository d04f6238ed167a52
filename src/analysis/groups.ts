import type { GroupAnalysis, Provisioning } from '../model/analysis.ts';
import { MiB } from '../model/bytes.ts';
import type { NodeHistory } from '../model/node-history.ts';
import { median } from '../stats/median.ts';
import { countKeys } from './evictable-keys.ts';
import type { NodeFigures } from './findings/finding-rule.ts';
import { type Membership, type ReplicationSet, roleOf } from './membership.ts';
import { commonInstant, valueNear } from './replication.ts';
import { judgeEvenSpread, judgeResilience } from './resilience.ts';
import type { ShardPlace } from './what-if.ts';

/** A node and its peaks. */
export interface SeenNode {
  readonly history: NodeHistory;
  readonly node: Pick<NodeFigures, 'id' | 'peaks'>;
}

/** A node as far as it is known before groups are: its history and its figures. */
export interface MeasuredNode extends SeenNode {
  readonly node: Pick<NodeFigures, 'id' | 'peaks' | 'systemMemory' | 'provisioning'>;
}

/** What a group asks of the budget of one of its nodes. */
export interface GroupPlanner<Node extends MeasuredNode> {
  /**
   * The provisioning of a group of which each machine must hold what this node needs.
   * @param shards - machines that hold data of their own; replicas are not counted
   */
  readonly sizeGroup: (node: Node, shards: number) => Provisioning;
  /** The budget of a shard that holds this share of the node's data, and the same share of all slots as the other shards. */
  readonly planShare: (node: Node, share: number, shards: number) => Pick<Provisioning, 'memoryNeededBytes' | 'maxmemoryBytes'>;
  /** Share of a machine that is full with all that a fork needs. */
  readonly ceilingRatio: number;
}

/**
 * A group's figures: its data, its skew, what each of its machines needs, and how its replicas compare with their primaries.
 * Docs: docs/methodology.md#groups
 */
export function describeGroup<Node extends MeasuredNode>(group: Membership<Node>, planner: GroupPlanner<Node>): GroupAnalysis {
  const { id, kind, sets, assigned } = group;
  const nodes = sets.flatMap((set) => set.nodes);
  const shards = kind === 'cluster' ? sets.length : undefined;
  const peaks = findShardPeaks(sets);
  const hottest = peaks?.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  const dataPeakBytes = peaks?.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    id,
    kind,
    nodeIds: nodes.map(({ node }) => node.id),
    shards,
    ...(shards !== undefined && group.shardCount !== undefined && group.shardCount > shards
      ? { unreadShards: group.shardCount - shards }
      : {}),
    hottestNodeId: shards === undefined ? undefined : hottest?.node.node.id,
    skew: shards === undefined || hottest === undefined || !dataPeakBytes ? undefined : hottest.bytes / (dataPeakBytes / shards),
    ...(shards === undefined || peaks === undefined || hottest === undefined || !dataPeakBytes
      ? {}
      : {
          skewToMedian: hottest.bytes / median(peaks.map(({ bytes }) => bytes)),
          shardPeaks: peaks.toSorted((a, b) => b.bytes - a.bytes).map(({ node, bytes }) => ({ nodeId: node.node.id, bytes })),
          skewCause: findSkewCause(peaks, hottest),
          evenSpread: {
            peakBytes: dataPeakBytes / shards,
            moveBytes: hottest.bytes - dataPeakBytes / shards,
            // What the shards hold that were not read is not known.
            ...(group.shardCount !== undefined && group.shardCount > shards
              ? {}
              : judgeEvenSpread(nodes, planner.planShare(hottest.node, dataPeakBytes / shards / hottest.bytes, shards))),
          },
        }),
    dataPeakBytes,
    members: sets.flatMap((set) => set.nodes.map((node) => ({ ...describeMember(node, set.primary), ...zoneOf(node, group) }))),
    source: assigned === undefined ? 'found' : 'config',
    labels: assigned?.definition.labels,
    ...judgeResilience(group, planner.ceilingRatio),
    // The nodes of a fleet are bought one by one.
    ...(kind === 'fleet' ? {} : describeNeed(nodes, shards, planner)),
  };
}

function zoneOf<Node extends MeasuredNode>({ node }: Node, { assigned }: Membership<Node>): { zone?: string } {
  const zone = assigned?.zones.get(node.id);
  return zone === undefined ? {} : { zone };
}

/** What each machine of a group needs: as much as the member that needs most, since any may have to carry its load. */
function describeNeed<Node extends MeasuredNode>(
  nodes: readonly Node[],
  shards: number | undefined,
  { sizeGroup }: GroupPlanner<Node>,
): Pick<GroupAnalysis, 'sizedByNodeId' | 'totalMemoryNeededBytes' | 'provisioning'> {
  const needOf = ({ node }: Node) => node.provisioning.memoryNeededBytes;
  const neediest = nodes.filter((node) => needOf(node) !== undefined).toSorted((a, b) => (needOf(b) ?? 0) - (needOf(a) ?? 0))[0];
  const neededBytes = neediest && needOf(neediest);
  return {
    sizedByNodeId: neediest?.node.id,
    totalMemoryNeededBytes: neededBytes === undefined ? undefined : neededBytes * nodes.length,
    provisioning: neediest && sizeGroup(neediest, shards ?? 1),
  };
}

/** A cause that makes less of the difference than this share is not named beside the other. */
const MINOR_SHARE = 0.25;

interface ShardPeak<Node> {
  readonly node: Node;
  readonly bytes: number;
}

/** Whether the hottest shard has more keys or larger ones; undefined where one of the shards does not count its keys, and without a difference. */
function findSkewCause<Node extends MeasuredNode>(peaks: readonly ShardPeak<Node>[], hottest: ShardPeak<Node>): GroupAnalysis['skewCause'] {
  const shards = peaks.map(({ node, bytes }) => ({ bytes, keys: countKeys(node.history).keys ?? 0 }));
  const own = countKeys(hottest.node.history).keys ?? 0;
  if (shards.some(({ keys }) => keys === 0)) return undefined;
  const sum = (of: (shard: (typeof shards)[number]) => number) => shards.reduce((total, shard) => total + of(shard), 0);
  const keysRatio = own / (sum(({ keys }) => keys) / shards.length);
  const bytesPerKeyRatio = hottest.bytes / own / (sum(({ bytes }) => bytes) / sum(({ keys }) => keys));
  // The two multiply to the skew: their logarithms share it out.
  const ofKeys = Math.log(keysRatio) / Math.log(keysRatio * bytesPerKeyRatio);
  if (!Number.isFinite(ofKeys)) return undefined;
  const cause = ofKeys > 1 - MINOR_SHARE ? 'more-keys' : ofKeys < MINOR_SHARE ? 'larger-values' : 'both';
  return { cause, keysRatio, bytesPerKeyRatio };
}

/** The peak of each shard, by one measure for all: counted memory where every one tells it, else used memory. Absent where one tells neither. */
function findShardPeaks<Node extends SeenNode>(sets: readonly ReplicationSet<Node>[]): readonly ShardPeak<Node>[] | undefined {
  const holders = sets.map(({ primary, nodes }) => primary ?? nodes[0]);
  for (const measure of ['countedBytes', 'usedMemoryBytes'] as const) {
    const peaks = holders.flatMap((node) => {
      const bytes = node?.node.peaks[measure]?.value;
      return node === undefined || bytes === undefined ? [] : [{ node, bytes }];
    });
    if (peaks.length === sets.length) return peaks;
  }
  return undefined;
}

/** Less than one replica buffer at its default soft limit (`client-output-buffer-limit replica 256mb 64mb 60`) tells nothing of the data. */
const NEGLIGIBLE_DIFFERENCE = { bytes: 64 * MiB, ratio: 0.1 };

function describeMember<Node extends MeasuredNode>(member: Node, primary: Node | undefined): GroupAnalysis['members'][number] {
  const role = roleOf(member.history);
  if (primary === undefined || primary === member || role === undefined) return { nodeId: member.node.id, role };
  if (role === 'primary') return { nodeId: member.node.id, role, replacedBy: primary.node.id };
  const at = commonInstant(member.history, primary.history);
  const own = valueNear(member.history, 'usedMemoryBytes', at);
  const data = valueNear(primary.history, 'usedMemoryBytes', at);
  const isKnown = own !== undefined && data !== undefined && data > 0;
  return {
    nodeId: member.node.id,
    role,
    replicaOf: primary.node.id,
    usedMemoryRatio: isKnown ? own / data : undefined,
    usedMemoryDiffers: isKnown
      ? Math.abs(own - data) > Math.max(NEGLIGIBLE_DIFFERENCE.bytes, NEGLIGIBLE_DIFFERENCE.ratio * data)
      : undefined,
    smallerIn: findSmaller(member, primary),
  };
}

/** In what a replica is smaller than the primary whose load it must hold after a failover. */
function findSmaller(replica: MeasuredNode, primary: MeasuredNode): ('machine' | 'maxmemory')[] {
  const [ownMachine, machine] = [replica.node.systemMemory.totalBytes, primary.node.systemMemory.totalBytes];
  const [ownLimit, limit] = [replica, primary].map(({ node }) => unlimitedIsInfinite(node.provisioning.maxmemoryBytes.current));
  return [
    ...(ownMachine !== undefined && machine !== undefined && ownMachine < machine ? (['machine'] as const) : []),
    ...(ownLimit !== undefined && limit !== undefined && ownLimit < limit ? (['maxmemory'] as const) : []),
  ];
}

function unlimitedIsInfinite(maxmemoryBytes: number | undefined): number | undefined {
  return maxmemoryBytes === 0 ? Number.POSITIVE_INFINITY : maxmemoryBytes;
}

/**
 * Of how many shards this node holds one: 1 where it is in no cluster, undefined where it is in one whose size is not known. `skew`: of the
 * hottest shard of a cluster.
 */
export function placeOf<Node extends SeenNode>(node: Node, group: Membership<Node> | undefined): ShardPlace {
  if (group?.kind !== 'cluster') return { shards: node.history.last.clusterEnabled === 1 ? undefined : 1 };
  const shards = group.shardCount ?? group.sets.length;
  const peaks = findShardPeaks(group.sets) ?? [];
  const mean = peaks.reduce((sum, { bytes }) => sum + bytes, 0) / group.sets.length;
  const own = peaks.find((peak) => peak.node === node);
  const isHottest = own !== undefined && peaks.every(({ bytes }) => bytes <= own.bytes);
  return { shards, ...(isHottest && mean > 0 ? { skew: own.bytes / mean } : {}) };
}
