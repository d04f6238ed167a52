import { z } from 'zod';
import { fleetComparison, nodeComparison } from './comparison.ts';
import { FINDING_IDS, SEVERITIES, VERDICTS } from './finding.ts';
import { GAP_REASONS } from './gap-reason.ts';
import { ACTION_IDS, BUDGET_LINE_IDS, LEVELS, VERDICT_IDS } from './judgement-ids.ts';
import { KEYSPACE_SERVER_REASONS } from './keyspace-sample.ts';

export { ACTION_IDS, BUDGET_LINE_IDS, LEVELS, VERDICT_IDS } from './judgement-ids.ts';

/**
 * The Analysis: every number and verdict, no words, no rounding. This is the JSON output and a contract
 * (docs/analysis-format.md). Base units; instants are epoch milliseconds UTC; an absent field means unknown.
 */

const bytes = z.number();
const instant = z.number();
const seconds = z.number().nonnegative();
const ratio = z.number();
const span = z.object({ fromAt: instant, toAt: instant });
const peak = z.object({ value: bytes, at: instant });
/** Values of a drawn line; null where there is no sample. */
const line = z.array(z.number().nullable());

export const BASES = ['measured', 'derived', 'assumed'] as const;
export const DIAGNOSES = [
  'healthy',
  'small-dataset',
  'retained-after-peak',
  'external-fragmentation',
  'resident-unused',
  'process-overhead',
  'swapping',
  'unknown-allocator',
  'not-enough-data',
] as const;
export const ADVICE = ['none', 'activedefrag', 'memory-purge', 'restart', 'more-memory', 'jemalloc-build'] as const;
export const GRADE_REASONS = [
  'short-span',
  'coarse-interval',
  'gaps',
  'averaged',
  'few-samples',
  'missing-rss',
  'missing-allocator',
  'missing-not-counted',
  'missing-maxmemory',
  'missing-system-memory',
  'missing-keyspace',
  'order-only',
  'rejected-rows',
  'restarts',
] as const;

/** Where the memory of the machine is known from, the most reliable first; `host` and `info` are of the host, not of a container on it. */
export const MACHINE_SOURCES = ['option', 'instance', 'container', 'host', 'info', 'unknown'] as const;

const budgetLine = z.object({
  id: z.enum(BUDGET_LINE_IDS),
  bytes,
  basis: z.enum(BASES),
  /** In symbols, e.g. `(M + N) * (k - 1)`; `inputs` gives their values. */
  formula: z.string(),
  inputs: z.record(z.string(), z.number()),
  /** Reference into docs/methodology.md, or the catalog entry. */
  source: z.string(),
  /** Half-width, where it can be told. */
  uncertaintyBytes: bytes.optional(),
});

const instanceChoice = z.object({
  provider: z.string(),
  offering: z.string(),
  name: z.string(),
  /** Memory of one node. */
  memoryBytes: bytes,
  /** What may be used of it under the provider's rule or the target ratio. */
  usableBytes: bytes,
  /** Which rule gave `usableBytes`: the provider's reservation or our target ratio. */
  rule: z.string(),
  shards: z.number().int().positive(),
  vcpu: z.number().optional(),
  priceUsdHour: z.number().optional(),
  priceRegion: z.string().optional(),
  priceAsOf: z.string().optional(),
  /** Need ÷ usable, today and at the horizon. */
  fillNow: ratio.optional(),
  fillAtHorizon: ratio.optional(),
  source: z.string(),
});

/** How data lie on more or fewer shards: all alike, or as unevenly as now. */
export const SPREADS = ['even', 'skew-kept'] as const;

/** What a plan cannot take into account, or takes into account in part: ids whose words are in the locale. */
export const PLAN_NOTES = [
  'engine-unknown',
  'engine-target-unknown',
  'engine-keyspace-unknown',
  'import-into-full-cache',
  'store-demand-unknown',
  'shards-unknown',
] as const;

/** Other settings that the budget is computed for, in the order they are told. */
export const WHAT_IF_IDS = [
  'growth-25',
  'growth-50',
  'growth-100',
  'import-10',
  'persistence-on',
  'persistence-none',
  'replica-added',
  'cache-policy',
  'store-policy',
  'spread',
  'engine',
] as const;

const whatIf = z.object({
  id: z.enum(WHAT_IF_IDS),
  maxmemoryBytes: bytes,
  memoryNeededBytes: bytes,
  binding: z.enum(['target-ratio', 'fork']),
  /** Memory of the machine against that of the budget; negative: a smaller one would do. */
  changeBytes: bytes,
  /** maxmemory changes by less than the step to which it is rounded, which is this: so nothing of it shows. */
  roundingBytes: bytes.optional(),
  /** `spread`: over how many shards, and how; the figures are of each machine. */
  shards: z.number().int().positive().optional(),
  spread: z.enum(SPREADS).optional(),
  /** `engine`: which one, e.g. `valkey-8.1`. */
  engine: z.string().optional(),
});

