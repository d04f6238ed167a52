import { type FindingRule, judgeDiagnosis } from './finding-rule.ts';

/** Much resident memory outside the allocator: modules, scripts, thread stacks. */
export const processOverheadHigh: FindingRule = {
  id: 'process-overhead-high',
  needs: ['usedMemoryBytes', 'usedMemoryRssBytes'],
  defaults: {},
  judge: (context) => judgeDiagnosis(context, 'process-overhead', 'info'),
};
