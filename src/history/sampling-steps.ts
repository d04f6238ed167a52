import type { Span } from '../model/node-history.ts';
import { logBin } from '../stats/log-histogram.ts';
import { LargestList } from './largest-list.ts';

/** Up to that many gaps are listed and counted one by one; beyond, counted by the bins of the steps (within 1.6 % of the threshold). */
const MAX_GAPS = 200;

interface StepBin {
  count: number;
  sum: number;
}

/** The steps between samples: their median, and which of them are gaps, told at the end because the threshold hangs on the median. */
export class SamplingSteps {
  private previousAt = Number.NaN;
  private previousStep = Number.NaN;
  private previousBin: StepBin | undefined;
  private steps = 0;
  private readonly bins = new Map<number, StepBin>();
  private readonly longest = new LargestList<Span>(MAX_GAPS);

  add(at: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const instant = at[i] as number;
      if (!Number.isNaN(this.previousAt)) this.addStep(this.previousAt, instant);
      this.previousAt = instant;
    }
  }

  finish(): { intervalSeconds: number | undefined; gaps: Span[]; gapCount: number; gapSeconds: number } {
    const interval = this.median();
    if (interval === undefined) return { intervalSeconds: undefined, gaps: [], gapCount: 0, gapSeconds: 0 };
    const threshold = Math.max(3 * interval, 2 * interval + 1000);
    const found = this.longest.items().filter((span) => span.toAt - span.fromAt > threshold);
    const { count, milliseconds } = found.length < MAX_GAPS ? measureSpans(found) : this.stepsBeyond(threshold);
    return {
      intervalSeconds: interval / 1000,
      gaps: found.sort((a, b) => a.fromAt - b.fromAt),
      gapCount: count,
      gapSeconds: milliseconds / 1000,
    };
  }

  private addStep(fromAt: number, toAt: number): void {
    const step = toAt - fromAt;
    this.steps += 1;
    if (step !== this.previousStep || !this.previousBin) {
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
    if (this.longest.accepts(step)) this.longest.add(step, { fromAt, toAt });
  }

  /** Mean of the bin that holds the median: exact for regular steps, within 1 % otherwise. */
  private median(): number | undefined {
    let rank = Math.ceil(this.steps / 2);
    for (const [, bin] of [...this.bins].sort(([a], [b]) => a - b)) {
      rank -= bin.count;
      if (rank <= 0) return bin.sum / bin.count;
    }
    return undefined;
  }

  private stepsBeyond(threshold: number): { count: number; milliseconds: number } {
    let count = 0;
    let milliseconds = 0;
    for (const bin of this.bins.values()) {
      if (bin.sum / bin.count <= threshold) continue;
      count += bin.count;
      milliseconds += bin.sum;
    }
    return { count, milliseconds };
  }
}

function measureSpans(spans: readonly Span[]): { count: number; milliseconds: number } {
  return { count: spans.length, milliseconds: spans.reduce((sum, span) => sum + span.toAt - span.fromAt, 0) };
}
