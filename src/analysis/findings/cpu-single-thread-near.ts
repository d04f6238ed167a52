import { clear, type FindingRule, notEnoughData, raised } from './finding-rule.ts';

/** The main thread near one whole core for an hour: commands queue, and more memory or more processors do not help. */
export const cpuSingleThreadNear: FindingRule<{ warnAtShare: number; criticalAtShare: number }> = {
  id: 'cpu-single-thread-near',
  needs: [],
  defaults: { warnAtShare: 0.8, criticalAtShare: 0.95 },
  judge({ node }, { warnAtShare, criticalAtShare }) {
    const { mainThreadCpuMax, mainThreadCpuBusiestHour: share, opsPerSecondMax, commands } = node.activity;
    if (mainThreadCpuMax === undefined) return notEnoughData('mainThreadCpuUserSeconds');
    // A load of seconds keeps the thread busy on any machine: only what lasts is a limit.
    if (share === undefined) return mainThreadCpuMax < warnAtShare ? clear({ mainThreadCpuMax }) : notEnoughData('busiestHour');
    const evidence = {
      mainThreadCpuMax,
      mainThreadCpuBusiestHour: share,
      opsPerSecondMax,
      costliestCommand: commands?.top[0]?.name,
      costliestShare: commands?.top[0]?.share,
    };
    if (share < warnAtShare) return clear(evidence);
    return raised(share >= criticalAtShare ? 'critical' : 'warning', evidence);
  },
};
