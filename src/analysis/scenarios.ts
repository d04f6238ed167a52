import { type Engine, engineLabel } from '../model/engine.ts';
import type { BudgetQuestion } from './budget.ts';
import { planHashTables } from './hash-tables.ts';
import { type EngineRefusal, measureEngineChange } from './key-overhead.ts';
import { findSlotHistogramBytes } from './slot-histograms.ts';

/** Where the data are to lie: what is left out stays as it is. */
export interface Destination {
  readonly engine?: Engine;
  /** Share of this node's data that comes onto one machine, above 0: 0.5 where they are spread evenly over two. */
  readonly share?: number;
  /** Of how many shards this node is one now. */
  readonly presentShards?: number;
}

/**
 * The question for the same data somewhere else: counted memory, its forecast and the hash tables follow; buffers, the process and the
 * copy-on-write share stay, which is more than a smaller shard needs. The bytes of the keys change with the engine where that can be told.
 * @remarks Docs: docs/methodology.md#what-if
 */
export function moveData(question: BudgetQuestion, { engine = question.engine, share = 1, presentShards }: Destination): BudgetQuestion {
  const { history, peaks } = question;
  const toCluster = history.last.clusterEnabled === 1 || share < 1;
  const change = measureEngineChange(history, question.engine, engine, toCluster);
  const seen = (peaks.countedBytes ?? peaks.usedMemoryBytes)?.value ?? 0;
  const changeBytes = typeof change === 'string' || !(seen > 0) ? 0 : change.changeBytes;
  return {
    ...question,
    dataRatio: Math.max(MIN_RATIO, (seen + changeBytes) / Math.max(seen, 1)) * share,
    slotHistogramBytes: findSlotHistogramBytes(history, { from: question.engine, to: engine, toCluster, share, presentShards }),
    steps: planHashTables(history, engine, { share, isCluster: toCluster }),
  };
}

/** Keys are never all that a server holds; a count of keys that belongs to another time could say so. */
const MIN_RATIO = 0.2;

/** What the move to the engine asked for changes, or why that cannot be told; undefined where none was asked for. */
export function describeEngineChange({ history, engine, settings }: BudgetQuestion) {
  if (settings.engine === undefined) return undefined;
  const isCluster = history.last.clusterEnabled === 1;
  const change = measureEngineChange(history, engine, settings.engine, isCluster);
  if (typeof change === 'string') return REFUSAL_NOTES[change];
  return { from: engineLabel(engine), to: engineLabel(settings.engine), ...change };
}

const REFUSAL_NOTES = {
  'engine-unknown': 'engine-unknown',
  'target-unknown': 'engine-target-unknown',
  'keyspace-unknown': 'engine-keyspace-unknown',
} as const satisfies Record<EngineRefusal, string>;
