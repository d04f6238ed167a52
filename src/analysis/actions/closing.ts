import { negligibleBytes } from '../findings/finding-rule.ts';
import { type ActionContext, evidenceOf, isRaised, known, numberOf, type Step, severityOf, step } from './action-context.ts';

export function closing(context: ActionContext): Step[] {
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
