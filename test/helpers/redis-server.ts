import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** What a test says when it is skipped for want of a server. */
export const NO_REDIS_SERVER = 'needs a redis-server on PATH (npm run pretest installs one where it may)';

export interface RedisServerOptions {
  /** Executable; default: `redis-server` on PATH. */
  readonly binary?: string;
  /** Further configuration as on the command line: `['--maxmemory', '64mb']`. Saving and AOF are off unless given here. */
  readonly config?: readonly string[];
}

/** A real server on a free loopback port, working in a temporary folder of its own. */
export interface RedisServer {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** `redis://127.0.0.1:<port>` */
  readonly url: string;
  /** Temporary folder with its RDB and AOF files. Removed by `stop`. */
  readonly folder: string;
  /** Process id now; another one after `restart`. */
  readonly pid: number;
  /** Sends one command over the helper's own connection. Error replies reject. */
  readonly command: (name: string, ...args: (string | number)[]) => Promise<unknown>;
  /** The text of `INFO [section…]`, as the server prints it. */
  readonly info: (...sections: string[]) => Promise<string>;
  /** A further connection; closed by `stop`. */
  readonly connect: () => Promise<Redis>;
  /** Ends the process with `signal` (SIGTERM saves if saving is configured, SIGKILL does not) and waits until it is gone. */
  readonly end: (signal?: 'SIGTERM' | 'SIGKILL') => Promise<void>;
  /**
   * Starts it again on the same port and folder after `end`; `ready: false` returns as soon as it answers, even while loading.
   * `binary`: another executable from now on.
   */
  readonly start: (options?: { readonly ready?: boolean; readonly binary?: string }) => Promise<void>;
  /** Ends the process, closes the connections, removes the folder. May be called twice. */
  readonly stop: () => Promise<void>;
}

/** Path or name of an executable redis-server; undefined where there is none. */
export function findRedisServer(): string | undefined {
  return spawnSync('redis-server', ['--version']).status === 0 ? 'redis-server' : undefined;
}

/** Path of an engine that scripts/engines/ built or unpacked (`redis-jemalloc`, `redis-6.0`, …); undefined where it is not there. */
export function findEngine(name: string): string | undefined {
  const { REDIS_HEADROOM_ENGINES, XDG_CACHE_HOME } = process.env;
  const engines = REDIS_HEADROOM_ENGINES ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'redis-headroom', 'engines');
  const path = join(engines, name, 'redis-server');
  return existsSync(path) ? path : undefined;
}

/** Below the range from which a system takes the ports of outgoing connections, so that none of those comes between. */
const FIRST_PORT = 12_000;
const PORTS = 20_000;

/** A loopback port that nobody listens on now, drawn by chance: tests that run side by side do not ask for the same one. */
export async function findFreePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) =>
      probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)),
    );
    await new Promise((resolve) => probe.close(resolve));
    if (isFree) return port;
  }
  throw new Error(`no free port from ${FIRST_PORT} to ${FIRST_PORT + PORTS}`);
}

/** A process that outlives this one, however it ends, just long enough to stop the server and remove its folder. */
export function watchOver(pid: number, folder: string): ChildProcess {
  const script = 'cat >/dev/null; kill -9 "$1" 2>/dev/null; rm -rf "$2"';
  const watchdog = spawn('sh', ['-c', script, 'sh', String(pid), folder], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  watchdog.unref();
  return watchdog;
}

/**
 * Starts a real redis-server and waits until it answers.
 * It never outlives the test process: a watchdog stops it even when the runner is killed. Still, call `stop` in `afterAll`.
 * @throws Error with the server's log when it does not come up
 */
export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'headroom-redis-'));
  const connections: Redis[] = [];
  let port = await findFreePort();
  let binary = options.binary ?? 'redis-server';
  let server: ChildProcess | undefined;
  let watchdog: ChildProcess | undefined;
  let log = '';

  const running = () => server !== undefined && server.exitCode === null && server.signalCode === null;
  const open = (): Redis => {
    const connection = new Redis({ host: '127.0.0.1', port, lazyConnect: true, enableReadyCheck: false, retryStrategy: () => 50 });
    connection.on('error', () => {}); // a server that a test has stopped on purpose; commands still reject
    connections.push(connection);
    return connection;
  };
  let control: Redis | undefined;
  const command = async (name: string, ...args: (string | number)[]): Promise<unknown> => {
    control ??= open();
    return control.call(name, ...args);
  };
  const info = async (...sections: string[]) => String(await command('INFO', ...sections));

  /** True once it answers (and has loaded its data); false when the process ended instead. */
  const answers = async (ready: boolean): Promise<boolean> => {
    const deadline = Date.now() + 60_000;
    while (running() && Date.now() < deadline) {
      const probe = new Redis({ host: '127.0.0.1', port, lazyConnect: true, enableReadyCheck: false, retryStrategy: () => null });
      probe.on('error', () => {});
      try {
        const reply = await probe.connect().then(() => probe.ping());
        if (reply === 'PONG') return true;
      } catch (error) {
        if (String(error).includes('LOADING') && !ready) return true;
      } finally {
        probe.disconnect();
      }
      await sleep(20);
    }
    return false;
  };

  const launch = async (ready: boolean): Promise<boolean> => {
    log = '';
    const fixed = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--daemonize', 'no'];
    const quiet = ['--save', '', '--appendonly', 'no', '--logfile', ''];
    server = spawn(binary, [...quiet, ...(options.config ?? []), ...fixed], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const started = server;
    const keepLog = (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-10_000);
    };
    started.stdout?.on('data', keepLog);
    started.stderr?.on('data', keepLog);
    await new Promise<void>((resolve, reject) => started.once('spawn', resolve).once('error', reject));
    watchdog = watchOver(started.pid ?? 0, folder);
    return answers(ready);
  };

  const end = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM') => {
    const ending = server;
    if (ending && running()) {
      const gone = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
      ending.kill(signal);
      await gone;
    }
    if (watchdog?.pid && watchdog.exitCode === null) process.kill(-watchdog.pid, 'SIGKILL'); // its whole group: the shell and its cat
    watchdog = undefined;
  };

  const stop = async () => {
    for (const connection of connections.splice(0)) connection.disconnect();
    control = undefined;
    await end('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  };

  const start: RedisServer['start'] = async ({ ready = true, binary: other } = {}) => {
    if (running()) throw new Error('the redis-server is running already');
    binary = other ?? binary;
    if (await launch(ready)) return;
    const said = log;
    await end('SIGKILL');
    throw new Error(`redis-server on port ${port} did not come up:\n${said}`);
  };

  try {
    // Another process may have taken the port since it was probed.
    for (let attempt = 1; ; attempt += 1) {
      try {
        await start();
        break;
      } catch (error) {
        if (attempt === 5 || !String(error).includes('Address already in use')) throw error;
        port = await findFreePort();
      }
    }
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    host: '127.0.0.1',
    port,
    url: `redis://127.0.0.1:${port}`,
    folder,
    get pid() {
      return server?.pid ?? 0;
    },
    command,
    info,
    connect: async () => {
      const connection = open();
      await connection.connect();
      return connection;
    },
    end,
    start,
    stop,
  };
}
