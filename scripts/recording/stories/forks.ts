import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, waitForChild, writeKeys } from '../load.ts';
import { type Recording, readField } from '../recorder.ts';
import { goOn, HOUR_MS, oneServerStory, type StoryRecorder, type Told } from '../story.ts';

const START_AT = Date.UTC(2026, 10, 2);
const VALUE_BYTES = 1000;
const KEYS = 120_000;

/** `Private_Dirty` of the children of a process now: what the kernel holds twice because of the fork. */
function readChildPrivateDirty(pid: number): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
    return Math.max(
      0,
      ...children.map((child) => {
        const text = readFileSync(`/proc/${child}/smaps_rollup`, 'utf8');
        return Number(/^Private_Dirty:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
      }),
    );
  } catch {
    return 0; // the child has just ended
  }
}

/** Overwrites values at random until the child has ended; samples now and then. Resolves to the kernel's highest figure. */
async function writeWhileForked(
  recording: Recording,
  seed: number,
): Promise<{ kernelBytes: number; seconds: number; aofBufferBytes: number }> {
  const random = createRandom(seed);
  let kernelBytes = 0;
  let aofBufferBytes = 0;
  const begun = performance.now();
  for (let round = 0; ; round += 1) {
    const from = Math.floor(random() * (KEYS - 2000));
    await writeKeys(recording.server, { prefixes: ['item:'], from, to: from + 2000 }, VALUE_BYTES);
    kernelBytes = Math.max(kernelBytes, readChildPrivateDirty(recording.server.pid));
    const text = await recording.server.info();
    aofBufferBytes = Math.max(aofBufferBytes, readField(text, 'mem_aof_buffer') ?? 0);
    const runs = readField(text, 'rdb_bgsave_in_progress') === 1 || readField(text, 'aof_rewrite_in_progress') === 1;
    const scheduled = readField(text, 'aof_rewrite_scheduled') === 1;
    if (round % 8 === 1) {
      recording.advance(5000);
      await recording.sample();
    }
    if (!runs && !scheduled && round > 2) return { kernelBytes, seconds: (performance.now() - begun) / 1000, aofBufferBytes };
    await sleep(15);
  }
}

const forkStory = (name: string, story: string, config: readonly string[], command: 'BGSAVE' | 'BGREWRITEAOF'): StoryRecorder =>
  oneServerStory(
    { name, story, config: ['--maxmemory', '384mb', '--rdb-key-save-delay', '20', ...config], systemMemory: '512MiB', startAt: START_AT },
    async (recording) => {
      await writeKeys(recording.server, { prefixes: ['item:'], from: 0, to: KEYS }, VALUE_BYTES);
      await waitForChild(recording.server);
      await recording.sample();
      const forks: Told[] = [];
      for (let day = 0; day < 4; day += 1) {
        await goOn(recording, 23, undefined, false);
        recording.advance(HOUR_MS);
        await recording.server.command(command);
        const measured = await writeWhileForked(recording, day + 1);
        const reported = readField(await recording.server.info(), command === 'BGSAVE' ? 'rdb_last_cow_size' : 'aof_last_cow_size');
        forks.push({ at: recording.now(), ...measured, reportedBytes: reported });
      }
      await goOn(recording, 12, undefined, false);
      return { forks };
    },
  );

/** Children that save, with the kernel's figure of what they cost. */
export const FORK_STORIES: Readonly<Record<string, StoryRecorder>> = {
  'save-under-writes': forkStory('save-under-writes', 'A store saves itself once a day while values are overwritten.', [], 'BGSAVE'),
  'rewrite-under-writes': forkStory(
    'rewrite-under-writes',
    'A store with an append-only file rewrites it once a day while values are overwritten.',
    ['--appendonly', 'yes', '--appendfsync', 'no', '--auto-aof-rewrite-percentage', '0'],
    'BGREWRITEAOF',
  ),
  'never-forked': oneServerStory(
    {
      name: 'never-forked',
      story: 'A store that is to save itself but has never done so yet.',
      config: ['--maxmemory', '384mb', '--save', '3600 100000000'],
      systemMemory: '256MiB',
      startAt: START_AT,
    },
    async (recording) => {
      await writeKeys(recording.server, { prefixes: ['item:'], from: 0, to: KEYS }, VALUE_BYTES);
      await recording.sample();
      await goOn(recording, 96, (hour) =>
        writeKeys(recording.server, { prefixes: ['item:'], from: hour * 100, to: hour * 100 + 500 }, VALUE_BYTES),
      );
      return {};
    },
  ),
};