const instances = z.object({
  current: instanceChoice.optional(),
  recommended: instanceChoice.optional(),
  alternatives: z.array(instanceChoice),
  rejected: z.array(
    z.object({
      provider: z.string(),
      offering: z.string(),
      name: z.string(),
      reason: z.string(),
      needBytes: bytes.optional(),
      usableBytes: bytes.optional(),
    }),
  ),
  /** `up`, `down`, `keep`, or absent when the present instance is unknown. */
  direction: z.enum(['up', 'down', 'keep']).optional(),
});

const provisioning = z.object({
  budget: z.array(budgetLine),
  maxmemoryBytes: z.object({
    current: bytes.optional(),
    recommended: bytes.optional(),
    /** What the present machine can safely hold: the inverse formula. */
    safeOnPresentMachine: bytes.optional(),
    /** Where the limit in force became another one inside the window, oldest first; absent where it stayed. */
    changes: z.array(z.object({ at: instant, fromBytes: bytes, toBytes: bytes })).optional(),
  }),
  memoryNeededBytes: bytes.optional(),
  /** Resident memory with the recommended maxmemory full, and everything while forking: what the two conditions compare. */
  residentBytes: bytes.optional(),
  forkedBytes: bytes.optional(),
  /** The condition that asks for more: resident ≤ target ratio, or resident + fork ≤ 95 %. */
  binding: z.enum(['target-ratio', 'fork']).optional(),
  /** The budget under other settings; absent without a budget. */
  whatIf: z.array(whatIf).optional(),
  /** The move to the engine that was asked for: what the keys take more there; negative: less. */
  engineChange: z.object({ from: z.string(), to: z.string(), keys: z.number(), expires: z.number(), changeBytes: z.number() }).optional(),
  /** The data on the number of shards that was asked for; the rest of the figures are of the present ones. */
  spread: z
    .object({
      shards: z.number().int().positive(),
      presentShards: z.number().int().positive(),
      spread: z.enum(SPREADS),
      /** Of each shard, and of its machine. */
      maxmemoryBytes: bytes,
      memoryNeededBytes: bytes,
      binding: z.enum(['target-ratio', 'fork']),
      /** Of one machine a shard, replicas not counted. */
      totalMemoryNeededBytes: bytes,
      instance: instances,
    })
    .optional(),
  /** What of the settings the plan does not hold. */
  notes: z.array(z.enum(PLAN_NOTES)).optional(),
  instance: instances,
});

const quantiles = z.object({ p50: z.number().optional(), p90: z.number().optional(), p95: z.number().optional() });

/** A figure with its range, where it has one. */
const estimate = z.object({ low: z.number().optional(), middle: z.number(), high: z.number().optional() });

const forecast = z.object({
  status: z.enum(['ok', 'refused', 'flat']),
  /** Why it was refused or is flat: an id whose words are in the locale. */
  reason: z.enum(['history-too-short', 'horizon-too-long', 'too-few-days', 'at-maxmemory', 'no-data']).optional(),
  method: z.string(),
  horizonDays: z.number(),
  historyDays: z.number(),
  /** Days of history that would be enough for this horizon, when refused. */
  neededDays: z.number().optional(),
  growthBytesPerDay: z.number().optional(),
  /** Only where growth is compound; `growthBytesPerDay` is then that of the newest day. */
  growthRatioPerDay: z.number().optional(),
  confidence: z.enum(['good', 'fair', 'low']).optional(),
  indicative: z.boolean().optional(),
  peak: quantiles.optional(),
  /** 0 = reached already; absent = not within the horizon. */
  daysToMaxmemory: quantiles.optional(),
  daysToSystemTarget: quantiles.optional(),
  probabilityMaxmemory: ratio.optional(),
  probabilitySystemTarget: ratio.optional(),
  /** Where a limit holds the data by evictions: what does not stay. An estimate; ranges are of nine in ten stretches. */
  hiddenDemand: z
    .object({
      evictedBytesPerDay: estimate,
      /** How long a key stays. */
      staySeconds: estimate,
      bytesPerKey: z.number(),
      basis: z.enum(BASES),
      formula: z.string(),
    })
    .optional(),
  /** Where data were lost (a flush, a crash without persistence, an older dump): the level that comes back, and which growth the forecast goes by. */
  lostData: z
    .object({
      state: z.enum(['too-soon', 'refilling', 'back', 'recurring', 'settled']),
      growthFrom: z.enum(['before-loss', 'since-loss', 'before-and-since', 'life-to-life']),
      levelBytes: bytes,
      /** Pace at which the level comes back; growth of the refill, not of the peak. */
      refillBytesPerDay: z.number().optional(),
      /** The newest, oldest first: last sample with the data and first one without, and used memory there. */
      losses: z.array(
        z.object({ lastSeenAt: instant, at: instant, cause: z.enum(['restart', 'emptied']), beforeBytes: bytes, afterBytes: bytes }),
      ),
    })
    .optional(),
  /** Drawn fan: quantiles of the peak of the next `day` days. */
  fan: z.object({ day: z.array(z.number()), p50: z.array(z.number()), p90: z.array(z.number()), p95: z.array(z.number()) }).optional(),
  backtest: z
    .object({
      /** Rolling origins tried on the user's own data. */
      origins: z.number().int(),
      horizonDays: z.number(),
      /** Share of origins whose p95 held. */
      p95Held: ratio,
      /** Median of (p95 − truth) ÷ truth: what the bound costs. */
      p95Over: z.number().optional(),
      /** The plain rule beside it: the largest peak so far and 15 %. */
      naive: z.object({ held: ratio, over: z.number() }).optional(),
      /** Median of |p50 − truth| ÷ truth. */
      medianAbsoluteError: ratio,
      /** The newest origin: what it would have said and what came. */
      last: z.object({ at: instant, p50: bytes, p95: bytes, actual: bytes }).optional(),
    })
    .optional(),
});

