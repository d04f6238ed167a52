import { isAtLeast } from '../../model/engine.ts';
import type { FindingId } from '../../model/finding.ts';
import { negligibleBytes } from '../findings/finding-rule.ts';
import {
  type ActionContext,
  evidenceOf,
  isRaised,
  known,
  lacksMachine,
  lacksUsedMemory,
  numberOf,
  raisedAmong,
  type Step,
  severityOf,
  step,
} from './action-context.ts';

/** The notes at the end of the list: what the report lacks, then what can stay as it is. */
export function closing(context: ActionContext): Step[] {
  return [...betterInput(context), ...leaveActivedefrag(context), ...upgradeEngine(context)];
}

/** What would make the next report say more, the most useful first: without a limit to compare with, nothing can be called safe. */
function betterInput(context: ActionContext): Step[] {
  const { systemMemory } = context.node;
  const fix = (reason: string, findingIds: readonly FindingId[] = []): Step =>
    step('note', { id: 'fix-input', effort: 'command', findingIds: [...findingIds], values: { reason } });
  const averaged = isRaised(context, 'averaged-input') ? [fix('averaged', ['averaged-input'])] : [];
  const machine = systemMemory.totalBytes === undefined ? [fix('system-memory')] : [];
  if (lacksUsedMemory(context)) return [fix('used-memory')];
  return lacksMachine(context) ? [...machine, ...collectMore(context), ...averaged] : [...collectMore(context), ...averaged, ...machine];
}

function collectMore(context: ActionContext): Step[] {
  if (!isRaised(context, 'short-history') || severityOf(context, 'short-history') === 'info') return [];
  const cli = context.engine.name === 'valkey' ? 'valkey-cli' : 'redis-cli';
  return [
    step('note', {
      id: 'collect-more',
      effort: 'command',
      findingIds: ['short-history'],
      commands: [
        'redis-headroom collect redis://HOST:6379 --every 60s --history ./history',
        `* * * * * (date -Is; ${cli} INFO) >> /var/log/${cli.replace('-cli', '')}-info.txt`,
      ],
      values: known({ neededDays: numberOf(evidenceOf(context, 'short-history'), 'neededDays') }),
    }),
  ];
}

function leaveActivedefrag(context: ActionContext): Step[] {
  const { activedefrag, recoverableBytes, diagnosis } = context.node.fragmentation;
  const gainBytes = recoverableBytes.activedefrag;
  const isIdle = activedefrag.enabled !== 'yes' && activedefrag.supported !== 'no';
  if (!isIdle || gainBytes === undefined || gainBytes >= negligibleBytes(context)) return [];
  return [step('note', { id: 'leave-activedefrag', effort: 'nothing', values: known({ gainBytes, diagnosis }) })];
}

/** From here on a rewrite of the append-only file does not hold the writes of its time in memory (Redis 7.0, multi-part AOF). */
const NO_REWRITE_BUFFER_SINCE = '7.0';

/** What a rewrite of the append-only file held in memory at the peak; undefined where the version holds nothing, or the peak was made by something else. */
function rewriteBufferBytes({ engine, node }: ActionContext): number | undefined {
  if (isAtLeast(engine, { redis: NO_REWRITE_BUFFER_SINCE, valkey: '7.2' }) !== false) return undefined;
  return node.peaks.cause?.parts.find(({ part }) => part === 'aofBuffer')?.overBytes;
}

function upgradeEngine(context: ActionContext): Step[] {
  const givesBytes = rewriteBufferBytes(context);
  if (givesBytes !== undefined && givesBytes >= negligibleBytes(context)) {
    const values = { toVersion: NO_REWRITE_BUFFER_SINCE, reason: 'aof-rewrite' };
    return [
      step('gain', {
        id: 'upgrade-engine',
        effort: 'project',
        findingIds: raisedAmong(context, ['engine-end-of-life']),
        givesBytes,
        values,
      }),
    ];
  }
  if (!isRaised(context, 'engine-end-of-life') || isRaised(context, 'defrag-crash-version')) return [];
  return [step('note', { id: 'upgrade-engine', effort: 'project', findingIds: ['engine-end-of-life'] })];
}
