import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/model/analysis.ts';
import { findRedisServer, NO_REDIS_SERVER, type RedisServer, startRedisServer } from '../helpers/redis-server.ts';
import { runHere } from '../helpers/run-cli.ts';

describe('acl', () => {
  it.each([
    ['7.0', 'ACL SETUSER headroom reset on >PASSWORD resetchannels -@all +client|setname +info +cluster|nodes\n'],
    ['6.0', 'ACL SETUSER headroom reset on >PASSWORD -@all +client|setname +info +cluster|nodes\n'],
    ['valkey-9.1', 'ACL SETUSER headroom reset on >PASSWORD resetchannels -@all +client|setname +info +cluster|nodes\n'],
  ])('prints the rule for %s', async (version, rule) => {
    expect(await runHere('acl', '--engine-version', version)).toEqual({ exitCode: 0, stdout: rule, stderr: '' });
  });

  it('prints the rule for Sentinels and for another user', async () => {
    const { stdout } = await runHere('acl', '--sentinel', '--user', 'capacity');
    expect(stdout).toBe('ACL SETUSER capacity reset on >PASSWORD resetchannels -@all +client|setname +info +sentinel|replicas\n');
  });

  it.each([
    ['7.0', '%R~*'],
    ['6.2', '~*'],
  ])('allows a sample of keys only where it is asked for, for %s', async (version, keys) => {
    const { stdout } = await runHere('acl', '--engine-version', version, '--keyspace-sample');
    const more = '+client|setname +info +cluster|nodes +scan +memory|usage +type +pttl +select +readonly';
    expect(stdout).toBe(`ACL SETUSER headroom reset on >PASSWORD ${keys} resetchannels -@all ${more}\n`);
  });

  it('allows CONFIG GET only where settings are asked for, and says what that means', async () => {
    const { stdout, stderr } = await runHere('acl', '--settings');
    expect(stdout).toBe('ACL SETUSER headroom reset on >PASSWORD resetchannels -@all +client|setname +info +cluster|nodes +config|get\n');
    expect(stderr).toMatch(/can read requirepass and masterauth/);
  });

  it.each([
    ['--engine-version', '5.0', /6\.0 or later/],
    ['--engine-version', 'new', /a version such as/],
    ['--user', 'a b', /a name of letters/],
  ])('refuses %s %s', async (option, value, reason) => {
    const { exitCode, stderr, stdout } = await runHere('acl', option, value);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(reason);
  });

  it('explains every command that the rule allows', async () => {
    const [{ stdout: words }, { stdout: rule }] = [
      await runHere('acl', '--explain-commands'),
      await runHere('acl', '--keyspace-sample', '--settings'),
    ];
    for (const [, command] of rule.matchAll(/\+(\S+)/g)) expect(words).toContain(`\n${command?.replace('|', ' ').toUpperCase()}\n`);
  });
});

