import type { Action, ActionId, Finding, InstanceChoice, NodeAnalysis } from '../model/analysis.ts';
import { isAtLeast } from '../model/engine.ts';
import { type FindingId, SEVERITIES } from '../model/finding.ts';
import { findDefragFix } from './findings/defrag-crash-version.ts';
import {
  canLowerTo,
  countedPeakBytes,
  currentMaxmemory,
  evictsNothing,
  type FindingContext,
  firstMaxmemory,
  lastText,
  negligibleBytes,
  safeMaxmemory,
  settingsDoor,
} from './findings/finding-rule.ts';
import {
  findSettingsDoor,
  keptSettingCommands,
  maxmemoryCommands,
  roundDownLimit,
  type Setting,
  type SettingsDoor,
  settingCommands,
} from './server-commands.ts';

export interface ActionContext extends FindingContext {
  readonly findings: readonly Finding[];
}

export type Advised = Pick<NodeAnalysis, 'actions' | 'wouldNotHelp'>;
type WouldNotHelp = Advised['wouldNotHelp'][number];

/** Time and risk of each effort, relative to one command: bytes per effort orders the list. */
const EFFORT_WEIGHT: Readonly<Record<Action['effort'], number>> = {
  nothing: 1,
  command: 1,
  failover: 4,
  restart: 8,
  resize: 8,
  project: 40,
};

/** A machine that is short by less than this of what the bound of a forecast asks for is not replaced: the limit is set to what it holds. */
const SHORT_RATIO = 1.05;
/** More room than this is worth a higher limit for a cache that evicts; one step goes no farther than the second, since the gain is not known. */
const MORE_ROOM_RATIO = 1.05;
const ROOM_STEP_RATIO = 1.5;

/** Above this share of a core the main thread has no time left to move memory. */
const DEFRAG_CPU_LIMIT = 0.8;

/**
 * Where an action stands in the list: `ladder` actions take the danger away, in the order given; `gain` ones give room, most bytes per effort
 * first; `care` ones prevent other trouble, the most severe finding first; `note` ones close the list.
 */
type Stage = 'ladder' | 'gain' | 'care' | 'note';
const STAGES: readonly Stage[] = ['ladder', 'gain', 'care', 'note'];

interface Step {
  readonly stage: Stage;
  readonly action: Action;
}

function step(stage: Stage, action: Partial<Action> & Pick<Action, 'id' | 'effort'>): Step {
  return { stage, action: { findingIds: [], commands: [], values: {}, ...action } };
}

/**
 * What to do, in order, and what would not help.
 *
 * Over the target share of the machine the ladder is: more machine, a lower `maxmemory`, activedefrag. The first rung is the cheapest one that
 * is enough here: defragmentation where the holes alone make the difference; the limit where the data fit but may outgrow the machine;
 * otherwise the machine, and the limit after it. No advice is given that the node's own numbers contradict.
 */
export function recommendActions(context: ActionContext): Advised {
  const steps = [
    ...stopSwapping(context),
    ...fixSaves(context),
    ...memoryLadder(context),
    ...giveBackWaste(context),
    ...resizeDown(context),
    ...otherLimits(context),
    ...closing(context),
  ];
  const actions = order(context, steps);
  return {
    actions: actions.length > 0 ? actions : [nothingToDo(context)],
    wouldNotHelp: findWouldNotHelp(context, new Set(actions.map(({ id }) => id))),
  };
}

function nothingToDo(context: ActionContext): Action {
  const { findings } = context;
  const others = findings.filter(({ verdict, severity }) => verdict === 'raised' && severity !== 'info').length;
  return step('note', { id: 'nothing', effort: 'nothing', values: known({ otherFindings: others > 0 ? others : undefined }) }).action;
}

