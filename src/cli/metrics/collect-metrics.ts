import { statfs } from 'node:fs/promises';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { HistoryWriter } from '../../history/folder/index.ts';
import { sampleBytes } from '../../history/folder/size.ts';
import { toolVersion } from '../../version.ts';
import type { CollectState } from '../collect-state.ts';
import { judgeHealth } from './health.ts';

/** Servers that have series of their own; what is counted of more comes under one name. */
const LABELLED_SERVERS = 2000;
const OTHERS = '(others)';
/** The size of the history is looked up this often at most, and for no more than a hundredth of the time. */
const SIZE_EVERY_MS = 60_000;
const SIZE_SHARE = 0.01;
const POLL_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const LATE_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60];

/** The collector's own metrics, in a registry of their own. Label values are names of servers as they stand in the history: no user, no password. */
export class CollectMetrics {
  private readonly registry = new Registry();
  private readonly labelled = new Set<string>();
  private readonly samples: Counter<'server'>;
  private readonly gaps: Counter<'server' | 'reason'>;
  private readonly failures: Counter<'reason'>;
  private readonly clockJumps: Counter;
  private readonly pollSeconds: Histogram;
  private readonly lateSeconds: Histogram;
  private readonly gapLabels = new Map<string, Set<string>>();

  constructor(state: CollectState, writer: Pick<HistoryWriter, 'appended' | 'waiting' | 'lost'>, historyRoot: string) {
    const registers = [this.registry];
    const counter = <T extends string>(name: string, help: string, labelNames: readonly T[] = []) =>
      new Counter<T>({ name: `redis_headroom_${name}`, help, labelNames: [...labelNames], registers });
    const countedElsewhere = (name: string, help: string, total: () => number) =>
      new Counter({
        name: `redis_headroom_${name}`,
        help,
        registers,
        collect() {
          this.reset();
          this.inc(total());
        },
      });
    const gauge = <T extends string>(
      name: string,
      help: string,
      collect: (gauge: Gauge<T>) => void | Promise<void>,
      labelNames: readonly T[] = [],
    ) =>
      new Gauge<T>({
        name: `redis_headroom_${name}`,
        help,
        labelNames: [...labelNames],
        registers,
        collect() {
          return collect(this);
        },
      });
    const histogram = (name: string, help: string, buckets: number[]) =>
      new Histogram({ name: `redis_headroom_${name}`, help, buckets, registers });

    new Gauge({
      name: 'redis_headroom_build_info',
      help: 'Always 1; the labels tell what runs.',
      labelNames: ['version', 'node_version'] as const,
      registers,
    }).set({ version: toolVersion(), node_version: process.version }, 1);
    this.samples = counter('samples_total', 'Samples that servers answered with.', ['server']);
    this.gaps = counter('gaps_total', 'Times that a server stopped being sampled, by the reason of the first failure.', [
      'server',
      'reason',
    ]);
    this.failures = counter('failed_polls_total', 'Tries that failed, by reason.', ['reason']);
    this.clockJumps = counter('clock_jumps_total', 'Times that the clock of this machine was set, or the machine slept.');
    this.pollSeconds = histogram('poll_duration_seconds', 'How long a try took, a new connection included.', POLL_SECONDS);
    this.lateSeconds = histogram('poll_lateness_seconds', 'How long after its place in the schedule a try began.', LATE_SECONDS);
    gauge('last_sample_age_seconds', 'Time since the newest sample of a server.', (each) => this.setAges(each, state), ['server']);
    gauge('server_failing', 'Whether the newest try failed.', (each) => this.setFailing(each, state), ['server']);
    gauge('servers', 'Servers that are sampled.', (each) => each.set(state.serverCount));
    gauge('connections', 'Connections to servers and Sentinels that are open.', (each) => each.set(state.connections));
    gauge('interval_seconds', 'How often each server is sampled.', (each) => each.set(state.everyMs / 1000));
    gauge('healthy', 'Whether /healthz answers with 200.', (each) => each.set(judgeHealth(state, performance.now()).healthy ? 1 : 0));
    gauge('history_writable', 'Whether the history took the newest samples.', (each) => each.set(state.unwritable === undefined ? 1 : 0));
    gauge('history_waiting_samples', 'Samples that wait for the disk.', (each) => each.set(writer.waiting));
    countedElsewhere('history_written_samples_total', 'Samples that are in the files.', () => writer.appended);
    countedElsewhere('history_lost_samples_total', 'Samples given up, since the disk took nothing for long.', () => writer.lost);
    const size = sizeOf(historyRoot);
    gauge(
      'history_bytes',
      'Size of the samples in the history, looked up once a minute.',
      async (each) => {
        const bytes = await size();
        each.set({ form: 'segment' }, bytes.segment);
        each.set({ form: 'compacted' }, bytes.compacted);
      },
      ['form'],
    );
    gauge('history_free_bytes', 'Room that is left on the disk of the history.', async (each) => {
      const room = await statfs(historyRoot).catch(() => undefined);
      if (room) each.set(room.bavail * room.bsize);
    });
    collectDefaultMetrics({ register: this.registry });
    // Gauges with the name of a counter: checkers of metrics object to them.
    for (const { name } of this.registry.getMetricsAsArray())
      if (name.startsWith('nodejs_active_') && name.endsWith('_total')) this.registry.removeSingleMetric(name);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }

