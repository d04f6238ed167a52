import { DAY_MS } from '../../model/time.ts';
import { clear, evictsNothing, type FindingRule, notApplicable, notEnoughData, raised } from './finding-rule.ts';

/** The forecast peak, or without growth a spike (`isSpike`), can reach a limit within the horizon. A limit reached already is another finding's matter. */
export const usedGrowth: FindingRule<{ criticalExpectedDays: number; criticalEarliestDays: number }> = {
  id: 'used-growth',
  needs: ['usedMemoryBytes'],
  // A resize with its approval and its maintenance window takes two weeks to a month; the early day alone is only one chance in ten.
  defaults: { criticalExpectedDays: 30, criticalEarliestDays: 14 },
  judge(context, { criticalExpectedDays, criticalEarliestDays }) {
    const { node } = context;
    const { forecast, fragmentation } = node;
    if (forecast.status === 'refused') return notEnoughData('forecast');
    if (forecast.status === 'flat') return notApplicable('at-maxmemory');
    const limits = [
      { limit: 'system-target', days: forecast.daysToSystemTarget, probability: forecast.probabilitySystemTarget },
      { limit: 'maxmemory', days: forecast.daysToMaxmemory, probability: forecast.probabilityMaxmemory },
    ] as const;
    const { growthBytesPerDay, horizonDays, confidence } = forecast;
    const [first] = limits
      .filter(({ days }) => days?.p90 !== undefined && days.p90 > 0)
      .sort((a, b) => (a.days?.p90 ?? 0) - (b.days?.p90 ?? 0));
    const evidence = { growthBytesPerDay, horizonDays, confidence };
    if (first?.days?.p90 === undefined) return clear(evidence);
    const { p50, p90 } = first.days;
    const isWasteGrowing = fragmentation.trend.significant && (fragmentation.trend.bytesPerDay ?? 0) > 0;
    const isGrowing = (growthBytesPerDay ?? 0) > 0 || (first.limit === 'system-target' && isWasteGrowing);
    // A cache is meant to fill its limit and evicts from then on.
    const isByDesign = first.limit === 'maxmemory' && evictsNothing(context) === false;
    const isSure = isGrowing && (confidence === 'good' || confidence === 'fair');
    // Without growth the days ahead are like those seen: a peak that comes again is no deadline.
    const isCritical = isGrowing && ((p50 !== undefined && p50 <= criticalExpectedDays) || (isSure && p90 <= criticalEarliestDays));
    const severity = isByDesign ? 'info' : isCritical ? 'critical' : 'warning';
    return raised(severity, {
      ...evidence,
      limit: first.limit,
      targetRatio: node.systemMemory.targetRatio,
      earliestDays: p90,
      earliestAt: node.quality.toAt + p90 * DAY_MS,
      expectedDays: p50,
      isSpike: !isGrowing && p50 === undefined,
      probability: first.probability,
    });
  },
};
