import type { NodeAnalysis } from '../model/analysis.ts';
import { MiB } from '../model/bytes.ts';

/** The distance between resident and used memory may differ by this share of the peak, and at least this much, through the history. */
const LEVEL_SHARE = 0.05;
const LEVEL_BYTES = 100 * MiB;

/** Resident memory stayed about as far above used memory through the whole history: neither kept pages nor gave holes back. */
export function movedTogether({ series, peaks }: Pick<NodeAnalysis, 'series' | 'peaks'>): boolean {
  const gaps = series.usedMemoryRssBytes.flatMap((rss, i) => {
    const used = series.usedMemoryBytes[i];
    return rss === null || used === null || used === undefined ? [] : [rss - used];
  });
  if (gaps.length === 0) return false;
  const range = gaps.reduce((a, b) => Math.max(a, b)) - gaps.reduce((a, b) => Math.min(a, b));
  return range <= Math.max(LEVEL_BYTES, LEVEL_SHARE * (peaks.usedMemoryBytes?.value ?? 0));
}
