import { crc32 } from 'node:zlib';
import { METRICS, type MetricId, TEXT_FIELD_IDS, type TextFieldId } from '../../model/metrics.ts';
import type { SampleBatch } from '../../model/sample-batch.ts';

/** The last column of a segment: CRC-32 of the line before it, in hexadecimal. It also tells a line that was cut. */
const CHECK_COLUMN = 'crc32';
const METRIC_ORDER: ReadonlyMap<MetricId, number> = new Map(METRICS.map(({ id }, index) => [id, index]));

/** What the columns of a segment are. */
export interface SegmentColumns {
  readonly metricIds: readonly MetricId[];
  readonly textIds: readonly TextFieldId[];
}

/** The columns that a batch needs, in an order that hangs on them only. */
export function columnsOf(batch: SampleBatch): SegmentColumns {
  const place = (id: MetricId): number => METRIC_ORDER.get(id) ?? METRICS.length;
  return {
    metricIds: [...batch.numbers.keys()].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1)),
    textIds: TEXT_FIELD_IDS.filter((id) => batch.texts.has(id)),
  };
}

/** Whether all that a batch has fits into the columns. */
export function fits(batch: SampleBatch, columns: SegmentColumns): boolean {
  for (const id of batch.numbers.keys()) if (!columns.metricIds.includes(id)) return false;
  for (const id of batch.texts.keys()) if (!columns.textIds.includes(id)) return false;
  return true;
}

/** The first line of a segment: a CSV that any tool reads, with times in UTC and numbers in base units. */
export function headerLine({ metricIds, textIds }: SegmentColumns): string {
  return `timestamp,node,${[...metricIds, ...textIds, CHECK_COLUMN].join(',')}\n`;
}

/** The columns that a header names; undefined where it is none of ours. */
export function parseHeader(line: string): SegmentColumns | undefined {
  const names = line.trimEnd().split(',');
  if (names[0] !== 'timestamp' || names[1] !== 'node' || names.at(-1) !== CHECK_COLUMN) return undefined;
  const texts = new Set<string>(TEXT_FIELD_IDS);
  const inner = names.slice(2, -1);
  return {
    metricIds: inner.filter((name) => !texts.has(name)) as MetricId[],
    textIds: inner.filter((name) => texts.has(name)) as TextFieldId[],
  };
}

/** One sample as a line. Absent values are empty cells. */
export function rowLine(batch: SampleBatch, row: number, { metricIds, textIds }: SegmentColumns): string {
  let line = `${new Date(batch.at[row] ?? 0).toISOString()},${cell(batch.nodeIds[row] ?? '')},`;
  for (const id of metricIds) {
    const value = batch.numbers.get(id)?.[row];
    line += value === undefined || Number.isNaN(value) ? ',' : `${value},`;
  }
  for (const id of textIds) line += `${cell(batch.texts.get(id)?.[row] ?? '')},`;
  return `${line}${checkSum(line)}\n`;
}

/** Whether a line (without its end) is whole, as it was written. */
export function isWhole(line: string): boolean {
  const comma = line.lastIndexOf(',') + 1;
  return comma > 0 && line.slice(comma) === checkSum(line.slice(0, comma));
}

function checkSum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}

function cell(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a line is one sample
  const clean = text.replace(/[\u0000-\u001f]+/g, ' ');
  return /[",]/.test(clean) ? `"${clean.replaceAll('"', '""')}"` : clean;
}
