import { isAtLeast } from '../../model/engine.ts';
import type { FindingId } from '../../model/finding.ts';
import { evictsNothing, lastText, settingsDoor } from '../findings/finding-rule.ts';
import { keptSettingCommands, settingCommands } from '../server-commands.ts';
import { type ActionContext, evidenceOf, isRaised, known, numberOf, raisedAmong, type Step, step } from './action-context.ts';

export function otherLimits(context: ActionContext): Step[] {
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
