import type { AnalysisSettings, BudgetLine, BudgetLineId, Forecast, HashTableStep, NodeAnalysis, Provisioning } from '../model/analysis.ts';
import { MiB } from '../model/bytes.ts';
import type { Engine } from '../model/engine.ts';
import type { NodeHistory } from '../model/node-history.ts';
import { valueAt } from './bucket-rates.ts';
import { findCopyOnWrite } from './copy-on-write.ts';
import { evictsNothing } from './evictable-keys.ts';
import { hasHappened, isHeldAtLimit } from './forecast/held-at-limit.ts';
import { transitionBytesWithin } from './hash-tables.ts';
import { roundUpLimit } from './limit-steps.ts';
import { type MemoryTerms, maxmemoryForNode, nodeForServer, PAGE_TABLE_RATIO, systemShare } from './memory-formula.ts';
import { findNotCounted } from './not-counted.ts';
import { findResidentFactor } from './resident-factor.ts';
import { residentTellsSince } from './resident-since.ts';

export interface BudgetQuestion {
  readonly history: NodeHistory;
  readonly engine: Engine;
  readonly peaks: NodeAnalysis['peaks'];
  /** Without it, and where it was refused, the peak so far is provided for. */
  readonly forecast?: Forecast;
  /** Doublings of hash tables to come. */
  readonly steps?: readonly HashTableStep[];
  readonly settings: Pick<
    AnalysisSettings,
    'targetRatio' | 'forkCeilingRatio' | 'horizonDays' | 'growthRatio' | 'replicas' | 'persistence' | 'systemMemoryBytes'
  >;
  /** Memory of the present machine, where it is known better than from the settings or INFO. */
  readonly systemMemoryBytes?: number;
  /** How full maxmemory may be, above 0 to 1. Default: as the history's policy and evictions have it, {@link findTargetFill}. */
  readonly targetFill?: number;
}

/** Kernel, agents, page cache: at least this, and this share of a larger machine. */
const OPERATING_SYSTEM = { bytes: 512 * MiB, ratio: 0.03 };
/** Full use of maxmemory is the normal state of a cache that evicts. */
const FILL_EVICTING = 1;
/** A cache that has not evicted yet: a little room before it begins to. */
export const FILL_CACHE = 0.95;
/** A store refuses writes at its limit: a fifth stays free. */
export const FILL_STORE = 0.8;

/**
 * The budget of one node, line by line: what maxmemory has to be for the data, and the machine that holds it.
 *
 * The first four lines make maxmemory, all of them the machine; sums are exact. The machine is the smallest that satisfies both conditions:
 * (a) resident memory ≤ target ratio × machine; (b) resident + copy-on-write + page tables + system ≤ fork ceiling × machine.
 * They are never added: where (a) asks for more, the lines of (b) are paid from the share that (a) leaves free, and `headroom` is the rest of it.
 * Without used memory there is no budget.
 * @remarks Docs: docs/methodology.md#budget
 */
export function planMemory(question: BudgetQuestion): Omit<Provisioning, 'instance'> {
  const { history, settings } = question;
  const current = history.last.maxmemoryBytes;
  const data = planData(question);
  const terms = findTerms(question);
  const safeOnPresentMachine = findSafeMaxmemory(question, terms.values);
  if (data === undefined) return { budget: [], maxmemoryBytes: { current, safeOnPresentMachine } };

  const { values } = terms;
  const M = data.maxmemoryBytes;
  const N = Math.ceil(values.notCountedBytes);
  const P = Math.ceil(values.processOverheadBytes);
  const seenResident = Math.ceil(findSeenResident(question));
  const modelled = Math.max(0, Math.ceil((M + N) * (values.residentFactor - 1)));
  const allocator = Math.max(modelled, seenResident - M - N - P);
  const resident = M + N + allocator + P;
  const copyOnWrite = Math.ceil(values.copyOnWriteRatio * resident);
  const pageTables = values.canFork ? Math.ceil(resident * PAGE_TABLE_RATIO) : 0;
  const server = resident + copyOnWrite + pageTables;

  const byTarget = Math.ceil(resident / settings.targetRatio);
  const byFork = Math.ceil(nodeForServer(server, OPERATING_SYSTEM, 1 - settings.forkCeilingRatio));
  const binding = byTarget >= byFork ? 'target-ratio' : 'fork';
  const needed = Math.max(byTarget, byFork);
  const system = Math.floor(systemShare(needed, OPERATING_SYSTEM));
  const forked = server + system;

  return {
    budget: [
      ...data.lines,
      line('not-counted', N, terms.notCounted.basis, terms.notCounted.formula, { ...terms.notCounted.inputs, N }),
      line(
        'allocator',
        allocator,
        allocator > modelled ? 'measured' : terms.resident.basis,
        'max((M + N) × (k − 1), R_seen − M − N − P)',
        {
          M,
          N,
          k: values.residentFactor,
          R_seen: seenResident,
          P,
        },
        allocator > modelled ? undefined : (M + N) * terms.resident.factorUncertainty,
      ),
      line('process-overhead', P, terms.resident.processBasis, 'P', { P }, terms.resident.processUncertaintyBytes),
      line(
        'copy-on-write',
        copyOnWrite,
        terms.copyOnWrite.basis,
        'c × R',
        {
          c: values.copyOnWriteRatio,
          R: resident,
          ...terms.copyOnWrite.inputs,
        },
        terms.copyOnWrite.uncertainty === undefined ? undefined : terms.copyOnWrite.uncertainty * resident,
      ),
      line('page-tables', pageTables, 'derived', values.canFork ? 'R / 512' : '0', { R: resident }),
      line('operating-system', system, 'assumed', 'max(3 % × NODE, min(512 MiB, NODE / 16))', { NODE: needed }, system / 2),
      binding === 'target-ratio'
        ? line('headroom', needed - forked, 'derived', 'R / t − (R + COW + PT + OS)', { R: resident, t: settings.targetRatio })
        : line('headroom', needed - forked, 'derived', 'NODE × (1 − u)', { NODE: needed, u: settings.forkCeilingRatio }),
    ],
    maxmemoryBytes: { current, recommended: M, safeOnPresentMachine },
    memoryNeededBytes: needed,
    residentBytes: resident,
    forkedBytes: forked,
    binding,
  };
}

