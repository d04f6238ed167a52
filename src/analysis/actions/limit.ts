import type { Action, InstanceChoice } from '../../model/analysis.ts';
import type { FindingId } from '../../model/finding.ts';
import {
  canLowerTo,
  countedPeakBytes,
  currentMaxmemory,
  firstMaxmemory,
  safeMaxmemory,
  settingsDoor,
  smallerMachineBytes,
} from '../findings/finding-rule.ts';
import { roundDownLimit } from '../limit-steps.ts';
import { findSettingsDoor, isOwnServer, maxmemoryCommands, type SettingsDoor } from '../server-commands.ts';
import { isHostMemory } from '../system-memory.ts';
import {
  type ActionContext,
  infoLine,
  isRaised,
  isStarved,
  known,
  raisedAmong,
  type Stage,
  type Step,
  severityOf,
  step,
} from './action-context.ts';
import { clientMemoryBytes } from './client-memory.ts';

/** More room than this is worth a higher limit for a cache that evicts; one step goes no farther than the second, since the gain is not known. */
const MORE_ROOM_RATIO = 1.05;
const ROOM_STEP_RATIO = 1.5;

/** A limit above what the machine holds, lowered to that: only while everything at its peak still fits below it. */
export function lowerMaxmemory(context: ActionContext): Step[] {
  const fromBytes = currentMaxmemory(context);
  const safeBytes = safeMaxmemory(context);
  const peakBytes = countedPeakBytes(context);
  if (!isRaised(context, 'maxmemory-too-high') || fromBytes === undefined || safeBytes === undefined || peakBytes === undefined) return [];
  const maxmemoryBytes = roundDownLimit(safeBytes);
  if (!canLowerTo(context, maxmemoryBytes) || maxmemoryBytes >= fromBytes) return [];
  return limitStep(context, 'ladder', { fromBytes, maxmemoryBytes, door: settingsDoor(context) }, {});
}

/** The recommended limit on the present machine: set where there is none, raised where there is room for it. */
export function setMaxmemory(context: ActionContext): Step[] {
  const { recommended } = context.node.provisioning.maxmemoryBytes;
  const fromBytes = currentMaxmemory(context);
  const safeBytes = safeMaxmemory(context);
  if (recommended === undefined || fromBytes === undefined) return [];
  const isUnset = fromBytes === 0;
  if (isUnset && safeBytes === undefined && context.node.forecast.status === 'refused') return [];
  if (!isUnset && (safeBytes === undefined || !isRaised(context, 'maxmemory-too-low'))) return [];
  const isUrgent = isUnset || severityOf(context, 'maxmemory-too-low') !== 'info';
  // A glimpse of the load, or a forecast that is a rule of thumb, is no reason for a limit that nothing presses to change.
  const { status, confidence } = context.node.forecast;
  if (!isUrgent && (status === 'refused' || confidence === 'low')) return [];
  // Buffers of clients made the peak: they are bounded, not made room for.
  if (!isUrgent && clientMemoryBytes(context) > 0) return [];
  // The machine may be a little short of the recommended limit: then the safe one, if the peak fits.
  const held = safeBytes === undefined ? recommended : Math.min(recommended, roundDownLimit(safeBytes));
  const maxmemoryBytes = isUnset ? (firstMaxmemory(context) ?? held) : held;
  if (maxmemoryBytes <= fromBytes) return [];
  // The first limit of a store is no limit that it is about to reach: then the machine is what must change.
  if (isUnset && !canLowerTo(context, maxmemoryBytes)) return [];
  // INFO tells the memory of the host, not of a container.
  const isHost = isHostMemory(context.node.systemMemory) ? 'yes' : undefined;
  return limitStep(context, isUrgent ? 'ladder' : 'gain', { fromBytes, maxmemoryBytes, door: settingsDoor(context) }, { isHost });
}

/**
 * The recommended limit after a resize: set where there is none, raised where the one in force is too low or was lowered for the time being,
 * lowered where the new machine too would not hold it.
 * @param loweredBytes - the limit in force until the resize, where an earlier step lowered it
 * @param isNamed - the step before names the chosen instance, not only the memory that is needed
 */
export function setAfterResize(context: ActionContext, loweredBytes: number | undefined, isNamed: boolean): Step[] {
  const { instance, maxmemoryBytes: limits, memoryNeededBytes } = context.node.provisioning;
  const { recommended } = limits;
  const fromBytes = loweredBytes ?? currentMaxmemory(context);
  if (recommended === undefined || fromBytes === undefined) return [];
  const present = settingsDoor(context);
  const choice = isNamed ? instance.recommended : undefined;
  const next = choice === undefined ? present : findSettingsDoor(choice.offering);
  const door = isOwnServer(next) && isOwnServer(present) ? present : next;
  // The new node type brings its own limit, larger than this one or it would not have been chosen.
  if (door === 'elasticache') return [];
  const heldBytes = heldBy(choice?.memoryBytes, recommended, memoryNeededBytes);
  const isRaise = recommended > fromBytes && (loweredBytes !== undefined || isRaised(context, 'maxmemory-too-low'));
  const isLower = fromBytes > heldBytes && isRaised(context, 'maxmemory-too-high');
  return fromBytes === 0 || isRaise || isLower
    ? limitStep(context, 'ladder', { fromBytes, maxmemoryBytes: recommended, door }, { isAfterResize: 'yes' })
    : [];
}

/**
 * The recommended limit before a move to a smaller machine that would not hold the present one.
 * @param smaller - the instance chosen; undefined: a machine of just the memory that is needed
 * @returns undefined where the present limit would have to be lowered and the data come too near to the recommended one
 */
