import type { RecoveredPeak } from '../model/node-history.ts';
import { LargestList } from './largest-list.ts';
import type { NodeSamples } from './node-samples.ts';

const MAX_RECOVERED = 50;
/** Uptime is in whole seconds and read a moment before or after the clock. */
const START_JITTER_MILLISECONDS = 2000;

/**
 * Maxima that no sample saw. `used_memory_peak` only rises within a process, so a rise between two samples above the used memory
 * of both is the true maximum of that stretch. So is the peak in the first sample of a process that began since the sample before it. A peak
 * that stood already at the first sample of the window predates it and is none.
 */
export class RecoveredPeaksReducer {
  private previousAt = Number.NaN;
  private previousPeak = Number.NaN;
  private previousUsed = Number.NaN;
  private previousLife = 0;
  private highest: RecoveredPeak | undefined;
  private readonly found = new LargestList<RecoveredPeak>(MAX_RECOVERED);

  add(samples: NodeSamples, life: Int32Array): void {
    const peaks = samples.numbers.get('usedMemoryPeakBytes');
    if (!peaks) return;
    const usedMemory = samples.numbers.get('usedMemoryBytes');
    const uptimes = samples.numbers.get('uptimeSeconds');
    for (let i = 0; i < samples.count; i++) {
      const peak = peaks[i] as number;
      if (!Number.isFinite(peak)) continue;
      const at = samples.at[i] as number;
      const used = usedMemory?.[i] ?? Number.NaN;
      const isTold =
        life[i] === this.previousLife
          ? peak > this.previousPeak && !(peak <= this.previousUsed)
          : this.hasBegunSince(at, uptimes?.[i] ?? Number.NaN);
      if (isTold && !(peak <= used))
        this.keep({ fromAt: this.previousAt, toAt: at, value: peak }, this.rise(peak, used, life[i] as number));
      this.previousAt = at;
      this.previousPeak = peak;
      this.previousUsed = used;
      this.previousLife = life[i] as number;
    }
  }

  /** False where the new process had been running elsewhere, as after a failover behind one address; an unknown uptime counts as young. */
  private hasBegunSince(at: number, uptimeSeconds: number): boolean {
    return Number.isFinite(this.previousAt) && !(at - uptimeSeconds * 1000 < this.previousAt - START_JITTER_MILLISECONDS);
  }

  /** How far a peak stands out above the samples beside it; those of another process are no measure. */
  private rise(peak: number, used: number, life: number): number {
    const before = life === this.previousLife && Number.isFinite(this.previousUsed) ? this.previousUsed : 0;
    return peak - Math.max(before, Number.isFinite(used) ? used : 0);
  }

  private keep(peak: RecoveredPeak, rise: number): void {
    if (!(peak.value <= (this.highest?.value ?? Number.NEGATIVE_INFINITY))) this.highest = peak;
    if (this.found.accepts(rise)) this.found.add(rise, peak);
  }

  /** Highest first. */
  finish(): RecoveredPeak[] {
    const { highest } = this;
    const kept = [...(highest ? [highest] : []), ...this.found.items().filter((peak) => peak !== highest)];
    return kept.slice(0, MAX_RECOVERED).sort((a, b) => b.value - a.value);
  }
}
