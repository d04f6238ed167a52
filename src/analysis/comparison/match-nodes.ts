import type { Analysis, GroupAnalysis } from '../../model/analysis.ts';
import type { NodeComparison } from '../../model/comparison.ts';

export interface NodeMatch {
  readonly id: string;
  readonly earlierId: string;
  readonly matchedBy: NodeComparison['matchedBy'];
}

/**
 * Which node of now is which node of then: by name; by the same address written otherwise; and where both were told of the same group by the
 * user, by being its only primary or its only replica. A server with another name is not guessed at.
 */
export function matchNodes(earlier: Analysis, current: Analysis): NodeMatch[] {
  const matches: NodeMatch[] = [];
  const left = { earlier: new Set(earlier.nodes.map(({ id }) => id)), now: new Set(current.nodes.map(({ id }) => id)) };
  const take = (id: string, earlierId: string, matchedBy: NodeMatch['matchedBy']): void => {
    matches.push({ id, earlierId, matchedBy });
    left.now.delete(id);
    left.earlier.delete(earlierId);
  };
  for (const id of [...left.now]) if (left.earlier.has(id)) take(id, id, 'id');
  for (const [address, id] of onlyOnes([...left.now], addressOf)) {
    const earlierId = onlyOnes([...left.earlier], addressOf).get(address);
    if (earlierId !== undefined) take(id, earlierId, 'address');
  }
  const places = onlyOnes([...left.now], (id) => placeOf(current, id, left.now));
  const earlierPlaces = onlyOnes([...left.earlier], (id) => placeOf(earlier, id, left.earlier));
  for (const [place, id] of places) {
    const earlierId = earlierPlaces.get(place);
    if (earlierId !== undefined) take(id, earlierId, 'role');
  }
  return matches;
}

/** By what they have in common, those that share it with no other. */
function onlyOnes(ids: readonly string[], keyOf: (id: string) => string | undefined): ReadonlyMap<string, string> {
  const all = new Map<string, string[]>();
  for (const id of ids) {
    const key = keyOf(id);
    if (key !== undefined) all.set(key, [...(all.get(key) ?? []), id]);
  }
  return new Map([...all].flatMap(([key, [id, ...others]]) => (id === undefined || others.length > 0 ? [] : [[key, id] as const])));
}

/** Host and port without scheme, user, case and the dot of a full name. */
function addressOf(id: string): string | undefined {
  const match = /^(?:[a-z][a-z\d+.-]*:\/\/)?(?:[^@/\s]*@)?(\[[\da-f:.]+\]|[^:/\s[\]]+):(\d{1,5})\/?$/i.exec(id);
  return match === null ? undefined : `${match[1]?.toLowerCase().replace(/\.$/, '')}:${match[2]}`;
}

/** The place in a replication group of the user's own: its primary, or its only replica. */
function placeOf({ groups }: Analysis, id: string, unmatched: ReadonlySet<string>): string | undefined {
  const isOwn = ({ source, kind, nodeIds }: GroupAnalysis) => source === 'config' && kind === 'replication' && nodeIds.includes(id);
  const group = groups.find(isOwn);
  const role = group?.members.find(({ nodeId }) => nodeId === id)?.role;
  if (group === undefined || role === undefined) return undefined;
  const alike = group.members.filter((member) => member.role === role);
  return alike.length === 1 && unmatched.has(id) ? JSON.stringify([group.id, role]) : undefined;
}
