import type { AnalysisSettings, BudgetLine } from '../model/analysis.ts';
import { MiB } from '../model/bytes.ts';
import type { MetricId } from '../model/metrics.ts';
import type { NodeHistory } from '../model/node-history.ts';
import { bucketRates } from './bucket-rates.ts';
import { knownSettings } from './known-settings.ts';

/** How much of resident memory a fork copies, and how that is known. */
export interface CopyOnWrite {
  /** c: copied ÷ resident memory. Measured shares may be above 1: up to Redis 6.2 the rewriting child also keeps what is written meanwhile. */
  readonly ratio: number;
  readonly canFork: boolean;
  readonly basis: BudgetLine['basis'];
  /** `forks`: seen; `model`: from the write rate; `worst-case`: forks, nothing else known; `reserve`: not known whether it forks; `none`. */
  readonly from: 'forks' | 'model' | 'worst-case' | 'reserve' | 'none';
  readonly inputs: Readonly<Record<string, number>>;
  /** Half the range that the share may lie in; absent where one fork alone is known. */
  readonly uncertainty?: number;
}

type PersistenceSettings = Pick<AnalysisSettings, 'replicas' | 'persistence'>;

/** Share to reserve where the input says nothing about forks: what managed services keep free by default. */
const RESERVE_RATIO = 0.25;
/** Rate at which a snapshot is taken to be written where no duration was seen. */
const SNAPSHOT_BYTES_PER_SECOND = 100 * MiB;
/** Value, dictionary entry, object header: pages that one write touches, 1 to 4. */
const PAGES_PER_WRITE = 2;
export const PAGES_PER_WRITE_RANGE = [1, 4] as const;
export const PAGE_BYTES = 4096;

/**
 * Copy-on-write share of this node: the largest seen; else from the write rate and the time a fork takes; else all of it. 0 when
 * nothing forks: no snapshot, no append-only file and no replica over the whole window, or the settings say so.
 * @param growthFactor - by how much the write rate is assumed to grow; 1: as measured
 * @remarks Docs: docs/methodology.md#copy-on-write
 */
export function findCopyOnWrite(history: NodeHistory, settings: PersistenceSettings, growthFactor = 1): CopyOnWrite {
  const forking = findForking(history, settings);
  if (forking === 'no') return { ratio: 0, canFork: false, basis: hasSaidNone(settings) ? 'assumed' : 'derived', from: 'none', inputs: {} };

  const seen = findLargestShare(history);
  const measuredRatio = seen ?? findEarlierShare(history);
  if (measuredRatio !== undefined) {
    const ratio = rescaleCopyOnWrite(measuredRatio, growthFactor);
    const basis = ratio === seen ? 'measured' : 'derived';
    const shares = findForkShares(history);
    const spread = shares.length < 2 ? {} : { uncertainty: (Math.max(...shares) - Math.min(...shares)) / 2 };
    return { ratio, canFork: true, basis, from: 'forks', inputs: { measuredRatio, growthFactor }, ...spread };
  }
  if (forking === 'unknown') {
    return { ratio: RESERVE_RATIO, canFork: true, basis: 'assumed', from: 'reserve', inputs: {}, uncertainty: RESERVE_RATIO };
  }

  const residentBytes = largest(history, 'usedMemoryRssBytes') ?? largest(history, 'usedMemoryBytes');
  const writesPerSecond = findWriteRate(history);
  if (residentBytes === undefined || writesPerSecond === undefined) {
    return { ratio: 1, canFork: true, basis: 'assumed', from: 'worst-case', inputs: {}, uncertainty: 0.5 };
  }
  const lastSeconds = Math.max(largest(history, 'rdbLastBgsaveSeconds') ?? 0, largest(history, 'aofLastRewriteSeconds') ?? 0);
  const forkSeconds = lastSeconds > 0 ? lastSeconds : residentBytes / SNAPSHOT_BYTES_PER_SECOND;
  const inputs = { residentBytes, writesPerSecond: writesPerSecond * growthFactor, forkSeconds };
  const byPages = PAGES_PER_WRITE_RANGE.map((pagesPerWrite) => modelCopyOnWrite({ ...inputs, pagesPerWrite }));
  const uncertainty = (Math.max(...byPages) - Math.min(...byPages)) / 2;
  return { ratio: modelCopyOnWrite(inputs), canFork: true, basis: 'derived', from: 'model', inputs, uncertainty };
}

/**
 * Expected share of pages copied while a child runs, 0 to 1, if writes hit all pages alike: `1 − exp(−w·q·T ÷ pages)`.
 * An upper bound where some keys are written more than others.
 * @param pageBytes - 4 KiB; 2 MiB with transparent huge pages, where a few thousand writes copy nearly everything
 */
export function modelCopyOnWrite({
  residentBytes,
  writesPerSecond,
  forkSeconds,
  pagesPerWrite = PAGES_PER_WRITE,
  pageBytes = PAGE_BYTES,
}: {
  readonly residentBytes: number;
  readonly writesPerSecond: number;
  readonly forkSeconds: number;
  readonly pagesPerWrite?: number;
  readonly pageBytes?: number;
}): number {
  return residentBytes > 0 ? -Math.expm1((-writesPerSecond * pagesPerWrite * forkSeconds * pageBytes) / residentBytes) : 0;
}

/** The share after the write rate has changed by `factor`, by the same model. A measured share of 1 or more stays as it is. */
export function rescaleCopyOnWrite(ratio: number, factor: number): number {
  return factor === 1 || ratio >= 1 ? ratio : -Math.expm1(factor * Math.log1p(-ratio));
}

