import { clear, type FindingRule, notApplicable, notEnoughData, raised } from './finding-rule.ts';

/** One shard holds much more than the others: every shard must be bought at its size. Raised on the hottest shard only. */
export const shardSkew: FindingRule<{ raiseAtSkew: number }> = {
  id: 'shard-skew',
  needs: [],
  // Peak of the hottest shard over the mean of all; hashing alone stays within a few percent.
  defaults: { raiseAtSkew: 1.25 },
  judge({ group, node }, { raiseAtSkew }) {
    if (group === undefined || group.kind !== 'cluster') return notApplicable('not-a-cluster');
    if (group.skew === undefined) return notEnoughData('skew');
    const { skew, hottestNodeId, skewCause, evenSpread } = group;
    const evidence = {
      skew,
      hottestNodeId,
      cause: skewCause?.cause,
      keysRatio: skewCause?.keysRatio,
      bytesPerKeyRatio: skewCause?.bytesPerKeyRatio,
      evenPeakBytes: evenSpread?.peakBytes,
      moveBytes: evenSpread?.moveBytes,
    };
    return group.skew >= raiseAtSkew && group.hottestNodeId === node.id ? raised('warning', evidence) : clear(evidence);
  },
};
