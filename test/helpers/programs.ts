import { spawnSync } from 'node:child_process';

/**
 * Whether a program that a test needs is not there; the test is skipped then.
 * @throws Error in CI, where nothing may be skipped
 */
export function isMissing(program: string): boolean {
  if (spawnSync(program, ['--version']).status === 0) return false;
  if (process.env.CI === 'true') throw new Error(`${program} is not there; scripts/test-setup.ts installs it`);
  return true;
}
