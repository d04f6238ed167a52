import { currentMaxmemory, settingsDoor } from '../findings/finding-rule.ts';
import { knownSettings } from '../known-settings.ts';
import { keptSettingCommands } from '../server-commands.ts';
import { type ActionContext, evidenceOf, infoLine, isRaised, known, numberOf, type Stage, type Step, step } from './action-context.ts';

/** What bounding the buffers of clients would have kept off the peak; 0 where they did not make it. */
export function clientMemoryBytes(context: ActionContext): number {
  if (!isRaised(context, 'client-memory-high')) return 0;
  return context.node.peaks.cause?.parts.find(({ part }) => part === 'normalClients')?.overBytes ?? 0;
}

/** As the finding's lines set it: 5 % of maxmemory. */
const BOUND_RATIO = 0.05;

/** A bound for what clients may hold: where their buffers made the peak, a step against it; else care. */
export function boundClientMemory(context: ActionContext, stage: Stage): Step[] {
  if (!isRaised(context, 'client-memory-high')) return [];
  const commands = context.findings.find(({ id }) => id === 'client-memory-high')?.commands ?? [];
  const gainBytes = clientMemoryBytes(context);
  // Of what they took, the bound leaves them its share of maxmemory.
  const staysBytes = commands.length > 0 ? Math.round(BOUND_RATIO * (currentMaxmemory(context) ?? 0)) : 0;
  return [
    step(gainBytes > 0 ? stage : 'care', {
      id: 'limit-client-memory',
      effort: commands.length > 0 ? 'command' : 'project',
      findingIds: ['client-memory-high'],
      givesBytes: gainBytes > staysBytes ? gainBytes - staysBytes : undefined,
      commands: [...commands],
      undo:
        commands.length > 0
          ? keptSettingCommands(settingsDoor(context), [
              { name: 'maxmemory-clients', value: knownSettings(context.history)['maxmemory-clients'] ?? '0' },
            ])
          : [],
      verify: infoLine(context, 'memory', ['mem_clients_normal']),
      values: known({ clientBytes: numberOf(evidenceOf(context, 'client-memory-high'), 'clientBytes') }),
    }),
  ];
}
