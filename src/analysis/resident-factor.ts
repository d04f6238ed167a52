import type { BudgetLine } from '../model/analysis.ts';
import { MiB } from '../model/bytes.ts';
import type { MetricId } from '../model/metrics.ts';
import type { NodeHistory } from '../model/node-history.ts';
import { median } from '../stats/median.ts';
import { quantile } from '../stats/quantile.ts';
import { valueAt } from './bucket-rates.ts';
import { LOAD_SHARE, residentTellsSince } from './resident-since.ts';

type Basis = BudgetLine['basis'];

/** What resident memory is made of beside the data. */
export interface ResidentFactor {
  /** k: resident ÷ used memory at load, 1 or more. */
  readonly factor: number;
  readonly basis: Basis;
  /** `allocator`: what the allocator holds ÷ used; `rss`: all resident memory ÷ used; `prior`: no figures, a rule of thumb. */
  readonly from: 'allocator' | 'rss' | 'prior';
  /** P: resident memory outside the allocator. */
  readonly processOverheadBytes: number;
  readonly processBasis: Basis;
  /** Half the range in which nine of ten samples lie; of a prior, half the range that servers have been seen in. */
  readonly factorUncertainty: number;
  readonly processUncertaintyBytes: number;
}

/** What the process needs from its start weighs in below the larger of these, and is all there is to see below the smaller: between, the prior fades out. */
const TELLING_BYTES = { least: 64 * MiB, full: 512 * MiB };
const PRIOR_FACTOR = 1.1;
/** 1.05 to 1.15 by the kind of load. */
const PRIOR_FACTOR_UNCERTAINTY = 0.05;
const PRIOR_OVERHEAD_BYTES = 64 * MiB;
const MIN_OVERHEAD_BYTES = 32 * MiB;
const FORK_FLAGS = ['rdbBgsaveInProgress', 'aofRewriteInProgress', 'moduleForkInProgress'] as const satisfies readonly MetricId[];

/** Every budget of a node asks for the same one. */
const found = new WeakMap<NodeHistory, ResidentFactor>();

/**
 * The resident factor (95 % quantile) and the process overhead (median) over the samples at load: used memory at 80 % of its
 * maximum or above, {@link residentTellsSince}, no child process running unless one always is. Priors where the figures are missing; the factor leans on its
 * prior below 512 MiB, and is the prior below 64 MiB.
 * @remarks Docs: docs/methodology.md#resident-factor
 */
export function findResidentFactor(history: NodeHistory): ResidentFactor {
  const known = found.get(history) ?? computeResidentFactor(history);
  found.set(history, known);
  return known;
}

function computeResidentFactor(history: NodeHistory): ResidentFactor {
  const rows = samplesAtLoad(history);
  const large = rows.filter((row) => tellingShare(row) > 0);
  const byAllocator = large.map((row) => factorOf(row.allocator, row)).filter(Number.isFinite);
  const byRss = large.map((row) => factorOf(row.rss, row)).filter(Number.isFinite);
  const ratios = byAllocator.length > 0 ? byAllocator : byRss;
  const overheads = rows.map((row) => Math.max(0, row.rss - row.allocator)).filter(Number.isFinite);
  const priorDoubt = (1 - Math.max(0, ...large.map(tellingShare))) * PRIOR_FACTOR_UNCERTAINTY;
  const overhead = overheads.length > 0 ? median(overheads) : undefined;
  const isFloor = overhead !== undefined && overhead < MIN_OVERHEAD_BYTES;
  return {
    factor: ratios.length > 0 ? Math.max(1, quantile(ratios, 0.95)) : PRIOR_FACTOR,
    basis: ratios.length > 0 ? 'measured' : 'assumed',
    from: byAllocator.length > 0 ? 'allocator' : byRss.length > 0 ? 'rss' : 'prior',
    processOverheadBytes: overhead === undefined ? PRIOR_OVERHEAD_BYTES : Math.max(MIN_OVERHEAD_BYTES, overhead),
    processBasis: overhead === undefined || isFloor ? 'assumed' : 'measured',
    factorUncertainty: ratios.length > 0 ? halfRange(ratios) + priorDoubt : PRIOR_FACTOR_UNCERTAINTY,
    processUncertaintyBytes:
      overhead === undefined ? PRIOR_OVERHEAD_BYTES / 2 : isFloor ? MIN_OVERHEAD_BYTES - overhead : halfRange(overheads),
  };
}

function halfRange(values: readonly number[]): number {
  return (quantile(values, 0.95) - quantile(values, 0.05)) / 2;
}

interface LoadSample {
  readonly used: number;
  /** Highest used memory of the process so far; NaN where it is not reported. */
  readonly usedPeak: number;
  readonly rss: number;
  readonly allocator: number;
}

/**
 * Resident ÷ the most that was ever used of it: what is kept from a higher peak is free for the data to come back to. Once part of that has
 * been given back, the rest may be kept pages or holes; the factor then lies between 1 and resident ÷ used, and the prior is taken if that is less.
 */
function factorOf(resident: number, sample: LoadSample): number {
  const { used, usedPeak } = sample;
  const kept = resident >= usedPeak ? resident / usedPeak : Math.min(resident / used, PRIOR_FACTOR);
  const factor = usedPeak > used ? kept : resident / used;
  return PRIOR_FACTOR + tellingShare(sample) * (factor - PRIOR_FACTOR);
}

/** How far the ratio of a sample is believed against the prior, 0 to 1. */
function tellingShare({ used }: LoadSample): number {
  return Math.min(1, Math.max(0, (used - TELLING_BYTES.least) / (TELLING_BYTES.full - TELLING_BYTES.least)));
}

/** The last sample of each bucket that is at load, without a child where there are such: what a child copies is no part of its parent's RSS. */
function samplesAtLoad(history: NodeHistory): readonly LoadSample[] {
  const { columns, count } = history.buckets;
  const lastOf = (id: MetricId, i: number): number => columns.get(id)?.last[i] ?? Number.NaN;
  const least = LOAD_SHARE * (history.metrics.get('usedMemoryBytes')?.max.value ?? Number.NaN);
  const sinceAt = residentTellsSince(history);
  const atLoad = Array.from({ length: count }, (_, i) => i)
    .filter((i) => valueAt(history.buckets.toAt, i) >= sinceAt)
    .filter((i) => lastOf('usedMemoryBytes', i) >= least);
  const calm = atLoad.filter((i) => !FORK_FLAGS.some((id) => lastOf(id, i) === 1));
  return (calm.length > 0 ? calm : atLoad).map((i) => ({
    used: lastOf('usedMemoryBytes', i),
    usedPeak: lastOf('usedMemoryPeakBytes', i),
    rss: lastOf('usedMemoryRssBytes', i),
    allocator: lastOf('allocatorResidentBytes', i),
  }));
}
