import type { NodeAnalysis } from '../model/analysis.ts';
import { MiB } from '../model/bytes.ts';
import type { Engine } from '../model/engine.ts';
import type { MetricId } from '../model/metrics.ts';
import type { NodeHistory } from '../model/node-history.ts';
import { DAY_MS } from '../model/time.ts';
import { median } from '../stats/median.ts';
import { valueAt } from './bucket-rates.ts';
import { splitUsedMemory, type UsedPart, type UsedParts } from './used-parts.ts';

export type PeakCause = NonNullable<NodeAnalysis['peaks']['cause']>;

/** Half of the time around the peak whose usual level it is compared with: a daily wave is seen as one, growth over weeks is not. */
const AROUND_MILLISECONDS = DAY_MS / 2;
/** Fewer samples beside the peak have no usual level. */
const MIN_SAMPLES = 4;
/** A peak that rises by less than both above the usual level does not stand out: it is that level. */
const STANDS_OUT = { ratio: 0.05, bytes: 8 * MiB };
/** Parts that make less of the rise are not told. */
const MIN_SHARE = 0.1;
/** Inside another part. */
const OF_WHICH: ReadonlySet<UsedPart> = new Set<UsedPart>(['rehashing']);

/**
 * What made the highest sample of used memory: by how much it stood above the usual level of the day around it, and which parts rose.
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
  const rows = samplesAround(history, peak.at);
  if (rows.length < MIN_SAMPLES) return undefined;
  const base = median(rows.map((row) => row.usedMemoryBytes ?? Number.NaN));
  const overBytes = peak.value - base;
  const pending = atPeak.lazyfreePendingObjects ?? 0;
  const common = { usualBytes: base, overBytes, ...(pending > 0 ? { lazyfreeObjects: pending } : {}) };
  if (!standsOut(overBytes)) return { ...common, kind: 'level', parts: [] };
  const rises = findRises(
    splitUsedMemory(atPeak, engine),
    rows.map((row) => splitUsedMemory(row, engine)),
  );
  if (rises.length === 0) return undefined;
  const told = rises.reduce((sum, { overBytes: over }) => sum + over, 0);
  const all = [...rises, { part: 'other' as const, overBytes: overBytes - told }];
  return {
    ...common,
    kind: 'rise',
    parts: all.filter((rise) => rise.overBytes >= MIN_SHARE * overBytes).toSorted((a, b) => b.overBytes - a.overBytes),
  };
}

/** The last sample of each bucket around an instant, without those of other lives and of loading. */
function samplesAround(history: NodeHistory, at: number): Partial<Record<MetricId, number>>[] {
  const { buckets, lives } = history;
  const life = lives.find((one) => one.fromAt <= at && at <= one.toAt) ?? history;
  const rows: Partial<Record<MetricId, number>>[] = [];
  for (let i = 0; i < buckets.count; i += 1) {
    const endAt = valueAt(buckets.toAt, i);
    if (Math.abs(endAt - at) > AROUND_MILLISECONDS || endAt < life.fromAt || endAt > life.toAt) continue;
    const row = Object.fromEntries(
      [...buckets.columns].flatMap(([id, column]) => (Number.isFinite(column.last[i]) ? [[id, column.last[i]]] : [])),
    ) as Partial<Record<MetricId, number>>;
    if (row.usedMemoryBytes !== undefined) rows.push(row);
  }
  return rows;
}

function findRises(atPeak: UsedParts, around: readonly UsedParts[]): { part: UsedPart; overBytes: number }[] {
  return (Object.entries(atPeak) as [UsedPart, number][]).flatMap(([part, bytes]) => {
    const usual = around.flatMap((parts) => (parts[part] === undefined ? [] : [parts[part]]));
    return OF_WHICH.has(part) || usual.length < MIN_SAMPLES ? [] : [{ part, overBytes: bytes - median(usual) }];
  });
}
