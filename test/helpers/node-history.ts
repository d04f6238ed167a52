import { findMetric, type MetricId, TEXT_FIELD_IDS, type TextFieldId } from '../../src/model/metrics.ts';
import type {
  BucketColumn,
  Buckets,
  Fork,
  HourlyPeaks,
  Life,
  MetricSummary,
  NodeHistory,
  Peak,
  RecoveredPeak,
  Restart,
  Span,
  TextChange,
} from '../../src/model/node-history.ts';

/** One sample of a made-up history: metrics in base units beside the instant, e.g. `{ at: 0, usedMemoryBytes: 5 * GiB }`. */
export type TestSample = { readonly at: number; readonly texts?: Partial<Record<TextFieldId, string>> } & {
  readonly [Id in MetricId]?: number;
};

/** 1 November 2025, 00:00 UTC: where made-up histories begin unless said otherwise. */
export const START_AT = Date.UTC(2025, 10, 1);
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

const HOUR_LIMIT = 2 * 366 * 24;
const MAX_BUCKETS = 1024;
const RESERVED = new Set(['at', 'texts']);

/**
 * `count` samples, `stepSeconds` apart from `START_AT` on.
 * @param describe - metrics (and texts) of sample `i`
 */
export function sampleEvery(stepSeconds: number, count: number, describe: (i: number) => Omit<TestSample, 'at'>): TestSample[] {
  return Array.from({ length: count }, (_, i) => ({ ...describe(i), at: START_AT + i * stepSeconds * 1000 }) as TestSample);
}

/** The history that `samples` make, computed the plain way (everything in memory); for tests of the analysis. */
export function buildNodeHistory(
  samples: readonly TestSample[],
  options: { readonly nodeId?: string; readonly hasKeyDbFields?: boolean } = {},
): NodeHistory {
  const { merged, duplicates, outOfOrder } = mergeDuplicates(samples);
  const loadingSamples = merged.filter(isLoading).length;
  const rows = merged.map(derive).map((row) => (isLoading(row) ? withoutMemoryGauges(row) : row));
  const first = merged[0];
  const newest = merged.at(-1);
  if (first === undefined || newest === undefined) throw new Error('a history needs at least one sample');

  const steps = rows.slice(1).map((row, i) => row.at - (rows[i] as TestSample).at);
  const interval = steps.length === 0 ? undefined : median(steps);
  const gaps = interval === undefined ? [] : findGaps(rows, interval);
  const restarts = findRestarts(rows);
  const ids = metricIds(rows);
  const peakRow = maxBy(rows, 'usedMemoryBytes');
  return {
    nodeId: options.nodeId ?? 'node-1',
    fromAt: first.at,
    toAt: newest.at,
    sampleCount: rows.length,
    intervalSeconds: interval === undefined ? undefined : interval / 1000,
    duplicates,
    outOfOrder,
    loadingSamples,
    forkSamples: rows.filter(isForking).length,
    gaps,
    gapCount: gaps.length,
    gapSeconds: gaps.reduce((sum, gap) => sum + (gap.toAt - gap.fromAt) / 1000, 0),
    restarts,
    statResets: findStatResets(rows, restarts),
    lives: findLives(rows, restarts),
    texts: collectTexts(rows),
    metrics: new Map(ids.map((id) => [id, summarise(rows, id)])),
    buckets: fillBuckets(rows, ids),
    hours: fillHours(rows),
    recoveredPeaks: recoverPeaks(rows, restarts),
    forks: findForks(rows),
    atPeak: peakRow === undefined ? {} : numbersOf(peakRow),
    last: Object.fromEntries(ids.flatMap((id) => (newestValue(rows, id) === undefined ? [] : [[id, newestValue(rows, id)]]))),
    hasKeyDbFields: options.hasKeyDbFields ?? false,
  };
}

function mergeDuplicates(samples: readonly TestSample[]): { merged: TestSample[]; duplicates: number; outOfOrder: number } {
  const byInstant = new Map<number, TestSample>();
  let duplicates = 0;
  let outOfOrder = 0;
  samples.forEach((sample, i) => {
    if (i > 0 && sample.at < (samples[i - 1] as TestSample).at) outOfOrder += 1;
    const other = byInstant.get(sample.at);
    if (other !== undefined) duplicates += 1;
    byInstant.set(sample.at, other === undefined ? sample : mergePair(other, sample));
  });
  return { merged: [...byInstant.values()].sort((a, b) => a.at - b.at), duplicates, outOfOrder };
}

function mergePair(a: TestSample, b: TestSample): TestSample {
  const numbers: Partial<Record<MetricId, number>> = numbersOf(a);
  for (const [id, value] of Object.entries(numbersOf(b)) as [MetricId, number][]) numbers[id] = Math.max(numbers[id] ?? value, value);
  return { ...numbers, at: a.at, texts: { ...a.texts, ...b.texts } } as TestSample;
}

function numbersOf(row: TestSample): Partial<Record<MetricId, number>> {
  const entries = Object.entries(row).filter(([id, value]) => !RESERVED.has(id) && typeof value === 'number' && !Number.isNaN(value));
  return Object.fromEntries(entries) as Partial<Record<MetricId, number>>;
}

