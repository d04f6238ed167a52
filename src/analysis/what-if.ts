import type { WhatIf, WhatIfId } from '../model/analysis.ts';
import { GiB } from '../model/bytes.ts';
import { type Engine, engineLabel } from '../model/engine.ts';
import { type BudgetQuestion, planMemory } from './budget.ts';
import { findForkCauses } from './copy-on-write.ts';
import { FILL_CACHE, FILL_STORE, findPlannedFill, planData } from './data-plan.ts';
import { isHeldAtLimit } from './forecast/held-at-limit.ts';
import { measureEngineChange } from './key-overhead.ts';
import { limitStepBytes } from './limit-steps.ts';
import { moveData } from './scenarios.ts';
import { spreadOver } from './spread.ts';

const GROWTHS = [
  { id: 'growth-25', ratio: 0.25 },
  { id: 'growth-50', ratio: 0.5 },
  { id: 'growth-100', ratio: 1 },
] as const;
const IMPORT_RATIO = 0.1;

/** Engines that keep their keys in another way than those before them: the first version of each. */
const ENGINES: readonly Engine[] = [
  { name: 'redis', version: '8.2' },
  { name: 'valkey', version: '8.1' },
];
/** An engine that changes less of the data than this is not worth a line. */
const ENGINE_SHARE = 0.02;
/** Below this, buffers and the process decide, and nobody spreads the data for room. */
const SPREAD_FROM_BYTES = GiB;

interface Scenario extends Partial<Pick<WhatIf, 'shards' | 'spread' | 'engine'>> {
  readonly id: WhatIfId;
  readonly question: BudgetQuestion;
}

/** The place of a node in its cluster. */
export interface ShardPlace {
  /** Undefined where that is not known; 1 for a server that is in no cluster. */
  readonly shards: number | undefined;
  /** Peak of the hottest shard over this one's mean, where this is the hottest and stands out. */
  readonly skew?: number;
}

/**
 * The budget computed again under other settings, one changed at a time; growth first. Left out: what is so already, and what cannot be
 * told from the present state because the history does not show it. Empty without a budget.
 * @remarks Docs: docs/methodology.md#what-if
 */
export function planWhatIfs(question: BudgetQuestion, place: ShardPlace = { shards: undefined }): readonly WhatIf[] {
  const planned = planMemory(question).memoryNeededBytes;
  if (planned === undefined) return [];
  const scenarios = [growthScenarios, importScenarios, forkScenarios, policyScenarios].flatMap((plan) => plan(question));
  return [...scenarios, ...engineScenarios(question, place), ...spreadScenarios(question, place)].flatMap(
    ({ question: changed, ...scenario }) => {
      const { maxmemoryBytes, memoryNeededBytes, binding } = planMemory(changed);
      if (maxmemoryBytes.recommended === undefined || memoryNeededBytes === undefined || binding === undefined) return [];
      const changeBytes = memoryNeededBytes - planned;
      // The forecast asks for more already: beside it, such a row reads as if more data needed less memory.
      if (isForecastBeyond(question, scenario.id, changeBytes)) return [];
      const roundingBytes = changeBytes === 0 ? findRounding(question, changed) : undefined;
      return [
        {
          ...scenario,
          maxmemoryBytes: maxmemoryBytes.recommended,
          memoryNeededBytes,
          binding,
          changeBytes,
          ...(roundingBytes === undefined ? {} : { roundingBytes }),
        },
      ];
    },
  );
}

function isForecastBeyond({ settings }: BudgetQuestion, id: WhatIfId, changeBytes: number): boolean {
  return settings.growthRatio === undefined && changeBytes < 0 && GROWTHS.some((growth) => growth.id === id);
}

/** The step in which maxmemory is rounded, where that hides a change of less; undefined where nothing changes, or it shows. */
function findRounding(question: BudgetQuestion, changed: BudgetQuestion): number | undefined {
  const [planned, other] = [planData(question), planData(changed)];
  if (planned === undefined || other === undefined || planned.maxmemoryBytes !== other.maxmemoryBytes) return undefined;
  return Math.abs(other.unroundedBytes - planned.unroundedBytes) < 1 ? undefined : limitStepBytes(planned.maxmemoryBytes);
}

