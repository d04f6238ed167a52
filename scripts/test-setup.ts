/**
 * Runs before the tests (`pretest`): makes sure that the programs are there which some tests talk to for real.
 * Where it may (root, apt), it installs Debian's packages and starts no service; elsewhere it says what to install.
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

/** A program that tests use as it is. */
interface Tool {
  readonly program: string;
  /** Of Debian; where others call it otherwise, `elsewhere` tells. */
  readonly package: string;
  readonly version: readonly [argument: string, pattern: RegExp];
  readonly elsewhere: string;
}

const TOOLS: readonly Tool[] = [
  {
    program: 'redis-server',
    package: 'redis-server',
    version: ['--version', /v=(\S+)/],
    elsewhere: 'Fedora: dnf install redis; macOS: brew install redis',
  },
  {
    program: 'prometheus',
    package: 'prometheus',
    version: ['--version', /version (\S+)/],
    elsewhere: 'macOS: brew install prometheus; elsewhere https://prometheus.io/download',
  },
  {
    program: 'prometheus-redis-exporter',
    package: 'prometheus-redis-exporter',
    version: ['--version', /Exporter (\S+)/],
    elsewhere: 'https://github.com/oliver006/redis_exporter',
  },
  {
    program: 'systemd-analyze',
    package: 'systemd',
    version: ['--version', /systemd (\d+)/],
    elsewhere: 'there is none without systemd',
  },
];

function versionOf({ program, version: [argument, pattern] }: Tool): string | undefined {
  const { status, stdout, stderr } = run(program, [argument]);
  return status === 0 ? (pattern.exec(stdout + stderr)?.[1] ?? 'unknown version') : undefined;
}

function mayInstall(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && run('apt-get', ['--version']).status === 0;
}

/** Installs Debian's packages; returns the last line of what went wrong, if anything did. */
function install(packages: readonly string[]): string | undefined {
  const policyIsOurs = !existsSync(SERVICE_POLICY);
  if (policyIsOurs) writeFileSync(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    const wait = ['-o', 'DPkg::Lock::Timeout=120', '-q'];
    const last = ['install', '-y', '--no-install-recommends', ...packages];
    for (const step of [['update'], last]) {
      const { status, stderr } = run('apt-get', [...wait, ...step]);
      if (status !== 0 && step === last) return stderr.trim().split('\n').at(-1) || `apt-get ended with ${status}`;
    }
    return undefined;
  } finally {
    if (policyIsOurs) rmSync(SERVICE_POLICY, { force: true });
  }
}

/** Reports in a line a program; the exit code is 1 only where tests must not be skipped (`CI=true`). */
function main(): number {
  const absent = TOOLS.filter((tool) => versionOf(tool) === undefined);
  const problem = absent.length > 0 && mayInstall() ? install(absent.map((tool) => tool.package)) : undefined;
  let missing = 0;
  for (const tool of TOOLS) {
    const { program, package: debian, elsewhere } = tool;
    const version = versionOf(tool);
    if (version !== undefined) {
      console.log(`test-setup: ${program} ${version}${absent.includes(tool) ? ', installed just now (no service started)' : ''}`);
      continue;
    }
    missing += 1;
    console.error(
      `test-setup: no ${program} on PATH${problem ? ` (${problem})` : ''}. Install it (Debian/Ubuntu: apt-get install ${debian}; ${elsewhere}); ` +
        'tests that need it are skipped until then.',
    );
  }
  return missing > 0 && process.env.CI === 'true' ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = main();
