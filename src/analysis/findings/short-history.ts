import { clear, type FindingRule, raised } from './finding-rule.ts';

/** Too little history to say how the peak will move. */
export const shortHistory: FindingRule<{ enoughDays: number }> = {
  id: 'short-history',
  needs: [],
  // Two weeks: weekly rhythms are seen twice.
  defaults: { enoughDays: 14 },
  judge({ node }, { enoughDays }) {
    const { forecast, quality } = node;
    const historyDays = quality.spanSeconds / 86_400;
    const isRefused = forecast.status === 'refused' && forecast.reason !== 'no-data';
    const evidence = {
      historyDays,
      neededDays: (isRefused ? forecast.neededDays : undefined) ?? enoughDays,
      horizonDays: forecast.horizonDays,
      isRefused,
    };
    if (isRefused) return raised('warning', evidence);
    return historyDays < enoughDays ? raised('info', evidence) : clear(evidence);
  },
};
