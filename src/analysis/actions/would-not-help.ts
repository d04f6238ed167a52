import type { ActionId, NodeAnalysis } from '../../model/analysis.ts';
import { negligibleBytes } from '../findings/finding-rule.ts';
import type { ActionContext } from './action-context.ts';

type WouldNotHelp = NodeAnalysis['wouldNotHelp'][number];

/** What people try and what it would give here. Never something that the list above asks for. */
export function findWouldNotHelp(context: ActionContext, advised: ReadonlySet<ActionId>): WouldNotHelp[] {
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
