import type { Analysis } from '../model/analysis.ts';

/** The nodes in the text of an Analysis without any: no text in JSON holds a line break, and no other key stands so far to the left. */
const NO_NODES = '\n "nodes": []';

/**
 * An Analysis as JSON with an indent of one space and a line feed at the end, node by node: the whole text of a large fleet takes more memory than all the rest.
 */
export function* analysisJson(analysis: Analysis): Generator<string> {
  const [before, after] = JSON.stringify({ ...analysis, nodes: [] }, null, 1).split(NO_NODES);
  yield `${before}\n "nodes": [`;
  for (const [i, node] of analysis.nodes.entries())
    yield `${i === 0 ? '' : ','}\n  ${JSON.stringify(node, null, 1).replaceAll('\n', '\n  ')}`;
  yield `${analysis.nodes.length === 0 ? '' : '\n '}]${after}\n`;
}
