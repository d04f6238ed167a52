import { type Engine, isAtLeast } from '../../model/engine.ts';
import type { ServerSettings } from '../../model/server-settings.ts';
import type { ServerConnection } from './connection.ts';
import { bytesOf } from './discovery.ts';
import { ServerFailure } from './failure.ts';

/**
 * Settings that say something about memory, by name: patterns are never sent, and none of these can hold a secret, a path or a name. A server
 * that does not know one leaves it out.
 */
export const ASKED_SETTINGS = [
  'maxmemory-policy',
  'maxmemory-samples',
  'maxmemory-clients',
  'maxmemory-eviction-tenacity',
  'activedefrag',
  'active-defrag-ignore-bytes',
  'active-defrag-threshold-lower',
  'active-defrag-threshold-upper',
  'active-defrag-cycle-min',
  'active-defrag-cycle-max',
  'active-defrag-cycle-us',
  'active-defrag-max-scan-fields',
  'jemalloc-bg-thread',
  'save',
  'appendonly',
  'auto-aof-rewrite-percentage',
  'auto-aof-rewrite-min-size',
  'disable-thp',
  'client-output-buffer-limit',
  'client-query-buffer-limit',
  'repl-backlog-size',
  'repl-diskless-sync',
  'repl-diskless-load',
  'hash-max-listpack-entries',
  'hash-max-listpack-value',
  'hash-max-ziplist-entries',
  'hash-max-ziplist-value',
  'list-max-listpack-size',
  'list-max-ziplist-size',
  'list-compress-depth',
  'set-max-intset-entries',
  'set-max-listpack-entries',
  'set-max-listpack-value',
  'zset-max-listpack-entries',
  'zset-max-listpack-value',
  'zset-max-ziplist-entries',
  'zset-max-ziplist-value',
  'lazyfree-lazy-eviction',
  'lazyfree-lazy-expire',
  'lazyfree-lazy-server-del',
  'lazyfree-lazy-user-del',
  'replica-lazy-flush',
  'activerehashing',
  'io-threads',
  'hz',
] as const;

/** Names of Redis 7.0 for what was called ziplist before; it answers to both. */
const OLD_NAME = /ziplist/;

/**
 * Asks for the settings: in one call where the version takes several names (Redis 7.0, every Valkey), else one by one.
 * @throws ServerFailure; `not-allowed` or `server-error` where the service or the ACL user does not let it
 */
export async function readSettings(connection: ServerConnection, engine: Engine): Promise<ServerSettings> {
  const takesSeveral = isAtLeast(engine, { redis: '7.0', valkey: '0' }) === true;
  const names = takesSeveral ? ASKED_SETTINGS.filter((name) => !OLD_NAME.test(name)) : ASKED_SETTINGS;
  const calls = takesSeveral ? [names] : names.map((name) => [name]);
  const settings: Record<string, string> = {};
  for (const call of calls) {
    const reply = await connection.send('configGet', call);
    if (!Array.isArray(reply)) continue;
    for (let i = 0; i + 1 < reply.length; i += 2) {
      const name = bytesOf(reply[i]).toString('latin1');
      // Whatever a server sends unasked is not kept.
      if ((ASKED_SETTINGS as readonly string[]).includes(name)) settings[name] = bytesOf(reply[i + 1]).toString('utf8');
    }
  }
  return settings;
}

/** Whether a failure means that the server never answers this, and not that something went wrong this time. */
export function isRefusal(error: unknown): error is ServerFailure {
  return error instanceof ServerFailure && (error.reason === 'not-allowed' || error.reason === 'server-error');
}
