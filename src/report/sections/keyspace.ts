import type { KeyspaceSampleAnalysis } from '../../model/analysis.ts';
import type { Block, Figure, Inline, Section, TableCell, TableColumn } from '../blocks.ts';
import { cell, column, type Telling, text } from '../telling.ts';

type Row = KeyspaceSampleAnalysis['prefixes'][number] | KeyspaceSampleAnalysis['types'][number];
type Range = KeyspaceSampleAnalysis['bytes'];

const BARS_SHOWN = 10;
const LARGEST_SHOWN = 10;

/** What the data is made of, where keys were looked at: bytes by prefix and type, the largest keys, and what the sample cannot see. */
export function keyspaceSection(telling: Telling): Section | undefined {
  const { node, locale, format, anchor } = telling;
  const { sample } = node.keyspace;
  if (sample === undefined) return undefined;
  const words = locale.report.keyspace;
  const blocks: Block[] = [
    {
      type: 'paragraph',
      text: text(
        sample.isComplete
          ? words.complete(format.number(sample.seenKeys), format.dateTime(sample.at), sample.takenFrom, words.reason[sample.reason])
          : words.drawn(
              format.number(sample.seenKeys),
              format.number(sample.keys),
              format.dateTime(sample.at),
              sample.takenFrom,
              words.reason[sample.reason],
            ),
      ),
    },
    { type: 'figures', figures: keyspaceFigures(telling, sample) },
    prefixChart(telling, sample),
    shareTable(telling, 'keyspace-prefixes', words.prefixCaption, words.head.prefix, sample.prefixes),
    shareTable(telling, 'keyspace-types', words.typeCaption, words.head.type, sample.types),
    largestTable(telling, sample),
    { type: 'list', ordered: false, items: cautions(telling, sample).map((sentence) => text(sentence)) },
  ];
  return { id: anchor('keyspace'), title: words.title, blocks };
}

function keyspaceFigures(telling: Telling, sample: KeyspaceSampleAnalysis): Figure[] {
  const { locale, format } = telling;
  const words = locale.report.keyspace;
  const detail = (range: Range, write: (value: number) => string) => {
    const told = rangeText(range, write);
    return told === undefined ? {} : { detail: told };
  };
  return [
    { id: 'keyspace-bytes', label: words.figure.bytes, value: format.bytes(sample.bytes.middle), ...detail(sample.bytes, format.bytes) },
    {
      id: 'keyspace-average',
      label: words.figure.average,
      value: format.bytes(sample.averageBytes.middle),
      ...detail(sample.averageBytes, format.bytes),
    },
    {
      id: 'keyspace-expiring',
      label: words.figure.expiring,
      value: format.percent(sample.expiringBytesShare.middle),
      ...detail(sample.expiringBytesShare, format.percent),
    },
  ];
}

/** From and to; undefined where the range is not known or is one value. */
function rangeText({ low, high }: Range, write: (value: number) => string): string | undefined {
  if (low === undefined || high === undefined || low === high) return undefined;
  return write(low) === write(high) ? undefined : `${write(low)} – ${write(high)}`;
}

function prefixChart({ locale, format, anchor }: Telling, sample: KeyspaceSampleAnalysis): Block {
  const words = locale.report.keyspace;
  const rows = sample.prefixes.slice(0, BARS_SHOWN);
  const first = rows[0];
  return {
    type: 'chart',
    form: 'bars',
    id: anchor('keyspace-chart'),
    title: words.chartTitle(nameText(first?.pattern ?? '', words.noName), format.percent((first?.bytes.middle ?? 0) / sample.bytes.middle)),
    alt: words.chartAlt(format.list(rows.map(({ pattern, bytes }) => `${nameText(pattern, words.noName)} ${format.bytes(bytes.middle)}`))),
    rows: rows.map(({ pattern, bytes }) => ({
      label: nameText(pattern, words.noName),
      now: bytes.low ?? bytes.middle,
      ...(bytes.high === undefined ? {} : { horizon: bytes.high }),
      valueLabel: format.bytes(bytes.middle),
    })),
    domain: [0, Math.max(...rows.map(({ bytes }) => bytes.high ?? bytes.middle))],
    ...(rows.some(({ bytes }) => bytes.low !== bytes.high) ? { caption: text(words.chartCaption) } : {}),
  };
}

