import { clear, type FindingRule, notEnoughData, raised } from './finding-rule.ts';

/** Figures for the memory of the machine that contradict each other, or that what was resident contradicts. Method: docs/methodology.md#system-memory */
export const machineMemoryDoubtful: FindingRule<{ raiseAtRatio: number }> = {
  id: 'machine-memory-doubtful',
  needs: [],
  // The kernel keeps a few percent of a machine for itself, and sellers count in other units than servers.
  defaults: { raiseAtRatio: 1.1 },
  judge({ node }, { raiseAtRatio }) {
    const { totalBytes, source, figures = [], ratioPeak, changes = [] } = node.systemMemory;
    if (totalBytes === undefined) return notEnoughData('systemMemoryBytes');
    const rss = node.peaks.usedMemoryRssBytes;
    const evidence = { systemMemoryBytes: totalBytes, source, usedMemoryRssBytes: rss?.value, rssAt: rss?.at };
    if (ratioPeak !== undefined && ratioPeak > 1) return raised('warning', { ...evidence, reason: 'less-than-resident' });
    const contradicting = figures.find((figure) => totalBytes > raiseAtRatio * figure.bytes);
    if (contradicting !== undefined) {
      const { source: otherSource, bytes: otherBytes } = contradicting;
      // A machine that grew while the server ran is told by its size at the start of the server.
      return raised(otherSource === 'container' ? 'warning' : 'info', { ...evidence, reason: 'more-than-told', otherSource, otherBytes });
    }
    const container = figures.find((figure) => figure.source === 'container');
    if (source !== 'option' && source !== 'instance' && container !== undefined && container.bytes > totalBytes) {
      return raised('info', { ...evidence, reason: 'limit-above-host', otherSource: 'container', otherBytes: container.bytes });
    }
    const changed = changes.at(-1);
    if (changed !== undefined) return raised('info', { ...evidence, reason: 'limit-changed', changedAt: changed.at });
    // The memory of a host says nothing of the limit of a container on it.
    return (source === 'info' || source === 'host') && container === undefined ? notEnoughData('containerLimit') : clear(evidence);
  },
};
