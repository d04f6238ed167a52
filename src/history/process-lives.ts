import type { Life, Peak, Restart } from '../model/node-history.ts';
import type { NodeSamples } from './node-samples.ts';

/** Most restarts, lives and statistics resets kept: the newest. */
const MAX_ENTRIES = 1000;
/** Uptime is in whole seconds and read a moment before or after the clock: a fall this small can be jitter. */
const UPTIME_JITTER_SECONDS = 2;
/** The oldest process that is believed: 20 years. A larger uptime is an epoch or rubbish. */
const MAX_UPTIME_SECONDS = 20 * 365.25 * 86_400;

interface OpenLife {
  fromAt: number;
  toAt: number;
  samples: number;
  usedMemoryPeak: Peak | undefined;
  version: string | undefined;
}

/** Where to write the life of each row. */
export interface LifeColumns {
  readonly loading: Uint8Array;
  readonly life: Int32Array;
  readonly statLife: Int32Array;
}

/** Whether an uptime can be one: not negative and not an epoch. */
export function isPlausibleUptime(seconds: number): boolean {
  return seconds >= 0 && seconds <= MAX_UPTIME_SECONDS;
}

/**
 * Cuts the samples into process lives: a new `run_id` is a restart; where a sample has none, so is a new `process_id` or a fall of the uptime; processed commands
 * that fall while one of these proves the process went on are a CONFIG RESETSTAT. Fields missing in a sample prove nothing.
 */
export class ProcessLives {
  loadingSamples = 0;
  /**
   * Rows of the last chunk that are older than the row before them, though their stamps say otherwise: the collector's clock was set back, and
   * its samples lie between earlier ones. Their counters fall without a reset.
   */
  belated: number[] = [];
  private life = 0;
  private statLife = 0;
  private runId: string | undefined;
  private processId = Number.NaN;
  private uptimeSeconds = Number.NaN;
  private commandsProcessed = Number.NaN;
  private previousAt = Number.NaN;
  private restarts: { at: number; lastSeenAt: number; reason: Restart['reason']; from: OpenLife; to: OpenLife }[] = [];
  private statResets: { at: number }[] = [];
  private lives: OpenLife[] = [];

  /**
   * Takes a chunk and writes loading flag, life and statistics life of each row.
   * @returns whether the server was loading in any of them
   */
  add(samples: NodeSamples, columns: LifeColumns): boolean {
    const { count, at, numbers, texts } = samples;
    const loading = numbers.get('loading');
    const asyncLoading = numbers.get('asyncLoading');
    const runIds = texts.get('runId');
    const processIds = numbers.get('processId');
    const uptimes = numbers.get('uptimeSeconds');
    const commands = numbers.get('commandsProcessed');
    const usedMemory = numbers.get('usedMemoryBytes');
    const loadingBefore = this.loadingSamples;
    this.belated = [];
    const versions = [texts.get('valkeyVersion'), texts.get('dragonflyVersion'), texts.get('redisVersion')];
    for (let i = 0; i < count; i++) {
      const instant = at[i] as number;
      const isLoading = loading?.[i] === 1 || asyncLoading?.[i] === 1;
      columns.loading[i] = isLoading ? 1 : 0;
      if (isLoading) this.loadingSamples += 1;
      const uptime = uptimes?.[i] ?? Number.NaN;
      if (this.isBelated(runIds?.[i], uptime)) this.belated.push(i);
      else this.follow(instant, runIds?.[i], processIds?.[i] ?? Number.NaN, uptime, commands?.[i] ?? Number.NaN);
      columns.life[i] = this.life;
      columns.statLife[i] = this.statLife;
      const life = this.currentLife(instant);
      life.toAt = instant;
      life.samples += 1;
      const used = usedMemory?.[i] ?? Number.NaN;
      if (!isLoading && Number.isFinite(used) && !(life.usedMemoryPeak && used <= life.usedMemoryPeak.value)) {
        life.usedMemoryPeak = { value: used, at: instant };
      }
      life.version = versions[0]?.[i] ?? versions[1]?.[i] ?? versions[2]?.[i] ?? life.version;
    }
    return this.loadingSamples > loadingBefore;
  }

