import { bucketIncreases } from '../bucket-rates.ts';
import { clear, type FindingRule, notEnoughData, raised } from './finding-rule.ts';

/** Reads find their key less often at the end of the window than at its beginning. */
export const hitRatioFalling: FindingRule<{ minFall: number; minLookups: number }> = {
  id: 'hit-ratio-falling',
  needs: ['keyspaceHits', 'keyspaceMisses'],
  defaults: { minFall: 0.05, minLookups: 10_000 },
  judge({ history, node }, { minFall, minLookups }) {
    const hits = bucketIncreases(history, 'keyspaceHits') ?? new Float64Array();
    const misses = bucketIncreases(history, 'keyspaceMisses') ?? new Float64Array();
    // The first and the last third: a single bad day in between is no trend.
    const third = Math.floor(hits.length / 3);
    const before = ratioOver(hits.subarray(0, third), misses.subarray(0, third), minLookups);
    const after = ratioOver(hits.subarray(hits.length - third), misses.subarray(hits.length - third), minLookups);
    if (before === undefined || after === undefined) return notEnoughData('keyspaceHits');
    const evidence = { hitRatioBefore: before, hitRatioAfter: after, evictedKeys: node.activity.evictedKeys };
    if (before - after < minFall) return clear(evidence);
    return raised((node.activity.evictedKeys ?? 0) > 0 ? 'warning' : 'info', evidence);
  },
};

/** Hit ratio of a stretch; undefined with too few lookups to tell. */
function ratioOver(hits: Float64Array, misses: Float64Array, minLookups: number): number | undefined {
  const sum = (values: Float64Array) => values.reduce((total, value) => (Number.isFinite(value) ? total + value : total), 0);
  const lookups = sum(hits) + sum(misses);
  return lookups < minLookups ? undefined : sum(hits) / lookups;
}
