import { clear, type FindingRule, raised } from './finding-rule.ts';

/** The input holds averages: peaks are higher than anything seen here. */
export const averagedInput: FindingRule = {
  id: 'averaged-input',
  needs: [],
  defaults: {},
  judge: ({ node }) =>
    node.quality.averaged
      ? raised('warning', { intervalSeconds: node.quality.intervalSeconds, usedMemoryBytes: node.peaks.usedMemoryBytes?.value })
      : clear(),
};
