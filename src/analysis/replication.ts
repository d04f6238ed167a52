import type { MetricId, TextFieldId } from '../model/metrics.ts';
import type { NodeHistory } from '../model/node-history.ts';

export type ReplicationRole = 'primary' | 'replica';

const ROLES: Readonly<Record<string, ReplicationRole>> = { master: 'primary', primary: 'primary', slave: 'replica', replica: 'replica' };

/** The role that INFO's word means; undefined for any other word (Sentinel, active replicas of KeyDB) and where none was told. */
export function readRole(word: string | undefined): ReplicationRole | undefined {
  return word !== undefined && Object.hasOwn(ROLES, word) ? ROLES[word] : undefined;
}

/** What a text field said at `at`: the newest value until then, else the first one after it. */
export function textAt(history: NodeHistory, id: TextFieldId, at: number): string | undefined {
  const changes = history.texts[id];
  return (changes?.findLast((change) => change.at <= at) ?? changes?.[0])?.value;
}

/** Newest value of a metric until `at`, to the width of a bucket; undefined where there is none in the hour before. */
export function valueNear(history: NodeHistory, id: MetricId, at: number): number | undefined {
  const { buckets } = history;
  const values = buckets.columns.get(id)?.last;
  if (values === undefined) return undefined;
  for (let i = buckets.count - 1; i >= 0; i -= 1) {
    const value = values[i];
    if ((buckets.fromAt[i] ?? Number.NaN) > at || value === undefined || Number.isNaN(value)) continue;
    return at - (buckets.toAt[i] ?? Number.NaN) <= HOUR_MILLISECONDS ? value : undefined;
  }
  return undefined;
}

const HOUR_MILLISECONDS = 3_600_000;

/** The newest instant that both histories know of: a server that is gone is compared with what the others were then. */
export function commonInstant(a: NodeHistory, b: NodeHistory): number {
  return Math.min(a.toAt, b.toAt);
}

/**
 * Histories that hold the same data, one set for each replication group, in the order given; a node that has no partner is a set of its own.
 *
 * Evidence, at the newest instant that both know of: one replication id (drawn at random by a primary, taken over by its replicas), unless
 * both are primaries; a replica's `master_host:master_port` is the other's name, unless both tell an id, these differ and the link is up; a
 * primary lists the replica's address, or CLUSTER NODES names them one shard, unless their ids differ.
 * @param places - shards as CLUSTER NODES beside the dumps has them
 * Docs: docs/methodology.md#groups
 */
export function findReplicationSets(
  histories: readonly NodeHistory[],
  places: ReadonlyMap<NodeHistory, { readonly shardKey: string }> = new Map(),
): NodeHistory[][] {
  const leaders = new Map<NodeHistory, NodeHistory>(histories.map((history) => [history, history]));
  const leaderOf = (history: NodeHistory): NodeHistory => {
    let leader = history;
    for (let next = leaders.get(leader); next !== undefined && next !== leader; next = leaders.get(leader)) leader = next;
    return leader;
  };
  const join = (a: NodeHistory, b: NodeHistory): void => {
    leaders.set(leaderOf(b), leaderOf(a));
  };

  for (const holders of holdersOfIds(histories).values()) {
    holders.forEach((a, i) => {
      for (const b of holders.slice(i + 1)) if (sharesReplicationId(a, b)) join(a, b);
    });
  }
  const byAddress = nodesByAddress(histories);
  for (const replica of histories) {
    const changes = [...(replica.texts.masterHost ?? []), ...(replica.texts.masterPort ?? [])];
    for (const address of new Set(changes.map(({ at }) => primaryAddress(replica, at)))) {
      const primary = address === undefined ? undefined : byAddress.get(address);
      if (primary !== undefined && primary !== replica && follows(replica, primary, address)) join(primary, replica);
    }
  }
  for (const primary of histories) {
    const changes = primary.texts.replicas ?? [];
    for (const address of new Set(changes.flatMap(({ value }) => value.split(' ')))) {
      const replica = isLoopback(address) ? undefined : byAddress.get(address);
      if (replica !== undefined && replica !== primary && lists(primary, replica, address)) join(primary, replica);
    }
  }
  for (const shard of Map.groupBy(histories, (history) => places.get(history)?.shardKey).values()) {
    const [first] = shard;
    if (first === undefined || !places.has(first)) continue;
    const leader = shard.find((history) => readRole(textAt(history, 'role', history.toAt)) === 'primary') ?? first;
    for (const other of shard) if (other !== leader && isReplicaOf(other, leader)) join(leader, other);
  }
  return [...Map.groupBy(histories, leaderOf).values()];
}