const defragParameter = z.object({
  name: z.string(),
  /** Absent: the input does not say. */
  current: z.string().optional(),
  /** Default of this engine version; absent where the version does not have the parameter. */
  default: z.string().optional(),
  recommended: z.string().optional(),
  change: z.boolean(),
});

/** The last run of active defragmentation: its effect, its price, and why it stopped. */
const defragRun = z.object({
  /** Last sample before it was seen, and last sample in which it was at work. */
  ...span.shape,
  isRunning: z.boolean(),
  /** Active − allocated before it and after it. */
  holesBeforeBytes: z.number().optional(),
  holesAfterBytes: z.number().optional(),
  /** Holes that moving closed, at least: what new data may have filled is taken off. */
  closedBytes: bytes.optional(),
  /** RSS − used before it and after it. */
  wasteBeforeBytes: z.number().optional(),
  wasteAfterBytes: z.number().optional(),
  /** CPU time between `fromAt` and `toAt`, and its share of one core then and beside the run. All work is in it, not only that of the run. */
  cpuSeconds: z.number().optional(),
  cpuShare: z.number().optional(),
  usualCpuShare: z.number().optional(),
  /** `total_active_defrag_time`: the time it was at work, not CPU time. */
  atWorkMilliseconds: z.number().optional(),
  outcome: z.enum(['worked', 'partly', 'no-effect']).optional(),
  stoppedBy: z.enum(['ignore-bytes', 'lower-threshold', 'child', 'above-its-thresholds']).optional(),
});

const fragmentation = z.object({
  diagnosis: z.enum(DIAGNOSES),
  also: z.array(z.enum(DIAGNOSES)),
  /** What would decide between `diagnosis` and `also`: an id whose words are in the locale. */
  decidedBy: z.enum(['refill', 'allocator-fields', 'longer-history', 'host-swap']).optional(),
  /** RSS − used at the end of the window; negative when swapped. */
  wasteBytes: bytes.optional(),
  wasteShare: ratio.optional(),
  recoverableBytes: z.object({ activedefrag: bytes.optional(), purge: bytes.optional(), restart: bytes.optional() }),
  trend: z.object({ bytesPerDay: z.number().optional(), ratioPerDay: z.number().optional(), significant: z.boolean() }),
  advice: z.enum(ADVICE),
  /** Every ratio and difference that the diagnosis looked at, e.g. `activeToAllocated`, `refillSlope`. */
  evidence: z.record(z.string(), z.number()),
  activedefrag: z.object({
    supported: z.enum(['yes', 'no', 'unknown']),
    /** How it is known: `system-jemalloc`, `not-jemalloc`, `version-too-old`, `seen-running`. */
    supportedReason: z.string().optional(),
    enabled: z.enum(['yes', 'no', 'unknown']),
    parameters: z.array(defragParameter),
    /** Absent where no run was seen at work. */
    lastRun: defragRun.optional(),
  }),
});

