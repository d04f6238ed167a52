import { clear, type FindingRule, raised } from './finding-rule.ts';

/** The server remembers a higher peak from before the window: only a note, since nobody knows when it was. */
export const lifetimePeakOutsideWindow: FindingRule<{ raiseAtRatio: number }> = {
  id: 'lifetime-peak-outside-window',
  needs: ['usedMemoryPeakBytes'],
  defaults: { raiseAtRatio: 1.05 },
  judge({ node }, { raiseAtRatio }) {
    const lifetimePeakBytes = node.peaks.lifetimeUsedMemoryBytes;
    const peakBytes = node.peaks.usedMemoryBytes?.value;
    if (lifetimePeakBytes === undefined || peakBytes === undefined) return clear({ peakBytes });
    const evidence = { lifetimePeakBytes, peakBytes };
    return lifetimePeakBytes >= raiseAtRatio * peakBytes ? raised('info', evidence) : clear(evidence);
  },
};