function order(context: ActionContext, steps: readonly Step[]): Action[] {
  const perEffort = ({ action }: Step) => (action.givesBytes ?? 0) / EFFORT_WEIGHT[action.effort];
  const severity = ({ action }: Step) => Math.max(0, ...action.findingIds.map((id) => SEVERITIES.indexOf(severityOf(context, id))));
  const actions = steps
    .map((one, index) => ({ one, index }))
    .sort((a, b) => {
      const byStage = STAGES.indexOf(a.one.stage) - STAGES.indexOf(b.one.stage);
      if (byStage !== 0) return byStage;
      if (a.one.stage === 'gain') return perEffort(b.one) - perEffort(a.one) || a.index - b.index;
      if (a.one.stage === 'care') return severity(b.one) - severity(a.one) || a.index - b.index;
      return a.index - b.index;
    })
    .map(({ one }) => one.action);
  // The budget counts the holes that defragmentation would close: what it asks for may be too much afterwards.
  const defragAt = actions.findIndex(({ id }) => id === 'enable-activedefrag' || id === 'tune-activedefrag');
  return actions.map((action, i) =>
    action.id === 'resize-up' && defragAt >= 0 && defragAt < i ? { ...action, values: { ...action.values, isAfterDefrag: 'yes' } } : action,
  );
}

/** Those of the ids that were raised, most severe first, as the list of findings has them. */
function raisedAmong({ findings }: ActionContext, ids: readonly FindingId[]): FindingId[] {
  return findings.filter(({ id, verdict }) => verdict === 'raised' && ids.includes(id)).map(({ id }) => id);
}

function isRaised(context: ActionContext, id: FindingId): boolean {
  return raisedAmong(context, [id]).length > 0;
}

function severityOf({ findings }: ActionContext, id: FindingId): Finding['severity'] {
  return findings.find((finding) => finding.id === id)?.severity ?? 'info';
}

function evidenceOf({ findings }: ActionContext, id: FindingId): Finding['evidence'] {
  return findings.find((finding) => finding.id === id)?.evidence ?? {};
}

function numberOf(evidence: Finding['evidence'], key: string): number | undefined {
  const value = evidence[key];
  return typeof value === 'number' ? value : undefined;
}

/** The values that are known: what is undefined is left out. */
function known(values: Readonly<Record<string, number | string | undefined>>): Action['values'] {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, number | string] => entry[1] !== undefined));
}

function hasReplicas({ history }: ActionContext): boolean {
  return (history.last.connectedReplicas ?? 0) > 0;
}

// Swap and saves

function stopSwapping(context: ActionContext): Step[] {
  const { usedMemoryBytes, usedMemoryRssBytes } = context.node.latest;
  if (!isRaised(context, 'swapping') || severityOf(context, 'swapping') === 'info') return [];
  const swappedBytes = usedMemoryBytes === undefined || usedMemoryRssBytes === undefined ? undefined : usedMemoryBytes - usedMemoryRssBytes;
  return [
    step('ladder', {
      id: 'stop-swapping',
      effort: hasReplicas(context) ? 'failover' : 'restart',
      findingIds: ['swapping'],
      values: known({ swappedBytes: swappedBytes !== undefined && swappedBytes > 0 ? swappedBytes : undefined }),
      verify: "redis-cli INFO memory | grep -E '^(used_memory_rss|allocator_resident):'",
    }),
  ];
}

function fixSaves(context: ActionContext): Step[] {
  const evidence = evidenceOf(context, 'save-failing');
  if (!isRaised(context, 'save-failing') || evidence.isLasting !== true) return [];
  return [
    step('ladder', {
      id: 'fix-saves',
      effort: 'command',
      findingIds: ['save-failing'],
      values: known({ field: String(evidence.field) }),
      verify: "redis-cli INFO persistence | grep -E '_status:'",
    }),
  ];
}

// The machine and its limit

