import { MiB } from '../../model/bytes.ts';
import { findPutOffLoad } from '../hash-tables.ts';
import { clear, currentMaxmemory, evictsNothing, type FindingRule, notEnoughData, raised } from './finding-rule.ts';

/** Steps this many days apart are felt as one: keys and their expiries often double together. */
const TOGETHER_DAYS = 7;

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
      .filter((step) => step.daysUntil !== undefined && step.daysUntil <= settings.horizonDays)
      .sort((a, b) => (a.daysUntil ?? 0) - (b.daysUntil ?? 0));
    const together = due.filter((step) => (step.daysUntil ?? 0) - (due[0]?.daysUntil ?? 0) <= TOGETHER_DAYS);
    const sum = (bytesOf: (step: (typeof due)[number]) => number) => together.reduce((total, step) => total + bytesOf(step), 0);
    const allocatedBytes = sum((step) => step.allocatedBytes);
    const [first] = due;
    if (first === undefined || allocatedBytes < Math.max(minBytes, minShare * peakBytes)) return clear({ allocatedBytes });
    const maxmemoryBytes = currentMaxmemory(context);
    const countedBytes = node.peaks.countedBytes?.value ?? peakBytes;
    const grownBytes = countedBytes + Math.max(0, node.forecast.growthBytesPerDay ?? 0) * Math.max(0, first.daysUntil ?? 0);
    const roomBytes = maxmemoryBytes === undefined || maxmemoryBytes === 0 ? undefined : Math.max(0, maxmemoryBytes - grownBytes);
    const shortBytes = roomBytes !== undefined && roomBytes < allocatedBytes ? allocatedBytes - roomBytes : undefined;
    const putOffLoad = findPutOffLoad(context.engine);
    return raised(shortBytes === undefined ? 'info' : 'warning', {
      database: first.database,
      table: first.table,
      entries: first.entries,
      threshold: first.threshold,
      daysUntil: first.daysUntil,
      tables: together.length,
      allocatedBytes,
      permanentBytes: sum((step) => step.permanentBytes),
      roomBytes,
      ...(shortBytes === undefined
        ? {}
        : {
            shortBytes,
            evictsNothing: evictsNothing(context),
            putOffLoad,
            // Beyond it the table grows whatever that costs.
            putOffEntries: putOffLoad === undefined || putOffLoad === 1 ? undefined : Math.ceil(putOffLoad * first.threshold),
          }),
    });
  },
};
