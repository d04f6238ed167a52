import type { Action, NodeAnalysis } from '../../model/analysis.ts';
import { SEVERITIES } from '../../model/finding.ts';
import { type ActionContext, known, lacksMachine, lacksUsedMemory, STAGES, type Step, severityOf, step } from './action-context.ts';
import { otherLimits } from './care.ts';
import { closing } from './closing.ts';
import { fixSaves, stopSwapping } from './emergencies.ts';
import { makeFailoverSafe } from './failover.ts';
import { memoryLadder } from './ladder.ts';
import { withMove } from './move.ts';
import { giveBackWaste } from './waste.ts';
import { findWouldNotHelp } from './would-not-help.ts';

export type { ActionContext } from './action-context.ts';

export type Advised = Pick<NodeAnalysis, 'actions' | 'wouldNotHelp'>;

/** Time and risk of each effort, relative to one command: bytes per effort orders the list. */
const EFFORT_WEIGHT: Readonly<Record<Action['effort'], number>> = {
  nothing: 1,
  command: 1,
  failover: 4,
  restart: 8,
  resize: 8,
  project: 40,
};

/**
 * What to do, in order, and what would not help.
 *
 * Over the target share of the machine the ladder is: more machine, a lower `maxmemory`, activedefrag. The first rung is the cheapest one that
 * is enough here: defragmentation where the holes alone make the difference; the limit where the data fit but may outgrow the machine;
 * otherwise the machine, and the limit after it. No advice is given that the node's own numbers contradict.
 */
export function recommendActions(context: ActionContext): Advised {
  const steps = withMove(context, [
    ...stopSwapping(context),
    ...fixSaves(context),
    ...memoryLadder(context),
    ...closing(context),
    ...giveBackWaste(context),
    ...makeFailoverSafe(context),
    ...otherLimits(context),
  ]);
  const actions = order(context, isNothingToDo(context, steps) ? [nothingToDo(context), ...steps] : steps);
  return { actions, wouldNotHelp: findWouldNotHelp(context, new Set(actions.map(({ id }) => id))) };
}

/** Notes alone are no first step, unless the first of them is what a verdict lacks. */
function isNothingToDo(context: ActionContext, steps: readonly Step[]): boolean {
  const isLacking = steps.some(({ action }) => action.id === 'collect-more') || lacksMachine(context) || lacksUsedMemory(context);
  return steps.every(({ stage }) => stage === 'note') && (steps.length === 0 || !isLacking);
}

function nothingToDo(context: ActionContext): Step {
  const { findings } = context;
  const others = findings.filter(({ verdict, severity }) => verdict === 'raised' && severity !== 'info').length;
  return step('note', { id: 'nothing', effort: 'nothing', values: known({ otherFindings: others > 0 ? others : undefined }) });
}

function order(context: ActionContext, steps: readonly Step[]): Action[] {
  const perEffort = ({ action }: Step) => (action.givesBytes ?? 0) / EFFORT_WEIGHT[action.effort];
  const severity = ({ action }: Step) => Math.max(0, ...action.findingIds.map((id) => SEVERITIES.indexOf(severityOf(context, id))));
  const actions = steps
    .map((one, index) => ({ one, index }))
    .sort((a, b) => {
      const byStage = STAGES.indexOf(a.one.stage) - STAGES.indexOf(b.one.stage);
      if (byStage !== 0) return byStage;
      if (a.one.stage === 'gain') return perEffort(b.one) - perEffort(a.one) || a.index - b.index;
      if (a.one.stage === 'care') return severity(b.one) - severity(a.one) || a.index - b.index;
      return a.index - b.index;
    })
    .map(({ one }) => one.action);
  // The budget counts the holes that defragmentation would close: what it asks for may be too much afterwards.
  const defragAt = actions.findIndex(({ id }) => id === 'enable-activedefrag' || id === 'tune-activedefrag');
  return actions.map((action, i) =>
    action.id === 'resize-up' && defragAt >= 0 && defragAt < i ? { ...action, values: { ...action.values, isAfterDefrag: 'yes' } } : action,
  );
}
