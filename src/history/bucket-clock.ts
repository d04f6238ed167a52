/** Most stretches a window is cut into. */
export const MAX_BUCKETS = 1024;

/**
 * Deals samples in time order into stretches. While there are at most `MAX_BUCKETS` samples each has its own; then the width is
 * the smallest power of two in milliseconds at which the stretches that hold samples are at most that many. Widths and edges
 * depend on the instants alone, not on how the samples came in.
 */
export class BucketClock {
  count = 0;
  private widthMilliseconds = 0;
  private readonly fromAt = new Float64Array(MAX_BUCKETS);
  private readonly toAt = new Float64Array(MAX_BUCKETS);
  private readonly samples = new Float64Array(MAX_BUCKETS);

  /**
   * Writes the bucket of each sample into `slots` until one would need a bucket too many.
   * @returns the index of that sample (call `widen` with its instant and go on), or `to`
   */
  place(at: Float64Array, from: number, to: number, slots: Int32Array): number {
    for (let i = from; i < to; i++) {
      const instant = at[i] as number;
      if (this.count === 0 || !this.sharesBucket(this.fromAt[this.count - 1] as number, instant)) {
        if (this.count === MAX_BUCKETS) return i;
        this.fromAt[this.count] = instant;
        this.count += 1;
      }
      const slot = this.count - 1;
      this.toAt[slot] = instant;
      this.samples[slot] = (this.samples[slot] as number) + 1;
      slots[i] = slot;
    }
    return to;
  }

  /**
   * Widens the stretches until one that holds `nextAt` has room.
   * @returns the new bucket of each old one, ascending
   */
  widen(nextAt: number): Int32Array {
    const target = new Int32Array(this.count);
    for (let last = MAX_BUCKETS; last >= MAX_BUCKETS; ) {
      this.widthMilliseconds = this.widthMilliseconds === 0 ? 1 : this.widthMilliseconds * 2;
      last = 0;
      for (let slot = 1; slot < this.count; slot++) {
        if (!this.sharesBucket(this.fromAt[slot - 1] as number, this.fromAt[slot] as number)) last += 1;
        target[slot] = last;
      }
      if (!this.sharesBucket(this.fromAt[this.count - 1] as number, nextAt)) last += 1;
    }
    this.merge(target);
    return target;
  }

  /** Bounds and sample counts of the buckets, oldest first. */
  finish(): { fromAt: Float64Array; toAt: Float64Array; samples: Float64Array } {
    return {
      fromAt: this.fromAt.slice(0, this.count),
      toAt: this.toAt.slice(0, this.count),
      samples: this.samples.slice(0, this.count),
    };
  }

  private sharesBucket(a: number, b: number): boolean {
    const width = this.widthMilliseconds;
    return width > 0 && Math.floor(a / width) === Math.floor(b / width);
  }

  private merge(target: Int32Array): void {
    const oldCount = this.count;
    for (let slot = 1; slot < oldCount; slot++) {
      const into = target[slot] as number;
      if (into === slot) continue;
      if (into === target[slot - 1]) this.samples[into] = (this.samples[into] as number) + (this.samples[slot] as number);
      else {
        this.fromAt[into] = this.fromAt[slot] as number;
        this.samples[into] = this.samples[slot] as number;
      }
      this.toAt[into] = this.toAt[slot] as number;
    }
    this.count = (target[oldCount - 1] as number) + 1;
    this.samples.fill(0, this.count);
  }
}
