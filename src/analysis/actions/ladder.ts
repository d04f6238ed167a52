import { evictsNothing } from '../findings/finding-rule.ts';
import { type ActionContext, isRaised, type Step } from './action-context.ts';
import { feedCache, lowerMaxmemory, setAfterResize, setMaxmemory } from './limit.ts';
import { resizeUp } from './machine.ts';
import { closeHoles, isShortWithoutHoles } from './waste.ts';

/** What brings the machine back under its target, the cheapest sufficient rung first. */
export function memoryLadder(context: ActionContext): Step[] {
  const defrag = closeHoles(context);
  const upgrade = defrag.length > 0 && !isShortWithoutHoles(context) ? [] : resizeUp(context);
  // The limit can be lowered at once and the machine raised later: the danger is gone in between. Not that of a store which is growing: as long
  // as the machine has not been over its target, a lower limit takes no danger away and brings refused writes nearer.
  const isDangerLater = upgrade.length > 0 && evictsNothing(context) === true && !isRaised(context, 'system-memory-ratio-high');
  const lowered = isDangerLater ? [] : lowerMaxmemory(context);
  const loweredBytes = lowered.length > 0 ? limitOf(lowered) : undefined;
  const set = upgrade.length > 0 ? setAfterResize(context, loweredBytes) : lowered.length > 0 ? [] : setMaxmemory(context);
  const limits = [...lowered, ...upgrade, ...set];
  return [...defrag, ...limits, ...feedCache(context, limits)];
}

function limitOf([first]: readonly Step[]): number | undefined {
  const bytes = first?.action.values.maxmemoryBytes;
  return typeof bytes === 'number' ? bytes : undefined;
}
