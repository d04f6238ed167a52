import type { Action } from '../../model/analysis.ts';
import { canLowerTo, countedPeakBytes, currentMaxmemory, firstMaxmemory, safeMaxmemory, settingsDoor } from '../findings/finding-rule.ts';
import { findSettingsDoor, maxmemoryCommands, roundDownLimit, type SettingsDoor } from '../server-commands.ts';
import { type ActionContext, isRaised, isStarved, known, raisedAmong, type Step, severityOf, step } from './action-context.ts';

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
  const lines = limitLines(context, maxmemoryBytes, fromBytes);
  if (lines.commands.length === 0) return [];
  return [
    step('ladder', {
      id: 'lower-maxmemory',
      effort: 'command',
      findingIds: raisedAmong(context, ['maxmemory-too-high', 'system-memory-ratio-high']),
      ...lines,
      values: known({ fromBytes, maxmemoryBytes, peakBytes, isKept: keptWord(context) }),
    }),
  ];
}

/** The recommended limit: set where there is none, raised where there is room for it. After a resize it always fits. */
export function setMaxmemory(context: ActionContext, isAfterResize: boolean, loweredBytes?: number | string): Step[] {
  const { recommended } = context.node.provisioning.maxmemoryBytes;
  const fromBytes = typeof loweredBytes === 'number' ? loweredBytes : currentMaxmemory(context);
  const safeBytes = safeMaxmemory(context);
  const peakBytes = countedPeakBytes(context);
  if (recommended === undefined || fromBytes === undefined) return [];
  const isUnset = fromBytes === 0;
  // With no need to resize, the machine may still be a little short of the recommended limit: then the safe one, if the peak fits.
  const held = isAfterResize || safeBytes === undefined ? recommended : Math.min(recommended, roundDownLimit(safeBytes));
  const fitting = isUnset && !isAfterResize ? (firstMaxmemory(context) ?? held) : held;
  if (isUnset && !isAfterResize && safeBytes === undefined && context.node.forecast.status === 'refused') return [];
  const isRaise = !isUnset && isRaised(context, 'maxmemory-too-low') && fitting > fromBytes;
  if (!isUnset && !isRaise) return [];
  if (isRaise && !isAfterResize && safeBytes === undefined) return [];
  if (peakBytes !== undefined && fitting < peakBytes) return [];
  const door = isAfterResize ? doorAfterResize(context) : settingsDoor(context);
  // The new node type brings its own limit, larger than this one or it would not have been chosen.
  if (isAfterResize && door === 'elasticache') return [];
  const lines = limitLines(context, fitting, fromBytes, door);
  // A service whose limit follows from the node type needs no word about it: raising it is resizing.
  if (lines.commands.length === 0) return [];
  const isUrgent = isUnset || isAfterResize || severityOf(context, 'maxmemory-too-low') !== 'info';
  return [
    step(isUrgent ? 'ladder' : 'gain', {
      id: isUnset ? 'set-maxmemory' : 'raise-maxmemory',
      effort: 'command',
      findingIds: raisedAmong(context, [
        'maxmemory-unset',
        'maxmemory-too-low',
        'noeviction-near-limit',
        'oom-errors',
        'eviction-pressure',
      ]),
      givesBytes: isRaise ? fitting - fromBytes : undefined,
      ...lines,
      values: known({
        maxmemoryBytes: fitting,
        fromBytes: isUnset ? undefined : fromBytes,
        isAfterResize: isAfterResize ? 'yes' : undefined,
        // INFO tells the memory of the host, not of a container.
        isHost: context.node.systemMemory.source === 'info' && !isAfterResize ? 'yes' : undefined,
        isKept: keptWord(context),
      }),
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
        isHost: context.node.systemMemory.source === 'info' ? 'yes' : undefined,
        isKept: keptWord(context),
      }),
    }),
  ];
}

/** The move may lead to a service that sets the limit itself. */
function doorAfterResize(context: ActionContext): SettingsDoor {
  const { recommended } = context.node.provisioning.instance;
  return recommended === undefined ? settingsDoor(context) : findSettingsDoor(recommended.offering);
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
  return { commands, undo, verify: "redis-cli INFO memory | grep -E '^(maxmemory|used_memory):'" };
}

function keptWord(context: ActionContext): string | undefined {
  return settingsDoor(context) === 'config' ? 'yes' : undefined;
}
