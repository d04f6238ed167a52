import type { NodeHistory } from '../model/node-history.ts';
import type { InputReport } from '../model/sample-batch.ts';
import { isLoopback, nodesByAddress } from './replication.ts';

/** What CLUSTER NODES beside the dumps tells of a node. */
export interface ClusterPlace {
  /** The same for all nodes of one cluster. */
  readonly clusterKey: string;
  /** The same for a primary and its replicas. */
  readonly shardKey: string;
  /** Primaries of that cluster that hold slots. */
  readonly shards: number;
}

/**
 * The place of each node that the texts of CLUSTER NODES name: by its address, or as the one that was asked where the text stands in an input of
 * one node. Texts that share a node are of one cluster; of a node that several name, the last one read counts.
 * Docs: docs/methodology.md#groups
 */
export function placeInClusters(
  histories: readonly NodeHistory[],
  inputs: readonly Pick<InputReport, 'clusterNodes' | 'nodes'>[],
): ReadonlyMap<NodeHistory, ClusterPlace> {
  const seen = inputs.flatMap(({ clusterNodes = [], nodes }, input) =>
    clusterNodes.map((node) => ({
      ...node,
      text: `${input} ${node.view}`,
      self: node.isSelf && nodes.size === 1 ? [...nodes.keys()][0] : undefined,
    })),
  );
  const keyOf = joinTexts(seen);
  const shardsOf = new Map<string, Set<string>>();
  for (const { id, holdsSlots, primaryId } of new Map(seen.map((node) => [node.id, node])).values()) {
    if (!holdsSlots || primaryId !== undefined) continue;
    const key = keyOf(id);
    shardsOf.set(key, (shardsOf.get(key) ?? new Set()).add(id));
  }
  const byAddress = nodesByAddress(histories);
  const byName = new Map(histories.map((history) => [history.nodeId, history]));
  const places = new Map<NodeHistory, ClusterPlace>();
  for (const { id, address, primaryId, self } of seen) {
    const named = address === undefined || isLoopback(address) ? undefined : byAddress.get(address);
    const history = (self === undefined ? undefined : byName.get(self)) ?? named;
    const clusterKey = keyOf(id);
    if (history !== undefined) places.set(history, { clusterKey, shardKey: primaryId ?? id, shards: shardsOf.get(clusterKey)?.size ?? 0 });
  }
  return places;
}

/** The key of the cluster of each id: the texts that name it, and those that share an id with these. */
function joinTexts(seen: readonly { readonly id: string; readonly text: string }[]): (id: string) => string {
  const parents = new Map<string, string>();
  const rootOf = (name: string): string => {
    let root = name;
    for (let next = parents.get(root); next !== undefined && next !== root; next = parents.get(root)) root = next;
    return root;
  };
  for (const { id, text } of seen) {
    const [a, b] = [rootOf(id), rootOf(text)];
    if (a !== b) parents.set(a, b);
  }
  return rootOf;
}
