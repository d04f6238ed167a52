import { maxmemoryCommands } from '../server-commands.ts';
import {
  clear,
  countedPeakBytes,
  currentMaxmemory,
  evictsNothing,
  type FindingRule,
  lastText,
  notApplicable,
  notEnoughData,
  raised,
  safeMaxmemory,
  settingsDoor,
} from './finding-rule.ts';

/** A limit below what the projected peak asks for. */
export const maxmemoryTooLow: FindingRule<{
  toleranceRatio: number;
  calmToleranceRatio: number;
  warnAtRatio: number;
  warnWithinDays: number;
}> = {
  id: 'maxmemory-too-low',
  needs: ['usedMemoryBytes'],
  defaults: { toleranceRatio: 1.05, calmToleranceRatio: 1.1, warnAtRatio: 0.9, warnWithinDays: 45 },
  judge(context, { toleranceRatio, calmToleranceRatio, warnAtRatio, warnWithinDays }) {
    const { node } = context;
    const maxmemoryBytes = currentMaxmemory(context);
    const recommendedBytes = node.provisioning.maxmemoryBytes.recommended;
    if (maxmemoryBytes === undefined) return notEnoughData('maxmemoryBytes');
    if (maxmemoryBytes === 0) return notApplicable('maxmemory-unset');
    if (recommendedBytes === undefined) return notEnoughData('provisioning');
    const safeBytes = safeMaxmemory(context);
    const peakBytes = countedPeakBytes(context) ?? 0;
    const ratio = peakBytes / maxmemoryBytes;
    // Since Redis 5.0 a replica ignores its limit, until a failover makes it the primary: then what is above it goes at once.
    const role = lastText(context.history, 'role');
    const isReplicaAbove = (role === 'slave' || role === 'replica') && ratio > 1;
    const evidence = {
      maxmemoryBytes,
      recommendedBytes,
      safeBytes,
      peakBytes,
      ratio,
      isProjected: node.forecast.status === 'ok' || context.settings.growthRatio !== undefined,
      refusesWrites: evictsNothing(context),
      isReplicaAbove: isReplicaAbove || undefined,
    };
    // A limit is not worth touching for a few percent while the peak leaves a tenth of it free.
    const tolerance = ratio < warnAtRatio ? calmToleranceRatio : toleranceRatio;
    // Demand beyond a limit that is held cannot be seen: evictions and refusals tell of it, and have findings of their own.
    if (recommendedBytes <= maxmemoryBytes * tolerance)
      return node.forecast.status === 'flat' ? notApplicable('held-at-limit') : clear(evidence);
    const holdsIt = safeBytes !== undefined && recommendedBytes <= safeBytes;
    // A cache is filled to its limit by design; a store at that point is about to refuse writes.
    const { growthBytesPerDay, daysToMaxmemory } = node.forecast;
    const isComing = (growthBytesPerDay ?? 0) > 0 || daysToMaxmemory?.p50 !== undefined;
    const earliestDays = (isComing ? daysToMaxmemory?.p90 : undefined) ?? Number.POSITIVE_INFINITY;
    const isNear = (ratio >= warnAtRatio || earliestDays <= warnWithinDays) && evictsNothing(context) !== false;
    // Above what the machine holds, which was never short, and nothing presses: it is too high, and not too low for a peak that may never come.
    const { ratioPeak, targetRatio } = node.systemMemory;
    const isCalm = !isNear && !isReplicaAbove && !isComing && !(ratioPeak !== undefined && ratioPeak > targetRatio);
    if (isCalm && maxmemoryBytes > (safeBytes ?? Number.POSITIVE_INFINITY)) return clear(evidence);
    return raised(
      isNear || isReplicaAbove ? 'warning' : 'info',
      evidence,
      holdsIt ? maxmemoryCommands(settingsDoor(context), recommendedBytes, context.instance?.defaultMaxmemoryBytes) : [],
    );
  },
};
