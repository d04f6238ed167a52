import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { METRICS } from '../../src/model/metrics.ts';
import { findFreePort, watchOver } from './redis-server.ts';

/** A process that a test talks to over HTTP. */
export interface WebProcess {
  /** `127.0.0.1:<port>` */
  readonly address: string;
  readonly stop: () => Promise<void>;
}

/** Runs a real program until `path` answers. It never outlives the test process. @throws Error with what it wrote when it does not come up */
async function startProgram(program: string, folder: string, port: number, args: readonly string[], path: string): Promise<WebProcess> {
  const child: ChildProcess = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder });
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-4000);
  });
  await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  const watchdog = watchOver(child.pid ?? 0, folder);
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const stop = async () => {
    if (isRunning()) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    }
    if (watchdog.pid && watchdog.exitCode === null) process.kill(-watchdog.pid, 'SIGKILL');
    await rm(folder, { recursive: true, force: true });
  };
  for (const deadline = Date.now() + 30_000; Date.now() < deadline && isRunning(); ) {
    const status = await fetch(`http://127.0.0.1:${port}${path}`).then(
      (response) => response.status,
      () => 0,
    );
    // One that is guarded, or speaks TLS only, is up when it refuses.
    if (status === 200 || status === 401 || status === 400) return { address: `127.0.0.1:${port}`, stop };
    await sleep(50);
  }
  await stop();
  throw new Error(`${program} on port ${port} did not come up:\n${log}`);
}

export interface PrometheusOptions {
  /** Its configuration; by default it scrapes nothing. */
  readonly config?: string;
  /** History in the OpenMetrics text format, with stamps. */
  readonly history?: string;
  /** `--web.config.file`: users, TLS. */
  readonly webConfig?: string;
}

/** Starts a real Prometheus. Call `stop` in `afterAll`. */
export async function startPrometheus({ config = '', history, webConfig }: PrometheusOptions = {}): Promise<WebProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'headroom-prometheus-'));
  const at = (name: string) => join(folder, name);
  await writeFile(at('prometheus.yml'), config);
  if (webConfig !== undefined) await writeFile(at('web.yml'), webConfig);
  if (history !== undefined) {
    await writeFile(at('history.txt'), history);
    const made = spawnSync(
      'promtool',
      ['tsdb', 'create-blocks-from', 'openmetrics', '--max-block-duration=768h', at('history.txt'), at('data')],
      {
        encoding: 'utf8',
      },
    );
    if (made.status !== 0) throw new Error(`promtool: ${made.error?.message ?? made.stderr}`);
  }
  const port = await findFreePort();
  const args = [
    `--config.file=${at('prometheus.yml')}`,
    `--storage.tsdb.path=${at('data')}`,
    '--storage.tsdb.retention.time=100y',
    `--web.listen-address=127.0.0.1:${port}`,
    ...(webConfig === undefined ? [] : [`--web.config.file=${at('web.yml')}`]),
  ];
  return startProgram('prometheus', folder, port, args, '/-/ready');
}

/** Starts a real redis_exporter for a server. Call `stop` in `afterAll`. */
export async function startExporter(redisUrl: string): Promise<WebProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'headroom-exporter-'));
  const port = await findFreePort();
  return startProgram(
    'prometheus-redis-exporter',
    folder,
    port,
    [`--redis.addr=${redisUrl}`, `--web.listen-address=127.0.0.1:${port}`, '--include-system-metrics'],
    '/health',
  );
}

/** One series with its samples: epoch seconds and numbers. */
export interface WrittenSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [seconds: number, value: number])[];
}

/** Series as a text that `promtool tsdb create-blocks-from openmetrics` reads. */
export function toOpenMetrics(series: readonly WrittenSeries[]): string {
  const families = Map.groupBy(series, ({ name }) => name);
  const lines = [...families].flatMap(([name, members]) => [
    `# TYPE ${name} unknown`,
    ...members.flatMap(({ labels, samples }) => {
      const written = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
      return samples.map(([seconds, value]) => `${name}{${written.join(',')}} ${value} ${seconds}`);
    }),
  ]);
  return `${lines.join('\n')}\n# EOF\n`;
}

/**
 * What redis_exporter would have told a Prometheus of a recording in our own CSV form: the numbers under its names, the texts as labels of
 * `redis_instance_info`, keys a database.
 */
export function exportedSeries(csv: string, labels: Readonly<Record<string, string>>): WrittenSeries[] {
  const [head = '', ...lines] = csv.trimEnd().split('\n');
  const columns = head.split(',');
  const rows = lines.map((line) => line.split(','));
  const cell = (row: readonly string[], column: string) => row[columns.indexOf(column)] ?? '';
  const seconds = (row: readonly string[]) => Date.parse(cell(row, 'timestamp')) / 1000;
  const series: WrittenSeries[] = METRICS.flatMap(({ info, infoScale = 1, prometheus = [] }) => {
    const column = info.find((field) => columns.includes(field));
    const [name] = prometheus;
    if (column === undefined || name === undefined) return [];
    const samples = rows.flatMap((row) =>
      cell(row, column) === '' ? [] : [[seconds(row), Number(cell(row, column)) * infoScale] as const],
    );
    return [{ name: `redis_${name}`, labels, samples }];
  });
  for (const [column, name] of [
    ['rdb_last_bgsave_status', 'redis_rdb_last_bgsave_status'],
    ['aof_last_bgrewrite_status', 'redis_aof_last_bgrewrite_status'],
    ['aof_last_write_status', 'redis_aof_last_write_status'],
  ] as const)
    series.push({ name, labels, samples: rows.map((row) => [seconds(row), cell(row, column) === 'ok' ? 1 : 0]) });
  for (const [column, name] of [
    ['db0_keys', 'redis_db_keys'],
    ['db0_expires', 'redis_db_keys_expiring'],
  ] as const)
    series.push({ name, labels: { ...labels, db: 'db0' }, samples: rows.map((row) => [seconds(row), Number(cell(row, column))]) });
  const texts = ['redis_version', 'redis_mode', 'role', 'maxmemory_policy', 'os', 'run_id', 'tcp_port'].filter((field) =>
    columns.includes(field),
  );
  const told = Map.groupBy(rows, (row) => JSON.stringify(Object.fromEntries(texts.map((field) => [field, cell(row, field)]))));
  for (const [text, members] of told)
    series.push({
      name: 'redis_instance_info',
      labels: { ...labels, ...JSON.parse(text) },
      samples: members.map((row) => [seconds(row), 1]),
    });
  return series;
}
