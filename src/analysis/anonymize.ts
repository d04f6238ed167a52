import { type Aliases, isAlias } from '../model/aliases.ts';
import type { Action, Analysis, Finding, GroupAnalysis, InstanceChoice, NodeAnalysis, Provisioning } from '../model/analysis.ts';
import type { FleetComparison, NodeComparison } from '../model/comparison.ts';
import { renameKeys } from './keyspace-sample/key-names.ts';

/** Ids of groups as we make them; they name nothing. */
const OUR_GROUP_ID = /^(?:cluster|replication|fleet)-\d+$/;

/**
 * The same Analysis with nodes, groups, inputs and addresses called by aliases, and without a title: every figure and verdict stays.
 * @param aliases - given out as they are needed; afterwards holds the mapping
 * @param publicNames - offerings and instance names that anyone may read: those of the built-in catalogs; names of other catalogs get aliases
 */
export function anonymizeAnalysis(analysis: Analysis, aliases: Aliases, publicNames: ReadonlySet<string>): Analysis {
  // First all names, in their order: texts are searched for them.
  for (const { id } of analysis.nodes) {
    aliases.of('node', id);
    const host = hostOf(id);
    if (host !== undefined) aliases.of('host', host);
  }
  for (const { keyspace } of analysis.nodes) {
    const takenFrom = keyspace.sample?.takenFrom;
    if (takenFrom === undefined) continue;
    aliases.of('node', takenFrom);
    const host = hostOf(takenFrom);
    if (host !== undefined) aliases.of('host', host);
  }
  for (const id of analysis.comparison?.goneNodeIds ?? []) aliases.of('node', id);
  for (const { input } of analysis.inputs) aliasOfInput(input, aliases);
  const own = (name: string): string => (publicNames.has(name) ? name : aliases.of('name', name));
  const { settings } = analysis;
  for (const name of [settings.instance, settings.target]) if (name !== undefined) own(name);

  // Words in key names are ordinary ones, so they are called by numbers here and searched for nowhere.
  const parts = new Map<string, string>();
  const renamePart = (part: string): string => {
    const known = parts.get(part) ?? `part-${parts.size + 1}`;
    parts.set(part, known);
    return known;
  };

  const { title: _, ...rest } = analysis;
  return {
    ...rest,
    settings: {
      ...settings,
      providers: settings.providers.map(own),
      ...(settings.instance === undefined ? {} : { instance: own(settings.instance) }),
      ...(settings.target === undefined ? {} : { target: own(settings.target) }),
      catalogDates: Object.fromEntries(Object.entries(settings.catalogDates).map(([offering, date]) => [own(offering), date])),
    },
    inputs: analysis.inputs.map((input) => ({
      ...input,
      input: aliasOfInput(input.input, aliases),
      rejections: input.rejections.map(({ line, reason }) => ({ line, reason: aliases.inQuotingText(reason) })),
      notes: input.notes.map((note) => aliases.inQuotingText(note)),
    })),
    nodes: analysis.nodes.map((node) => anonymizeNode(node, aliases, own, renamePart)),
    groups: analysis.groups.map((group) => anonymizeGroup(group, aliases, own)),
    ...(analysis.fleet === undefined
      ? {}
      : {
          fleet: {
            ...analysis.fleet,
            ranking: analysis.fleet.ranking.map((place) => ({ ...place, nodeId: aliases.of('node', place.nodeId) })),
          },
        }),
    ...(analysis.comparison === undefined ? {} : { comparison: anonymizeFleetComparison(analysis.comparison, aliases) }),
  };
}

type Own = (name: string) => string;

function hostOf(nodeId: string): string | undefined {
  return /^(?:[a-z][a-z\d+.-]*:\/\/)?\[?(.+?)\]?:\d{1,5}$/i.exec(nodeId)?.[1];
}

function aliasOfGroup(id: string, aliases: Aliases): string {
  return OUR_GROUP_ID.test(id) ? id : aliases.of('group', id);
}

