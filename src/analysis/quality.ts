import type { GradeReasonId, NodeAnalysis } from '../model/analysis.ts';
import type { MetricId } from '../model/metrics.ts';
import type { NodeHistory } from '../model/node-history.ts';
import type { InputReport } from '../model/sample-batch.ts';

export type Quality = NodeAnalysis['quality'];
export type Grade = Quality['grade'];
/** The parts of an input's report that tell how far its samples can be trusted. */
export type InputQuality = Pick<InputReport, 'samples' | 'rejectedRows' | 'wrappedIntegers' | 'averaged' | 'timeSource' | 'nodes'>;

type Reason = Quality['reasons'][number];
type Flaw = Reason & { readonly caps: Cap };
type Cap = NonNullable<Reason['caps']>;
/** What a figure must be for each grade; nothing is asked for where a grade is left out. */
type Needs = NonNullable<Reason['needs']>;

const DAY_SECONDS = 86_400;

/** The table of `assessQuality`, row by row: up to where a figure still has the grade. */
const NEEDS = {
  'short-span': { A: 30 * DAY_SECONDS, B: 14 * DAY_SECONDS, C: 3 * DAY_SECONDS },
  'few-samples': { A: 100, B: 100, C: 2 },
  gaps: { A: 0.02, B: 0.1, C: 0.5 },
  'coarse-interval': { A: 300, B: 3600 },
  'rejected-rows': { A: 0.001, B: 0.05 },
} as const satisfies Partial<Record<GradeReasonId, Needs>>;
const WORSE: readonly (readonly [keyof Needs, Cap])[] = [
  ['C', 'D'],
  ['B', 'C'],
  ['A', 'B'],
];

/** The best grade that a figure allows, by whether it fulfils each need; undefined where it fulfils them all. */
function capOf(needs: Needs, fulfils: (need: number) => boolean): Cap | undefined {
  return WORSE.find(([grade]) => needs[grade] !== undefined && !fulfils(needs[grade]))?.[1];
}

/** Metrics whose absence caps the grade, and at what: without resident memory half of the report is silent, without the others a part. */
const WANTED: readonly (readonly [GradeReasonId, readonly MetricId[], Cap])[] = [
  ['missing-rss', ['usedMemoryRssBytes'], 'C'],
  ['missing-allocator', ['allocatorActiveBytes'], 'B'],
  ['missing-not-counted', ['notCountedBytes', 'countedBytes'], 'B'],
  ['missing-maxmemory', ['maxmemoryBytes'], 'B'],
  ['missing-system-memory', ['totalSystemMemoryBytes'], 'B'],
  ['missing-keyspace', ['keys', 'db0Keys'], 'B'],
];

/**
 * How far the figures of this node can be trusted, as a grade with its reasons, the gravest first.
 *
 * | flaw | B | C | D |
 * |---|---|---|---|
 * | `short-span` (seconds) | < 30 d | < 14 d | < 3 d |
 * | `coarse-interval` (seconds) | > 5 min | > 1 h | |
 * | `gaps` (share of the window) | ≥ 2 % | ≥ 10 % | ≥ 50 % |
 * | `few-samples` (samples with used memory) | | < 100 | < 2 |
 * | `rejected-rows` (count, judged by their share of all rows) | ≥ 0.1 % | ≥ 5 % | |
 * | `restarts` (count) | more than one a week | | |
 * | `averaged` | | always | |
 * | `order-only` (no instants in the input) | | distances by uptime | else |
 * | `missing-…` | always | resident memory | |
 *
 * Only inputs that hold samples of the node count. A rejected row counts for the node that it tells of; where it tells of none, for every node
 * of its input.
 *
 * @param options - `systemMemoryKnown`: the machine's memory was given by the user, so INFO need not say it; `generatedAt`: when the Analysis is made
 */