/** Highest resident memory of the window; what an older engine or holes closed since have made of it is no need any more. */
function findSeenResident({ history, peaks }: BudgetQuestion): number {
  const sinceAt = residentTellsSince(history);
  if (sinceAt === Number.NEGATIVE_INFINITY) return peaks.usedMemoryRssBytes?.value ?? 0;
  const { fromAt, columns } = history.buckets;
  const since = Array.from(columns.get('usedMemoryRssBytes')?.max ?? []).filter((rss, i) => valueAt(fromAt, i) >= sinceAt && rss > 0);
  return since.reduce((a, b) => Math.max(a, b), history.last.usedMemoryRssBytes ?? 0);
}

/** The budget of today: what the peak so far needs, without growth and without doublings of hash tables. */
export function planMemoryToday(question: BudgetQuestion): Omit<Provisioning, 'instance'> {
  return planMemory({ ...question, forecast: undefined, steps: [], settings: { ...question.settings, growthRatio: undefined } });
}

interface DataPlan {
  readonly lines: readonly BudgetLine[];
  readonly maxmemoryBytes: number;
}

/** The lines that make maxmemory: whole bytes, so that they add up to it exactly. */
function planData({ history, peaks, forecast, steps = [], settings, targetFill }: BudgetQuestion): DataPlan | undefined {
  const seen = peaks.countedBytes ?? peaks.usedMemoryBytes;
  if (seen === undefined || !(seen.value > 0)) return undefined;
  const limit = history.last.maxmemoryBytes ?? 0;
  const isHeld = isHeldAtLimit(history);
  const peak = Math.ceil(isHeld ? Math.min(seen.value, limit) : seen.value);

  const { growth, upper } = planGrowth(peak, isHeld, forecast, settings.growthRatio);
  const factor = (peak + growth.bytes) / peak;
  const appliesToKeys = settings.growthRatio !== undefined;
  // While a limit holds the data, evictions hold the number of keys too.
  const step = isHeld && !appliesToKeys ? 0 : Math.ceil(transitionBytesWithin(steps, settings.horizonDays, { factor, appliesToKeys }));

  const fill = targetFill ?? findTargetFill(history);
  const data = peak + growth.bytes + step;
  // The demand behind a limit that is held cannot be seen: never advise less than what is full today.
  const keepsLimit = isHeld && data / fill <= limit;
  // Room for what is expected, or the bound of the forecast without room: both answer the same doubt, so the larger counts, never the sum.
  const maxmemoryBytes = keepsLimit ? limit : roundUpLimit(Math.max(data / fill, upper + step));
  const counted = peaks.countedBytes === undefined ? 'max(U)' : 'max(U − N)';
  return {
    maxmemoryBytes,
    lines: [
      line('peak-counted', peak, 'measured', isHeld ? `min(${counted}, M_now)` : counted, { C_peak: seen.value }),
      growth,
      line('hash-table-step', step, 'derived', 'Σ (1.5 × T_new − T_old × g)', { g: factor, horizonDays: settings.horizonDays }),
      keepsLimit
        ? line('fill-margin', limit - data, 'assumed', 'M_now − (C + H)', { M_now: limit, C: peak + growth.bytes, H: step })
        : line(
            'fill-margin',
            maxmemoryBytes - data,
            upper + step > data / fill ? 'derived' : 'assumed',
            'roundUp(max((C + H) / fill, C_upper + H)) − (C + H)',
            {
              fill,
              C: peak + growth.bytes,
              H: step,
              C_upper: upper,
            },
          ),
    ],
  };
}

const WEEK_DAYS = 7;

