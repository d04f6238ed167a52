import { MiB } from '../../model/bytes.ts';
import { copiesHugePages, explainFork } from '../huge-pages.ts';
import { isOwnServer } from '../server-commands.ts';
import { clear, type FindingRule, lastText, notApplicable, notEnoughData, raised, settingsDoor } from './finding-rule.ts';

/** Forks copied most of the memory while little was written: as with transparent huge pages, where one write copies 2 MiB. */
export const hugePagesSuspected: FindingRule<{ minShare: number; minBytes: number; minTimes: number }> = {
  id: 'huge-pages-suspected',
  needs: [],
  defaults: { minShare: 0.5, minBytes: 100 * MiB, minTimes: 2 },
  judge(context, { minShare, minBytes, minTimes }) {
    const { node, history, engine } = context;
    const { forks } = node.persistence;
    const os = lastText(history, 'os');
    if (forks.length === 0) return notApplicable('no-forks');
    if (copiesHugePages(os) === false) return notApplicable('kernel-splits-huge-pages');
    const explained = forks.flatMap((fork) => {
      const shares = explainFork(fork, engine);
      return shares === undefined ? [] : [{ ...fork, ...shares }];
    });
    if (explained.length === 0) return notEnoughData('rdbChangesSinceLastSave');
    const suspects = explained.filter(
      ({ cowBytes, copiedShare, smallPagesShare, hugePagesShare }) =>
        cowBytes >= minBytes && copiedShare >= minShare && copiedShare >= minTimes * smallPagesShare && hugePagesShare >= minShare,
    );
    const newest = suspects.at(-1);
    // One such fork among many that copied as little as they should has another reason.
    if (newest === undefined || suspects.length * 2 < explained.length)
      return clear({ forks: explained.length, suspects: suspects.length });
    const { at, cowBytes, rssBytes, writtenKeys, inputBytes, seconds, copiedShare, smallPagesShare, hugePagesShare } = newest;
    return raised(
      'warning',
      {
        forks: explained.length,
        suspects: suspects.length,
        forkedAt: at,
        cowBytes,
        rssBytes,
        seconds,
        writtenKeys,
        inputBytes,
        copiedShare,
        smallPagesShare,
        hugePagesShare,
        os,
      },
      isOwnServer(settingsDoor(context)) ? ['cat /sys/kernel/mm/transparent_hugepage/enabled'] : [],
    );
  },
};
