import type { Span } from '../model/node-history.ts';
import { logBin } from '../stats/log-histogram.ts';
import { LargestList } from './largest-list.ts';

/** Up to that many gaps are listed and counted one by one; beyond, counted by the bins of the steps (within 1.6 % of the threshold). */
const MAX_GAPS = 200;
/** Steps in a row that differ by no more than this factor, and at least so many of them, are a rhythm of sampling, however slow. */
const RHYTHM_FACTOR = 1.5;
const RHYTHM_STEPS = 3;

interface StepBin {
  count: number;
  sum: number;
}

/** Steps by their length, in bins of 1.6 %. */
class StepBins {
  private readonly bins = new Map<number, StepBin>();
  private previousStep = Number.NaN;
  private previousBin: StepBin = { count: 0, sum: 0 };

  add(step: number): void {
    if (step !== this.previousStep) {
      const key = logBin(step);
      let bin = this.bins.get(key);
      if (!bin) {
        bin = { count: 0, sum: 0 };
        this.bins.set(key, bin);
      }
      this.previousStep = step;
      this.previousBin = bin;
    }
    this.previousBin.count += 1;
    this.previousBin.sum += step;
  }

  /** Shortest steps first. */
  list(): StepBin[] {
    return [...this.bins].sort(([a], [b]) => a - b).map(([, bin]) => bin);
  }
}

/**
 * The steps between samples: what is usual, and which of them are gaps, told at the end because the threshold hangs on what is usual.
 *
 * A long step among short ones is a gap; the third in a row of about the same length is a slower rhythm, as where somebody looks hourly and
 * every five seconds during a save, or where the interval was changed half-way.
 */
export class SamplingSteps {
  private previousAt = Number.NaN;
  private readonly all = new StepBins();
  /** Steps that are in no rhythm: only they can be gaps. */
  private readonly lone = new StepBins();
  private readonly longest = new LargestList<Span>(MAX_GAPS);
  /** The last steps of about one length, while they are fewer than a rhythm; then only their number counts. */
  private run: Span[] = [];
  private runLength = 0;
  private runStep = Number.NaN;

  add(at: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const instant = at[i] as number;
      if (!Number.isNaN(this.previousAt)) this.addStep(this.previousAt, instant);
      this.previousAt = instant;
    }
  }

  finish(): { intervalSeconds: number | undefined; gaps: Span[]; gapCount: number; gapSeconds: number } {
    this.endRun();
    const interval = this.usualStep();
    if (interval === undefined) return { intervalSeconds: undefined, gaps: [], gapCount: 0, gapSeconds: 0 };
    const threshold = gapThreshold(interval);
    const found = this.longest.items().filter((span) => span.toAt - span.fromAt > threshold);
    const { count, milliseconds } = found.length < MAX_GAPS ? measureSpans(found) : measureBeyond(this.lone.list(), threshold);
    return {
      intervalSeconds: interval / 1000,
      gaps: found.sort((a, b) => a.fromAt - b.fromAt),
      gapCount: count,
      gapSeconds: milliseconds / 1000,
    };
  }

  private addStep(fromAt: number, toAt: number): void {
    const step = toAt - fromAt;
    this.all.add(step);
    if (!(step <= this.runStep * RHYTHM_FACTOR && step * RHYTHM_FACTOR >= this.runStep)) this.endRun();
    this.runStep = step;
    this.runLength += 1;
    if (this.runLength < RHYTHM_STEPS) this.run.push({ fromAt, toAt });
  }

  private endRun(): void {
    if (this.runLength < RHYTHM_STEPS) {
      for (const span of this.run) {
        const step = span.toAt - span.fromAt;
        this.lone.add(step);
        if (this.longest.accepts(step)) this.longest.add(step, span);
      }
    }
    this.run = [];
    this.runLength = 0;
  }

  /**
   * The step that half of the sampled time was covered by: hourly samples with a burst now and then are hourly. Long lone steps
   * cover nothing. Mean of the bin that holds it: exact for regular steps, within 1 % otherwise.
   */
  private usualStep(): number | undefined {
    const bins = this.all.list();
    const median = middleOf(bins, ({ count }) => count);
    if (median === undefined) return undefined;
    const lone = new Map(this.lone.list().map((bin) => [logBin(bin.sum / bin.count), bin.sum]));
    const threshold = gapThreshold(median);
    return middleOf(bins, ({ count, sum }) => (sum / count > threshold ? sum - (lone.get(logBin(sum / count)) ?? 0) : sum));
  }
}

function gapThreshold(interval: number): number {
  return Math.max(3 * interval, 2 * interval + 1000);
}

/** Mean step of the bin in which half of the weight is reached, shortest steps first. */
function middleOf(bins: readonly StepBin[], weigh: (bin: StepBin) => number): number | undefined {
  let left = bins.reduce((sum, bin) => sum + weigh(bin), 0) / 2;
  for (const bin of bins) {
    left -= weigh(bin);
    if (left <= 0) return bin.sum / bin.count;
  }
  return undefined;
}

function measureSpans(spans: readonly Span[]): { count: number; milliseconds: number } {
  return { count: spans.length, milliseconds: spans.reduce((sum, span) => sum + span.toAt - span.fromAt, 0) };
}

function measureBeyond(bins: readonly StepBin[], threshold: number): { count: number; milliseconds: number } {
  const beyond = bins.filter(({ count, sum }) => sum / count > threshold);
  return {
    count: beyond.reduce((total, { count }) => total + count, 0),
    milliseconds: beyond.reduce((total, { sum }) => total + sum, 0),
  };
}
