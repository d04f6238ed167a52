import { setTimeout as sleep } from 'node:timers/promises';
import { ALLOCATOR_DECAY_MS, createRandom } from '../load.ts';
import { readField, startRecording } from '../recorder.ts';
import type { StoryFiles } from '../sample-files.ts';

const TEN_MINUTES_MS = 10 * 60_000;
const DAY_MS = 86_400_000;
const DAYS = 7;
const POPULATION = 400_000;

/** Every page has its own size, always the same: 300 to 1,900 bytes. */
const pageBytes = (id: number) => 300 + ((id * 7919) % 1600);

/** A page cache that has been full for long: reads that miss write, and each write evicts. */
export async function recordCacheAtMaxmemory(): Promise<StoryFiles[]> {
  const recording = await startRecording({
    startAt: Date.UTC(2026, 5, 8),
    config: ['--maxmemory', '192mb', '--maxmemory-policy', 'allkeys-lru'],
  });
  const { server } = recording;
  const random = createRandom(2);
  const client = await server.connect();

  const write = async (ids: Iterable<number>) => {
    const writes = client.pipeline();
    for (const id of ids) writes.set(`page:${id}`, 'x'.repeat(pageBytes(id)));
    await writes.exec();
  };
  /** Asks for `count` pages, a few of them very often; writes those that were not there. */
  const readThrough = async (count: number) => {
    const ids = Array.from({ length: count }, () => Math.floor(POPULATION * random() ** 2.5));
    const reads = client.pipeline();
    for (const id of ids) reads.get(`page:${id}`);
    const replies = (await reads.exec()) ?? [];
    await write(new Set(ids.filter((_, index) => replies[index]?.[1] === null)));
  };

  try {
    // Before the window: filled past the limit in any order, then used until the pages that are asked for are the ones that are there.
    for (let round = 0; round < 220; round += 1) {
      await write(Array.from({ length: 1000 }, () => Math.floor(POPULATION * random())));
    }
    for (let round = 0; round < 150; round += 1) await readThrough(1000);
    await sleep(ALLOCATOR_DECAY_MS);
    recording.takeWatchedPeak();
    recording.advance(DAY_MS);

    await recording.sample();
    for (let step = 1; step <= DAYS * 144; step += 1) {
      recording.advance(TEN_MINUTES_MS);
      const hour = (recording.now() % DAY_MS) / 3_600_000;
      await readThrough(Math.round(300 - 200 * Math.cos(((hour - 3) / 12) * Math.PI)));
      await recording.sample();
    }
    const peak = recording.takeWatchedPeak();
    const [first, last] = [recording.samples[0], recording.samples.at(-1)];
    const increase = (field: string) => (readField(last?.text ?? '', field) ?? 0) - (readField(first?.text ?? '', field) ?? 0);
    return [
      {
        name: 'cache-at-maxmemory',
        node: 'page-cache',
        clock: 'stated',
        samples: recording.samples,
        story: [
          'Seven days of a cache (allkeys-lru) that was full before the first sample: reads that miss write the page, and every write evicts others.',
          'maxmemory is 192 MiB.',
        ],
        truth: {
          systemMemory: '320MiB',
          maxmemoryBytes: 192 * 2 ** 20,
          watchedPeak: { usedMemoryBytes: peak },
          restarts: [],
          increases: {
            evictedKeys: increase('evicted_keys'),
            keyspaceHits: increase('keyspace_hits'),
            keyspaceMisses: increase('keyspace_misses'),
          },
          expected: {
            diagnosis: 'healthy',
            forecast: 'flat',
            reason: 'A cache at its limit does not grow; evictions and misses say whether it should be larger, not its memory.',
          },
        },
      },
    ];
  } finally {
    await recording.stop();
  }
}
