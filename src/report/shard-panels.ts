import type { GroupAnalysis } from '../model/analysis.ts';
import { bytesAxis, endsAxis } from './axis.ts';
import type { Axis, Block, LimitLine, Panel, SmallLineChart, TableCell } from './blocks.ts';
import { LEVEL_TONE } from './first-page.ts';
import { bytesOrUnknown, cell, column, hasValues, lineMax, nodeName, type Telling, text } from './telling.ts';

export type PanelsBlock = Extract<Block, { type: 'panels' }>;

/** A limit further above all lines than this would press them to the ground; it is told under the chart. */
const MOST_ROOM = 1.7;

interface Scales {
  readonly x: Axis;
  readonly y: Axis;
}

/**
 * One small chart for each shard of a cluster, the hottest first, and for each node of a replication group; all on the same scales.
 * @param tellings - of all nodes of the report
 * @param options.most - charts at most; the hottest stay, and where the others are is said with a link to `options.allAt`
 * @returns undefined where there are not two to compare
 */
export function shardPanels(
  group: GroupAnalysis,
  tellings: readonly Telling[],
  options: { readonly id: string; readonly most: number; readonly allAt: string },
): PanelsBlock | undefined {
  const shards = listShards(group, tellings);
  const [first] = shards;
  if (first === undefined || shards.length < 2) return undefined;
  const { locale, format } = first;
  const words = locale.report.group.panels;
  const shown = shards.slice(0, options.most);
  const scales = findScales(shards);
  const top = scales.y.ticks.at(-1)?.label ?? '';
  return {
    type: 'panels',
    id: options.id,
    title: panelsTitle(group, first),
    caption: text(
      words.caption(top),
      ...(shown.length === shards.length
        ? []
        : [
            ` ${words.notShown(format.number(shown.length), format.number(shards.length))}`,
            { link: `#${options.allAt}`, text: words.allHere },
            '.',
          ]),
    ),
    panels: shown.map((telling) => drawnPanel(group, telling, tellings, scales, options.id)),
    table: {
      type: 'table',
      id: `${options.id}-table`,
      columns: [
        column('shard', words.head.shard),
        column('peak', words.head.peak, 'end'),
        column('limit', words.head.limit, 'end'),
        column('machine', words.head.machine, 'end'),
        column('verdict', words.head.verdict),
        column('replicas', words.head.replicas),
      ],
      rows: shown.map((telling) => panelRow(group, telling, tellings)),
      dense: true,
    },
  };
}

/** The primary of each shard, hottest first; of a replication group all nodes as they stand in it. */
function listShards(group: GroupAnalysis, tellings: readonly Telling[]): readonly Telling[] {
  const byId = new Map(tellings.map((each) => [each.node.id, each]));
  const peakOf = (id: string): number => byId.get(id)?.node.peaks.usedMemoryBytes?.value ?? 0;
  const ids =
    group.kind === 'replication'
      ? group.members.map(({ nodeId }) => nodeId)
      : (group.shardPeaks?.map(({ nodeId }) => nodeId) ??
        group.members
          .filter(({ replicaOf, replacedBy }) => replicaOf === undefined && replacedBy === undefined)
          .map(({ nodeId }) => nodeId)
          .toSorted((a, b) => peakOf(b) - peakOf(a)));
  return ids.flatMap((id) => byId.get(id) ?? []).filter(({ node }) => hasValues(node.series.usedMemoryBytes));
}

function panelsTitle({ kind, hottestNodeId, skewToMedian }: GroupAnalysis, { analysis, locale, format }: Telling): string {
  const words = locale.report.group.panels;
  if (kind === 'replication') return words.nodes;
  return hottestNodeId !== undefined && skewToMedian !== undefined && isSkewed(analysis, hottestNodeId)
    ? words.skewed(hottestNodeId, format.number(skewToMedian, 2))
    : words.even;
}

/** Whether the hottest shard is so much hotter that it is a finding. */
export function isSkewed({ nodes }: Telling['analysis'], hottestNodeId: string): boolean {
  const findings = nodes.find(({ id }) => id === hottestNodeId)?.findings ?? [];
  return findings.some(({ id, verdict }) => id === 'shard-skew' && verdict === 'raised');
}

function findScales(shards: readonly Telling[]): Scales {
  const { locale, format, timeZone } = shards[0] as Telling;
  const fromAt = Math.min(...shards.map(({ node }) => node.quality.fromAt));
  const toAt = Math.max(...shards.map(({ node }) => node.quality.toAt));
  const highest = Math.max(...shards.map(highestOf));
  const limits = shards.flatMap(limitsOf).filter(({ value }) => value <= highest * MOST_ROOM);
  return {
    x: endsAxis(fromAt, toAt, locale.language, timeZone),
    y: bytesAxis(Math.max(highest, ...limits.map(({ value }) => value)), format),
  };
}

function highestOf({ node: { series, peaks } }: Telling): number {
  return Math.max(lineMax(series.usedMemoryBytes) ?? 0, lineMax(series.usedMemoryRssBytes) ?? 0, peaks.usedMemoryBytes?.value ?? 0);
}

