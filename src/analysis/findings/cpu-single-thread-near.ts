import { clear, type FindingRule, notEnoughData, raised } from './finding-rule.ts';

/** The main thread near one whole core: commands queue, and more memory or more processors do not help. */
export const cpuSingleThreadNear: FindingRule<{ warnAtShare: number; criticalAtShare: number }> = {
  id: 'cpu-single-thread-near',
  needs: [],
  defaults: { warnAtShare: 0.8, criticalAtShare: 0.95 },
  judge({ node }, { warnAtShare, criticalAtShare }) {
    const share = node.activity.mainThreadCpuMax;
    if (share === undefined) return notEnoughData('mainThreadCpuUserSeconds');
    const evidence = { mainThreadCpuMax: share, opsPerSecondMax: node.activity.opsPerSecondMax };
    if (share < warnAtShare) return clear(evidence);
    return raised(share >= criticalAtShare ? 'critical' : 'warning', evidence);
  },
};
