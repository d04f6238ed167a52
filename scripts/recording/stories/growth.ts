import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, waitForChild } from '../load.ts';
import { type Recording, readField } from '../recorder.ts';
import { HOUR_MS, keepKeys, MINUTE_MS, oneServerStory, type StoryRecorder, type Told } from '../story.ts';

const DAY_MS = 24 * HOUR_MS;
const STEP_MS = 6 * HOUR_MS;
const RECORDED_DAYS = 30;
const FOLLOWED_DAYS = 60;
const VALUE_BYTES = 500;

/** How many values live at an instant, told in days since the start, and what befalls the server on the way. */
interface GrowthLaw {
  readonly story: string;
  readonly countKeys: (days: number) => number;
  /** Share by which the number of values is uneven, drawn anew at each step. */
  readonly noise: number;
  /** Before the step at that day (a multiple of a quarter): it empties the server, and the load goes on from nothing. */
  readonly flushes?: readonly { readonly day: number; readonly command: readonly [string, ...string[]] }[];
  /** Before the step at that day: the process is killed and starts again, with what it had saved at the other day or with nothing. */
  readonly crashes?: readonly { readonly day: number; readonly savedOnDay?: number }[];
  /** Between the step at that day and the next: a value of so many bytes that no sample sees. */
  readonly spikes?: readonly { readonly day: number; readonly bytes: number }[];
}

const isWeekend = (days: number) => [5, 6].includes(Math.floor(days) % 7); // the start is a Monday
const clamp = (value: number) => Math.min(1, Math.max(0, value));

/** Laws of growth, by the name of their story. */
const GROWTH_LAWS: Readonly<Record<string, GrowthLaw>> = {
  'growth-linear': { story: 'A store gains 3,000 values a day.', countKeys: (days) => 60_000 + 3000 * days, noise: 0.005 },
  'growth-compound': { story: 'A store grows by 4 % a day.', countKeys: (days) => 50_000 * 1.04 ** days, noise: 0.005 },
  'growth-step': {
    story: 'A store of 80,000 values; on day 15 a bulk import brings 100,000 more.',
    countKeys: (days) => (days < 15 ? 80_000 : 180_000),
    noise: 0.01,
  },
  'growth-slope-change': {
    story: 'A store gains 500 values a day, from day 20 on 5,000 a day.',
    countKeys: (days) => 80_000 + 500 * days + 4500 * Math.max(0, days - 20),
    noise: 0.005,
  },
  'growth-weekly-dips': {
    story: 'A store of 140,000 values, 70,000 at weekends.',
    countKeys: (days) => (isWeekend(days) ? 70_000 : 140_000),
    noise: 0.01,
  },
  'growth-daily-season': {
    story: '50,000 to 150,000 values, most at noon, every day.',
    countKeys: (days) => 100_000 + 50_000 * Math.sin(2 * Math.PI * (days - 0.25)),
    noise: 0.02,
  },
  'growth-plateau': {
    story: 'A store grows from 60,000 to 160,000 values in ten days and stays there.',
    countKeys: (days) => 60_000 + 10_000 * Math.min(days, 10),
    noise: 0.005,
  },
  'flush-and-refill': {
    story:
      'A store of 150,000 values that is emptied on day 10 (FLUSHALL ASYNC) and on day 20 (FLUSHALL), and filled again within two days.',
    countKeys: (days) => 150_000 * (days < 10 ? 1 : days < 20 ? clamp((days - 10) / 2) : clamp((days - 20) / 2)),
    noise: 0.005,
    flushes: [
      { day: 10, command: ['FLUSHALL', 'ASYNC'] },
      { day: 20, command: ['FLUSHALL'] },
    ],
  },
  'crash-without-saving': {
    story: 'A store gains 3,000 values a day; on day 20 it crashes, has saved nothing, and begins anew at that pace.',
    countKeys: (days) => 3000 * (days < 20 ? 20 + days : days - 20),
    noise: 0.005,
    crashes: [{ day: 20 }],
  },
  'restored-from-an-older-dump': {
    story: 'A store gains 3,000 values a day; on day 18 it crashes and comes back as it was on day 12.',
    countKeys: (days) => 60_000 + 3000 * (days < 18 ? days : days - 6),
    noise: 0.002,
    crashes: [{ day: 18, savedOnDay: 12 }],
  },
  'emptied-every-week': {
    story: 'A cache gains 20,000 values a day and is emptied every seven days (FLUSHALL).',
    countKeys: (days) => 20_000 * (days % 7),
    noise: 0.005,
    flushes: [7, 14, 21, 28].map((day) => ({ day, command: ['FLUSHALL'] })),
  },
  'spikes-between-samples': {
    story: 'A store of 80,000 values; on days 8 and 22 a value of 60 MB and one of 90 MB live between two samples only.',
    countKeys: () => 80_000,
    noise: 0.01,
    spikes: [
      { day: 8, bytes: 60_000_000 },
      { day: 22, bytes: 90_000_000 },
    ],
  },
  'quiet-store': { story: 'A store of 120,000 values that hardly changes.', countKeys: () => 120_000, noise: 0.002 },
};

