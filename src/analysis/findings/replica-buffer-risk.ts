import { MiB } from '../../model/bytes.ts';
import { clear, type FindingRule, notApplicable, notEnoughData, raised } from './finding-rule.ts';

/** Buffers of lagging replicas grow outside `maxmemory`: they raise resident memory and no eviction stops them. */
export const replicaBufferRisk: FindingRule<{ minShare: number; minBytes: number }> = {
  id: 'replica-buffer-risk',
  needs: [],
  // 64 MiB is the soft limit of one replica's buffer by default (Redis source, config.c clientBufferLimitsDefaults).
  defaults: { minShare: 0.05, minBytes: 64 * MiB },
  judge({ node, history }, { minShare, minBytes }) {
    const replicas = history.metrics.get('connectedReplicas')?.max.value;
    const notCounted = history.metrics.get('notCountedBytes');
    if (replicas === 0) return notApplicable('no-replicas');
    if (notCounted === undefined) return notEnoughData('notCountedBytes');
    const usedBytes = node.peaks.usedMemoryBytes?.value ?? 0;
    const evidence = {
      notCountedBytes: notCounted.max.value,
      peakAt: notCounted.max.at,
      replicas,
      shareOfUsed: notCounted.max.value / usedBytes,
    };
    return notCounted.max.value >= Math.max(minBytes, minShare * usedBytes) ? raised('warning', evidence) : clear(evidence);
  },
};
