import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { MiB } from '../../../src/model/bytes.ts';
import { createRandom, deleteKeys, writeKeys } from '../load.ts';
import { type Recording, readField, startRecording } from '../recorder.ts';
import type { StoryRecorder } from '../story.ts';
import { prepareSqueeze, readSwappedBytes, type Squeeze } from '../swap.ts';

const SECOND_MS = 1000;
/** Keys that are written or deleted between two moments at which the sampler may get its turn. */
const PIECE = 20_000;

/** Puts the load on the server in pieces spread over `seconds`. */
async function spread(from: number, to: number, seconds: number, work: (from: number, to: number) => Promise<unknown>): Promise<void> {
  const pieces = Math.max(1, Math.ceil((to - from) / PIECE));
  for (let piece = 0; piece < pieces; piece += 1) {
    await work(from + piece * PIECE, Math.min(to, from + (piece + 1) * PIECE));
    await sleep((seconds * SECOND_MS) / pieces);
  }
}

/** The tools of a story that is told in real time, a sample a second. */
interface Stage {
  readonly recording: Recording;
  readonly fill: (prefix: string, count: number, valueBytes: number, seconds: number) => Promise<void>;
  /** Deletes all but every `keep`-th key, scattered; all of them without it. */
  readonly remove: (prefix: string, count: number, keep?: number) => Promise<void>;
  readonly wait: (seconds: number) => Promise<void>;
  /** Names this moment in the truth. */
  readonly moment: (name: string) => void;
  /** Lets the process be bounded later on; undone at the end. */
  readonly squeeze: (swapBytes: number) => Squeeze;
  /** Saves, ends the process and starts the same data with the executable that `UPGRADE_TO` names, else with the same one. */
  readonly upgrade: () => Promise<void>;
}

interface ResidentStory {
  readonly story: string;
  readonly config?: readonly string[];
  readonly tell: (stage: Stage) => Promise<void>;
}

const LARGE = `redis.call('SET', KEYS[1], string.rep(string.char(tonumber(ARGV[2])), tonumber(ARGV[1])))`;

/** A fill to 400 MB in four seconds. */
const LOAD = { count: 400_000, valueBytes: 1000, seconds: 4 };

