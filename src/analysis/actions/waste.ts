import { findDefragFix } from '../findings/defrag-crash-version.ts';
import { negligibleBytes, settingsDoor } from '../findings/finding-rule.ts';
import { type Setting, settingCommands } from '../server-commands.ts';
import {
  type ActionContext,
  evidenceOf,
  hasReplicas,
  isRaised,
  known,
  raisedAmong,
  type Stage,
  type Step,
  step,
} from './action-context.ts';

/** Above this share of a core the main thread has no time left to move memory. */
const DEFRAG_CPU_LIMIT = 0.8;

/** What activedefrag could give back at most; before 5.0 the server does not tell its holes apart, and what a restart would give bounds it. */
function defragBytes({ node }: ActionContext): number {
  const { activedefrag, restart } = node.fragmentation.recoverableBytes;
  const isUntold = node.fragmentation.evidence.externalBytes === undefined;
  return activedefrag ?? (isUntold ? restart : undefined) ?? 0;
}

/** activedefrag would give back enough to matter, is not on, can run here and has the processor time. */
function canDefrag(context: ActionContext): boolean {
  const { fragmentation, activity } = context.node;
  return (
    fragmentation.advice === 'activedefrag' &&
    fragmentation.activedefrag.supported !== 'no' &&
    fragmentation.activedefrag.enabled !== 'yes' &&
    defragBytes(context) >= negligibleBytes(context) &&
    (activity.mainThreadCpuMax ?? 0) < DEFRAG_CPU_LIMIT &&
    findDefragFix(context.engine) === undefined &&
    settingsDoor(context) !== 'closed'
  );
}

export function enableActivedefrag(context: ActionContext, stage: Stage): Step[] {
  const { fragmentation } = context.node;
  const tuned = fragmentation.activedefrag.parameters.flatMap(({ name, recommended, change }): Setting[] =>
    change && recommended !== undefined && name !== 'activedefrag' ? [{ name, value: recommended }] : [],
  );
  const door = settingsDoor(context);
  return [
    step(stage, {
      id: 'enable-activedefrag',
      effort: 'command',
      findingIds: raisedAmong(context, ['external-fragmentation', 'system-memory-ratio-high']),
      givesBytes: fragmentation.recoverableBytes.activedefrag,
      commands: settingCommands(door, [...tuned, { name: 'activedefrag', value: 'yes' }]),
      undo: settingCommands(door, [{ name: 'activedefrag', value: 'no' }]),
      verify: "redis-cli INFO | grep -E '^(active_defrag_running|active_defrag_hits|allocator_active):'",
    }),
  ];
}

export function giveBackWaste(context: ActionContext): Step[] {
  const { fragmentation } = context.node;
  const { advice, activedefrag, recoverableBytes, parameters } = { ...fragmentation, parameters: fragmentation.activedefrag.parameters };
  const steps: Step[] = [];
  if (canDefrag(context) && !defragIsEnough(context)) steps.push(...enableActivedefrag(context, 'gain'));
  if (isRaised(context, 'defrag-crash-version')) steps.push(...avoidDefragCrash(context));
  else if (isRaised(context, 'activedefrag-not-needed') || isRaised(context, 'activedefrag-ineffective')) {
    steps.push(...disableActivedefrag(context, 'no-gain'));
  } else if (activedefrag.enabled === 'yes') {
    const changes = parameters.flatMap(({ name, recommended, change }): Setting[] =>
      change && recommended !== undefined && name !== 'activedefrag' ? [{ name, value: recommended }] : [],
    );
    const commands = settingCommands(settingsDoor(context), changes);
    if (commands.length > 0) {
      steps.push(
        step('care', {
          id: 'tune-activedefrag',
          effort: 'command',
          findingIds: raisedAmong(context, ['external-fragmentation']),
          commands,
        }),
      );
    }
  }
  const isWorth = (bytes: number | undefined): bytes is number => bytes !== undefined && bytes >= negligibleBytes(context);
  if (advice === 'memory-purge' && isWorth(recoverableBytes.purge) && !isRaised(context, 'swapping')) {
    steps.push(
      step('gain', {
        id: 'memory-purge',
        effort: 'command',
        findingIds: raisedAmong(context, ['resident-unused']),
        givesBytes: recoverableBytes.purge,
        commands: ['MEMORY PURGE'],
        verify: "redis-cli INFO memory | grep -E '^(used_memory_rss|allocator_resident):'",
      }),
    );
  }
  const needsRestart = advice === 'restart' || (advice === 'activedefrag' && mustRestartInstead(context));
  if (needsRestart && isWorth(recoverableBytes.restart)) {
    steps.push(
      step('gain', {
        id: 'restart',
        effort: hasReplicas(context) ? 'failover' : 'restart',
        findingIds: raisedAmong(context, ['external-fragmentation', 'activedefrag-unsupported', 'process-overhead-high']),
        givesBytes: recoverableBytes.restart,
        values: known({ hasReplicas: hasReplicas(context) ? 'yes' : undefined }),
      }),
    );
  }
  if (advice === 'jemalloc-build' && isWorth(fragmentation.wasteBytes)) {
    steps.push(
      step('care', {
        id: 'jemalloc-build',
        effort: 'project',
        findingIds: raisedAmong(context, ['activedefrag-unsupported', 'external-fragmentation']),
      }),
    );
  }
  return steps;
}

/** Fragmented, but this server cannot be left to defragment itself. */
function mustRestartInstead(context: ActionContext): boolean {
  const { activedefrag } = context.node.fragmentation;
  return activedefrag.supported === 'no' || isRaised(context, 'activedefrag-ineffective');
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
  return [
    step('care', {
      id: 'disable-activedefrag',
      effort: 'command',
      findingIds: raisedAmong(context, ['defrag-crash-version', 'activedefrag-not-needed', 'activedefrag-ineffective']),
      commands: settingCommands(door, [{ name: 'activedefrag', value: 'no' }]),
      undo: settingCommands(door, [{ name: 'activedefrag', value: 'yes' }]),
      values: { reason },
    }),
  ];
}

/** The holes alone bring resident memory under the target. */
export function defragIsEnough(context: ActionContext): boolean {
  const { systemMemory, peaks } = context.node;
  const rss = peaks.usedMemoryRssBytes?.value;
  if (!canDefrag(context) || systemMemory.totalBytes === undefined || rss === undefined) return false;
  const overBytes = rss - systemMemory.targetRatio * systemMemory.totalBytes;
  return overBytes > 0 && defragBytes(context) >= overBytes;
}

/** Whether the machine is still too small once the holes are closed: they count in the need at the target ratio. */
export function isShortAfterDefrag(context: ActionContext): boolean {
  const { node } = context;
  const { memoryNeededBytes } = node.provisioning;
  const { totalBytes, targetRatio } = node.systemMemory;
  const gainBytes = defragBytes(context);
  return memoryNeededBytes !== undefined && totalBytes !== undefined && memoryNeededBytes - gainBytes / targetRatio > totalBytes;
}
