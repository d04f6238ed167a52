import { clear, type FindingRule, notEnoughData, raised } from './finding-rule.ts';

const DAY_SECONDS = 86_400;
/** Of a coarse history the next sample may simply not be due. */
const INTERVALS = 2;

/** The newest sample is much older than the report: what it says of today and of the days ahead was true when the data end. */
export const dataOld: FindingRule<{ raiseAfterDays: number }> = {
  id: 'data-old',
  needs: [],
  defaults: { raiseAfterDays: 7 },
  judge({ node }, { raiseAfterDays }) {
    const { ageSeconds, intervalSeconds = 0, toAt } = node.quality;
    if (ageSeconds === undefined) return notEnoughData('time');
    const evidence = { ageDays: Math.floor(ageSeconds / DAY_SECONDS), toAt };
    return ageSeconds > Math.max(raiseAfterDays * DAY_SECONDS, INTERVALS * intervalSeconds) ? raised('info', evidence) : clear(evidence);
  },
};
