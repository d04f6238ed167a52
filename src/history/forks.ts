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
  /** Figures that rise when one has ended, even if it cost as much as the one before. */
  readonly ended: readonly MetricId[];
}

const FORK_KINDS: readonly ForkKind[] = [
  {
    kind: 'rdb',
    cow: 'rdbLastCowBytes',
    inProgress: 'rdbBgsaveInProgress',
    seconds: 'rdbLastBgsaveSeconds',
    ended: ['rdbSaves', 'rdbLastSaveTimeSeconds'],
  },
  {
    kind: 'aof',
    cow: 'aofLastCowBytes',
    inProgress: 'aofRewriteInProgress',
    seconds: 'aofLastRewriteSeconds',
    ended: ['aofRewrites'],
  },
  { kind: 'module', cow: 'moduleForkLastCowBytes', inProgress: 'moduleForkInProgress', ended: [] },
];

interface KindState {
  life: number;
  cow: number;
  readonly ended: number[];
  /** The largest copy-on-write figure seen while the child runs. */
  running: Fork | undefined;
}

/**
 * Forks with their copy-on-write cost: those whose figure appears when they end, and those seen running, with the highest figure
 * met until their end. A figure that stands at the first sample of a life is the cost of an earlier fork of it and counts as one.
 */
export class ForksReducer {
  /** Samples taken while a child process was running. */
  forkSamples = 0;
  private readonly states: readonly KindState[] = FORK_KINDS.map(({ ended }) => ({
    life: -1,
    cow: Number.NaN,
    ended: ended.map(() => Number.NaN),
    running: undefined,
  }));
  private readonly found = new LargestList<Fork>(MAX_FORKS);

  add(samples: NodeSamples, life: Int32Array): void {
    const columns = FORK_KINDS.map((kind, index) => ({
      kind,
      state: this.states[index] as KindState,
      cow: samples.numbers.get(kind.cow),
      inProgress: samples.numbers.get(kind.inProgress),
      seconds: kind.seconds ? samples.numbers.get(kind.seconds) : undefined,
      ended: kind.ended.map((id) => samples.numbers.get(id)),
    })).filter(({ cow, inProgress }) => cow || inProgress);
    if (columns.length === 0) return;
    const runningCows = (['currentCowPeakBytes', 'currentCowBytes'] as const).flatMap((id) => samples.numbers.get(id) ?? []);
    for (let i = 0; i < samples.count; i++) {
      let isForked = false;
      for (const { kind, state, cow, inProgress, seconds, ended } of columns) {
        const runs = inProgress?.[i] === 1;
        isForked ||= runs;
        const isNewLife = state.life !== life[i];
        if (isNewLife) this.startLife(state, life[i] as number);
        const completed = this.isCompleted(state, cow?.[i] ?? Number.NaN, ended, i);
        const cowBytes = completed ? (cow?.[i] as number) : 0;
        if (completed) {
          const ownSeconds = seconds?.[i] ?? Number.NaN;
          this.keep({
            ...forkAt(samples, i, kind.kind, Math.max(cowBytes, state.running?.cowBytes ?? 0)),
            ...(ownSeconds >= 0 ? { seconds: ownSeconds } : {}),
          });
          state.running = undefined;
        } else if (!runs && inProgress && !Number.isNaN(inProgress[i])) this.endRunning(state);
        const runningCow = runs ? Math.max(0, ...runningCows.map((column) => column[i] as number).filter(Number.isFinite)) : 0;
        if (runningCow > (state.running?.cowBytes ?? 0)) state.running = forkAt(samples, i, kind.kind, runningCow);
      }
      if (isForked) this.forkSamples += 1;
    }
  }

  finish(): Fork[] {
    for (const state of this.states) this.endRunning(state);
    return this.found.items().sort((a, b) => a.at - b.at);
  }

  private startLife(state: KindState, life: number): void {
    this.endRunning(state);
    state.life = life;
    state.cow = Number.NaN;
    state.ended.fill(Number.NaN);
  }

  private isCompleted(state: KindState, cow: number, ended: readonly (Float64Array | undefined)[], row: number): boolean {
    let rose = false;
    for (let k = 0; k < ended.length; k++) {
      const value = ended[k]?.[row] ?? Number.NaN;
      if (value > (state.ended[k] as number)) rose = true;
      if (!Number.isNaN(value)) state.ended[k] = value;
    }
    const changed = !Number.isNaN(cow) && cow !== state.cow;
    if (!Number.isNaN(cow)) state.cow = cow;
    return cow > 0 && (changed || rose);
  }

  private endRunning(state: KindState): void {
    if (state.running) this.keep(state.running);
    state.running = undefined;
  }

  /** Ranks by the share of resident memory; where that is unknown, of used memory. */
  private keep(fork: Fork): void {
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