const finding = z.object({
  id: z.enum(FINDING_IDS),
  /** Severity if raised; `info` otherwise. */
  severity: z.enum(SEVERITIES),
  verdict: z.enum(VERDICTS),
  /** Numbers and words of the model by name; units in the names (`ratioPeak`, `usedMemoryBytes`). */
  evidence: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  /** Lines to copy, exact for this engine and version. */
  commands: z.array(z.string()),
});

const action = z.object({
  id: z.enum(ACTION_IDS),
  findingIds: z.array(z.enum(FINDING_IDS)),
  commands: z.array(z.string()),
  /** Bytes of room that it gives; absent where it gives none. */
  givesBytes: bytes.optional(),
  effort: z.enum(['nothing', 'command', 'failover', 'resize', 'restart', 'project']),
  verify: z.string().optional(),
  undo: z.array(z.string()).optional(),
  /** Numbers the words need, e.g. the new limit. */
  values: z.record(z.string(), z.union([z.number(), z.string()])),
});

const database = z.object({
  index: z.number().int(),
  keys: z.number(),
  expires: z.number(),
});

const hashTableStep = z.object({
  database: z.number().int(),
  table: z.enum(['keys', 'expires']),
  /** Entries now, and the count at which the table grows. */
  entries: z.number(),
  threshold: z.number(),
  /** Absent: not growing. */
  daysUntil: z.number().optional(),
  allocatedBytes: bytes,
  permanentBytes: bytes,
  transientBytes: bytes,
  /** The room that it finds below `maxmemory`; absent without a limit, where it is not growing, and on a replica. */
  belowLimit: z
    .object({
      /**
       * `taken`: past the limit, at once; `put-off`: the limit is full of data before the version takes it; `put-off-then-taken`: at
       * `putOffEntries`; `limit-first`: the limit is full before the table is; `unknown`: which of these is not known of the version.
       */
      outcome: z.enum(['fits', 'taken', 'put-off', 'put-off-then-taken', 'limit-first', 'unknown']),
      roomBytes: bytes,
      /** What is missing when it is taken, or would have been. */
      shortBytes: bytes.optional(),
      /** Keys that go with that; absent where none may be evicted. */
      evictedKeys: z.number().optional(),
      /** When the limit is full of data, and the entries then. */
      daysUntilLimit: z.number().optional(),
      entriesAtLimit: z.number().optional(),
      putOffEntries: z.number().optional(),
      daysUntilPutOff: z.number().optional(),
      putOffAllocatedBytes: bytes.optional(),
    })
    .optional(),
});

const pastTableStep = z.object({
  /** Samples between which used memory rose. */
  fromAt: instant,
  at: instant,
  database: z.number().int(),
  table: z.enum(['keys', 'expires']),
  /** Entries when the table grew, and the count that it had room for. */
  entries: z.number(),
  threshold: z.number(),
  /** The new table, and by how much used memory rose beyond what the new keys explain. */
  expectedBytes: bytes,
  observedBytes: bytes,
  /** What is left once the old table is freed; absent `oldTableFreedAt`: that was not seen yet. */
  permanentBytes: bytes,
  oldTableFreedAt: instant.optional(),
});

/** Of keys that were looked at by chance: what they say of all their like. Ranges hold with 95 % chance; without one it is not known. */
const sampledKeys = z.object({
  seenKeys: z.number().int(),
  /** Keys that they stand for. */
  keys: z.number(),
  bytes: estimate,
  averageBytes: estimate,
  /** Share of the bytes that is in keys with an expiry. */
  expiringBytesShare: estimate,
});

const keyspaceSample = sampledKeys.extend({
  at: instant,
  seconds,
  /** The server that was asked, and why this one. */
  takenFrom: z.string(),
  reason: z.enum(KEYSPACE_SERVER_REASONS),
  wantedKeys: z.number().int(),
  keysPerSecond: z.number(),
  /** It ended before so many keys were seen. */
  isCut: z.boolean(),
  /** Every key was looked at. */
  isComplete: z.boolean(),
  /** Keys that went meanwhile, and keys of databases for which the sample was too small. */
  lostKeys: z.number().int(),
  unseenKeys: z.number(),
  hasSlotTables: z.boolean(),
  /** Chance that a given key was not seen. */
  missedShare: ratio,
  /** So many keys of a kind must there be for one of them to be seen with 95 % chance; absent where all were. */
  sureGroupKeys: z.number().optional(),
  types: z.array(sampledKeys.extend({ type: z.string() })),
  /** How names begin: `*` stands for any value of a part, `…` for the rest. The rows add up to all keys. */
  prefixes: z.array(sampledKeys.extend({ pattern: z.string() })),
  /** The largest ones that were seen. */
  largest: z.array(z.object({ name: z.string(), type: z.string(), bytes, database: z.number().int(), ttlSeconds: z.number().optional() })),
  /** What INFO says of the data: `used_memory_dataset`, and how much that is, from and to, with what MEMORY USAGE counts beyond it. */
  dataset: z.object({ bytes, leastBytes: bytes, mostBytes: bytes, outcome: z.enum(['agrees', 'less', 'more']) }).optional(),
});

