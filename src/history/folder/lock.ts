import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '../../model/errors.ts';

/** A lock of another machine without a sign of life for so long is stale. */
const STALE_AFTER_MS = 60_000;
const HEARTBEAT_MS = 10_000;
/** Taking a stale lock away takes milliseconds: after that time whoever did it is gone. */
const TAKEOVER_MS = 10_000;

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, as the system tells it: a process id is given out again. */
  readonly startedAt?: string;
}

/** The right to write a folder, held until `release`. */
export interface FolderLock {
  readonly release: () => Promise<void>;
}

/**
 * Takes a lock file. One whose process is gone is stale and is taken over, also after SIGKILL or a crash of the machine.
 * @throws ConfigError that names the process that holds it
 */
export async function takeLock(path: string, folder: string): Promise<FolderLock> {
  const mine: Holder = { pid: process.pid, host: hostname(), startedAt: await processStart(process.pid) };
  const text = `${JSON.stringify(mine)}\n`;
  const own = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(own, text, { flag: 'wx' });
  try {
    for (;;) {
      if (await tryLink(own, path)) break;
      const held = await readFile(path, 'utf8').catch(() => undefined);
      if (held === undefined) continue;
      const holder = parseHolder(held);
      if (holder && (await isAlive(holder, path))) throw busy(folder, holder);
      await takeAway(path, held);
    }
  } finally {
    await rm(own, { force: true });
  }
  const heartbeat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), HEARTBEAT_MS);
  heartbeat.unref();
  return {
    release: async () => {
      clearInterval(heartbeat);
      if ((await readFile(path, 'utf8').catch(() => '')) === text) await rm(path, { force: true });
    },
  };
}

/** Whether a process that lives holds the lock file. */
export async function isHeld(path: string): Promise<boolean> {
  const holder = parseHolder(await readFile(path, 'utf8').catch(() => ''));
  return holder !== undefined && (await isAlive(holder, path));
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a stale lock. Only one process at a time may, so that none removes the lock that another has just put there. */
async function takeAway(path: string, stale: string): Promise<void> {
  const turn = `${path}.takeover`;
  try {
    await mkdir(turn);
  } catch {
    const { mtimeMs } = await stat(turn).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > TAKEOVER_MS) await rmdir(turn).catch(() => {});
    await sleep(20);
    return;
  }
  try {
    if ((await readFile(path, 'utf8').catch(() => undefined)) === stale) await rm(path, { force: true });
  } finally {
    await rmdir(turn);
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value !== 'object') return undefined;
    const { pid, host, startedAt } = value as Record<string, unknown>;
    if (typeof pid !== 'number' || typeof host !== 'string') return undefined;
    return { pid, host, ...(typeof startedAt === 'string' ? { startedAt } : {}) };
  } catch {
    return undefined;
  }
}

async function isAlive(holder: Holder, path: string): Promise<boolean> {
  if (holder.host !== hostname()) {
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }));
    return Date.now() - mtimeMs < STALE_AFTER_MS;
  }
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // A process of another user may not be signalled, and lives.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  const startedAt = await processStart(holder.pid);
  return holder.startedAt === undefined || startedAt === undefined || startedAt === holder.startedAt;
}

/** Ticks from the start of the machine to that of the process, with the machine's boot id; undefined where /proc does not tell. */
async function processStart(pid: number): Promise<string | undefined> {
  try {
    const [status, boot] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile('/proc/sys/kernel/random/boot_id', 'utf8')]);
    // The name of the program, in brackets, may hold anything.
    return `${status.slice(status.lastIndexOf(')')).split(' ')[20]}@${boot.trim()}`;
  } catch {
    return undefined;
  }
}

function busy(folder: string, { pid, host }: Holder): ConfigError {
  return new ConfigError('--history', folder, `a folder that no other process writes: process ${pid} on ${host} does`);
}
