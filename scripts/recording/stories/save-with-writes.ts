import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, waitForChild, writeKeys } from '../load.ts';
import { readField, startRecording } from '../recorder.ts';
import type { StoryFiles } from '../sample-files.ts';

const KEYS = 180_000;
const VALUE_BYTES = 1000;
const SAMPLE_EVERY_MS = 1000;

/** Private dirty memory of a process and its children's ids, from /proc; undefined when it is gone. */
function readChildren(pid: number): { pid: number; privateDirtyBytes: number }[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return children
      .split(' ')
      .filter(Boolean)
      .map((child) => {
        const kibibytes = /^Private_Dirty:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child}/smaps_rollup`, 'utf8'))?.[1] ?? '0';
        return { pid: Number(child), privateDirtyBytes: Number(kibibytes) * 1024 };
      });
  } catch {
    return []; // the child ended between two looks
  }
}

/** An RDB save and two AOF rewrites while values are overwritten: copy-on-write is measured by the server and by the kernel. */
export async function recordSaveWithWrites(): Promise<StoryFiles[]> {
  const recording = await startRecording({ config: ['--maxmemory', '512mb', '--rdb-key-save-delay', '-2', '--appendfsync', 'everysec'] });
  const { server } = recording;
  const client = await server.connect();
  const random = createRandom(3);
  const value = 'y'.repeat(VALUE_BYTES);
  let writing = true;
  let writes = 0;
  /** Overwrites about 2,000 values a second anywhere in the store. */
  const overwrite = async () => {
    while (writing) {
      const pipeline = client.pipeline();
      for (let index = 0; index < 100; index += 1) pipeline.set(`item:${Math.floor(random() * KEYS)}`, value);
      await pipeline.exec();
      writes += 100;
      await sleep(45);
    }
  };
  const largestByChild = new Map<number, number>();
  const watchChildren = async () => {
    while (writing) {
      for (const { pid, privateDirtyBytes } of readChildren(server.pid)) {
        largestByChild.set(pid, Math.max(largestByChild.get(pid) ?? 0, privateDirtyBytes));
      }
      await sleep(40);
    }
  };
  const sampleFor = async (count: number) => {
    for (let index = 0; index < count; index += 1) {
      await sleep(SAMPLE_EVERY_MS - 115);
      await recording.sample();
    }
  };

  try {
    await writeKeys(server, { prefixes: ['item:'], from: 0, to: KEYS }, VALUE_BYTES);
    const work = Promise.all([overwrite(), watchChildren()]);
    const forks: { kind: string; at: number; reportedBytes?: number; kernelPrivateDirtyBytes: number }[] = [];
    /** Starts a fork, samples until it has ended, and compares the server's word with the kernel's. */
    const fork = async (kind: string, field: string, ...words: string[]) => {
      const at = Date.now();
      largestByChild.clear();
      await server.command(words[0] ?? '', ...words.slice(1));
      do await sampleFor(1);
      while (/^(?:rdb_bgsave_in_progress|aof_rewrite_in_progress|aof_rewrite_scheduled):1/m.test(recording.samples.at(-1)?.text ?? ''));
      await waitForChild(server);
      const reportedBytes = readField(await server.info('persistence'), field);
      forks.push({ kind, at, reportedBytes, kernelPrivateDirtyBytes: Math.max(...largestByChild.values()) });
      await sampleFor(4);
    };
    await sampleFor(4);
    await fork('rdb', 'rdb_last_cow_size', 'BGSAVE');
    await fork('aof', 'aof_last_cow_size', 'CONFIG', 'SET', 'appendonly', 'yes');
    await fork('aof', 'aof_last_cow_size', 'BGREWRITEAOF');
    await fork('rdb', 'rdb_last_cow_size', 'BGSAVE');
    const peak = recording.takeWatchedPeak();
    writing = false;
    await work;
    return [
      {
        name: 'save-with-writes',
        node: 'items',
        clock: 'real',
        samples: recording.samples,
        story: [
          `${KEYS} values of ${VALUE_BYTES} bytes are overwritten all the time, anywhere, while the server saves (RDB), switches AOF on (a rewrite),`,
          'rewrites it and saves again. rdb-key-save-delay slows the saves, so that copy-on-write has time to grow. A sample a second.',
        ],
        truth: {
          systemMemory: '512MiB',
          watchedPeak: { usedMemoryBytes: peak },
          restarts: [],
          overwrites: writes,
          forks,
          expected: { reason: 'Copy-on-write is measured: the largest of the forks belongs in the budget, scaled by resident memory.' },
        },
      },
    ];
  } finally {
    writing = false;
    await recording.stop();
  }
}
