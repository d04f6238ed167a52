import type { NodeAnalysis } from '../model/analysis.ts';

/** No limit is nearer than a spike that the pace of this node does not lead to: there is a chance, and no date. */
export function isSpikeOnly({ findings }: Pick<NodeAnalysis, 'findings'>): boolean {
  return findings.some(({ id, verdict, evidence }) => id === 'used-growth' && verdict === 'raised' && evidence.isSpike === true);
}
