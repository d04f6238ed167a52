import type { Action, InstanceChoice, Provisioning } from '../../model/analysis.ts';
import type { FindingId } from '../../model/finding.ts';
import { canLowerTo, currentMaxmemory, evictsNothing, settingsDoor, smallerMachineBytes } from '../findings/finding-rule.ts';
import { roundDownLimit } from '../limit-steps.ts';
import { resizeCommands } from '../resize-commands.ts';
import { containerMemoryCommands, isOwnServer } from '../server-commands.ts';
import { findShortRatio } from '../sizing.ts';
import {
  type ActionContext,
  evidenceOf,
  hasReplicas,
  infoLine,
  isRaised,
  isStarved,
  known,
  numberOf,
  raisedAmong,
  refusesWrites,
  type Step,
  severityOf,
  step,
} from './action-context.ts';

export function resizeUp(context: ActionContext): Step[] {
  const { provisioning, systemMemory, forecast } = context.node;
  const { instance, memoryNeededBytes } = provisioning;
  const { totalBytes } = systemMemory;
  // What has already been too much is short by any amount; a projection is not that exact.
  const isSeen =
    isRaised(context, 'system-memory-ratio-high') || severityOf(context, 'cow-headroom-short') === 'critical' || isDataAboveSafe(context);
  const isShort =
    memoryNeededBytes !== undefined &&
    totalBytes !== undefined &&
    memoryNeededBytes > totalBytes * (isSeen ? 1 : findShortRatio(forecast.confidence));
  const isUp = instance.direction === undefined ? isShort : instance.direction === 'up';
  if (!isUp) return [];
  const findingIds = raisedAmong(context, [
    'system-memory-ratio-high',
    'oom-errors',
    'noeviction-near-limit',
    'cow-headroom-short',
    'used-growth',
    'maxmemory-too-low',
    'hash-table-step-ahead',
  ]);
  if (canMoveSlots(context)) return [moveSlots(context, findingIds)];
  if (provisioning.spread !== undefined && provisioning.spread.shards > provisioning.spread.presentShards)
    return [spreadAsAsked(context, provisioning.spread, findingIds)];
  const { current } = instance;
  const presentBytes = current === undefined ? totalBytes : current.memoryBytes * current.shards;
  // A service that keeps its own cover may offer this load in less than the present machine has: a choice to move, not a larger machine.
  const isLarger = (choice: InstanceChoice) => presentBytes === undefined || choice.memoryBytes * choice.shards > presentBytes;
  const recommended = instance.recommended !== undefined && isLarger(instance.recommended) ? instance.recommended : undefined;
  const isMoreShards = recommended !== undefined && recommended.shards > (current?.shards ?? 1);
  const newBytes = recommended === undefined ? memoryNeededBytes : recommended.memoryBytes * recommended.shards;
  const givesBytes = newBytes !== undefined && presentBytes !== undefined && newBytes > presentBytes ? newBytes - presentBytes : undefined;
  return [
    step('ladder', {
      id: isMoreShards ? 'add-shards' : 'resize-up',
      effort: isMoreShards ? 'project' : hasReplicas(context) ? 'failover' : 'resize',
      findingIds,
      givesBytes,
      ...resizeLines(context, recommended),
      verify: infoLine(context, 'memory', ['used_memory', 'used_memory_rss', 'maxmemory']),
      values: known({ memoryNeededBytes, targetBytes: targetOf(context, recommended), ...(recommended && choiceValues(recommended)) }),
    }),
  ];
}

/** Spread evenly, the data of this cluster fit into the machines that it has; a few large keys could not be spread. */
function canMoveSlots({ group, node }: ActionContext): boolean {
  const peak = (node.peaks.countedBytes ?? node.peaks.usedMemoryBytes)?.value ?? 0;
  const { evenSpread, skewCause } = group ?? {};
  return evenSpread?.machineSuffices === true && skewCause?.cause !== 'larger-values' && peak > evenSpread.peakBytes;
}

const SLOTS = 16_384;

/** Slots to other shards in place of a larger machine. How many, as if all slots were of one size and every shard had its share of them. */
function moveSlots(context: ActionContext, findingIds: readonly FindingId[]): Step {
  const { group, node, engine } = context;
  const { peakBytes = 0, maxmemoryBytes, memoryNeededBytes } = group?.evenSpread ?? {};
  const ownBytes = (node.peaks.countedBytes ?? node.peaks.usedMemoryBytes)?.value ?? 0;
  const moveBytes = ownBytes - peakBytes;
  const slots = Math.round((SLOTS / (group?.shards ?? 1)) * (moveBytes / ownBytes));
  const cli = engine.name === 'valkey' ? 'valkey-cli' : 'redis-cli';
  const door = settingsDoor(context);
  return step('ladder', {
    id: 'move-slots',
    effort: 'project',
    findingIds: [...new Set([...raisedAmong(context, ['shard-skew']), ...findingIds])],
    givesBytes: moveBytes,
    commands: isOwnServer(door)
      ? [`${cli} --cluster reshard ADDRESS --cluster-from HOT_SHARD --cluster-to COLD_SHARD --cluster-slots ${slots} --cluster-yes`]
      : [],
    undo: isOwnServer(door)
      ? [`${cli} --cluster reshard ADDRESS --cluster-from COLD_SHARD --cluster-to HOT_SHARD --cluster-slots ${slots} --cluster-yes`]
      : [],
    verify: infoLine(context, 'default', ['used_memory', 'db0']),
    values: known({ moveBytes, peakBytes, slots, shards: group?.shards, memoryNeededBytes, maxmemoryBytes }),
  });
}