export function assessQuality(
  history: NodeHistory,
  allInputs: readonly InputQuality[],
  options: { readonly systemMemoryKnown?: boolean; readonly generatedAt?: number } = {},
): Quality {
  const inputs = allInputs.filter(({ nodes }) => nodes.has(history.nodeId));
  const flaws = findFlaws(history, inputs, options.systemMemoryKnown ?? false);
  const ageSeconds = options.generatedAt === undefined ? undefined : (options.generatedAt - history.toAt) / 1000;
  const isTimeKnown = inputs.every(({ timeSource }) => timeSource !== 'order' && timeSource !== 'uptime');
  return {
    samples: history.sampleCount,
    ...(history.intervalSeconds === undefined ? {} : { intervalSeconds: history.intervalSeconds }),
    spanSeconds: (history.toAt - history.fromAt) / 1000,
    fromAt: history.fromAt,
    toAt: history.toAt,
    ...(ageSeconds !== undefined && ageSeconds >= 0 && isTimeKnown ? { ageSeconds } : {}),
    gaps: history.gaps.map(({ fromAt, toAt, reasons }) => ({ fromAt, toAt, ...(reasons === undefined ? {} : { reasons: [...reasons] }) })),
    gapCount: history.gapCount,
    gapSeconds: history.gapSeconds,
    duplicates: history.duplicates,
    outOfOrder: history.outOfOrder,
    rejectedRows: countRejected(history, inputs).rows,
    wrappedIntegers: total(inputs, 'wrappedIntegers'),
    restarts: history.restarts.map((restart) => ({ ...restart })),
    statResets: history.statResets.map(({ at }) => ({ at })),
    averaged: inputs.some((input) => input.averaged !== undefined),
    grade: flaws[0]?.caps ?? 'A',
    reasons: flaws,
  };
}

/** What is wrong, the gravest first. */
function findFlaws(history: NodeHistory, inputs: readonly InputQuality[], systemMemoryKnown: boolean): Flaw[] {
  const spanSeconds = (history.toAt - history.fromAt) / 1000;
  // A sample stands for the interval that follows it: 720 hourly samples are 30 days.
  const days = (spanSeconds + (history.intervalSeconds ?? 0)) / DAY_SECONDS;
  const gapShare = spanSeconds > 0 ? history.gapSeconds / spanSeconds : 0;
  const samples = history.metrics.get('usedMemoryBytes')?.count ?? 0;
  const rejected = countRejected(history, inputs);
  const restarts = history.restarts.length;

  const flaws: Flaw[] = [];
  const flag = (id: GradeReasonId, caps: Cap | undefined, value?: number): void => {
    if (caps !== undefined) flaws.push({ id, caps, ...(value === undefined ? {} : { value }) });
  };
  const measure = (id: keyof typeof NEEDS, value: number, fulfils: (need: number) => boolean): void => {
    const needs: Needs = NEEDS[id];
    const caps = capOf(needs, fulfils);
    if (caps !== undefined) flaws.push({ id, caps, value, needs });
  };
  const byOrder = inputs.some((input) => input.timeSource === 'order');
  const byUptime = inputs.some((input) => input.timeSource === 'uptime');
  flag('order-only', byOrder ? 'D' : byUptime ? 'C' : undefined);
  measure('short-span', spanSeconds, (need) => days * DAY_SECONDS >= need);
  measure('few-samples', samples, (need) => samples >= need);
  flag('averaged', inputs.some((input) => input.averaged !== undefined) ? 'C' : undefined);
  measure('gaps', gapShare, (need) => gapShare < need);
  if (history.intervalSeconds !== undefined)
    measure('coarse-interval', history.intervalSeconds, (need) => (history.intervalSeconds ?? 0) <= need);
  measure('rejected-rows', rejected.rows, (need) => rejected.share < need);
  flag('restarts', restarts > Math.max(1, days / 7) ? 'B' : undefined, restarts);
  for (const [id, metricIds, caps] of WANTED) {
    const known = metricIds.some((metricId) => history.metrics.has(metricId)) || (id === 'missing-system-memory' && systemMemoryKnown);
    flag(id, known ? undefined : caps);
  }
  // Letters sort the way grades do: the largest is the worst.
  return flaws.sort((a, b) => (a.caps < b.caps ? 1 : a.caps > b.caps ? -1 : 0));
}

/** Rejected rows of the node, and their share: of its own rows, and of all rows of the input where they tell of no node. */
function countRejected(history: NodeHistory, inputs: readonly InputQuality[]): { readonly rows: number; readonly share: number } {
  const shareOf = (rows: number, kept: number) => (rows === 0 ? 0 : rows / (rows + kept));
  let own = 0;
  let anyones = 0;
  for (const { nodes, rejectedRows } of inputs) {
    own += nodes.get(history.nodeId) ?? 0;
    anyones += rejectedRows - [...nodes.values()].reduce((sum, rows) => sum + rows, 0);
  }
  const share = shareOf(own, history.sampleCount + history.duplicates) + shareOf(anyones, total(inputs, 'samples'));
  return { rows: own + anyones, share };
}

function total(inputs: readonly InputQuality[], field: 'samples' | 'wrappedIntegers'): number {
  return inputs.reduce((sum, input) => sum + input[field], 0);
}
