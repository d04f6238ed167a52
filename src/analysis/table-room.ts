import type { HashTableStep, NodeAnalysis } from '../model/analysis.ts';
import type { Engine } from '../model/engine.ts';
import type { NodeHistory } from '../model/node-history.ts';
import { countKeys, evictsNothing } from './evictable-keys.ts';
import { findPutOffLoad } from './hash-tables.ts';

export type BelowLimit = NonNullable<HashTableStep['belowLimit']>;

/** Steps this many days apart are felt as one: keys and their expiries often double together. */
export const TOGETHER_DAYS = 7;

/**
 * The steps that are to come, each with the room that it finds below `maxmemory`, and with what its version does where that is too little. Nothing is
 * added where there is no limit, and on a replica, which ignores its own.
 * @returns in the order given
 * @remarks Docs: docs/methodology.md#hash-tables
 */
export function placeBelowLimit(
  steps: readonly HashTableStep[],
  history: NodeHistory,
  engine: Engine,
  figures: Pick<NodeAnalysis, 'peaks' | 'forecast' | 'maxmemoryPolicy'>,
): HashTableStep[] {
  const limitBytes = history.last.maxmemoryBytes ?? 0;
  const peakBytes = (figures.peaks.countedBytes ?? figures.peaks.usedMemoryBytes)?.value;
  const role = history.texts.role?.at(-1)?.value;
  if (limitBytes <= 0 || peakBytes === undefined || role === 'slave' || role === 'replica') return [...steps];
  const dataBytes = Math.max(0, peakBytes - (history.last.usedMemoryStartupBytes ?? 0));
  const { keys = 0 } = countKeys(history);
  const mayEvict = evictsNothing(history, figures.maxmemoryPolicy) === false && keys > 0;
  const placed = new Map<HashTableStep, BelowLimit>();
  let takenBytes = 0;
  let justTaken: { readonly days: number; readonly bytes: number }[] = [];
  for (const step of steps.toSorted((a, b) => (a.daysUntil ?? 0) - (b.daysUntil ?? 0))) {
    const days = step.daysUntil ?? 0;
    if (days <= 0) continue;
    // Tables that grew before it have taken their part of the room, and for a while hold their old table as well.
    justTaken = justTaken.filter((one) => days - one.days <= TOGETHER_DAYS);
    const transientBytes = justTaken.reduce((sum, { bytes }) => sum + bytes, 0);
    const below = findBelowLimit(step, {
      engine,
      roomBytes: limitBytes - peakBytes - takenBytes - transientBytes,
      growthBytesPerDay: figures.forecast.growthBytesPerDay,
      dataBytes,
      bytesPerEvictedKey: mayEvict ? dataBytes / keys : undefined,
    });
    placed.set(step, below);
    if (below.outcome !== 'fits' && below.outcome !== 'taken') continue;
    takenBytes += step.permanentBytes;
    justTaken.push({ days, bytes: step.transientBytes });
  }
  return steps.map((step) => {
    const belowLimit = placed.get(step);
    return belowLimit === undefined ? step : { ...step, belowLimit };
  });
}

/** What there is below the limit, and what fills it. */
export interface Room {
  readonly engine: Engine;
  /** The limit less the counted peak. */
  readonly roomBytes: number;
  /** Of the forecast; where there is none, the data grow as the entries do. */
  readonly growthBytesPerDay: number | undefined;
  /** Counted memory without what the server holds at its start. */
  readonly dataBytes: number;
  /** What goes with a key that is evicted; undefined where none is. */
  readonly bytesPerEvictedKey: number | undefined;
}

/** What becomes of one step that is to come. */
export function findBelowLimit(
  { entries, threshold, daysUntil = 0, allocatedBytes, transientBytes }: HashTableStep,
  room: Room,
): BelowLimit {
  const entriesPerDay = (threshold - entries) / daysUntil;
  const growth = Math.max(0, room.growthBytesPerDay ?? (room.dataBytes / entries) * entriesPerDay);
  const roomAt = (days: number): number => Math.max(0, room.roomBytes - growth * days);
  const daysUntilLimit = growth > 0 && room.roomBytes > 0 ? room.roomBytes / growth : Number.POSITIVE_INFINITY;
  const roomBytes = roomAt(daysUntil);
  const shortBytes = allocatedBytes - roomBytes;
  if (shortBytes <= 0) return { outcome: 'fits', roomBytes };
  const atLimit = { daysUntilLimit, entriesAtLimit: Math.floor(entries + entriesPerDay * daysUntilLimit) };
  if (daysUntilLimit < daysUntil) return { outcome: 'limit-first', roomBytes, ...atLimit };

  const evicts = (bytes: number): Pick<BelowLimit, 'evictedKeys'> =>
    room.bytesPerEvictedKey === undefined ? {} : { evictedKeys: Math.round(bytes / room.bytesPerEvictedKey) };
  const load = findPutOffLoad(room.engine);
  if (load === undefined) return { outcome: 'unknown', roomBytes, shortBytes };
  if (load === 1) return { outcome: 'taken', roomBytes, shortBytes, ...evicts(shortBytes) };
  const putOffEntries = Math.ceil(load * threshold);
  const daysUntilPutOff = (putOffEntries - entries) / entriesPerDay;
  if (daysUntilLimit < daysUntilPutOff) return { outcome: 'put-off', roomBytes, shortBytes, ...atLimit };
  // A table that is so full grows to the size that holds it: at five times, to eight times.
  const putOffBytes = transientBytes * 2 ** Math.ceil(Math.log2(load));
  const stillShort = Math.max(0, putOffBytes - roomAt(daysUntilPutOff));
  return {
    outcome: 'put-off-then-taken',
    roomBytes,
    shortBytes: stillShort,
    putOffEntries,
    daysUntilPutOff,
    putOffAllocatedBytes: putOffBytes,
    ...evicts(stillShort),
  };
}
