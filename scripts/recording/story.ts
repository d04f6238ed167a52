import { deleteKeys, writeKeys } from './load.ts';
import { type RecordedSample, type Recording, startRecording } from './recorder.ts';
import type { StoryFiles } from './sample-files.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** Records a story on a server of any build. */
export type StoryRecorder = (binary?: string) => Promise<StoryFiles[]>;

/** What the script knows to be true, and the samples where they are not as the recording has them. */
export interface Told {
  readonly [fact: string]: unknown;
  readonly samples?: readonly RecordedSample[];
}

export interface OneServerStory {
  readonly name: string;
  /** What happens, in a sentence. */
  readonly story: string;
  readonly config: readonly string[];
  /** The machine of the story. */
  readonly systemMemory: string;
  /** Epoch milliseconds. */
  readonly startAt?: number;
}

/** A story of one server on a stated clock. `tell` puts the load on it and returns the truth; the server is stopped whatever happens. */
export function oneServerStory(about: OneServerStory, tell: (recording: Recording) => Promise<Told>): StoryRecorder {
  return async (binary) => {
    const { name, story, config, systemMemory, startAt = Date.UTC(2026, 9, 5) } = about;
    const recording = await startRecording({ binary, startAt, config });
    try {
      const { samples = [...recording.samples], ...truth } = await tell(recording);
      const watchedPeak = { usedMemoryBytes: recording.takeWatchedPeak() };
      return [
        {
          name,
          node: 'store',
          clock: 'stated',
          samples,
          story: [story],
          truth: { systemMemory, restarts: [], watchedPeak, expected: {}, ...truth },
        },
      ];
    } finally {
      await recording.stop();
    }
  };
}

/** Goes on hour by hour, with `change` before each sample. `settle`: waits until the server has refreshed its resident figure. */
export async function goOn(
  recording: Recording,
  hours: number,
  change: (hour: number) => Promise<unknown> = async () => {},
  settle = true,
): Promise<void> {
  for (let hour = 0; hour < hours; hour += 1) {
    recording.advance(HOUR_MS);
    await change(hour);
    await recording.sample({ settle });
  }
}

/** INFO of the newest sample. */
export function newestText({ samples }: Recording): string {
  return samples.at(-1)?.text ?? '';
}

/** Keeps numbered values alive: the newest are added, the oldest go. */
export function keepKeys(recording: Recording, prefix: string, valueBytes: number) {
  let oldest = 0;
  let newest = 0;
  return {
    goTo: async (count: number): Promise<void> => {
      const living = newest - oldest;
      if (count > living) {
        await writeKeys(recording.server, { prefixes: [prefix], from: newest, to: newest + count - living }, valueBytes);
        newest += count - living;
      } else {
        await deleteKeys(recording.server, { prefixes: [prefix], from: oldest, to: oldest + living - count });
        oldest += living - count;
      }
    },
    /** Which values live. */
    living: () => ({ oldest, newest }),
    /** The server came back with these. */
    remember: (living: { readonly oldest: number; readonly newest: number }): void => {
      ({ oldest, newest } = living);
    },
    /** The server was emptied. */
    forget: (): void => {
      oldest = newest;
    },
  };
}