function limitsOf({ node, locale, format }: Telling): LimitLine[] {
  const words = locale.report.group.panels;
  const { current } = node.provisioning.maxmemoryBytes;
  const { totalBytes, targetRatio } = node.systemMemory;
  return [
    ...(current === undefined || current === 0
      ? []
      : [{ id: 'maxmemory', label: words.limit, value: current, role: 'maxmemory' as const }]),
    ...(totalBytes === undefined
      ? []
      : [{ id: 'target', label: words.target(format.percent(targetRatio)), value: totalBytes * targetRatio, role: 'target' as const }]),
  ];
}

/** How full it got, of its limit and of its machine, where these are known. */
function fillsOf({ node }: Telling): { readonly limit?: number; readonly machine?: number } {
  const { current } = node.provisioning.maxmemoryBytes;
  const counted = (node.peaks.countedBytes ?? node.peaks.usedMemoryBytes)?.value;
  const { ratioPeak } = node.systemMemory;
  return {
    ...(current === undefined || current === 0 || counted === undefined ? {} : { limit: counted / current }),
    ...(ratioPeak === undefined ? {} : { machine: ratioPeak }),
  };
}

function replicasOf(group: GroupAnalysis, { node }: Telling, tellings: readonly Telling[]): readonly Telling[] {
  const ids = new Set(
    group.kind === 'replication' ? [] : group.members.filter(({ replicaOf }) => replicaOf === node.id).map(({ nodeId }) => nodeId),
  );
  return tellings.filter((each) => ids.has(each.node.id));
}

function drawnPanel(group: GroupAnalysis, telling: Telling, tellings: readonly Telling[], scales: Scales, id: string): Panel {
  const { node, nodeHref, locale, format } = telling;
  const words = locale.report.group.panels;
  const { level } = node.verdict;
  const fills = fillsOf(telling);
  const peak = node.peaks.usedMemoryBytes;
  const peakText = bytesOrUnknown(telling, peak?.value);
  const isUnlimited = node.provisioning.maxmemoryBytes.current === 0;
  const fillTexts = [
    ...(fills.limit === undefined ? (isUnlimited ? [words.noLimit] : []) : [words.ofLimit(format.percent(fills.limit))]),
    ...(fills.machine === undefined ? [] : [words.ofMachine(format.percent(fills.machine))]),
  ];
  const replicas = replicasOf(group, telling, tellings).map((each) =>
    words.replica(each.node.id, bytesOrUnknown(each, each.node.peaks.usedMemoryBytes?.value)),
  );
  const facts = [...(fillTexts.length === 0 ? [] : [fillTexts.join(' · ')]), ...replicas];
  const [from, to] = scales.x.ticks;
  const chart: SmallLineChart = {
    type: 'chart',
    form: 'small-line',
    id: `${id}-${telling.anchor('panel')}`,
    title: node.id,
    alt: words.alt(node.id, from?.label ?? '', to?.label ?? '', peakText, format.list([...fillTexts, ...replicas])),
    at: node.series.at,
    lines: [
      { role: 'used', y: node.series.usedMemoryBytes, area: true },
      ...(hasValues(node.series.usedMemoryRssBytes) ? [{ role: 'rss' as const, y: node.series.usedMemoryRssBytes }] : []),
    ],
    limits: limitsOf(telling),
    gaps: node.quality.gaps,
    ...(peak === undefined
      ? {}
      : {
          peak: {
            at: peak.at,
            value: peak.value,
            label: `${peakText}, ${format.dateTime(peak.at)}`,
            kind: peak.recovered ? 'recovered' : 'peak',
          },
        }),
    ...scales,
  };
  return {
    name: node.id,
    ...(nodeHref === undefined ? {} : { href: nodeHref }),
    value: words.peak(peakText),
    ...(group.kind === 'cluster' && node.id === group.hottestNodeId ? { emphasis: words.hottest } : {}),
    ...(level === 'ok' ? {} : { status: { tone: LEVEL_TONE[level], label: locale.report.status[level] } }),
    facts,
    chart,
  };
}

function panelRow(group: GroupAnalysis, telling: Telling, tellings: readonly Telling[]): TableCell[] {
  const { node, locale, format } = telling;
  const words = locale.report.group.panels;
  const { limit, machine } = fillsOf(telling);
  const isHottest = group.kind === 'cluster' && node.id === group.hottestNodeId;
  const share = (value: number | undefined) => cell(value === undefined ? locale.report.unknown : format.percent(value), value ?? -1);
  return [
    cell(isHottest ? [...nodeName(telling), ` (${words.hottest})`] : nodeName(telling), node.id),
    cell(bytesOrUnknown(telling, node.peaks.usedMemoryBytes?.value), node.peaks.usedMemoryBytes?.value ?? -1),
    node.provisioning.maxmemoryBytes.current === 0 ? cell(words.noLimit, -1) : share(limit),
    share(machine),
    cell(locale.report.status[node.verdict.level], node.verdict.level, { tone: LEVEL_TONE[node.verdict.level] }),
    cell(format.list(replicasOf(group, telling, tellings).map((each) => each.node.id))),
  ];
}
