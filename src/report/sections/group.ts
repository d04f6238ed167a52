import type { GroupAnalysis, InstanceChoice } from '../../model/analysis.ts';
import type { Block, Figure, Section, TableCell, Text } from '../blocks.ts';
import { totalsText } from '../fleet.ts';
import { shardPanels } from '../shard-panels.ts';
import { bytesOrUnknown, cell, column, nodeName, type Telling, text } from '../telling.ts';
import { spreadText } from './budget.ts';

/** Charts of shards; the table has them all. */
const PANELS_SHOWN = 24;

/**
 * A cluster or a replication group: what it holds, what each of its machines needs, and which replicas could not take over.
 * @param options.onFirstPage - of a report about this group alone: how many charts of shards its first page shows, beside the figures
 */
export function groupSection(
  group: GroupAnalysis,
  index: number,
  tellings: readonly Telling[],
  options: { readonly onFirstPage?: number } = {},
): Section {
  const telling = tellings[0] as Telling;
  const id = (part: string): string => `g${index + 1}-${part}`;
  const byNode = new Map(tellings.map((each) => [each.node.id, each]));
  const words = telling.locale.report.group;
  const { format } = telling;
  const { provisioning, members } = group;
  const needed = provisioning?.memoryNeededBytes;
  const maxmemory = provisioning?.maxmemoryBytes.recommended;
  const instance = instanceOf(group)?.name;
  const machine = instance === undefined ? words.machineOf(format.bytes(needed ?? 0)) : words.instance(instance);
  const blocks: Block[] = [
    ...(group.labels === undefined
      ? []
      : [
          {
            type: 'paragraph' as const,
            text: text(words.labels(format.list(Object.entries(group.labels).map(([key, value]) => `${key} ${value}`)))),
          },
        ]),
    {
      type: 'paragraph',
      text:
        group.totals !== undefined
          ? text({ strong: totalsText(group.totals, telling) })
          : needed === undefined || maxmemory === undefined
            ? text(words.needUnknown)
            : text({ strong: words.need(format.number(members.length), machine, format.bytes(maxmemory), group.sizedByNodeId ?? '') }),
    },
    ...(provisioning?.spread === undefined ? [] : [{ type: 'paragraph' as const, text: text(spreadText(telling, provisioning.spread)) }]),
    ...(group.unreadShards === undefined
      ? []
      : [{ type: 'paragraph' as const, text: text(words.unreadShards(group.unreadShards)), tone: 'warning' as const }]),
    ...evenSpreadNote(group, telling),
    ...(options.onFirstPage === undefined
      ? [
          {
            type: 'figures' as const,
            figures: groupFigures(group, telling, (nodeId) => byNode.get(nodeId)?.nodeHref, id('members')),
          },
        ]
      : []),
    ...panelsBlock(group, tellings, options.onFirstPage, { id: id('panels'), most: PANELS_SHOWN, allAt: id('members') }),
    {
      type: 'table',
      id: id('members'),
      caption: words.tableCaption,
      columns: [
        column('node', words.head.node),
        column('role', words.head.role),
        column('peak', words.head.peak, 'end'),
        column('share', words.head.share, 'end'),
        column('machine', words.head.machine, 'end'),
        column('maxmemory', words.head.maxmemory, 'end'),
        ...(hasZones(group) ? [column('zone', words.head.zone)] : []),
      ],
      rows: members.flatMap((member) => {
        const each = byNode.get(member.nodeId);
        return each === undefined ? [] : [memberRow(group, member, each)];
      }),
      dense: true,
    },
    ...lossBlocks(group, telling, id('lost')),
    ...memberNotes(group, telling).map((note): Block => ({ type: 'paragraph', text: note, tone: 'warning' })),
  ];
  return { id: id('group'), title: groupTitle(group, telling), blocks };
}

/** Its nodes side by side, where the first page has not shown them all. */
function panelsBlock(
  group: GroupAnalysis,
  tellings: readonly Telling[],
  onFirstPage: number | undefined,
  options: { readonly id: string; readonly most: number; readonly allAt: string },
): Block[] {
  if (group.kind === 'fleet') return [];
  const isShown = group.kind === 'cluster' && onFirstPage !== undefined && (group.shards ?? 0) <= onFirstPage;
  const panels = isShown ? undefined : shardPanels(group, tellings, options);
  return panels === undefined ? [] : [panels];
}

/** What the group is called. */
export function groupTitle(group: GroupAnalysis, { locale, format }: Telling): string {
  const words = locale.report.group.title;
  const title = plainTitle(group, { locale, format });
  return group.source === 'config' ? words.named(title, group.id) : title;
}

function hasZones({ members }: GroupAnalysis): boolean {
  return members.some(({ zone }) => zone !== undefined);
}

