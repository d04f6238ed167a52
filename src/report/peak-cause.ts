import { DAY_MS } from '../model/time.ts';
import { startingCapital, type Telling } from './telling.ts';

/** A part of the peak that is not data is told at once from this share of the peak on. */
const TOLD_SHARE = 0.05;
const DATA_PARTS: readonly string[] = ['dataset', 'hashTables', 'rehashing', 'other', 'startup', 'overhead'];

/** What made the peak, in one sentence; nothing where it is the usual level, or the parts are not told. */
export function causeSentence({ node, locale, format }: Telling): string | undefined {
  const words = locale.report.summary.madeBy;
  const { cause, components, usedMemoryBytes: peak } = node.peaks;
  const isTold = ({ overBytes }: { readonly overBytes: number }) => overBytes >= TOLD_SHARE * (peak?.value ?? 0);
  if (cause === undefined) return peak?.recovered && Object.keys(components).length > 1 ? words.unseen : undefined;
  const named = (parts: typeof cause.parts) => format.list(parts.map(({ part }) => partName(locale, cause, part)));
  const told = cause.parts.filter(isTold);
  const buffers = told.filter(({ part }) => cause.mayBeQueued || !DATA_PARTS.includes(part));
  const doubled = doubledBytes(node);
  if (doubled !== undefined) return words.table(format.bytes(doubled));
  if (cause.kind === 'growth') return told.length === 0 ? undefined : words.growth(named(told));
  if (buffers.length > 0)
    return startingCapital(words.burst(named(buffers), format.bytes(buffers.reduce((sum, { overBytes }) => sum + overBytes, 0))));
  return told.some(({ part }) => part === 'dataset') && isTold(cause) ? words.data(format.bytes(cause.overBytes)) : undefined;
}

/** What made the peak, in words; nothing where its parts are not told. */
export function causeText({ node, locale, format }: Telling): string | undefined {
  const words = locale.report.memory;
  const { cause, components, usedMemoryBytes: peak } = node.peaks;
  if (cause === undefined) return peak?.recovered && Object.keys(components).length > 1 ? words.cause.unseen : undefined;
  if (cause.kind === 'level') return words.cause.level;
  const parts = cause.parts.map(({ part, overBytes, share }) =>
    words.cause.part(partName(locale, cause, part), format.bytes(overBytes), format.percent(Math.min(1, share))),
  );
  const doubled = doubledBytes(node);
  const [over, usual] = [format.bytes(cause.overBytes), format.bytes(cause.usualBytes)];
  const sample = format.bytes(cause.usualBytes + cause.overBytes);
  const highest = format.bytes(peak?.value ?? 0);
  return [
    ...(cause.kind === 'rise' ? [sample === highest ? words.seenPeak(highest) : words.seenSample(sample, highest)] : []),
    cause.kind === 'rise'
      ? words.cause.rise(over, usual, format.list(parts))
      : words.cause.growth(over, usual, parts.length === 0 ? undefined : format.list(parts)),
    ...(doubled === undefined ? [] : [words.cause.doubled(format.bytes(doubled))]),
    ...(cause.oldTableBytes === undefined ? [] : [words.cause.oldTable(format.bytes(cause.oldTableBytes))]),
    ...(cause.mayBeQueued ? [words.cause.queued] : []),
    ...(cause.lazyfreeObjects === undefined ? [] : [words.cause.lazyfree(format.number(cause.lazyfreeObjects))]),
  ].join(' ');
}

/** Data go by their own name where they may be something else. */
function partName(locale: Telling['locale'], { mayBeQueued }: NonNullable<Telling['node']['peaks']['cause']>, part: string): string {
  const names = locale.report.memory.part;
  return names[mayBeQueued && part === 'dataset' ? 'dataOrQueued' : part] ?? names[part] ?? part;
}

/** What tables that doubled before the peak made of its rise; undefined where that is less than half of it. */
function doubledBytes({ peaks, keyspace }: Telling['node']): number | undefined {
  const { cause, usedMemoryBytes: peak } = peaks;
  if (cause === undefined || peak === undefined || cause.kind === 'level') return undefined;
  const since = cause.kind === 'growth' ? Number.NEGATIVE_INFINITY : peak.at - DAY_MS / 2;
  const steps = (keyspace.pastSteps ?? []).filter(({ at }) => at > since && at <= peak.at);
  const bytes = steps.reduce((sum, { observedBytes }) => sum + observedBytes, 0);
  return steps.length > 0 && bytes >= cause.overBytes / 2 ? bytes : undefined;
}
