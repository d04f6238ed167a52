import type { TextFieldId } from '../../model/metrics.ts';
import { clear, type FindingRule, notEnoughData, raised } from './finding-rule.ts';

const STATUS_FIELDS: readonly TextFieldId[] = ['rdbLastBgsaveStatus', 'aofLastRewriteStatus', 'aofLastWriteStatus'];

/** Saves to disk that fail: data are lost at the next restart, and by default writes are refused after a failed RDB save. */
export const saveFailing: FindingRule = {
  id: 'save-failing',
  needs: [],
  defaults: {},
  judge({ history }) {
    const known = STATUS_FIELDS.filter((field) => history.texts[field] !== undefined);
    if (known.length === 0) return notEnoughData('rdbLastBgsaveStatus');
    const failures = known.flatMap((field) => {
      const failed = history.texts[field]?.filter(({ value }) => value !== 'ok') ?? [];
      const newest = failed.at(-1);
      return newest === undefined
        ? []
        : [{ field, at: newest.at, isLasting: history.texts[field]?.at(-1)?.value !== 'ok', count: failed.length }];
    });
    const worst = failures.find(({ isLasting }) => isLasting) ?? failures[0];
    if (worst === undefined) return clear();
    const evidence = { field: worst.field, failedAt: worst.at, failures: worst.count, isLasting: worst.isLasting };
    return raised(worst.isLasting ? 'critical' : 'warning', evidence);
  },
};
