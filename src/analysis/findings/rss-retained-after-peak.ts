import { type FindingRule, judgeDiagnosis } from './finding-rule.ts';

/** Resident memory stayed near a past peak: kept for the data's return, neither a leak nor by itself fragmentation. */
export const rssRetainedAfterPeak: FindingRule = {
  id: 'rss-retained-after-peak',
  needs: ['usedMemoryBytes', 'usedMemoryRssBytes'],
  defaults: {},
  judge: (context) => judgeDiagnosis(context, 'retained-after-peak', 'info'),
};