interface GrowthPlan {
  readonly growth: BudgetLine;
  /** What the peak at the horizon stays below with little doubt; the expected peak where nothing is known of the doubt. */
  readonly upper: number;
}

/**
 * Growth up to the horizon: as assumed in the settings, else what the forecast expects (p50), else none. Never below the peak so far.
 * The bound is p95; where confidence is low that is a rule of thumb, and p90 is taken; under a week of history there is none.
 */
function planGrowth(peak: number, isHeld: boolean, forecast: Forecast | undefined, growthRatio: number | undefined): GrowthPlan {
  if (growthRatio !== undefined) {
    const growth = line('growth', Math.max(0, Math.ceil(peak * growthRatio)), 'assumed', 'C_peak × growth', {
      C_peak: peak,
      growth: growthRatio,
    });
    return { growth, upper: peak + growth.bytes };
  }
  const { p50, p90, p95 } = (forecast?.status === 'ok' && !isHeld && forecast.peak) || {};
  // Under a week, one odd day makes the bound twice the peak: then only what is expected counts, with the room that the fill leaves.
  const bound = forecast !== undefined && forecast.historyDays < WEEK_DAYS ? p50 : forecast?.confidence === 'low' ? p90 : p95;
  if (forecast === undefined || p50 === undefined || bound === undefined)
    return { growth: line('growth', 0, 'assumed', '0', {}), upper: peak };
  const expected = Math.max(peak, Math.round(p50));
  const upper = Math.max(expected, Math.round(bound));
  const growth = line('growth', expected - peak, 'derived', 'max(0, p50 − C_peak)', {
    p50,
    C_peak: peak,
    horizonDays: forecast.horizonDays,
  });
  return { growth: { ...growth, uncertaintyBytes: upper - expected }, upper };
}

/**
 * How full maxmemory may be: 1 for a cache that evicts, 0.95 for one that may evict any key but has not, 0.8 for a store. `volatile-*` that has
 * evicted all there was to evict is a store.
 */
export function findTargetFill(history: NodeHistory): number {
  const policy = history.texts.maxmemoryPolicy?.at(-1)?.value;
  if (evictsNothing(history, policy) === true) return FILL_STORE;
  if (hasHappened(history, 'evictedKeys')) return FILL_EVICTING;
  return policy?.startsWith('allkeys-') ? FILL_CACHE : FILL_STORE;
}

function findTerms({ history, engine, settings }: BudgetQuestion) {
  const notCounted = findNotCounted(history, engine, settings.replicas);
  const resident = findResidentFactor(history);
  const copyOnWrite = findCopyOnWrite(history, settings, 1 + Math.max(0, settings.growthRatio ?? 0));
  const values: MemoryTerms = {
    notCountedBytes: notCounted.bytes,
    residentFactor: resident.factor,
    processOverheadBytes: resident.processOverheadBytes,
    copyOnWriteRatio: copyOnWrite.ratio,
    canFork: copyOnWrite.canFork,
    operatingSystem: OPERATING_SYSTEM,
  };
  return { notCounted, resident, copyOnWrite, values };
}

/** The largest limit that the present machine holds under both conditions; undefined when its memory is unknown or nothing is left. */
function findSafeMaxmemory({ history, settings, systemMemoryBytes }: BudgetQuestion, terms: MemoryTerms): number | undefined {
  const total = systemMemoryBytes ?? settings.systemMemoryBytes ?? history.last.totalSystemMemoryBytes;
  if (total === undefined) return undefined;
  const residentOnly = { ...terms, copyOnWriteRatio: 0, canFork: false, operatingSystem: { bytes: 0, ratio: 0 } };
  const byTarget = maxmemoryForNode(total, residentOnly, 1 - settings.targetRatio);
  const byFork = maxmemoryForNode(total, terms, 1 - settings.forkCeilingRatio);
  const safe = Math.floor(Math.min(byTarget, byFork));
  return safe > 0 ? safe : undefined;
}

/** Where each line is explained. */
const ANCHORS: Readonly<Record<BudgetLineId, string>> = {
  'peak-counted': 'peaks',
  growth: 'forecast',
  'hash-table-step': 'hash-tables',
  'fill-margin': 'target-fill',
  'not-counted': 'not-counted',
  allocator: 'resident-factor',
  'process-overhead': 'resident-factor',
  'copy-on-write': 'copy-on-write',
  'page-tables': 'copy-on-write',
  'operating-system': 'operating-system',
  headroom: 'the-two-conditions',
};

function line(
  id: BudgetLineId,
  bytes: number,
  basis: BudgetLine['basis'],
  formula: string,
  inputs: Readonly<Record<string, number>>,
  uncertaintyBytes?: number,
): BudgetLine {
  const source = `docs/methodology.md#${ANCHORS[id]}`;
  const known = uncertaintyBytes === undefined ? {} : { uncertaintyBytes: Math.round(uncertaintyBytes) };
  return { id, bytes, basis, formula, inputs, source, ...known };
}
