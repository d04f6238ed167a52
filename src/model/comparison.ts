import { z } from 'zod';
import { FINDING_IDS, SEVERITIES } from './finding.ts';
import { ACTION_IDS, LEVELS, VERDICT_IDS } from './judgement-ids.ts';

/** What an Analysis says of an earlier one: both values, their difference, and whether it is more than noise (docs/methodology.md#comparison). */

const bytes = z.number();
const instant = z.number();

/** Figures that are compared, in the order they are told. Counters are told a day, so that windows of any length compare. */
export const COMPARED_FIGURES = [
  'peak-used',
  'peak-rss',
  'machine-ratio',
  'waste',
  'rss-to-used',
  'maxmemory',
  'recommended-maxmemory',
  'memory-needed',
  'machine',
  'growth-per-day',
  'keys',
  'bytes-per-key',
  'evictions-per-day',
  'refusals-per-day',
  'hit-ratio',
] as const;

/** What is a word and not a number; told where it is known of both and differs. */
export const COMPARED_WORDS = [
  'instance',
  'recommended-instance',
  'engine',
  'role',
  'maxmemory-policy',
  'activedefrag',
  'aof',
  'diagnosis',
] as const;

export const FINDING_CHANGES = ['new', 'worse', 'better', 'gone', 'first-judged', 'not-judged'] as const;

/** `otherwise`: something else was done; `resolved`, `unresolved`: seen by the finding behind it alone. */
export const ADVICE_STATUSES = ['applied', 'partly', 'otherwise', 'not-applied', 'resolved', 'unresolved', 'not-visible'] as const;

/** Why two windows are not quite alike. */
export const COMPARISON_NOTES = ['windows-overlap', 'windows-differ-in-length', 'averages-against-samples'] as const;

/** What an Analysis was asked for, and the other was not. */
export const ASKED_SETTINGS = [
  'target-ratio',
  'horizon',
  'system-memory',
  'instance',
  'providers',
  'target',
  'growth',
  'import',
  'policy',
  'shards',
  'engine',
  'replicas',
  'persistence',
] as const;

/** `mixed`: some of it better and some worse; `changed`: neither. */
export const DIRECTIONS = ['worse', 'mixed', 'better', 'changed', 'same'] as const;

const figure = z.object({
  id: z.enum(COMPARED_FIGURES),
  before: z.number().optional(),
  after: z.number().optional(),
  change: z.number().optional(),
  /** Share of `before`. */
  changeRatio: z.number().optional(),
  /** Whether the difference is more than noise. */
  moved: z.boolean(),
  /** Absent where more is neither. */
  sense: z.enum(['better', 'worse']).optional(),
});

/** When the first limit can be reached, with a chance of one in ten: an instant, or not within so many days. */
const reach = z.object({
  limit: z.enum(['machine', 'maxmemory']),
  days: z.number().optional(),
  at: instant.optional(),
  beyondDays: z.number().optional(),
});

const advice = z.object({
  id: z.enum(ACTION_IDS),
  status: z.enum(ADVICE_STATUSES),
  /** When that was seen. */
  at: instant.optional(),
  /** The setting as it was, as advised, and as it is. */
  before: z.union([z.number(), z.string()]).optional(),
  advised: z.union([z.number(), z.string()]).optional(),
  after: z.union([z.number(), z.string()]).optional(),
  /** What was measured before and after it; that it is the cause is not known. */
  effects: z.array(z.object({ figure: z.enum(COMPARED_FIGURES), before: z.number(), after: z.number(), moved: z.boolean() })),
});

const forecastCheck = z.object({
  status: z.enum(['held', 'exceeded', 'undecided']),
  reason: z.enum(['no-forecast', 'no-time', 'too-few-samples', 'held-at-limit', 'no-fan']).optional(),
  /** From the end of the earlier window to the newest sample, at most the horizon. */
  elapsedDays: z.number(),
  horizonDays: z.number(),
  /** Share of that time with samples. */
  coverage: z.number().optional(),
  /** What the earlier forecast said of the highest value in that time. */
  p50: bytes.optional(),
  p90: bytes.optional(),
  p95: bytes.optional(),
  /** What came. */
  peak: z.object({ value: bytes, at: instant }).optional(),
  /** Above the p95. */
  overBytes: bytes.optional(),
  /** The earlier fan from `fromAt` on, to draw it over what came. */
  fan: z.object({ day: z.array(z.number()), p50: z.array(z.number()), p90: z.array(z.number()), p95: z.array(z.number()) }).optional(),
});

export const nodeComparison = z.object({
  /** Name of the node in the earlier Analysis, and how it is known to be this one. */
  earlierId: z.string(),
  matchedBy: z.enum(['id', 'address', 'role']),
  /** The earlier window. */
  fromAt: instant,
  toAt: instant,
  notes: z.array(z.enum(COMPARISON_NOTES)),
  direction: z.enum(DIRECTIONS),
  verdict: z.object({ before: z.object({ level: z.enum(LEVELS), id: z.enum(VERDICT_IDS) }), moved: z.boolean() }),
  figures: z.array(figure),
  words: z.array(z.object({ id: z.enum(COMPARED_WORDS), before: z.string(), after: z.string() })),
  reach: z
    .object({
      before: reach.optional(),
      after: reach.optional(),
      /** Negative: sooner than was said. */
      shiftDays: z.number().optional(),
      moved: z.boolean(),
      sense: z.enum(['better', 'worse']).optional(),
    })
    .optional(),
  /** Those that differ, the gravest first. */
  findings: z.array(
    z.object({
      id: z.enum(FINDING_IDS),
      change: z.enum(FINDING_CHANGES),
      before: z.enum(SEVERITIES).optional(),
      after: z.enum(SEVERITIES).optional(),
    }),
  ),
  /** What the earlier Analysis advised, in its order. */
  advice: z.array(advice),
  forecast: forecastCheck,
  /** Daily peaks of the earlier window, the newest 60, to draw them before those of this one. */
  dailyPeaks: z.array(z.object({ toAt: instant, usedMemoryBytes: bytes })),
});

const knownSum = z.object({ value: z.number(), of: z.number().int() });

export const fleetComparison = z.object({
  /** `baseline`: a saved Analysis; `period`: an earlier window of the same input. */
  kind: z.enum(['baseline', 'period']),
  window: z.object({ fromAt: instant, toAt: instant }),
  generatedAt: instant,
  toolVersion: z.string(),
  /** What was asked for differently: figures that rest on it differ for that alone. */
  askedDifferently: z.array(z.enum(ASKED_SETTINGS)),
  newNodeIds: z.array(z.string()),
  goneNodeIds: z.array(z.string()),
  /** Compared nodes, those that changed for the worse first. */
  ranking: z.array(z.object({ nodeId: z.string(), direction: z.enum(DIRECTIONS) })),
  /** Sums over all nodes of then and of now. */
  totals: z.array(
    z.object({
      id: z.enum(['data-peak', 'memory-needed', 'machines', 'current-price', 'recommended-price']),
      before: knownSum,
      after: knownSum,
      beforeNodes: z.number().int(),
      afterNodes: z.number().int(),
    }),
  ),
});

export type NodeComparison = z.infer<typeof nodeComparison>;
export type FleetComparison = z.infer<typeof fleetComparison>;
export type ComparedFigure = NodeComparison['figures'][number];
export type ComparedFigureId = (typeof COMPARED_FIGURES)[number];
export type ComparedAdvice = NodeComparison['advice'][number];
export type ForecastCheck = NodeComparison['forecast'];
export type Direction = (typeof DIRECTIONS)[number];
export type Reach = z.infer<typeof reach>;
