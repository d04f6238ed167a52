import { setTimeout as sleep } from 'node:timers/promises';
import { findEngine } from '../../../test/helpers/redis-server.ts';
import { writeKeys } from '../load.ts';
import { readField, startRecording } from '../recorder.ts';
import type { StoryFiles } from '../sample-files.ts';

/** Folder of scripts/engines/unpack-debian.sh → name of the sample. */
const ENGINES: Readonly<Record<string, string>> = {
  'debian-bullseye-redis': 'engine-redis-6.0',
  'debian-trixie-redis': 'engine-redis-8.0',
  'debian-trixie-valkey': 'engine-valkey-8.1',
};
const KEYS = 3000;
const EXPIRING = 500;

/** What other engines and versions print under `INFO everything`, with keys in two databases and writes refused for want of memory. */
export async function recordEngines(): Promise<StoryFiles[]> {
  const stories: StoryFiles[] = [];
  for (const [engine, name] of Object.entries(ENGINES)) {
    const binary = findEngine(engine);
    if (!binary)
      throw new Error(`needs ${engine}: run scripts/engines/unpack-debian.sh once for each of bullseye, trixie and "trixie valkey"`);
    const recording = await startRecording({ binary, config: ['--maxmemory', '64mb'] });
    const { server } = recording;
    try {
      await recording.sample({ sections: ['everything'] });
      await writeKeys(server, { prefixes: ['item:'], from: 0, to: KEYS }, 1000);
      for (let index = 0; index < EXPIRING; index += 1) await server.command('EXPIRE', `item:${index}`, 100_000);
      await server.command('SELECT', 3);
      await writeKeys(server, { prefixes: ['other:'], from: 0, to: 10 }, 100);
      await server.command('SELECT', 0);
      for (let index = 0; index < 40; index += 1) await server.command('GET', `item:${index * 100}`);
      await recording.sample({ sections: ['everything'] });
      let refused = 0;
      await server.command('CONFIG', 'SET', 'maxmemory', '1mb');
      for (let index = 0; index < 7; index += 1) {
        await server.command('SET', 'refused', 'x').catch((error: unknown) => {
          if (!String(error).includes('OOM')) throw error;
          refused += 1;
        });
      }
      await sleep(500);
      const { text } = await recording.sample({ sections: ['everything'] });
      stories.push({
        name,
        node: name,
        clock: 'real',
        samples: recording.samples,
        story: [
          'Three looks at another engine: empty, with some keys in two databases, and after writes that were refused for want of memory.',
        ],
        truth: {
          systemMemory: '128MiB',
          watchedPeak: { usedMemoryBytes: recording.takeWatchedPeak() },
          restarts: [],
          databases: { db0: { keys: KEYS, expires: EXPIRING }, db3: { keys: 10, expires: 0 } },
          keyspaceHits: readField(text, 'keyspace_hits'),
          refusedWrites: refused,
          expected: { diagnosis: 'small-dataset', advice: 'none', reason: 'A few megabytes of data.' },
        },
      });
    } finally {
      await recording.stop();
    }
  }
  return stories;
}
