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
    ['--engine-version', '5.0', /6\.0 or later/],
    ['--engine-version', 'new', /a version such as/],
    ['--user', 'a b', /a name of letters/],
  ])('refuses %s %s', async (option, value, reason) => {
    const { exitCode, stderr, stdout } = await runHere('acl', option, value);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(reason);
  });

  it('explains every command that the rule allows', async () => {
    const [{ stdout: words }, { stdout: rule }] = [await runHere('acl', '--explain-commands'), await runHere('acl')];
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
});
