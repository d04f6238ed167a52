import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { vi } from 'vitest';
import { run } from '../../src/cli/program.ts';

/** What a command line did, as its user sees it. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The clock of every command run here: 2026-11-01T00:00:00Z, in seconds. */
export const CLOCK_SECONDS = 1_793_491_200;

/** Runs one command line inside this process, with a fixed clock. Not for `-` as input: stdin is the test runner's own. */
export async function runHere(...argv: readonly string[]): Promise<CommandResult> {
  const written = { stdout: '', stderr: '' };
  const capture = (name: 'stdout' | 'stderr') =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk: string | Uint8Array) => {
      written[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
      return true;
    });
  vi.stubEnv('SOURCE_DATE_EPOCH', String(CLOCK_SECONDS));
  const spies = [capture('stdout'), capture('stderr')];
  try {
    const exitCode = await run(argv);
    return { exitCode, ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
  }
}

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

/** Runs one command line as a process of its own, with a fixed clock. `input` goes to its stdin, `env` beside the environment; `closeStdout` hangs up on it at once. */
export function runApart(
  argv: readonly string[],
  options: { readonly input?: string; readonly closeStdout?: boolean; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...argv], {
      env: { ...process.env, SOURCE_DATE_EPOCH: String(CLOCK_SECONDS), ...options.env },
    });
    const written = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        written[name] += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ exitCode: code ?? -1, ...written }));
    if (options.closeStdout) child.stdout.destroy();
    child.stdin.end(options.input ?? '');
  });
}
