import { isAtLeast } from '../../model/engine.ts';
import { findDefragFix } from '../findings/defrag-crash-version.ts';
import { currentMaxmemory, negligibleBytes, safeWithoutHoles, settingsDoor } from '../findings/finding-rule.ts';
import { isOwnServer, keptSettingCommands, type Setting, settingCommands } from '../server-commands.ts';
import {
  type ActionContext,
  evidenceOf,
  hasReplicas,
  infoLine,
  isRaised,
  known,
  raisedAmong,
  type Stage,
  type Step,
  severityOf,
  step,
} from './action-context.ts';

// Both roads to a server without holes: in place, or by a fresh process

/** Before 5.0 the server does not tell its holes apart. */
function areHolesTold({ node }: ActionContext): boolean {
  return node.fragmentation.evidence.externalBytes !== undefined;
}

/** What activedefrag could give back at most; where holes are not told apart, what a restart would give bounds it. */
function defragBytes(context: ActionContext): number {
  const { activedefrag, restart } = context.node.fragmentation.recoverableBytes;
  return activedefrag ?? (areHolesTold(context) ? undefined : restart) ?? 0;
}

/** Whether there is enough for activedefrag to look at. Where holes are not told apart, the server that knows them decides whether it starts. */
function isWorthDefrag(context: ActionContext): boolean {
  const { recoverableBytes, wasteBytes } = context.node.fragmentation;
  return recoverableBytes.activedefrag === undefined && !areHolesTold(context)
    ? isWorth(context, wasteBytes)
    : defragBytes(context) >= negligibleBytes(context);
}

/** activedefrag is what would help, can run here without harm, and is not on. The advice has looked at the processor's time already. */
function canDefrag(context: ActionContext): boolean {
  const { advice, activedefrag } = context.node.fragmentation;
  return (
    advice === 'activedefrag' &&
    activedefrag.supported !== 'no' &&
    activedefrag.enabled !== 'yes' &&
    isWorthDefrag(context) &&
    findDefragFix(context.engine) === undefined &&
    canSwitch(context)
  );
}

/** Not every service lets its users change it. */
function canSwitch(context: ActionContext): boolean {
  return settingCommands(settingsDoor(context), [{ name: 'activedefrag', value: 'yes' }]).length > 0;
}

/** activedefrag is at work now, or has just been turned on: what it gives is still to come. */
function isDefragging({ history, node }: ActionContext): boolean {
  return node.fragmentation.activedefrag.enabled === 'yes' && (history.last.activeDefragRunningPercent ?? 0) > 0;
}

/** A fresh process is what would help: activedefrag cannot do it here, or has shown that it does not. */
function needsRestart(context: ActionContext): boolean {
  const { advice, activedefrag, recoverableBytes } = context.node.fragmentation;
  if (isDefragging(context) && !isRaised(context, 'activedefrag-ineffective') && findDefragFix(context.engine) === undefined) return false;
  const cannotDefrag =
    activedefrag.supported === 'no' ||
    findDefragFix(context.engine) !== undefined ||
    !canSwitch(context) ||
    isRaised(context, 'activedefrag-ineffective');
  return (advice === 'restart' || (advice === 'activedefrag' && cannotDefrag)) && isWorth(context, recoverableBytes.restart);
}

function isWorth(context: ActionContext, bytes: number | undefined): bytes is number {
  return bytes !== undefined && bytes >= negligibleBytes(context);
}

/** What closing the holes gives back, by the road that is open here; 0 where none is. */
export function holesBytes(context: ActionContext): number {
  if (canDefrag(context)) return defragBytes(context);
  return needsRestart(context) ? (context.node.fragmentation.recoverableBytes.restart ?? 0) : 0;
}

/** The holes alone take resident memory over its target, or make the machine too small for what is projected: closing them is the first rung. */
function isHolesEnough(context: ActionContext): boolean {
  const { systemMemory, peaks, provisioning } = context.node;
  const rss = peaks.usedMemoryRssBytes?.value;
  const gainBytes = holesBytes(context);
  if (systemMemory.totalBytes === undefined || rss === undefined || gainBytes === 0) return false;
  const overBytes = rss - systemMemory.targetRatio * systemMemory.totalBytes;
  if (overBytes > 0) return gainBytes >= overBytes;
  const needBytes = provisioning.memoryNeededBytes ?? 0;
  return needBytes > systemMemory.totalBytes && needBytes - gainBytes / systemMemory.targetRatio <= systemMemory.totalBytes;
}

