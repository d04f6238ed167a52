import type { AnalysisSettings, Forecast, HashTableStep, NodeAnalysis, Provisioning } from '../model/analysis.ts';
import { MiB } from '../model/bytes.ts';
import type { Engine } from '../model/engine.ts';
import type { NodeHistory } from '../model/node-history.ts';
import { valueAt } from './bucket-rates.ts';
import { line } from './budget-line.ts';
import { findCopyOnWrite } from './copy-on-write.ts';
import { planData } from './data-plan.ts';
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
    | 'targetRatio'
    | 'forkCeilingRatio'
    | 'horizonDays'
    | 'growthRatio'
    | 'importBytes'
    | 'policy'
    | 'shards'
    | 'engine'
    | 'replicas'
    | 'persistence'
    | 'systemMemoryBytes'
  >;
  /** Memory of the present machine, where it is known better than from the settings or INFO. */
  readonly systemMemoryBytes?: number;
  /** How full maxmemory may be, above 0 to 1. Default: as the settings or the history's policy and evictions have it, {@link findPlannedFill}. */
  readonly targetFill?: number;
  /** Bytes of the same data on the machine that is planned ÷ bytes on this one, above 0. Default 1. `steps` are of the planned one. */
  readonly dataRatio?: number;
  /** What histograms of slots add on the machine that is planned. */
  readonly slotHistogramBytes?: number;
}

/** Kernel, agents, page cache: at least this, and this share of a larger machine. */
const OPERATING_SYSTEM = { bytes: 512 * MiB, ratio: 0.03 };
/**
 * The budget of one node, line by line: what maxmemory has to be for the data, and the machine that holds it.
 *
 * The lines up to `fill-margin` make maxmemory, all of them the machine; sums are exact. The machine is the smallest that satisfies both conditions:
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
function findSeenResident({ history, peaks, dataRatio = 1 }: BudgetQuestion): number {
  const sinceAt = residentTellsSince(history);
  if (sinceAt === Number.NEGATIVE_INFINITY) return dataRatio * (peaks.usedMemoryRssBytes?.value ?? 0);
  const { fromAt, columns } = history.buckets;
  const since = Array.from(columns.get('usedMemoryRssBytes')?.max ?? []).filter((rss, i) => valueAt(fromAt, i) >= sinceAt && rss > 0);
  return dataRatio * since.reduce((a, b) => Math.max(a, b), history.last.usedMemoryRssBytes ?? 0);
}

/** The budget of today: what the peak so far needs, without growth, imports and doublings of hash tables. */
export function planMemoryToday(question: BudgetQuestion): Omit<Provisioning, 'instance'> {
  const settings = { ...question.settings, growthRatio: undefined, importBytes: undefined };
  return planMemory({ ...question, forecast: undefined, steps: [], settings });
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
