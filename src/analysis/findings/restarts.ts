import { clear, type FindingRule, raised } from './finding-rule.ts';

/** The process was restarted: resident memory starts anew, and a cache starts cold. */
export const restarts: FindingRule<{ warnAtPerWeek: number }> = {
  id: 'restarts',
  needs: [],
  defaults: { warnAtPerWeek: 2 },
  judge({ node }, { warnAtPerWeek }) {
    const { restarts: list, spanSeconds } = node.quality;
    const newest = list.at(-1);
    if (newest === undefined) return clear({ restarts: 0 });
    const perWeek = list.length / Math.max(1, spanSeconds / 604_800);
    const isOften = perWeek >= warnAtPerWeek;
    return raised(isOften ? 'warning' : 'info', { restarts: list.length, restartedAt: newest.at, isOften: isOften || undefined });
  },
};