function hasSaidNone({ persistence, replicas }: PersistenceSettings): boolean {
  return persistence === 'none' && replicas === 0;
}

/** Why a server forks; undefined: not known. */
export interface ForkCauses {
  /** It saves snapshots or keeps an append-only file. */
  readonly persists: boolean | undefined;
  /** It has replicas or is one, and a replica is sized to take the primary's place. */
  readonly replicates: boolean | undefined;
}

/** What makes this node fork: as the settings say, else as the history shows. */
export function findForkCauses(history: NodeHistory, settings: PersistenceSettings): ForkCauses {
  return {
    persists: settings.persistence === undefined ? anyOf(hasSaved(history), usesAppendOnlyFile(history)) : settings.persistence !== 'none',
    replicates: settings.replicas === undefined ? hasReplicas(history) : settings.replicas > 0,
  };
}

/** Whether child processes ever run. */
function findForking(history: NodeHistory, settings: PersistenceSettings): 'yes' | 'no' | 'unknown' {
  const { persists, replicates } = findForkCauses(history, settings);
  const forks = anyOf(persists, replicates);
  return forks === undefined ? 'unknown' : forks ? 'yes' : 'no';
}

/** True if any is; false only if all are known to be. */
function anyOf(...known: readonly (boolean | undefined)[]): boolean | undefined {
  if (known.includes(true)) return true;
  return known.includes(undefined) ? undefined : false;
}

function hasSaved(history: NodeHistory): boolean | undefined {
  const wasSeen =
    history.forks.some((fork) => fork.kind === 'rdb') ||
    (largest(history, 'rdbBgsaveInProgress') ?? 0) > 0 ||
    (largest(history, 'rdbLastCowBytes') ?? 0) > 0;
  if (wasSeen) return true;
  // It will save when enough has changed, even if nothing has yet.
  if ((knownSettings(history).save ?? '') !== '') return true;

  // The duration of the last save by a child is known from the first one on, and such a save always copies something. A SAVE, which needs no child,
  // moves the other two signs as well.
  const lastSeconds = largest(history, 'rdbLastBgsaveSeconds');
  if (lastSeconds !== undefined) return lastSeconds >= 0;
  if (largest(history, 'rdbLastCowBytes') === 0) return false;
  // Each of these tells by itself that there was none: the counter, and the time of the last save, which is that of the server's start before
  // the first one.
  const saves = largest(history, 'rdbSaves');
  const saveTime = history.metrics.get('rdbLastSaveTimeSeconds');
  const signs = [
    saves === undefined ? undefined : saves > 0,
    saveTime === undefined || saveTime.count < 2 || history.restarts.length > 0 ? undefined : saveTime.max.value > saveTime.min.value,
  ].filter((sign) => sign !== undefined);
  return signs.length === 0 ? undefined : signs.includes(true);
}

function usesAppendOnlyFile(history: NodeHistory): boolean | undefined {
  const enabled = largest(history, 'aofEnabled');
  return enabled === undefined ? undefined : enabled > 0;
}

function hasReplicas(history: NodeHistory): boolean | undefined {
  const role = history.texts.role?.at(-1)?.value;
  if (role === 'slave' || role === 'replica' || (largest(history, 'fullSyncs') ?? 0) > 0) return true;
  const replicas = largest(history, 'connectedReplicas');
  return replicas === undefined ? undefined : replicas > 0;
}

/** The largest copied share of resident memory over all forks, those still running included. */
function findLargestShare(history: NodeHistory): number | undefined {
  const { columns } = history.buckets;
  const finished = findForkShares(history);
  const rss = columns.get('usedMemoryRssBytes')?.max;
  const running = [...(columns.get('currentCowPeakBytes')?.max ?? [])].map((cowBytes, i) => cowBytes / (rss?.[i] ?? Number.NaN));
  const shares = [...finished, ...running].filter((share) => Number.isFinite(share) && share > 0);
  return shares.length === 0 ? undefined : shares.reduce((a, b) => Math.max(a, b));
}

/** Copied ÷ resident memory of each fork that ended in the window. */
function findForkShares(history: NodeHistory): number[] {
  const shares = history.forks.map((fork) => fork.cowBytes / (fork.rssBytes ?? fork.usedMemoryBytes ?? Number.NaN));
  return shares.filter((share) => Number.isFinite(share) && share > 0);
}

/** The figure that a fork before the window left, against resident memory of today; too small a share if memory was smaller then. */
function findEarlierShare(history: NodeHistory): number | undefined {
  const { rdbLastCowBytes = 0, aofLastCowBytes = 0, moduleForkLastCowBytes = 0, usedMemoryRssBytes, usedMemoryBytes } = history.last;
  const share = Math.max(rdbLastCowBytes, aofLastCowBytes, moduleForkLastCowBytes) / (usedMemoryRssBytes ?? usedMemoryBytes ?? Number.NaN);
  return Number.isFinite(share) && share > 0 ? share : undefined;
}

/** Highest rate of changes; the count falls at each save, and those stretches tell nothing. */
function findWriteRate(history: NodeHistory): number | undefined {
  const rates = bucketRates(history, 'rdbChangesSinceLastSave')?.filter(Number.isFinite);
  return rates === undefined || rates.length === 0 ? undefined : rates.reduce((a, b) => Math.max(a, b));
}

function largest(history: NodeHistory, id: MetricId): number | undefined {
  return history.metrics.get(id)?.max.value;
}
