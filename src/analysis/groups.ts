import type { GroupAnalysis, Provisioning } from '../model/analysis.ts';
import { MiB } from '../model/bytes.ts';
import type { NodeHistory } from '../model/node-history.ts';
import { countKeys } from './evictable-keys.ts';
import type { NodeFigures } from './findings/finding-rule.ts';
import { commonInstant, findReplicationSets, type ReplicationRole, readRole, valueNear } from './replication.ts';

/** A node as far as it is known before groups are: its history and its figures. */
export interface MeasuredNode {
  readonly history: NodeHistory;
  readonly node: Pick<NodeFigures, 'id' | 'role' | 'peaks' | 'systemMemory' | 'provisioning'>;
}

/**
 * Instances for a group of which each machine must hold what this node needs.
 * @param shards - machines that hold data of their own; replicas are not counted
 */
export type SizeGroup<Node extends MeasuredNode> = (node: Node, shards: number) => Provisioning['instance'];

/** Nodes that hold the same data: one primary with its replicas, or what of them was read. */
interface ReplicationSet<Node extends MeasuredNode> {
  /** The primary first. */
  readonly nodes: readonly Node[];
  /** After a failover, the one that was seen last. */
  readonly primary: Node | undefined;
}

/**
 * Replication groups and clusters among the nodes, in their order. A node without evidence belongs to none.
 * Docs: docs/methodology.md#groups
 */
export function findGroups<Node extends MeasuredNode>(nodes: readonly Node[], sizeGroup: SizeGroup<Node>): GroupAnalysis[] {
  const byHistory = new Map(nodes.map((node) => [node.history, node]));
  const sets = findReplicationSets(nodes.map(({ history }) => history)).map((histories) =>
    withPrimary(histories.flatMap((history) => byHistory.get(history) ?? [])),
  );
  const clusters = findClusters(sets);
  const inCluster = new Set(clusters.flat());
  const groups = [
    ...clusters.map((shards) => ({ kind: 'cluster' as const, sets: shards })),
    ...sets.filter((set) => set.nodes.length > 1 && !inCluster.has(set)).map((set) => ({ kind: 'replication' as const, sets: [set] })),
  ];
  const place = new Map(nodes.map((node, index) => [node, index]));
  const placeOf = (group: (typeof groups)[number]) =>
    Math.min(...group.sets.flatMap((set) => set.nodes.map((node) => place.get(node) ?? Number.POSITIVE_INFINITY)));
  const counts = { cluster: 0, replication: 0 };
  return groups
    .toSorted((a, b) => placeOf(a) - placeOf(b))
    .map(({ kind, sets: shards }) => {
      counts[kind] += 1;
      return describeGroup(`${kind}-${counts[kind]}`, kind, shards, sizeGroup);
    });
}

function roleOf({ node }: MeasuredNode): ReplicationRole | undefined {
  return readRole(node.role);
}

function withPrimary<Node extends MeasuredNode>(nodes: readonly Node[]): ReplicationSet<Node> {
  const primaries = nodes.filter((node) => roleOf(node) === 'primary');
  const primary = primaries.toSorted((a, b) => b.history.toAt - a.history.toAt)[0];
  return { nodes: primary === undefined ? nodes : [primary, ...nodes.filter((node) => node !== primary)], primary };
}

/**
 * Shards that are one cluster. INFO does not name the cluster, but tells of how many nodes it is: the shards whose nodes tell the same number,
 * and make up that number with the replicas that their primaries count, are one. More than that are several clusters that cannot be told
 * apart, fewer may be parts of several; neither is grouped.
 */
function findClusters<Node extends MeasuredNode>(sets: readonly ReplicationSet<Node>[]): ReplicationSet<Node>[][] {
  const bySize = new Map<number, ReplicationSet<Node>[]>();
  for (const set of sets) {
    const size = clusterSize(set);
    if (size !== undefined) bySize.set(size, [...(bySize.get(size) ?? []), set]);
  }
  return [...bySize].flatMap(([size, shards]) => {
    const isWhole = (['last', 'max'] as const).some(
      (when) => shards.reduce((sum, shard) => sum + countShardNodes(shard, when), 0) === size,
    );
    return isWhole && shards.length > 1 ? [shards] : [];
  });
}

/** Nodes of the cluster that the shard's primary belongs to; undefined where it is in none, or does not tell. */
function clusterSize<Node extends MeasuredNode>({ primary }: ReplicationSet<Node>): number | undefined {
  const { clusterEnabled, clusterConnections } = primary?.history.last ?? {};
  if (clusterEnabled !== 1 || clusterConnections === undefined) return undefined;
  // Each of the other nodes is counted with a connection in both directions.
  return clusterConnections / 2 + 1;
}

/** Nodes of a shard: those read, or more where its primary counts more replicas (`max`: before one of them was lost). */
function countShardNodes<Node extends MeasuredNode>({ nodes, primary }: ReplicationSet<Node>, when: 'last' | 'max'): number {
  const replicas = primary?.history.metrics.get('connectedReplicas');
  return Math.max(nodes.length, 1 + (replicas?.[when].value ?? 0));
}

function describeGroup<Node extends MeasuredNode>(
  id: string,
  kind: 'cluster' | 'replication',
  sets: readonly ReplicationSet<Node>[],
  sizeGroup: SizeGroup<Node>,
): GroupAnalysis {
  const nodes = sets.flatMap((set) => set.nodes);
  const shards = kind === 'cluster' ? sets.length : undefined;
  const peaks = findShardPeaks(sets);
  const hottest = peaks?.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  const dataPeakBytes = peaks?.reduce((sum, { bytes }) => sum + bytes, 0);
  const needOf = ({ node }: Node) => node.provisioning.memoryNeededBytes;
  const neediest = nodes.filter((node) => needOf(node) !== undefined).toSorted((a, b) => (needOf(b) ?? 0) - (needOf(a) ?? 0))[0];
  const neededBytes = neediest && needOf(neediest);
  return {
    id,
    kind,
    nodeIds: nodes.map(({ node }) => node.id),
    shards,
    hottestNodeId: shards === undefined ? undefined : hottest?.node.node.id,
    skew: shards === undefined || hottest === undefined || !dataPeakBytes ? undefined : hottest.bytes / (dataPeakBytes / shards),
    ...(shards === undefined || peaks === undefined || hottest === undefined || !dataPeakBytes
      ? {}
      : {
          skewCause: findSkewCause(peaks, hottest),
          evenSpread: { peakBytes: dataPeakBytes / shards, moveBytes: hottest.bytes - dataPeakBytes / shards },
        }),
    dataPeakBytes,
    members: sets.flatMap((set) => set.nodes.map((node) => describeMember(node, set.primary))),
    sizedByNodeId: neediest?.node.id,
    totalMemoryNeededBytes: neededBytes === undefined ? undefined : neededBytes * nodes.length,
    provisioning: neediest && { ...neediest.node.provisioning, instance: sizeGroup(neediest, shards ?? 1) },
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
function findShardPeaks<Node extends MeasuredNode>(sets: readonly ReplicationSet<Node>[]): readonly ShardPeak<Node>[] | undefined {
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
  const role = roleOf(member);
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
