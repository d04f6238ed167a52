import type { Analysis, FleetTotals, NodeAnalysis } from '../model/analysis.ts';
import { LEVELS } from '../model/judgement-ids.ts';
import { DAY_MS } from '../model/time.ts';
import type { Block, Cover, Figure } from './blocks.ts';
import { oldDays } from './data-age.ts';
import { keyFigures, LEVEL_TONE, labelsText, statusOf, verdictSentence } from './first-page.ts';
import { headroomHeatmap } from './fleet-heatmap.ts';
import { fleetSinceText } from './sections/fleet-comparison.ts';
import { cell, column, nodeName, startingCapital, startingSmall, type Telling, text } from './telling.ts';

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
  const total = format.number(analysis.nodes.length);
  const act = count('act');
  const watch = count('watch');
  const unknown = count('unknown');
  const verdict =
    act > 0
      ? words.fleet.verdict.act(act, format.number(act), total)
      : watch > 0
        ? words.fleet.verdict.watch(watch, format.number(watch), total)
        : unknown > 0
          ? words.fleet.verdict.unknown(unknown, format.number(unknown), total)
          : words.fleet.verdict.allSafe(total);
  const level = act > 0 ? 'act' : watch > 0 ? 'watch' : unknown > 0 ? 'unknown' : 'ok';
  const ages = tellings.map(oldDays);
  // Of old data nobody can say that all is safe today.
  const isOld = ages.every((days) => days !== undefined);
  const age = isOld ? format.days(Math.min(...ages)) : undefined;
  const wasSafe = level === 'ok' && ages.some((days) => days !== undefined);
  const made = format.date(analysis.generatedAt);
  return {
    product: words.product,
    title: analysis.title ?? words.title,
    subject: words.fleetSubject(total),
    period: words.period(format.date(analysis.window.fromAt), format.date(analysis.window.toAt)),
    madeOn: age === undefined ? words.made(made) : words.madeLater(made, age),
    status: wasSafe ? { tone: 'info', label: words.status.wasOk } : { tone: LEVEL_TONE[level], label: words.status[level] },
    verdict: age === undefined ? verdict : words.asOf(format.date(analysis.window.toAt), age, startingSmall(verdict)),
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

/** Blocks under the cover of several nodes: figures, how full each got, and the ranked table. */
export function fleetPage(tellings: readonly Telling[]): readonly Block[] {
  const heatmap = headroomHeatmap(tellings);
  const since = fleetSinceText(tellings);
  return [
    { type: 'figures', figures: fleetFigures(tellings) },
    ...(since === undefined ? [] : [{ type: 'paragraph' as const, text: since, small: true }]),
    ...(heatmap === undefined ? [] : [heatmap]),
    fleetTable(tellings),
  ];
}

/** What someone who decides asks of many nodes: how many need action, by when, and what is to be bought or given back. */
function fleetFigures(tellings: readonly Telling[]): Figure[] {
  const { analysis, locale, format } = tellings[0] as Telling;
  const words = locale.report.fleet.figure;
  const href = '#fleet';
  const count = (level: NodeAnalysis['verdict']['level']): number => analysis.nodes.filter(({ verdict }) => verdict.level === level).length;
  const act = count('act');
  const figures: Figure[] = [
    {
      id: 'act',
      label: words.act,
      value: words.ofNodes(format.number(act), format.number(analysis.nodes.length)),
      detail: words.others(format.number(count('watch')), format.number(count('unknown'))),
      href,
      ...(act > 0 ? { tone: 'critical' as const } : {}),
    },
    soonestLimit(tellings),
  ];
  const { fleet } = analysis;
  if (fleet?.dataPeakBytes !== undefined && fleet.dataPeakBytes.of === fleet.dataSets)
    figures.push({
      id: 'data',
      label: words.data,
      value: format.bytes(fleet.dataPeakBytes.value),
      detail: words.sets(format.number(fleet.dataSets)),
      href,
    });
  const { memoryNeededBytes: needed, machineBytes: machines, currentUsdHour: cost, recommendedUsdHour: next } = fleet ?? {};
  if (fleet !== undefined && needed?.of === fleet.nodes && machines?.of === fleet.nodes) {
    const more = needed.value - machines.value;
    const moved = more > 0 ? words.toBuy(format.bytes(more)) : words.toGiveBack(format.bytes(-more));
    figures.push({
      id: 'machines',
      label: words.machines,
      value: words.change(format.bytes(machines.value), format.bytes(needed.value)),
      detail: moved,
      href,
    });
  }
  if (fleet !== undefined && next?.of === fleet.nodes) {
    const known = cost?.of === fleet.nodes && cost.value !== next.value ? cost : undefined;
    const to = format.price(next.value);
    figures.push({
      id: 'cost',
      label: words.cost,
      value: known === undefined ? to : words.change(format.price(known.value), to),
      detail: words.list,
      href,
    });
  }
  return figures;
}

/** The node that reaches a limit first, where one does. */
function soonestLimit(tellings: readonly Telling[]): Figure {
  const { analysis, locale, format } = tellings[0] as Telling;
  const words = locale.report.fleet.figure;
  const base = { id: 'soonest', label: words.soonest };
  const places = (analysis.fleet?.ranking ?? []).filter(({ daysToLimit }) => daysToLimit !== undefined);
  const soonest = places.toSorted((a, b) => (a.daysToLimit ?? 0) - (b.daysToLimit ?? 0))[0];
  const telling = tellings.find(({ node }) => node.id === soonest?.nodeId);
  if (soonest?.daysToLimit === undefined || telling === undefined) return { ...base, value: words.noLimit, href: '#fleet' };
  const at = telling.node.quality.toAt + soonest.daysToLimit * DAY_MS;
  return {
    ...base,
    value: soonest.daysToLimit <= 0 ? words.crossed : format.date(at),
    detail: words.soonestWhere(soonest.nodeId),
    href: '#fleet',
    tone: soonest.daysToLimit <= 0 ? 'critical' : 'warning',
  };
}

/** A line may end after the point and not before it. */
const LABELS_APART = '\u00a0· ';

type Labels = NonNullable<NodeAnalysis['labels']>;

/** Labels that all nodes have with the same value (`shared`), and the names of those that tell nodes apart, in the order in which they come. */
function sortLabels(nodes: readonly NodeAnalysis[]): { readonly shared: Labels; readonly telling: readonly string[] } {
  const all = nodes.flatMap(({ labels }) => Object.entries(labels ?? {}));
  const isShared = ([name, value]: [string, string]): boolean => nodes.every(({ labels }) => labels?.[name] === value);
  const telling = new Set(all.flatMap((label) => (isShared(label) ? [] : [label[0]])));
  return { shared: Object.fromEntries(all.filter(isShared)), telling: [...telling] };
}

/** The ranked table with a line of totals. */
export function fleetTable(tellings: readonly Telling[]): Block {
  const { locale, format, analysis } = tellings[0] as Telling;
  const words = locale.report;
  const sum = (pick: (node: NodeAnalysis) => number | undefined): number =>
    tellings.reduce((total, { node }) => total + (pick(node) ?? 0), 0);
  const { shared, telling: labels } = sortLabels(analysis.nodes);
  const withLabels = <Each>(each: Each): Each[] => (labels.length > 0 ? [each] : []);
  const rows = tellings.map((telling) => {
    const { node } = telling;
    const until = keyFigures(telling).find((figure) => figure.id === 'days')?.value ?? '';
    const { tone, label } = statusOf(telling);
    const { peaks, systemMemory, provisioning, quality } = node;
    const [step] = node.actions;
    const peak = peaks.usedMemoryBytes?.value;
    const needed = provisioning.memoryNeededBytes;
    return [
      cell(nodeName(telling), node.id),
      ...withLabels(cell(labels.map((name) => node.labels?.[name] ?? '—').join(LABELS_APART))),
      cell(label, LEVELS.indexOf(node.verdict.level), { tone }),
      cell(step === undefined ? words.fleet.noStep : startingCapital(locale.actions[step.id].name)),
      cell(until),
      cell(peak === undefined ? words.unknown : format.bytes(peak), peak ?? -1),
      cell(systemMemory.ratioPeak === undefined ? words.unknown : format.percent(systemMemory.ratioPeak), systemMemory.ratioPeak ?? -1),
      cell(needed === undefined ? words.unknown : format.bytes(needed), needed ?? -1),
      cell(quality.grade),
    ];
  });
  const { fleet } = analysis;
  // The replicas of a primary hold the same data: those are counted once.
  const peaks = fleet?.dataPeakBytes?.value ?? sum((node) => node.peaks.usedMemoryBytes?.value);
  const needed = fleet?.memoryNeededBytes?.value ?? sum((node) => node.provisioning.memoryNeededBytes);
  const { head, sharedLabels } = words.fleet;
  const note = [
    ...(fleet === undefined ? [] : [totalsText(fleet, tellings[0] as Telling)]),
    ...(Object.keys(shared).length === 0 ? [] : [sharedLabels(labelsText(shared))]),
  ];
  return {
    type: 'table',
    id: 'fleet',
    caption: words.fleet.tableCaption,
    columns: [
      column('node', head.node),
      ...withLabels(column('labels', labels.join(LABELS_APART))),
      column('verdict', head.verdict),
      column('step', head.step),
      column('until', head.until),
      column('peak', head.peak, 'end'),
      column('ratio', head.ratio, 'end'),
      column('need', head.need, 'end'),
      column('grade', head.grade),
    ],
    rows: [
      ...rows,
      [
        cell(words.fleet.total),
        ...withLabels(cell('')),
        cell(''),
        cell(''),
        cell(''),
        cell(format.bytes(peaks), peaks),
        cell(''),
        cell(format.bytes(needed), needed),
        cell(''),
      ],
    ],
    totals: [rows.length],
    ...(note.length === 0 ? {} : { note: text(note.join(' ')) }),
    dense: true,
  };
}
