import { clear, type FindingRule, notEnoughData, raised } from './finding-rule.ts';

/** Stretches without samples: a peak inside one is seen only if the server remembers it. */
export const gaps: FindingRule<{ warnAtShare: number }> = {
  id: 'gaps',
  needs: [],
  defaults: { warnAtShare: 0.05 },
  judge({ node }, { warnAtShare }) {
    const { gapCount, gapSeconds, spanSeconds, samples } = node.quality;
    if (samples < 3 || spanSeconds === 0) return notEnoughData('samples');
    const share = gapSeconds / spanSeconds;
    const evidence = { gapCount, gapSeconds, share };
    if (gapCount === 0) return clear(evidence);
    return raised(share >= warnAtShare ? 'warning' : 'info', evidence);
  },
};
