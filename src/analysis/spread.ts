import type { Provisioning, Spread } from '../model/analysis.ts';
import { type BudgetQuestion, planMemory } from './budget.ts';
import { moveData } from './scenarios.ts';

/** How the data of a node come to lie on another number of shards. */
export interface SpreadPlan {
  readonly shards: number;
  readonly presentShards: number;
  readonly spread: Spread;
  /** The question of one machine. */
  readonly question: BudgetQuestion;
}

/**
 * The data of one of `presentShards` shards on `shards` of them. One shard of several keeps its place against the mean, since what makes it hot
 * moves along; the only one is cut evenly, for nothing is known of its slots.
 */
export function spreadOver(question: BudgetQuestion, presentShards: number, shards: number): SpreadPlan {
  const spread = presentShards > 1 ? 'skew-kept' : 'even';
  const moved = moveData(question, { engine: question.settings.engine, share: presentShards / shards, presentShards });
  return { shards, presentShards, spread, question: moved };
}

/** The budget of each shard; undefined where there is none. */
export function planSpread({
  question,
  shards,
  presentShards,
  spread,
}: SpreadPlan): Omit<NonNullable<Provisioning['spread']>, 'instance'> | undefined {
  const { maxmemoryBytes, memoryNeededBytes, binding } = planMemory(question);
  if (maxmemoryBytes.recommended === undefined || memoryNeededBytes === undefined || binding === undefined) return undefined;
  return {
    shards,
    presentShards,
    spread,
    maxmemoryBytes: maxmemoryBytes.recommended,
    memoryNeededBytes,
    binding,
    totalMemoryNeededBytes: memoryNeededBytes * shards,
  };
}
