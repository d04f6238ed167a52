import { clear, type FindingRule, notEnoughData, raised } from './finding-rule.ts';

/** Resident memory above the target share of the machine: memory pressure. Method: docs/methodology.md#system-memory */
export const systemMemoryRatioHigh: FindingRule<{ criticalAtRatio: number }> = {
  id: 'system-memory-ratio-high',
  needs: ['usedMemoryRssBytes'],
  // From here on a fork or a neighbour is enough for the kernel's out-of-memory killer.
  defaults: { criticalAtRatio: 0.9 },
  judge({ node }, { criticalAtRatio }) {
    const { totalBytes, targetRatio, ratioNow, ratioPeak, secondsAboveTarget, episodes } = node.systemMemory;
    if (totalBytes === undefined || ratioPeak === undefined) return notEnoughData('systemMemoryBytes');
    const evidence = {
      ratioNow,
      ratioPeak,
      targetRatio,
      secondsAboveTarget,
      episodes: episodes.length,
      usedMemoryRssBytes: node.peaks.usedMemoryRssBytes?.value,
      peakAt: node.peaks.usedMemoryRssBytes?.at,
      systemMemoryBytes: totalBytes,
    };
    // What is in swap is not resident: the ratio says little of what the server needs.
    if (ratioPeak <= targetRatio) return node.fragmentation.diagnosis === 'swapping' ? notEnoughData('swapped') : clear(evidence);
    // The budget, or the provider's own reserve, may say that this machine is enough for what is projected.
    const { instance, memoryNeededBytes } = node.provisioning;
    const isEnough =
      instance.direction === undefined ? memoryNeededBytes !== undefined && memoryNeededBytes <= totalBytes : instance.direction !== 'up';
    if (isEnough) return raised('warning', evidence);
    return raised((ratioNow ?? 0) > targetRatio || ratioPeak >= criticalAtRatio ? 'critical' : 'warning', evidence);
  },
};
