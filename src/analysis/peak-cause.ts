import type { NodeAnalysis } from '../model/analysis.ts';
import { MiB } from '../model/bytes.ts';
import { type Engine, isAtLeast } from '../model/engine.ts';
import type { MetricId } from '../model/metrics.ts';
import type { NodeHistory } from '../model/node-history.ts';
import { DAY_MS } from '../model/time.ts';
import { median } from '../stats/median.ts';
import { valueAt } from './bucket-rates.ts';
import { splitUsedMemory, type UsedPart } from './used-parts.ts';

export type PeakCause = NonNullable<NodeAnalysis['peaks']['cause']>;
type Part = PeakCause['parts'][number];

/** Half of the time around the peak whose usual level it is compared with: a daily wave is seen as one, growth over weeks is not. */
const AROUND_MILLISECONDS = DAY_MS / 2;
/** Fewer samples beside the peak have no usual level. */
const MIN_SAMPLES = 4;
/** A peak that rises by less than both above the usual level does not stand out: it is that level. */
const STANDS_OUT = { ratio: 0.05, bytes: 8 * MiB };
/** Parts that make less of the rise are not told. */
const MIN_SHARE = 0.1;
/** A rise of data that the keys explain: they rose by at least this part of the share by which the data did. */
const KEYS_EXPLAIN = 0.5;
/** Commands that wait for their EXEC wait for no longer. */
const QUEUED_MILLISECONDS = 10 * 60_000;
/** Inside another part. */
const OF_WHICH: ReadonlySet<string> = new Set<UsedPart>(['rehashing']);
/** What grows with the data; the rest comes and goes with clients, replicas and scripts. */
const DATA_PARTS: ReadonlySet<string> = new Set<UsedPart | 'other'>(['dataset', 'hashTables', 'startup', 'other']);

/**
 * What made the highest sample of used memory: by how much it stood above the usual level of the day around it, and which parts rose; or that
 * it is the end of growth.
 * @param peakBytes - the peak of the window; where it fell between two samples and clearly above them, nobody saw its parts
 * @returns undefined where too few samples lie around it, or the parts are not told
 * @remarks Method and limits: docs/methodology.md#peaks
 */
export function findPeakCause(history: NodeHistory, engine: Engine, peakBytes: number | undefined): PeakCause | undefined {
  const { atPeak, metrics } = history;
  const peak = metrics.get('usedMemoryBytes')?.max;
  if (peak === undefined || atPeak.usedMemoryBytes !== peak.value) return undefined;
  const standsOut = (overBytes: number) => overBytes >= Math.max(STANDS_OUT.bytes, STANDS_OUT.ratio * peak.value);
  if (standsOut((peakBytes ?? 0) - peak.value)) return undefined;
  const life = samplesOfLife(history, peak.at);
  const around = life.filter(({ at }) => Math.abs(at - peak.at) <= AROUND_MILLISECONDS);
  if (around.length < MIN_SAMPLES) return undefined;
  const pending = atPeak.lazyfreePendingObjects ?? 0;
  const compare = (rows: readonly Sample[]) => ({
    ...comparePeak(history, peak.value, rows, engine),
    ...(pending > 0 ? { lazyfreeObjects: pending } : {}),
  });
  const rise = compare(around);
  const isOfData = rise.parts.every(({ part }) => DATA_PARTS.has(part));
  const early = isOfData || !standsOut(rise.overBytes) ? findGrowth(life, peak, standsOut) : undefined;
  if (early !== undefined) return { kind: 'growth', ...compare(early) };
  if (!standsOut(rise.overBytes)) return { kind: 'level', ...rise, parts: [] };
  if (rise.parts.length === 0) return undefined;
  const mayBeQueued = isAtLeast(engine, { redis: '7.0', valkey: '7.2' }) !== true && looksQueued(history, life, around, rise);
  return { kind: 'rise', ...rise, ...(mayBeQueued ? { mayBeQueued } : {}) };
}

/**
 * Whether a rise of data may as well be the commands of a transaction: before Redis 7.0 what MULTI queues counts as data. It came and went within
 * minutes, and the number of keys did not follow.
 */
function looksQueued(
  { atPeak, metrics, buckets }: NodeHistory,
  life: readonly Sample[],
  around: readonly Sample[],
  { usualBytes, overBytes, parts }: Pick<PeakCause, 'usualBytes' | 'overBytes' | 'parts'>,
): boolean {
  const data = parts.find(({ part }) => part === 'dataset');
  const keys = around.map(({ bucket }) => valueAt(buckets.columns.get('keys')?.last, bucket)).filter(Number.isFinite);
  const peakAt = metrics.get('usedMemoryBytes')?.max.at ?? 0;
  if (data === undefined || atPeak.keys === undefined || keys.length < MIN_SAMPLES) return false;
  const usualKeys = Math.max(1, median(keys));
  const isExplained = (atPeak.keys - usualKeys) / usualKeys >= KEYS_EXPLAIN * (data.overBytes / Math.max(1, data.baseBytes));
  const isHigh = ({ usedBytes }: Sample) => usedBytes > usualBytes + overBytes / 2;
  const lastBefore = life.findLast((sample) => sample.at < peakAt && !isHigh(sample));
  const firstAfter = life.find((sample) => sample.at > peakAt && !isHigh(sample));
  if (isExplained || lastBefore === undefined || firstAfter === undefined) return false;
  const high = life.filter(({ at }) => at > lastBefore.at && at < firstAfter.at);
  return (high.at(-1)?.at ?? peakAt) - (high[0]?.at ?? peakAt) <= QUEUED_MILLISECONDS;
}

