import type { ActionContext, Step } from './action-context.ts';
import { feedCache, lowerMaxmemory, setMaxmemory } from './limit.ts';
import { resizeUp } from './machine.ts';
import { defragIsEnough, enableActivedefrag, isShortAfterDefrag } from './waste.ts';

/** What brings the machine back under its target, the cheapest sufficient rung first. */
export function memoryLadder(context: ActionContext): Step[] {
  const isDefragEnough = defragIsEnough(context);
  const defrag = isDefragEnough ? enableActivedefrag(context, 'ladder') : [];
  const upgrade = isDefragEnough && !isShortAfterDefrag(context) ? [] : resizeUp(context);
  // The limit can be lowered at once and the machine raised later: the danger is gone in between.
  const lowered = lowerMaxmemory(context);
  const loweredBytes = lowered[0]?.action.values.maxmemoryBytes;
  const limits = [...lowered, ...upgrade, ...setMaxmemory(context, upgrade.length > 0, loweredBytes)];
  return [...defrag, ...limits, ...feedCache(context, limits)];
}
