import type { Analysis, FleetTotals, NodeAnalysis } from '../model/analysis.ts';
import type { Block, Cover, Tone } from './blocks.ts';
import { keyFigures, verdictSentence } from './first-page.ts';
import { cell, column, type Telling, text } from './telling.ts';

const URGENCY = { act: 0, watch: 1, unknown: 2, ok: 3 } as const satisfies Record<NodeAnalysis['verdict']['level'], number>;

/** The nodes in the order of the ranking. */
export function rankedNodes({ nodes, fleet }: Analysis): readonly NodeAnalysis[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return fleet?.ranking.flatMap(({ nodeId }) => byId.get(nodeId) ?? []) ?? nodes;
}

/** Top of the page for several nodes. */
export function fleetCover(tellings: readonly Telling[]): Cover {
  const first = tellings[0] as Telling;
  const { analysis, locale, format } = first;
  const words = locale.report;
  const count = (level: NodeAnalysis['verdict']['level']): number => analysis.nodes.filter((node) => node.verdict.level === level).length;
  const total = analysis.nodes.length;
  const act = count('act');
  const watch = count('watch');
  const unknown = count('unknown');
  const verdict =
    act > 0
      ? words.fleet.verdict.act(act, total)
      : watch > 0
        ? words.fleet.verdict.watch(watch, total)
        : unknown > 0
          ? words.fleet.verdict.unknown(unknown, total)
          : words.fleet.verdict.allSafe(total);
  const level = act > 0 ? 'act' : watch > 0 ? 'watch' : unknown > 0 ? 'unknown' : 'ok';
  const tone: Tone = ({ ok: 'good', watch: 'warning', act: 'critical', unknown: 'info' } as const)[level];
  return {
    product: words.product,
    title: analysis.title ?? words.title,
    subject: words.fleetSubject(total),
    period: words.period(format.date(analysis.window.fromAt), format.date(analysis.window.toAt)),
    madeOn: words.made(format.date(analysis.generatedAt)),
    status: { tone, label: words.status[level] },
    verdict,
    summary: level === 'ok' ? [] : text(words.fleet.summary(first.node.id, verdictSentence(first))),
  };
}

/** What all nodes hold, need and cost, in sentences; a figure that not every node tells says of how many it is. */
export function totalsText(totals: FleetTotals, { locale, format }: Telling): string {
  const words = locale.report.fleet.totals;
  const { nodes, dataSets, dataPeakBytes, memoryNeededBytes, machineBytes, currentUsdHour, recommendedUsdHour } = totals;
  const told = (known: { value: number; of: number }, all: number, write: (value: number) => string) =>
    known.of === all ? write(known.value) : words.ofSome(write(known.value), format.number(known.of), format.number(all));
  return [
    ...(dataPeakBytes === undefined ? [] : [words.data(told(dataPeakBytes, dataSets, format.bytes), format.number(dataSets))]),
    ...(memoryNeededBytes === undefined ? [] : [words.needed(told(memoryNeededBytes, nodes, format.bytes), format.number(nodes))]),
    ...(machineBytes === undefined ? [] : [words.machines(told(machineBytes, nodes, format.bytes))]),
    ...(currentUsdHour === undefined ? [] : [words.current(told(currentUsdHour, nodes, format.price))]),
    ...(recommendedUsdHour === undefined ? [] : [words.recommended(told(recommendedUsdHour, nodes, format.price))]),
  ].join(' ');
}

/** The ranked table with a line of totals. */
export function fleetTable(tellings: readonly Telling[]): Block {
  const { locale, format } = tellings[0] as Telling;
  const words = locale.report;
  const sum = (pick: (node: NodeAnalysis) => number | undefined): number =>
    tellings.reduce((total, { node }) => total + (pick(node) ?? 0), 0);
  const rows = tellings.map((telling) => {
    const { node, anchor } = telling;
    const until = keyFigures(telling).find((figure) => figure.id === 'days')?.value ?? '';
    const tone: Tone = ({ ok: 'good', watch: 'warning', act: 'critical', unknown: 'info' } as const)[node.verdict.level];
    const { recommended } = node.provisioning.maxmemoryBytes;
    const needed = node.provisioning.memoryNeededBytes;
    return [
      cell(text({ link: `#${anchor('node')}`, text: node.id }), node.id),
      cell(words.status[node.verdict.level], URGENCY[node.verdict.level], { tone }),
      cell(
        node.peaks.usedMemoryBytes ? format.bytes(node.peaks.usedMemoryBytes.value) : words.unknown,
        node.peaks.usedMemoryBytes?.value ?? -1,
      ),
      cell(
        node.systemMemory.ratioPeak === undefined ? words.unknown : format.percent(node.systemMemory.ratioPeak),
        node.systemMemory.ratioPeak ?? -1,
      ),
      cell(until),
      cell(recommended === undefined ? words.unknown : format.bytes(recommended), recommended ?? -1),
      cell(needed === undefined ? words.unknown : format.bytes(needed), needed ?? -1),
      cell(node.quality.grade),
    ];
  });
  const { fleet } = (tellings[0] as Telling).analysis;
  // The replicas of a primary hold the same data: those are counted once.
  const peaks = fleet?.dataPeakBytes?.value ?? sum((node) => node.peaks.usedMemoryBytes?.value);
  const maxmemory = sum((node) => node.provisioning.maxmemoryBytes.recommended);
  const needed = fleet?.memoryNeededBytes?.value ?? sum((node) => node.provisioning.memoryNeededBytes);
  return {
    type: 'table',
    id: 'fleet',
    caption: words.fleet.tableCaption,
    columns: [
      column('node', words.fleet.head.node),
      column('verdict', words.fleet.head.verdict),
      column('peak', words.fleet.head.peak, 'end'),
      column('ratio', words.fleet.head.ratio, 'end'),
      column('until', words.fleet.head.until),
      column('maxmemory', words.fleet.head.maxmemory, 'end'),
      column('need', words.fleet.head.need, 'end'),
      column('grade', words.fleet.head.grade),
    ],
    rows: [
      ...rows,
      [
        cell(words.fleet.total),
        cell(''),
        cell(format.bytes(peaks), peaks),
        cell(''),
        cell(''),
        cell(format.bytes(maxmemory), maxmemory),
        cell(format.bytes(needed), needed),
        cell(''),
      ],
    ],
    totals: [rows.length],
    ...(fleet === undefined ? {} : { note: text(totalsText(fleet, tellings[0] as Telling)) }),
    dense: true,
  };
}
