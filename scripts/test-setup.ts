/**
 * Runs before the tests (`pretest`): makes sure that a `redis-server` is there, because some tests talk to a real one.
 * Where it may (root, apt), it installs Debian's package and starts no service; elsewhere it says what to install.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** apt and dpkg ask this script whether a service may be started after an installation; 101 means "no". */
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';

function run(command: string, args: readonly string[]) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  return spawnSync(command, args, { encoding: 'utf8', env });
}

function serverVersion(): string | undefined {
  const { status, stdout } = run('redis-server', ['--version']);
  return status === 0 ? (/v=(\S+)/.exec(stdout)?.[1] ?? 'unknown version') : undefined;
}

function mayInstall(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && run('apt-get', ['--version']).status === 0;
}

/** Installs Debian's package; returns the last line of what went wrong, if anything did. */
function installServer(): string | undefined {
  const policyIsOurs = !existsSync(SERVICE_POLICY);
  if (policyIsOurs) writeFileSync(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    const wait = ['-o', 'DPkg::Lock::Timeout=120', '-q'];
    const install = ['install', '-y', '--no-install-recommends', 'redis-server'];
    for (const step of [['update'], install]) {
      const { status, stderr } = run('apt-get', [...wait, ...step]);
      if (status !== 0 && step === install) return stderr.trim().split('\n').at(-1) || `apt-get ended with ${status}`;
    }
    return undefined;
  } finally {
    if (policyIsOurs) rmSync(SERVICE_POLICY, { force: true });
  }
}

/** Reports in one line; the exit code is 1 only where tests must not be skipped (`CI=true`). */
function main(): number {
  const present = serverVersion();
  if (present) {
    console.log(`test-setup: redis-server ${present}`);
    return 0;
  }
  const problem = mayInstall() ? installServer() : undefined;
  const installed = serverVersion();
  if (installed) {
    console.log(`test-setup: redis-server ${installed}, installed just now (no service started)`);
    return 0;
  }
  console.error(
    `test-setup: no redis-server on PATH${problem ? ` (${problem})` : ''}. ` +
      'Install it (Debian/Ubuntu: apt-get install redis-server; Fedora: dnf install redis; macOS: brew install redis); ' +
      'tests that need a real server are skipped until then.',
  );
  return process.env.CI === 'true' ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = main();