function plainTitle(group: GroupAnalysis, { locale, format }: Pick<Telling, 'locale' | 'format'>): string {
  const words = locale.report.group.title;
  if (group.kind === 'fleet') return words.fleet(format.number(group.members.length));
  const primary = group.members.find(({ role }) => role === 'primary')?.nodeId;
  if (group.kind === 'cluster') return words.cluster(format.number(group.shards ?? 0), group.nodeIds[0] ?? '');
  return primary === undefined ? words.replicasOnly : words.replication(primary);
}

/** Whether an even spread makes buying needless, where the spread is uneven enough to ask. */
function evenSpreadNote(group: GroupAnalysis, { analysis, locale, format }: Telling): Block[] {
  const words = locale.report.group;
  const { evenSpread, nodeIds, provisioning } = group;
  const { machineSuffices, limitSuffices, memoryNeededBytes, maxmemoryBytes } = evenSpread ?? {};
  const needed = provisioning?.memoryNeededBytes ?? 0;
  if (evenSpread === undefined || memoryNeededBytes === undefined || maxmemoryBytes === undefined) return [];
  const isShort = analysis.nodes.some(({ id, systemMemory }) => nodeIds.includes(id) && (systemMemory.totalBytes ?? needed) < needed);
  if (!isShort || machineSuffices === undefined) return [];
  const sentence = machineSuffices
    ? words.evenSuffices(format.bytes(evenSpread.peakBytes), format.bytes(maxmemoryBytes), limitSuffices === false)
    : words.evenShort(format.bytes(memoryNeededBytes));
  return [{ type: 'paragraph', text: text({ strong: sentence }) }];
}

const LOSS_TONES = { holds: 'good', unknown: 'info', short: 'warning', 'data-lost': 'critical' } as const;

/** One shard's failover and one zone's loss: what is left. */
function lossBlocks({ failover, zoneLoss }: GroupAnalysis, { locale, format }: Telling, id: string): Block[] {
  const words = locale.report.group.lost;
  if (failover === undefined) return [];
  type Shard = (typeof failover.shards)[number];
  const outcome = ({ verdict, replicaId = '', shortIn = [], reason }: Shard): string => {
    if (verdict === 'data-lost') return words.nobody;
    if (verdict === 'short') return words.shortIn(replicaId, format.list(shortIn.map((each) => locale.report.group.smallerIn[each])));
    return verdict === 'holds' ? words.takesOver(replicaId) : words.reason[reason ?? 'machine-unknown'];
  };
  const row = (what: string, shards: readonly Shard[], verdict: Shard['verdict']): TableCell[] => {
    const worst = shards.filter((shard) => shard.verdict === verdict);
    return [
      cell(what),
      cell(worst.length === 0 ? words.noPrimary : format.list([...new Set(worst.map(outcome))])),
      cell(words.verdict[verdict], verdict, { tone: LOSS_TONES[verdict] }),
    ];
  };
  const shardRows = failover.shards.map((shard) =>
    row(shard.primaryId === undefined ? words.unreadPrimary : words.shard(shard.primaryId), [shard], shard.verdict),
  );
  const zoneRows = (zoneLoss?.zones ?? []).map(({ zone, nodes, primaries, shards, verdict }) =>
    row(words.zone(zone, primaries, nodes), shards, verdict),
  );
  const unknown = zoneLoss?.unknownNodeIds ?? [];
  const shown = [...unknown.slice(0, 3), ...(unknown.length > 3 ? ['…'] : [])].join(', ');
  return [
    {
      type: 'table',
      id,
      caption: words.caption,
      columns: [column('what', words.head.what), column('left', words.head.left), column('verdict', words.head.verdict)],
      rows: [...shardRows, ...zoneRows],
      note: text(words.note),
      dense: true,
    },
    ...(unknown.length === 0 ? [] : [{ type: 'paragraph' as const, text: text(words.zonesUnknown(shown)) }]),
  ];
}

function groupFigures(group: GroupAnalysis, telling: Telling, nodeHref: (nodeId: string) => string | undefined, members: string): Figure[] {
  const { locale, format, analysis } = telling;
  const words = locale.report.group.figure;
  const { shards, skew, hottestNodeId } = group;
  const count = format.number(group.members.length);
  const roles = (role: string): string =>
    format.number(group.members.filter((member) => member.role === role && member.replacedBy === undefined).length);
  const href = `#${members}`;
  const figures: Figure[] = [
    shards === undefined
      ? { id: 'nodes', label: words.nodes, value: count, detail: words.roles(roles('primary'), roles('replica')), href }
      : { id: 'shards', label: words.shards, value: format.number(shards), detail: words.ofNodes(count), href },
    { id: 'data', label: words.data, value: bytesOrUnknown(telling, group.dataPeakBytes), detail: words.countedOnce, href },
  ];
  if (skew !== undefined && hottestNodeId !== undefined) {
    const hottest = analysis.nodes.find(({ id }) => id === hottestNodeId);
    const isSkewed = hottest?.findings.some(({ id, verdict }) => id === 'shard-skew' && verdict === 'raised');
    figures.push({
      id: 'skew',
      label: words.skew,
      value: words.timesMean(format.ratio(skew)),
      detail: hottestNodeId,
      href: nodeHref(hottestNodeId),
      ...(isSkewed ? { tone: 'warning' as const } : {}),
    });
  }
  return [...figures, ...machineFigures(group, telling, nodeHref, href)];
}