describe.skipIf(!findRedisServer())(`report redis://…, ${NO_REDIS_SERVER}`, () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedisServer();
    await server.command('SET', 'big', 'x'.repeat(5_000_000));
    await server.command('DEL', 'big');
    await server.command('CONFIG', 'SET', 'requirepass', 'planted-secret');
  });
  afterAll(() => server.stop());

  const url = () => server.url.replace('//', '//:planted-secret@');

  it('samples for a while, uses what the server remembers, and says how weak that is', async () => {
    const { exitCode, stdout, stderr } = await runHere('report', url(), '--for', '1s', '--every', '0.2s', '--format', 'json', '--out', '-');
    expect(exitCode).toBe(0);
    const analysis = JSON.parse(stdout) as Analysis;
    const [node] = analysis.nodes;
    expect(node?.id).toBe(`127.0.0.1:${server.port}`);
    expect(node?.quality.samples).toBeGreaterThanOrEqual(3);
    expect(node?.peaks.lifetimeUsedMemoryBytes).toBeGreaterThan(5_000_000);
    expect(node?.quality.grade).toBe('D');
    expect(node?.forecast.status).toBe('refused');
    const [input] = analysis.inputs;
    expect(input).toMatchObject({ input: server.url, inputKind: 'live' });
    expect(input?.notes[0]).toMatch(/^A look of 1 s, no history/);
    expect(input?.notes[1]).toMatch(/remembers its last \d+ s .*: 0 keys evicted/);
    expect(stdout + stderr).not.toContain('planted-secret');
  });

  it('is no report when nobody answers, and tells no secret', async () => {
    const { exitCode, stdout, stderr } = await runHere(
      'report',
      'redis://:planted-secret@127.0.0.1:1',
      '--for',
      '1s',
      '--format',
      'md',
      '--out',
      '-',
    );
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      'redis-headroom: 127.0.0.1:1: refuses the connection. Is the server running, and is this its port? (ECONNREFUSED)\n',
    );
  });

  it('says which server of several did not answer', async () => {
    const { exitCode, stdout } = await runHere('report', url(), 'redis://127.0.0.1:1', '--for', '5s', '--format', 'json', '--out', '-');
    expect(exitCode).toBe(0);
    const { inputs } = JSON.parse(stdout) as Analysis;
    expect(inputs.map(({ samples, notes }) => [samples > 0, notes[0]?.slice(0, 40)])).toEqual([
      [true, 'A look of 5 s, no history: growth, daily'],
      [false, '127.0.0.1:1: refuses the connection. Is '],
    ]);
  });

  describe('--settings', () => {
    const look = (from: string) =>
      runHere(...['report', from, '--settings', '--for', '1s', '--every', '0.2s', '--format', 'json', '--out', '-']);

    it('shows how this server is set, and no secret', async () => {
      await server.command('AUTH', 'planted-secret');
      await server.command('CONFIG', 'SET', 'active-defrag-threshold-lower', '17', 'masterauth', 'planted-too', 'save', '900 1');
      const { exitCode, stdout, stderr } = await look(url());
      expect(exitCode).toBe(0);
      const [node] = (JSON.parse(stdout) as Analysis).nodes;
      const parameter = (name: string) => node?.fragmentation.activedefrag.parameters.find((each) => each.name === name);
      expect(parameter('active-defrag-threshold-lower')).toMatchObject({ current: '17', default: '10' });
      expect(parameter('active-defrag-ignore-bytes')).toMatchObject({ current: '100mb', default: '100mb', change: false });
      expect(node?.settings).toMatchObject({ save: '900 1', appendonly: 'no', activedefrag: 'no', 'hash-max-listpack-value': '64' });
      // It has not saved yet, but it will.
      expect(node?.provisioning.budget.find(({ id }) => id === 'page-tables')?.bytes).toBeGreaterThan(0);
      expect(stdout + stderr).not.toMatch(/planted-/);
    });

    it('says once why there are none, and makes the report all the same', async () => {
      await server.command('ACL', 'SETUSER', 'unset', 'reset', 'on', '>plain-secret', '-@all', '+info', '+client|setname');
      const { exitCode, stdout } = await look(server.url.replace('//', '//unset:plain-secret@'));
      expect(exitCode).toBe(0);
      const { nodes, inputs } = JSON.parse(stdout) as Analysis;
      expect(nodes[0]?.settings).toBeUndefined();
      expect(inputs[0]?.notes.filter((note) => /^No settings: CONFIG GET is not answered by 127/.test(note))).toHaveLength(1);
    });
  });

  describe('--keyspace-sample', () => {
    const NAMES = ['acme-customers', 'acme-jane', 'acme-invoice'];
    const found = (text: string): string[] => NAMES.filter((name) => text.includes(name));
    beforeAll(async () => {
      await server.command('AUTH', 'planted-secret');
      for (let i = 0; i < 30; i += 1) await server.command('SET', `acme-customers:${i}:acme-invoice`, 'x'.repeat(100));
      await server.command('SET', 'acme-jane', 'x'.repeat(5000));
    });
    const look = (...more: string[]) =>
      runHere(...['report', url(), '--for', '1s', '--every', '0.2s', '--keyspace-sample', '1000', '--out', '-', ...more]);

    it('tells what the data is made of, in every format alike', async () => {
      const { stdout, exitCode } = await look('--format', 'md');
      expect(exitCode).toBe(0);
      expect(stdout).toContain('## What the data is made of');
      expect(stdout).toMatch(/\| `acme-customers:\*:acme-invoice` \| 30 \|/);
      expect(stdout).toMatch(/\| `acme-jane` \| string \| 0 \|/);
      expect(stdout).not.toContain('planted-secret');
    });

    it.each(['--hash-keys', '--anonymize'])('says no key name with %s', async (option) => {
      for (const format of ['md', 'json']) {
        const { stdout, stderr, exitCode } = await look('--format', format, option);
        expect([exitCode, found(stdout), found(stderr)]).toEqual([0, [], []]);
        expect(stdout).not.toContain('planted-secret');
      }
    });

    it('says why there is none, and makes the report all the same', async () => {
      await server.command('ACL', 'SETUSER', 'plain', 'reset', 'on', '>plain-secret', '-@all', '+info', '+client|setname');
      const plain = server.url.replace('//', '//plain:plain-secret@');
      const { stdout, stderr, exitCode } = await runHere(
        ...['report', plain, '--for', '1s', '--every', '0.2s', '--keyspace-sample', '1000', '--format', 'md', '--out', '-'],
      );
      expect(exitCode).toBe(0);
      expect(stderr).toMatch(
        /No keyspace sample: 127\.0\.0\.1:\d+ does not let this user run SCAN.*`redis-headroom acl --keyspace-sample`/,
      );
      expect(stdout).not.toContain('What the data is made of');
      expect(stdout + stderr).not.toMatch(/plain-secret|planted-secret/);
    });

    it.each([
      ['50', /a number of keys from 100 to 200000/],
      ['many', /a whole number/],
    ])('refuses %s', async (keys, reason) => {
      const { exitCode, stderr } = await look('--keyspace-sample', keys);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(reason);
    });

    it('needs a server', async () => {
      const { exitCode, stderr } = await runHere('report', 'samples', '--keyspace-sample', '1000');
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/a server among the inputs/);
    });
  });
});
