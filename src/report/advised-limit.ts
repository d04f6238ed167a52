import type { NodeAnalysis } from '../model/analysis.ts';

/** The limit that the steps on this page set; where none sets one, the present limit if nothing speaks against it, else the budget's. */
export function advisedMaxmemory(node: NodeAnalysis): number | undefined {
  const step = node.actions.findLast(({ id, values }) => id.endsWith('-maxmemory') && typeof values.maxmemoryBytes === 'number');
  if (typeof step?.values.maxmemoryBytes === 'number') return step.values.maxmemoryBytes;
  const { current, recommended } = node.provisioning.maxmemoryBytes;
  if (node.actions.some(({ id }) => id === 'move-to-target')) return recommended;
  const isDoubted = node.findings.some(({ id, verdict }) => verdict === 'raised' && id.startsWith('maxmemory-'));
  // Where closing holes comes first, it is so that the machine holds the present limit.
  const isKept = node.actions[0]?.id === 'enable-activedefrag';
  return current === undefined || current === 0 || (isDoubted && !isKept) ? recommended : current;
}
