import { settingCommands } from '../server-commands.ts';
import {
  clear,
  type FindingRule,
  increaseOf,
  negligibleBytes,
  notApplicable,
  notEnoughData,
  raised,
  settingsDoor,
} from './finding-rule.ts';

/** activedefrag ran and moved next to nothing while the waste stayed: it costs time and gives none back. */
export const activedefragIneffective: FindingRule<{ minHitShare: number; minLookedAt: number }> = {
  id: 'activedefrag-ineffective',
  needs: ['activeDefragRunningPercent', 'activeDefragHits', 'activeDefragMisses'],
  // Fewer than 1 % of the allocations looked at were moved.
  defaults: { minHitShare: 0.01, minLookedAt: 100_000 },
  judge(context, { minHitShare, minLookedAt }) {
    const { history } = context;
    if ((history.metrics.get('activeDefragRunningPercent')?.max.value ?? 0) === 0) return notApplicable('never-ran');
    const hits = increaseOf(history, 'activeDefragHits');
    const misses = increaseOf(history, 'activeDefragMisses');
    if (hits === undefined || misses === undefined || hits + misses < minLookedAt) return notEnoughData('activeDefragHits');
    const active = history.metrics.get('allocatorActiveBytes');
    const allocated = history.metrics.get('allocatorAllocatedBytes');
    if (active === undefined || allocated === undefined) return notEnoughData('allocatorActiveBytes');
    const hitShare = hits / (hits + misses);
    const wasteFirstBytes = active.first.value - allocated.first.value;
    const wasteLastBytes = active.last.value - allocated.last.value;
    const evidence = { hitShare, hits, misses, wasteFirstBytes, wasteLastBytes };
    if (hitShare >= minHitShare || wasteLastBytes < Math.max(negligibleBytes(context), 0.9 * wasteFirstBytes)) return clear(evidence);
    return raised('warning', evidence, settingCommands(settingsDoor(context), [{ name: 'activedefrag', value: 'no' }]));
  },
};