function withSettings(question: BudgetQuestion, settings: Partial<BudgetQuestion['settings']>): BudgetQuestion {
  return { ...question, settings: { ...question.settings, ...settings } };
}

function growthScenarios(question: BudgetQuestion): readonly Scenario[] {
  return GROWTHS.filter(({ ratio }) => ratio !== question.settings.growthRatio).map(({ id, ratio }) => ({
    id,
    question: withSettings(question, { growthRatio: ratio }),
  }));
}

/** More data of the same kind, loaded at once. Not where a limit holds the data: what is loaded there pushes other keys out or is refused. */
function importScenarios(question: BudgetQuestion): readonly Scenario[] {
  const { history, peaks, settings } = question;
  if (isHeldAtLimit(history)) return [];
  const seen = (peaks.countedBytes ?? peaks.usedMemoryBytes)?.value ?? 0;
  const importBytes = (settings.importBytes ?? 0) + seen * IMPORT_RATIO;
  return [{ id: 'import-10', question: withSettings(question, { importBytes }) }];
}

/** Engines that take more or less for the same keys, where the keys are counted; none where one was asked for. */
function engineScenarios(question: BudgetQuestion, { shards: presentShards }: ShardPlace): readonly Scenario[] {
  const { history, engine, peaks, settings } = question;
  const seen = (peaks.countedBytes ?? peaks.usedMemoryBytes)?.value ?? 0;
  if (settings.engine !== undefined) return [];
  return ENGINES.flatMap((target) => {
    const change = measureEngineChange(history, engine, target, history.last.clusterEnabled === 1);
    if (typeof change === 'string') return [];
    const moved = moveData(question, { engine: target, presentShards });
    const changeBytes = change.changeBytes + (moved.slotHistogramBytes ?? 0);
    return Math.abs(changeBytes) < ENGINE_SHARE * seen ? [] : [{ id: 'engine', engine: engineLabel(target), question: moved }];
  });
}

/** More shards, one more and twice as many; for the hottest of a skewed cluster first an even spread over those that there are. */
function spreadScenarios(question: BudgetQuestion, { shards: present, skew = 1 }: ShardPlace): readonly Scenario[] {
  const { peaks, settings } = question;
  const seen = (peaks.countedBytes ?? peaks.usedMemoryBytes)?.value ?? 0;
  if (present === undefined || seen < SPREAD_FROM_BYTES || settings.shards !== undefined) return [];
  // Each shard has as many slots as now.
  const evenly = moveData(question, { engine: settings.engine, share: 1 / skew, presentShards: present / skew });
  const even: Scenario[] = skew > 1 ? [{ id: 'spread', shards: present, spread: 'even', question: evenly }] : [];
  const more = [...new Set([present + 1, present * 2])].map((shards): Scenario => {
    const { spread, question: moved } = spreadOver(question, present, shards);
    return { id: 'spread', shards, spread, question: moved };
  });
  return [...even, ...more];
}

/** Only where it is known whether the node forks now: else the budget holds a reserve, which knowing more may even lower. */
function forkScenarios(question: BudgetQuestion): readonly Scenario[] {
  const { persists, replicates } = findForkCauses(question.history, question.settings);
  if (persists === undefined || replicates === undefined) return [];
  // A snapshot and the rewrite of an append-only file fork alike: to the budget they are one.
  const saving: Scenario = persists
    ? { id: 'persistence-none', question: withSettings(question, { persistence: 'none' }) }
    : { id: 'persistence-on', question: withSettings(question, { persistence: 'rdb' }) };
  return replicates ? [saving] : [saving, { id: 'replica-added', question: withSettings(question, { replicas: 1 }) }];
}

/** A store made a cache, or a cache a store. Where keys were evicted, nobody knows how much a store would have had to keep. */
function policyScenarios(question: BudgetQuestion): readonly Scenario[] {
  const fill = findPlannedFill(question);
  if (question.history.texts.maxmemoryPolicy === undefined) return [];
  if (fill === FILL_STORE) return [{ id: 'cache-policy', question: { ...question, targetFill: FILL_CACHE } }];
  if (fill === FILL_CACHE) return [{ id: 'store-policy', question: { ...question, targetFill: FILL_STORE } }];
  return [];
}
