import { isOwnServer } from '../server-commands.ts';
import { clear, type FindingRule, notApplicable, notEnoughData, raised, settingsDoor } from './finding-rule.ts';

/** Too little room for the pages that a saving child copies. Copy-on-write is seen in the machine's memory, never in the server's RSS. */
export const cowHeadroomShort: FindingRule = {
  id: 'cow-headroom-short',
  needs: ['usedMemoryRssBytes'],
  defaults: {},
  judge(context) {
    const { node, settings } = context;
    const { totalBytes } = node.systemMemory;
    const { forks, cowRatioMax } = node.persistence;
    if (forks.length === 0 && (node.activity.fullSyncs ?? 0) === 0) return notApplicable('no-forks');
    if (totalBytes === undefined) return notEnoughData('systemMemoryBytes');
    const seen = forks.flatMap(({ cowBytes, rssBytes }) => (rssBytes === undefined ? [] : [cowBytes + rssBytes]));
    const ceilingBytes = settings.forkCeilingRatio * totalBytes;
    const forkedPeakBytes = seen.length === 0 ? undefined : Math.max(...seen);
    // A managed service keeps its own reserve for forks; only what was seen speaks against it.
    const forkedBytes = isOwnServer(settingsDoor(context)) ? node.provisioning.forkedBytes : undefined;
    const evidence = { forkedPeakBytes, forkedBytes, ceilingBytes, cowRatioMax, forks: forks.length, systemMemoryBytes: totalBytes };
    if (forkedPeakBytes === undefined && forkedBytes === undefined) return notEnoughData('rdbLastCowBytes');
    if ((forkedPeakBytes ?? 0) > ceilingBytes) return raised('critical', { ...evidence, isSeen: true });
    // Where resident memory alone asks for a larger machine, or for a lower limit, forks are not what makes this one too small.
    const isForkDeciding = (node.provisioning.residentBytes ?? 0) <= settings.targetRatio * totalBytes;
    return isForkDeciding && (forkedBytes ?? 0) > ceilingBytes ? raised('warning', { ...evidence, isSeen: false }) : clear(evidence);
  },
};
