import type { GroupAnalysis } from '../model/analysis.ts';
import type { Block, Figure } from './blocks.ts';
import { figureExplanations } from './explanations/figures.ts';
import { keyFigures } from './first-page.ts';
import { instanceOf } from './sections/group.ts';
import { isSkewed } from './shard-panels.ts';
import type { Telling } from './telling.ts';

/** What the pages of a group are told from: the node that its verdict is of, the one that its machines are sized by, and the one with the least evidence. */
export interface GroupTellings {
  readonly lead: Telling;
  readonly sized: Telling;
  readonly weakest: Telling;
  readonly hrefOf: (nodeId: string | undefined) => string | undefined;
}

/** Picks them out of those of all nodes. */
export function tellingsOf(group: GroupAnalysis, tellings: readonly Telling[]): GroupTellings {
  const first = tellings[0] as Telling;
  const find = (nodeId: string | undefined): Telling | undefined => tellings.find(({ node }) => node.id === nodeId);
  const lead = find(group.verdict?.nodeId) ?? first;
  return {
    lead,
    sized: find(group.sizedByNodeId) ?? lead,
    weakest: tellings.toSorted((a, b) => (a.node.quality.grade < b.node.quality.grade ? 1 : -1))[0] as Telling,
    hrefOf: (nodeId) => find(nodeId)?.nodeHref,
  };
}

/** Data, the hottest shard (of a replication group how full the machine got), until when, what to set and what to buy. */
export function groupFigures(group: GroupAnalysis, tellings: readonly Telling[], membersHref: string): Figure[] {
  const { lead, sized, hrefOf } = tellingsOf(group, tellings);
  const { analysis, locale, format } = lead;
  const words = locale.report.group;
  const nodes = format.number(group.members.length);
  const [hottest] = group.shardPeaks ?? [];
  const ofNode = (telling: Telling, id: string): Figure | undefined => keyFigures(telling).find((figure) => figure.id === id);
  const days = ofNode(lead, 'days');
  // As the step says that sets it; where none does, as the node has it that needs most.
  const limitStep = group.steps?.find(({ id }) => id.endsWith('-maxmemory'));
  const limited = tellings.find(({ node }) => node.id === limitStep?.nodeId) ?? sized;
  const limit = (limitStep === undefined ? spreadLimit(group, sized) : undefined) ?? ofNode(limited, 'maxmemory');
  const fill = ofNode(lead, 'machine');
  return [
    {
      id: 'data',
      label: words.page.figure.data,
      value: group.dataPeakBytes === undefined ? locale.report.unknown : format.bytes(group.dataPeakBytes),
      detail: group.shards === undefined ? words.figure.ofNodes(nodes) : words.page.figure.ofShards(format.number(group.shards)),
      href: '#nodes',
    },
    ...(hottest === undefined || group.skewToMedian === undefined
      ? fill === undefined
        ? []
        : [{ ...fill, detail: words.page.figure.at(lead.node.id, fill.detail ?? ''), href: lead.nodeHref }]
      : [
          {
            id: 'skew',
            label: words.figure.skew,
            value: format.bytes(hottest.bytes),
            detail: words.page.figure.timesMedian(hottest.nodeId, format.number(group.skewToMedian, 2)),
            href: hrefOf(hottest.nodeId),
            ...(isSkewed(analysis, hottest.nodeId) ? { tone: 'warning' as const } : {}),
          },
        ]),
    ...(days === undefined
      ? []
      : [
          {
            ...days,
            detail: days.detail === undefined ? lead.node.id : words.page.figure.at(lead.node.id, days.detail),
            href: lead.nodeHref,
          },
        ]),
    ...(limit === undefined ? [] : [{ ...limit, label: words.page.figure.maxmemory, href: limited.nodeHref }]),
    ...purchaseFigure(group, lead, membersHref),
  ].map(({ href, ...figure }) => (href === undefined ? figure : { ...figure, href }));
}

/** Where slots are to be moved and nothing bought: the limit that is enough then. */
function spreadLimit(group: GroupAnalysis, { node, locale, format }: Telling): Figure | undefined {
  const { maxmemoryBytes, limitSuffices } = group.evenSpread ?? {};
  const { current } = node.provisioning.maxmemoryBytes;
  const bytes = limitSuffices === true ? current : maxmemoryBytes;
  if (!isSpreadEnough(group) || bytes === undefined) return undefined;
  const { maxmemory, afterSpread } = locale.report.group.page.figure;
  return {
    id: 'maxmemory',
    label: maxmemory,
    value: bytes === 0 ? locale.report.group.unlimited : format.bytes(bytes),
    detail: afterSpread,
  };
}

function isSpreadEnough({ steps = [] }: GroupAnalysis): boolean {
  return steps.some(({ id }) => id === 'move-slots');
}

/** The machines of all nodes, replicas too, with their price where it is known. */
function purchaseFigure(group: GroupAnalysis, { locale, format }: Telling, href: string): Figure[] {
  const words = locale.report.group.figure;
  const count = format.number(group.members.length);
  const needed = group.provisioning?.memoryNeededBytes;
  if (needed === undefined) return [];
  const base = { id: 'buy', label: words.total, href };
  const { asTheyAre, afterSpread } = locale.report.group.page.figure;
  if (isSpreadEnough(group)) return [{ ...base, value: asTheyAre, detail: afterSpread }];
  const instance = instanceOf(group);
  if (instance !== undefined) {
    const { priceUsdHour, priceRegion, provider } = instance;
    const detail =
      priceUsdHour === undefined
        ? {}
        : { detail: locale.report.figure.perHour(format.price(priceUsdHour * group.members.length), priceRegion ?? provider) };
    return [{ ...base, value: words.times(count, instance.name), ...detail }];
  }
  const split = group.provisioning?.instance.recommended;
  return [
    {
      ...base,
      value: words.times(count, format.bytes(needed)),
      ...(split === undefined ? {} : { detail: words.orShards(format.number(split.shards), split.name) }),
    },
  ];
}

/** The figures that are a node's, each explained with the numbers of that node. */
export function explained(figures: readonly Figure[], lead: Telling, sized: Telling): Block[] {
  // The nodes' own explanations stand further down, under the same names.
  const apart = (telling: Telling): Telling => ({
    ...telling,
    anchor: (part) => (part.startsWith('explain-') ? `g-${part}` : telling.anchor(part)),
  });
  const of = (telling: Telling, isOf: (figure: Figure) => boolean) => figureExplanations(apart(telling), figures.filter(isOf));
  const [first, second] = [of(lead, ({ id }) => id !== 'maxmemory'), of(sized, ({ id }) => id === 'maxmemory')];
  return first.type === 'explanations' && second.type === 'explanations' ? [{ ...first, items: [...first.items, ...second.items] }] : [];
}
