import { NodeBlocks } from './node-blocks.ts';
import type { RowBlock } from './row-block.ts';

/** Memory that the reducers of all nodes together may take before nodes are read one after the other instead. */
const MAX_REDUCER_BYTES = 400 * 1024 ** 2;
/** Of one metric of one node: buckets (3 × 1,024 doubles), histogram, gathered rows. */
const METRIC_BYTES = 36 * 1024;

/**
 * Takes rows as they came in: reduces all nodes side by side while every node's rows are in time order, and counts those that are
 * not. From the first such row on it only counts.
 */
export class InputOrderPass {
  /** The reducers; undefined once the rows turned out to need sorting. */
  blocks: NodeBlocks | undefined;
  /** Rows older than the one before them of the same node, by node. */
  readonly outOfOrder = new Map<number, number>();
  private readonly lastAt: number[] = [];
  private readonly nodeNames: readonly string[];

  constructor(nodeNames: readonly string[]) {
    this.nodeNames = nodeNames;
    this.blocks = new NodeBlocks(nodeNames);
  }

  /** @returns the number of rows without a readable instant, which are passed over */
  take(block: RowBlock): number {
    const counted = this.reduce(block);
    return this.count(block, counted);
  }

  /** Takes rows that were read aside: if they are not in order, that is not the input's fault. */
  takeRescued(block: RowBlock): void {
    if (this.reduce(block) < block.count) this.giveUp();
  }

  /** Stops reducing: the rows must be read again, sorted. */
  giveUp(): void {
    const { blocks } = this;
    if (!blocks) return;
    for (const node of this.nodeNames.keys()) this.lastAt[node] = blocks.lastAt(node);
    this.blocks = undefined;
  }

  /** @returns the first row that was not reduced */
  private reduce(block: RowBlock): number {
    const { blocks } = this;
    if (!blocks) return 0;
    const end = blocks.add(block, 0, block.count);
    if (end < block.count || blocks.nodeCount * blocks.metricCount * METRIC_BYTES > MAX_REDUCER_BYTES) this.giveUp();
    return end;
  }

  private count(block: RowBlock, from: number): number {
    let unreadable = 0;
    for (let i = 0; i < block.count; i++) {
      const at = block.at[i] as number;
      if (Number.isNaN(at)) {
        unreadable += 1;
        continue;
      }
      if (i < from) continue;
      const node = block.node[i] as number;
      if (at < (this.lastAt[node] ?? Number.NEGATIVE_INFINITY)) this.outOfOrder.set(node, (this.outOfOrder.get(node) ?? 0) + 1);
      this.lastAt[node] = at;
    }
    return unreadable;
  }
}
