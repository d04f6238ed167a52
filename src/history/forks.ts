import type { MetricId } from '../model/metrics.ts';
import type { Fork } from '../model/node-history.ts';
import { LargestList } from './largest-list.ts';
import type { NodeSamples } from './node-samples.ts';

const MAX_FORKS = 500;

interface ForkKind {
  readonly kind: Fork['kind'];
  readonly cow: MetricId;
  readonly inProgress: MetricId;
  readonly seconds?: MetricId;
  /** Counts those that began: it rises at the fork, not at its end (Redis and Valkey source, rdbSaveBackground and rewriteAppendOnlyFileBackground). */
  readonly begun?: MetricId;
  /** Rises when one has ended, even if it cost as much as the one before. */
  readonly ended?: MetricId;
}

const FORK_KINDS: readonly ForkKind[] = [
  {
    kind: 'rdb',
    cow: 'rdbLastCowBytes',
    inProgress: 'rdbBgsaveInProgress',
    seconds: 'rdbLastBgsaveSeconds',
    begun: 'rdbSaves',
    ended: 'rdbLastSaveTimeSeconds',
  },
  {
    kind: 'aof',
    cow: 'aofLastCowBytes',
    inProgress: 'aofRewriteInProgress',
    seconds: 'aofLastRewriteSeconds',
    begun: 'aofRewrites',
  },
  { kind: 'module', cow: 'moduleForkLastCowBytes', inProgress: 'moduleForkInProgress' },
];

interface KindState {
  life: number;
  cow: number;
  begun: number;
  ended: number;
  /** Forks that were seen to begin and whose end was not yet seen. */
  open: number;
  /** The largest copy-on-write figure seen while the child runs. */
  running: Fork | undefined;
  /** What had been written by the last sample without a running child of this kind. */
  before: Written | undefined;
}

const WRITTEN_METRICS = ['rdbChangesSinceLastSave', 'rdbLastSaveTimeSeconds', 'evictedKeys', 'expiredKeys', 'netInputBytes'] as const;

/** What a sample tells of writes; NaN where it does not. */
interface Written {
  /** Keys changed since the last save. */
  readonly changes: number;
  readonly savedAt: number;
  /** Keys that were evicted or expired. */
  readonly removed: number;
  readonly inputBytes: number;
}

/**
 * Forks with their copy-on-write cost: those whose figure appears when they end, and those seen running, with the highest figure
 * met until their end. A figure that stands at the first sample of a life is the cost of an earlier fork of it and counts as one.
 */
export class ForksReducer {
  /** Samples taken while a child process was running. */
  forkSamples = 0;
  private readonly states: readonly KindState[] = FORK_KINDS.map(() => ({
    life: -1,
    cow: Number.NaN,
    begun: Number.NaN,
    ended: Number.NaN,
    open: 0,
    running: undefined,
    before: undefined,
  }));
  private readonly found = new LargestList<Fork>(MAX_FORKS);
  private newest: Fork | undefined;

  add(samples: NodeSamples, life: Int32Array): void {
    const columns = FORK_KINDS.map((kind, index) => ({
      kind,
      state: this.states[index] as KindState,
      cow: samples.numbers.get(kind.cow),
      inProgress: samples.numbers.get(kind.inProgress),
      seconds: kind.seconds ? samples.numbers.get(kind.seconds) : undefined,
      begun: kind.begun ? samples.numbers.get(kind.begun) : undefined,
      ended: kind.ended ? samples.numbers.get(kind.ended) : undefined,
    })).filter(({ cow, inProgress }) => cow || inProgress);
    if (columns.length === 0) return;
    const runningCows = (['currentCowPeakBytes', 'currentCowBytes'] as const).flatMap((id) => samples.numbers.get(id) ?? []);
    const writtenAt = readWritten(samples);
    for (let i = 0; i < samples.count; i++) {
      const written = writtenAt(i);
      let isForked = false;
      for (const { kind, state, cow, inProgress, seconds, begun, ended } of columns) {
        const runs = inProgress?.[i] === 1;
        isForked ||= runs;
        const isNewLife = state.life !== life[i];
        if (isNewLife) this.startLife(state, life[i] as number);
        const figures = { cow: cow?.[i] ?? Number.NaN, begun: begun?.[i] ?? Number.NaN, ended: ended?.[i] ?? Number.NaN };
        const completed = this.isCompleted(state, figures, runs);
        const cowBytes = completed ? (cow?.[i] as number) : 0;
        if (completed) {
          const ownSeconds = seconds?.[i] ?? Number.NaN;
          this.keep({
            ...forkAt(samples, i, kind.kind, Math.max(cowBytes, state.running?.cowBytes ?? 0)),
            ...(ownSeconds >= 0 ? { seconds: ownSeconds } : {}),
            ...writtenBetween(kind.kind, state.before, written),
          });
          state.running = undefined;
        } else if (!runs && inProgress && !Number.isNaN(inProgress[i])) this.endRunning(state);
        const runningCow = runs ? Math.max(0, ...runningCows.map((column) => column[i] as number).filter(Number.isFinite)) : 0;
        if (runningCow > (state.running?.cowBytes ?? 0)) state.running = forkAt(samples, i, kind.kind, runningCow);
        if (!runs) state.before = written;
      }
      if (isForked) this.forkSamples += 1;
    }
  }

