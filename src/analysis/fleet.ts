import type { Fleet, FleetTotals, GroupAnalysis, NodeAnalysis } from '../model/analysis.ts';
import { LEVELS } from '../model/judgement-ids.ts';
import type { NodeHistory } from '../model/node-history.ts';
import type { ReplicationSet } from './membership.ts';

/**
 * All nodes together: totals, and who needs attention first. Undefined for a single node.
 * @remarks Docs: docs/methodology.md#fleet
 */
export function describeFleet(
  sets: readonly ReplicationSet<NodeHistory>[],
  nodes: readonly NodeAnalysis[],
  groups: readonly GroupAnalysis[],
): Fleet | undefined {
  if (nodes.length < 2) return undefined;
  return {
    ...sumFleet(sets, nodes, groups),
    ranking: rankNodes(nodes).map((node) => ({
      nodeId: node.id,
      level: node.verdict.level,
      ratioPeak: node.systemMemory.ratioPeak,
      daysToLimit: daysToLimit(node),
    })),
  };
}

/** What some nodes hold and need: data once for each primary, machines for every node, replicas too. */
export function sumFleet(
  sets: readonly ReplicationSet<NodeHistory>[],
  nodes: readonly NodeAnalysis[],
  groups: readonly GroupAnalysis[],
): FleetTotals {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const groupOf = new Map(
    groups.filter(({ kind }) => kind !== 'fleet').flatMap((group) => group.nodeIds.map((id) => [id, group] as const)),
  );
  const members = sets.flatMap((set) => set.nodes.flatMap(({ nodeId }) => byId.get(nodeId) ?? []));
  const data = sets.map(({ primary, nodes: [first] }) => {
    const peaks = byId.get((primary ?? first)?.nodeId ?? '')?.peaks;
    return (peaks?.countedBytes ?? peaks?.usedMemoryBytes)?.value;
  });
  const plans = members.map((node) => groupOf.get(node.id)?.provisioning ?? node.provisioning);
  const total = (values: readonly (number | undefined)[]) => {
    const known = values.filter((value) => value !== undefined);
    return { sum: known.reduce((sum, value) => sum + value, 0), count: known.length };
  };
  const [held, needed, machines] = [
    total(data),
    total(plans.map(({ memoryNeededBytes }) => memoryNeededBytes)),
    total(members.map(({ systemMemory }) => systemMemory.totalBytes)),
  ];
  const current = total(members.map(({ provisioning }) => provisioning.instance.current?.priceUsdHour));
  const recommended = total(
    members.map((node, i) => {
      const choice = plans[i]?.instance.recommended;
      const present = groupOf.get(node.id)?.shards ?? 1;
      return choice?.priceUsdHour === undefined ? undefined : (choice.priceUsdHour * choice.shards) / present;
    }),
  );
  const whole = (figure: { sum: number; count: number }, key: string) =>
    figure.count === 0 ? {} : { [key]: { value: figure.sum, of: figure.count } };
  return {
    nodes: members.length,
    dataSets: sets.length,
    ...whole(held, 'dataPeakBytes'),
    ...whole(needed, 'memoryNeededBytes'),
    ...whole(machines, 'machineBytes'),
    ...whole(current, 'currentUsdHour'),
    ...whole(recommended, 'recommendedUsdHour'),
  };
}

/** Ordered by who needs action first, then by who reaches a limit first, then by how full their machine got. */
export function rankNodes(nodes: readonly NodeAnalysis[]): NodeAnalysis[] {
  return nodes.toSorted(
    (a, b) =>
      LEVELS.indexOf(a.verdict.level) - LEVELS.indexOf(b.verdict.level) ||
      (daysToLimit(a) ?? Number.MAX_VALUE) - (daysToLimit(b) ?? Number.MAX_VALUE) ||
      (b.systemMemory.ratioPeak ?? 0) - (a.systemMemory.ratioPeak ?? 0) ||
      (b.peaks.usedMemoryBytes?.value ?? 0) - (a.peaks.usedMemoryBytes?.value ?? 0) ||
      (a.id < b.id ? -1 : 1),
  );
}

function daysToLimit({ forecast }: NodeAnalysis): number | undefined {
  const days = [forecast.daysToSystemTarget?.p90, forecast.daysToMaxmemory?.p90].filter((value) => value !== undefined);
  return days.length === 0 ? undefined : Math.min(...days);
}
