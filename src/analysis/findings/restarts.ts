import { MiB } from '../../model/bytes.ts';
import type { NodeHistory } from '../../model/node-history.ts';
import { valueAt } from '../bucket-rates.ts';
import { clear, evictsNothing, type FindingRule, raised } from './finding-rule.ts';

/** The process was restarted: resident memory starts anew, and a cache starts cold. */
export const restarts: FindingRule<{ warnAtPerWeek: number }> = {
  id: 'restarts',
  needs: [],
  defaults: { warnAtPerWeek: 2 },
  judge(context, { warnAtPerWeek }) {
    const { node, history } = context;
    const { restarts: list, spanSeconds } = node.quality;
    const newest = list.at(-1);
    if (newest === undefined) return clear({ restarts: 0 });
    const perWeek = list.length / Math.max(1, spanSeconds / 604_800);
    const isOften = perWeek >= warnAtPerWeek;
    const loss = findLoss(history);
    // A cache fills again; what a store has lost is gone.
    const isLoss = loss !== undefined && evictsNothing(context) !== false;
    return raised(isOften || isLoss ? 'warning' : 'info', {
      restarts: list.length,
      restartedAt: newest.at,
      isOften: isOften || undefined,
      lostAt: loss?.at,
      lostFromBytes: loss?.fromBytes,
      lostToBytes: loss?.toBytes,
    });
  },
};

/** A process that begins with less than half of what the one before it held, and that by bytes that matter, has lost data. */
const KEPT_SHARE = 0.5;
const LEAST_LOST_BYTES = 16 * MiB;

/** The newest restart that lost data: what was held before it, and by the first sample in which the data were loaded. */
function findLoss({
  restarts,
  buckets,
}: NodeHistory): { readonly at: number; readonly fromBytes: number; readonly toBytes: number } | undefined {
  const used = buckets.columns.get('usedMemoryBytes')?.last;
  const rows = Array.from(buckets.toAt.keys()).filter((i) => Number.isFinite(valueAt(used, i)));
  for (const { at, lastSeenAt } of restarts.toReversed()) {
    const before = rows.findLast((i) => valueAt(buckets.toAt, i) <= lastSeenAt);
    const after = rows.find((i) => valueAt(buckets.toAt, i) >= at);
    if (before === undefined || after === undefined) continue;
    const [fromBytes, toBytes] = [valueAt(used, before), valueAt(used, after)];
    if (toBytes < KEPT_SHARE * fromBytes && fromBytes - toBytes >= LEAST_LOST_BYTES) return { at, fromBytes, toBytes };
  }
  return undefined;
}
