/** Findings are named after the failing state. A new id here asks the compiler for its rule and its words. */
export const FINDING_IDS = [
  'system-memory-ratio-high',
  'swapping',
  'oom-errors',
  'noeviction-near-limit',
  'eviction-pressure',
  'maxmemory-unset',
  'maxmemory-too-high',
  'maxmemory-too-low',
  'cow-headroom-short',
  'huge-pages-suspected',
  'save-failing',
  'hash-table-step-ahead',
  'used-growth',
  'external-fragmentation',
  'rss-retained-after-peak',
  'resident-unused',
  'process-overhead-high',
  'activedefrag-unsupported',
  'activedefrag-not-needed',
  'activedefrag-ineffective',
  'defrag-crash-version',
  'replica-buffer-risk',
  'backlog-too-small',
  'client-memory-high',
  'script-cache-high',
  'maxclients-near',
  'cpu-single-thread-near',
  'network-near',
  'hit-ratio-falling',
  'oversized',
  'shard-skew',
  'failover-unsafe',
  'lifetime-peak-outside-window',
  'engine-end-of-life',
  'machine-memory-doubtful',
  'data-old',
  'averaged-input',
  'gaps',
  'short-history',
  'restarts',
  'definition-change',
] as const;

export type FindingId = (typeof FINDING_IDS)[number];

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** "Could not judge" is a verdict of its own and never looks like `clear`. */
export const VERDICTS = ['raised', 'clear', 'not-enough-data', 'not-applicable', 'error'] as const;
export type Verdict = (typeof VERDICTS)[number];
