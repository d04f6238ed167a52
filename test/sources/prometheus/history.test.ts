import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze, ingest } from '../../../src/index.ts';
import { findLocale } from '../../../src/locales/index.ts';
import { sayReading } from '../../../src/locales/reading-words.ts';
import { GiB, MiB } from '../../../src/model/bytes.ts';
import { isMissing } from '../../helpers/programs.ts';
import { exportedSeries, startPrometheus, toOpenMetrics, type WebProcess, type WrittenSeries } from '../../helpers/prometheus.ts';

const SAMPLES = join(import.meta.dirname, '..', '..', '..', 'samples');
const DAY = 86_400;
const start = Date.UTC(2026, 8, 1) / 1000;

/** A recording without the two columns that redis_exporter does not tell in its labels or numbers. */
function exportable(name: string): string {
  const rows = readFileSync(join(SAMPLES, `${name}.csv`), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  const dropped = ['mem_allocator', 'errorstat_OOM'].map((column) => rows[0]?.indexOf(column));
  return rows.map((row) => row.filter((_, index) => !dropped.includes(index)).join(',')).join('\n');
}

/** Used memory in samples of every 15 seconds over some time, a few seconds beside the minute. */
function usedMemory(
  labels: Readonly<Record<string, string>>,
  fromSeconds: number,
  forSeconds: number,
  value: (i: number) => number,
): WrittenSeries {
  const samples = Array.from({ length: Math.floor(forSeconds / 15) }, (_, i) => [fromSeconds + 7 + 15 * i, value(i)] as const);
  return { name: 'redis_memory_used_bytes', labels, samples };
}

const moving = (fromDay: number, instance: string, pod: string): WrittenSeries =>
  usedMemory({ instance, pod, namespace: 'shop', container: 'metrics', job: 'pods' }, start + fromDay * DAY, 3600, () => 300);
const limit = (pod: string, container: string, bytes: number): WrittenSeries => ({
  name: 'container_spec_memory_limit_bytes',
  labels: { namespace: 'shop', pod, container, job: 'cadvisor' },
  samples: Array.from({ length: 60 }, (_, i) => [start + i * 3600, bytes] as const),
});

const MADE: readonly WrittenSeries[] = [
  // One sample of thousands, 37 seconds after a minute and gone at the next.
  usedMemory({ instance: 'spike:6379', job: 'made' }, start, DAY, (i) => (i === 2410 ? 900 : 100 + (i % 7))),
  // One server that two jobs scrape, each something else of it.
  usedMemory({ instance: 'twice:6379', job: 'first' }, start, 3600, () => 11),
  usedMemory({ instance: 'twice:6379', job: 'second' }, start, 3600, () => 22),
  // A pod that came back under another address, and one beside it.
  moving(0, '10.0.0.1:9121', 'cart-0'),
  moving(1, '10.0.0.2:9121', 'cart-0'),
  moving(0, '10.0.0.3:9121', 'cart-1'),
  limit('cart-0', 'redis', 2 * GiB),
  limit('cart-0', 'metrics', 64 * MiB),
  limit('cart-1', 'redis', 3 * GiB),
  limit('cart-1', 'sidecar', 4 * GiB),
  // Scraped by a machine's own exporter too.
  usedMemory({ instance: 'vm-1:9121', job: 'vm' }, start, 3600, () => 5),
  {
    name: 'node_memory_MemTotal_bytes',
    labels: { instance: 'vm-1:9100' },
    samples: [
      [start + 60, 8 * GiB],
      [start + 3000, 8 * GiB],
    ],
  },
  { name: 'node_memory_MemTotal_bytes', labels: { instance: 'vm-11:9100' }, samples: [[start + 60, 9 * GiB]] },
  // A primary, of which a replica is lost, that is upgraded, and an error that is no refusal for want of memory.
  usedMemory({ instance: 'told:6379', job: 'told' }, start, 3600, () => 7),
  ...[
    ['7.0.15', 0, 30],
    ['7.2.4', 30, 60],
  ].map(
    ([version, from, to]): WrittenSeries => ({
      name: 'redis_instance_info',
      labels: { instance: 'told:6379', job: 'told', redis_version: String(version), role: 'master' },
      samples: Array.from({ length: Number(to) - Number(from) }, (_, i) => [start + 7 + (Number(from) + i) * 60, 1] as const),
    }),
  ),
  { name: 'redis_errors_total', labels: { instance: 'told:6379', job: 'told', err: 'WRONGTYPE' }, samples: [[start + 67, 3]] },
  ...['10.1.0.9', '10.1.0.10'].map(
    (slave_ip): WrittenSeries => ({
      name: 'redis_connected_slave_offset_bytes',
      labels: { instance: 'told:6379', job: 'told', slave_ip, slave_port: '6380' },
      samples: [[start + 67, 1]],
    }),
  ),
  ...[
    ['db0', 4],
    ['db3', 5],
    ['db4', 0],
  ].map(
    ([db, keys]): WrittenSeries => ({
      name: 'redis_db_keys',
      labels: { instance: 'told:6379', job: 'told', db: String(db) },
      samples: [[start + 67, Number(keys)]],
    }),
  ),
];

describe.skipIf(isMissing('prometheus'))('history in a real Prometheus', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-history-'));
  let prometheus: WebProcess;
  const recorded = ['steady-growth', 'restarts-with-a-gap'] as const;

  beforeAll(async () => {
    const series: WrittenSeries[] = [...MADE];
    for (const name of recorded) {
      writeFileSync(join(folder, `${name}.csv`), exportable(name));
      series.push(...exportedSeries(exportable(name), { instance: `${name}:6379`, job: 'recorded' }));
    }
    prometheus = await startPrometheus({ history: toOpenMetrics(series) });
  }, 60_000);
  afterAll(async () => {
    await prometheus?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const read = async (match: string, fromSeconds: number, toSeconds: number) => {
    const window = { fromAt: fromSeconds * 1000, toAt: toSeconds * 1000 };
    const ingested = await ingest([`prometheus+http://${prometheus.address}?match=${match}`], window);
    // Whatever is noted is known to the other language too.
    for (const note of ingested.inputs.flatMap(({ notes }) => notes)) expect(sayReading(findLocale('pt-BR').reading, note)).not.toBe(note);
    return ingested;
  };

  it.each<[(typeof recorded)[number], string, string]>([
    ['steady-growth', '2026-04-05T23:59:00Z', '2026-05-06T00:00:00Z'],
    ['steady-growth', '2026-04-15T00:10:00Z', '2026-04-21T12:10:00Z'],
    ['restarts-with-a-gap', '2026-07-12T23:59:00Z', '2026-07-17T00:00:00Z'],
  ])('judges %s from %s to %s as it does the CSV, in every figure', async (name, from, to) => {
    const window = { fromAt: Date.parse(from), toAt: Date.parse(to) };
    const options = { systemMemoryBytes: 576 * MiB, generatedAt: Date.UTC(2026, 10, 1) };
    const judge = async (input: string) => {
      const { nodes } = await analyze(await ingest([input], window), options);
      expect(nodes).toHaveLength(1);
      const { id: _, ...judged } = nodes[0] ?? ({} as never);
      return judged;
    };
    const byPrometheus = await judge(`prometheus+http://${prometheus.address}?match={instance="${name}:6379"}`);
    expect(byPrometheus).toEqual(await judge(join(folder, `${name}.csv`)));
    expect(byPrometheus.quality.samples).toBeGreaterThan(150);
  });

  it('finds a peak that lasted for one scrape between two steps', async () => {
    const toSeconds = start + DAY;
    const { histories, inputs } = await read('{job="made"}', toSeconds - 30 * DAY, toSeconds);
    const peak = histories[0]?.metrics.get('usedMemoryBytes')?.max;
    const spikeAt = start + 7 + 15 * 2410;
    expect(peak).toEqual({ value: 900, at: Math.ceil(spikeAt / 60) * 60_000 });
    expect(histories[0]?.intervalSeconds).toBe(60);
    expect(inputs[0]?.notes).toEqual([expect.stringMatching(/^Scraped every 15 s, read as the highest value of every 60 s/)]);
    expect(inputs[0]).toMatchObject({ inputKind: 'prometheus', samples: 1440 });
  });

  it('reads a short window finer, to the instant of each scrape', async () => {
    const { histories } = await read('{job="made"}', start, start + 3600);
    expect(histories[0]).toMatchObject({ sampleCount: 240, intervalSeconds: 15, fromAt: (start + 7) * 1000 });
  });

  it('reads an earlier window as well, to compare with', async () => {
    const input = `prometheus+http://${prometheus.address}?match={job="made"}`;
    const halves = { fromAt: (start + DAY / 2) * 1000, toAt: (start + DAY) * 1000 };
    const { histories, inputs, earlier } = await ingest([input], {
      ...halves,
      earlier: () => ({ fromAt: start * 1000, toAt: halves.fromAt - 1 }),
    });
    expect(histories[0]?.fromAt).toBeGreaterThan(halves.fromAt);
    expect(earlier?.histories[0]?.metrics.get('usedMemoryBytes')?.max.value).toBe(900);
    expect(histories[0]?.metrics.get('usedMemoryBytes')?.max.value).toBe(106);
    expect(inputs[0]?.samples).toBe(histories[0]?.sampleCount);
  });

  it('keeps apart what has the same address at the same time, and says by what', async () => {
    const { histories, inputs } = await read('{instance="twice:6379"}', start, start + 3600);
    expect(histories.map(({ nodeId, last }) => [nodeId, last.usedMemoryBytes])).toEqual([
      ['twice:6379/first', 11],
      ['twice:6379/second', 22],
    ]);
    expect(inputs[0]?.notes).toContainEqual(expect.stringContaining('the same instance; they differ in job'));
  });

  it('takes a pod that came back under another address for one server, with the limit of its one other container', async () => {
    const { histories, inputs } = await read('{job="pods"}', start, start + 2 * DAY);
    expect(histories.map(({ nodeId, sampleCount, last }) => [nodeId, sampleCount, last.containerMemoryLimitBytes])).toEqual([
      ['cart-0', 480, 2 * GiB],
      ['cart-1', 240, undefined],
    ]);
    expect(inputs[0]?.notes).toContainEqual(
      expect.stringMatching(/^The memory limit of a container is known for the pod of cart-1, but not which/),
    );
  });

  it('takes the memory of the machine from its own exporter on the same host', async () => {
    const { histories, inputs } = await read('{job="vm"}', start, start + 3600);
    expect(histories[0]?.last.hostMemoryBytes).toBe(8 * GiB);
    expect(inputs[0]?.notes).toContainEqual(expect.stringContaining('node_memory_MemTotal_bytes'));
  });

  it('reads texts from labels at their time, replicas, keys of each database, and that no write was refused', async () => {
    const { histories } = await read('job="told"', start, start + 3600);
    const [told] = histories;
    expect(told?.texts.redisVersion?.map(({ at, value }) => [at / 1000 - start, value])).toEqual([
      [7, '7.0.15'],
      [1807, '7.2.4'],
    ]);
    expect(told?.texts.replicas?.[0]?.value).toBe('10.1.0.10:6380 10.1.0.9:6380');
    expect(told?.last).toMatchObject({ keys: 9, db0Keys: 4, db3Keys: 5, oomErrors: 0 });
    expect(told?.last).not.toHaveProperty('db4Keys');
  });

  it('tells several servers apart, and reads several selectors', async () => {
    const match = '{job="made"}&match={job="vm"}';
    const { histories } = await read(match, start, start + 3600);
    expect(histories.map(({ nodeId }) => nodeId)).toEqual(['spike:6379', 'vm-1:9121']);
  });

  it('says what there is where nothing matches', async () => {
    await expect(read('{job="redis"}', start, start + 3600)).rejects.toThrow(
      /\?match=\{job="redis"\}: no series of used memory \(redis_memory_used_bytes\) matches from 2026-09-01 00:00 to 2026-09-01 01:00 UTC\. .*jobs "first", "made".*match=\{job="first"\} selects those\.$/,
    );
    await expect(read('', 0, 3600)).rejects.toThrow(/Nothing of redis_exporter is there in this window; --from and --to/);
    await expect(read('{job=}', start, start + 3600)).rejects.toThrow(/^match: "job=" cannot be used\..*the server says: .*parse error/);
  });
});
