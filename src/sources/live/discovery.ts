import { type Access, type Endpoint, endpointName, type Target } from './address.ts';
import type { ServerConnection } from './connection.ts';
import { infoFields } from './info-sample.ts';

/** A server to be sampled. */
export interface ServerNode {
  /** `host:port`, or the path of its socket. */
  readonly id: string;
  readonly endpoint: Endpoint;
  readonly access: Access;
  /** Whether a cluster or Sentinel gave the address, and not the user. */
  readonly announced: boolean;
}

/** What a target turned out to be, and the servers that it stands for now. */
export interface Discovery {
  readonly kind: 'standalone' | 'cluster' | 'sentinel';
  readonly nodes: readonly ServerNode[];
}

/**
 * Asks a server or a Sentinel which servers there are.
 * @param asked - the endpoint behind `connection`
 * @param withReplicas - also the replicas of a primary that is neither in a cluster nor behind Sentinels
 * @throws ServerFailure
 */
export async function discover(target: Target, asked: Endpoint, connection: ServerConnection, withReplicas: boolean): Promise<Discovery> {
  const fields = infoFields(bytesOf(await connection.send('info')));
  const mode = fields.get('server_mode') ?? fields.get('redis_mode');
  if (mode === 'sentinel' || fields.has('sentinel_masters'))
    return { kind: 'sentinel', nodes: await watchedNodes(target, fields, connection) };
  if (mode === 'cluster' || fields.get('cluster_enabled') === '1') {
    const text = bytesOf(await connection.send('clusterNodes')).toString('utf8');
    return { kind: 'cluster', nodes: clusterEndpoints(text, asked, target.access.tls !== undefined).map((place) => node(place, target)) };
  }
  const replicas = withReplicas ? replicaEndpoints(fields) : [];
  return { kind: 'standalone', nodes: distinct([asked, ...replicas].map((place) => node(place, target))) };
}

/**
 * The servers of a reply to CLUSTER NODES, also those that are down; not those without an address.
 * @param asked - whose reply it is: a node that never met another does not know its own address
 */
export function clusterEndpoints(text: string, asked: Endpoint, encrypted: boolean): Endpoint[] {
  const places: Endpoint[] = [];
  for (const line of text.split('\n')) {
    const [, address = '', flags = ''] = line.trim().split(' ');
    if (/noaddr|handshake/.test(flags)) continue;
    // 10.0.0.1:6379@16379,redis-0.example.com,shard-id=…
    const match = /^(.*):(\d{1,5})(?:@\d+)?(?:,([^,=]*))?(?:,|$)/.exec(address);
    if (!match) continue;
    const [, ip = '', port, hostname = ''] = match;
    // A certificate is made out to a name, where there is one.
    const host = (encrypted && hostname !== '' && hostname !== '?' ? hostname : ip) || ('host' in asked ? asked.host : '127.0.0.1');
    if (Number(port) > 0) places.push({ host, port: Number(port) });
  }
  return places;
}

/** The replicas that a primary's INFO lists: `slave0:ip=10.0.0.2,port=6379,state=online,…`. */
function replicaEndpoints(fields: ReadonlyMap<string, string>): Endpoint[] {
  const places: Endpoint[] = [];
  for (const [name, value] of fields) {
    const match = /^(?:slave|replica)\d+$/.test(name) ? /(?:^|,)ip=([^,]+),port=(\d{1,5})/.exec(value) : null;
    if (match?.[1]) places.push({ host: match[1], port: Number(match[2]) });
  }
  return places;
}

/** Primaries that the Sentinel watches (or the one that was named), with their replicas. */
async function watchedNodes(target: Target, fields: ReadonlyMap<string, string>, connection: ServerConnection): Promise<ServerNode[]> {
  const wanted = target.sentinel?.masterName;
  const nodes: ServerNode[] = [];
  for (const [name, value] of fields) {
    if (!/^master\d+$/.test(name)) continue;
    // master0:name=mymaster,status=ok,address=127.0.0.1:6379,slaves=2,sentinels=3
    const match = /^name=(.+),status=[^,]*,address=(.+):(\d{1,5}),(?:slaves|replicas)=/.exec(value);
    if (!match?.[1] || !match[2] || (wanted !== undefined && match[1] !== wanted)) continue;
    nodes.push(node({ host: match[2], port: Number(match[3]) }, target));
    for (const replica of pairs(await connection.send('sentinelReplicas', [match[1]]))) {
      const host = replica.get('ip');
      const port = Number(replica.get('port'));
      if (host !== undefined && port > 0) nodes.push(node({ host, port }, target));
    }
  }
  return distinct(nodes);
}

function node(endpoint: Endpoint, target: Target): ServerNode {
  const id = endpointName(endpoint);
  return { id, endpoint, access: target.access, announced: target.endpoints.every((given) => endpointName(given) !== id) };
}

function distinct(nodes: readonly ServerNode[]): ServerNode[] {
  return [...new Map(nodes.map((each) => [each.id, each])).values()];
}

/** A reply of lists `[name, value, name, value, …]`. */
function pairs(reply: unknown): Map<string, string>[] {
  if (!Array.isArray(reply)) return [];
  return reply.filter(Array.isArray).map((words: unknown[]) => {
    const fields = new Map<string, string>();
    for (let i = 0; i + 1 < words.length; i += 2) fields.set(bytesOf(words[i]).toString(), bytesOf(words[i + 1]).toString());
    return fields;
  });
}

/** A bulk string; of another reply nothing. */
export function bytesOf(reply: unknown): Buffer {
  return Buffer.isBuffer(reply) ? reply : Buffer.alloc(0);
}
