import type { ActionId, Diagnosis, NodeAnalysis } from '../../model/analysis.ts';
import { negligibleBytes } from '../findings/finding-rule.ts';
import { type ActionContext, isRaised } from './action-context.ts';
import { refilledBytes } from './waste.ts';

type WouldNotHelp = NodeAnalysis['wouldNotHelp'][number];

/** Why an action misses what this diagnosis is about, however it is meant; `small-gain` where the bytes alone say it. */
type Reasons = Readonly<Partial<Record<Diagnosis, string>>>;

const PURGE_REASONS: Reasons = {
  swapping: 'touches-swap',
  'unknown-allocator': 'other-allocator',
  'external-fragmentation': 'whole-pages-only',
  'retained-after-peak': 'whole-pages-only',
  'process-overhead': 'outside-allocator',
};
const DEFRAG_REASONS: Reasons = {
  swapping: 'touches-swap',
  'unknown-allocator': 'unsupported',
};
const RESTART_REASONS: Reasons = { 'retained-after-peak': 'refilled-at-next-peak' };

/** Reasons that hold whatever the bytes; the others explain a small gain. */
const ALWAYS: readonly string[] = [
  'touches-swap',
  'other-allocator',
  'unsupported',
  'refilled-at-next-peak',
  'used-again',
  'buffers-not-data',
];

/** What people try and what it would give here. Never something that the list above asks for. */
export function findWouldNotHelp(context: ActionContext, advised: ReadonlySet<ActionId>): WouldNotHelp[] {
  const { recoverableBytes, diagnosis, activedefrag, advice } = context.node.fragmentation;
  const because = (reasons: Reasons) => reasons[diagnosis] ?? 'small-gain';
  /** All but a little of what an action gives back are empty pages that the next peak takes again. */
  const isRefilled = (givesBytes: number | undefined) =>
    givesBytes !== undefined && givesBytes >= negligibleBytes(context) && givesBytes - refilledBytes(context) < negligibleBytes(context);
  // A running or refused activedefrag, or one that the list leaves off, needs no second word.
  const isDefragMoot = activedefrag.enabled === 'yes' || advised.has('leave-activedefrag');
  const tried: readonly WouldNotHelp[] = [
    {
      id: 'memory-purge',
      givesBytes: recoverableBytes.purge,
      reason: isRefilled(recoverableBytes.purge) && diagnosis !== 'swapping' ? 'refilled-at-next-peak' : because(PURGE_REASONS),
    },
    ...(isDefragMoot
      ? []
      : [
          {
            id: 'enable-activedefrag' as const,
            givesBytes: recoverableBytes.activedefrag,
            reason: activedefrag.supported === 'no' && diagnosis !== 'swapping' ? 'unsupported' : because(DEFRAG_REASONS),
          },
        ]),
    // Where defragmentation is worth it, because the peak has stayed away, a restart would give the same; where it is the only cure of holes, too
    // small for a step, or a Lua heap is what fills memory, it helps all the same.
    // A step that ends with a restart asks for one already.
    ...(advised.has('stop-swapping') || advised.has('enable-activedefrag') || advised.has('repair-scripts') || advice === 'restart'
      ? []
      : [
          {
            id: 'restart' as const,
            givesBytes: recoverableBytes.restart,
            reason: isRefilled(recoverableBytes.restart) ? 'refilled-at-next-peak' : because(RESTART_REASONS),
          },
        ]),
    ...moreMemory(context, advised),
  ];
  return tried.flatMap(({ id, givesBytes, reason }) => {
    if (advised.has(id)) return [];
    if (givesBytes === undefined) return ALWAYS.includes(reason) && reason !== 'refilled-at-next-peak' ? [{ id, reason }] : [];
    // A large gain is not something that "would not help": it was passed over for a reason that the findings tell.
    const isSmall = givesBytes < negligibleBytes(context);
    return isSmall || ALWAYS.includes(reason) ? [{ id, givesBytes: Math.max(0, givesBytes), reason }] : [];
  });
}

/** A larger machine, where memory that looks lost will be used again, or where buffers and not data fill it. */
function moreMemory(context: ActionContext, advised: ReadonlySet<ActionId>): WouldNotHelp[] {
  if (
    advised.has('move-to-target') ||
    advised.has('add-shards') ||
    advised.has('move-slots') ||
    advised.has('resize-up') ||
    isRaised(context, 'system-memory-ratio-high')
  )
    return [];
  if (advised.has('limit-client-memory') || advised.has('limit-replica-buffers')) return [{ id: 'resize-up', reason: 'buffers-not-data' }];
  const isKept = context.node.fragmentation.diagnosis === 'retained-after-peak';
  return isKept ? [{ id: 'resize-up', reason: 'used-again' }] : [];
}
