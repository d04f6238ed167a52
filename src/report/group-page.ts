import type { Analysis, GroupAnalysis } from '../model/analysis.ts';
import type { Block, Cover, Section } from './blocks.ts';
import { aheadSentences, groupVerdict, labelsText, peakSentences, plannedSentence, statusOf } from './first-page.ts';
import { fleetTable } from './fleet.ts';
import { headroomHeatmap } from './fleet-heatmap.ts';
import { explained, groupFigures, tellingsOf } from './group-figures.ts';
import { groupActions, stepsShown } from './group-steps.ts';
import { fleetSinceText } from './sections/fleet-comparison.ts';
import { groupTitle } from './sections/group.ts';
import { memoryChart } from './sections/memory.ts';
import { gradeLine, readingBlocks } from './sections/quality.ts';
import { isSkewed, shardPanels } from './shard-panels.ts';
import { type Telling, text } from './telling.ts';

/** Charts of shards in one row of a printed page. */
const PANELS_IN_ROW = 3;

/** Charts of shards on the first page, whose first sheet holds the whole answer: two rows, or one where there is much to do. The group's own section has more. */
export function panelsOnFirstPage(group: GroupAnalysis, tellings: readonly Telling[]): number {
  return stepsShown(group, tellings).room > 2 ? PANELS_IN_ROW : 2 * PANELS_IN_ROW;
}

/** The one group that all nodes of the report are in, where there is one: then the report is about it. */
export function coveringGroup({ groups, nodes }: Analysis): GroupAnalysis | undefined {
  const [only, ...others] = groups.filter(({ kind }) => kind !== 'fleet');
  if (only?.verdict === undefined || others.length > 0 || nodes.length < 2) return undefined;
  const members = new Set(only.nodeIds);
  return nodes.every(({ id }) => members.has(id)) ? only : undefined;
}

/** Top of the page for one group. */
export function groupCover(group: GroupAnalysis, tellings: readonly Telling[]): Cover {
  const { lead } = tellingsOf(group, tellings);
  const { analysis, locale, format } = lead;
  const words = locale.report;
  return {
    product: words.product,
    title: analysis.title ?? words.title,
    subject: groupTitle(group, lead),
    period: words.period(format.date(analysis.window.fromAt), format.date(analysis.window.toAt)),
    ...(group.labels === undefined ? {} : { labels: labelsText(group.labels) }),
    madeOn: words.made(format.date(analysis.generatedAt)),
    status: statusOf(lead),
    verdict: groupVerdict(lead, group),
    summary: text(summarySentences(group, tellings).join(' ')),
  };
}

/** Why: how many nodes, the data and the hottest shard, what comes first, and what a failover would do. */
function summarySentences(group: GroupAnalysis, tellings: readonly Telling[]): string[] {
  const { lead } = tellingsOf(group, tellings);
  const { analysis, node, locale, format } = lead;
  const words = locale.report.group.page;
  const level = group.verdict?.level;
  const isUrgent = level === 'act' || level === 'watch';
  const urgent = analysis.nodes.filter(({ verdict }) => verdict.level === level).length;
  const [hottest] = group.shardPeaks ?? [];
  const { dataPeakBytes, shards, skewToMedian, skewCause } = group;
  return [
    ...(isUrgent && urgent < analysis.nodes.length
      ? [locale.report.fleet.verdict[level](urgent, format.number(urgent), format.number(analysis.nodes.length))]
      : []),
    ...(dataPeakBytes === undefined || shards === undefined ? [] : [words.data(format.number(shards), format.bytes(dataPeakBytes))]),
    ...(hottest === undefined || skewToMedian === undefined
      ? []
      : [words.hottest(hottest.nodeId, format.bytes(hottest.bytes), format.number(skewToMedian, 2))]),
    ...(skewCause !== undefined && isSkewed(analysis, group.hottestNodeId ?? '') ? [words.cause[skewCause.cause]] : []),
    ...(shards === undefined ? peakSentences(primaryOf(group, tellings)) : []),
    ...(isUrgent ? aheadSentences(lead).map((sentence) => words.on(node.id, sentence)) : []),
    ...plannedSentence(lead),
    ...failoverSentence(group, lead),
  ];
}

function failoverSentence({ failover }: GroupAnalysis, { locale }: Telling): string[] {
  if (failover === undefined || failover.verdict === 'unknown') return [];
  const words = locale.report.group.page.failover;
  return [words[failover.verdict](failover.shards.filter(({ verdict }) => verdict === failover.verdict).length)];
}

/** Blocks under the cover of one group: figures, its shards side by side, what to do, how good the evidence is. */
export function groupFirstPage(group: GroupAnalysis, tellings: readonly Telling[], id: string): readonly Block[] {
  const { lead, sized, weakest } = tellingsOf(group, tellings);
  const { locale, format } = lead;
  const figures = groupFigures(group, tellings, `#${id}-members`);
  const since = fleetSinceText(tellings);
  const chart =
    group.kind === 'cluster'
      ? shardPanels(group, tellings, { id: 'shards', most: panelsOnFirstPage(group, tellings), allAt: `${id}-members` })
      : primaryChart(group, tellings);
  const { title, pointer } = locale.lessons.howToRead;
  const weak = locale.report.group.page.evidenceOf(weakest.node.id, format.number(tellings.length));
  return [
    { type: 'figures', figures },
    ...explained(figures, lead, sized),
    ...(since === undefined ? [] : [{ type: 'paragraph' as const, text: since, small: true }]),
    ...(chart === undefined ? [] : [chart]),
    groupActions(group, tellings),
    {
      type: 'paragraph',
      text: [...gradeLine(weakest), ` ${weak}`, pointer[0], { link: '#how-to-read', text: title }, pointer[1]],
      small: true,
    },
  ];
}

/** The memory of the primary, as on a page of its own. */
function primaryChart(group: GroupAnalysis, tellings: readonly Telling[]): Block | undefined {
  const primary = primaryOf(group, tellings);
  if (primary.node.series.at.length < 2) return undefined;
  return memoryChart({ ...primary, anchor: (part) => part }, { id: 'first-chart', withFan: true });
}

function primaryOf(group: GroupAnalysis, tellings: readonly Telling[]): Telling {
  const id = group.members.find(({ role, replacedBy }) => role === 'primary' && replacedBy === undefined)?.nodeId;
  return tellings.find(({ node }) => node.id === id) ?? (tellings[0] as Telling);
}

/** Behind the group's own section: its nodes ranked, and how full each got day by day. */
export function nodesSection(tellings: readonly Telling[]): Section {
  const { locale } = tellings[0] as Telling;
  const heatmap = headroomHeatmap(tellings);
  return { id: 'nodes', title: locale.report.fleet.nodes, blocks: [fleetTable(tellings), ...(heatmap === undefined ? [] : [heatmap])] };
}

/** Last: how to read all this, and its words. */
export function readingSection(tellings: readonly Telling[]): Section {
  const telling = { ...(tellings[0] as Telling), anchor: (part: string) => part };
  return {
    id: 'how-to-read',
    title: telling.locale.lessons.howToRead.title,
    blocks: readingBlocks(telling, telling.locale.report.group.page.glossary),
  };
}