export const nodeSchema = z.object({
  id: z.string(),
  engine: z.object({ name: z.string(), version: z.string().optional() }),
  role: z.string().optional(),
  allocator: z.string().optional(),
  maxmemoryPolicy: z.string().optional(),
  /** Settings as last seen, by name, where the server was asked for them. */
  settings: z.record(z.string(), z.string()).optional(),
  groupId: z.string().optional(),
  /** What the user says of it: of the collector's configuration, or of `--config`. */
  labels: z.record(z.string(), z.string()).optional(),
  quality: z.object({
    samples: z.number().int(),
    intervalSeconds: seconds.optional(),
    spanSeconds: seconds,
    fromAt: instant,
    toAt: instant,
    /** From the newest sample to when the Analysis was made; absent where the times of samples are not known. */
    ageSeconds: seconds.optional(),
    gaps: z.array(span.extend({ reasons: z.array(z.enum(GAP_REASONS)).optional() })),
    gapCount: z.number().int(),
    gapSeconds: seconds,
    duplicates: z.number().int(),
    outOfOrder: z.number().int(),
    rejectedRows: z.number().int(),
    wrappedIntegers: z.number().int(),
    restarts: z.array(
      z.object({
        at: instant,
        reason: z.string(),
        lastSeenAt: instant.optional(),
        fromVersion: z.string().optional(),
        toVersion: z.string().optional(),
      }),
    ),
    statResets: z.array(z.object({ at: instant })),
    averaged: z.boolean(),
    grade: z.enum(['A', 'B', 'C', 'D']),
    /** What holds the grade down, the gravest first: the best grade it allows, and what its value would have to be for each better one. */
    reasons: z.array(
      z.object({
        id: z.enum(GRADE_REASONS),
        value: z.number().optional(),
        caps: z.enum(['B', 'C', 'D']).optional(),
        needs: z.object({ A: z.number(), B: z.number().optional(), C: z.number().optional() }).optional(),
      }),
    ),
  }),
  peaks: z.object({
    usedMemoryBytes: peak.extend({ recovered: z.boolean() }).optional(),
    countedBytes: peak.extend({ recovered: z.boolean() }).optional(),
    usedMemoryRssBytes: peak.optional(),
    /** Highest since the process started, when that predates the window. */
    lifetimeUsedMemoryBytes: bytes.optional(),
    recovered: z.array(span.extend({ value: bytes })),
    /** Parts of used memory at the peak, in bytes: `dataset`, `normalClients`, `replicaClients`, … */
    components: z.record(z.string(), z.number()),
    /** What made the highest sample; absent where it was not the peak (`recovered`), and where the parts are not told. */
    cause: z
      .object({
        /** `level`: it does not stand out of the day around it; `growth`: it is the end of growth, and no burst. */
        kind: z.enum(['level', 'rise', 'growth']),
        /** Usual used memory of the 12 hours before and after, of `growth` that of its beginning, and how far the peak stood above it. */
        usualBytes: bytes,
        overBytes: z.number(),
        /**
         * Parts that rose, the most first, from a tenth of the rise on: at the peak, as usual, their difference, and its share of the rise, which
         * is above 1 where another part fell. `other`: what no part explains.
         */
        parts: z.array(z.object({ part: z.string(), bytes, baseBytes: bytes, overBytes: z.number(), share: z.number() })),
        /** Old hash tables still held, within `hashTables`: freed when their entries have moved. */
        oldTableBytes: bytes.optional(),
        /** Objects that were deleted and not freed yet; their bytes are in `dataset`. */
        lazyfreeObjects: z.number().optional(),
        /** What rose as `dataset` may be commands queued by MULTI, which count there before Redis 7.0: brief, and the keys did not follow. */
        mayBeQueued: z.boolean().optional(),
      })
      .optional(),
    /** Each process that ran inside the window, where there was more than one: the newest 50. */
    lives: z
      .array(
        span.extend({
          samples: z.number().int(),
          version: z.string().optional(),
          usedMemoryBytes: peak.extend({ recovered: z.boolean() }).optional(),
        }),
      )
      .optional(),
  }),
  latest: z.object({
    usedMemoryBytes: bytes.optional(),
    countedBytes: bytes.optional(),
    usedMemoryRssBytes: bytes.optional(),
  }),
  systemMemory: z.object({
    totalBytes: bytes.optional(),
    source: z.enum(MACHINE_SOURCES),
    /** Where the input and the settings have several figures for it: all, the one that counts first. */
    figures: z.array(z.object({ source: z.enum(MACHINE_SOURCES), bytes })).optional(),
    /** Where the limit of its container changed inside the window: from when on, and to what. */
    changes: z.array(z.object({ at: instant, bytes })).optional(),
    /** Its limit before the first of them. */
    initialBytes: bytes.optional(),
    targetRatio: ratio,
    ratioNow: ratio.optional(),
    ratioPeak: ratio.optional(),
    secondsAboveTarget: seconds.optional(),
    episodes: z.array(span.extend({ maxRatio: ratio })),
  }),
  fragmentation,
  forecast,
  provisioning,
  keyspace: z.object({
    databases: z.array(database),
    steps: z.array(hashTableStep),
    /** Doublings inside the window. */
    pastSteps: z.array(pastTableStep).optional(),
    bytesPerKey: z.number().optional(),
    sample: keyspaceSample.optional(),
  }),
  activity: z.object({
    evictedKeys: z.number().optional(),
    expiredKeys: z.number().optional(),
    oomErrors: z.number().optional(),
    hitRatio: ratio.optional(),
    opsPerSecondMax: z.number().optional(),
    connectedClientsMax: z.number().optional(),
    maxclients: z.number().optional(),
    rejectedConnections: z.number().optional(),
    /** Highest share of one core that the main thread used between two samples. */
    mainThreadCpuMax: ratio.optional(),
    mainThreadCpuBusiestHour: ratio.optional(),
    netInputBytesPerSecondMax: z.number().optional(),
    netOutputBytesPerSecondMax: z.number().optional(),
    fullSyncs: z.number().optional(),
    /** What commands cost the thread that runs them; absent `sinceAt`: since the server's start or the last reset of its counts. */
    commands: z
      .object({
        sinceAt: instant.optional(),
        untilAt: instant,
        seconds,
        /** The costliest first; `share` of the time of all commands. */
        top: z.array(z.object({ name: z.string(), calls: z.number(), seconds, share: ratio })),
      })
      .optional(),
  }),
  persistence: z.object({
    aofEnabled: z.boolean().optional(),
    /** `rdb`, `aof`, `none` as the history shows. */
    forks: z.array(
      z.object({
        at: instant,
        kind: z.string(),
        cowBytes: bytes,
        rssBytes: bytes.optional(),
        seconds: seconds.optional(),
        /** The most that may have been written while it ran: keys changed, evicted and expired, and bytes received. */
        writtenKeys: z.number().optional(),
        inputBytes: bytes.optional(),
      }),
    ),
    cowRatioMax: ratio.optional(),
  }),
  /** What the charts draw. Bounded: at most 1,024 points; peaks are kept by taking maxima. */
  series: z.object({
    at: z.array(instant),
    usedMemoryBytes: line,
    usedMemoryRssBytes: line,
    countedBytes: line,
    maxmemoryBytes: line,
    allocatorAllocatedBytes: line,
    allocatorActiveBytes: line,
    allocatorResidentBytes: line,
    evictedKeysPerSecond: line,
    opsPerSecond: line,
    hitRatio: line,
    mainThreadCpu: line,
    connectedClients: line,
  }),
  dailyPeaks: z.array(
    z.object({
      fromAt: instant,
      toAt: instant,
      /** Hour of the highest used memory; of a peak between two samples the later one. */
      peakAt: instant.optional(),
      usedMemoryBytes: bytes.optional(),
      /** Only where it is less than used memory. */
      countedBytes: bytes.optional(),
      usedMemoryRssBytes: bytes.optional(),
    }),
  ),
  /** Hourly maxima of used memory, for the heat map. */
  hourlyPeaks: z.object({ at: z.array(instant), usedMemoryBytes: line }),
  findings: z.array(finding),
  actions: z.array(action),
  /** What would not help, with the bytes it would give back. */
  wouldNotHelp: z.array(z.object({ id: z.enum(ACTION_IDS), givesBytes: bytes.optional(), reason: z.string() })),
  /** The verdict of the first page. */
  verdict: z.object({
    level: z.enum(LEVELS),
    /** Id of the sentence, whose words are in the locale. */
    id: z.enum(VERDICT_IDS),
    findingIds: z.array(z.enum(FINDING_IDS)),
  }),
  /** What moved since an earlier Analysis; absent where none was given, and for a node that was not in it. */
  comparison: nodeComparison.optional(),
});

