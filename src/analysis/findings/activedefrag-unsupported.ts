import { clear, type FindingRule, notApplicable, notEnoughData, raised } from './finding-rule.ts';

/** Fragmentation that activedefrag would cure, on a server that cannot run it. */
export const activedefragUnsupported: FindingRule = {
  id: 'activedefrag-unsupported',
  needs: [],
  defaults: {},
  judge({ node }) {
    const { diagnosis, activedefrag, wasteBytes, recoverableBytes } = node.fragmentation;
    if (diagnosis !== 'external-fragmentation') return notApplicable('not-fragmented');
    if (activedefrag.supported === 'unknown') return notEnoughData('allocator');
    if (activedefrag.supported === 'yes') return clear();
    const reason = activedefrag.supportedReason ?? 'not-jemalloc';
    return raised('warning', { reason, allocator: node.allocator, wasteBytes, restartBytes: recoverableBytes.restart });
  },
};
