import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readSettings } from '../../src/cli/config-file.ts';
import { readServers } from '../../src/cli/servers-config.ts';
import type { Analysis } from '../../src/model/analysis.ts';
import { findRedisServer, NO_REDIS_SERVER, type RedisServer, startRedisServer } from '../helpers/redis-server.ts';
import { runApart, runHere } from '../helpers/run-cli.ts';

let folder = '';
let config = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-servers-'));
  config = join(folder, 'servers.yaml');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = async (yaml: string, env: NodeJS.ProcessEnv = {}) => {
  writeFileSync(config, yaml);
  return readServers(config, await readSettings(config), { access: {}, sentinelAccess: {} }, env);
};

describe('servers of a config file', () => {
  it('take what stands at the top, unless they say otherwise', async () => {
    const servers = await read(
      `
user: all
password: env:ALL
instance: cache.m7g.large
labels: { environment: production, shard: 1 }
system-memory: 16GiB
servers:
  - redis://a
  - { url: 'redis://b:1', user: own, password: env:OWN, instance: cache.r7g.large, labels: { environment: test, owner: shop } }
  - { url: env:THIRD }
`,
      { ALL: 'p', OWN: 'q', THIRD: 'redis://in-url:s3cret@c/' },
    );
    expect(servers.map(({ target: { name, access }, description }) => [name, access, description])).toEqual([
      ['redis://a', { username: 'all', password: 'p' }, { instance: 'cache.m7g.large', labels: { environment: 'production', shard: '1' } }],
      [
        'redis://b:1',
        { username: 'own', password: 'q' },
        { instance: 'cache.r7g.large', labels: { environment: 'test', shard: '1', owner: 'shop' } },
      ],
      [
        'redis://c',
        { username: 'in-url', password: 's3cret' },
        { instance: 'cache.m7g.large', labels: { environment: 'production', shard: '1' } },
      ],
    ]);
  });

  it.each([
    ['servers: []', 'servers: "[]" cannot be used. Expected a list of addresses'],
    ['user: x', 'servers: "nothing" cannot be used. Expected a list of addresses'],
    ['servers: [{ user: x }]', 'servers.0.url: "nothing" cannot be used. Expected an address such as redis://host:6379'],
    ['servers: [redis://a, "http://b"]', 'servers.1.url: "http://b" cannot be used. Expected redis://'],
    [
      'servers: [redis://a, { url: redis://b, pasword: env:X }]',
      'servers.1: "pasword" cannot be used. Expected one of url, user, password, ',
    ],
    ['servers: [redis://a, { url: redis://b, labels: [x] }]', 'servers.1.labels: "["x"]" cannot be used. Expected names with values'],
    ['servers: [{ url: redis://b, labels: { zone: [a] } }]', 'servers.0.labels.zone: "["a"]" cannot be used. Expected names with values'],
    ['servers: [{ url: redis://b, password: [hunter2] }]', 'servers.0.password: "…" cannot be used. Expected a reference such as env:'],
    ['servers: [{ url: redis://b, password: hunter2 }]', 'servers.0.password: "…" cannot be used. Expected a reference such as env:'],
    [
      '{ password: env:NOT_SET, servers: [redis://b] }',
      'password: "env:NOT_SET" cannot be used. Expected an environment variable that is set',
    ],
    ['servers: [{ url: env:ODD }]', 'servers.0.url: "env:ODD" cannot be used. Expected redis://'],
    ['servers: [{ url: redis://b, cacert: /none }]', 'servers.0.cacert: "/none" cannot be used. Expected a file that can be read'],
    [
      'servers: [redis://a, redis://b, redis://x:hunter2@a]',
      'servers.2.url: "redis://a" cannot be used. Expected a server that stands there once: servers.0',
    ],
    [
      'servers: [{ url: redis://b, instance: cache.r7g.lrge }]',
      'servers.0.instance: "cache.r7g.lrge" cannot be used. Expected a name that `redis-headroom catalog show` knows, or one of catalog:; near it are "cache.r7g.',
    ],
    ['server: [redis://a]', 'server" cannot be used. Expected one of '],
  ])('%s is told with its place and what may stand there', async (yaml, message) => {
    const error = await read(yaml, { ODD: 'hunter2' }).catch((each: Error) => each.message);
    expect(error).toContain(message);
    expect(error).toContain(`--config ${config}`);
    expect(error).not.toContain('hunter2');
  });
});