/** A sum, and how many told their share of it. */
const knownSum = z.object({ value: z.number(), of: z.number().int() });

const fleetTotals = z.object({
  nodes: z.number().int(),
  /** Primaries: the replicas of one hold the same data. */
  dataSets: z.number().int(),
  /** Peaks of the data, each set once. */
  dataPeakBytes: knownSum.optional(),
  /** Machines of all nodes, replicas too: as needed, and as they are. */
  memoryNeededBytes: knownSum.optional(),
  machineBytes: knownSum.optional(),
  /** List prices of the present and of the recommended instances. */
  currentUsdHour: knownSum.optional(),
  recommendedUsdHour: knownSum.optional(),
});

/** `holds`: a replica takes over the load so far; `short`: the best one has too little memory; `data-lost`: there is none. */
const failoverVerdict = z.enum(['holds', 'unknown', 'short', 'data-lost']);
const shardFailover = z.object({
  primaryId: z.string().optional(),
  /** The one that would take over. */
  replicaId: z.string().optional(),
  verdict: failoverVerdict,
  shortIn: z.array(z.enum(['machine', 'maxmemory'])).optional(),
  /** Highest load of the primary so far, and what the replica has for it; the limit that the primary has. 0: none. */
  residentBytes: bytes.optional(),
  dataBytes: bytes.optional(),
  machineBytes: bytes.optional(),
  maxmemoryBytes: bytes.optional(),
  primaryMaxmemoryBytes: bytes.optional(),
  /** Why it is unknown. */
  reason: z.enum(['primary-not-read', 'replica-not-read', 'replicas-not-told', 'machine-unknown']).optional(),
});