/** More shards as the user plans them, in place of a larger machine. */
function spreadAsAsked(context: ActionContext, spread: NonNullable<Provisioning['spread']>, findingIds: readonly FindingId[]): Step {
  const { shards, presentShards, memoryNeededBytes, maxmemoryBytes, instance } = spread;
  const { totalBytes } = context.node.systemMemory;
  const newBytes = (instance.recommended?.memoryBytes ?? memoryNeededBytes) * shards;
  const presentBytes = totalBytes === undefined ? undefined : totalBytes * presentShards;
  return step('ladder', {
    id: 'add-shards',
    effort: 'project',
    findingIds: [...findingIds],
    givesBytes: presentBytes !== undefined && newBytes > presentBytes ? newBytes - presentBytes : undefined,
    verify: infoLine(context, 'memory', ['used_memory', 'used_memory_rss', 'maxmemory']),
    values: known({ reason: 'asked', shards, name: instance.recommended?.name, memoryNeededBytes, maxmemoryBytes }),
  });
}

/** The data of a store, or of a server without a limit, are above the limit that the machine could safely be given, or too near to it. */
function isDataAboveSafe(context: ActionContext): boolean {
  const { safeOnPresentMachine } = context.node.provisioning.maxmemoryBytes;
  const isBounded = (currentMaxmemory(context) ?? 0) > 0 && evictsNothing(context) !== true;
  return !isBounded && safeOnPresentMachine !== undefined && !canLowerTo(context, roundDownLimit(safeOnPresentMachine));
}

/** Lines that resize in place and back, where there are such lines. */
function resizeLines(
  context: ActionContext,
  choice: InstanceChoice | undefined,
  newBytes = context.node.provisioning.memoryNeededBytes,
): Pick<Action, 'commands' | 'undo'> {
  const { provisioning, systemMemory } = context.node;
  const { current } = provisioning.instance;
  if (choice !== undefined) {
    return { commands: resizeCommands(current, choice), undo: current === undefined ? [] : resizeCommands(choice, current) };
  }
  const lines = (bytes: number | undefined) => (bytes === undefined ? [] : containerMemoryCommands(settingsDoor(context), bytes));
  return { commands: lines(newBytes), undo: lines(systemMemory.totalBytes) };
}

/** What resident memory may fill of the machine to come. */
export function targetOf({ node }: ActionContext, choice: InstanceChoice | undefined): number | undefined {
  const bytes = choice?.memoryBytes ?? node.provisioning.memoryNeededBytes;
  return bytes === undefined ? undefined : bytes * node.systemMemory.targetRatio;
}

/** What the words of a step name of the machine that it moves to. */
export function choiceValues({ name, memoryBytes, usableBytes, shards, priceUsdHour, fillAtHorizon }: InstanceChoice) {
  return {
    name,
    memoryBytes,
    usableBytes,
    shards,
    priceUsdHour: priceUsdHour === undefined ? undefined : priceUsdHour * shards,
    fillAtHorizon,
  };
}

/** Only where nothing says that memory is short. */
export function resizeDown(context: ActionContext): Step[] {
  const { instance, memoryNeededBytes } = context.node.provisioning;
  const { current, recommended } = instance;
  if (!isRaised(context, 'oversized') || isRaised(context, 'system-memory-ratio-high')) return [];
  // What a starved cache could use, or a store that refuses writes, is not known: no smaller machine for them.
  if (isStarved(context) || refusesWrites(context)) return [];
  const smaller = instance.direction === 'down' ? recommended : undefined;
  const newBytes = smaller?.memoryBytes ?? (memoryNeededBytes === undefined ? undefined : smallerMachineBytes(memoryNeededBytes));
  const savedUsdHour = numberOf(evidenceOf(context, 'oversized'), 'savedUsdHour');
  return [
    step('care', {
      id: 'resize-down',
      effort: hasReplicas(context) ? 'failover' : 'resize',
      findingIds: ['oversized'],
      ...resizeLines(context, smaller, newBytes),
      verify: infoLine(context, 'memory', ['used_memory', 'used_memory_rss', 'maxmemory']),
      values: known({
        from: current?.name,
        memoryNeededBytes: smaller === undefined ? newBytes : memoryNeededBytes,
        targetBytes: newBytes === undefined ? undefined : newBytes * context.node.systemMemory.targetRatio,
        ...(smaller && choiceValues(smaller)),
        savedUsdHour,
      }),
    }),
  ];
}
