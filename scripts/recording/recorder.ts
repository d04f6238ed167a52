import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RedisServer, startRedisServer } from '../../test/helpers/redis-server.ts';

/** What INFO printed, and what the operating system said of the process in the same moment. */
export interface RecordedSample {
  /** Epoch milliseconds: stated by the script, or the real time where the clock is real. */
  readonly at: number;
  /** INFO as printed, but for the lines about the clock (see `stateClock`). */
  readonly text: string;
  /** `VmRSS` in /proc/<pid>/status; undefined while the process could not be asked. */
  readonly vmRssBytes: number | undefined;
}

export interface RecordingOptions {
  readonly binary?: string;
  readonly config?: readonly string[];
  /** Epoch milliseconds of the stated clock when the process starts; absent = the real clock is written. */
  readonly startAt?: number;
}

/** A real server under a scripted load, its samples, and a clock that the script moves. */
export interface Recording {
  readonly server: RedisServer;
  readonly samples: RecordedSample[];
  /** Now, on the clock that is written. */
  readonly now: () => number;
  /** Moves the stated clock forward. */
  readonly advance: (milliseconds: number) => void;
  /** Waits until the server has refreshed its resident figure (it does so every 100 ms), then keeps one sample. */
  readonly sample: (options?: { readonly settle?: boolean; readonly sections?: readonly string[] }) => Promise<RecordedSample>;
  /** Highest `used_memory` that 50 looks a second saw since the last call, with its instant. */
  readonly takeWatchedPeak: () => { readonly value: number; readonly at: number };
  /** Ends the process, moves the clock by `downMilliseconds`, starts it again. Returns when it answers, maybe still loading. */
  readonly restart: (signal: 'SIGTERM' | 'SIGKILL', downMilliseconds: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** The number that INFO gives a field; undefined where the field is absent. */
export function readField(text: string, name: string): number | undefined {
  const value = new RegExp(`^${name}:([0-9.]+)`, 'm').exec(text)?.[1];
  return value === undefined ? undefined : Number(value);
}

/** The server refreshes `used_memory_rss` and the allocator figures once in 100 ms (Redis source, server.c cronUpdateMemoryStats). */
const RESIDENT_REFRESH_MS = 115;

/** Lines that tell real time or rates of real time, or name a path of the recording machine: left out. */
const LEFT_OUT_ALWAYS = /^executable:.*\r\n/gm;
const LEFT_OUT_WITH_STATED_CLOCK = /^(?:instantaneous_[a-z_]+|lru_clock):.*\r\n/gm;

/** Moves the lines that tell an instant or an age to the stated clock, and leaves out those that tell real rates. */
function stateClock(text: string, at: number, startedAt: number, toStated: (realMs: number) => number): string {
  const uptimeSeconds = Math.floor((at - startedAt) / 1000);
  return text
    .replace(LEFT_OUT_WITH_STATED_CLOCK, '')
    .replace(/^server_time_usec:\d+/m, `server_time_usec:${at * 1000}`)
    .replace(/^uptime_in_seconds:\d+/m, `uptime_in_seconds:${uptimeSeconds}`)
    .replace(/^uptime_in_days:\d+/m, `uptime_in_days:${Math.floor(uptimeSeconds / 86_400)}`)
    .replace(/^rdb_last_save_time:(\d+)/m, (_, real) => `rdb_last_save_time:${Math.floor(toStated(Number(real) * 1000) / 1000)}`);
}

function readVmRssBytes(pid: number): number | undefined {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    return undefined; // between two processes, or no /proc
  }
}

/** Starts a server, and a watcher that looks at its memory 50 times a second. */
export async function startRecording(options: RecordingOptions): Promise<Recording> {
  const server = await startRedisServer({ binary: options.binary, config: options.config });
  const samples: RecordedSample[] = [];
  const stated = options.startAt !== undefined;
  let statedNow = options.startAt ?? 0;
  let startedAt = statedNow;
  /** Which stated instant each stretch of real time stands for, oldest first. */
  const stretches = [{ realMs: 0, at: statedNow }];
  const now = () => (stated ? statedNow : Date.now());
  const toStated = (realMs: number) => stretches.findLast((stretch) => stretch.realMs <= realMs)?.at ?? statedNow;

  let watched = { value: 0, at: now() };
  let watching = true;
  const eyes = await server.connect();
  const watcher = (async () => {
    while (watching) {
      try {
        const value = readField(String(await eyes.call('INFO', 'memory')), 'used_memory') ?? 0;
        if (value > watched.value) watched = { value, at: now() };
      } catch {
        // the server is being restarted; look again
      }
      await sleep(20);
    }
  })();

  return {
    server,
    samples,
    now,
    advance: (milliseconds) => {
      statedNow += milliseconds;
      stretches.push({ realMs: Date.now(), at: statedNow });
    },
    sample: async ({ settle = true, sections = [] } = {}) => {
      if (settle) await sleep(RESIDENT_REFRESH_MS);
      const printed = (await server.info(...sections)).replace(LEFT_OUT_ALWAYS, '');
      const vmRssBytes = readVmRssBytes(server.pid);
      const at = now();
      const sample = { at, text: stated ? stateClock(printed, at, startedAt, toStated) : printed, vmRssBytes };
      samples.push(sample);
      return sample;
    },
    takeWatchedPeak: () => {
      const peak = watched;
      watched = { value: 0, at: now() };
      return peak;
    },
    restart: async (signal, downMilliseconds) => {
      await server.end(signal);
      statedNow += downMilliseconds;
      startedAt = statedNow;
      stretches.push({ realMs: Date.now(), at: statedNow });
      await server.start({ ready: false });
    },
    stop: async () => {
      watching = false;
      await server.stop();
      await Promise.race([watcher, sleep(500)]);
    },
  };
}
