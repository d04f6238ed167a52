import type { NodeHistory } from '../model/node-history.ts';
import type { ClusterPlace } from './cluster-topology.ts';
import { type AssignedGroup, assignGroups, type GroupDefinition } from './group-config.ts';
import { findReplicationSets, type ReplicationRole, readRole } from './replication.ts';

/** Nodes that hold the same data: one primary with its replicas, or what of them was read. */
export interface ReplicationSet<Node> {
  /** The primary first. */
  readonly nodes: readonly Node[];
  /** After a failover, the one that was seen last. */
  readonly primary: Node | undefined;
}

/** Nodes that belong together. */
export interface Membership<Node = NodeHistory> {
  readonly id: string;
  readonly kind: 'cluster' | 'replication' | 'fleet';
  /** The user's definition; undefined where INFO showed it. */
  readonly assigned?: AssignedGroup;
  /** Shards of the whole cluster, of which `sets` may be a part. */
  readonly shardCount?: number;
  /** The shards; one for a replication group; of a fleet all that hold data of their own. */
  readonly sets: readonly ReplicationSet<Node>[];
}

/** The same membership of other objects for the same nodes. */
export function mapMembership<From, To>({ sets, ...rest }: Membership<From>, map: (node: From) => To): Membership<To> {
  return {
    ...rest,
    sets: sets.map(({ nodes, primary }) => ({ nodes: nodes.map(map), primary: primary === undefined ? undefined : map(primary) })),
  };
}

/** All nodes by the data that they hold, the primary first, as their groups have it: one that stands alone is a set of its own. */
export function findDataSets(histories: readonly NodeHistory[], groups: readonly Membership[]): ReplicationSet<NodeHistory>[] {
  const shared = groups.filter(({ kind }) => kind !== 'fleet');
  const grouped = new Set(shared.flatMap(nodesOf));
  const alone = histories.filter((history) => !grouped.has(history)).map((history) => withPrimary([history]));
  return [...shared.flatMap(({ sets }) => sets), ...alone];
}

/**
 * The groups as the user defined them, and those that INFO shows among the other nodes. A node without evidence belongs to none.
 * Docs: docs/methodology.md#groups
 * @throws ConfigError for definitions that do not fit the nodes
 */
export function findMemberships(
  histories: readonly NodeHistory[],
  definitions: readonly GroupDefinition[] = [],
  places: ReadonlyMap<NodeHistory, ClusterPlace> = new Map(),
): Membership[] {
  const assigned = assignGroups(histories, definitions);
  const isFleet = (group: AssignedGroup) => group.definition.kind === 'fleet';
  const defined = assigned
    .filter((group) => !isFleet(group))
    .map((group): Membership => {
      const { id, kind } = group.definition;
      const sets = kind === 'replication' ? [withPrimary(group.histories)] : findReplicationSets(group.histories, places).map(withPrimary);
      return { id, kind, assigned: group, sets };
    });
  const taken = new Set(defined.flatMap(nodesOf));
  const others = histories.filter((history) => !taken.has(history));
  const groups = [...defined, ...findShown(others, new Set(definitions.map(({ id }) => id)), places)];
  const dataSets = findDataSets(histories, groups);
  const fleets = assigned.filter(isFleet).map((group): Membership => {
    const members = new Set(group.histories);
    const sets = dataSets.flatMap(({ nodes, primary }) => {
      const inside = nodes.filter((node) => members.has(node));
      return inside.length === 0 ? [] : [{ nodes: inside, primary: primary !== undefined && members.has(primary) ? primary : undefined }];
    });
    return { id: group.definition.id, kind: 'fleet', assigned: group, sets };
  });
  return [...fleets, ...groups];
}

const nodesOf = ({ sets }: Membership) => sets.flatMap(({ nodes }) => nodes);

