import { setTimeout as sleep } from 'node:timers/promises';
import { findEngine } from '../../../test/helpers/redis-server.ts';
import { ALLOCATOR_DECAY_MS, deleteKeys, writeKeys } from '../load.ts';
import { readField, startRecording } from '../recorder.ts';
import type { StoryFiles } from '../sample-files.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SMALL_KEYS = 1_900_000;
const SMALL_BYTES = 200;
const LARGE_KEYS = 560_000;
const LARGE_BYTES = 600;
/** Real time that active defragmentation may take before the recording gives up. */
const DEFRAG_LIMIT_MS = 150_000;

/**
 * Small values are written and three of four deleted, scattered; values of another size then grow and cannot use the holes.
 * On the same server active defragmentation is switched on afterwards: the second sample.
 */
export async function recordFragmentation(): Promise<StoryFiles[]> {
  const binary = findEngine('redis-jemalloc');
  if (!binary) throw new Error('needs the engine that accepts activedefrag: run scripts/engines/build-redis-jemalloc.sh once');
  const recording = await startRecording({ binary, startAt: Date.UTC(2026, 3, 13), config: ['--maxmemory', '704mb'] });
  const { server } = recording;
  const phase = async (samples: number, intervalMs: number, work?: (from: number, to: number) => Promise<unknown>) => {
    for (let step = 0; step < samples; step += 1) {
      recording.advance(intervalMs);
      await work?.(step / samples, (step + 1) / samples);
      await recording.sample();
    }
  };
  /** The part of `count` keys between two shares of the work; starts at a multiple of 4. */
  const share = (count: number, from: number, to: number) => ({
    from: Math.floor((count / 4) * from) * 4,
    to: Math.floor((count / 4) * to) * 4,
  });
  const last = () => {
    const sample = recording.samples.at(-1);
    const bytes = (name: string) => readField(sample?.text ?? '', name);
    return {
      at: sample?.at,
      usedMemoryBytes: bytes('used_memory'),
      vmRssBytes: sample?.vmRssBytes,
      allocatorActiveBytes: bytes('allocator_active'),
      allocatorAllocatedBytes: bytes('allocator_allocated'),
    };
  };

  try {
    await recording.sample();
    await phase(144, HOUR_MS, (from, to) => writeKeys(server, { prefixes: ['event:'], ...share(SMALL_KEYS, from, to) }, SMALL_BYTES));
    await phase(48, HOUR_MS);
    const full = last();
    let keysDeleted = 0;
    await phase(12, HOUR_MS, async (from, to) => {
      const range = share(SMALL_KEYS, from, to);
      for (const offset of [1, 2, 3]) {
        keysDeleted += await deleteKeys(server, { prefixes: ['event:'], from: range.from + offset, to: range.to, step: 4 });
      }
    });
    await sleep(ALLOCATOR_DECAY_MS);
    await phase(60, HOUR_MS);
    const deleted = last();
    await phase(336, HOUR_MS, (from, to) => writeKeys(server, { prefixes: ['document:'], ...share(LARGE_KEYS, from, to) }, LARGE_BYTES));
    await phase(120, HOUR_MS);
    const grown = last();
    const fragmented = recording.samples.splice(0);
    const peak = recording.takeWatchedPeak();

    await phase(60, MINUTE_MS);
    const startedAt = recording.now();
    await server.command('CONFIG', 'SET', 'activedefrag', 'yes');
    const deadline = Date.now() + DEFRAG_LIMIT_MS;
    let quiet = 0;
    while (quiet < 12 && Date.now() < deadline) {
      recording.advance(MINUTE_MS);
      await sleep(150);
      const { text } = await recording.sample();
      quiet = readField(text, 'active_defrag_running') === 0 ? quiet + 1 : 0;
    }
    const endedAt = recording.now();
    await sleep(ALLOCATOR_DECAY_MS);
    await phase(60, MINUTE_MS);
    const defragmented = last();

    return [
      {
        name: 'fragmentation',
        node: 'documents',
        clock: 'stated',
        samples: fragmented,
        story: [
          `${SMALL_KEYS} values of ${SMALL_BYTES} bytes are written, three of four are deleted, scattered, and ${LARGE_KEYS} values of ${LARGE_BYTES} bytes grow:`,
          'they do not fit the holes, so resident memory grows although hundreds of MiB are free inside it. Redis built with its bundled jemalloc.',
        ],
        truth: {
          systemMemory: '1GiB',
          watchedPeak: { usedMemoryBytes: peak },
          keysDeleted,
          restarts: [],
          moments: { full, deleted, grown },
          expected: {
            diagnosis: 'external-fragmentation',
            advice: 'activedefrag',
            activedefragSupported: true,
            reason:
              'Used memory is near its maximum and still far below the memory of the active pages; while values of another size grew, resident ' +
              'memory grew with them instead of filling the holes.',
          },
        },
      },
      {
        name: 'defrag-works',
        node: 'documents',
        clock: 'stated',
        samples: recording.samples,
        story: [
          'The fragmented server of the sample "fragmentation" gets CONFIG SET activedefrag yes after an hour, and gives the memory back.',
        ],
        truth: {
          systemMemory: '1GiB',
          keysDeleted: 0,
          restarts: [],
          activedefrag: { startedAt, endedAt },
          moments: { before: grown, after: defragmented },
          expected: {
            diagnosis: 'healthy',
            advice: 'none',
            activedefragSupported: true,
            reason: 'Active defragmentation moved the values together; the active pages now hold little but data.',
          },
        },
      },
    ];
  } finally {
    await recording.stop();
  }
}
