import { setTimeout as sleep } from 'node:timers/promises';
import { ALLOCATOR_DECAY_MS, waitForChild, writeKeys } from '../load.ts';
import { readField, startRecording } from '../recorder.ts';
import type { StoryFiles } from '../sample-files.ts';

const HALF_HOUR_MS = 30 * 60_000;
const MINUTE_MS = 60_000;
const VALUE_BYTES = 1000;
const FIRST_KEYS = 150_000;
const KEYS_PER_STEP = 120;
const SPIKE_BYTES = 160_000_000;

/** Four days with everything that makes a history hard to read: restarts, a crash, a gap, a RESETSTAT, a spike that no sample sees. */
export async function recordRestartsWithAGap(): Promise<StoryFiles[]> {
  const startAt = Date.UTC(2026, 6, 13);
  const recording = await startRecording({
    startAt,
    // Save points are configured so that a clean stop saves; the number of changes keeps them from saving by themselves.
    config: [
      '--maxmemory',
      '448mb',
      '--save',
      '3600 100000000',
      '--key-load-delay',
      '-10',
      '--loading-process-events-interval-bytes',
      '16384',
    ],
  });
  const { server, samples } = recording;
  let keys = 0;
  let pausedUntil = 0;
  const grow = async (count: number) => {
    await writeKeys(server, { prefixes: ['order:'], from: keys, to: keys + count }, VALUE_BYTES);
    keys += count;
  };
  /** Goes on to an instant, half hour by half hour, on the grid of the samples. */
  const goOnTo = async (day: number, hour: number) => {
    const endAt = startAt + day * 86_400_000 + hour * 3_600_000;
    while (recording.now() < endAt) {
      const nextAt = startAt + (Math.floor((recording.now() - startAt) / HALF_HOUR_MS) + 1) * HALF_HOUR_MS;
      recording.advance(nextAt - recording.now());
      await grow(KEYS_PER_STEP);
      if (recording.now() > pausedUntil) await recording.sample();
    }
  };
  const runId = () => /^run_id:(\w+)/m.exec(samples.at(-1)?.text ?? '')?.[1];
  const restart = async (signal: 'SIGTERM' | 'SIGKILL', downMilliseconds: number) => {
    const lastSeenAt = samples.at(-1)?.at;
    const keysBefore = keys;
    await recording.restart(signal, downMilliseconds);
    const at = recording.now();
    recording.advance(MINUTE_MS);
    await recording.sample({ settle: false });
    const loadingSeen = readField(samples.at(-1)?.text ?? '', 'loading') === 1;
    await waitForChild(server);
    keys = Number(await server.command('DBSIZE'));
    return { at, signal, lastSeenAt, firstSeenAt: recording.now(), runId: runId(), loadingSeen, keysLost: keysBefore - keys };
  };

  try {
    await grow(FIRST_KEYS);
    await recording.sample();
    await goOnTo(0, 10);
    recording.advance(10 * MINUTE_MS);
    await server.command('CONFIG', 'RESETSTAT');
    const resetStatAt = recording.now();

    await goOnTo(0, 18.5);
    const beforeSpike = samples.at(-1);
    recording.takeWatchedPeak();
    recording.advance(10 * MINUTE_MS);
    await server.command('SETRANGE', 'report', SPIKE_BYTES - 1, 'x');
    await sleep(100); // long enough for the watcher to see it
    await server.command('DEL', 'report');
    await sleep(ALLOCATOR_DECAY_MS);
    await goOnTo(0, 19);
    const afterSpike = samples.at(-1);
    const spike = recording.takeWatchedPeak();

    await goOnTo(1, 4);
    const cleanRestart = await restart('SIGTERM', 3 * MINUTE_MS);
    await goOnTo(1, 13);
    pausedUntil = startAt + 86_400_000 + 22.5 * 3_600_000;
    const gap = { fromAt: recording.now(), toAt: 0 };
    await goOnTo(1, 23);
    gap.toAt = samples.at(-1)?.at ?? 0;
    await goOnTo(2, 3);
    await server.command('BGSAVE');
    await waitForChild(server);
    await goOnTo(2, 9);
    const crash = await restart('SIGKILL', 2 * MINUTE_MS);
    await goOnTo(4, 0);

    return [
      {
        name: 'restarts-with-a-gap',
        node: 'ledger',
        clock: 'stated',
        samples,
        story: [
          'Four days: a CONFIG RESETSTAT, a value of 160 MB that lives between two samples only (used_memory_peak tells of it),',
          'a clean restart, ten hours without samples while the server went on, and a crash that lost the keys since the last save.',
          'The first sample after each restart was taken while the server was loading its file.',
        ],
        truth: {
          systemMemory: '512MiB',
          watchedPeak: { usedMemoryBytes: spike },
          restarts: [cleanRestart, crash],
          gaps: [gap],
          statResets: [{ at: resetStatAt }],
          spike: {
            afterSampleAt: beforeSpike?.at,
            bySampleAt: afterSpike?.at,
            usedMemoryPeakBytes: readField(afterSpike?.text ?? '', 'used_memory_peak'),
            usedMemoryPeakBeforeBytes: readField(beforeSpike?.text ?? '', 'used_memory_peak'),
            watchedUsedMemoryBytes: spike.value,
          },
          expected: {
            diagnosis: 'healthy',
            reason: 'The trend has to be cut at the restarts; the highest used memory is the spike, which no sample shows.',
          },
        },
      },
    ];
  } finally {
    await recording.stop();
  }
}
