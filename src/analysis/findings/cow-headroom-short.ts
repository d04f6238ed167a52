import { clear, type FindingRule, notApplicable, notEnoughData, raised } from './finding-rule.ts';

/** Too little room for the pages that a saving child copies. Copy-on-write is seen in the machine's memory, never in the server's RSS. */
export const cowHeadroomShort: FindingRule = {
  id: 'cow-headroom-short',
  needs: ['usedMemoryRssBytes'],
  defaults: {},
  judge({ node, settings }) {
    const { totalBytes } = node.systemMemory;
    const { forks, cowRatioMax } = node.persistence;
    if (forks.length === 0 && (node.activity.fullSyncs ?? 0) === 0) return notApplicable('no-forks');
    if (totalBytes === undefined) return notEnoughData('systemMemoryBytes');
    const seen = forks.flatMap(({ cowBytes, rssBytes }) => (rssBytes === undefined ? [] : [cowBytes + rssBytes]));
    const ceilingBytes = settings.forkCeilingRatio * totalBytes;
    const forkedPeakBytes = seen.length === 0 ? undefined : Math.max(...seen);
    const { forkedBytes } = node.provisioning;
    const evidence = { forkedPeakBytes, forkedBytes, ceilingBytes, cowRatioMax, forks: forks.length, systemMemoryBytes: totalBytes };
    if (forkedPeakBytes === undefined && forkedBytes === undefined) return notEnoughData('forks');
    if ((forkedPeakBytes ?? 0) > ceilingBytes) return raised('critical', { ...evidence, isSeen: true });
    return (forkedBytes ?? 0) > ceilingBytes ? raised('warning', { ...evidence, isSeen: false }) : clear(evidence);
  },
};
