import { type FindingRule, judgeDiagnosis } from './finding-rule.ts';

/** Resident memory lastingly below used memory and below what the allocator holds: part of the process is on disk. */
export const swapping: FindingRule = {
  id: 'swapping',
  needs: ['usedMemoryBytes', 'usedMemoryRssBytes'],
  defaults: {},
  judge: (context) => judgeDiagnosis(context, 'swapping', 'critical'),
};