function metricIds(rows: readonly TestSample[]): MetricId[] {
  return [...new Set(rows.flatMap((row) => Object.keys(numbersOf(row)) as MetricId[]))];
}

function derive(row: TestSample): TestSample {
  if (row.countedBytes !== undefined || row.usedMemoryBytes === undefined || row.notCountedBytes === undefined) return row;
  return { ...row, countedBytes: row.usedMemoryBytes - row.notCountedBytes };
}

function isLoading(row: TestSample): boolean {
  return row.loading === 1 || row.asyncLoading === 1;
}

function isForking(row: TestSample): boolean {
  return row.rdbBgsaveInProgress === 1 || row.aofRewriteInProgress === 1 || row.moduleForkInProgress === 1;
}

/** Limits and sizes of the machine stay; what the server holds while it loads says nothing. */
function withoutMemoryGauges(row: TestSample): TestSample {
  const kept = Object.entries(row).filter(([id]) => {
    const metric = findMetric(id);
    return (
      metric?.unit !== 'bytes' ||
      metric.kind !== 'gauge' ||
      /^(maxmemory|maxfragmentation|totalSystem|containerMemoryLimit|hostMemory|replBacklogSize)/.test(id)
    );
  });
  return Object.fromEntries(kept) as TestSample;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] as number;
}

function findGaps(rows: readonly TestSample[], interval: number): Span[] {
  const limit = Math.max(3 * interval, 2 * interval + 1000);
  return rows.slice(1).flatMap((row, i) => {
    const fromAt = (rows[i] as TestSample).at;
    return row.at - fromAt > limit ? [{ fromAt, toAt: row.at }] : [];
  });
}

function findRestarts(rows: readonly TestSample[]): Restart[] {
  return rows.slice(1).flatMap((row, i): Restart[] => {
    const before = rows[i] as TestSample;
    const differs = (a: unknown, b: unknown): boolean => a !== undefined && b !== undefined && a !== b;
    const reason = differs(row.texts?.runId, before.texts?.runId)
      ? 'run-id'
      : (row.uptimeSeconds ?? Number.POSITIVE_INFINITY) < (before.uptimeSeconds ?? 0)
        ? 'uptime'
        : differs(row.processId, before.processId)
          ? 'process-id'
          : undefined;
    if (reason === undefined) return [];
    return [{ at: row.at, lastSeenAt: before.at, reason, fromVersion: versionOf(before), toVersion: versionOf(row) }];
  });
}

function versionOf(row: TestSample): string | undefined {
  return row.texts?.valkeyVersion ?? row.texts?.redisVersion;
}

function findStatResets(rows: readonly TestSample[], restarts: readonly Restart[]): { at: number }[] {
  const restartAt = new Set(restarts.map((restart) => restart.at));
  return rows.slice(1).flatMap((row, i) => {
    const before = (rows[i] as TestSample).commandsProcessed ?? 0;
    return !restartAt.has(row.at) && row.commandsProcessed !== undefined && row.commandsProcessed < before ? [{ at: row.at }] : [];
  });
}

function livesOfRows(rows: readonly TestSample[], restarts: readonly Restart[]): TestSample[][] {
  const starts = new Set(restarts.map((restart) => restart.at));
  const lives: TestSample[][] = [];
  for (const row of rows) {
    if (lives.length === 0 || starts.has(row.at)) lives.push([]);
    lives.at(-1)?.push(row);
  }
  return lives;
}

function findLives(rows: readonly TestSample[], restarts: readonly Restart[]): Life[] {
  return livesOfRows(rows, restarts).map((life) => {
    const peak = maxBy(life, 'usedMemoryBytes');
    return {
      fromAt: (life[0] as TestSample).at,
      toAt: (life.at(-1) as TestSample).at,
      samples: life.length,
      usedMemoryPeak: peak?.usedMemoryBytes === undefined ? undefined : { value: peak.usedMemoryBytes, at: peak.at },
      version: life.map(versionOf).find((version) => version !== undefined),
    };
  });
}

function collectTexts(rows: readonly TestSample[]): Partial<Record<TextFieldId, readonly TextChange[]>> {
  const texts: Partial<Record<TextFieldId, TextChange[]>> = {};
  for (const id of TEXT_FIELD_IDS) {
    const changes: TextChange[] = [];
    for (const row of rows) {
      const value = row.texts?.[id];
      if (value !== undefined && value !== changes.at(-1)?.value) changes.push({ at: row.at, value });
    }
    if (changes.length > 0) texts[id] = changes;
  }
  return texts;
}

function summarise(rows: readonly TestSample[], id: MetricId): MetricSummary {
  const peaks = rows.flatMap((row): Peak[] => (Number.isNaN(row[id] ?? Number.NaN) ? [] : [{ value: row[id] as number, at: row.at }]));
  const sorted = peaks.map((peak) => peak.value).sort((a, b) => a - b);
  const quantile = (q: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] as number;
  return {
    count: peaks.length,
    min: peaks.reduce((a, b) => (b.value < a.value ? b : a)),
    max: peaks.reduce((a, b) => (b.value > a.value ? b : a)),
    first: peaks[0] as Peak,
    last: peaks.at(-1) as Peak,
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
    increase: findMetric(id)?.kind === 'counter' ? increaseOf(peaks.map((peak) => peak.value)) : undefined,
  };
}

