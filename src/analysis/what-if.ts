import type { HashTableStep, WhatIf, WhatIfId } from '../model/analysis.ts';
import { type BudgetQuestion, FILL_CACHE, FILL_STORE, findTargetFill, planMemory } from './budget.ts';
import { findForkCauses } from './copy-on-write.ts';
import { isHeldAtLimit } from './forecast/held-at-limit.ts';

const GROWTHS = [
  { id: 'growth-25', ratio: 0.25 },
  { id: 'growth-50', ratio: 0.5 },
  { id: 'growth-100', ratio: 1 },
] as const;
const IMPORT_RATIO = 0.1;

interface Scenario {
  readonly id: WhatIfId;
  readonly question: BudgetQuestion;
}

/**
 * The budget computed again under other settings, one changed at a time; growth first. Left out: what is so already, and what cannot be
 * told from the present state because the history does not show it. Empty without a budget.
 * @remarks Docs: docs/methodology.md#what-if
 */
export function planWhatIfs(question: BudgetQuestion): readonly WhatIf[] {
  const planned = planMemory(question).memoryNeededBytes;
  if (planned === undefined) return [];
  return [...growthScenarios(question), ...importScenarios(question), ...forkScenarios(question), ...policyScenarios(question)].flatMap(
    ({ id, question: changed }) => {
      const { maxmemoryBytes, memoryNeededBytes, binding } = planMemory(changed);
      if (maxmemoryBytes.recommended === undefined || memoryNeededBytes === undefined || binding === undefined) return [];
      return [{ id, maxmemoryBytes: maxmemoryBytes.recommended, memoryNeededBytes, binding, changeBytes: memoryNeededBytes - planned }];
    },
  );
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
  const { history, peaks, forecast, steps } = question;
  const seen = (peaks.countedBytes ?? peaks.usedMemoryBytes)?.value ?? 0;
  if (isHeldAtLimit(history)) return [];
  const loadedBytes = seen * IMPORT_RATIO;
  const add = (value: number | undefined) => (value === undefined ? undefined : value + loadedBytes);
  const { countedBytes, usedMemoryBytes } = peaks;
  return [
    {
      id: 'import-10',
      question: {
        ...question,
        peaks: {
          ...peaks,
          countedBytes: countedBytes && { ...countedBytes, value: countedBytes.value + loadedBytes },
          usedMemoryBytes: usedMemoryBytes && { ...usedMemoryBytes, value: usedMemoryBytes.value + loadedBytes },
        },
        forecast: forecast?.peak && {
          ...forecast,
          peak: { p50: add(forecast.peak.p50), p90: add(forecast.peak.p90), p95: add(forecast.peak.p95) },
        },
        steps: steps?.map(loadTable),
      },
    },
  ];
}

/** The same table after the load: nearer to its doubling, at the pace that it grew with, or past it. */
function loadTable(step: HashTableStep): HashTableStep {
  const { entries, threshold, daysUntil } = step;
  const loaded = entries * (1 + IMPORT_RATIO);
  const room = threshold - entries;
  const share = room > 0 ? Math.max(0, threshold - loaded) / room : 0;
  return { ...step, entries: loaded, daysUntil: daysUntil === undefined ? undefined : daysUntil * share };
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
  const fill = question.targetFill ?? findTargetFill(question.history);
  if (question.history.texts.maxmemoryPolicy === undefined) return [];
  if (fill === FILL_STORE) return [{ id: 'cache-policy', question: { ...question, targetFill: FILL_CACHE } }];
  if (fill === FILL_CACHE) return [{ id: 'store-policy', question: { ...question, targetFill: FILL_STORE } }];
  return [];
}
