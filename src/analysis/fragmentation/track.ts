import type { NamedMetricId } from '../../model/metrics.ts';
import type { NodeHistory } from '../../model/node-history.ts';
import { valueAt } from '../bucket-rates.ts';
import { findAllocatorKind } from './allocator.ts';

/** Memory at the end of one bucket, from one sample. NaN where unknown; used and resident memory are always known. */
export interface MemoryPoint {
  readonly at: number;
  /** Number of the process life, from 0. */
  readonly life: number;
  readonly usedBytes: number;
  readonly rssBytes: number;
  /** The allocator's own figures; NaN where it makes them up (anything but jemalloc). */
  readonly allocatedBytes: number;
  readonly activeBytes: number;
  readonly residentBytes: number;
  readonly muzzyBytes: number;
}

/** Time after a restart in which clients return and caches warm up: no ground for a judgement. */
const SETTLING_MILLISECONDS = 5 * 60_000;
/** … but never more than this share of the process life, so that short recordings can be judged. */
const SETTLING_SHARE = 0.1;

/**
 * The path of memory through the window, oldest first: what fragmentation is judged by. Loading samples, the first minutes after a restart,
 * and samples with a child process (copy-on-write, paused defragmentation) are left out; the last two only where the newest process has others.
 */
export function readTrack(history: NodeHistory): readonly MemoryPoint[] {
  const { buckets } = history;
  const column = (id: NamedMetricId): Float64Array | undefined => buckets.columns.get(id)?.last;
  const used = column('usedMemoryBytes');
  const rss = column('usedMemoryRssBytes');
  const allocated = column('allocatorAllocatedBytes');
  const active = column('allocatorActiveBytes');
  const resident = column('allocatorResidentBytes');
  const muzzy = column('allocatorMuzzyBytes');
  const children = (['rdbBgsaveInProgress', 'aofRewriteInProgress', 'moduleForkInProgress'] as const).map(column);
  const isJemalloc = findAllocatorKind(history) !== 'other';

  const calm: MemoryPoint[] = [];
  const all: MemoryPoint[] = [];
  for (let i = 0; i < buckets.count; i += 1) {
    const at = valueAt(buckets.toAt, i);
    const usedBytes = valueAt(used, i);
    const rssBytes = valueAt(rss, i);
    if (!(usedBytes > 0 && rssBytes > 0)) continue;
    // Without jemalloc active equals resident to the byte; with it resident always holds metadata on top.
    const isReal = isJemalloc && valueAt(active, i) !== valueAt(resident, i);
    const point: MemoryPoint = {
      at,
      life: lifeAt(history, at),
      usedBytes,
      rssBytes,
      allocatedBytes: isReal ? valueAt(allocated, i) : Number.NaN,
      activeBytes: isReal ? valueAt(active, i) : Number.NaN,
      residentBytes: isReal ? valueAt(resident, i) : Number.NaN,
      muzzyBytes: isReal ? valueAt(muzzy, i) : Number.NaN,
    };
    all.push(point);
    const isForking = children.some((flag) => valueAt(flag, i) === 1);
    if (!isForking && !isSettling(history, point)) calm.push(point);
  }
  // What an earlier process held is gone: it is no stand-in for the newest one.
  const newest = history.restarts.length;
  return calm.some(({ life }) => life === newest)
    ? calm
    : [...calm.filter(({ life }) => life < newest), ...all.filter(({ life }) => life === newest)];
}

function lifeAt(history: NodeHistory, at: number): number {
  return history.restarts.filter((restart) => restart.at <= at).length;
}

function isSettling(history: NodeHistory, { at, life }: MemoryPoint): boolean {
  const start = history.restarts[life - 1]?.at;
  if (start === undefined) return false;
  const end = history.restarts[life]?.lastSeenAt ?? history.toAt;
  return at < start + Math.min(SETTLING_MILLISECONDS, SETTLING_SHARE * (end - start));
}

/** The points of the newest process life in the track: the only ones whose retained memory can still be there. */
export function currentLife(track: readonly MemoryPoint[]): readonly MemoryPoint[] {
  const life = track.at(-1)?.life;
  return track.filter((point) => point.life === life);
}

/** The pages that a run of active defragmentation has emptied go back to the system within minutes; after an hour all of them have. */
const GIVEN_BACK_MILLISECONDS = 3_600_000;

/** The point of lowest resident memory in the hour after a run of active defragmentation; undefined where there is none. */
export function findSettled(track: readonly MemoryPoint[], endAt: number): MemoryPoint | undefined {
  return track
    .filter((point) => point.at > endAt && point.at <= endAt + GIVEN_BACK_MILLISECONDS)
    .reduce<MemoryPoint | undefined>(
      (lowest, point) => (lowest === undefined || point.rssBytes < lowest.rssBytes ? point : lowest),
      undefined,
    );
}
