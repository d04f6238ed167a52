import { compareAnalyses } from '../../src/analysis/comparison/index.ts';
import { type AnalyzeOptions, analyzeHistories } from '../../src/analysis/index.ts';
import type { Analysis, NodeAnalysis } from '../../src/model/analysis.ts';
import type { NodeComparison } from '../../src/model/comparison.ts';
import type { NodeHistory } from '../../src/model/node-history.ts';
import { buildNodeHistory, type TestSample } from './node-history.ts';

/** An Analysis of made-up histories, with the clock at 0 and without a catalog. */
export function judged(histories: readonly NodeHistory[], options: AnalyzeOptions = {}): Analysis {
  return analyzeHistories(histories, [], {
    generatedAt: 0,
    ...options,
    catalog: [],
    catalogDates: {},
    tool: { name: 'redis-headroom', version: '0.0.0' },
  });
}

/** An Analysis of one made-up node. */
export function judgedNode(samples: readonly TestSample[], options: AnalyzeOptions & { readonly nodeId?: string } = {}): Analysis {
  return judged([buildNodeHistory(samples, { nodeId: options.nodeId ?? 'cache:6379' })], options);
}

/** `current` with what moved since `earlier`. */
export function compared(earlier: Analysis, current: Analysis, kind: 'baseline' | 'period' = 'baseline'): Analysis {
  return compareAnalyses(current, earlier, { kind, option: '--baseline', value: 'old.json' });
}

/** What moved of the only node, or of the first. */
export function comparisonOf(earlier: Analysis, current: Analysis, kind: 'baseline' | 'period' = 'baseline'): NodeComparison {
  const comparison = compared(earlier, current, kind).nodes[0]?.comparison;
  if (comparison === undefined) throw new Error('the first node is in no earlier Analysis');
  return comparison;
}

/** An Analysis whose only node has been changed by hand. */
export function withNode(analysis: Analysis, change: (node: NodeAnalysis) => Partial<NodeAnalysis>): Analysis {
  return { ...analysis, nodes: analysis.nodes.map((node) => ({ ...node, ...change(node) })) };
}
