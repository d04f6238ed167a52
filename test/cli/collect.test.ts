import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEvents } from '../../src/history/folder/events.ts';
import type { Analysis } from '../../src/model/analysis.ts';
import { type Collector, startCollector } from '../helpers/collector.ts';
import { findRedisServer, NO_REDIS_SERVER, type RedisServer, startRedisServer } from '../helpers/redis-server.ts';
import { runApart, runHere } from '../helpers/run-cli.ts';

const SECRET = 'planted-5ecret';

describe.skipIf(!findRedisServer())(`collect, ${NO_REDIS_SERVER}`, () => {
  let server: RedisServer;
  let folder = '';
  let history = '';
  const collectors: Collector[] = [];

  beforeEach(async () => {
    server = await startRedisServer();
    folder = mkdtempSync(join(tmpdir(), 'headroom-collect-'));
    history = join(folder, 'history');
  });
  afterEach(async () => {
    for (const each of collectors.splice(0)) await each.end('SIGKILL');
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const collect = (args: readonly string[], options: Parameters<typeof startCollector>[1] = {}): Collector => {
    const collector = startCollector([...args, '--history', history], options);
    collectors.push(collector);
    return collector;
  };
  const rows = (): number => {
    const nodes = join(history, 'nodes');
    if (!existsSync(nodes)) return 0;
    const files = readdirSync(nodes, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.csv'));
    return files.reduce((sum, name) => sum + readFileSync(join(nodes, name), 'utf8').split('\n').length - 2, 0);
  };
  const waitForRows = (count: number) => expect.poll(rows, { timeout: 20_000, interval: 20 }).toBeGreaterThanOrEqual(count);
  const reportOf = async (): Promise<Analysis> => {
    const { stdout, exitCode, stderr } = await runHere('report', history, '--format', 'json', '--out', '-');
    expect([exitCode, stderr]).toEqual([0, '']);
    return JSON.parse(stdout) as Analysis;
  };

  it('keeps the settings of a server where it was asked for them, and tells once where it may not ask', async () => {
    await server.command('CONFIG', 'SET', 'active-defrag-cycle-max', '33', 'masterauth', SECRET);
    await server.command('ACL', 'SETUSER', 'plain', 'reset', 'on', `>${SECRET}`, '-@all', '+info', '+client|setname');
    const refused = await runHere('collect', server.url.replace('//', `//plain:${SECRET}@`), '--settings', '--once', '--history', history);
    expect(refused.exitCode).toBe(0);
    expect(refused.stderr.match(/"event":"settings-refused"/g)).toHaveLength(1);
    await sleep(20);
    const asked = await runHere('collect', server.url, '--settings', '--once', '--history', history);
    expect([asked.exitCode, rows()]).toEqual([0, 2]);
    const [node] = (await reportOf()).nodes;
    expect(node?.settings).toMatchObject({
      'active-defrag-cycle-max': '33',
      'client-output-buffer-limit': expect.stringContaining('slave'),
    });
    expect(node?.fragmentation.activedefrag.parameters).toContainEqual(
      expect.objectContaining({ name: 'active-defrag-cycle-max', current: '33' }),
    );
    const files = readdirSync(history, { recursive: true, encoding: 'utf8', withFileTypes: true }).filter((entry) => entry.isFile());
    const written = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')).join('');
    expect(written + refused.stderr + asked.stderr).not.toContain(SECRET);
  });

  it('has every sample that a server answered, however often it is killed', async () => {
    const ends = ['SIGKILL', 'SIGKILL', 'SIGKILL', 'SIGTERM'] as const;
    for (const [run, signal] of ends.entries()) {
      const collector = collect([server.url, '--every', '0.1s']);
      await waitForRows((run + 1) * 8);
      await sleep(run * 13);
      expect(await collector.end(signal)).toBe(signal === 'SIGTERM' ? 0 : undefined);
      if (run === 0) await sleep(1500); // shorter is no gap
    }
    const answered = Number(/cmdstat_info:calls=(\d+)/.exec(await server.info('commandstats'))?.[1]);
    // Of each run one INFO was for finding out what the server is, and one may have been on its way when it was killed.
    const samples = rows();
    expect(samples).toBeGreaterThanOrEqual(answered - 2 * ends.length);
    expect(samples).toBeLessThanOrEqual(answered - ends.length);
    const { nodes, inputs } = await reportOf();
    expect(nodes[0]?.quality.samples).toBe(samples);
    expect(inputs[0]?.notes[0]).toBe('Collected in 4 runs, 1 of which ended in order.');
    expect(nodes[0]?.quality.gaps.flatMap(({ reasons = [] }) => reasons)).toContain('collector-killed');
    expect(existsSync(join(history, 'lock'))).toBe(false);
    expect((await readEvents(history)).at(-1)).toMatchObject({ kind: 'stop', why: 'signal' });
  });

  it('is read by `report` while it runs, and tells a crash and a restart of the server with their gap', async () => {
    const collector = collect([server.url, '--every', '0.2s']);
    await waitForRows(5);
    expect((await reportOf()).nodes[0]?.quality.samples).toBeGreaterThanOrEqual(5);
    const both = await runHere('report', server.url, '--history', history, '--for', '1s', '--format', 'json', '--out', '-');
    const { nodes, inputs } = JSON.parse(both.stdout) as Analysis;
    expect([nodes.length, inputs.map(({ inputKind }) => inputKind)]).toEqual([1, ['history', 'live']]);
    // The collector goes on writing while the report is made.
    expect(nodes[0]?.quality.samples).toBeGreaterThanOrEqual(inputs.reduce((sum, { samples }) => sum + samples, 0));
    expect((await runHere('report', server.url, '--history', folder)).stderr).toMatch(/a folder that `redis-headroom collect` wrote/);
    await server.end('SIGKILL');
    await expect.poll(() => collector.events().map(({ event }) => event)).toContain('server-lost');
    await sleep(1200);
    await server.start();
    await expect.poll(() => collector.events().map(({ event }) => event), { timeout: 20_000 }).toContain('server-back');
    const before = rows();
    await waitForRows(before + 5);
    expect(await collector.end('SIGINT')).toBe(0);
    const [node] = (await reportOf()).nodes;
    expect(node?.quality.restarts).toHaveLength(1);
    expect(node?.quality.gaps).toHaveLength(1);
    expect(['refused', 'closed']).toContain(node?.quality.gaps[0]?.reasons?.[0]);
    const { stdout } = await runHere('report', history, '--format', 'md', '--out', '-');
    expect(stdout).toMatch(/Gaps and why[\s\S]*connection (refused|closed)/);
  });

  it('takes one sample of each server with --once, for cron', async () => {
    for (let i = 0; i < 2; i += 1) {
      const collector = collect([server.url, '--once', '--quiet']);
      expect(await collector.ended).toBe(0);
      expect(collector.said()).toBe('');
    }
    expect(rows()).toBe(2);
    const nobody = collect(['redis://127.0.0.1:1', '--once']);
    expect(await nobody.ended).toBe(2);
    expect(nobody.said()).toMatch(/\nredis-headroom: 127\.0\.0\.1:1: refuses the connection/);
  });

  it('ends after --for, and refuses what it cannot do', async () => {
    expect(await collect([server.url, '--every', '0.1s', '--for', '1.5s']).ended).toBe(0);
    expect(rows()).toBeGreaterThanOrEqual(4);
    for (const [args, reason] of [
      [[server.url, '--every', '1ms'], /a time such as 60s/],
      [[server.url, '--every', '0.01s'], /at least 0\.1s/],
      [[], /the address of a server/],
      [['http://x'], /Expected redis:/],
    ] as const) {
      const { exitCode, stderr } = await runApart(['collect', ...args, '--history', history]);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(reason);
    }
  });

  it('shows no secret in logs, errors, titles, history and reports', async () => {
    await server.command('CONFIG', 'SET', 'requirepass', SECRET);
    const config = join(folder, 'servers.yaml');
    const mounted = join(folder, 'mounted');
    writeFileSync(mounted, `${SECRET}\n`);
    writeFileSync(
      config,
      `servers:\n  - url: ${server.url}\n    password: file:${mounted}\n  - url: redis://127.0.0.1:1\n    password: env:PLANTED\n`,
    );
    const byUrl = collect([server.url.replace('//', `//:${SECRET}@`), `redis://:${SECRET}@127.0.0.1:1`, '--every', '0.1s']);
    await waitForRows(2);
    const cmdline = readFileSync(`/proc/${byUrl.child.pid}/cmdline`, 'latin1');
    await byUrl.end('SIGTERM');
    const byEnv = collect([server.url, '--every', '0.1s', '--for', '1s'], { env: { REDISCLI_AUTH: SECRET } });
    await byEnv.ended;
    const byConfig = collect(['--config', config, '--every', '0.1s', '--for', '1s'], { env: { PLANTED: SECRET } });
    await byConfig.ended;
    expect(rows()).toBeGreaterThanOrEqual(6);
    const wrong = collect([server.url.replace('//', `//:${SECRET}x@`), '--once']);
    expect(await wrong.ended).toBe(2);
    expect(wrong.said()).toMatch(/does not accept the user or the password/);
    writeFileSync(config, `servers: [${server.url}]\npassword: ${SECRET}\n`);
    const literal = collect(['--config', config, '--once']);
    expect(await literal.ended).toBe(2);
    expect(literal.said()).toMatch(/a reference such as env:/);
    const report = await runHere('report', history, '--format', 'html', '--out', '-');
    const files = readdirSync(history, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const places = [
      cmdline,
      ...[byUrl, byEnv, byConfig, wrong, literal].map(({ said }) => said()),
      ...files.map((entry) => entry.name + readFileSync(join(entry.parentPath, entry.name), 'latin1')),
      report.stdout + report.stderr,
    ];
    expect(files.length).toBeGreaterThanOrEqual(3);
    for (const place of places) expect(place).not.toContain(SECRET);
  });

  it('keeps its samples in order when the clock is set forward and back, and says so', async () => {
    const offset = join(folder, 'offset');
    const preload = join(folder, 'clock.mjs');
    writeFileSync(offset, '0');
    writeFileSync(
      preload,
      `import { readFileSync } from 'node:fs'; const real = Date.now; Date.now = () => real() + Number(readFileSync(${JSON.stringify(offset)}, 'utf8'));`,
    );
    const collector = collect([server.url, '--every', '0.1s'], { preload });
    await waitForRows(5);
    for (const step of ['3600000', '3540000', '0']) {
      writeFileSync(offset, step);
      const before = rows();
      await waitForRows(before + 5);
    }
    await collector.end('SIGTERM');
    expect((await readEvents(history)).flatMap((event) => (event.kind === 'clock' ? [Math.round(event.byMs / 1000)] : []))).toEqual([
      3600, -60, -3540,
    ]);
    const { nodes, inputs } = await reportOf();
    expect(nodes[0]?.quality.samples).toBe(rows());
    expect(inputs[0]?.notes.filter((note) => note.includes('clock was set'))).toHaveLength(3);
  });
});
