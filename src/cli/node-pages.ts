import type { Analysis } from '../model/analysis.ts';
import { choiceOption } from './options.ts';

/** How the nodes of a fleet are told: each in the one report, each in a file beside it, or not at all. */
export type NodePages = 'inline' | 'files' | 'none';
const CHOICES = ['inline', 'files', 'none'] as const satisfies readonly NodePages[];

/** More nodes than these make one report that nobody reads to its end, and that takes seconds to open. */
const MOST_INLINE = 20;
/** Folder of the nodes' own reports beside the report of all. */
export const NODES_FOLDER = 'nodes';

/** `--node-pages`; undefined where the number of nodes decides. @throws ConfigError */
export function nodePagesOption(value: unknown): NodePages | undefined {
  return value === undefined ? undefined : choiceOption('--node-pages', String(value), CHOICES);
}

/**
 * How one format tells the nodes.
 * @remarks Where nobody said: up to 20 nodes inline; of more each gets a page of its own, in HTML, which costs little, and the other formats tell the summary.
 */
export function nodePagesOf(format: string, nodeCount: number, asked: NodePages | undefined): NodePages {
  if (nodeCount < 2) return 'inline';
  if (asked !== undefined) return asked;
  if (nodeCount <= MOST_INLINE) return 'inline';
  return format === 'html' ? 'files' : 'none';
}

/** A file name for each node, without its ending: safe on every system, and no two alike even where case does not count. */
export function nodeFileNames(nodeIds: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  const names = new Map<string, string>();
  for (const id of nodeIds.toSorted()) {
    const plain =
      id
        .replace(/[^A-Za-z0-9._-]+/g, '-')
        .replace(/^[.-]+|[.-]+$/g, '')
        .slice(0, 80) || 'node';
    let name = plain;
    for (let again = 2; taken.has(name.toLowerCase()); again += 1) name = `${plain}-${again}`;
    taken.add(name.toLowerCase());
    names.set(id, name);
  }
  return names;
}

/** The Analysis of one node alone, for a report of its own. */
export function analysisOf(analysis: Analysis, nodeId: string): Analysis {
  const { fleet: _, comparison, ...rest } = analysis;
  // What became of the others is told by the report of all.
  const own = comparison === undefined ? {} : { comparison: { ...comparison, newNodeIds: [], goneNodeIds: [], totals: [] } };
  return { ...rest, ...own, nodes: analysis.nodes.filter(({ id }) => id === nodeId), groups: [] };
}
