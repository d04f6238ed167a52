import { ConfigError, quoteNames } from '../model/errors.ts';
import type { NodeHistory } from '../model/node-history.ts';

/** A group as the user knows it; it wins over what INFO shows. */
export interface GroupDefinition {
  /** Unique among the definitions. */
  readonly id: string;
  readonly kind: 'cluster' | 'replication' | 'fleet';
  /** Names of nodes; `*` stands for any characters, `?` for one. Case does not matter. Absent: all that `where` leaves. */
  readonly nodes?: readonly string[];
  /** Labels that its nodes have, all of them, with these values. */
  readonly where?: Readonly<Record<string, string>>;
  /** Failure domains: pattern of nodes → zone. Of other nodes their label `zone` counts. */
  readonly zones?: Readonly<Record<string, string>>;
  /** Whatever the report is to say of it. */
  readonly labels?: Readonly<Record<string, string>>;
}

export interface AssignedGroup {
  readonly definition: GroupDefinition;
  readonly histories: readonly NodeHistory[];
  /** Zone of each node that has one. */
  readonly zones: ReadonlyMap<string, string>;
}

/** Names shown where a pattern matches none. */
const NAMES_SHOWN = 5;

/**
 * The nodes of each defined group, in their own order. A node may be in one fleet and in one cluster or replication group.
 * @throws ConfigError for a pattern that matches no node, a node in two groups or two zones, and an id that is used twice
 */
export function assignGroups(histories: readonly NodeHistory[], definitions: readonly GroupDefinition[]): AssignedGroup[] {
  const ids = new Set<string>();
  const owners = { shared: new Map<string, string>(), fleet: new Map<string, string>() };
  return definitions.map((definition) => {
    const { id, kind } = definition;
    if (ids.has(id)) throw new ConfigError('groups', id, 'an id that no other group has');
    ids.add(id);
    const labelled = withLabels(histories, definition);
    const members = new Set((definition.nodes ?? ['*']).flatMap((pattern) => matching(labelled, pattern, `groups: ${id}`)));
    const owner = kind === 'fleet' ? owners.fleet : owners.shared;
    for (const { nodeId } of members) {
      const other = owner.get(nodeId);
      if (other !== undefined)
        throw new ConfigError(
          `groups: ${id}`,
          nodeId,
          `a node that is in no other ${kind === 'fleet' ? 'fleet' : 'group'}; it is in ${quoteNames([other], 1)} already`,
        );
      owner.set(nodeId, id);
    }
    const inOrder = histories.filter((history) => members.has(history));
    return { definition, histories: inOrder, zones: assignZones(inOrder, definition) };
  });
}

function assignZones(members: readonly NodeHistory[], { id, zones = {} }: GroupDefinition): Map<string, string> {
  const assigned = new Map<string, string>();
  for (const [pattern, zone] of Object.entries(zones)) {
    for (const { nodeId } of matching(members, pattern, `groups: ${id}, zones`)) {
      const other = assigned.get(nodeId);
      if (other !== undefined && other !== zone)
        throw new ConfigError(
          `groups: ${id}, zones`,
          nodeId,
          `a node in one zone; it is in ${quoteNames([other], 1)} and in ${quoteNames([zone], 1)}`,
        );
      assigned.set(nodeId, zone);
    }
  }
  for (const { nodeId, described } of members) {
    const zone = described?.labels?.zone;
    if (zone !== undefined && !assigned.has(nodeId)) assigned.set(nodeId, zone);
  }
  return assigned;
}

function withLabels(histories: readonly NodeHistory[], { id, where = {} }: GroupDefinition): readonly NodeHistory[] {
  const wanted = Object.entries(where);
  const has = ({ described }: NodeHistory, [name, value]: [string, string]): boolean => described?.labels?.[name] === value;
  const matched = histories.filter((history) => wanted.every((label) => has(history, label)));
  if (matched.length > 0) return matched;
  const [name, value] = wanted.find((label) => !histories.some((history) => has(history, label))) ?? wanted[0] ?? ['', ''];
  const values = [...new Set(histories.flatMap(({ described }) => described?.labels?.[name] ?? []))];
  const told =
    values.length === 0
      ? 'a label that a node has: none has one of that name'
      : `labels that nodes have together; of ${quoteNames([name], 1)} there are ${quoteNames(values, NAMES_SHOWN)}`;
  throw new ConfigError(`groups: ${id}, where`, `${name}: ${value}`, told);
}

function matching(histories: readonly NodeHistory[], pattern: string, option: string): NodeHistory[] {
  const expression = new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*+/g, '.*')
      .replaceAll('?', '.')}$`,
    'is',
  );
  const matched = histories.filter(({ nodeId }) => expression.test(nodeId));
  if (matched.length > 0) return matched;
  throw new ConfigError(
    option,
    pattern,
    `a name or pattern of a node that was read: ${quoteNames(
      histories.map(({ nodeId }) => nodeId),
      NAMES_SHOWN,
    )}`,
  );
}