const STORIES: Readonly<Record<string, ResidentStory>> = {
  'deleted-and-refilled': {
    story: '400,000 values of 1,000 bytes; every second one is deleted, and the room is filled again with values of that size.',
    tell: async ({ fill, remove, wait, moment }) => {
      await fill('a:', LOAD.count, LOAD.valueBytes, LOAD.seconds);
      await wait(4);
      moment('full');
      await remove('a:', LOAD.count, 2);
      await wait(12);
      moment('deleted');
      await fill('b:', LOAD.count / 2, LOAD.valueBytes, 4);
      await wait(4);
      moment('refilled');
    },
  },
  'deleted-side-by-side': {
    story: '400,000 values of 1,000 bytes; three of four are deleted, neighbours together.',
    tell: async ({ fill, remove, wait, moment }) => {
      await fill('a:', LOAD.count, LOAD.valueBytes, LOAD.seconds);
      await wait(3);
      await remove('a:', (3 * LOAD.count) / 4);
      await wait(2);
      moment('deleted');
      await wait(18);
      moment('given-back');
    },
  },
  'other-sizes': {
    story: '1,500,000 values of 200 bytes; three of four are deleted, scattered, and 500,000 values of 600 bytes come.',
    tell: async ({ fill, remove, wait, moment }) => {
      await fill('a:', 1_500_000, 200, 4);
      await wait(2);
      await remove('a:', 1_500_000, 4);
      await wait(3);
      moment('deleted');
      await fill('c:', 500_000, 600, 6);
      await wait(4);
      moment('grown');
    },
  },
  'drifting-sizes': {
    story: '600,000 values of 300 bytes are overwritten five times with values of 100 to 1,000 bytes: used memory stays, sizes change.',
    tell: async ({ recording, fill, wait, moment }) => {
      await fill('a:', 600_000, 300, 3);
      const script = `for i = tonumber(ARGV[1]), tonumber(ARGV[2]) - 1 do
        redis.call('SET', KEYS[1] .. i, string.rep('y', 100 + (i * tonumber(ARGV[3])) % 900))
      end`;
      for (const factor of [7, 9, 11, 13, 15]) {
        await spread(0, 600_000, 2, (from, to) => recording.server.command('EVAL', script, 1, 'a:', from, to, factor));
      }
      await wait(4);
      moment('drifted');
    },
  },
  'flushed-and-refilled': {
    story: '400,000 values of 1,000 bytes, FLUSHALL, and 380,000 of them again.',
    tell: async ({ recording, fill, wait, moment }) => {
      await fill('a:', LOAD.count, LOAD.valueBytes, LOAD.seconds);
      await wait(2);
      await recording.server.command('FLUSHALL');
      await wait(5);
      moment('flushed');
      await fill('a:', 380_000, LOAD.valueBytes, 4);
      await wait(4);
      moment('refilled');
    },
  },
  defragmented: {
    story: 'Fragmented as in "other-sizes", with 300,000 values; then CONFIG SET activedefrag yes, where the build takes it.',
    tell: async ({ recording, fill, remove, wait, moment }) => {
      await fill('a:', 1_500_000, 200, 4);
      await remove('a:', 1_500_000, 4);
      await wait(2);
      await fill('c:', 300_000, 600, 4);
      await wait(3);
      moment('fragmented');
      await recording.server.command('CONFIG', 'SET', 'active-defrag-cycle-min', 20);
      await recording.server.command('CONFIG', 'SET', 'activedefrag', 'yes').then(
        () => moment('switched-on'),
        () => moment('refused'),
      );
      await wait(25);
      moment('end');
    },
  },
  swapped: {
    story:
      '400,000 values of 1,000 bytes; then a control group lets the process keep only 250 MB resident, and the rest is swapped out. A twentieth of the keys is read again. Needs root.',
    tell: async ({ recording, fill, wait, moment, squeeze }) => {
      const { bound } = squeeze(700 * MiB);
      await fill('a:', LOAD.count, LOAD.valueBytes, LOAD.seconds);
      await wait(4);
      moment('full');
      bound(250 * MiB);
      await wait(8);
      moment('swapped');
      const read = `for i = tonumber(ARGV[1]), tonumber(ARGV[2]), 20 do redis.call('GET', KEYS[1] .. i) end`;
      await spread(0, LOAD.count, 6, (from, to) => recording.server.command('EVAL', read, 1, 'a:', from, to));
      await wait(6);
      moment('read');
    },
  },
  upgraded: {
    story: 'Fragmented as in "other-sizes"; then the data is saved, and the server that UPGRADE_TO names loads it.',
    tell: async ({ fill, remove, wait, moment, upgrade }) => {
      await fill('a:', 1_500_000, 200, 4);
      await remove('a:', 1_500_000, 4);
      await wait(2);
      await fill('c:', 300_000, 600, 4);
      await wait(3);
      moment('fragmented');
      await upgrade();
      await wait(3);
      moment('upgraded');
      await fill('d:', 100_000, 600, 4);
      await wait(4);
      moment('grown');
    },
  },
  'several-at-once': {
    story:
      'A store of 1,500,000 values of 200 bytes, of which three of four are deleted, scattered; 300,000 values of 600 bytes come; a subscriber stops reading while 120 MB are published; then the limit is set 3 % above what is used.',
    tell: async ({ recording, fill, remove, wait, moment }) => {
      const { server } = recording;
      await fill('a:', 1_500_000, 200, 4);
      await remove('a:', 1_500_000, 4);
      await wait(2);
      await fill('c:', 300_000, 600, 4);
      await wait(3);
      moment('fragmented');
      await server.command('CONFIG', 'SET', 'client-output-buffer-limit', 'pubsub 0 0 0');
      const stalled = connect(server.port, server.host).on('error', () => {});
      stalled.write('SUBSCRIBE news\r\n');
      await wait(1);
      stalled.pause();
      for (let sent = 0; sent < 120; sent += 1) {
        await server.command('PUBLISH', 'news', 'n'.repeat(1_000_000));
        if (sent % 20 === 19) await wait(0.5);
      }
      await wait(2);
      moment('stalled');
      const used = readField(await server.info('memory'), 'used_memory') ?? 0;
      await server.command('CONFIG', 'SET', 'maxmemory', Math.round(1.03 * used));
      await wait(4);
      moment('near-limit');
      stalled.destroy();
    },
  },
  'large-values': {
    story: '2,500 values of 60,000 to 140,000 bytes, each overwritten about five times with another size of that range.',
    tell: async ({ recording, wait, moment }) => {
      const random = createRandom(7);
      const write = (key: number) =>
        recording.server.command('EVAL', LARGE, 1, `large:${key}`, Math.floor(60_000 + 80_000 * random()), Math.floor(97 + 26 * random()));
      for (let key = 0; key < 2500; key += 1) await write(key);
      await wait(3);
      moment('filled');
      for (let written = 0; written < 12_500; written += 1) {
        await write(Math.floor(2500 * random()));
        if (written % 1250 === 1249) await wait(1);
      }
      await wait(12);
      moment('drifted');
    },
  },
  'few-data': {
    story: '30,000 values of 1,000 bytes, of which an eighth is left.',
    tell: async ({ fill, remove, wait, moment }) => {
      await fill('a:', 30_000, 1000, 1);
      await wait(2);
      await remove('a:', 30_000, 8);
      await wait(6);
      moment('deleted');
    },
  },
};

