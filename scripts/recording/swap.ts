import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const GROUPS = '/sys/fs/cgroup/memory';

/** A machine that is too small for a process: a control group that bounds its resident memory, and a file to swap to. */
export interface Squeeze {
  /** Bounds the resident memory of the process from now on; the rest of it is swapped out. */
  readonly bound: (bytes: number) => void;
  /** After the process has ended. */
  readonly release: () => void;
}

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')}: ${stderr.trim() || `status ${status}`}. Swapping for real needs root on Linux.`);
}

/**
 * Makes room to swap to, and a group for a young process: pages that it has already stay with the group they were taken in.
 * Needs root and control groups of version 1.
 */
export function prepareSqueeze(pid: number, swapBytes: number): Squeeze {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-swap-'));
  const file = join(folder, 'swap');
  const group = join(GROUPS, `headroom-${process.pid}`);
  run('fallocate', '-l', String(swapBytes), file);
  run('chmod', '600', file);
  run('mkswap', file);
  run('swapon', file);
  mkdirSync(group);
  writeFileSync(join(group, 'cgroup.procs'), String(pid));
  return {
    bound: (bytes) => {
      // The kernel gives up when it cannot free as much at once, and goes on from there when asked again.
      for (let tries = 0; tries < 50; tries += 1) {
        try {
          writeFileSync(join(group, 'memory.limit_in_bytes'), String(bytes));
          return;
        } catch (error) {
          if (tries === 49) throw error;
        }
      }
    },
    release: () => {
      run('swapoff', file);
      rmSync(folder, { recursive: true });
      // Empty once the server has ended.
      if (readFileSync(join(group, 'cgroup.procs'), 'utf8').trim() === '') rmdirSync(group);
    },
  };
}

/** What the kernel says is swapped out of the process: `VmSwap` in /proc/<pid>/status. */
export function readSwappedBytes(pid: number): number {
  const kibibytes = /^VmSwap:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kibibytes ?? 0) * 1024;
}
