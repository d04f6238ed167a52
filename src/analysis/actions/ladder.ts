import { canLowerTo, currentMaxmemory, evictsNothing, safeMaxmemory } from '../findings/finding-rule.ts';
import { type ActionContext, isRaised, refusesWrites, type Step, severityOf } from './action-context.ts';
import { boundClientMemory, clientMemoryBytes } from './client-memory.ts';
import { feedCache, lowerBeforeShrinking, lowerMaxmemory, setAfterResize, setMaxmemory } from './limit.ts';
import { resizeDown, resizeUp } from './machine.ts';
import { boundReplicaBuffers, replicaBufferBytes } from './replica-buffers.ts';
import { repairScripts } from './scripts.ts';
import { closeHoles, holesBytes, isHolesForLimit } from './waste.ts';

/**
 * A limit in force may be a little nearer to the machine and to the data than one that would be set, so that noise does not move it to and fro:
 * by one step of rounding where it is coarsest, 64 MiB in 1 GiB.
 */
const KEPT_LIMIT_SLACK = 1.07;

/** What brings the machine back under its target, the cheapest sufficient rung first. */
export function memoryLadder(context: ActionContext): Step[] {
  const holes = closeHoles(context);
  const needed = resizeUp(context);
  const bufferStage = needed.length > 0 ? 'ladder' : 'care';
  const buffers = [...repairScripts(context), ...boundReplicaBuffers(context, bufferStage), ...boundClientMemory(context, bufferStage)];
  const bufferBytes = replicaBufferBytes(context) + clientMemoryBytes(context);
  const relievedBytes = (holes.length > 0 ? holesBytes(context) : 0) + (needed.length > 0 ? bufferBytes : 0);
  const lower = isHolesForLimit(context) ? [] : lowerMaxmemory(context);
  const isEnough = (relievedBytes > 0 && !isShortWithout(context, relievedBytes)) || isCoveredByLimit(context, lower.length > 0);
  const upgrade = isEnough ? [] : needed;
  // Before anything is bought or narrowed: what lies on the wrong shard can be moved.
  if (upgrade[0]?.action.id === 'move-slots') return [...upgrade, ...holes, ...buffers, ...lower];
  const limits = upgrade.length > 0 ? growWithMachine(context, lower, upgrade) : lower.length > 0 ? lower : setMaxmemory(context);
  const down = upgrade.length > 0 ? [] : shrink(context);
  const present = down.some(({ action }) => action.id === 'lower-maxmemory') ? [] : limits;
  return [...holes, ...buffers, ...present, ...down, ...feedCache(context, [...present, ...down])];
}

/**
 * The larger machine with the limits before and after it: lowered at once, so that the danger is gone in between, and raised again. Not in a
 * store which is growing: as long as the machine has not been over its target, a lower limit takes no danger away and brings refused writes nearer.
 */
function growWithMachine(context: ActionContext, lower: readonly Step[], upgrade: readonly Step[]): Step[] {
  const isDangerLater = evictsNothing(context) === true && !isRaised(context, 'system-memory-ratio-high');
  const lowered = isDangerLater ? [] : lower;
  // On more shards each holds a part: the limit of the whole is none of theirs.
  if (upgrade[0]?.action.id === 'add-shards') return [...lowered, ...upgrade];
  const isNamed = upgrade[0]?.action.values.name !== undefined;
  return [...lowered, ...upgrade, ...setAfterResize(context, limitOf(lowered), isNamed)];
}

/** A smaller machine, and before it the limit that it holds; neither where the data come too near to that limit. */
function shrink(context: ActionContext): Step[] {
  const down = resizeDown(context);
  const isNamed = down[0]?.action.values.name !== undefined;
  const limit = down.length > 0 ? lowerBeforeShrinking(context, isNamed ? context.node.provisioning.instance.recommended : undefined) : [];
  return limit === undefined ? [] : [...limit, ...down];
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
  const { growthRatio, importBytes } = context.settings;
  const isAssumed = forecast.status !== 'ok' || growthRatio !== undefined || importBytes !== undefined;
  const wasShort = isRaised(context, 'system-memory-ratio-high') || severityOf(context, 'cow-headroom-short') === 'critical';
  // A store that is about to refuse writes is no spike.
  if (isGrowing || isAssumed || wasShort || refusesWrites(context)) return false;
  const limitBytes = currentMaxmemory(context) ?? 0;
  const safeBytes = safeMaxmemory(context);
  const isHeld = limitBytes > 0 && safeBytes !== undefined && limitBytes <= safeBytes * KEPT_LIMIT_SLACK;
  return canLower || (isHeld && canLowerTo(context, limitBytes * KEPT_LIMIT_SLACK));
}

function limitOf([first]: readonly Step[]): number | undefined {
  const bytes = first?.action.values.maxmemoryBytes;
  return typeof bytes === 'number' ? bytes : undefined;
}
