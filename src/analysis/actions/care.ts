import type { FindingId } from '../../model/finding.ts';
import { evictsNothing, lastText, settingsDoor } from '../findings/finding-rule.ts';
import { keptSettingCommands } from '../server-commands.ts';
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
import { flushScripts } from './scripts.ts';

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
  steps.push(...flushScripts(context));
  return steps;
}