function increaseOf(values: readonly number[]): number {
  return values.slice(1).reduce((sum, value, i) => sum + (value >= (values[i] as number) ? value - (values[i] as number) : value), 0);
}

function fillBuckets(rows: readonly TestSample[], ids: readonly MetricId[]): Buckets {
  const groups = groupRows(rows);
  const columns = new Map<MetricId, BucketColumn>();
  for (const id of ids) {
    const values = groups.map((group) => group.map((row) => row[id] ?? Number.NaN).filter((value) => !Number.isNaN(value)));
    columns.set(id, {
      min: Float64Array.from(values, (list) => (list.length === 0 ? Number.NaN : Math.min(...list))),
      max: Float64Array.from(values, (list) => (list.length === 0 ? Number.NaN : Math.max(...list))),
      last: Float64Array.from(values, (list) => list.at(-1) ?? Number.NaN),
    });
  }
  return {
    count: groups.length,
    fromAt: Float64Array.from(groups, (group) => (group[0] as TestSample).at),
    toAt: Float64Array.from(groups, (group) => (group.at(-1) as TestSample).at),
    samples: Float64Array.from(groups, (group) => group.length),
    columns,
  };
}

function groupRows(rows: readonly TestSample[]): TestSample[][] {
  if (rows.length <= MAX_BUCKETS) return rows.map((row) => [row]);
  const from = (rows[0] as TestSample).at;
  const width = ((rows.at(-1) as TestSample).at - from + 1) / MAX_BUCKETS;
  const groups = new Map<number, TestSample[]>();
  for (const row of rows) {
    const index = Math.floor((row.at - from) / width);
    groups.set(index, [...(groups.get(index) ?? []), row]);
  }
  return [...groups.values()];
}

function fillHours(rows: readonly TestSample[]): HourlyPeaks {
  const hours = new Map<number, TestSample[]>();
  for (const row of rows) {
    const at = Math.floor(row.at / HOUR) * HOUR;
    hours.set(at, [...(hours.get(at) ?? []), row]);
  }
  const kept = [...hours].slice(-HOUR_LIMIT);
  const column = (id: MetricId): Float64Array => Float64Array.from(kept, ([, group]) => maxBy(group, id)?.[id] ?? Number.NaN);
  return {
    at: Float64Array.from(kept, ([at]) => at),
    usedMemoryBytes: column('usedMemoryBytes'),
    usedMemoryRssBytes: column('usedMemoryRssBytes'),
    countedBytes: column('countedBytes'),
  };
}

function recoverPeaks(rows: readonly TestSample[], restarts: readonly Restart[]): RecoveredPeak[] {
  const starts = new Set(restarts.map((restart) => restart.at));
  const told = rows.filter((row) => row.usedMemoryPeakBytes !== undefined);
  const found = told.slice(1).flatMap((row, i): RecoveredPeak[] => {
    const before = told[i] as TestSample;
    const value = row.usedMemoryPeakBytes as number;
    const isNewLife = rows.some(({ at }) => at > before.at && at <= row.at && starts.has(at));
    const isTold = isNewLife
      ? !(row.at - (row.uptimeSeconds ?? Number.NaN) * 1000 < before.at - 2000)
      : value > (before.usedMemoryPeakBytes as number) && value > (before.usedMemoryBytes ?? 0);
    return isTold && value > (row.usedMemoryBytes ?? 0) ? [{ fromAt: before.at, toAt: row.at, value }] : [];
  });
  return found.sort((a, b) => b.value - a.value).slice(0, 50);
}

function findForks(rows: readonly TestSample[]): Fork[] {
  const kinds = [
    ['rdb', 'rdbLastCowBytes', 'rdbLastBgsaveSeconds'],
    ['aof', 'aofLastCowBytes', 'aofLastRewriteSeconds'],
    ['module', 'moduleForkLastCowBytes', undefined],
  ] as const;
  return rows.slice(1).flatMap((row, i) =>
    kinds.flatMap(([kind, id, secondsId]): Fork[] => {
      const cowBytes = row[id];
      if (cowBytes === undefined || cowBytes === 0 || cowBytes === (rows[i] as TestSample)[id]) return [];
      const seconds = secondsId === undefined ? undefined : row[secondsId];
      return [{ at: row.at, kind, cowBytes, rssBytes: row.usedMemoryRssBytes, usedMemoryBytes: row.usedMemoryBytes, seconds }];
    }),
  );
}

function maxBy(rows: readonly TestSample[], id: MetricId): TestSample | undefined {
  let best: TestSample | undefined;
  for (const row of rows) if (row[id] !== undefined && (best === undefined || (row[id] ?? 0) > (best[id] ?? 0))) best = row;
  return best;
}

function newestValue(rows: readonly TestSample[], id: MetricId): number | undefined {
  return rows.findLast((row) => row[id] !== undefined && !Number.isNaN(row[id]))?.[id];
}
