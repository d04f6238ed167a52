import type { Finding } from '../../model/analysis.ts';
import { FINDING_IDS, type FindingId, SEVERITIES, type Verdict } from '../../model/finding.ts';
import { activedefragIneffective } from './activedefrag-ineffective.ts';
import { activedefragNotNeeded } from './activedefrag-not-needed.ts';
import { activedefragUnsupported } from './activedefrag-unsupported.ts';
import { averagedInput } from './averaged-input.ts';
import { backlogTooSmall } from './backlog-too-small.ts';
import { clientMemoryHigh } from './client-memory-high.ts';
import { cowHeadroomShort } from './cow-headroom-short.ts';
import { cpuSingleThreadNear } from './cpu-single-thread-near.ts';
import { dataOld } from './data-old.ts';
import { definitionChange } from './definition-change.ts';
import { defragCrashVersion } from './defrag-crash-version.ts';
import { engineEndOfLife } from './engine-end-of-life.ts';
import { evictionPressure } from './eviction-pressure.ts';
import { externalFragmentation } from './external-fragmentation.ts';
import { failoverUnsafe } from './failover-unsafe.ts';
import type { FindingContext, FindingRule, Judgement } from './finding-rule.ts';
import { notEnoughData } from './finding-rule.ts';
import { gaps } from './gaps.ts';
import { hashTableStepAhead } from './hash-table-step-ahead.ts';
import { hitRatioFalling } from './hit-ratio-falling.ts';
import { hugePagesSuspected } from './huge-pages-suspected.ts';
import { lifetimePeakOutsideWindow } from './lifetime-peak-outside-window.ts';
import { machineMemoryDoubtful } from './machine-memory-doubtful.ts';
import { maxclientsNear } from './maxclients-near.ts';
import { maxmemoryTooHigh } from './maxmemory-too-high.ts';
import { maxmemoryTooLow } from './maxmemory-too-low.ts';
import { maxmemoryUnset } from './maxmemory-unset.ts';
import { networkNear } from './network-near.ts';
import { noevictionNearLimit } from './noeviction-near-limit.ts';
import { oomErrors } from './oom-errors.ts';
import { oversized } from './oversized.ts';
import { processOverheadHigh } from './process-overhead-high.ts';
import { replicaBufferRisk } from './replica-buffer-risk.ts';
import { residentUnused } from './resident-unused.ts';
import { restarts } from './restarts.ts';
import { rssRetainedAfterPeak } from './rss-retained-after-peak.ts';
import { saveFailing } from './save-failing.ts';
import { scriptCacheHigh } from './script-cache-high.ts';
import { shardSkew } from './shard-skew.ts';
import { shortHistory } from './short-history.ts';
import { swapping } from './swapping.ts';
import { systemMemoryRatioHigh } from './system-memory-ratio-high.ts';
import { usedGrowth } from './used-growth.ts';

export type { FindingContext, FindingRule, NodeFigures } from './finding-rule.ts';

/** Every rule by its id. */
export const FINDING_RULES: Readonly<Record<FindingId, FindingRule>> = {
  'system-memory-ratio-high': systemMemoryRatioHigh,
  swapping: swapping,
  'oom-errors': oomErrors,
  'noeviction-near-limit': noevictionNearLimit,
  'eviction-pressure': evictionPressure,
  'maxmemory-unset': maxmemoryUnset,
  'maxmemory-too-high': maxmemoryTooHigh,
  'maxmemory-too-low': maxmemoryTooLow,
  'cow-headroom-short': cowHeadroomShort,
  'huge-pages-suspected': hugePagesSuspected,
  'save-failing': saveFailing,
  'hash-table-step-ahead': hashTableStepAhead,
  'used-growth': usedGrowth,
  'external-fragmentation': externalFragmentation,
  'rss-retained-after-peak': rssRetainedAfterPeak,
  'resident-unused': residentUnused,
  'process-overhead-high': processOverheadHigh,
  'activedefrag-unsupported': activedefragUnsupported,
  'activedefrag-not-needed': activedefragNotNeeded,
  'activedefrag-ineffective': activedefragIneffective,
  'defrag-crash-version': defragCrashVersion,
  'replica-buffer-risk': replicaBufferRisk,
  'backlog-too-small': backlogTooSmall,
  'client-memory-high': clientMemoryHigh,
  'script-cache-high': scriptCacheHigh,
  'maxclients-near': maxclientsNear,
  'cpu-single-thread-near': cpuSingleThreadNear,
  'network-near': networkNear,
  'hit-ratio-falling': hitRatioFalling,
  oversized: oversized,
  'shard-skew': shardSkew,
  'failover-unsafe': failoverUnsafe,
  'lifetime-peak-outside-window': lifetimePeakOutsideWindow,
  'engine-end-of-life': engineEndOfLife,
  'machine-memory-doubtful': machineMemoryDoubtful,
  'data-old': dataOld,
  'averaged-input': averagedInput,
  gaps: gaps,
  'short-history': shortHistory,
  restarts: restarts,
  'definition-change': definitionChange,
};

/** Thresholds of rules as the configuration overrides them. */
export type FindingSettings = { readonly [Id in FindingId]?: Readonly<Record<string, number>> };

/** What could not be judged comes before what is clear: it must not look like "fine". */
const VERDICT_ORDER: readonly Verdict[] = ['raised', 'error', 'not-enough-data', 'clear', 'not-applicable'];

/**
 * The verdict of every rule, raised ones first, the most severe at the top.
 * A rule whose metrics are missing is `not-enough-data`; one that throws is `error` and costs its own line, not the report.
 * @param settings - thresholds by finding id; those not named keep their default
 * @param rules - for tests
 */
export function judgeFindings(
  context: FindingContext,
  settings: FindingSettings = {},
  rules: Readonly<Record<FindingId, FindingRule>> = FINDING_RULES,
): Finding[] {
  const findings = FINDING_IDS.map((id): Finding => ({ id, ...judgeOne(rules[id], context, settings[id]) }));
  const rank = ({ verdict, severity }: Finding) => VERDICT_ORDER.indexOf(verdict) * SEVERITIES.length - SEVERITIES.indexOf(severity);
  return findings.sort((a, b) => rank(a) - rank(b));
}

function judgeOne(rule: FindingRule, context: FindingContext, overrides: Readonly<Record<string, number>> | undefined): Judgement {
  const missing = rule.needs.find((metric) => !context.history.metrics.has(metric));
  if (missing !== undefined) return notEnoughData(missing);
  try {
    return rule.judge(context, { ...rule.defaults, ...overrides });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { verdict: 'error', severity: 'info', evidence: { message }, commands: [] };
  }
}
