import type { Action } from '../../model/analysis.ts';
import { MiB } from '../../model/bytes.ts';
import { isAtLeast } from '../../model/engine.ts';
import { settingsDoor } from '../findings/finding-rule.ts';
import { knownSettings, outputBufferLimit } from '../known-settings.ts';
import { isOwnServer } from '../server-commands.ts';
import { type ActionContext, evidenceOf, infoLine, isRaised, known, numberOf, type Stage, type Step, step } from './action-context.ts';

/** What one replica's buffer may hold for a minute by default: bounded, it takes no more than this for long. */
const SOFT_LIMIT_BYTES = 64 * MiB;

/** What bounding the replicas' buffers keeps free; 0 where they are no risk. */
export function replicaBufferBytes(context: ActionContext): number {
  if (!isRaised(context, 'replica-buffer-risk')) return 0;
  return Math.max(0, (numberOf(evidenceOf(context, 'replica-buffer-risk'), 'notCountedBytes') ?? 0) - SOFT_LIMIT_BYTES);
}

/** The replica that lags, and a bound for what it may cost. */
export function boundReplicaBuffers(context: ActionContext, stage: Stage): Step[] {
  if (!isRaised(context, 'replica-buffer-risk')) return [];
  const gainBytes = replicaBufferBytes(context);
  return [
    step(stage, {
      id: 'limit-replica-buffers',
      effort: 'command',
      findingIds: ['replica-buffer-risk'],
      givesBytes: gainBytes > 0 ? gainBytes : undefined,
      ...(isOwnServer(settingsDoor(context)) ? replicaBufferLines(context) : {}),
      verify: infoLine(context, 'replication', ['slave[0-9]+']),
      values: known({ notCountedBytes: numberOf(evidenceOf(context, 'replica-buffer-risk'), 'notCountedBytes') }),
    }),
  ];
}

const DEFAULT_LIMITS = '268435456 67108864 60';

/**
 * The defaults (256 MiB at once, 64 MiB for a minute) under the name that the version knows. INFO does not tell what they replace: without
 * the server's settings the line that does comes first. Where they stand already there is nothing to set.
 */
function replicaBufferLines({ engine, history }: ActionContext): Pick<Action, 'commands' | 'undo'> {
  const word = isAtLeast(engine, { redis: '5.0', valkey: '7.2' }) === false ? 'slave' : 'replica';
  const set = (limits: string) => `CONFIG SET client-output-buffer-limit "${word} ${limits}"`;
  const current = outputBufferLimit(knownSettings(history), (name) => name === 'slave' || name === 'replica');
  if (current === DEFAULT_LIMITS) return { commands: [], undo: [] };
  if (current !== undefined) return { commands: [set(DEFAULT_LIMITS), 'CONFIG REWRITE'], undo: [set(current), 'CONFIG REWRITE'] };
  return {
    commands: ['CONFIG GET client-output-buffer-limit', set(DEFAULT_LIMITS), 'CONFIG REWRITE'],
    undo: [set('OLD_LIMITS'), 'CONFIG REWRITE'],
  };
}
