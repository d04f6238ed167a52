import { createRandom, deleteKeys, waitForChild, writeKeys } from '../load.ts';
import { type RecordedSample, readField, startRecording } from '../recorder.ts';
import type { StoryFiles } from '../sample-files.ts';

const HALF_HOUR_MS = 30 * 60_000;
const DAY_MS = 86_400_000;
const RECORDED_DAYS = 30;
/** How far the load goes on, unseen by the sample, to learn when the limits are really reached. */
const LONGEST_DAYS = 60;
const MiB = 2 ** 20;
const MAXMEMORY_BYTES = 480 * MiB;
const SYSTEM_MEMORY_BYTES = 576 * MiB;
const TARGET_RATIO = 0.8;

const PRODUCT_BYTES = 1000;
const SESSION_BYTES = 400;
const FIRST_PRODUCTS = 140_000;
const PRODUCTS_PER_DAY = 7_000;

/** Sessions alive at an instant: lowest at 08:00 UTC, highest at 20:00, fewer on weekends. */
function countSessions(at: number, noise: number): number {
  const hour = (at % DAY_MS) / 3_600_000;
  const weekday = new Date(at).getUTCDay();
  const share = weekday === 0 || weekday === 6 ? 0.7 : 1;
  return Math.round(share * (35_000 - 25_000 * Math.cos(((hour - 8) / 12) * Math.PI)) * (1 + 0.06 * (noise - 0.5)));
}

/** A store that grows every day, with a daily cycle of sessions above it, and saves itself each night. */
export async function recordSteadyGrowth(): Promise<StoryFiles[]> {
  const startAt = Date.UTC(2026, 3, 6);
  const recording = await startRecording({ startAt, config: ['--maxmemory', String(MAXMEMORY_BYTES), '--maxmemory-policy', 'noeviction'] });
  const { server } = recording;
  const random = createRandom(1);
  let products = 0;
  /** Living sessions are numbered from `oldest` up to but not including `newest`: the oldest end first. */
  let oldest = 0;
  let newest = 0;

  /** Brings the server to the state of now: products that came, sessions that began or ended, and a few reads. */
  const bringUpToDate = async () => {
    const at = recording.now();
    const wantedProducts = Math.round(FIRST_PRODUCTS + (PRODUCTS_PER_DAY * (at - startAt)) / DAY_MS);
    await writeKeys(server, { prefixes: ['product:'], from: products, to: wantedProducts }, PRODUCT_BYTES);
    products = wantedProducts;
    const wantedSessions = countSessions(at, random());
    // A tenth of the sessions is always replaced, so that memory is freed and taken in every half hour.
    const ended = Math.min(newest - oldest, Math.max(newest - oldest - wantedSessions, 0) + Math.round((newest - oldest) / 10));
    await deleteKeys(server, { prefixes: ['session:'], from: oldest, to: oldest + ended });
    oldest += ended;
    const began = wantedSessions - (newest - oldest);
    await writeKeys(server, { prefixes: ['session:'], from: newest, to: newest + began }, SESSION_BYTES);
    newest += began;
    for (let read = 0; read < 20; read += 1) await server.command('GET', `product:${Math.floor(random() * products * 1.02)}`);
  };

  try {
    await bringUpToDate();
    await recording.sample();
    const saves: number[] = [];
    for (let step = 1; step <= RECORDED_DAYS * 48; step += 1) {
      recording.advance(HALF_HOUR_MS);
      await bringUpToDate();
      if (step % 48 === 6) {
        await server.command('BGSAVE');
        saves.push(recording.now());
      }
      await recording.sample();
      if (step % 48 === 6) await waitForChild(server);
    }
    const recorded = recording.samples.splice(0);
    const peak = recording.takeWatchedPeak();

    // The days after: not in the sample, only in the truth.
    const dailyPeaks: { at: number; usedMemoryBytes: number; usedMemoryRssBytes: number }[] = [];
    let systemTargetAt: number | undefined;
    let maxmemoryAt: number | undefined;
    const look = ({ at, text }: RecordedSample) => {
      const usedMemoryBytes = readField(text, 'used_memory') ?? 0;
      const usedMemoryRssBytes = readField(text, 'used_memory_rss') ?? 0;
      if (usedMemoryRssBytes >= TARGET_RATIO * SYSTEM_MEMORY_BYTES) systemTargetAt ??= at;
      const day = dailyPeaks[Math.floor((at - startAt - 1) / DAY_MS) - RECORDED_DAYS];
      if (!day) dailyPeaks.push({ at, usedMemoryBytes, usedMemoryRssBytes });
      else if (usedMemoryBytes > day.usedMemoryBytes) Object.assign(day, { at, usedMemoryBytes, usedMemoryRssBytes });
    };
    for (let step = 1; step <= (LONGEST_DAYS - RECORDED_DAYS) * 24 && maxmemoryAt === undefined; step += 1) {
      recording.advance(2 * HALF_HOUR_MS);
      try {
        await bringUpToDate();
      } catch (error) {
        if (!String(error).includes('OOM')) throw error;
        maxmemoryAt = recording.now();
      }
      look(await recording.sample());
    }

    return [
      {
        name: 'steady-growth',
        node: 'orders',
        clock: 'stated',
        samples: recorded,
        story: [
          `${RECORDED_DAYS} days of a store that gains ${PRODUCTS_PER_DAY} values of ${PRODUCT_BYTES} bytes a day, under a daily cycle of 10,000 to 60,000 sessions of ${SESSION_BYTES} bytes`,
          '(fewer on weekends). It saves at 03:00 each night. maxmemory is 480 MiB, noeviction.',
        ],
        truth: {
          systemMemory: '576MiB',
          maxmemoryBytes: MAXMEMORY_BYTES,
          watchedPeak: { usedMemoryBytes: peak },
          restarts: [],
          saves,
          law: { productsPerDay: PRODUCTS_PER_DAY, productBytes: PRODUCT_BYTES },
          afterwards: {
            note: 'The same load went on after the last sample, hour by hour, until a write was refused with OOM.',
            systemTargetAt,
            maxmemoryAt,
            dailyPeaks,
          },
          expected: {
            diagnosis: 'healthy',
            advice: 'none',
            reason:
              'Resident memory follows used memory. What needs action is the growth: 80 % of the machine is reached before maxmemory.',
          },
        },
      },
    ];
  } finally {
    await recording.stop();
  }
}
