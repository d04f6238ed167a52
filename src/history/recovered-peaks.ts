import type { RecoveredPeak } from '../model/node-history.ts';
import { LargestList } from './largest-list.ts';
import type { NodeSamples } from './node-samples.ts';

const MAX_RECOVERED = 50;

/**
 * Maxima that no sample saw. `used_memory_peak` only rises within a process, so a rise between two samples above the used memory
 * of both is the true maximum of that stretch. What the peak was at the first sample of a life is compared with nothing: it may predate the
 * samples.
 */
export class RecoveredPeaksReducer {
  private previousAt = 0;
  private previousPeak = Number.NaN;
  private previousUsed = Number.NaN;
  private previousLife = 0;
  private readonly found = new LargestList<RecoveredPeak>(MAX_RECOVERED);

  add(samples: NodeSamples, life: Int32Array): void {
    const peaks = samples.numbers.get('usedMemoryPeakBytes');
    if (!peaks) return;
    const usedMemory = samples.numbers.get('usedMemoryBytes');
    for (let i = 0; i < samples.count; i++) {
      const peak = peaks[i] as number;
      if (!Number.isFinite(peak)) continue;
      const at = samples.at[i] as number;
      const used = usedMemory?.[i] ?? Number.NaN;
      const sameLife = life[i] === this.previousLife;
      if (sameLife && peak > this.previousPeak && !(peak <= used) && !(peak <= this.previousUsed) && this.found.accepts(peak)) {
        this.found.add(peak, { fromAt: this.previousAt, toAt: at, value: peak });
      }
      this.previousAt = at;
      this.previousPeak = peak;
      this.previousUsed = used;
      this.previousLife = life[i] as number;
    }
  }

  finish(): RecoveredPeak[] {
    return this.found.items();
  }
}