/** Its ending stays: what kind of file it was says nothing of whose. */
function aliasOfInput(input: string, aliases: Aliases): string {
  // What it selects by names someone too.
  const [, scheme, place] = /^(prometheus\+https?:\/\/)(.+)$/is.exec(input) ?? [];
  if (scheme !== undefined && place !== undefined) return `${scheme}${aliases.of('host', place)}`;
  if (/^[a-z][a-z\d+]*:\/\//i.test(input)) return aliases.inText(input);
  const ending = /\.(?:csv|tsv|txt|log|json|info)(?:\.(?:gz|zst))?$/i.exec(input)?.[0].toLowerCase() ?? '';
  if (input === '-' || isAlias(input.slice(0, input.length - ending.length))) return input;
  const alias = aliases.of('input', input);
  aliases.alsoCalled(alias, input.split(/[/\\]/).at(-1) ?? '');
  return `${alias}${ending}`;
}

function anonymizeNode(node: NodeAnalysis, aliases: Aliases, own: Own, renamePart: (part: string) => string): NodeAnalysis {
  const { sample } = node.keyspace;
  const provisioning = anonymizeProvisioning(node.provisioning, own);
  // What a label says is the user's own.
  const { labels: _, ...rest } = node;
  return {
    ...rest,
    id: aliases.of('node', node.id),
    ...(node.groupId === undefined ? {} : { groupId: aliasOfGroup(node.groupId, aliases) }),
    provisioning,
    ...(sample === undefined
      ? {}
      : {
          keyspace: {
            ...node.keyspace,
            sample: { ...renameKeys(sample, renamePart), takenFrom: aliases.of('node', sample.takenFrom) },
          },
        }),
    findings: node.findings.map((finding) => anonymizeFinding(finding, aliases)),
    actions: node.actions.map((action) => anonymizeAction(action, aliases)),
    ...(node.comparison === undefined ? {} : { comparison: anonymizeComparison(node.comparison, aliases, own) }),
  };
}

function anonymizeComparison(comparison: NodeComparison, aliases: Aliases, own: Own): NodeComparison {
  const isInstance = (id: string): boolean => /instance|^resize|^move-to/.test(id);
  const hide = <Value>(id: string, value: Value): Value =>
    typeof value === 'string' ? ((isInstance(id) ? own(value) : aliases.inText(value)) as Value) : value;
  return {
    ...comparison,
    earlierId: aliases.of('node', comparison.earlierId),
    words: comparison.words.map(({ id, before, after }) => ({ id, before: hide(id, before), after: hide(id, after) })),
    advice: comparison.advice.map((advice) =>
      // What is absent stays absent.
      Object.assign(
        { ...advice },
        ...(['before', 'advised', 'after'] as const).map((part) =>
          advice[part] === undefined ? {} : { [part]: hide(advice.id, advice[part]) },
        ),
      ),
    ),
  };
}

function anonymizeFleetComparison(comparison: FleetComparison, aliases: Aliases): FleetComparison {
  const node = (id: string): string => aliases.of('node', id);
  return {
    ...comparison,
    newNodeIds: comparison.newNodeIds.map(node),
    goneNodeIds: comparison.goneNodeIds.map(node),
    ranking: comparison.ranking.map((place) => ({ ...place, nodeId: node(place.nodeId) })),
  };
}

function anonymizeGroup(group: GroupAnalysis, aliases: Aliases, own: Own): GroupAnalysis {
  const node = (id: string): string => aliases.of('node', id);
  const zone = (name: string): string => aliases.of('zone', name);
  // What a label says is the user's own.
  const { labels: _, ...rest } = group;
  const { failover, zoneLoss, shardPeaks, verdict, steps } = group;
  const shard = ({ primaryId, replicaId, ...verdict }: NonNullable<typeof failover>['shards'][number]) => ({
    ...(primaryId === undefined ? {} : { primaryId: node(primaryId) }),
    ...(replicaId === undefined ? {} : { replicaId: node(replicaId) }),
    ...verdict,
  });
  return {
    ...rest,
    ...(failover === undefined ? {} : { failover: { ...failover, shards: failover.shards.map(shard) } }),
    ...(zoneLoss === undefined
      ? {}
      : {
          zoneLoss: {
            ...zoneLoss,
            ...(zoneLoss.unknownNodeIds === undefined ? {} : { unknownNodeIds: zoneLoss.unknownNodeIds.map(node) }),
            zones: zoneLoss.zones.map((each) => ({ ...each, zone: zone(each.zone), shards: each.shards.map(shard) })),
          },
        }),
    id: aliasOfGroup(group.id, aliases),
    nodeIds: group.nodeIds.map(node),
    ...(group.hottestNodeId === undefined ? {} : { hottestNodeId: node(group.hottestNodeId) }),
    ...(group.sizedByNodeId === undefined ? {} : { sizedByNodeId: node(group.sizedByNodeId) }),
    ...(shardPeaks === undefined ? {} : { shardPeaks: shardPeaks.map((peak) => ({ ...peak, nodeId: node(peak.nodeId) })) }),
    ...(verdict === undefined ? {} : { verdict: { ...verdict, nodeId: node(verdict.nodeId) } }),
    ...(steps === undefined
      ? {}
      : { steps: steps.map((step) => ({ ...step, nodeId: node(step.nodeId), nodeIds: step.nodeIds.map(node) })) }),
    members: group.members.map((member) => ({
      ...member,
      nodeId: node(member.nodeId),
      ...(member.zone === undefined ? {} : { zone: zone(member.zone) }),
      ...(member.replicaOf === undefined ? {} : { replicaOf: node(member.replicaOf) }),
      ...(member.replacedBy === undefined ? {} : { replacedBy: node(member.replacedBy) }),
    })),
    ...(group.provisioning === undefined ? {} : { provisioning: anonymizeProvisioning(group.provisioning, own) }),
  };
}

function anonymizeFinding(finding: Finding, aliases: Aliases): Finding {
  return { ...finding, evidence: namesInValues(finding.evidence, aliases), commands: finding.commands.map((line) => aliases.inText(line)) };
}

function anonymizeAction(action: Action, aliases: Aliases): Action {
  return {
    ...action,
    commands: action.commands.map((line) => aliases.inText(line)),
    ...(action.verify === undefined ? {} : { verify: aliases.inText(action.verify) }),
    ...(action.undo === undefined ? {} : { undo: action.undo.map((line) => aliases.inText(line)) }),
    values: namesInValues(action.values, aliases),
  };
}

function namesInValues<Value extends string | number | boolean>(
  values: Readonly<Record<string, Value>>,
  aliases: Aliases,
): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (typeof value !== 'string') return [name, value];
      return [name, (name === 'zone' ? aliases.of('zone', value) : aliases.inText(value)) as Value];
    }),
  );
}

