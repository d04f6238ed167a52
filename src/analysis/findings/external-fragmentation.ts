import { type FindingRule, judgeDiagnosis, negligibleBytes } from './finding-rule.ts';

/** Pages held by few values each: memory that is paid for and that data of other sizes cannot use. Method: docs/methodology.md#fragmentation */
export const externalFragmentation: FindingRule = {
  id: 'external-fragmentation',
  needs: ['usedMemoryBytes', 'usedMemoryRssBytes'],
  defaults: {},
  judge(context) {
    const { evidence, wasteBytes = 0 } = context.node.fragmentation;
    const holesBytes = evidence.externalBytes ?? wasteBytes;
    return judgeDiagnosis(context, 'external-fragmentation', holesBytes < negligibleBytes(context) ? 'info' : 'warning');
  },
};
