import { MiB } from '../../model/bytes.ts';
import { TOGETHER_DAYS } from '../table-room.ts';
import { clear, evictsNothing, type FindingRule, notEnoughData, raised } from './finding-rule.ts';

/** A hash table is about to double: its new memory is taken in one write, and the old table is kept for minutes to hours. */
export const hashTableStepAhead: FindingRule<{ minBytes: number; minShare: number }> = {
  id: 'hash-table-step-ahead',
  needs: ['usedMemoryBytes'],
  defaults: { minBytes: 64 * MiB, minShare: 0.01 },
  judge(context, { minBytes, minShare }) {
    const { node, settings } = context;
    if (node.keyspace.databases.length === 0) return notEnoughData('keys');
    const peakBytes = node.peaks.usedMemoryBytes?.value ?? 0;
    const due = node.keyspace.steps
      .filter(
        (step) => step.daysUntil !== undefined && step.daysUntil <= settings.horizonDays && step.belowLimit?.outcome !== 'limit-first',
      )
      .toSorted((a, b) => (a.daysUntil ?? 0) - (b.daysUntil ?? 0));
    const together = due.filter((step) => (step.daysUntil ?? 0) - (due[0]?.daysUntil ?? 0) <= TOGETHER_DAYS);
    const sum = (bytesOf: (step: (typeof due)[number]) => number) => together.reduce((total, step) => total + bytesOf(step), 0);
    const allocatedBytes = sum((step) => step.allocatedBytes);
    const [first] = due;
    if (first === undefined || allocatedBytes < Math.max(minBytes, minShare * peakBytes)) return clear({ allocatedBytes });
    const short = together.find(({ belowLimit }) => belowLimit !== undefined && belowLimit.outcome !== 'fits');
    const { outcome, ...without } = short?.belowLimit ?? {};
    // A table that stays as it is while the limit is full takes nothing from anybody.
    const isHarmless = short === undefined || outcome === 'put-off';
    return raised(isHarmless ? 'info' : 'warning', {
      database: first.database,
      table: first.table,
      entries: first.entries,
      threshold: first.threshold,
      daysUntil: first.daysUntil,
      tables: together.length,
      allocatedBytes,
      permanentBytes: sum((step) => step.permanentBytes),
      roomBytes: first.belowLimit?.roomBytes,
      ...(short === undefined ? {} : { outcome, ...without, evictsNothing: evictsNothing(context) }),
    });
  },
};