/** Holes are why the machine does not hold the limit in force: without them it would. Not where they come back with the data after a restart. */
export function isHolesForLimit(context: ActionContext): boolean {
  const limitBytes = currentMaxmemory(context) ?? Number.POSITIVE_INFINITY;
  return isRaised(context, 'maxmemory-too-high') && canDefrag(context) && limitBytes <= (safeWithoutHoles(context) ?? 0);
}

/** Closing the holes, where that alone brings the machine under its target, or lets it hold the limit in force; else nothing. */
export function closeHoles(context: ActionContext): Step[] {
  if (!isHolesEnough(context) && !isHolesForLimit(context)) return [];
  return canDefrag(context) ? enableActivedefrag(context, 'ladder') : restart(context, 'ladder');
}

function enableActivedefrag(context: ActionContext, stage: Stage): Step[] {
  const { fragmentation } = context.node;
  const door = settingsDoor(context);
  // Against holes that the load makes again it has to stay on; after one mass delete it is turned off when it has worked.
  const isLasting = fragmentation.diagnosis === 'external-fragmentation';
  const lines = (settings: readonly Setting[]) => (isLasting ? keptSettingCommands(door, settings) : settingCommands(door, settings));
  return [
    step(stage, {
      id: 'enable-activedefrag',
      effort: 'command',
      findingIds: raisedAmong(context, ['external-fragmentation', 'system-memory-ratio-high']),
      givesBytes: fragmentation.recoverableBytes.activedefrag,
      commands: lines([...changedParameters(context), { name: 'activedefrag', value: 'yes' }]),
      undo: lines([{ name: 'activedefrag', value: 'no' }]),
      verify: infoLine(context, 'default', [
        'active_defrag_running',
        'active_defrag_hits',
        ...(areHolesTold(context) ? ['allocator_active'] : []),
        'used_memory_rss',
      ]),
      values: known({
        isOnce: isLasting ? undefined : 'yes',
        areHolesTold: areHolesTold(context) ? undefined : 'no',
        isUnsure: fragmentation.activedefrag.supported === 'unknown' ? 'yes' : undefined,
      }),
    }),
  ];
}

function restart(context: ActionContext, stage: Stage): Step[] {
  const { recoverableBytes } = context.node.fragmentation;
  return [
    step(stage, {
      id: 'restart',
      effort: hasReplicas(context) ? 'failover' : 'restart',
      findingIds: raisedAmong(context, [
        'external-fragmentation',
        'activedefrag-unsupported',
        'process-overhead-high',
        'system-memory-ratio-high',
      ]),
      givesBytes: recoverableBytes.restart,
      commands: failoverCommands(context),
      undo: [],
      verify: infoLine(context, 'memory', ['used_memory', 'used_memory_rss']),
      values: known({ hasReplicas: hasReplicas(context) ? 'yes' : undefined }),
    }),
  ];
}

/** The line that hands the role over; before 6.2 that is Sentinel's matter, or done by hand. */
function failoverCommands(context: ActionContext): string[] {
  if (!hasReplicas(context) || !isOwnServer(settingsDoor(context))) return [];
  if (context.history.last.clusterEnabled === 1) return ['CLUSTER FAILOVER'];
  return isAtLeast(context.engine, { redis: '6.2', valkey: '7.2' }) === true ? ['FAILOVER'] : [];
}

/** The parameters beside the switch itself that are to be changed. */
function changedParameters({ node }: ActionContext): Setting[] {
  return node.fragmentation.activedefrag.parameters.flatMap(({ name, recommended, change }): Setting[] =>
    change && recommended !== undefined && name !== 'activedefrag' ? [{ name, value: recommended }] : [],
  );
}

/** Empty pages that a peak which keeps coming back fills again: whoever gives them back gains nothing that lasts. */
export function refilledBytes({ node }: ActionContext): number {
  const { residentUnusedBytes, lastingUnusedBytes } = node.fragmentation.evidence;
  return (residentUnusedBytes ?? 0) - (lastingUnusedBytes ?? residentUnusedBytes ?? 0);
}

// Everything about waste that is not needed for safety