/** The instance that holds the group's need, one for each node; undefined also where more shards than there are would be needed. */
export function instanceOf({ provisioning, shards = 1 }: GroupAnalysis): InstanceChoice | undefined {
  const recommended = provisioning?.instance.recommended;
  return recommended?.shards === shards ? recommended : undefined;
}

function machineFigures(
  group: GroupAnalysis,
  telling: Telling,
  nodeHref: (nodeId: string) => string | undefined,
  members: string,
): Figure[] {
  const { locale, format } = telling;
  const words = locale.report.group.figure;
  const { provisioning, sizedByNodeId, totalMemoryNeededBytes } = group;
  const needed = provisioning?.memoryNeededBytes;
  if (needed === undefined || totalMemoryNeededBytes === undefined || sizedByNodeId === undefined) return [];
  const machine = { id: 'machine', label: words.machine, href: nodeHref(sizedByNodeId) };
  const total = { id: 'total', label: words.total, href: members };
  const count = format.number(group.members.length);
  const limit = provisioning?.maxmemoryBytes.recommended;
  const detail = limit === undefined ? {} : { detail: words.maxmemory(format.bytes(limit)) };
  const instance = instanceOf(group);
  if (instance === undefined) {
    const split = provisioning?.instance.recommended;
    return [
      {
        ...machine,
        value: format.bytes(needed),
        ...(split ? { detail: words.orShards(format.number(split.shards), split.name) } : detail),
      },
      { ...total, value: format.bytes(totalMemoryNeededBytes), detail: words.machines(count) },
    ];
  }
  const all = words.times(count, instance.name);
  const price = instance.priceUsdHour === undefined ? undefined : format.price(instance.priceUsdHour * group.members.length);
  return [
    { ...machine, value: instance.name, ...detail },
    { ...total, ...(price === undefined ? { value: all } : { value: price, detail: all }) },
  ];
}

function memberRow(group: GroupAnalysis, member: GroupAnalysis['members'][number], telling: Telling): TableCell[] {
  const { node, locale, format } = telling;
  const words = locale.report.group;
  const { usedMemoryRatio, smallerIn = [] } = member;
  const roleText = memberRole(group, member, telling);
  const limit = node.provisioning.maxmemoryBytes.current;
  const tone = (what: 'machine' | 'maxmemory') => (smallerIn.includes(what) ? { tone: 'warning' as const } : {});
  return [
    cell(nodeName(telling), node.id),
    cell(roleText),
    cell(bytesOrUnknown(telling, node.peaks.usedMemoryBytes?.value), node.peaks.usedMemoryBytes?.value ?? -1),
    cell(
      usedMemoryRatio === undefined ? '' : format.percent(usedMemoryRatio),
      usedMemoryRatio ?? -1,
      member.usedMemoryDiffers ? { tone: 'warning' } : {},
    ),
    cell(bytesOrUnknown(telling, node.systemMemory.totalBytes), node.systemMemory.totalBytes ?? -1, tone('machine')),
    cell(limit === 0 ? words.unlimited : bytesOrUnknown(telling, limit), limit ?? -1, tone('maxmemory')),
    ...(hasZones(group) ? [cell(member.zone ?? locale.report.unknown)] : []),
  ];
}

function memberRole(group: GroupAnalysis, { role, replicaOf, replacedBy }: GroupAnalysis['members'][number], { locale }: Telling): string {
  const words = locale.report.group.role;
  if (replacedBy !== undefined) return words.replaced(replacedBy);
  if (replicaOf !== undefined && group.kind === 'cluster') return words.replicaOf(replicaOf);
  return role === undefined ? locale.report.unknown : words[role];
}

/** What to know of replicas before one has to take over. */
function memberNotes({ members }: GroupAnalysis, { locale, format }: Telling): Text[] {
  const words = locale.report.group;
  return members.flatMap(({ nodeId, replicaOf, smallerIn = [], usedMemoryDiffers, usedMemoryRatio }) => {
    if (replicaOf === undefined) return [];
    const what = format.list(smallerIn.map((each) => words.smallerIn[each]));
    return [
      ...(smallerIn.length === 0 ? [] : [text(words.smaller(nodeId, what, replicaOf))]),
      ...(usedMemoryDiffers && usedMemoryRatio !== undefined
        ? [text(words.differs(nodeId, format.percent(usedMemoryRatio), replicaOf))]
        : []),
    ];
  });
}