  finish(): Fork[] {
    for (const state of this.states) this.endRunning(state);
    const kept = this.found.items();
    // The newest tells of today, however little it copied.
    if (this.newest !== undefined && !kept.includes(this.newest)) kept[kept.length - 1] = this.newest;
    return kept.sort((a, b) => a.at - b.at);
  }

  private startLife(state: KindState, life: number): void {
    this.endRunning(state);
    state.life = life;
    state.cow = Number.NaN;
    state.begun = Number.NaN;
    state.ended = Number.NaN;
    state.open = 0;
    state.before = undefined;
  }

  private isCompleted(state: KindState, { cow, begun, ended }: Pick<KindState, 'cow' | 'begun' | 'ended'>, runs: boolean): boolean {
    if (begun > state.begun) state.open += begun - state.begun;
    if (!Number.isNaN(begun)) state.begun = begun;
    const hasEnded = state.open > (runs ? 1 : 0) || ended > state.ended;
    if (!runs) state.open = 0;
    else if (hasEnded) state.open = Math.min(state.open, 1);
    if (!Number.isNaN(ended)) state.ended = ended;
    const changed = !Number.isNaN(cow) && cow !== state.cow;
    if (!Number.isNaN(cow)) state.cow = cow;
    return cow > 0 && (changed || hasEnded);
  }

  private endRunning(state: KindState): void {
    if (state.running) this.keep(state.running);
    state.running = undefined;
  }

  /** Ranks by the share of resident memory; where that is unknown, of used memory. */
  private keep(fork: Fork): void {
    if (this.newest === undefined || fork.at >= this.newest.at) this.newest = fork;
    const base = fork.rssBytes ?? fork.usedMemoryBytes;
    const share = base && base > 0 ? fork.cowBytes / base : 0;
    if (this.found.accepts(share)) this.found.add(share, fork);
  }
}

function forkAt(samples: NodeSamples, row: number, kind: Fork['kind'], cowBytes: number): Fork {
  const rssBytes = samples.numbers.get('usedMemoryRssBytes')?.[row];
  const usedMemoryBytes = samples.numbers.get('usedMemoryBytes')?.[row];
  return {
    at: samples.at[row] as number,
    kind,
    cowBytes,
    ...(Number.isFinite(rssBytes) ? { rssBytes } : {}),
    ...(Number.isFinite(usedMemoryBytes) ? { usedMemoryBytes } : {}),
  };
}

function readWritten({ numbers }: NodeSamples): (row: number) => Written {
  const [changes, savedAt, evicted, expired, inputBytes] = WRITTEN_METRICS.map((id) => numbers.get(id));
  return (row) => ({
    changes: changes?.[row] ?? Number.NaN,
    savedAt: savedAt?.[row] ?? Number.NaN,
    removed: (evicted?.[row] || 0) + (expired?.[row] || 0),
    inputBytes: inputBytes?.[row] ?? Number.NaN,
  });
}

/**
 * The most that was written while the child ran: all between the samples on both sides of it. A save takes what had been changed before it out of the
 * count (Redis source, backgroundSaveDoneHandlerDisk), so that what stands after one came while it ran or later.
 */
function writtenBetween(kind: Fork['kind'], before: Written | undefined, now: Written): Pick<Fork, 'writtenKeys' | 'inputBytes'> {
  if (before === undefined) return {};
  const grown = now.changes - before.changes;
  const isSaved = now.savedAt !== before.savedAt || grown < 0;
  const changes = !isSaved ? grown : kind === 'rdb' ? now.changes : Number.NaN;
  const writtenKeys = changes + Math.max(0, now.removed - before.removed);
  const inputBytes = now.inputBytes - before.inputBytes;
  return { ...(writtenKeys >= 0 ? { writtenKeys } : {}), ...(inputBytes >= 0 ? { inputBytes } : {}) };
}