/** Replication groups and clusters that INFO shows, in the order of their first nodes. */
function findShown(
  histories: readonly NodeHistory[],
  takenIds: ReadonlySet<string>,
  places: ReadonlyMap<NodeHistory, ClusterPlace>,
): Membership[] {
  const sets = findReplicationSets(histories, places).map(withPrimary);
  const named = findNamedClusters(sets, places);
  const placed = new Set(named.flatMap((cluster) => cluster.sets));
  const clusters = [
    ...named,
    ...findClusters(sets.filter((set) => !placed.has(set))).map((shards) => ({ sets: shards, shardCount: shards.length })),
  ];
  const inCluster = new Set(clusters.flatMap((cluster) => cluster.sets));
  const groups = [
    ...clusters.map((cluster) => ({ kind: 'cluster' as const, ...cluster })),
    ...sets.filter((set) => set.nodes.length > 1 && !inCluster.has(set)).map((set) => ({ kind: 'replication' as const, sets: [set] })),
  ];
  const place = new Map(histories.map((history, index) => [history, index]));
  const placeOf = (group: (typeof groups)[number]) =>
    Math.min(...group.sets.flatMap((set) => set.nodes.map((node) => place.get(node) ?? Number.POSITIVE_INFINITY)));
  const counts = { cluster: 0, replication: 0 };
  return groups
    .toSorted((a, b) => placeOf(a) - placeOf(b))
    .map((group) => {
      do counts[group.kind] += 1;
      while (takenIds.has(`${group.kind}-${counts[group.kind]}`));
      return { id: `${group.kind}-${counts[group.kind]}`, ...group };
    });
}

/** The role that the node told last. */
export function roleOf(history: NodeHistory): ReplicationRole | undefined {
  return readRole(history.texts.role?.at(-1)?.value);
}

function withPrimary(nodes: readonly NodeHistory[]): ReplicationSet<NodeHistory> {
  const primaries = nodes.filter((node) => roleOf(node) === 'primary');
  const primary = primaries.toSorted((a, b) => b.toAt - a.toAt)[0];
  return { nodes: primary === undefined ? nodes : [primary, ...nodes.filter((node) => node !== primary)], primary };
}

/** Shards of one cluster as CLUSTER NODES has them, two or more. */
function findNamedClusters(
  sets: readonly ReplicationSet<NodeHistory>[],
  places: ReadonlyMap<NodeHistory, ClusterPlace>,
): { sets: ReplicationSet<NodeHistory>[]; shardCount: number }[] {
  const placeOf = ({ nodes }: ReplicationSet<NodeHistory>) => nodes.flatMap((node) => places.get(node) ?? [])[0];
  return [...Map.groupBy(sets, (set) => placeOf(set)?.clusterKey)].flatMap(([key, shards]) => {
    if (key === undefined || shards.length < 2) return [];
    return [{ sets: shards, shardCount: Math.max(shards.length, ...shards.map((set) => placeOf(set)?.shards ?? 0)) }];
  });
}

/**
 * Shards that are one cluster. INFO does not name the cluster, but tells of how many nodes it is: the shards whose nodes tell the same number,
 * and make up that number with the replicas that their primaries count, are one. More than that are several clusters that cannot be told
 * apart, fewer may be parts of several; neither is grouped.
 */
function findClusters(sets: readonly ReplicationSet<NodeHistory>[]): ReplicationSet<NodeHistory>[][] {
  const bySize = new Map<number, ReplicationSet<NodeHistory>[]>();
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
function clusterSize({ primary }: ReplicationSet<NodeHistory>): number | undefined {
  const { clusterEnabled, clusterConnections } = primary?.last ?? {};
  if (clusterEnabled !== 1 || clusterConnections === undefined) return undefined;
  // Each of the other nodes is counted with a connection in both directions.
  return clusterConnections / 2 + 1;
}

/** Nodes of a shard: those read, or more where its primary counts more replicas (`max`: before one of them was lost). */
function countShardNodes({ nodes, primary }: ReplicationSet<NodeHistory>, when: 'last' | 'max'): number {
  const replicas = primary?.metrics.get('connectedReplicas');
  return Math.max(nodes.length, 1 + (replicas?.[when].value ?? 0));
}
