import { clear, evictsNothing, type FindingRule, notApplicable, notEnoughData, raised } from './finding-rule.ts';

/** The forecast peak can reach a limit within the horizon. A limit reached already is another finding's matter. */
export const usedGrowth: FindingRule<{ criticalWithinDays: number }> = {
  id: 'used-growth',
  needs: ['usedMemoryBytes'],
  // A resize with its approval and its maintenance window takes about this long.
  defaults: { criticalWithinDays: 14 },
  judge(context, { criticalWithinDays }) {
    const { node } = context;
    const { forecast } = node;
    if (forecast.status === 'refused') return notEnoughData('forecast');
    if (forecast.status === 'flat') return notApplicable('at-maxmemory');
    const limits = [
      { limit: 'system-target', days: forecast.daysToSystemTarget },
      { limit: 'maxmemory', days: forecast.daysToMaxmemory },
    ] as const;
    const coming = limits
      .filter(({ days }) => days?.p90 !== undefined && days.p90 > 0)
      .sort((a, b) => (a.days?.p90 ?? 0) - (b.days?.p90 ?? 0));
    const evidence = { growthBytesPerDay: forecast.growthBytesPerDay, horizonDays: forecast.horizonDays, confidence: forecast.confidence };
    const [first] = coming;
    if (first?.days?.p90 === undefined) return clear(evidence);
    // A cache is meant to fill its limit and evicts from then on.
    const isByDesign = first.limit === 'maxmemory' && evictsNothing(context) === false;
    const severity = isByDesign ? 'info' : first.days.p90 <= criticalWithinDays ? 'critical' : 'warning';
    return raised(severity, {
      ...evidence,
      limit: first.limit,
      targetRatio: node.systemMemory.targetRatio,
      earliestDays: first.days.p90,
      earliestAt: node.quality.toAt + first.days.p90 * 86_400_000,
      expectedDays: first.days.p50,
    });
  },
};
