import type { TextFieldId } from '../../model/metrics.ts';
import { countFailedSaves, countTurnsToFailure, isFailure } from '../failed-saves.ts';
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
      const states = history.texts[field] ?? [];
      const newest = states.findLastIndex(({ value }) => isFailure(value));
      return newest < 0 ? [] : [{ field, failedAt: states[newest]?.at, workedAgainAt: states[newest + 1]?.at }];
    });
    const worst = failures.find(({ workedAgainAt }) => workedAgainAt === undefined) ?? failures[0];
    if (worst === undefined) return clear();
    const isOfSnapshots = worst.field === 'rdbLastBgsaveStatus';
    const isLasting = worst.workedAgainAt === undefined;
    const { atLeast, atMost } = isOfSnapshots ? countFailedSaves(history) : countTurnsToFailure(history, worst.field);
    const { rdbLastSaveTimeSeconds, rdbChangesSinceLastSave } = history.last;
    const evidence = { ...worst, isLasting, failures: atLeast, failuresAtMost: atMost };
    if (!isLasting) return raised('warning', evidence);
    const lost = {
      hasAppendOnlyFile: history.last.aofEnabled === 1,
      lastSaveAt: rdbLastSaveTimeSeconds === undefined ? undefined : rdbLastSaveTimeSeconds * 1000,
      unsavedChanges: rdbChangesSinceLastSave,
    };
    return raised('critical', { ...evidence, ...(isOfSnapshots ? lost : {}) });
  },
};
