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
  /** Every user may send it, whatever the ACL says (Redis source, flag NO_AUTH). */
  readonly always?: true;
}

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
    why: 'every figure of the report; from Redis 7.0 only the sections that are read',
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
 * @returns undefined before Redis 6.0, which has no users
 */
export function aclRule(engine: Engine, user: string, asked: 'servers' | 'sentinels' = 'servers'): string | undefined {
  if (isAtLeast(engine, { redis: '6.0', valkey: '0' }) !== true) return undefined;
  const allowed = (Object.values(ALLOWED_COMMANDS) as AllowedCommand[])
    .filter((command) => !command.always && (command.asked === asked || command.asked === 'both'))
    .map(({ words }) => `+${words.join('|').toLowerCase()}`);
  // Channels belong to the rule from 6.2 on; before, every user could subscribe.
  const channels = isAtLeast(engine, { redis: '6.2', valkey: '0' }) === true ? ['resetchannels'] : [];
  return ['ACL SETUSER', user, 'reset on', '>PASSWORD', ...channels, '-@all', ...allowed].join(' ');
}
