import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, writeKeys } from '../load.ts';
import { type Recording, readField } from '../recorder.ts';
import { goOn, keepKeys, oneServerStory, type StoryRecorder, type Told } from '../story.ts';

const VALUE_BYTES = 1000;

const limitStory = (
  name: string,
  story: string,
  config: readonly string[],
  tell: (recording: Recording) => Promise<Told>,
  systemMemory = '256MiB',
): StoryRecorder => oneServerStory({ name, story, config, systemMemory, startAt: Date.UTC(2026, 10, 2) }, tell);

/** Writes and counts the refusals. */
async function writeCounting(recording: Recording, from: number, count: number): Promise<number> {
  let refused = 0;
  for (let i = 0; i < count; i += 1) {
    await recording.server.command('SET', `item:${from + i}`, 'x'.repeat(VALUE_BYTES)).catch((error: unknown) => {
      if (!String(error).includes('OOM')) throw error;
      refused += 1;
    });
  }
  return refused;
}

/** Small values, 500 more each hour, past the number at which the table of keys doubles; small so that the table is a large part of it all. */
async function crossTable(recording: Recording, doublesAt: number): Promise<Told> {
  const keys = keepKeys(recording, 'k', 8);
  const first = doublesAt - 40_000;
  await keys.goTo(first);
  await recording.sample();
  let before = 0;
  let crossedAt: number | undefined;
  await goOn(
    recording,
    120,
    async (hour) => {
      const count = first + (hour + 1) * 500;
      if (count <= doublesAt) before = readField(await recording.server.info('memory'), 'used_memory') ?? 0;
      else crossedAt ??= recording.now();
      await keys.goTo(count);
    },
    false,
  );
  return { doubling: { keys: doublesAt, crossedAt, usedMemoryBeforeBytes: before } };
}

