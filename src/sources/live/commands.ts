import type { Engine } from '../../model/engine.ts';
import { isAtLeast } from '../../model/engine.ts';

/** A command that may be sent to a server; nothing else ever is. */
export interface AllowedCommand {
  /** Its words before any argument, as they go over the wire. */
  readonly words: readonly [string, ...string[]];
  /** Who is asked. */
  readonly asked: 'servers' | 'sentinels' | 'both';
  readonly when: string;
  readonly why: string;
  readonly cost: string;
  /** The option without which it is never sent. */
  readonly only?: CommandExtra;
  /** Every user may send it, whatever the ACL says (Redis source, flag NO_AUTH). */
  readonly always?: true;
}

/** Options that ask servers for more than every look does, named as on the command line. */
export type CommandExtra = 'keyspace-sample' | 'settings';

/** The allow-list: every command that redis-headroom sends. All of them only read. */
export const ALLOWED_COMMANDS = {
  auth: {
    words: ['AUTH'],
    asked: 'both',
    when: 'once a connection, where a password is given',
    why: 'to be let in',
    cost: 'one hash of the password',
    always: true,
  },
  setName: {
    words: ['CLIENT', 'SETNAME'],
    asked: 'both',
    when: 'once a connection',
    why: 'so that CLIENT LIST shows whose connection it is; a server that refuses it is read all the same',
    cost: 'none to speak of',
  },
  info: {
    words: ['INFO'],
    asked: 'both',
    when: 'every sample',
    why: 'every figure of the report; from Redis 7.0 only the sections that are read, and once an hour what each command has cost (commandstats; before 7.0 in INFO all)',
    cost: '0.02 to 0.06 ms of the server; up to Redis 5 it also looks at each client',
  },
  clusterNodes: {
    words: ['CLUSTER', 'NODES'],
    asked: 'servers',
    when: 'at the start and once a minute, of one node a cluster',
    why: 'to sample every node of a cluster, also those that join later',
    cost: 'one line a node',
  },
  sentinelReplicas: {
    words: ['SENTINEL', 'REPLICAS'],
    asked: 'sentinels',
    when: 'at the start and every 10 seconds, of one Sentinel',
    why: 'to sample the replicas and to know the primary after a failover',
    cost: 'one reply a replica',
  },
  configGet: {
    words: ['CONFIG', 'GET'],
    asked: 'servers',
    only: 'settings',
    when: 'at the start and once an hour, with names of settings only, never a pattern: activedefrag and active-defrag-…, save, appendonly, client-output-buffer-limit, limits of encodings, lazyfree-…, and the like',
    why: 'what INFO does not tell: how the server is set',
    cost: 'a few µs; one call from Redis 7.0 on, before one a name. No ACL limits CONFIG GET to names: its user could also read requirepass and masterauth, which are never asked for',
  },
  scan: {
    words: ['SCAN'],
    asked: 'servers',
    only: 'keyspace-sample',
    when: 'once for about ten keys of the sample, from places chosen by chance; of one server a shard, a replica where there is one',
    why: 'to draw keys by chance',
    cost: 'some µs; names of keys, no values',
  },
  memoryUsage: {
    words: ['MEMORY', 'USAGE'],
    asked: 'servers',
    only: 'keyspace-sample',
    when: 'once a key of the sample, with SAMPLES 32',
    why: 'how many bytes the key takes; of its elements the first 32 are measured and the rest reckoned from them',
    cost: '1 to 10 µs; the time of the last access stays as it is',
  },
  type: {
    words: ['TYPE'],
    asked: 'servers',
    only: 'keyspace-sample',
    when: 'once a key of the sample',
    why: 'bytes by type',
    cost: '1 µs; counts as a hit in keyspace_hits',
  },
  pttl: {
    words: ['PTTL'],
    asked: 'servers',
    only: 'keyspace-sample',
    when: 'once a key of the sample',
    why: 'which share of the bytes has an expiry',
    cost: '1 µs; counts as a hit in keyspace_hits',
  },
  select: {
    words: ['SELECT'],
    asked: 'servers',
    only: 'keyspace-sample',
    when: 'where other databases than 0 hold keys, between them',
    why: 'to sample every database',
    cost: 'none to speak of',
  },
  readOnly: {
    words: ['READONLY'],
    asked: 'servers',
    only: 'keyspace-sample',
    when: 'once, where the server is a replica of a cluster',
    why: 'without it the replica points to its primary instead of answering',
    cost: 'none to speak of',
  },
} as const satisfies Record<string, AllowedCommand>;

export type CommandId = keyof typeof ALLOWED_COMMANDS;

/** Sections of INFO that are read: `keysizes`, `modules` and the like can be long and are never asked for. */
export const INFO_SECTIONS = [
  'server',
  'clients',
  'memory',
  'persistence',
  'stats',
  'replication',
  'cpu',
  'errorstats',
  'cluster',
  'keyspace',
] as const;

/** Whether INFO takes several sections at once (Redis 7.0, every Valkey). */
export function takesSections(engine: Engine): boolean {
  return isAtLeast(engine, { redis: '7.0', valkey: '0' }) === true;
}

/**
 * The ACL rule with which everything works, as one line for `redis-cli`.
 * @param engine - whose grammar of rules counts; its version must be known
 * @param extras - options that are to work as well
 * @returns undefined before Redis 6.0, which has no users
 */
export function aclRule(
  engine: Engine,
  user: string,
  asked: 'servers' | 'sentinels' = 'servers',
  extras: ReadonlySet<CommandExtra> = new Set(),
): string | undefined {
  if (isAtLeast(engine, { redis: '6.0', valkey: '0' }) !== true) return undefined;
  const allowed = (Object.values(ALLOWED_COMMANDS) as AllowedCommand[])
    .filter((command) => !command.always && (command.asked === asked || command.asked === 'both'))
    .filter(({ only }) => only === undefined || extras.has(only))
    .map(({ words }) => `+${words.join('|').toLowerCase()}`);
  // Channels belong to the rule from 6.2 on; before, every user could subscribe.
  const channels = isAtLeast(engine, { redis: '6.2', valkey: '0' }) === true ? ['resetchannels'] : [];
  // The size of a key is told only to who may read it; from 7.0 on reading can be allowed without writing.
  const keys =
    asked === 'servers' && extras.has('keyspace-sample') ? [isAtLeast(engine, { redis: '7.0', valkey: '0' }) ? '%R~*' : '~*'] : [];
  return ['ACL SETUSER', user, 'reset on', '>PASSWORD', ...keys, ...channels, '-@all', ...allowed].join(' ');
}
