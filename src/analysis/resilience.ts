import type { GroupAnalysis, NodeAnalysis } from '../model/analysis.ts';
import type { MeasuredNode } from './groups.ts';
import { type Membership, type ReplicationSet, roleOf } from './membership.ts';

type Failover = NonNullable<GroupAnalysis['failover']>;
type ShardFailover = Failover['shards'][number];
type FailoverVerdict = ShardFailover['verdict'];

/** The best first: of several replicas the best may take over, of several shards the worst counts. */
const VERDICTS: readonly FailoverVerdict[] = ['holds', 'unknown', 'short', 'data-lost'];

/**
 * What is left when the primary of one shard fails, and when one zone does: whether a replica holds the load so far. Undefined for a fleet.
 * @param ceilingRatio - share of a machine that is full, with all that a fork needs
 * @remarks Docs: docs/methodology.md#one-less
 */
export function judgeResilience<Node extends MeasuredNode>(
  group: Membership<Node>,
  ceilingRatio: number,
): Pick<GroupAnalysis, 'failover' | 'zoneLoss'> {
  if (group.kind === 'fleet') return {};
  const shards = group.sets.map((set) => judgeFailover(set, ceilingRatio));
  return { failover: { verdict: worst(shards), shards }, zoneLoss: judgeZones(group, ceilingRatio) };
}

function worst(shards: readonly { readonly verdict: FailoverVerdict }[]): FailoverVerdict {
  return VERDICTS.findLast((verdict) => shards.some((shard) => shard.verdict === verdict)) ?? 'unknown';
}

/**
 * Whether one of the replicas that are left takes the primary's place.
 * @param isLost - nodes that are gone together with the primary
 */
function judgeFailover<Node extends MeasuredNode>(
  { nodes, primary }: ReplicationSet<Node>,
  ceilingRatio: number,
  isLost: (node: Node) => boolean = () => false,
): ShardFailover {
  const primaryId = primary?.node.id;
  if (primary === undefined) return { verdict: 'unknown', reason: 'primary-not-read' };
  const replicas = nodes.filter((node) => node !== primary && roleOf(node.history) === 'replica');
  const left = replicas.filter((node) => !isLost(node));
  const judged = left.map((replica) => judgeReplica(replica, primary, ceilingRatio));
  const best = VERDICTS.flatMap((verdict) => judged.filter((each) => each.verdict === verdict))[0];
  const connected = primary.history.last.connectedReplicas;
  // Replicas that the primary counts and nobody read may be the better ones.
  const isUnread = connected !== undefined && connected > replicas.length;
  if (best?.verdict === 'holds') return { primaryId, ...best };
  if (isUnread) return { primaryId, verdict: 'unknown', reason: 'replica-not-read' };
  if (best !== undefined) return { primaryId, ...best };
  if (connected === undefined && replicas.length === 0) return { primaryId, verdict: 'unknown', reason: 'replicas-not-told' };
  return { primaryId, verdict: 'data-lost' };
}

/** The highest load of the primary so far against the machine and the limit of the replica. */
function judgeReplica(replica: MeasuredNode, primary: MeasuredNode, ceilingRatio: number): Omit<ShardFailover, 'primaryId'> {
  const { usedMemoryRssBytes, usedMemoryBytes, countedBytes } = primary.node.peaks;
  const residentBytes = usedMemoryRssBytes?.value ?? usedMemoryBytes?.value;
  const dataBytes = (countedBytes ?? usedMemoryBytes)?.value;
  const machineBytes = replica.node.systemMemory.totalBytes;
  const limitBytes = replica.node.provisioning.maxmemoryBytes.current;
  const isMachineShort = residentBytes !== undefined && machineBytes !== undefined && residentBytes > ceilingRatio * machineBytes;
  const isLimitShort = dataBytes !== undefined && limitBytes !== undefined && limitBytes > 0 && dataBytes > limitBytes * LIMIT_SLACK;
  const shortIn = [...(isMachineShort ? (['machine'] as const) : []), ...(isLimitShort ? (['maxmemory'] as const) : [])];
  const isKnown = residentBytes !== undefined && machineBytes !== undefined && limitBytes !== undefined;
  const replicaId = replica.node.id;
  const primaryMaxmemoryBytes = primary.node.provisioning.maxmemoryBytes.current;
  const figures = { residentBytes, dataBytes, machineBytes, maxmemoryBytes: limitBytes, primaryMaxmemoryBytes };
  if (shortIn.length > 0) return { replicaId, verdict: 'short', shortIn, ...figures };
  return isKnown ? { replicaId, verdict: 'holds' } : { replicaId, verdict: 'unknown', reason: 'machine-unknown' };
}

/** A server that evicts goes over its limit by a little between two evictions. */
const LIMIT_SLACK = 1.01;

function judgeZones<Node extends MeasuredNode>(
  { sets, assigned }: Membership<Node>,
  ceilingRatio: number,
): NonNullable<GroupAnalysis['zoneLoss']> {
  const nodes = sets.flatMap((set) => set.nodes);
  const zoneOf = ({ node }: Node) => assigned?.zones.get(node.id);
  const unknownNodeIds = nodes.filter((node) => zoneOf(node) === undefined).map(({ node }) => node.id);
  if (unknownNodeIds.length > 0) return { status: 'zones-unknown', unknownNodeIds, zones: [] };
  const zones = [...new Set(nodes.map(zoneOf))].flatMap((zone) => (zone === undefined ? [] : [zone])).toSorted();
  return {
    status: 'judged',
    zones: zones.map((zone) => {
      const isLost = (node: Node) => zoneOf(node) === zone;
      const shards = sets.filter(({ primary, nodes: held }) => (primary ? isLost(primary) : held.some(isLost)));
      const judged = shards.map((set) => judgeFailover(set, ceilingRatio, isLost));
      return {
        zone,
        nodes: nodes.filter(isLost).length,
        primaries: shards.length,
        verdict: shards.length === 0 ? 'holds' : worst(judged),
        shards: judged,
      };
    }),
  };
}

/** Whether the machines that are there hold the data once they are spread evenly, so that slots are to be moved and nothing is to be bought. */
export function judgeEvenSpread(
  nodes: readonly MeasuredNode[],
  plan: Pick<NodeAnalysis['provisioning'], 'memoryNeededBytes' | 'maxmemoryBytes'>,
): Partial<NonNullable<GroupAnalysis['evenSpread']>> {
  const { memoryNeededBytes, maxmemoryBytes } = plan;
  if (memoryNeededBytes === undefined || maxmemoryBytes.recommended === undefined) return {};
  const known = { memoryNeededBytes, maxmemoryBytes: maxmemoryBytes.recommended };
  const machines = nodes.map(({ node }) => node.systemMemory.totalBytes);
  const limits = nodes.map(({ node }) => node.provisioning.maxmemoryBytes.current);
  if (machines.some((bytes) => bytes === undefined)) return known;
  const machineSuffices = machines.every((bytes) => bytes !== undefined && memoryNeededBytes <= bytes);
  const limitSuffices = limits.every((bytes) => bytes !== undefined && (bytes === 0 || known.maxmemoryBytes <= bytes));
  return { ...known, machineSuffices, limitSuffices };
}
