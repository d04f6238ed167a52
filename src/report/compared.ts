import type { ComparedFigure, ComparedFigureId, FleetComparison, NodeComparison, Reach } from '../model/comparison.ts';
import type { Text } from './blocks.ts';
import type { Telling } from './telling.ts';

type WordId = NodeComparison['words'][number]['id'];

const BYTES: ReadonlySet<ComparedFigureId> = new Set([
  'peak-used',
  'peak-rss',
  'waste',
  'recommended-maxmemory',
  'memory-needed',
  'machine',
  'bytes-per-key',
]);
const SHARES: ReadonlySet<ComparedFigureId> = new Set(['machine-ratio', 'hit-ratio']);

/** Whether the earlier report was made then, or is made now of an earlier window. */
export function kindOf({ analysis }: Telling): FleetComparison['kind'] {
  return analysis.comparison?.kind ?? 'period';
}

/** A compared figure as text. */
export function figureText(id: ComparedFigureId, value: number, { locale, format }: Telling): string {
  if (id === 'maxmemory') return value === 0 ? locale.comparison.unlimited : format.bytes(value);
  if (id === 'growth-per-day') return value === 0 ? format.bytes(0) : format.signedBytes(value);
  if (BYTES.has(id)) return format.bytes(value);
  if (SHARES.has(id)) return format.percent(value);
  return id === 'rss-to-used' ? format.ratio(value) : format.number(value);
}

/** Its difference, with the share of what it was where that says more. */
export function differenceText({ id, before, change, changeRatio }: ComparedFigure, { locale, format }: Telling): Text {
  if (change === undefined || before === undefined) return [];
  const words = locale.comparison;
  const sign = change > 0 ? '+' : '';
  if (SHARES.has(id)) return [{ strong: words.points(`${sign}${format.number(change * 100, Math.abs(change) < 0.0995 ? 1 : 0)}`) }];
  if (id === 'rss-to-used') return [{ strong: `${sign}${format.ratio(change)}` }];
  // From no limit to one, and back, is no difference in bytes.
  if (id === 'maxmemory' && (before === 0 || before + change === 0)) return [];
  const isBytes = BYTES.has(id) || id === 'maxmemory' || id === 'growth-per-day';
  const difference = { strong: isBytes ? format.signedBytes(change) : `${sign}${format.number(change)}` };
  // Of what may be on both sides of zero, or was next to nothing, a share says nothing.
  if (changeRatio === undefined || id === 'growth-per-day' || Math.abs(changeRatio) >= 10) return [difference];
  return [difference, ` ${words.share(`${changeRatio > 0 ? '+' : ''}${format.percent(changeRatio)}`)}`];
}

/** What is no figure: ids of ours by their words, all else as the server says it. */
export function wordText(id: WordId, value: string, { locale }: Telling): string {
  const diagnoses: Readonly<Record<string, string>> = locale.report.fragmentation.shortDiagnosis;
  return id === 'diagnosis' ? (diagnoses[value] ?? value) : value;
}

/** The day on which the first limit can be reached. */
export function reachText(reach: Reach | undefined, { locale, format }: Telling): string {
  const words = locale.comparison;
  if (reach === undefined) return locale.report.unknown;
  if (reach.days === 0) return words.reachedNow;
  if (reach.at === undefined || reach.days === undefined) return words.reachBeyond(format.days(reach.beyondDays ?? 0));
  return words.reachAt(format.date(reach.at), format.days(reach.days));
}
