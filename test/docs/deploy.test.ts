import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { runHere } from '../helpers/run-cli.ts';

const docs = join(import.meta.dirname, '..', '..', 'docs');
const read = (name: string): string => readFileSync(join(docs, name), 'utf8');

/** Every command line of ours in the examples, as its words. */
function commandLines(): string[][] {
  const lines: string[][] = [];
  for (const name of ['running.md', 'deploy/redis-headroom.service', 'deploy/github-actions.yml']) {
    for (const [, line = ''] of read(name).matchAll(/redis-headroom ((?:collect|report|acl|history|inspect)[^\n`|#]*)/g))
      lines.push(line.trim().split(/\s+/));
  }
  for (const [, list = ''] of read('deploy/Dockerfile').matchAll(/^CMD (\[.*\])$/gm)) lines.push(JSON.parse(list) as string[]);
  const collect = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return;
    if ('args' in value && Array.isArray(value.args)) lines.push(value.args.map(String));
    for (const child of Object.values(value)) collect(child);
  };
  for (const document of parseAllDocuments(read('deploy/kubernetes.yaml'))) collect(document.toJS());
  return lines;
}

describe('docs/running.md and docs/deploy', () => {
  it('give commands that there are, with options that they have', async () => {
    const lines = commandLines();
    expect(lines.length).toBeGreaterThan(8);
    for (const words of lines) {
      const command = words[0] === 'history' ? words.slice(0, 2) : words.slice(0, 1);
      const { stdout, exitCode } = await runHere(...command, '--help');
      expect(exitCode).toBe(0);
      for (const option of words.filter((word) => word.startsWith('--'))) expect(stdout, words.join(' ')).toContain(`${option} `);
    }
  });

  it('are YAML without mistakes, and name volumes that there are', () => {
    for (const name of ['kubernetes.yaml', 'github-actions.yml'])
      for (const document of parseAllDocuments(read(`deploy/${name}`)))
        expect([name, ...document.errors, ...document.warnings]).toEqual([name]);
    for (const document of parseAllDocuments(read('deploy/kubernetes.yaml'))) {
      const text = JSON.stringify(document.toJS());
      const volumes = [...text.matchAll(/"name":"([\w-]+)","(?:persistentVolumeClaim|configMap|emptyDir)"/g)].map(([, name]) => name);
      const mounts = [...text.matchAll(/"name":"([\w-]+)","mountPath"/g)].map(([, name]) => name);
      expect([...new Set(mounts)].sort()).toEqual(volumes.sort());
    }
  });

  it('are all linked, and the links lead somewhere', () => {
    const links = [...read('running.md').matchAll(/\]\((deploy\/[^)]+)\)/g)].map(([, path = '']) => path.slice('deploy/'.length));
    expect(links.sort()).toEqual(readdirSync(join(docs, 'deploy')).sort());
  });

  const systemd = spawnSync('systemd-analyze', ['--version']).status === 0;
  it.skipIf(!systemd)('has a unit that systemd takes (needs systemd-analyze)', () => {
    const { stderr } = spawnSync('systemd-analyze', ['verify', join(docs, 'deploy', 'redis-headroom.service')], { encoding: 'utf8' });
    expect(stderr.split('\n').filter((line) => line.includes('redis-headroom.service:'))).toEqual([]);
  });

  it('shows a config that `collect` takes', async () => {
    const { readCollectConfig } = await import('../../src/cli/collect-config.ts');
    const { mkdtempSync, rmSync, writeFileSync } = await import('node:fs');
    const { tmpdir } = await import('node:os');
    const folder = mkdtempSync(join(tmpdir(), 'headroom-config-'));
    writeFileSync(join(folder, 'ca.pem'), 'PEM');
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(read('running.md')) ?? [];
    const config = join(folder, 'servers.yaml');
    writeFileSync(config, example.replace('/etc/ssl/redis-ca.pem', join(folder, 'ca.pem')));
    const targets = await readCollectConfig(config, { access: {}, sentinelAccess: {} }, { REDIS_PASSWORD: 'r', CACHE_PASSWORD: 'c' });
    rmSync(folder, { recursive: true });
    expect(targets.map(({ name, access }) => [name, access])).toEqual([
      ['rediss://sessions.example.com:6380', { username: 'headroom', password: 'r', tls: { ca: 'PEM' } }],
      ['redis://cache.example.com', { username: 'headroom', password: 'c' }],
      ['redis+sentinel://s1,s2,s3/orders', { username: 'headroom', password: 'r' }],
    ]);
  });
});