const group = z.object({
  id: z.string(),
  kind: z.enum(['cluster', 'replication', 'fleet']),
  nodeIds: z.array(z.string()),
  /** Those that were read. */
  shards: z.number().int().optional(),
  /** Shards of the same cluster that CLUSTER NODES names, and of which nothing was read. */
  unreadShards: z.number().int().optional(),
  /** Shard with the highest counted peak, and that peak over the mean of all shards'. */
  hottestNodeId: z.string().optional(),
  skew: ratio.optional(),
  /** That peak over the median of all shards'. */
  skewToMedian: ratio.optional(),
  /** Peak of each shard by one measure for all, hottest first. */
  shardPeaks: z.array(z.object({ nodeId: z.string(), bytes })).optional(),
  /** Why it holds more: more keys, or more bytes a key; each over the mean of all shards. */
  skewCause: z.object({ cause: z.enum(['more-keys', 'larger-values', 'both']), keysRatio: ratio, bytesPerKeyRatio: ratio }).optional(),
  /** What each shard would hold at an even spread, and what the hottest would have to give away for it. */
  evenSpread: z
    .object({
      peakBytes: bytes,
      moveBytes: bytes,
      /** What each shard would need then, and whether the present machines and limits hold it: then nothing is to be bought. */
      memoryNeededBytes: bytes.optional(),
      maxmemoryBytes: bytes.optional(),
      machineSuffices: z.boolean().optional(),
      limitSuffices: z.boolean().optional(),
    })
    .optional(),
  /** When the primary of one shard fails; `verdict` is of the worst. */
  failover: z.object({ verdict: failoverVerdict, shards: z.array(shardFailover) }).optional(),
  /** When one zone fails; nothing is judged unless the zone of every node is known. */
  zoneLoss: z
    .object({
      status: z.enum(['judged', 'zones-unknown']),
      unknownNodeIds: z.array(z.string()).optional(),
      zones: z.array(
        z.object({
          zone: z.string(),
          nodes: z.number().int(),
          /** Shards whose primary is in it. */
          primaries: z.number().int(),
          verdict: failoverVerdict,
          shards: z.array(shardFailover),
        }),
      ),
    })
    .optional(),
  /** Peaks of the data, each shard counted once. */
  dataPeakBytes: bytes.optional(),
  members: z.array(
    z.object({
      nodeId: z.string(),
      role: z.enum(['primary', 'replica']).optional(),
      /** Failure domain, as configured. */
      zone: z.string().optional(),
      /** Primary of this replica, where it is one of the nodes. */
      replicaOf: z.string().optional(),
      /** Node that took the place of this primary in a failover, when this one was not seen again. */
      replacedBy: z.string().optional(),
      /** Used memory over its primary's, at the newest instant that both tell. */
      usedMemoryRatio: ratio.optional(),
      /** Whether that is more than buffers explain. */
      usedMemoryDiffers: z.boolean().optional(),
      /** What it has less of than its primary, whose load it must hold after a failover. */
      smallerIn: z.array(z.enum(['machine', 'maxmemory'])).optional(),
    }),
  ),
  /** Node that needs most: its budget is the group's. */
  sizedByNodeId: z.string().optional(),
  /** Memory of all machines, when each is as large as the largest need. */
  totalMemoryNeededBytes: bytes.optional(),
  provisioning: provisioning.optional(),
  /** `config`: as the user defined it; `found`: as INFO shows. */
  source: z.enum(['config', 'found']).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  /** As its most urgent node, or where all is well the node that needs most; not of a fleet. */
  verdict: z.object({ level: z.enum(LEVELS), id: z.enum(VERDICT_IDS), nodeId: z.string() }).optional(),
  /** What to do, in order, each once: the action of that id of node `nodeId`, for all of `nodeIds`. */
  steps: z
    .array(
      z.object({
        id: z.enum(ACTION_IDS),
        nodeId: z.string(),
        nodeIds: z.array(z.string()),
        /** Commands or sizes are not the same for all of them. */
        differs: z.boolean(),
      }),
    )
    .optional(),
  /** Of a fleet. */
  totals: fleetTotals.optional(),
});