export function giveBackWaste(context: ActionContext): Step[] {
  const { advice, recoverableBytes, wasteBytes } = context.node.fragmentation;
  const steps: Step[] = [];
  if (closeHoles(context).length === 0) {
    if (canDefrag(context)) steps.push(...enableActivedefrag(context, 'gain'));
    else if (needsRestart(context)) steps.push(...restart(context, 'gain'));
  }
  steps.push(...correctActivedefrag(context));
  const purgeBytes = recoverableBytes.purge === undefined ? undefined : recoverableBytes.purge - refilledBytes(context);
  if (advice === 'memory-purge' && isWorth(context, purgeBytes) && !isRaised(context, 'swapping')) {
    steps.push(
      step('gain', {
        id: 'memory-purge',
        effort: 'command',
        findingIds: raisedAmong(context, ['resident-unused']),
        givesBytes: purgeBytes,
        commands: ['MEMORY PURGE'],
        undo: [],
        verify: infoLine(context, 'memory', ['used_memory_rss', 'allocator_resident']),
      }),
    );
  }
  if (advice === 'jemalloc-build' && isWorth(context, wasteBytes)) {
    // What such a build would give is not known until it runs: worth a note, and a step of its own only where the waste is a finding.
    const isFragmented = isRaised(context, 'external-fragmentation') && severityOf(context, 'external-fragmentation') !== 'info';
    steps.push(
      step(isFragmented ? 'care' : 'note', {
        id: 'jemalloc-build',
        effort: 'project',
        findingIds: raisedAmong(context, ['activedefrag-unsupported', 'external-fragmentation']),
        verify: infoLine(context, 'memory', ['mem_allocator']),
      }),
    );
  }
  return steps;
}

/** What to change about activedefrag where it is on, or where it would be on but for a defect. */
function correctActivedefrag(context: ActionContext): Step[] {
  const { activedefrag, recoverableBytes } = context.node.fragmentation;
  if (isRaised(context, 'defrag-crash-version')) return avoidDefragCrash(context);
  if (isRaised(context, 'activedefrag-not-needed') || isRaised(context, 'activedefrag-ineffective')) {
    return disableActivedefrag(context, 'no-gain');
  }
  if (activedefrag.enabled !== 'yes') return [];
  const steps = tuneActivedefrag(context);
  const gainBytes = recoverableBytes.activedefrag;
  if (!isDefragging(context) || !isWorth(context, gainBytes)) return steps;
  return [
    ...steps,
    step('gain', {
      id: 'let-defrag-finish',
      effort: 'nothing',
      findingIds: raisedAmong(context, ['external-fragmentation']),
      givesBytes: gainBytes,
      verify: infoLine(context, 'default', ['active_defrag_running', 'active_defrag_hits', 'allocator_active', 'used_memory_rss']),
    }),
  ];
}

function tuneActivedefrag(context: ActionContext): Step[] {
  const door = settingsDoor(context);
  const changes = changedParameters(context);
  const commands = settingCommands(door, changes);
  if (commands.length === 0) return [];
  const { parameters } = context.node.fragmentation.activedefrag;
  const before = changes.flatMap(({ name }): Setting[] => {
    const parameter = parameters.find((one) => one.name === name);
    const value = parameter?.current ?? parameter?.default;
    return value === undefined ? [] : [{ name, value }];
  });
  return [
    step('care', {
      id: 'tune-activedefrag',
      effort: 'command',
      findingIds: raisedAmong(context, ['external-fragmentation']),
      commands,
      undo: settingCommands(door, before),
      verify: infoLine(context, 'default', ['active_defrag_running', 'active_defrag_hits']),
    }),
  ];
}

function avoidDefragCrash(context: ActionContext): Step[] {
  const { isEnabled, fixedIn } = evidenceOf(context, 'defrag-crash-version');
  return [
    ...(isEnabled === true ? disableActivedefrag(context, 'crash') : []),
    step('care', {
      id: 'upgrade-engine',
      effort: 'project',
      findingIds: raisedAmong(context, ['defrag-crash-version', 'engine-end-of-life']),
      values: known({ toVersion: typeof fixedIn === 'string' ? fixedIn : undefined, reason: 'crash' }),
    }),
  ];
}

function disableActivedefrag(context: ActionContext, reason: 'crash' | 'no-gain'): Step[] {
  const door = settingsDoor(context);
  const lines = (value: 'yes' | 'no') => settingCommands(door, [{ name: 'activedefrag', value }]);
  return [
    // A server that may crash at any moment comes before every gain.
    step(reason === 'crash' ? 'ladder' : 'care', {
      id: 'disable-activedefrag',
      effort: 'command',
      findingIds: raisedAmong(context, ['defrag-crash-version', 'activedefrag-not-needed', 'activedefrag-ineffective']),
      commands: lines('no'),
      undo: lines('yes'),
      verify: infoLine(context, 'memory', ['active_defrag_running']),
      values: { reason },
    }),
  ];
}