/** What brings the machine back under its target, the cheapest sufficient rung first. */
function memoryLadder(context: ActionContext): Step[] {
  const isDefragEnough = defragIsEnough(context);
  const defrag = isDefragEnough ? enableActivedefrag(context, 'ladder') : [];
  const upgrade = isDefragEnough && !isShortAfterDefrag(context) ? [] : resizeUp(context);
  // The limit can be lowered at once and the machine raised later: the danger is gone in between.
  const lowered = lowerMaxmemory(context);
  const loweredBytes = lowered[0]?.action.values.maxmemoryBytes;
  const limits = [...lowered, ...upgrade, ...setMaxmemory(context, upgrade.length > 0, loweredBytes)];
  return [...defrag, ...limits, ...feedCache(context, limits)];
}

/** The holes alone bring resident memory under the target. */
function defragIsEnough(context: ActionContext): boolean {
  const { systemMemory, peaks } = context.node;
  const rss = peaks.usedMemoryRssBytes?.value;
  if (!canDefrag(context) || systemMemory.totalBytes === undefined || rss === undefined) return false;
  const overBytes = rss - systemMemory.targetRatio * systemMemory.totalBytes;
  return overBytes > 0 && defragBytes(context) >= overBytes;
}

/** Whether the machine is still too small once the holes are closed: they count in the need at the target ratio. */
function isShortAfterDefrag(context: ActionContext): boolean {
  const { node } = context;
  const { memoryNeededBytes } = node.provisioning;
  const { totalBytes, targetRatio } = node.systemMemory;
  const gainBytes = defragBytes(context);
  return memoryNeededBytes !== undefined && totalBytes !== undefined && memoryNeededBytes - gainBytes / targetRatio > totalBytes;
}

function resizeUp(context: ActionContext): Step[] {
  const { provisioning, systemMemory } = context.node;
  const { instance, memoryNeededBytes } = provisioning;
  const { totalBytes } = systemMemory;
  // What has already been too much is short by any amount; a projection is not that exact.
  const isSeen = isRaised(context, 'system-memory-ratio-high') || severityOf(context, 'cow-headroom-short') === 'critical';
  const isShort =
    memoryNeededBytes !== undefined && totalBytes !== undefined && memoryNeededBytes > totalBytes * (isSeen ? 1 : SHORT_RATIO);
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
  const { current, recommended } = instance;
  const isMoreShards = recommended !== undefined && recommended.shards > (current?.shards ?? 1);
  const presentBytes = current === undefined ? totalBytes : current.memoryBytes * current.shards;
  const newBytes = recommended === undefined ? memoryNeededBytes : recommended.memoryBytes * recommended.shards;
  const givesBytes = newBytes !== undefined && presentBytes !== undefined && newBytes > presentBytes ? newBytes - presentBytes : undefined;
  return [
    step('ladder', {
      id: isMoreShards ? 'add-shards' : 'resize-up',
      effort: isMoreShards ? 'project' : hasReplicas(context) ? 'failover' : 'resize',
      findingIds,
      givesBytes,
      values: known({ memoryNeededBytes, ...(recommended && choiceValues(recommended)) }),
    }),
  ];
}

function choiceValues({ name, memoryBytes, usableBytes, shards, priceUsdHour, fillAtHorizon }: InstanceChoice) {
  return {
    name,
    memoryBytes,
    usableBytes,
    shards,
    priceUsdHour: priceUsdHour === undefined ? undefined : priceUsdHour * shards,
    fillAtHorizon,
  };
}

