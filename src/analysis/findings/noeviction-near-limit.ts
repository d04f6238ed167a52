import {
  clear,
  countedPeakBytes,
  currentMaxmemory,
  evictsNothing,
  type FindingRule,
  mostExpiringBytes,
  NEAR_LIMIT_RATIO,
  notApplicable,
  notEnoughData,
  raised,
} from './finding-rule.ts';

/** A store that evicts nothing close to `maxmemory`: the next step is refused writes. */
export const noevictionNearLimit: FindingRule<{ warnAtRatio: number; criticalAtRatio: number }> = {
  id: 'noeviction-near-limit',
  needs: ['usedMemoryBytes'],
  defaults: { warnAtRatio: NEAR_LIMIT_RATIO, criticalAtRatio: 0.97 },
  judge(context, { warnAtRatio, criticalAtRatio }) {
    const maxmemoryBytes = currentMaxmemory(context);
    if (maxmemoryBytes === undefined) return notEnoughData('maxmemoryBytes');
    if (maxmemoryBytes === 0) return notApplicable('maxmemory-unset');
    const isFixed = evictsNothing(context);
    if (isFixed === undefined) return notEnoughData('maxmemoryPolicy');
    const peakBytes = countedPeakBytes(context) ?? 0;
    const ratio = peakBytes / maxmemoryBytes;
    // What may be evicted makes room, and where it is next to nothing against the limit that is soon used up.
    const expiringBytes = mostExpiringBytes(context);
    if (!isFixed && (expiringBytes === undefined || (peakBytes - expiringBytes) / maxmemoryBytes < warnAtRatio))
      return notApplicable('evicts');
    const expiringBytesShare = expiringBytes === undefined ? undefined : context.node.keyspace.sample?.expiringBytesShare.middle;
    const evidence = { ratio, peakBytes, maxmemoryBytes, policy: context.node.maxmemoryPolicy, expiringBytesShare };
    if (ratio < warnAtRatio) return clear(evidence);
    return raised(ratio >= criticalAtRatio ? 'critical' : 'warning', evidence);
  },
};
