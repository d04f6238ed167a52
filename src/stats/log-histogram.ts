/** A bin holds the top 6 bits of the mantissa: 64 bins an octave, so its middle is within 0.8 % of every value inside. */
const DROPPED_BITS = 14;
/** Bins added beyond the new edge when the range grows, so that a slow drift does not copy at each step. */
const SPARE_BINS = 32;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
/** Which of the two words holds sign, exponent and the top of the mantissa. */
const HIGH_WORD = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/** The logarithmic bin of a positive number, ascending with it: its exponent and the top of its mantissa, read from the bits. */
export function logBin(value: number): number {
  double[0] = value;
  return (words[HIGH_WORD] as number) >>> DROPPED_BITS;
}

function binStart(bin: number): number {
  words[1 - HIGH_WORD] = 0;
  words[HIGH_WORD] = bin << DROPPED_BITS;
  return double[0] as number;
}

/** Counts of one sign's bins, only as wide as the values met. */
class BinCounts {
  firstBin = 0;
  counts = new Uint32Array(0);

  /** Makes room for a bin. */
  reach(bin: number): void {
    const empty = this.counts.length === 0;
    const from = Math.max(0, (empty ? bin : Math.min(bin, this.firstBin)) - SPARE_BINS);
    const to = (empty ? bin : Math.max(bin, this.firstBin + this.counts.length - 1)) + SPARE_BINS;
    const counts = new Uint32Array(to - from + 1);
    counts.set(this.counts, empty ? 0 : this.firstBin - from);
    this.firstBin = from;
    this.counts = counts;
  }

  add(bin: number, times: number): void {
    if (bin < this.firstBin || bin >= this.firstBin + this.counts.length) this.reach(bin);
    const index = bin - this.firstBin;
    this.counts[index] = (this.counts[index] as number) + times;
  }
}

/**
 * Counts finite numbers in bins of equal relative width, so that any quantile is within 1 % of the exact one
 * (exact for whole numbers below 64), whatever the range and however many there were.
 * @remarks Bins are linear within an octave (as HdrHistogram's), which needs no logarithm per value.
 */
export class LogHistogram {
  count = 0;
  private zeros = 0;
  private wholeNumbers = true;
  private readonly positive = new BinCounts();
  private readonly negative = new BinCounts();

  /**
   * Counts the values from `from` to `to` (excluded).
   * @param values - those that are not finite are passed over
   * @param skip - 1 where a value is to be passed over
   */
  add(values: Float64Array, from = 0, to = values.length, skip?: Uint8Array): void {
    // The bin is in the bits of the value: reading them where they lie is several times faster than any arithmetic.
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
    let { counts, firstBin } = this.positive;
    let { count, zeros, wholeNumbers } = this;
    for (let i = from; i < to; i++) {
      const value = values[i] as number;
      if (value - value !== 0 || (skip !== undefined && skip[i] === 1)) continue;
      count += 1;
      if (wholeNumbers && value !== Math.floor(value)) wholeNumbers = false;
      if (value > 0) {
        const bin = (bits[2 * i + HIGH_WORD] as number) >>> DROPPED_BITS;
        if (bin < firstBin || bin >= firstBin + counts.length) {
          this.positive.reach(bin);
          ({ counts, firstBin } = this.positive);
        }
        counts[bin - firstBin] = (counts[bin - firstBin] as number) + 1;
      } else if (value === 0) zeros += 1;
      else this.negative.add(logBin(-value), 1);
    }
    this.count = count;
    this.zeros = zeros;
    this.wholeNumbers = wholeNumbers;
  }

  /** Counts one finite value `times` times. */
  addRepeated(value: number, times: number): void {
    this.count += times;
    if (value !== Math.floor(value)) this.wholeNumbers = false;
    if (value === 0) this.zeros += times;
    else (value > 0 ? this.positive : this.negative).add(logBin(Math.abs(value)), times);
  }

  /**
   * The smallest value that has at least the share `q` (0–1) of the numbers at or below it, within 1 %.
   * @returns NaN when nothing was counted
   */
  quantile(q: number): number {
    if (this.count === 0) return Number.NaN;
    let rank = Math.max(1, Math.ceil(q * this.count - 1e-9));
    for (let index = this.negative.counts.length - 1; index >= 0; index--) {
      rank -= this.negative.counts[index] as number;
      if (rank <= 0) return -this.binValue(this.negative.firstBin + index);
    }
    rank -= this.zeros;
    if (rank <= 0) return 0;
    for (let index = 0; index < this.positive.counts.length; index++) {
      rank -= this.positive.counts[index] as number;
      if (rank <= 0) return this.binValue(this.positive.firstBin + index);
    }
    return Number.NaN;
  }

  private binValue(bin: number): number {
    const start = binStart(bin);
    const end = binStart(bin + 1);
    if (!this.wholeNumbers) return start + (end - start) / 2;
    return end - start <= 1 ? Math.ceil(start) : Math.round(start + (end - start) / 2);
  }
}
