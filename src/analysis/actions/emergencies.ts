import { settingsDoor } from '../findings/finding-rule.ts';
import { isOwnServer } from '../server-commands.ts';
import { type ActionContext, evidenceOf, hasReplicas, infoLine, isRaised, known, type Step, severityOf, step } from './action-context.ts';

export function stopSwapping(context: ActionContext): Step[] {
  const { usedMemoryBytes, usedMemoryRssBytes } = context.node.latest;
  if (!isRaised(context, 'swapping') || severityOf(context, 'swapping') === 'info') return [];
  const swappedBytes = usedMemoryBytes === undefined || usedMemoryRssBytes === undefined ? undefined : usedMemoryBytes - usedMemoryRssBytes;
  return [
    step('ladder', {
      id: 'stop-swapping',
      effort: hasReplicas(context) ? 'failover' : 'restart',
      findingIds: ['swapping'],
      values: known({ swappedBytes: swappedBytes !== undefined && swappedBytes > 0 ? swappedBytes : undefined }),
      ...(isOwnServer(settingsDoor(context)) ? { commands: swapLines(context) } : {}),
      verify: infoLine(context, 'memory', ['used_memory', 'used_memory_rss']),
    }),
  ];
}

/** On the server's machine: how much is swapped, the limit of its container, what else fills the machine, how eagerly it swaps. */
function swapLines({ engine }: ActionContext): string[] {
  const server = engine.name === 'valkey' || engine.name === 'keydb' ? `${engine.name}-server` : 'redis-server';
  return [`grep VmSwap /proc/$(pgrep -o ${server})/status`, 'cat /sys/fs/cgroup/memory.max', 'free -h', 'sysctl vm.swappiness'];
}

export function fixSaves(context: ActionContext): Step[] {
  const evidence = evidenceOf(context, 'save-failing');
  if (!isRaised(context, 'save-failing') || evidence.isLasting !== true) return [];
  return [
    step('ladder', {
      id: 'fix-saves',
      effort: 'command',
      findingIds: ['save-failing'],
      values: known({ field: String(evidence.field) }),
      verify: infoLine(context, 'persistence', ['.*_status']),
    }),
  ];
}
