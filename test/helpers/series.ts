import type { MetricId, TextFieldId } from '../../src/model/metrics.ts';
import type { SampleBatch } from '../../src/model/sample-batch.ts';

/** One made-up sample. */
export interface SampleRow {
  readonly nodeId?: string;
  /** Epoch milliseconds UTC. */
  readonly at: number;
  readonly numbers: Partial<Record<MetricId, number>>;
  readonly texts?: Partial<Record<TextFieldId, string>>;
}

/** Numbers from 0 up to 1 that are the same for the same seed (the mulberry32 generator). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The rows in an order drawn from the seed. */
export function shuffled<T>(rows: readonly T[], seed: number): T[] {
  const random = seededRandom(seed);
  const result = [...rows];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

/** Rows as a batch; a node without a name is `node-1`. */
export function sampleBatch(rows: readonly SampleRow[]): SampleBatch {
  const numbers = new Map<MetricId, Float64Array>();
  const texts = new Map<TextFieldId, (string | undefined)[]>();
  rows.forEach((row, i) => {
    for (const [id, value] of Object.entries(row.numbers) as [MetricId, number][]) {
      if (!numbers.has(id)) numbers.set(id, new Float64Array(rows.length).fill(Number.NaN));
      (numbers.get(id) as Float64Array)[i] = value;
    }
    for (const [id, value] of Object.entries(row.texts ?? {}) as [TextFieldId, string][]) {
      if (!texts.has(id)) texts.set(id, Array.from({ length: rows.length }));
      (texts.get(id) as (string | undefined)[])[i] = value;
    }
  });
  return {
    kind: 'batch',
    origin: { input: 'made-up' },
    count: rows.length,
    nodeIds: rows.map(({ nodeId }) => nodeId ?? 'node-1'),
    at: Float64Array.from(rows, ({ at }) => at),
    numbers,
    texts,
  };
}

export interface SeriesOptions {
  readonly seed?: number;
  readonly nodeId?: string;
  readonly samples: number;
  /** Default 2023-11-14T22:13:20Z. */
  readonly fromAt?: number;
  /** Default 60. */
  readonly stepSeconds?: number;
  /** Used memory at the start. Default 4 GB. */
  readonly baseBytes?: number;
  readonly growthBytesPerDay?: number;
  /** Height of the daily wave from its middle. Default a tenth of the base. */
  readonly waveBytes?: number;
  /** Largest random addition. Default a hundredth of the base. */
  readonly noiseBytes?: number;
}

const DAY_SECONDS = 86_400;

/** A server's life sampled regularly: used memory with growth, a daily wave and noise; what follows from it; counters that grow. */
export function memorySeries(options: SeriesOptions): SampleRow[] {
  const { seed = 1, nodeId, samples, fromAt = 1_700_000_000_000, stepSeconds = 60, baseBytes = 4e9 } = options;
  const { growthBytesPerDay = 0, waveBytes = baseBytes / 10, noiseBytes = baseBytes / 100 } = options;
  const random = seededRandom(seed);
  let peak = 0;
  let commands = 1000;
  return Array.from({ length: samples }, (_, i) => {
    const day = (i * stepSeconds) / DAY_SECONDS;
    const used = Math.round(baseBytes + growthBytesPerDay * day + waveBytes * Math.sin(2 * Math.PI * day) + noiseBytes * random());
    peak = Math.max(peak, used);
    commands += Math.floor(1000 * random());
    return {
      ...(nodeId === undefined ? {} : { nodeId }),
      at: fromAt + i * stepSeconds * 1000,
      numbers: {
        usedMemoryBytes: used,
        usedMemoryRssBytes: Math.round(peak * 1.05),
        usedMemoryPeakBytes: peak,
        notCountedBytes: Math.floor(1e6 * random()),
        maxmemoryBytes: 8 * 2 ** 30,
        commandsProcessed: commands,
        uptimeSeconds: 10_000 + i * stepSeconds,
        connectedClients: Math.floor(50 * random()),
      },
      texts: { redisVersion: '7.2.4', runId: `run-of-${nodeId ?? 'node-1'}` },
    };
  });
}