describe.skipIf(!findRedisServer())(`servers of a file, ${NO_REDIS_SERVER}`, () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedisServer({ config: ['--maxmemory', '100mb'] });
    // Linux answers on all of 127.0.0.0/8: one server under many addresses, each of which is a server to the collector.
    await server.command('CONFIG', 'SET', 'protected-mode', 'no');
    await server.command('CONFIG', 'SET', 'bind', '0.0.0.0');
    await server.command('CONFIG', 'SET', 'requirepass', 'planted-5ecret');
  });
  afterAll(() => server.stop());

  const host = (i: number): string => `127.0.${1 + Math.floor(i / 200)}.${1 + (i % 200)}`;
  const nodeId = (i: number): string => `${host(i)}:${server.port}`;
  const zones = ['eu-1a', 'eu-1b', 'eu-1c'];
  const writeConfig = (count: number, more = ''): void => {
    const servers = Array.from({ length: count }, (_, i) => {
      const instance = i % 3 === 0 ? '    instance: cache.r7g.large\n' : '';
      return `  - url: redis://${nodeId(i)}\n${instance}    labels: { owner: team-${i % 10}, zone: ${zones[i % 3]}, group: g${i % 2} }\n`;
    });
    writeFileSync(
      config,
      `password: env:PLANTED\ninstance: cache.m7g.large\nlabels: { environment: production }\n${more}servers:\n${servers.join('')}`,
    );
  };
  const env = { PLANTED: 'planted-5ecret' };
  const report = async (...args: string[]): Promise<Analysis> => {
    const { exitCode, stdout, stderr } = await runApart(['report', ...args, '--format', 'json', '--out', '-'], { env });
    expect(exitCode, stderr).toBe(0);
    return JSON.parse(stdout) as Analysis;
  };
  const instanceOf = (node: Analysis['nodes'][number] | undefined) => node?.provisioning.instance.current?.name;

  it('are three hundred, collected with labels and instance types, which the report has from the history', {
    timeout: 120_000,
  }, async () => {
    writeConfig(300);
    const history = join(folder, 'history');
    const collected = await runApart(['collect', '--config', config, '--history', history, '--once', '--quiet'], { env });
    expect(collected).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(readdirSync(join(history, 'nodes'))).toHaveLength(300);
    expect(readFileSync(join(history, 'servers.json'), 'utf8')).not.toContain('planted');
    const { nodes } = await report(history);
    expect(nodes).toHaveLength(300);
    const byId = new Map(nodes.map((node) => [node.id, node]));
    expect(byId.get(nodeId(207))?.labels).toEqual({ environment: 'production', owner: 'team-7', zone: 'eu-1a', group: 'g1' });
    const [large, medium] = [byId.get(nodeId(0)), byId.get(nodeId(299))];
    expect([instanceOf(large), instanceOf(medium)]).toEqual(['cache.r7g.large', 'cache.m7g.large']);
    expect(large?.systemMemory.totalBytes).toBeGreaterThan(medium?.systemMemory.totalBytes ?? 0);
  });

  it('keep their labels in the history: for groups, at the head of the report, and not where it is anonymous', async () => {
    writeConfig(20);
    const history = join(folder, 'history');
    await runApart(['collect', '--config', config, '--history', history, '--once', '--quiet'], { env });
    expect((await runHere('history', 'check', history)).stdout).toMatch(/20 samples of 20 servers in 20 files, all whole/);
    const inspected = await runHere('inspect', history);
    expect(inspected.stdout).toMatch(
      new RegExp(
        `node ${nodeId(7)}\\n +instance +cache\\.m7g\\.large\\n +labels +environment: production, owner: team-7, zone: eu-1b, group: g1\\n`,
      ),
    );
    expect(JSON.parse((await runHere('inspect', history, '--json')).stdout).nodes).toContainEqual(
      expect.objectContaining({ nodeId: nodeId(3), instance: 'cache.r7g.large', labels: expect.objectContaining({ owner: 'team-3' }) }),
    );
    const grouping = join(folder, 'groups.yaml');
    writeFileSync(grouping, 'groups:\n  - { id: team-3, kind: fleet, where: { owner: team-3, environment: production } }\n');
    const { groups } = await report(history, '--config', grouping);
    expect(groups.map(({ id, members }) => [id, members.map((each) => [each.nodeId, each.zone])])).toEqual([
      [
        'team-3',
        [
          [nodeId(13), 'eu-1b'],
          [nodeId(3), 'eu-1a'],
        ],
      ],
    ]);
    writeFileSync(grouping, 'groups:\n  - { id: x, kind: fleet, where: { owner: team-99 } }\n');
    expect((await runHere('report', history, '--config', grouping)).stderr).toMatch(
      /groups: x, where: "owner: team-99" cannot be used\. Expected labels that nodes have together; of "owner" there are "team-\d/,
    );
    const secretly = await runHere('report', history, '--config', grouping, '--anonymize');
    expect([secretly.exitCode, secretly.stderr]).toEqual([2, expect.not.stringContaining('team-')]);
    const markdown = await runHere('report', history, '--format', 'md', '--out', '-');
    expect(markdown.stdout).toContain('Labels of all nodes: environment: production.');
    expect(markdown.stdout).toContain('environment: production · owner: team-7 · zone: eu-1b · group: g1');
    const hidden = await runHere('report', history, '--format', 'json', '--out', '-', '--anonymize');
    expect(hidden.stdout).toContain('node-20');
    expect(hidden.stdout).not.toMatch(/team-7|eu-1b/);

    writeFileSync(config, 'servers: [{ url: redis://a, instance: our-own-size }]\n');
    const unknown = await runHere('report', history, '--config', config, '--anonymize');
    expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringMatching(/servers\.0\.instance: "name-\d+" cannot be used/)]);

    // What the file says now wins over what it said when samples were taken; and a collector with a new file keeps that.
    writeFileSync(
      config,
      `servers: [{ url: 'redis://${nodeId(7)}', password: env:PLANTED, instance: cache.r7g.xlarge, labels: { owner: new } }]\n`,
    );
    const described = (nodes: Analysis['nodes']) => {
      const node = nodes.find(({ id }) => id === nodeId(7));
      return [node?.labels?.owner, node?.labels?.environment, instanceOf(node)];
    };
    expect(described((await report(history, '--config', config)).nodes)).toEqual(['new', 'production', 'cache.r7g.xlarge']);
    await runApart(['collect', '--config', config, '--history', history, '--once', '--quiet'], { env });
    expect(described((await report(history)).nodes)).toEqual(['new', undefined, 'cache.r7g.xlarge']);
    writeFileSync(join(history, 'servers.json'), '{');
    expect((await report(history)).inputs[0]?.notes).toContainEqual(expect.stringMatching(/^servers\.json is damaged/));
    expect((await runHere('history', 'check', history)).stdout).toMatch(/servers\.json: error: is damaged/);
  });

  it('are looked at by a report without inputs, and one of them by its address', { timeout: 120_000 }, async () => {
    writeConfig(20, 'for: 5s\nevery: 1s\n');
    const { nodes } = await report('--config', config);
    expect(nodes).toHaveLength(20);
    expect(new Set(nodes.map(({ labels }) => labels?.group))).toEqual(new Set(['g0', 'g1']));
    const one = await report(`redis://${nodeId(4)}`, '--config', config, '--for', '2s');
    expect(one.nodes.map((node) => [node.id, node.labels?.owner, instanceOf(node)])).toEqual([[nodeId(4), 'team-4', 'cache.m7g.large']]);
    const head = await runApart(['report', `redis://${nodeId(4)}`, '--config', config, '--for', '2s', '--format', 'md', '--out', '-'], {
      env,
    });
    expect(head.stdout.split('\n').slice(0, 8).join('\n')).toContain('environment: production · owner: team-4');
  });
});