/** Ids are 40 hexadecimal digits; all zeros mean none. */
const REPLICATION_ID = /^(?!0{40}$)[0-9a-f]{40}$/;

function replicationIdAt(history: NodeHistory, at: number): string | undefined {
  const id = textAt(history, 'replicationId', at);
  return id !== undefined && REPLICATION_ID.test(id) ? id : undefined;
}

/** The nodes that ever told each id: only among these can two have shared it. */
function holdersOfIds(histories: readonly NodeHistory[]): Map<string, NodeHistory[]> {
  const holders = new Map<string, NodeHistory[]>();
  for (const history of histories) {
    for (const id of new Set((history.texts.replicationId ?? []).map(({ value }) => value))) {
      const others = holders.get(id);
      if (others === undefined) holders.set(id, [history]);
      else others.push(history);
    }
  }
  return holders;
}

function sharesReplicationId(a: NodeHistory, b: NodeHistory): boolean {
  const at = commonInstant(a, b);
  const id = replicationIdAt(a, at);
  if (id === undefined || id !== replicationIdAt(b, at)) return false;
  const roles = [a, b].map((history) => readRole(textAt(history, 'role', at)));
  // One server that was read under two names, or a replica that has just been detached.
  return !roles.every((role) => role === 'primary');
}

/** Names the machine on which it was typed, so it may be any server's. */
const LOOPBACK = /^(?:127\.|localhost(?::|$)|\[?::1\]?(?::\d+)?$|0\.0\.0\.0(?::|$))/;

export function isLoopback(address: string): boolean {
  return LOOPBACK.test(address);
}

/** `host:port` of the server that a replica follows at `at`. */
function primaryAddress(replica: NodeHistory, at: number): string | undefined {
  const host = textAt(replica, 'masterHost', at)?.toLowerCase();
  const port = textAt(replica, 'masterPort', at);
  if (host === undefined || port === undefined || LOOPBACK.test(host)) return undefined;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Nodes by `host:port`: their names, and for a name without a port with the port that INFO tells. */
export function nodesByAddress(histories: readonly NodeHistory[]): Map<string, NodeHistory> {
  const byAddress = new Map(histories.map((history) => [history.nodeId.toLowerCase(), history]));
  for (const history of histories) {
    const port = history.texts.tcpPort?.at(-1)?.value;
    const address = `${history.nodeId.toLowerCase()}:${port}`;
    if (port !== undefined && !history.nodeId.includes(':') && !byAddress.has(address)) byAddress.set(address, history);
  }
  return byAddress;
}

/** Whether the primary lists the replica, known by `address`, at the newest instant that both know of. */
function lists(primary: NodeHistory, replica: NodeHistory, address: string): boolean {
  const at = commonInstant(replica, primary);
  // INFO leaves the lines out once no replica is connected: what was told last is of no account then.
  if (valueNear(primary, 'connectedReplicas', at) === 0 || readRole(textAt(primary, 'role', at)) === 'replica') return false;
  return (textAt(primary, 'replicas', at) ?? '').split(' ').includes(address) && isReplicaOf(replica, primary);
}

/** Whether nothing speaks against it: a primary of its own, or another replication id. */
function isReplicaOf(replica: NodeHistory, primary: NodeHistory): boolean {
  const at = commonInstant(replica, primary);
  const [own, other] = [replicationIdAt(replica, at), replicationIdAt(primary, at)];
  const differ = own !== undefined && other !== undefined && own !== other;
  return !differ && readRole(textAt(replica, 'role', at)) !== 'primary';
}

/** Whether the replica follows this primary, which is known by `address`, at the newest instant that both know of. */
function follows(replica: NodeHistory, primary: NodeHistory, address: string | undefined): boolean {
  const at = commonInstant(replica, primary);
  // INFO leaves the fields out once a replica was promoted: what was told last is of no account then.
  if (readRole(textAt(replica, 'role', at)) !== 'replica' || primaryAddress(replica, at) !== address) return false;
  const [own, other] = [replicationIdAt(replica, at), replicationIdAt(primary, at)];
  const isContradicted = own !== undefined && other !== undefined && own !== other;
  return !isContradicted || textAt(replica, 'masterLinkStatus', at) === 'down';
}
