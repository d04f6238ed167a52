import type { MetricId, TextFieldId } from '../../../src/model/metrics.ts';
import type { SampleBatch } from '../../../src/model/sample-batch.ts';

/** One sample as a batch. */
export function sampleOf(
  nodeId: string,
  at: number,
  numbers: Partial<Record<MetricId, number>>,
  texts: Partial<Record<TextFieldId, string>> = {},
): SampleBatch {
  return {
    kind: 'batch',
    origin: { input: nodeId },
    count: 1,
    nodeIds: [nodeId],
    at: Float64Array.of(at),
    numbers: new Map(Object.entries(numbers).map(([id, value]) => [id as MetricId, Float64Array.of(value ?? Number.NaN)])),
    texts: new Map(Object.entries(texts).map(([id, value]) => [id as TextFieldId, [value]])),
  };
}

/** Samples of several nodes over some days, with a counter, a ratio, texts that change, and a metric that comes later. */
export function someSamples(
  options: { readonly days?: number; readonly perDay?: number; readonly nodes?: readonly string[] } = {},
): SampleBatch[] {
  const { days = 3, perDay = 96, nodes = ['10.0.0.1:6379', '/run/a "b",c.sock'] } = options;
  const from = Date.UTC(2026, 9, 29);
  const batches: SampleBatch[] = [];
  for (let i = 0; i < days * perDay; i += 1) {
    for (const [n, nodeId] of nodes.entries()) {
      const restarted = i >= perDay;
      batches.push(
        sampleOf(
          nodeId,
          from + Math.round((i * 86_400_000) / perDay) + n,
          {
            usedMemoryBytes: 5e8 + i * 1e5 + (i % 17) * 12_345,
            usedMemoryRssBytes: 7e8 + (i % 5) * 4096,
            maxmemoryBytes: 2 ** 30,
            memFragmentationRatio: 1.4 + (i % 7) / 100,
            evictedKeys: i * 3,
            uptimeSeconds: (i - (restarted ? perDay : 0)) * 60 + 1,
            ...(i > perDay + 3 ? { db3Keys: i } : {}),
          },
          { redisVersion: '7.2.5', runId: restarted ? 'second' : 'first', role: 'master', os: 'Linux 6.1, "x86_64"' },
        ),
      );
    }
  }
  return batches;
}