export const analysisSchema = z.object({
  schemaVersion: z.literal(1),
  tool: z.object({ name: z.string(), version: z.string() }),
  generatedAt: instant,
  title: z.string().optional(),
  window: span,
  settings: z.object({
    targetRatio: ratio,
    forkCeilingRatio: ratio,
    horizonDays: z.number(),
    timeZone: z.string(),
    systemMemoryBytes: bytes.optional(),
    providers: z.array(z.string()),
    instance: z.string().optional(),
    target: z.string().optional(),
    growthRatio: z.number().optional(),
    importBytes: bytes.optional(),
    policy: z.enum(['cache', 'store']).optional(),
    shards: z.number().int().positive().optional(),
    engine: z.object({ name: z.enum(['redis', 'valkey']), version: z.string() }).optional(),
    replicas: z.number().int().optional(),
    persistence: z.enum(['none', 'rdb', 'aof']).optional(),
    /** What keeps the settings of a server of one's own, beside the server itself. */
    managedBy: z.enum(['helm']).optional(),
    catalogDates: z.record(z.string(), z.string()),
  }),
  inputs: z.array(
    z.object({
      input: z.string(),
      inputKind: z.string(),
      dialect: z.string().optional(),
      samples: z.number().int(),
      rejectedRows: z.number().int(),
      rejections: z.array(z.object({ line: z.number().int(), reason: z.string() })),
      notes: z.array(z.string()),
    }),
  ),
  nodes: z.array(nodeSchema),
  groups: z.array(group),
  /** All nodes together, where there are several. */
  fleet: fleetTotals
    .extend({
      /** Who needs attention first; `daysToLimit` with 10 % chance. */
      ranking: z.array(
        z.object({
          nodeId: z.string(),
          level: z.enum(LEVELS),
          ratioPeak: ratio.optional(),
          daysToLimit: z.number().optional(),
        }),
      ),
    })
    .optional(),
  /** What the nodes are compared with, and all of them together; absent where nothing was given to compare with. */
  comparison: fleetComparison.optional(),
});

export type Analysis = z.infer<typeof analysisSchema>;
export type NodeAnalysis = z.infer<typeof nodeSchema>;
export type BudgetLine = z.infer<typeof budgetLine>;
export type BudgetLineId = (typeof BUDGET_LINE_IDS)[number];
export type Provisioning = z.infer<typeof provisioning>;
export type WhatIf = z.infer<typeof whatIf>;
export type PlanNote = (typeof PLAN_NOTES)[number];
export type Spread = (typeof SPREADS)[number];
export type WhatIfId = WhatIf['id'];
export type InstanceChoice = z.infer<typeof instanceChoice>;
export type Forecast = z.infer<typeof forecast>;
export type Fragmentation = z.infer<typeof fragmentation>;
export type DefragParameter = z.infer<typeof defragParameter>;
export type Diagnosis = (typeof DIAGNOSES)[number];
export type Advice = (typeof ADVICE)[number];
export type GradeReasonId = (typeof GRADE_REASONS)[number];
export type Finding = z.infer<typeof finding>;
export type Action = z.infer<typeof action>;
export type ActionId = (typeof ACTION_IDS)[number];
export type HashTableStep = z.infer<typeof hashTableStep>;
export type KeyspaceSampleAnalysis = z.infer<typeof keyspaceSample>;
export type PastTableStep = z.infer<typeof pastTableStep>;
export type AnalysisSettings = Analysis['settings'];
export type VerdictId = NodeAnalysis['verdict']['id'];
export type FleetTotals = z.infer<typeof fleetTotals>;
export type Fleet = NonNullable<Analysis['fleet']>;
export type GroupAnalysis = z.infer<typeof group>;
