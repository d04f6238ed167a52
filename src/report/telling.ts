import type { Format } from '../locales/format-type.ts';
import type { Locale } from '../locales/index.ts';
import type { Analysis, NodeAnalysis } from '../model/analysis.ts';
import type { Explanation, Inline, TableCell, TableColumn, Text, Told, Tone } from './blocks.ts';

/** What every section gets: the numbers, the words and the way to write figures. */
export interface Telling {
  readonly analysis: Analysis;
  readonly node: NodeAnalysis;
  readonly locale: Locale;
  readonly format: Format;
  readonly timeZone: string;
  /** Put before every anchor, so that the nodes of a fleet do not share them. */
  readonly anchor: (id: string) => string;
  /** Among several nodes: where this one is told, an anchor of the page or an address beside it; absent where it is not. */
  readonly nodeHref?: string;
}

/** A paragraph of one or more runs. */
export function text(...runs: Inline[]): Text {
  return runs;
}

/** A table cell of plain text; `sort` is the raw value. */
export function cell(
  content: string | Text,
  sort?: number | string,
  extra: { tone?: Tone; bar?: number; explanation?: Explanation } = {},
): TableCell {
  return { text: typeof content === 'string' ? [content] : content, ...(sort === undefined ? {} : { sort }), ...extra };
}

/** A column with its alignment: words to the left, numbers to the right. */
export function column(id: string, label: string, align: 'start' | 'end' = 'start'): TableColumn {
  return { id, label, align };
}

/** The node's name, as a link where it is told elsewhere in the report. */
export function nodeName({ node, nodeHref }: Telling): Text {
  return text(nodeHref === undefined ? node.id : { link: nodeHref, text: node.id });
}

/** Bytes, or the word for "not known". */
export function bytesOrUnknown(telling: Telling, value: number | undefined): string {
  return value === undefined ? telling.locale.report.unknown : telling.format.bytes(value);
}

/** The largest finite value of a drawn line; undefined when there is none. */
export function lineMax(line: readonly (number | null)[]): number | undefined {
  let max: number | undefined;
  for (const value of line) if (value !== null && (max === undefined || value > max)) max = value;
  return max;
}

/** Whether a drawn line has any value. */
export function hasValues(line: readonly (number | null)[]): boolean {
  return line.some((value) => value !== null);
}

/** Each value of a drawn line as text. */
export function toldBy(line: readonly (number | null)[], write: (value: number) => string): Told {
  return line.map((value) => (value === null ? null : write(value)));
}

/** The sentence with a capital at its beginning. */
export function startingCapital(sentence: string): string {
  return sentence.replace(/^./, (letter) => letter.toUpperCase());
}

/** The sentence without its capital, for the middle of another one. */
export function startingSmall(sentence: string): string {
  return sentence.replace(/^./, (letter) => letter.toLowerCase());
}
