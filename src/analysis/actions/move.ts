import { createCommands } from '../resize-commands.ts';
import { type ActionContext, infoLine, known, type Step, step } from './action-context.ts';
import { choiceValues, targetOf } from './machine.ts';

/** Steps that ask for another machine or engine where the server is now: a move takes their place. */
const TAKEN_OVER: readonly string[] = ['resize-up', 'resize-down', 'add-shards', 'move-slots', 'upgrade-engine'];

/** The move that was asked for (`--target`), and without what it makes needless. Docs: docs/methodology.md#instance */
export function withMove(context: ActionContext, steps: readonly Step[]): readonly Step[] {
  const takenOver = steps.filter(({ action }) => TAKEN_OVER.includes(action.id));
  const move = moveToTarget(context, takenOver);
  if (move === undefined) return steps;
  const others = steps.filter((one) => !takenOver.includes(one));
  // What stops a server that swaps or cannot save is not put off until it has moved.
  const urgent = others.filter(({ action }) => action.id === 'stop-swapping' || action.id === 'fix-saves');
  return [...urgent, move, ...others.filter((one) => !urgent.includes(one))];
}

/** Undefined where no other service was asked for, the server is there already, or none of its sizes holds the plan. */
function moveToTarget(context: ActionContext, takenOver: readonly Step[]): Step | undefined {
  const { node, settings } = context;
  const { provisioning } = node;
  const { current, recommended } = provisioning.spread?.instance ?? provisioning.instance;
  if (settings.target === undefined || recommended?.offering !== settings.target || current?.offering === settings.target) return undefined;
  return step('ladder', {
    id: 'move-to-target',
    effort: 'project',
    findingIds: [...new Set(takenOver.flatMap(({ action }) => action.findingIds))],
    commands: createCommands(recommended, settings.replicas ?? 0),
    verify: infoLine(context, 'memory', ['used_memory', 'used_memory_rss', 'maxmemory']),
    values: known({
      takesOver: takenOver.find(({ stage }) => stage === 'ladder')?.action.id,
      ...choiceValues(recommended),
      maxmemoryBytes: provisioning.spread?.maxmemoryBytes ?? provisioning.maxmemoryBytes.recommended,
      targetBytes: targetOf(context, recommended),
    }),
  });
}
