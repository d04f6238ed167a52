import { type FindingRule, judgeDiagnosis } from './finding-rule.ts';

/** Freed pages that the allocator has not yet given back: MEMORY PURGE returns them. */
export const residentUnused: FindingRule = {
  id: 'resident-unused',
  needs: ['usedMemoryBytes', 'usedMemoryRssBytes'],
  defaults: {},
  judge: (context) => judgeDiagnosis(context, 'resident-unused', 'info'),
};