  finish(): { lives: Life[]; restarts: Restart[]; statResets: { at: number }[] } {
    return {
      lives: this.lives.slice(-MAX_ENTRIES).map(closeLife),
      restarts: this.restarts.slice(-MAX_ENTRIES).map(({ at, lastSeenAt, reason, from, to }) => ({
        at,
        lastSeenAt,
        reason,
        ...(from.version === undefined ? {} : { fromVersion: from.version }),
        ...(to.version === undefined ? {} : { toVersion: to.version }),
      })),
      statResets: this.statResets.slice(-MAX_ENTRIES),
    };
  }

  /** The uptime of one process only grows. */
  private isBelated(runId: string | undefined, uptimeSeconds: number): boolean {
    return runId !== undefined && runId === this.runId && uptimeSeconds < this.uptimeSeconds - UPTIME_JITTER_SECONDS;
  }

  private follow(at: number, runId: string | undefined, processId: number, uptimeSeconds: number, commandsProcessed: number): void {
    const reason = this.restartReason(at, runId, processId, uptimeSeconds);
    if (reason) {
      this.startLife(at, reason);
      // What the old process was known by says nothing of the new one, even where this sample lacks the field.
      this.runId = undefined;
      this.processId = Number.NaN;
      this.uptimeSeconds = Number.NaN;
      this.commandsProcessed = Number.NaN;
    } else if (commandsProcessed < this.commandsProcessed && this.wentOn(runId, uptimeSeconds)) {
      this.statLife += 1;
      pushNewest(this.statResets, { at });
    }
    this.runId = runId ?? this.runId;
    if (!Number.isNaN(processId)) this.processId = processId;
    if (!Number.isNaN(uptimeSeconds)) this.uptimeSeconds = uptimeSeconds;
    if (!Number.isNaN(commandsProcessed)) this.commandsProcessed = commandsProcessed;
    this.previousAt = at;
  }

  private restartReason(at: number, runId: string | undefined, processId: number, uptimeSeconds: number): Restart['reason'] | undefined {
    // Drawn at random at each start: the same id is the same process, whatever a clock that was set says of its uptime.
    if (runId !== undefined && this.runId !== undefined) return runId === this.runId ? undefined : 'run-id';
    if (uptimeSeconds < this.uptimeSeconds) {
      const fell = this.uptimeSeconds - uptimeSeconds;
      // A small fall is a restart only if the process is young enough to have begun since the last sample.
      const elapsedSeconds = (at - this.previousAt) / 1000;
      if (fell > UPTIME_JITTER_SECONDS || uptimeSeconds <= elapsedSeconds) return 'uptime';
    }
    return processId !== this.processId && !Number.isNaN(processId) && !Number.isNaN(this.processId) ? 'process-id' : undefined;
  }

  /** A process id alone is no proof: in a container it is always 1. */
  private wentOn(runId: string | undefined, uptimeSeconds: number): boolean {
    const sameRun = runId !== undefined && runId === this.runId;
    return sameRun || (!Number.isNaN(uptimeSeconds) && !Number.isNaN(this.uptimeSeconds));
  }

  private startLife(at: number, reason: Restart['reason']): void {
    this.life += 1;
    this.statLife += 1;
    const from = this.lives[this.lives.length - 1];
    const to: OpenLife = { fromAt: at, toAt: at, samples: 0, usedMemoryPeak: undefined, version: undefined };
    pushNewest(this.lives, to);
    if (from) pushNewest(this.restarts, { at, lastSeenAt: from.toAt, reason, from, to });
  }

  private currentLife(at: number): OpenLife {
    const current = this.lives[this.lives.length - 1];
    if (current) return current;
    const life: OpenLife = { fromAt: at, toAt: at, samples: 0, usedMemoryPeak: undefined, version: undefined };
    this.lives.push(life);
    return life;
  }
}

function closeLife(life: OpenLife): Life {
  return {
    fromAt: life.fromAt,
    toAt: life.toAt,
    samples: life.samples,
    ...(life.usedMemoryPeak ? { usedMemoryPeak: life.usedMemoryPeak } : {}),
    ...(life.version === undefined ? {} : { version: life.version }),
  };
}

function pushNewest<T>(list: T[], item: T): void {
  if (list.length >= 2 * MAX_ENTRIES) list.splice(0, MAX_ENTRIES);
  list.push(item);
}
