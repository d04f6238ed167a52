import type { TextFieldId } from '../model/metrics.ts';
import type { NodeHistory } from '../model/node-history.ts';
import { bucketIncreases, valueAt } from './bucket-rates.ts';

/** How many saves failed: at least, and at most where the server counts them throughout. */
export interface FailedSaves {
  readonly atLeast: number;
  readonly atMost?: number;
}

/**
 * Background saves that failed. `rdb_saves` (Redis 7.0, Valkey) counts those that began, good or not, and `rdb_last_save_time` moves with good
 * ones only: while it stands still, each save that ended has failed. Where it moved beside a failure, at least one was good and one was not.
 * Without `rdb_saves` only those that samples saw count.
 */
export function countFailedSaves(history: NodeHistory): FailedSaves {
  const { buckets, texts } = history;
  const begun = bucketIncreases(history, 'rdbSaves');
  const goodAt = buckets.columns.get('rdbLastSaveTimeSeconds')?.last;
  const running = (i: number) => (valueAt(buckets.columns.get('rdbBgsaveInProgress')?.last, i) === 1 ? 1 : 0);
  const changes = texts.rdbLastBgsaveStatus ?? [];
  const isFailing = (at: number) => isFailure(changes.findLast((change) => change.at <= at)?.value);
  let atLeast = 0;
  let unsure: number | undefined = 0;
  let before = 0;
  for (let i = 0; i < buckets.count; i += 1) {
    const [fromAt, toAt] = [i === 0 ? Number.NEGATIVE_INFINITY : valueAt(buckets.toAt, i - 1), valueAt(buckets.toAt, i)];
    const seen = changes.filter(({ at, value }) => at > fromAt && at <= toAt && isFailure(value)).length;
    // A child of a replica's synchronisation runs without having been counted.
    const known = before + valueAt(begun, i);
    before = Math.min(running(i), Number.isNaN(known) ? running(i) : known);
    if (seen === 0 && !isFailing(fromAt) && !isFailing(toAt)) continue;
    const ended = Number.isNaN(known) ? (running(i - 1) > running(i) ? 1 : 0) : known - before;
    const isNoneGood = valueAt(goodAt, i) === valueAt(goodAt, i - 1);
    const failed = Math.max(seen, isNoneGood ? ended : 0);
    atLeast += failed;
    if (Number.isNaN(known) || !(isNoneGood || valueAt(goodAt, i) > valueAt(goodAt, i - 1))) unsure = undefined;
    else if (unsure !== undefined) unsure += Math.max(0, ended - failed - (isNoneGood ? 0 : 1));
  }
  return { atLeast, ...(unsure === undefined ? {} : { atMost: atLeast + unsure }) };
}

/** How often samples saw the status turn bad. */
export function countTurnsToFailure(history: NodeHistory, field: TextFieldId): FailedSaves {
  return { atLeast: history.texts[field]?.filter(({ value }) => isFailure(value)).length ?? 0 };
}

export function isFailure(status: string | undefined): boolean {
  return status !== undefined && status !== 'ok';
}