export function lowerBeforeShrinking(context: ActionContext, smaller: InstanceChoice | undefined): Step[] | undefined {
  const { maxmemoryBytes: limits, memoryNeededBytes } = context.node.provisioning;
  const fromBytes = currentMaxmemory(context);
  const door = settingsDoor(context);
  if (limits.recommended === undefined || fromBytes === undefined || fromBytes === 0 || !isOwnServer(door)) return [];
  const newBytes = smaller?.memoryBytes ?? (memoryNeededBytes === undefined ? undefined : smallerMachineBytes(memoryNeededBytes));
  const heldBytes = heldBy(newBytes, limits.recommended, memoryNeededBytes);
  if (fromBytes <= heldBytes) return [];
  // The smallest machine holds more than the little that these data ask for: no reason to bring the limit down to them.
  const maxmemoryBytes = smaller === undefined ? roundDownLimit(heldBytes) : limits.recommended;
  if (!canLowerTo(context, maxmemoryBytes)) return undefined;
  const stage = isRaised(context, 'maxmemory-too-high') ? 'ladder' : 'care';
  return limitStep(context, stage, { fromBytes, maxmemoryBytes, door }, { isBeforeResize: 'yes' });
}

/** A machine larger than the need holds a limit larger by at least that factor: what does not grow with the limit is paid only once. */
function heldBy(machineBytes: number | undefined, recommendedBytes: number, neededBytes: number | undefined): number {
  return machineBytes === undefined || neededBytes === undefined
    ? recommendedBytes
    : recommendedBytes * Math.max(1, machineBytes / neededBytes);
}

interface LimitChange {
  /** 0: there is none yet. */
  readonly fromBytes: number;
  readonly maxmemoryBytes: number;
  readonly door: SettingsDoor;
}

/** None where the data were above it already, and on a service whose limit follows from the node type: raising it is resizing. */
function limitStep(context: ActionContext, stage: Stage, change: LimitChange, more: Readonly<Record<string, string | undefined>>): Step[] {
  const { fromBytes, maxmemoryBytes, door } = change;
  const peakBytes = countedPeakBytes(context);
  const lines = limitLines(context, maxmemoryBytes, fromBytes, door);
  if ((peakBytes !== undefined && maxmemoryBytes < peakBytes) || lines.commands.length === 0) return [];
  const isUnset = fromBytes === 0;
  const isRaise = !isUnset && maxmemoryBytes > fromBytes;
  const reasons: readonly FindingId[] =
    isUnset || isRaise
      ? ['maxmemory-unset', 'maxmemory-too-low', 'noeviction-near-limit', 'oom-errors', 'eviction-pressure']
      : ['maxmemory-too-high', 'system-memory-ratio-high', 'oversized'];
  return [
    step(stage, {
      id: isUnset ? 'set-maxmemory' : isRaise ? 'raise-maxmemory' : 'lower-maxmemory',
      effort: 'command',
      findingIds: raisedAmong(context, reasons),
      givesBytes: isRaise ? maxmemoryBytes - fromBytes : undefined,
      ...lines,
      values: known({ maxmemoryBytes, fromBytes: isUnset ? undefined : fromBytes, peakBytes, isKept: keptWord(door), ...more }),
    }),
  ];
}

/** A cache that evicts too much, on a machine that holds more: a step towards what it holds, since demand beyond the present limit cannot be seen. */
export function feedCache(context: ActionContext, done: readonly Step[]): Step[] {
  if (!isStarved(context) || done.length > 0 || isRaised(context, 'system-memory-ratio-high')) return [];
  const higher = raiseTowardsSafe(context);
  if (higher.length > 0) return higher;
  const findingIds = raisedAmong(context, ['eviction-pressure', 'hit-ratio-falling']);
  return [step('ladder', { id: 'nothing', effort: 'nothing', findingIds, values: { reason: 'evictions' } })];
}

function raiseTowardsSafe(context: ActionContext): Step[] {
  const fromBytes = currentMaxmemory(context);
  const safeBytes = safeMaxmemory(context);
  if (fromBytes === undefined || fromBytes === 0 || safeBytes === undefined) return [];
  const maxmemoryBytes = roundDownLimit(Math.min(safeBytes, fromBytes * ROOM_STEP_RATIO));
  if (maxmemoryBytes < fromBytes * MORE_ROOM_RATIO) return [];
  const lines = limitLines(context, maxmemoryBytes, fromBytes);
  if (lines.commands.length === 0) return [];
  return [
    step('ladder', {
      id: 'raise-maxmemory',
      effort: 'command',
      findingIds: raisedAmong(context, ['eviction-pressure', 'hit-ratio-falling']),
      givesBytes: maxmemoryBytes - fromBytes,
      ...lines,
      values: known({
        maxmemoryBytes,
        fromBytes,
        safeBytes,
        reason: 'evictions',
        isHost: isHostMemory(context.node.systemMemory) ? 'yes' : undefined,
        isKept: keptWord(settingsDoor(context)),
      }),
    }),
  ];
}

function limitLines(
  context: ActionContext,
  bytes: number,
  fromBytes: number,
  door: SettingsDoor = settingsDoor(context),
): Pick<Action, 'commands' | 'undo' | 'verify'> {
  const fixed = context.instance?.defaultMaxmemoryBytes;
  const commands = maxmemoryCommands(door, bytes, fixed);
  if (commands.length === 0) return { commands };
  const undo = fromBytes === 0 && door !== 'config' ? [] : maxmemoryCommands(door, fromBytes, fixed);
  return { commands, undo, verify: infoLine(context, 'memory', ['maxmemory', 'used_memory']) };
}

function keptWord(door: SettingsDoor): string | undefined {
  return door === 'config' ? 'config' : isOwnServer(door) ? 'helm' : undefined;
}
