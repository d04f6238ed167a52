import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CollectState } from '../../src/cli/collect-state.ts';
import { CollectMetrics } from '../../src/cli/metrics/collect-metrics.ts';
import { judgeHealth } from '../../src/cli/metrics/health.ts';
import { type Collector, startCollector } from '../helpers/collector.ts';
import { isMissing } from '../helpers/programs.ts';
import { findFreePort, findRedisServer, NO_REDIS_SERVER, type RedisServer, startRedisServer } from '../helpers/redis-server.ts';
import { runApart } from '../helpers/run-cli.ts';

const SECRET = 'planted-5ecret';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-metrics-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!findRedisServer())(`collect --metrics-port, ${NO_REDIS_SERVER}`, () => {
  let server: RedisServer;
  let collector: Collector | undefined;
  let prometheus: ChildProcess | undefined;

  beforeEach(async () => {
    server = await startRedisServer();
    await server.command('CONFIG', 'SET', 'requirepass', SECRET);
  });
  afterEach(async () => {
    prometheus?.kill('SIGKILL');
    await collector?.end('SIGKILL');
    await server.stop();
  });

  const start = async (...args: string[]): Promise<string> => {
    collector = startCollector([...args, '--every', '0.2s', '--history', join(folder, 'history'), '--metrics-port', '0']);
    const event = () => collector?.events().find((each) => each.event === 'metrics');
    await expect.poll(event, { timeout: 20_000 }).toBeDefined();
    return String(event()?.url).replace('/metrics', '');
  };
  const get = async (url: string): Promise<{ status: number; text: string; type: string | null }> => {
    const response = await fetch(url);
    return { status: response.status, text: await response.text(), type: response.headers.get('content-type') };
  };
  const withSecret = (): string => server.url.replace('//', `//:${SECRET}@`);

  it('serves what it does, without secrets, in a form that promtool takes', async () => {
    const url = await start(withSecret(), `redis://someone:${SECRET}@127.0.0.1:1`);
    const text = async (): Promise<string> => (await get(`${url}/metrics`)).text;
    const lone = `127.0.0.1:${server.port}`;
    await expect.poll(text, { timeout: 20_000 }).toMatch(new RegExp(`^redis_headroom_samples_total\\{server="${lone}"\\} [3-9]`, 'm'));
    const page = await text();
    for (const line of [
      /^redis_headroom_build_info\{version="\d[^"]*",node_version="v\d[^"]*"\} 1$/m,
      /^redis_headroom_gaps_total\{server="127\.0\.0\.1:1",reason="refused"\} 1$/m,
      /^redis_headroom_failed_polls_total\{reason="refused"\} [1-9]/m,
      new RegExp(`^redis_headroom_last_sample_age_seconds\\{server="${lone}"\\} 0?\\.?\\d`, 'm'),
      new RegExp(`^redis_headroom_server_failing\\{server="${lone}"\\} 0$`, 'm'),
      /^redis_headroom_server_failing\{server="127\.0\.0\.1:1"\} 1$/m,
      /^redis_headroom_poll_duration_seconds_count [3-9]/m,
      /^redis_headroom_poll_lateness_seconds_bucket\{le="60"\} [3-9]/m,
      /^redis_headroom_servers 1$/m,
      /^redis_headroom_connections 1$/m,
      /^redis_headroom_history_bytes\{form="segment"\} \d+$/m,
      /^redis_headroom_history_writable 1$/m,
    ])
      expect(page).toMatch(line);
    expect(await get(`${url}/livez`)).toMatchObject({ status: 200, text: '{"status":"ok"}\n' });
    const health = await get(`${url}/healthz`);
    expect([health.status, JSON.parse(health.text)]).toEqual([200, { status: 'ok', reasons: [], servers: 2, sampled: 1 }]);
    expect((await get(`${url}/elsewhere`)).status).toBe(404);
    expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(405);
    for (const said of [page, health.text, collector?.said()]) expect(said).not.toMatch(/planted|someone/);
    if (!isMissing('promtool')) {
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: page, encoding: 'utf8' });
      expect([status, stdout, stderr]).toEqual([0, '', '']);
    }
    expect(await collector?.end('SIGTERM')).toBe(0);
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });

  it.skipIf(isMissing('prometheus'))('is scraped by a real Prometheus (needs prometheus on PATH)', async () => {
    const url = await start(withSecret());
    const port = await findFreePort();
    const config = join(folder, 'prometheus.yml');
    writeFileSync(
      config,
      `global: { scrape_interval: 200ms }\nscrape_configs:\n  - job_name: headroom\n    static_configs:\n      - targets: ['${new URL(url).host}']\n`,
    );
    prometheus = spawn('prometheus', [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
    const query = async (expression: string): Promise<number[]> => {
      const asked = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`;
      const answer = await fetch(asked).then(
        (response) => response.json() as Promise<{ data?: { result: { value: [number, string] }[] } }>,
        () => undefined,
      );
      return (answer?.data?.result ?? []).map(({ value: [, value] }) => Number(value));
    };
    const first = async (expression: string): Promise<number> => (await query(expression))[0] ?? Number.NaN;
    const soon = { timeout: 30_000, interval: 200 };
    await expect.poll(() => first('up{job="headroom"}'), soon).toBe(1);
    await expect.poll(() => first('increase(redis_headroom_samples_total[1m])'), soon).toBeGreaterThan(0);
    expect(await first('histogram_quantile(0.5, redis_headroom_poll_duration_seconds_bucket)')).toBeGreaterThan(0);
    expect(await first('redis_headroom_healthy')).toBe(1);
    await server.end('SIGKILL');
    await expect.poll(() => first('redis_headroom_server_failing'), soon).toBe(1);
    await expect.poll(() => first('sum(redis_headroom_gaps_total)'), soon).toBe(1);
  });

  it('is unhealthy while the history cannot be written, and says why', async () => {
    const inTheWay = join(folder, 'history', 'nodes', `127.0.0.1%3A${server.port}`);
    mkdirSync(join(folder, 'history', 'nodes'), { recursive: true });
    writeFileSync(inTheWay, '');
    const url = await start(withSecret());
    const reasons = async (): Promise<unknown> => (JSON.parse((await get(`${url}/healthz`)).text) as { reasons: unknown }).reasons;
    await expect.poll(reasons, { timeout: 20_000 }).toEqual([expect.stringMatching(/^the history cannot be written: E[A-Z]+$/)]);
    expect((await get(`${url}/healthz`)).status).toBe(503);
    rmSync(inTheWay);
    await expect.poll(reasons, { timeout: 20_000 }).toEqual([]);
  });

  it('begins nothing where its port is taken or cannot be had', async () => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) =>
      taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port)),
    );
    for (const [args, reason] of [
      [
        ['--metrics-port', String(port)],
        /--metrics-port: "\d+" cannot be used\. Expected a port that is free: on 127\.0\.0\.1 another process/,
      ],
      [['--metrics-port', '0', '--metrics-host', '203.0.113.9'], /--metrics-host: "203\.0\.113\.9" .* an address of this machine/],
      [['--metrics-port', '65536'], /a port from 0 .* to 65535/],
      [['--metrics-host', '127.0.0.1'], /--metrics-port beside it/],
      [['--metrics-port', '0', '--once'], /a collector that stays/],
    ] as const) {
      const { exitCode, stderr } = await runApart(['collect', server.url, '--history', join(folder, 'none'), ...args]);
      expect([exitCode, stderr]).toEqual([2, expect.stringMatching(reason)]);
    }
    taken.close();
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });
});

describe('health', () => {
  it('asks for samples of half of the servers, and for a history that can be written', () => {
    const state = new CollectState(60_000);
    const health = (afterMs = 0) => judgeHealth(state, performance.now() + afterMs);
    expect(health()).toEqual({ healthy: false, reasons: ['no sample in the last 180 s'], servers: 0, sampled: 0 });
    for (const id of ['a', 'b', 'c']) state.joined(id);
    state.sampled('a');
    expect(health()).toMatchObject({ healthy: false, reasons: ['samples of 1 of 3 servers in the last 180 s'] });
    state.failed('b');
    state.sampled('b');
    expect(health()).toMatchObject({ healthy: true, servers: 3, sampled: 2 });
    expect(health(170_000).healthy).toBe(true);
    expect(health(190_000)).toMatchObject({ healthy: false, sampled: 0 });
    state.unwritable = 'ENOSPC';
    expect(health().reasons).toEqual(['the history cannot be written: ENOSPC']);
  });

  it('counts an address that nobody answers at until it stands for others', () => {
    const state = new CollectState(1000);
    expect([state.failed('redis+sentinel://s/orders'), state.failed('redis+sentinel://s/orders')]).toEqual([true, false]);
    expect([state.failingCount, state.serverCount, state.gaps]).toEqual([1, 0, 1]);
    state.returned('redis+sentinel://s/orders');
    state.joined('10.0.0.1:6379');
    expect([...state.servers.keys()]).toEqual(['10.0.0.1:6379']);
    state.left('10.0.0.1:6379');
    expect(state.servers.size).toBe(0);
  });
});

describe('metrics', () => {
  it('forget a server that left, and give two thousand series of their own at most', async () => {
    const state = new CollectState(1000);
    const metrics = new CollectMetrics(state, { appended: 7, waiting: 2, lost: 1 }, folder);
    const ids = Array.from({ length: 2003 }, (_, i) => `node-${i}`);
    for (const id of ids) {
      state.joined(id);
      metrics.joined(id);
      state.sampled(id);
      metrics.sampled(id);
    }
    metrics.failed('node-1', 'timeout', state.failed('node-1'));
    metrics.failed('node-1', 'timeout', state.failed('node-1'));
    const text = await metrics.text();
    expect(text.match(/^redis_headroom_samples_total\{/gm)).toHaveLength(2001);
    expect(text).toMatch(/^redis_headroom_samples_total\{server="\(others\)"\} 3$/m);
    expect(text.match(/^redis_headroom_last_sample_age_seconds\{/gm)).toHaveLength(2000);
    expect(text).toMatch(/^redis_headroom_gaps_total\{server="node-1",reason="timeout"\} 1$/m);
    expect(text).toMatch(/^redis_headroom_failed_polls_total\{reason="timeout"\} 2$/m);
    expect(text).toMatch(/^redis_headroom_history_written_samples_total 7$/m);
    expect(await metrics.text()).toMatch(/^redis_headroom_history_lost_samples_total 1$/m);
    state.left('node-1');
    metrics.left('node-1');
    expect(await metrics.text()).not.toContain('"node-1"');
  });
});
