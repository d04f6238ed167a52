import type { PlanNote } from '../model/analysis.ts';
import type { BudgetQuestion } from './budget.ts';
import { hasHappened, isHeldAtLimit } from './forecast/held-at-limit.ts';
import { describeEngineChange } from './scenarios.ts';
import type { ShardPlace } from './what-if.ts';

/** What of the settings the plan cannot hold, or holds in part. Docs: docs/methodology.md#what-if */
export function findPlanNotes(question: BudgetQuestion, { shards }: ShardPlace): PlanNote[] {
  const { history, settings } = question;
  const engine = describeEngineChange(question);
  return [
    ...(typeof engine === 'string' ? [engine] : []),
    ...(settings.importBytes !== undefined && isHeldAtLimit(history) ? (['import-into-full-cache'] as const) : []),
    ...(settings.policy === 'store' && hasHappened(history, 'evictedKeys') ? (['store-demand-unknown'] as const) : []),
    ...(settings.shards !== undefined && shards === undefined ? (['shards-unknown'] as const) : []),
  ];
}
