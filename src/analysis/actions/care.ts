import type { Action } from '../../model/analysis.ts';
import { isAtLeast } from '../../model/engine.ts';
import type { FindingId } from '../../model/finding.ts';
import { evictsNothing, lastText, settingsDoor } from '../findings/finding-rule.ts';
import { isOwnServer, keptSettingCommands } from '../server-commands.ts';
import {
  type ActionContext,
  evidenceOf,
  infoLine,
  isRaised,
  known,
  numberOf,
  raisedAmong,
  refusesWrites,
  type Step,
  step,
} from './action-context.ts';

export function otherLimits(context: ActionContext): Step[] {
  const { findings } = context;
  const door = settingsDoor(context);
  const commandsOf = (id: FindingId) => findings.find((finding) => finding.id === id)?.commands ?? [];
  const steps: Step[] = [];
  if (refusesWrites(context)) {
    const policy = context.node.maxmemoryPolicy ?? lastText(context.history, 'maxmemoryPolicy');
    if (evictsNothing(context) === true) {
      steps.push(
        step('care', {
          id: 'set-eviction-policy',
          effort: 'command',
          findingIds: raisedAmong(context, ['oom-errors', 'noeviction-near-limit']),
          commands: keptSettingCommands(door, [{ name: 'maxmemory-policy', value: 'allkeys-lru' }]),
          undo: policy === undefined ? [] : keptSettingCommands(door, [{ name: 'maxmemory-policy', value: policy }]),
          verify: infoLine(context, 'default', ['maxmemory_policy', 'evicted_keys']),
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
        ...(isOwnServer(door) ? replicaBufferLines(context) : {}),
        verify: infoLine(context, 'replication', ['slave[0-9]+']),
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
        verify: infoLine(context, 'replication', ['repl_backlog_size']),
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
        undo: commands.length > 0 ? keptSettingCommands(door, [{ name: 'maxmemory-clients', value: '0' }]) : [],
        verify: infoLine(context, 'memory', ['mem_clients_normal']),
        values: known({ clientBytes }),
      }),
    );
  }
  return steps;
}

/** The defaults (256 MiB at once, 64 MiB for a minute) under the name that the version knows. INFO does not tell what they replace. */
function replicaBufferLines({ engine }: ActionContext): Pick<Action, 'commands' | 'undo'> {
  const word = isAtLeast(engine, { redis: '5.0', valkey: '7.2' }) === false ? 'slave' : 'replica';
  const set = (limits: string) => `CONFIG SET client-output-buffer-limit "${word} ${limits}"`;
  return {
    commands: ['CONFIG GET client-output-buffer-limit', set('268435456 67108864 60'), 'CONFIG REWRITE'],
    undo: [set('OLD_LIMITS'), 'CONFIG REWRITE'],
  };
}
