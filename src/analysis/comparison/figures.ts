import type { NodeAnalysis } from '../../model/analysis.ts';
import { MiB } from '../../model/bytes.ts';
import type { ComparedFigure, ComparedFigureId } from '../../model/comparison.ts';
import { DAY_MS } from '../../model/time.ts';
import { median } from '../../stats/median.ts';
import { SMALL_BYTES } from '../fragmentation/thresholds.ts';

/** Less than this share of a figure is no change: two windows of an unchanged load differ by that. */
const NOISE_RATIO = 0.05;
/** Bytes that matter on no server: MEMORY DOCTOR does not speak of less either. */
const NOISE_BYTES = 10 * MiB;
/** A peak moved when it moved more than this many times as far as daily peaks do from one day to the next. */
const DAY_STEPS = 2;
/** Points of the machine's memory. */
const NOISE_MACHINE_RATIO = 0.03;
const NOISE_RSS_TO_USED = 0.05;
/** The machine as INFO tells it differs a little from kernel to kernel. */
const NOISE_HARDWARE_RATIO = 0.01;
/** Keys and what one takes go up and down with the hour of the day. */
const NOISE_KEYS_RATIO = 0.1;
const NOISE_HIT_RATIO = 0.02;
/** Growth that does not add up to a change of the peak in this time. */
const GROWTH_DAYS = 30;
/** A rate of events is another one from this factor on, and where the difference is a share of the keys worth a word. */
const RATE_FACTOR = 1.5;
const RATE_KEYS_SHARE = 0.01;
const RATE_KEYS_FLOOR = 1000;
/** In less time than this a counter tells no rate a day. */
const MIN_RATE_SECONDS = 3600;

interface Pair {
  readonly before: NodeAnalysis;
  readonly after: NodeAnalysis;
}

interface Rule {
  readonly id: ComparedFigureId;
  readonly read: (node: NodeAnalysis) => number | undefined;
  /** How far the figure may move and still be called unmoved. */
  readonly noise: (before: number, after: number, pair: Pair) => number;
  /** What a rise is, where it is one or the other. */
  readonly rise?: (pair: Pair) => 'better' | 'worse' | undefined;
}

const worse = (): 'worse' => 'worse';
const ofBytes = (before: number): number => Math.max(NOISE_RATIO * before, NOISE_BYTES);

const RULES: readonly Rule[] = [
  {
    id: 'peak-used',
    read: ({ peaks }) => peaks.usedMemoryBytes?.value,
    noise: (before, _, pair) => Math.max(ofBytes(before), DAY_STEPS * dayStep(pair, 'usedMemoryBytes')),
  },
  {
    id: 'peak-rss',
    read: ({ peaks }) => peaks.usedMemoryRssBytes?.value,
    noise: (before, _, pair) => Math.max(ofBytes(before), DAY_STEPS * dayStep(pair, 'usedMemoryRssBytes')),
  },
  {
    id: 'machine-ratio',
    read: ({ systemMemory }) => systemMemory.ratioPeak,
    // Crossing the line matters however small the step.
    noise: (before, after, { after: { systemMemory } }) =>
      before > systemMemory.targetRatio !== after > systemMemory.targetRatio ? 0 : NOISE_MACHINE_RATIO,
    rise: ({ before, after }) =>
      Math.max(before.systemMemory.ratioPeak ?? 0, after.systemMemory.ratioPeak ?? 0) > after.systemMemory.targetRatio
        ? 'worse'
        : undefined,
  },
  {
    id: 'waste',
    read: ({ fragmentation }) => fragmentation.wasteBytes,
    noise: (_before, _after, { before, after }) => ofBytes(Math.max(residentOf(before), residentOf(after))),
    rise: worse,
  },
  {
    id: 'rss-to-used',
    read: ({ fragmentation, latest }) => ((latest.usedMemoryBytes ?? 0) < SMALL_BYTES ? undefined : fragmentation.evidence.rssToUsed),
    noise: () => NOISE_RSS_TO_USED,
    rise: worse,
  },
  { id: 'maxmemory', read: ({ provisioning }) => provisioning.maxmemoryBytes.current, noise: () => 0 },
  { id: 'recommended-maxmemory', read: ({ provisioning }) => provisioning.maxmemoryBytes.recommended, noise: ofBytes },
  { id: 'memory-needed', read: ({ provisioning }) => provisioning.memoryNeededBytes, noise: ofBytes },
  { id: 'machine', read: ({ systemMemory }) => systemMemory.totalBytes, noise: (before) => NOISE_HARDWARE_RATIO * before },
  {
    id: 'growth-per-day',
    read: ({ forecast }) => (forecast.status === 'ok' ? forecast.growthBytesPerDay : undefined),
    noise: (_before, _after, { after }) => ofBytes(after.peaks.usedMemoryBytes?.value ?? 0) / GROWTH_DAYS,
  },
  { id: 'keys', read: countKeys, noise: (before) => Math.max(NOISE_KEYS_RATIO * before, RATE_KEYS_FLOOR) },
  { id: 'bytes-per-key', read: ({ keyspace }) => keyspace.bytesPerKey, noise: (before) => NOISE_KEYS_RATIO * before },
  {
    id: 'evictions-per-day',
    read: (node) => perDay(node, node.activity.evictedKeys),
    noise: (before, after, { after: node }) =>
      Math.max(Math.min(before, after) * (RATE_FACTOR - 1), RATE_KEYS_SHARE * (countKeys(node) ?? 0), RATE_KEYS_FLOOR),
    rise: worse,
  },
  {
    id: 'refusals-per-day',
    read: (node) => perDay(node, node.activity.oomErrors),
    noise: (before, after) => Math.min(before, after) * (RATE_FACTOR - 1),
    rise: worse,
  },
  { id: 'hit-ratio', read: ({ activity }) => activity.hitRatio, noise: () => NOISE_HIT_RATIO, rise: () => 'better' },
];

