import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisServer } from '../../test/helpers/redis-server.ts';
import { readField } from './recorder.ts';

/** Keys per script call: a call stays near 10 ms, so the watcher gets its turn. */
const KEYS_PER_CALL = 4000;

const WRITE = `
local value = string.rep('x', tonumber(ARGV[4]))
for i = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]) do
  for _, prefix in ipairs(KEYS) do redis.call('SET', prefix .. i, value) end
end`;
const REMOVE = `
local removed = 0
for i = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]) do
  for _, prefix in ipairs(KEYS) do removed = removed + redis.call('DEL', prefix .. i) end
end
return removed`;

/**
 * Numbered keys `prefix0`, `prefix1`, …: from `from` up to but not including `to`, every `step`-th.
 * With several prefixes the keys take turns, so that neighbours in memory belong to different prefixes.
 */
export interface KeyRange {
  readonly prefixes: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly step?: number;
}

async function callInChunks(server: RedisServer, script: string, range: KeyRange, ...more: number[]): Promise<number> {
  const { prefixes, from, to, step = 1 } = range;
  const span = step * Math.ceil(KEYS_PER_CALL / prefixes.length);
  let total = 0;
  for (let first = from; first < to; first += span) {
    const last = Math.min(first + span, to) - 1;
    total += Number(await server.command('EVAL', script, prefixes.length, ...prefixes, first, last, step, ...more));
  }
  return total;
}

/** Writes string values of `valueBytes` bytes, inside the server (EVAL), so that the network is not what is recorded. */
export async function writeKeys(server: RedisServer, range: KeyRange, valueBytes: number): Promise<void> {
  await callInChunks(server, WRITE, range, valueBytes);
}

/** Deletes the keys of the range; resolves to how many there were. */
export async function deleteKeys(server: RedisServer, range: KeyRange): Promise<number> {
  return callInChunks(server, REMOVE, range);
}

/** A small generator with a seed (mulberry32), so that two recordings put the same load on the server. Values in [0, 1). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Waits until no child is saving any more. */
export async function waitForChild(server: RedisServer): Promise<void> {
  const busy = ['rdb_bgsave_in_progress', 'aof_rewrite_in_progress', 'aof_rewrite_scheduled', 'loading'];
  for (;;) {
    const text = await server.info('persistence');
    if (busy.every((name) => readField(text, name) === 0)) return;
    await sleep(25);
  }
}

/** jemalloc gives dirty pages back within 10 s; waited for where the story says that days pass. */
export const ALLOCATOR_DECAY_MS = 12_000;