interface Sample {
  /** The bucket whose last sample it is. */
  readonly bucket: number;
  readonly at: number;
  readonly usedBytes: number;
}

/** The last sample of each bucket of one process, oldest first, without those taken while it was loading. */
function samplesOfLife(history: NodeHistory, at: number): Sample[] {
  const { buckets, lives } = history;
  const life = lives.find((one) => one.fromAt <= at && at <= one.toAt) ?? history;
  const used = buckets.columns.get('usedMemoryBytes')?.last;
  const samples: Sample[] = [];
  for (let bucket = 0; bucket < buckets.count; bucket += 1) {
    const endAt = valueAt(buckets.toAt, bucket);
    if (endAt < life.fromAt || endAt > life.toAt) continue;
    const usedBytes = valueAt(used, bucket);
    if (Number.isFinite(usedBytes)) samples.push({ bucket, at: endAt, usedBytes });
  }
  return samples;
}

/** What the last sample of a bucket tells. */
function numbersAt({ columns }: NodeHistory['buckets'], bucket: number): Partial<Record<MetricId, number>> {
  return Object.fromEntries([...columns].flatMap(([id, { last }]) => (Number.isFinite(last[bucket]) ? [[id, last[bucket]]] : [])));
}

/**
 * The samples at the beginning of growth that the peak is the end of: the first half of the process stays clearly below the peak, and at its end
 * used memory is still near it.
 */
function findGrowth(
  life: readonly Sample[],
  peak: { readonly value: number; readonly at: number },
  standsOut: (overBytes: number) => boolean,
): readonly Sample[] | undefined {
  const [first] = life;
  const last = life.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const within = (share: number) => life.filter(({ at }) => at <= first.at + share * (last.at - first.at));
  const early = within(0.1).length >= MIN_SAMPLES ? within(0.1) : life.slice(0, MIN_SAMPLES);
  const highestBefore = within(0.5).reduce((max, { usedBytes }) => Math.max(max, usedBytes), 0);
  const end = median(life.slice(-MIN_SAMPLES).map(({ usedBytes }) => usedBytes));
  const isEnd = !standsOut(peak.value - end) && standsOut(peak.value - highestBefore);
  return life.length >= 2 * MIN_SAMPLES && isEnd ? early : undefined;
}

/** The peak against the median of other samples, in all and part by part. */
function comparePeak(
  { atPeak, buckets }: NodeHistory,
  peakBytes: number,
  rows: readonly Sample[],
  engine: Engine,
): Pick<PeakCause, 'usualBytes' | 'overBytes' | 'parts' | 'oldTableBytes'> {
  const usualBytes = median(rows.map(({ usedBytes }) => usedBytes));
  const overBytes = peakBytes - usualBytes;
  const usual = rows.map(({ bucket }) => splitUsedMemory(numbersAt(buckets, bucket), engine));
  const compared = (Object.entries(splitUsedMemory(atPeak, engine)) as [UsedPart, number][]).flatMap(([part, bytes]): Part[] => {
    const told = usual.flatMap((parts) => (parts[part] === undefined ? [] : [parts[part]]));
    if (told.length < MIN_SAMPLES) return [];
    const baseBytes = median(told);
    return [{ part, bytes, baseBytes, overBytes: bytes - baseBytes, share: (bytes - baseBytes) / overBytes }];
  });
  const whole = compared.filter(({ part }) => !OF_WHICH.has(part));
  const sum = (of: (part: Part) => number) => whole.reduce((total, part) => total + of(part), 0);
  const other: Part = {
    part: 'other',
    bytes: Math.max(0, peakBytes - sum(({ bytes }) => bytes)),
    baseBytes: Math.max(0, usualBytes - sum(({ baseBytes }) => baseBytes)),
    overBytes: overBytes - sum((part) => part.overBytes),
    share: 1 - sum(({ share }) => share),
  };
  const oldTables = compared.find(({ part }) => part === 'rehashing')?.overBytes ?? 0;
  return {
    usualBytes,
    overBytes,
    parts: (whole.length === 0 ? [] : [...whole, other])
      .filter((part) => part.overBytes >= MIN_SHARE * overBytes)
      .toSorted((a, b) => b.overBytes - a.overBytes),
    ...(oldTables >= MIN_SHARE * overBytes && oldTables > 0 ? { oldTableBytes: oldTables } : {}),
  };
}
