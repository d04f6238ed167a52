import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MiB } from '../../src/model/bytes.ts';
import { type Certificates, makeCertificates } from '../helpers/certificates.ts';
import { isMissing } from '../helpers/programs.ts';
import { startExporter, startPrometheus, type WebProcess } from '../helpers/prometheus.ts';
import { type RedisServer, startRedisServer } from '../helpers/redis-server.ts';
import { runHere } from '../helpers/run-cli.ts';

/** `hunter2` as bcrypt with the least cost. */
const PASSWORD_HASH = '$2b$04$abcdefghijklmnopqrstuuV3duMsC0HpUex6N9qapiuOHHWkwRXVm';

describe.skipIf(isMissing('prometheus') || isMissing('prometheus-redis-exporter'))('a server behind redis_exporter and Prometheus', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-prometheus-cli-'));
  let certificates: Certificates;
  let redis: RedisServer;
  let exporter: WebProcess;
  let prometheus: WebProcess;
  let from: string;

  beforeAll(async () => {
    certificates = makeCertificates(folder, 'prometheus.test');
    redis = await startRedisServer({ config: ['--maxmemory', '64mb'] });
    exporter = await startExporter(redis.url);
    prometheus = await startPrometheus({
      config: [
        'scrape_configs:',
        '  - job_name: redis',
        '    scrape_interval: 1s',
        `    static_configs: [{ targets: ['${exporter.address}'] }]`,
        '    relabel_configs:',
        `      - { target_label: instance, replacement: 'cache-1:6379' }`,
      ].join('\n'),
      webConfig: [
        `basic_auth_users: { reader: '${PASSWORD_HASH}' }`,
        `tls_server_config: { cert_file: ${certificates.file('server.crt')}, key_file: ${certificates.file('server.key')} }`,
      ].join('\n'),
    });
    from = new Date(Date.now() - 60_000).toISOString().slice(0, 19);
    // It takes some seconds to begin.
    const isScraped = async () =>
      (await trusting(['inspect', `prometheus+https://${prometheus.address}`, '--from', `${from}Z`], access)).exitCode;
    await vi.waitFor(async () => expect(await isScraped()).toBe(0), { timeout: 30_000, interval: 200 });
    await redis.command('SET', 'spike', 'x'.repeat(8 * MiB));
    await sleep(2200);
    await redis.command('DEL', 'spike');
    await sleep(2200);
  }, 60_000);
  afterAll(async () => {
    await Promise.all([prometheus?.stop(), exporter?.stop(), redis?.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    return runHere(...args, '--sni', 'prometheus.test');
  };
  const trusting = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    run([...args, '--cacert', certificates.file('ca.crt')], env);
  const access = { PROMETHEUS_USER: 'reader', PROMETHEUS_PASSWORD: 'hunter2' };

  it('is reported with its peak, its limit and its machine, and without the password', async () => {
    const input = `prometheus+https://reader:hunter2@${prometheus.address}?match={job="redis"}`;
    const out = join(folder, 'report');
    const { exitCode, stderr } = await trusting(['report', input, '--from', `${from}Z`, '--out', out, '--format', 'json,html']);
    expect(stderr).toMatch(/Wrote .*report\.html/);
    expect(exitCode).toBe(0);
    const [json, html] = ['analysis.json', 'report.html'].map((name) => readFileSync(join(out, name), 'utf8'));
    const analysis = JSON.parse(json ?? '');
    expect(analysis.inputs).toMatchObject([
      { input: `prometheus+https://${prometheus.address}?match={job="redis"}`, inputKind: 'prometheus' },
    ]);
    const [node] = analysis.nodes;
    expect(node).toMatchObject({
      id: 'cache-1:6379',
      role: 'master',
      engine: { name: 'redis' },
      systemMemory: { source: 'info' },
      quality: { averaged: false, restarts: [] },
    });
    expect(node.quality.samples).toBeGreaterThan(3);
    expect(node.peaks.usedMemoryBytes.value).toBeGreaterThan(8 * MiB);
    expect(json).not.toContain('hunter2');
    expect(html).not.toContain('hunter2');
  });

  it('is inspected, and let in by the environment', async () => {
    const input = `prometheus+https://${prometheus.address}`;
    const { stdout, exitCode } = await trusting(['inspect', input, '--from', `${from}Z`], access);
    expect(stdout).toMatch(/kind {7}prometheus/);
    expect(stdout).toMatch(/"max_over_time\(redis_memory_used_bytes\[1s\]\)" → usedMemoryBytes/);
    expect(stdout).toMatch(/node cache-1:6379\n {2}span/);
    expect(exitCode).toBe(0);
  });

  it('is called by aliases, also in errors', async () => {
    const input = `prometheus+https://${prometheus.address}?match={job="redis"}`;
    const anonymous = ['--anonymize', '--format', 'json', '--out', '-', '--from', `${from}Z`];
    const { stdout, exitCode } = await trusting(['report', input, ...anonymous], access);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).inputs[0].input).toMatch(/^prometheus\+https:\/\/host-\d$/);
    for (const name of [prometheus.address, 'cache-1', 'job=']) expect(stdout).not.toContain(name);
    const failing = await trusting(['report', `prometheus+https://${prometheus.address}?match={job="secret-team"}`, ...anonymous], access);
    expect(failing.exitCode).toBe(2);
    expect(failing.stderr).toMatch(/no series of used memory/);
    for (const name of [prometheus.address, 'secret-team', '"redis"']) expect(failing.stderr).not.toContain(name);
  });

  it.each<[string, string, Readonly<Record<string, string>>, RegExp]>([
    ['a wrong password', '', { ...access, PROMETHEUS_PASSWORD: 'wrong-one' }, /does not let us in \(401\)/],
    ['a token that it does not know', '', { PROMETHEUS_TOKEN: 'wrong-one' }, /does not let us in \(401\)/],
    ['a token that is none', '', { PROMETHEUS_TOKEN: 'wrong-one\nwrong-one' }, /PROMETHEUS_TOKEN: "…" cannot be used/],
    ['a path without an API', '/elsewhere', access, /no Prometheus API at this path \(404\)/],
  ])('is not read with %s', async (_, path, env, message) => {
    const { exitCode, stderr } = await trusting(['report', `prometheus+https://${prometheus.address}${path}`], env);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('wrong-one');
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('is not read where its certificate is of nobody that is trusted', async () => {
    const { exitCode, stderr } = await run(['report', `prometheus+https://${prometheus.address}`], access);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/cannot be spoken to by TLS .*--cacert/);
  });
});