/** A limit above what the machine holds, lowered to that: only while everything at its peak still fits below it. */
function lowerMaxmemory(context: ActionContext): Step[] {
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
function setMaxmemory(context: ActionContext, isAfterResize: boolean, loweredBytes?: number | string): Step[] {
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

/** Keys leave a cache faster than they should, and not for the buffers of clients: the limit is lower than what is asked of it. */
function isStarved(context: ActionContext): boolean {
  return (
    severityOf(context, 'eviction-pressure') !== 'info' &&
    isRaised(context, 'eviction-pressure') &&
    !isRaised(context, 'client-memory-high')
  );
}

/** A cache that evicts too much, on a machine that holds more: a step towards what it holds, since demand beyond the present limit cannot be seen. */
function feedCache(context: ActionContext, done: readonly Step[]): Step[] {
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

// Waste

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

function enableActivedefrag(context: ActionContext, stage: Stage): Step[] {
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

function giveBackWaste(context: ActionContext): Step[] {
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

// A smaller machine

/** Only where nothing says that memory is short. */
function resizeDown(context: ActionContext): Step[] {
  const { instance, memoryNeededBytes } = context.node.provisioning;
  const { current, recommended } = instance;
  // What a starved cache could use is not known: no smaller machine for it.
  if (!isRaised(context, 'oversized') || isRaised(context, 'system-memory-ratio-high') || isStarved(context)) return [];
  const smaller = instance.direction === 'down' ? recommended : undefined;
  const savedUsdHour = numberOf(evidenceOf(context, 'oversized'), 'savedUsdHour');
  return [
    step('care', {
      id: 'resize-down',
      effort: hasReplicas(context) ? 'failover' : 'resize',
      findingIds: ['oversized'],
      values: known({ from: current?.name, memoryNeededBytes, ...(smaller && choiceValues(smaller)), savedUsdHour }),
    }),
  ];
}

// Buffers, policy, version

function otherLimits(context: ActionContext): Step[] {
  const { findings } = context;
  const door = settingsDoor(context);
  const commandsOf = (id: FindingId) => findings.find((finding) => finding.id === id)?.commands ?? [];
  const steps: Step[] = [];
  if (isRaised(context, 'oom-errors') || isRaised(context, 'noeviction-near-limit')) {
    const policy = context.node.maxmemoryPolicy ?? lastText(context.history, 'maxmemoryPolicy');
    if (evictsNothing(context) === true) {
      steps.push(
        step('care', {
          id: 'set-eviction-policy',
          effort: 'command',
          findingIds: raisedAmong(context, ['oom-errors', 'noeviction-near-limit']),
          commands: keptSettingCommands(door, [{ name: 'maxmemory-policy', value: 'allkeys-lru' }]),
          undo: policy === undefined ? [] : keptSettingCommands(door, [{ name: 'maxmemory-policy', value: policy }]),
          values: known({ policy }),
        }),
      );
    }
  }
  if (isRaised(context, 'replica-buffer-risk')) {
    const notCountedBytes = numberOf(evidenceOf(context, 'replica-buffer-risk'), 'notCountedBytes');
    steps.push(
      step('care', {
        id: 'limit-replica-buffers',
        effort: 'command',
        findingIds: ['replica-buffer-risk'],
        commands: door === 'config' ? replicaBufferCommands(context) : [],
        verify: "redis-cli INFO replication | grep -E '^(slave|replica)[0-9]+:'",
        values: known({ notCountedBytes }),
      }),
    );
  }
  const backlogBytes = numberOf(evidenceOf(context, 'backlog-too-small'), 'wantedBytes');
  if (isRaised(context, 'backlog-too-small') && backlogBytes !== undefined) {
    const before = numberOf(evidenceOf(context, 'backlog-too-small'), 'backlogBytes');
    steps.push(
      step('care', {
        id: 'raise-backlog',
        effort: 'command',
        findingIds: ['backlog-too-small'],
        commands: commandsOf('backlog-too-small'),
        undo: before === undefined ? [] : keptSettingCommands(door, [{ name: 'repl-backlog-size', value: String(before) }]),
        values: { backlogBytes },
      }),
    );
  }
  if (isRaised(context, 'client-memory-high')) {
    const clientBytes = numberOf(evidenceOf(context, 'client-memory-high'), 'clientBytes');
    const commands = commandsOf('client-memory-high');
    steps.push(
      step('care', {
        id: 'limit-client-memory',
        effort: commands.length > 0 ? 'command' : 'project',
        findingIds: ['client-memory-high'],
        commands,
        undo: commands.length > 0 ? settingCommands(door, [{ name: 'maxmemory-clients', value: '0' }]) : [],
        values: known({ clientBytes }),
      }),
    );
  }
  return steps;
}

/** The defaults (256 MiB at once, 64 MiB for a minute) under the name that the version knows. */
function replicaBufferCommands({ engine }: ActionContext): string[] {
  const word = isAtLeast(engine, { redis: '5.0', valkey: '7.2' }) === false ? 'slave' : 'replica';
  return [`CONFIG SET client-output-buffer-limit "${word} 268435456 67108864 60"`];
}

// Notes at the end

function closing(context: ActionContext): Step[] {
  const { node } = context;
  const { activedefrag, recoverableBytes, diagnosis } = node.fragmentation;
  const steps: Step[] = [];
  const gainBytes = recoverableBytes.activedefrag;
  if (
    activedefrag.enabled !== 'yes' &&
    activedefrag.supported !== 'no' &&
    gainBytes !== undefined &&
    gainBytes < negligibleBytes(context)
  ) {
    steps.push(step('note', { id: 'leave-activedefrag', effort: 'nothing', values: known({ gainBytes, diagnosis }) }));
  }
  if (isRaised(context, 'averaged-input')) {
    steps.push(step('note', { id: 'fix-input', effort: 'command', findingIds: ['averaged-input'], values: { reason: 'averaged' } }));
  }
  if (node.systemMemory.totalBytes === undefined) {
    steps.push(step('note', { id: 'fix-input', effort: 'command', values: { reason: 'system-memory' } }));
  }
  if (isRaised(context, 'engine-end-of-life') && !isRaised(context, 'defrag-crash-version')) {
    steps.push(step('note', { id: 'upgrade-engine', effort: 'project', findingIds: ['engine-end-of-life'] }));
  }
  if (isRaised(context, 'short-history') && severityOf(context, 'short-history') !== 'info') {
    const neededDays = numberOf(evidenceOf(context, 'short-history'), 'neededDays');
    steps.push(
      step('note', {
        id: 'collect-more',
        effort: 'command',
        findingIds: ['short-history'],
        commands: ['* * * * * (date -Is; redis-cli INFO) >> /var/log/redis-info.txt'],
        values: known({ neededDays }),
      }),
    );
  }
  return steps;
}

/** What people try and what it would give here. Never something that the list above asks for. */
function findWouldNotHelp(context: ActionContext, advised: ReadonlySet<ActionId>): WouldNotHelp[] {
  const { recoverableBytes, diagnosis, activedefrag } = context.node.fragmentation;
  const isSwapping = diagnosis === 'swapping';
  const tried: readonly (WouldNotHelp & { readonly isMoot?: boolean })[] = [
    { id: 'memory-purge', givesBytes: recoverableBytes.purge, reason: isSwapping ? 'touches-swap' : 'small-gain' },
    {
      id: 'enable-activedefrag',
      givesBytes: recoverableBytes.activedefrag,
      reason: isSwapping ? 'touches-swap' : activedefrag.supported === 'no' ? 'unsupported' : 'small-gain',
      isMoot: activedefrag.enabled === 'yes' || advised.has('leave-activedefrag'),
    },
    {
      id: 'restart',
      givesBytes: recoverableBytes.restart,
      reason: diagnosis === 'retained-after-peak' ? 'refilled-at-next-peak' : 'small-gain',
      // Where defragmentation is worth it, because the peak has stayed away, a restart would give the same.
      isMoot: advised.has('enable-activedefrag'),
    },
  ];
  return tried.flatMap(({ id, givesBytes, reason, isMoot }) => {
    if (givesBytes === undefined || isMoot === true || advised.has(id)) return [];
    // A large gain is not something that "would not help": it was passed over for a reason that the findings tell.
    const isSmall = givesBytes < negligibleBytes(context);
    return isSmall || reason !== 'small-gain' ? [{ id, givesBytes: Math.max(0, givesBytes), reason }] : [];
  });
}
