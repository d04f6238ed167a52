import { type FindingRule, judgeDiagnosis } from './finding-rule.ts';

/** Pages held by few values each: memory that is paid for and that data of other sizes cannot use. Method: docs/methodology.md#fragmentation */
export const externalFragmentation: FindingRule = {
  id: 'external-fragmentation',
  needs: ['usedMemoryBytes', 'usedMemoryRssBytes'],
  defaults: {},
  judge: (context) => judgeDiagnosis(context, 'external-fragmentation', 'warning'),
};
