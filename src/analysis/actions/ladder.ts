import { canLowerTo, currentMaxmemory, evictsNothing, safeMaxmemory } from '../findings/finding-rule.ts';
import { type ActionContext, isRaised, type Step, severityOf } from './action-context.ts';
import { feedCache, lowerMaxmemory, setAfterResize, setMaxmemory } from './limit.ts';
import { resizeUp } from './machine.ts';
import { boundReplicaBuffers, replicaBufferBytes } from './replica-buffers.ts';
import { closeHoles, holesBytes } from './waste.ts';

/** A limit in force may be a little nearer to the machine and to the data than one that would be set, so that noise does not move it to and fro. */
const KEPT_LIMIT_SLACK = 1.05;

/** What brings the machine back under its target, the cheapest sufficient rung first. */
export function memoryLadder(context: ActionContext): Step[] {
  const holes = closeHoles(context);
  const needed = resizeUp(context);
  const buffers = boundReplicaBuffers(context, needed.length > 0 ? 'ladder' : 'care');
  const relievedBytes = (holes.length > 0 ? holesBytes(context) : 0) + (needed.length > 0 ? replicaBufferBytes(context) : 0);
  const lower = lowerMaxmemory(context);
  const isEnough = (relievedBytes > 0 && !isShortWithout(context, relievedBytes)) || isCoveredByLimit(context, lower.length > 0);
  const upgrade = isEnough ? [] : needed;
  // The limit can be lowered at once and the machine raised later: the danger is gone in between. Not that of a store which is growing: as long
  // as the machine has not been over its target, a lower limit takes no danger away and brings refused writes nearer.
  const isDangerLater = upgrade.length > 0 && evictsNothing(context) === true && !isRaised(context, 'system-memory-ratio-high');
  const lowered = isDangerLater ? [] : lower;
  const loweredBytes = lowered.length > 0 ? limitOf(lowered) : undefined;
  const set =
    upgrade.length > 0
      ? setAfterResize(context, loweredBytes, upgrade[0]?.action.values.name !== undefined)
      : lowered.length > 0
        ? []
        : setMaxmemory(context);
  const limits = [...lowered, ...upgrade, ...set];
  return [...holes, ...buffers, ...limits, ...feedCache(context, limits)];
}

/** Whether the machine is still too small without these resident bytes: they count in the need at the target ratio. */
function isShortWithout({ node }: ActionContext, bytes: number): boolean {
  const { memoryNeededBytes } = node.provisioning;
  const { totalBytes, targetRatio } = node.systemMemory;
  return memoryNeededBytes === undefined || totalBytes === undefined || memoryNeededBytes - bytes / targetRatio > totalBytes;
}

/**
 * Nothing grows, and only a spike larger than any seen would ask for more machine: a limit that the machine holds is cover enough, as long as
 * what was seen stays below it. Nobody buys a machine for a spike that may never come.
 */
function isCoveredByLimit(context: ActionContext, canLower: boolean): boolean {
  const { forecast, fragmentation } = context.node;
  const isGrowing =
    (forecast.growthBytesPerDay ?? 0) > 0 || (fragmentation.trend.significant && (fragmentation.trend.bytesPerDay ?? 0) > 0);
  const isAssumed = forecast.status !== 'ok' || context.settings.growthRatio !== undefined;
  const wasShort = isRaised(context, 'system-memory-ratio-high') || severityOf(context, 'cow-headroom-short') === 'critical';
  if (isGrowing || isAssumed || wasShort) return false;
  const limitBytes = currentMaxmemory(context) ?? 0;
  const safeBytes = safeMaxmemory(context);
  const isHeld = limitBytes > 0 && safeBytes !== undefined && limitBytes <= safeBytes * KEPT_LIMIT_SLACK;
  return canLower || (isHeld && canLowerTo(context, limitBytes * KEPT_LIMIT_SLACK));
}

function limitOf([first]: readonly Step[]): number | undefined {
  const bytes = first?.action.values.maxmemoryBytes;
  return typeof bytes === 'number' ? bytes : undefined;
}
