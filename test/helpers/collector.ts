import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

/** A collector in a process of its own. */
export interface Collector {
  readonly child: ChildProcess;
  /** All that it wrote to stderr and stdout. */
  readonly said: () => string;
  /** Its log, line by line. */
  readonly events: () => Readonly<Record<string, unknown>>[];
  /** Sends a signal and waits for the end. @returns the exit code; undefined after SIGKILL */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT') => Promise<number | undefined>;
  readonly ended: Promise<number | undefined>;
}

/** Starts `redis-headroom collect …`; `preload` is a module that runs first. The caller ends it. */
export function startCollector(
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly preload?: string } = {},
): Collector {
  const preload = options.preload === undefined ? [] : ['--import', options.preload];
  const child = spawn(process.execPath, [...preload, MAIN, 'collect', ...args], {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  const ended = new Promise<number | undefined>((resolve) => child.once('close', (code) => resolve(code ?? undefined)));
  return {
    child,
    said: () => text,
    events: () =>
      text
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
    ended,
  };
}