  /** Shows a server from its start, with nothing counted yet. */
  joined(nodeId: string): void {
    this.samples.inc({ server: this.label(nodeId) }, 0);
  }

  sampled(nodeId: string): void {
    this.samples.inc({ server: this.label(nodeId) });
  }

  polled(tookMs: number, lateMs: number): void {
    this.pollSeconds.observe(tookMs / 1000);
    this.lateSeconds.observe(lateMs / 1000);
  }

  failed(nodeId: string, reason: string, gapBegins: boolean): void {
    this.failures.inc({ reason });
    if (!gapBegins) return;
    const server = this.label(nodeId);
    this.gaps.inc({ server, reason });
    const reasons = this.gapLabels.get(server) ?? new Set();
    this.gapLabels.set(server, reasons.add(reason));
  }

  clockJumped(): void {
    this.clockJumps.inc();
  }

  /** Forgets a server that is gone. */
  left(nodeId: string): void {
    if (!this.labelled.delete(nodeId)) return;
    this.samples.remove({ server: nodeId });
    for (const reason of this.gapLabels.get(nodeId) ?? []) this.gaps.remove({ server: nodeId, reason });
    this.gapLabels.delete(nodeId);
  }

  private label(nodeId: string): string {
    if (this.labelled.has(nodeId)) return nodeId;
    if (this.labelled.size >= LABELLED_SERVERS) return OTHERS;
    this.labelled.add(nodeId);
    return nodeId;
  }

  private setAges(gauge: Gauge<'server'>, { servers }: CollectState): void {
    const now = performance.now();
    gauge.reset();
    for (const [nodeId, { sampledAt }] of servers) {
      const server = this.label(nodeId);
      if (sampledAt !== undefined && server !== OTHERS) gauge.set({ server }, (now - sampledAt) / 1000);
    }
  }

  private setFailing(gauge: Gauge<'server'>, { servers }: CollectState): void {
    gauge.reset();
    for (const [nodeId, { failing }] of servers) {
      const server = this.label(nodeId);
      if (server !== OTHERS) gauge.set({ server }, failing ? 1 : 0);
    }
  }
}

/** A lookup of the size that is done anew only from time to time. */
function sizeOf(root: string): () => ReturnType<typeof sampleBytes> {
  let known: ReturnType<typeof sampleBytes> | undefined;
  let nextAt = 0;
  return () => {
    const startedAt = performance.now();
    if (known && startedAt < nextAt) return known;
    nextAt = Number.POSITIVE_INFINITY;
    known = sampleBytes(root).finally(() => {
      const now = performance.now();
      nextAt = now + Math.max(SIZE_EVERY_MS, (now - startedAt) / SIZE_SHARE);
    });
    return known;
  };
}