/**
 * Every figure that one of the two knows, with its difference and whether that is more than noise.
 * @remarks Thresholds: docs/methodology.md#comparison
 */
export function compareFigures(before: NodeAnalysis, after: NodeAnalysis): ComparedFigure[] {
  const pair = { before, after };
  return RULES.flatMap(({ id, read, noise, rise }): ComparedFigure[] => {
    const [from, to] = [read(before), read(after)];
    if (from === undefined || to === undefined)
      return from === undefined && to === undefined
        ? []
        : [{ id, ...(from === undefined ? {} : { before: from }), ...(to === undefined ? {} : { after: to }), moved: false }];
    const change = to - from;
    const moved = Math.abs(change) > noise(from, to, pair);
    const onRise = moved ? rise?.(pair) : undefined;
    const sense = onRise === undefined || change > 0 ? onRise : onRise === 'worse' ? 'better' : 'worse';
    return [
      {
        id,
        before: from,
        after: to,
        change,
        ...(from === 0 ? {} : { changeRatio: change / from }),
        moved,
        ...(sense === undefined ? {} : { sense }),
      },
    ];
  });
}

/** How far daily peaks usually move from one day to the next, in the more restless of the two windows. */
function dayStep({ before, after }: Pair, metric: 'usedMemoryBytes' | 'usedMemoryRssBytes'): number {
  const usual = [before, after].map(({ dailyPeaks }) => {
    const peaks = dailyPeaks.map((day) => day[metric] ?? Number.NaN);
    const steps = peaks.slice(1).map((peak, i) => Math.abs(peak - (peaks[i] as number)));
    return median(steps.filter(Number.isFinite)) || 0;
  });
  return Math.max(...usual);
}

function residentOf({ latest, peaks }: NodeAnalysis): number {
  return latest.usedMemoryRssBytes ?? peaks.usedMemoryRssBytes?.value ?? 0;
}

function countKeys({ keyspace }: NodeAnalysis): number | undefined {
  return keyspace.databases.length === 0 ? undefined : keyspace.databases.reduce((sum, { keys }) => sum + keys, 0);
}

function perDay({ quality }: NodeAnalysis, count: number | undefined): number | undefined {
  if (count === undefined || quality.spanSeconds < MIN_RATE_SECONDS) return undefined;
  return (count * DAY_MS) / (quality.spanSeconds * 1000);
}