function shareTable(telling: Telling, id: string, caption: string, head: string, rows: readonly Row[]): Block {
  const { node, locale, format, anchor } = telling;
  const words = locale.report.keyspace;
  const all = node.keyspace.sample?.bytes.middle ?? 0;
  const hasRange = rows.some(({ bytes }) => rangeText(bytes, format.bytes) !== undefined);
  const columns: TableColumn[] = [
    column('name', head),
    column('keys', words.head.keys, 'end'),
    column('bytes', words.head.bytes, 'end'),
    ...(hasRange ? [column('range', words.head.range, 'end')] : []),
    column('share', words.head.share, 'end'),
    column('average', words.head.average, 'end'),
    column('expiring', words.head.expiring, 'end'),
  ];
  return {
    type: 'table',
    id: anchor(id),
    caption,
    columns,
    rows: rows.map((row) => {
      const share = all > 0 ? row.bytes.middle / all : 0;
      const cells: TableCell[] = [
        nameCell('pattern' in row ? row.pattern : row.type, words.noName),
        cell(format.number(Math.round(row.keys)), row.keys),
        cell(format.bytes(row.bytes.middle), row.bytes.middle),
        ...(hasRange ? [cell(rangeText(row.bytes, format.bytes) ?? '', row.bytes.high ?? row.bytes.middle)] : []),
        cell(format.percent(share), share, { bar: share }),
        cell(format.bytes(row.averageBytes.middle), row.averageBytes.middle),
        cell(format.percent(row.expiringBytesShare.middle), row.expiringBytesShare.middle),
      ];
      return cells;
    }),
    dense: true,
  };
}

function largestTable({ locale, format, anchor }: Telling, sample: KeyspaceSampleAnalysis): Block {
  const words = locale.report.keyspace;
  return {
    type: 'table',
    id: anchor('keyspace-largest'),
    caption: sample.isComplete ? words.largestOfAll : words.largestSeen,
    columns: [
      column('key', words.head.key),
      column('type', words.head.type),
      column('database', words.head.database, 'end'),
      column('bytes', words.head.bytes, 'end'),
      column('ttl', words.head.ttl, 'end'),
    ],
    rows: sample.largest
      .slice(0, LARGEST_SHOWN)
      .map(({ name, type, database, bytes, ttlSeconds }) => [
        nameCell(name, words.noName),
        cell(type),
        cell(format.number(database), database),
        cell(format.bytes(bytes), bytes),
        cell(ttlSeconds === undefined ? words.never : format.duration(ttlSeconds), ttlSeconds ?? Number.MAX_SAFE_INTEGER),
      ]),
    dense: true,
  };
}

/** What the figures rest on and what they cannot tell, the most important first. */
function cautions({ node, locale, format }: Telling, sample: KeyspaceSampleAnalysis): string[] {
  const words = locale.report.keyspace;
  const sentences: string[] = [];
  const { dataset, sureGroupKeys } = sample;
  if (dataset !== undefined)
    sentences.push(
      words.dataset[dataset.outcome](
        format.bytes(sample.bytes.middle),
        format.bytes(dataset.bytes),
        dataset.leastBytes === dataset.mostBytes
          ? format.bytes(dataset.mostBytes)
          : `${format.bytes(dataset.leastBytes)} – ${format.bytes(dataset.mostBytes)}`,
      ),
    );
  if (sureGroupKeys !== undefined) sentences.push(words.missed(format.percent(sample.missedShare), format.number(sureGroupKeys)));
  if (node.maxmemoryPolicy?.startsWith('volatile-') === true)
    sentences.push(words.volatile(node.maxmemoryPolicy, format.percent(sample.expiringBytesShare.middle)));
  if (sample.isCut) sentences.push(words.cut(format.number(sample.wantedKeys)));
  if (sample.unseenKeys > 0) sentences.push(words.unseen(format.number(sample.unseenKeys)));
  if (sample.lostKeys > 0) sentences.push(words.lost(format.number(sample.lostKeys)));
  if (sample.hasSlotTables && !sample.isComplete) sentences.push(words.slotTables);
  sentences.push(words.measured);
  return sentences;
}

function nameText(name: string, noName: string): string {
  return name === '' ? noName : name;
}

/** The name of a key is never a word of ours. */
function nameCell(name: string, noName: string): TableCell {
  const told: Inline = name === '' ? noName : { code: name };
  return { text: [told], sort: name };
}
