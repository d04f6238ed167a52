import { setTimeout as sleep } from 'node:timers/promises';
import { ALLOCATOR_DECAY_MS, deleteKeys, writeKeys } from '../load.ts';
import { startRecording } from '../recorder.ts';
import type { StoryFiles } from '../sample-files.ts';

const HOUR_MS = 3_600_000;
const PARTS = 5;
const KEYS_PER_PART = 72_000;
const VALUE_BYTES = 1000;

/** Five parts are filled side by side, two are deleted, filled again and deleted again: resident memory moves once only. */
export async function recordArticlesStory(): Promise<StoryFiles[]> {
  const recording = await startRecording({
    startAt: Date.UTC(2026, 5, 1),
    config: ['--maxmemory', '448mb', '--maxmemory-policy', 'noeviction'],
  });
  const { server } = recording;
  const phases: Record<string, { fromAt: number; toAt: number; vmRssBytes?: { from?: number; to?: number } }> = {};

  /** `samples` hours, each after its share of the work. */
  const phase = async (name: string, samples: number, work?: (step: number) => Promise<void>) => {
    const fromAt = recording.now();
    const before = recording.samples.at(-1);
    for (let step = 0; step < samples; step += 1) {
      recording.advance(HOUR_MS);
      await work?.(step);
      await recording.sample();
    }
    const last = recording.samples.at(-1);
    phases[name] = {
      fromAt,
      toAt: recording.now(),
      vmRssBytes: { from: before?.vmRssBytes, to: last?.vmRssBytes },
    };
  };
  /** Writes the same share of each of these parts, in turns. */
  const fill = (parts: readonly number[], samples: number) => (step: number) =>
    writeKeys(
      server,
      {
        prefixes: parts.map((part) => `part:${part}:`),
        from: Math.floor((KEYS_PER_PART * step) / samples),
        to: Math.floor((KEYS_PER_PART * (step + 1)) / samples),
      },
      VALUE_BYTES,
    );
  let keysDeleted = 0;
  const removeTwoParts = async () => {
    keysDeleted += await deleteKeys(server, { prefixes: ['part:2:', 'part:4:'], from: 0, to: KEYS_PER_PART });
    recording.advance(HOUR_MS);
    await sleep(ALLOCATOR_DECAY_MS);
    await recording.sample();
  };

  try {
    await phase('fill', 24, fill([1, 2, 3, 4, 5], 24));
    await phase('full', 96);
    await removeTwoParts();
    await phase('deleted', 192);
    await phase('refill', 48, fill([2, 4], 48));
    await phase('fullAgain', 120);
    await removeTwoParts();
    await phase('deletedAgain', 238);
    const peak = recording.takeWatchedPeak();
    return [
      {
        name: 'articles-story',
        node: 'articles',
        clock: 'stated',
        samples: recording.samples,
        story: [
          `${PARTS} parts of ${KEYS_PER_PART} keys with ${VALUE_BYTES}-byte values are written side by side; two parts are deleted: used memory falls,`,
          'resident memory does not. The two parts are written again: resident memory stays flat. They are deleted again.',
        ],
        truth: {
          systemMemory: '768MiB',
          watchedPeak: { usedMemoryBytes: peak },
          keysDeleted,
          restarts: [],
          phases,
          expected: {
            diagnosis: 'retained-after-peak',
            advice: 'none',
            reason:
              'Resident memory stayed at its peak when two of five parts were deleted, and did not grow when they were written again: ' +
              'the holes fit the values that come back. The peak recurs, so the memory is needed.',
          },
        },
      },
    ];
  } finally {
    await recording.stop();
  }
}
