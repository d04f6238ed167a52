import type { Direction, FleetComparison } from '../../model/comparison.ts';
import type { Block, Section, Text, Tone } from '../blocks.ts';
import { movedClauses } from '../since.ts';
import { cell, column, nodeName, startingCapital, type Telling, text } from '../telling.ts';
import { askedBlock, windowsText } from './comparison.ts';

const ORDER = ['worse', 'mixed', 'better', 'changed', 'same'] as const satisfies readonly Direction[];
const TONE = { worse: 'warning', mixed: 'warning', better: 'good', changed: 'neutral', same: 'neutral' } as const satisfies Record<
  Direction,
  Tone
>;
/** Names in a sentence; of more it tells how many. */
const NAMES_SHOWN = 12;
const ANCHOR = 'since';

/** The sentence of the first page of several nodes: how many changed for the worse and for the better. Undefined without a comparison. */
export function fleetSinceText(tellings: readonly Telling[]): Text | undefined {
  const [first] = tellings;
  const comparison = first?.analysis.comparison;
  if (first === undefined || comparison === undefined) return undefined;
  const { locale, format } = first;
  const words = locale.comparison;
  const counts = ORDER.flatMap((direction) => {
    const count = comparison.ranking.filter((place) => place.direction === direction).length;
    return count === 0 ? [] : [words.fleet.count[direction](format.number(count))];
  });
  const { newNodeIds, goneNodeIds } = comparison;
  const parts = [
    words.fleet.directions(format.number(comparison.ranking.length), format.list(counts)),
    ...(newNodeIds.length === 0 ? [] : [words.fleet.newCount(newNodeIds.length)]),
    ...(goneNodeIds.length === 0 ? [] : [words.fleet.goneCount(goneNodeIds.length)]),
    ...totalClause(first, comparison),
  ];
  return text({ link: `#${ANCHOR}`, text: words.title(format.date(comparison.window.toAt)) }, words.sentence(parts));
}

function totalClause({ locale, format }: Telling, { totals }: FleetComparison): string[] {
  const data = totals.find(({ id }) => id === 'data-peak');
  if (data === undefined || data.before.of !== data.beforeNodes || data.after.of !== data.afterNodes) return [];
  const { value: before } = data.before;
  const { value: after } = data.after;
  const { clause, fleet } = locale.comparison;
  return [clause.figure(fleet.totalName, format.bytes(before), format.bytes(after))];
}

/** What moved of several nodes, those that changed for the worse first. Undefined without a comparison. */
export function fleetComparisonSection(tellings: readonly Telling[]): Section | undefined {
  const [first] = tellings;
  const comparison = first?.analysis.comparison;
  if (first === undefined || comparison === undefined) return undefined;
  const { analysis, locale, format } = first;
  const byId = new Map(tellings.map((telling) => [telling.node.id, telling]));
  const ranked = comparison.ranking.flatMap(({ nodeId }) => byId.get(nodeId) ?? []);
  const isSame = ({ node }: Telling): boolean => node.comparison?.direction === 'same';
  const words = locale.comparison.fleet;
  const names = (ids: readonly string[]): string => listNames(ids, first);
  const lists = [
    ...(comparison.newNodeIds.length === 0 ? [] : [words.newNodes(names(comparison.newNodeIds))]),
    ...(comparison.goneNodeIds.length === 0 ? [] : [words.goneNodes(names(comparison.goneNodeIds))]),
    ...(ranked.some(isSame) ? [words.same(names(ranked.filter(isSame).map(({ node }) => node.id)))] : []),
  ];
  const changed = ranked.filter((telling) => !isSame(telling));
  return {
    id: ANCHOR,
    title: locale.comparison.title(format.date(comparison.window.toAt)),
    blocks: [
      { type: 'paragraph', text: text(windowsText(first, analysis.window, comparison.window)) },
      ...(comparison.askedDifferently.length === 0 ? [] : [askedBlock(first)]),
      ...(changed.length === 0 ? [] : [changedTable(changed)]),
      ...lists.map((list) => ({ type: 'paragraph' as const, text: text(list), small: true })),
      ...totalsBlocks(first, comparison),
    ],
    pageBreak: true,
  };
}

function listNames(ids: readonly string[], { locale, format }: Telling): string {
  const rest = ids.length - NAMES_SHOWN;
  return format.list([...ids.slice(0, NAMES_SHOWN), ...(rest > 0 ? [locale.comparison.fleet.others(rest)] : [])]);
}

function changedTable(changed: readonly Telling[]): Block {
  const { locale } = changed[0] as Telling;
  const words = locale.comparison;
  const { head, direction } = words.fleet;
  return {
    type: 'table',
    id: 'nodes-changed',
    caption: words.fleet.caption,
    columns: [column('node', head.node), column('direction', head.direction), column('what', head.what)],
    rows: changed.map((telling) => {
      const of = telling.node.comparison?.direction ?? 'same';
      return [
        cell(nodeName(telling), telling.node.id),
        cell(direction[of], ORDER.indexOf(of), { tone: TONE[of] }),
        cell(startingCapital(movedClauses(telling).join('; '))),
      ];
    }),
    dense: true,
  };
}

function totalsBlocks({ locale, format }: Telling, { totals }: FleetComparison): Block[] {
  if (totals.length === 0) return [];
  const words = locale.comparison;
  return [
    {
      type: 'table',
      id: 'totals-changed',
      caption: words.fleet.totalsCaption,
      columns: [
        column('figure', words.head.figure),
        column('before', words.head.before, 'end'),
        column('after', words.head.after, 'end'),
        column('change', words.head.change, 'end'),
      ],
      rows: totals.map(({ id, before, after, beforeNodes, afterNodes }) => {
        const write = id.endsWith('price') ? format.price : format.bytes;
        const told = (sum: typeof before, all: number): string =>
          sum.of === all ? write(sum.value) : words.fleet.ofSome(write(sum.value), format.number(sum.of), format.number(all));
        const change = after.value - before.value;
        // Sums over more nodes, or fewer, are no change of a figure.
        const isAlike = before.of === beforeNodes && after.of === afterNodes;
        return [
          cell(words.fleet.total[id]),
          cell(told(before, beforeNodes), before.value),
          cell(told(after, afterNodes), after.value),
          cell(isAlike && change !== 0 ? `${change > 0 ? '+' : ''}${write(change)}` : '', change),
        ];
      }),
      dense: true,
    },
  ];
}