/** Servers at or near their limits, and hash tables that double. */
export const LIMIT_STORIES: Readonly<Record<string, StoryRecorder>> = {
  'noeviction-near-limit': limitStory(
    'noeviction-near-limit',
    'A store that may not evict comes within 5 % of its maxmemory and stays there.',
    ['--maxmemory', '160mb', '--maxmemory-policy', 'noeviction'],
    async (recording) => {
      const keys = keepKeys(recording, 'item:', VALUE_BYTES);
      await keys.goTo(110_000);
      await recording.sample();
      await goOn(recording, 120, (hour) => keys.goTo(Math.min(110_000 + hour * 500, 146_000)), false);
      return {};
    },
  ),
  'oom-errors': limitStory(
    'oom-errors',
    'A store grows into its maxmemory; from then on writes are refused.',
    ['--maxmemory', '128mb', '--maxmemory-policy', 'noeviction'],
    async (recording) => {
      await writeKeys(recording.server, { prefixes: ['item:'], from: 0, to: 60_000 }, VALUE_BYTES);
      await recording.sample();
      let refused = 0;
      await goOn(
        recording,
        120,
        async (hour) => {
          refused += await writeCounting(recording, 60_000 + hour * 700, 700);
        },
        false,
      );
      return { refusedWrites: refused };
    },
  ),
  'cache-with-falling-hits': limitStory(
    'cache-with-falling-hits',
    'A full cache (allkeys-lru) whose readers ask for more and more different pages.',
    ['--maxmemory', '96mb', '--maxmemory-policy', 'allkeys-lru'],
    async (recording) => {
      const random = createRandom(3);
      await writeKeys(recording.server, { prefixes: ['page:'], from: 0, to: 70_000 }, VALUE_BYTES);
      const first = await recording.server.info('stats');
      const script =
        "local h=0 for i=1,#ARGV do if redis.call('GET','page:'..ARGV[i]) then h=h+1 else redis.call('SET','page:'..ARGV[i],string.rep('p',1000)) end end return h";
      let hits = 0;
      let reads = 0;
      await recording.sample();
      await goOn(
        recording,
        180,
        async (hour) => {
          const pages = 60_000 + hour * 600;
          const wanted = Array.from({ length: 4000 }, () => Math.floor(random() * pages));
          for (let i = 0; i < 4000; i += 1000)
            hits += Number(await recording.server.command('EVAL', script, 0, ...wanted.slice(i, i + 1000)));
          reads += 4000;
        },
        false,
      );
      const evicted = readField(await recording.server.info('stats'), 'evicted_keys') ?? 0;
      return { increases: { evictedKeys: evicted - (readField(first, 'evicted_keys') ?? 0) }, hitRatio: hits / reads };
    },
  ),
  'volatile-with-few-ttls': limitStory(
    'volatile-with-few-ttls',
    'volatile-lru, and only one value in 200 has a time to live: when these are gone, writes are refused.',
    ['--maxmemory', '112mb', '--maxmemory-policy', 'volatile-lru'],
    async (recording) => {
      await writeKeys(recording.server, { prefixes: ['item:'], from: 0, to: 60_000 }, VALUE_BYTES);
      for (let i = 0; i < 300; i += 1) await recording.server.command('EXPIRE', `item:${i * 200}`, 10_000_000);
      await recording.sample();
      let refused = 0;
      await goOn(
        recording,
        120,
        async (hour) => {
          refused += await writeCounting(recording, 60_000 + hour * 600, 600);
        },
        false,
      );
      return { refusedWrites: refused, evictedKeys: readField(await recording.server.info('stats'), 'evicted_keys') };
    },
  ),
  'no-limit': limitStory('no-limit', 'A store without maxmemory that hardly grows.', ['--maxmemory', '0'], async (recording) => {
    const keys = keepKeys(recording, 'item:', VALUE_BYTES);
    await keys.goTo(80_000);
    await recording.sample();
    await goOn(recording, 180, (hour) => keys.goTo(80_000 + hour * 10), false);
    return {};
  }),
  'table-doubles': limitStory(
    'table-doubles',
    'Small values grow past 1,048,576.',
    ['--maxmemory', '512mb'],
    (r) => crossTable(r, 2 ** 20),
    '1GiB',
  ),
  'table-doubles-in-cluster-mode': limitStory(
    'table-doubles-in-cluster-mode',
    'The same in cluster mode.',
    ['--maxmemory', '512mb', '--cluster-enabled', 'yes'],
    async (recording) => {
      for (let slot = 0; slot < 16_384; slot += 512)
        await recording.server.command('CLUSTER', 'ADDSLOTS', ...Array.from({ length: 512 }, (_, i) => slot + i));
      for (;;) {
        if (String(await recording.server.command('CLUSTER', 'INFO')).includes('cluster_state:ok')) break;
        await sleep(100);
      }
      return crossTableByPipeline(recording, 2 ** 20);
    },
    '1GiB',
  ),
};

/** In cluster mode a script may not write to other slots than those of its keys, so each value is a command of its own. */
async function populate(recording: Recording, count: number): Promise<void> {
  const connection = await recording.server.connect();
  for (let from = 0; from < count; from += 10_000) {
    const pipeline = connection.pipeline();
    for (let i = from; i < Math.min(count, from + 10_000); i += 1) pipeline.call('SET', `k${i}`, 'xxxxxxxx');
    await pipeline.exec();
  }
}

async function crossTableByPipeline(recording: Recording, doublesAt: number): Promise<Told> {
  const first = doublesAt - 40_000;
  await populate(recording, first);
  await recording.sample();
  let before = 0;
  let crossedAt: number | undefined;
  await goOn(
    recording,
    120,
    async (hour) => {
      const count = first + (hour + 1) * 500;
      if (count <= doublesAt) before = readField(await recording.server.info('memory'), 'used_memory') ?? 0;
      else crossedAt ??= recording.now();
      for (let i = count - 500; i < count; i += 1) await recording.server.command('SET', `more:${i}`, 'xxxxxxxx');
    },
    false,
  );
  return { doubling: { keys: doublesAt, crossedAt, usedMemoryBeforeBytes: before } };
}