type Instances = Provisioning['instance'];

function anonymizeProvisioning(provisioning: Provisioning, own: Own): Provisioning {
  const { spread } = provisioning;
  return {
    ...provisioning,
    instance: anonymizeInstances(provisioning.instance, own),
    ...(spread === undefined ? {} : { spread: { ...spread, instance: anonymizeInstances(spread.instance, own) } }),
  };
}

function anonymizeInstances({ current, recommended, alternatives, rejected, ...rest }: Instances, own: Own): Instances {
  return {
    ...rest,
    ...(current === undefined ? {} : { current: anonymizeChoice(current, own) }),
    ...(recommended === undefined ? {} : { recommended: anonymizeChoice(recommended, own) }),
    alternatives: alternatives.map((choice) => anonymizeChoice(choice, own)),
    rejected: rejected.map((each) => ({
      ...each,
      provider: own(each.provider),
      offering: own(each.offering),
      name: own(each.name),
    })),
  };
}

function anonymizeChoice(choice: InstanceChoice, own: Own): InstanceChoice {
  const isPublic = own(choice.name) === choice.name && own(choice.offering) === choice.offering;
  return {
    ...choice,
    provider: own(choice.provider),
    offering: own(choice.offering),
    name: own(choice.name),
    ...(choice.priceRegion === undefined || isPublic ? {} : { priceRegion: own(choice.priceRegion) }),
    source: isPublic ? choice.source : '',
  };
}
