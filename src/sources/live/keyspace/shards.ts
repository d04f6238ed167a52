import type { KeyspaceServerReason } from '../../../model/keyspace-sample.ts';
import { endpointName, type Target } from '../address.ts';
import type { ServerConnection } from '../connection.ts';
import { bytesOf, discover, type ServerNode } from '../discovery.ts';
import { ServerFailure, toFailure } from '../failure.ts';
import { infoFields } from '../info-sample.ts';
import { openAt, type Reach } from '../reach.ts';

/** A server that answers, and what its INFO says. */
export interface Member {
  readonly id: string;
  readonly connection: ServerConnection;
  readonly fields: ReadonlyMap<string, string>;
}

/** The servers that hold one share of the keys, and the one to ask. */
export interface Shard {
  /** The primary first, where it answers. */
  readonly nodeIds: readonly string[];
  readonly asked: Member;
  readonly reason: KeyspaceServerReason;
}

/**
 * Finds every shard behind a target and opens a connection to the server to ask: a replica in step, the primary only where none answers.
 * The caller closes the connections of `asked`.
 * @throws ServerFailure where nobody answers
 */
export async function findShards(target: Target, reach: Reach): Promise<Shard[]> {
  const nodes = await findNodes(target, reach);
  let failure: ServerFailure | undefined;
  const opened = await Promise.all(
    nodes.map((node) =>
      openMember(node, reach).catch((error: unknown) => {
        failure ??= toFailure(node.id, error);
        return undefined;
      }),
    ),
  );
  const members = opened.filter((member) => member !== undefined);
  if (members.length === 0) throw failure ?? new ServerFailure(target.name, 'closed');
  // Servers with the same replication id hold the same data: not even an address that leads astray brings another's keys in.
  const groups = Map.groupBy(members, ({ id, fields }) => fields.get('master_replid') || id);
  return [...groups.values()].map(chooseServer);
}

/** Whom the target stands for, replicas too. */
async function findNodes(target: Target, reach: Reach): Promise<readonly ServerNode[]> {
  let first: unknown;
  const access = target.sentinel?.access ?? target.access;
  for (const endpoint of target.endpoints) {
    let connection: ServerConnection | undefined;
    try {
      connection = await openAt(endpoint, access, endpointName(endpoint), reach);
      return (await discover(target, endpoint, connection, true)).nodes;
    } catch (error) {
      first ??= error;
    } finally {
      connection?.close();
    }
  }
  throw first;
}

async function openMember(node: ServerNode, reach: Reach): Promise<Member> {
  const connection = await openAt(node.endpoint, node.access, node.id, reach);
  try {
    return { id: node.id, connection, fields: infoFields(bytesOf(await connection.send('info'))) };
  } catch (error) {
    connection.close();
    throw error;
  }
}

function chooseServer(members: readonly Member[]): Shard {
  const primaries = members.filter(({ fields }) => fields.get('role') === 'master');
  const replicas = members.filter((member) => !primaries.includes(member));
  const inStep = replicas.filter(({ fields }) => fields.get('master_link_status') === 'up' && fields.get('loading') !== '1');
  const asked = inStep[0] ?? primaries[0] ?? (members[0] as Member);
  for (const member of members) if (member !== asked) member.connection.close();
  const connected = Number(asked.fields.get('connected_slaves') ?? 0);
  return {
    nodeIds: [...primaries, ...replicas].map(({ id }) => id),
    asked,
    reason: !primaries.includes(asked) ? 'replica' : connected + replicas.length > 0 ? 'replica-unreachable' : 'no-replica',
  };
}