/** Stretches in which nobody answered for three samples or more: a server that swaps, loads or is away. */
function findStalls({ samples }: Recording): { fromAt: number; toAt: number }[] {
  return samples.slice(1).flatMap(({ at: toAt }, i) => {
    const fromAt = samples[i]?.at ?? toAt;
    return toAt - fromAt > 3 * SECOND_MS ? [{ fromAt, toAt }] : [];
  });
}

function record(name: string, { story, config = [], tell }: ResidentStory): StoryRecorder {
  return async (binary) => {
    const recording = await startRecording({ binary, config: ['--maxmemory', '1gb', ...config] });
    const { server } = recording;
    let isOver = false;
    let squeezed: Squeeze | undefined;
    const upgrades: { lastSeenAt: number; firstSeenAt: number }[] = [];
    const sampler = (async () => {
      for (let next = Date.now(); !isOver; next += SECOND_MS) {
        // Between two processes nobody answers.
        await recording.sample({ settle: false }).catch(() => {});
        await sleep(Math.max(0, next + SECOND_MS - Date.now()));
      }
    })();
    const moments: {
      readonly name: string;
      readonly at: number;
      readonly vmRssBytes: number | undefined;
      readonly vmSwapBytes?: number;
    }[] = [];
    try {
      await sleep(SECOND_MS);
      await tell({
        recording,
        fill: (prefix, count, valueBytes, seconds) =>
          spread(0, count, seconds, (from, to) => writeKeys(server, { prefixes: [prefix], from, to }, valueBytes)),
        remove: (prefix, count, keep) =>
          spread(0, count, 0, async (from, to) => {
            const offsets = keep === undefined ? [0] : Array.from({ length: keep - 1 }, (_, i) => i + 1);
            for (const offset of offsets) await deleteKeys(server, { prefixes: [prefix], from: from + offset, to, step: keep ?? 1 });
          }),
        squeeze: (swapBytes) => {
          squeezed = prepareSqueeze(server.pid, swapBytes);
          return squeezed;
        },
        upgrade: async () => {
          await server.command('SAVE');
          await server.end();
          const { at: lastSeenAt = 0 } = recording.samples.at(-1) ?? {};
          await server.start({ binary: process.env.UPGRADE_TO });
          await recording.sample();
          upgrades.push({ lastSeenAt, firstSeenAt: recording.samples.find(({ at }) => at > lastSeenAt)?.at ?? lastSeenAt });
        },
        wait: (seconds) => sleep(seconds * SECOND_MS),
        moment: (named) => {
          const { at = 0, vmRssBytes } = recording.samples.at(-1) ?? {};
          moments.push({ name: named, at, vmRssBytes, ...(squeezed ? { vmSwapBytes: readSwappedBytes(server.pid) } : {}) });
        },
      });
      isOver = true;
      await sampler;
      const watchedPeak = { usedMemoryBytes: recording.takeWatchedPeak() };
      const truth = { systemMemory: '2GiB', restarts: upgrades, gaps: findStalls(recording), watchedPeak, moments, expected: {} };
      return [{ name, node: 'store', clock: 'real', samples: [...recording.samples], story: [story], truth }];
    } finally {
      isOver = true;
      await recording.stop();
      squeezed?.release();
    }
  };
}

/** How resident memory follows the data, or does not: in real time, a sample a second. */
export const RESIDENT_STORIES: Readonly<Record<string, StoryRecorder>> = Object.fromEntries(
  Object.entries(STORIES).map(([name, story]) => [name, record(name, story)]),
);