/** 30 days under one law, and what the same law brings in the 60 days after, which only the truth tells. */
async function liveUnder(law: GrowthLaw, recording: Recording): Promise<Told> {
  const random = createRandom(7);
  const keys = keepKeys(recording, 'item:', VALUE_BYTES);
  const bringTo = (days: number) => keys.goTo(Math.round(law.countKeys(days) * (1 + 2 * law.noise * (random() - 0.5))));
  const spikes: { fromAt: number; toAt: number; value: number }[] = [];
  const restarts: { lastSeenAt: number; firstSeenAt: number }[] = [];
  let saved = { oldest: 0, newest: 0 };
  await bringTo(0);
  await recording.sample();
  for (let step = 1; step <= (RECORDED_DAYS * DAY_MS) / STEP_MS; step += 1) {
    const days = (step * STEP_MS) / DAY_MS;
    const spike = law.spikes?.find(({ day }) => day === days - STEP_MS / DAY_MS);
    if (spike) {
      recording.takeWatchedPeak();
      await recording.server.command('SETRANGE', 'spike', spike.bytes - 1, 'x');
      await sleep(120); // the watcher has to see it
      await recording.server.command('DEL', 'spike');
      spikes.push({ fromAt: recording.now(), toAt: recording.now() + STEP_MS, value: recording.takeWatchedPeak().value });
    }
    const crash = law.crashes?.find(({ day }) => day === days);
    recording.advance(crash ? STEP_MS - MINUTE_MS : STEP_MS);
    if (crash) {
      restarts.push({ lastSeenAt: recording.samples.at(-1)?.at ?? 0, firstSeenAt: recording.now() + MINUTE_MS });
      await recording.restart('SIGKILL', MINUTE_MS);
      await waitForChild(recording.server);
      keys.forget();
      if (crash.savedOnDay !== undefined) keys.remember(saved);
    }
    const flush = law.flushes?.find(({ day }) => day === days);
    if (flush) {
      await recording.server.command(...flush.command);
      keys.forget();
    }
    await bringTo(days);
    await recording.sample();
    if (law.crashes?.some(({ savedOnDay }) => savedOnDay === days)) {
      await recording.server.command('SAVE');
      saved = keys.living();
    }
  }
  const samples = recording.samples.splice(0);
  const watchedPeak = { usedMemoryBytes: recording.takeWatchedPeak() };

  await recording.server.command('CONFIG', 'SET', 'maxmemory', 0);
  const dailyPeaks: { at: number; usedMemoryBytes: number }[] = [];
  for (let day = 0; day < FOLLOWED_DAYS; day += 1) {
    let peak = { at: 0, usedMemoryBytes: 0 };
    for (const part of [0.25, 0.5, 0.75, 1]) {
      recording.advance(STEP_MS);
      await bringTo(RECORDED_DAYS + day + part);
      const { at, text } = await recording.sample({ settle: false });
      const usedMemoryBytes = readField(text, 'used_memory') ?? 0;
      if (usedMemoryBytes > peak.usedMemoryBytes) peak = { at, usedMemoryBytes };
    }
    dailyPeaks.push(peak);
  }
  return {
    samples,
    watchedPeak,
    restarts,
    ...(spikes.length === 0 ? {} : { spikes }),
    afterwards: { note: 'The same law went on, without a limit, after the last sample.', dailyPeaks },
  };
}

/** Ways in which a store may grow or not, over 30 days. */
export const GROWTH_STORIES: Readonly<Record<string, StoryRecorder>> = Object.fromEntries(
  Object.entries(GROWTH_LAWS).map(([name, law]) => [
    name,
    oneServerStory(
      { name, story: law.story, config: ['--maxmemory', '256mb'], systemMemory: '320MiB', startAt: Date.UTC(2026, 8, 7) },
      (recording) => liveUnder(law, recording),
    ),
  ]),
);
