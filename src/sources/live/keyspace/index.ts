import { identifyEngine, isAtLeast } from '../../../model/engine.ts';
import type { KeyspaceSample } from '../../../model/keyspace-sample.ts';
import type { Target } from '../address.ts';
import type { AddressMap } from '../address-map.ts';
import { ALLOWED_COMMANDS } from '../commands.ts';
import { toFailure } from '../failure.ts';
import { planDraws } from './draws.ts';
import { type ReadKeys, readKeys } from './read-keys.ts';
import { findShards, type Shard } from './shards.ts';

export interface KeyspaceOptions {
  /** Keys to look at, of all servers together. */
  readonly keys: number;
  /** Of each server that is asked. Default 500. */
  readonly keysPerSecond?: number;
  readonly addressMap?: AddressMap;
}

/** Keys a second that no server notices: 1,600 commands of 1 to 10 µs, about 1 % of one core. */
export const DEFAULT_KEYS_PER_SECOND = 500;
const TIMEOUT_MS = 5000;
/** Of each shard: with fewer the error itself is not known well. */
const FEWEST_KEYS = 100;

export interface SampledKeyspace {
  readonly samples: readonly KeyspaceSample[];
  /** Why there is no sample of a server, or only a part of it: a sentence each. */
  readonly problems: readonly string[];
}

/**
 * Looks at keys drawn by chance on every shard behind some targets, each on one server, at a bounded rate, until enough are seen or the signal comes.
 * @param signal - ends it; what was seen by then is a smaller sample
 */
export async function sampleKeyspace(targets: readonly Target[], options: KeyspaceOptions, signal: AbortSignal): Promise<SampledKeyspace> {
  const problems: string[] = [];
  const shards = new Map<string, Shard>();
  await Promise.all(
    targets.map(async (target) => {
      try {
        for (const shard of await findShards(target, { timeoutMs: TIMEOUT_MS, addressMap: options.addressMap })) {
          // Two addresses may lead to the same servers.
          if (shards.has(shard.asked.id)) shard.asked.connection.close();
          else shards.set(shard.asked.id, shard);
        }
      } catch (error) {
        problems.push(`No keyspace sample: ${toFailure(target.name, error).message}`);
      }
    }),
  );
  const counted = [...shards.values()].map((shard) => ({ shard, databases: countKeys(shard) }));
  const all = keysOf(counted.flatMap(({ databases }) => databases));
  const samples = await Promise.all(
    counted.map(async ({ shard, databases }) => {
      try {
        const wanted = Math.max(FEWEST_KEYS, Math.round((options.keys * keysOf(databases)) / Math.max(1, all)));
        return await sampleShard(shard, databases, wanted, options.keysPerSecond ?? DEFAULT_KEYS_PER_SECOND, problems, signal);
      } finally {
        shard.asked.connection.close();
      }
    }),
  );
  return { samples: samples.filter((sample) => sample !== undefined), problems };
}

type Counted = readonly { readonly index: number; readonly keys: number }[];

/** `db0:keys=10,expires=0,avg_ttl=0` */
function countKeys({ asked }: Shard): Counted {
  return [...asked.fields].flatMap(([name, value]) => {
    const index = /^db(\d{1,5})$/.exec(name)?.[1];
    const keys = /(?:^|,)keys=(\d+)/.exec(value)?.[1];
    return index === undefined || keys === undefined ? [] : [{ index: Number(index), keys: Number(keys) }];
  });
}

function keysOf(databases: readonly { readonly keys: number }[]): number {
  return databases.reduce((sum, { keys }) => sum + keys, 0);
}

async function sampleShard(
  shard: Shard,
  databases: Counted,
  wantedKeys: number,
  keysPerSecond: number,
  problems: string[],
  signal: AbortSignal,
): Promise<KeyspaceSample | undefined> {
  const { id, fields } = shard.asked;
  const plan = planDraws(databases, wantedKeys);
  const at = Date.now();
  const read = await readKeys(shard.asked, plan, keysPerSecond, signal);
  problems.push(...problemsOf(id, read));
  if (read.refused !== undefined) return undefined;
  if (read.seen === 0 && plan.draws.length > 0) {
    if (signal.aborted) problems.push(`No keyspace sample of ${id}: the time was up before it began. A longer --for gives it more.`);
    return undefined;
  }
  const wasRead = ({ index }: { readonly index: number }): boolean => (read.draws.get(index)?.length ?? 0) > 0;
  const engine = identifyEngine({
    redisVersion: fields.get('redis_version'),
    valkeyVersion: fields.get('valkey_version'),
    serverName: fields.get('server_name'),
  });
  const dataset = Number(fields.get('used_memory_dataset') ?? Number.NaN);
  return {
    nodeIds: shard.nodeIds,
    takenFrom: id,
    reason: shard.reason,
    at,
    seconds: read.seconds,
    wantedKeys,
    keysPerSecond,
    isCut: read.isCut,
    lostKeys: read.lost,
    databases: plan.databases
      .filter(wasRead)
      .map(({ index, keys }) => ({ index, keys, draws: read.draws.get(index) ?? [], isComplete: read.whole.has(index) })),
    unseenKeys: plan.unseenKeys + keysOf(plan.databases.filter((database) => !wasRead(database))),
    ...(Number.isFinite(dataset) ? { datasetBytes: dataset } : {}),
    hasSlotTables: fields.get('cluster_enabled') === '1' && isAtLeast(engine, { redis: '7.4', valkey: '8.0' }) === true,
  };
}

function problemsOf(id: string, { refused, failure, closed }: ReadKeys): string[] {
  if (refused !== undefined) {
    const command = ALLOWED_COMMANDS[refused].words.join(' ');
    return [
      `No keyspace sample: ${id} does not let this user run ${command}, or does not know it. \`redis-headroom acl --keyspace-sample\` prints the rule that suffices.`,
    ];
  }
  return [
    ...(failure === undefined ? [] : [`The keyspace sample of ${id} ended early: ${failure.message}`]),
    ...(closed.size > 0 ? [`The keyspace sample of ${id} is of its first database only: SELECT is not allowed, or not known.`] : []),
  ];
}
