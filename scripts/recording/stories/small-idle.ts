import { startRecording } from '../recorder.ts';
import type { StoryFiles } from '../sample-files.ts';

/** An empty server: its fragmentation ratio is above ten and means nothing. */
export async function recordSmallIdle(): Promise<StoryFiles[]> {
  const recording = await startRecording({ startAt: Date.UTC(2026, 6, 1), config: ['--maxmemory', '64mb'] });
  try {
    for (let hour = 0; hour <= 48; hour += 1) {
      if (hour > 0) recording.advance(3_600_000);
      await recording.sample();
    }
    return [
      {
        name: 'small-idle',
        node: 'empty',
        clock: 'stated',
        samples: recording.samples,
        story: ['Two days of a server without any key. maxmemory is 64 MiB, no persistence.'],
        truth: {
          systemMemory: '128MiB',
          watchedPeak: { usedMemoryBytes: recording.takeWatchedPeak() },
          restarts: [],
          expected: {
            diagnosis: 'small-dataset',
            advice: 'none',
            reason: 'Resident memory is the program itself; there is nothing to defragment.',
          },
        },
      },
    ];
  } finally {
    await recording.stop();
  }
}
