/** Levels of a verdict, the most urgent first. */
export const LEVELS = ['act', 'watch', 'unknown', 'ok'] as const;

/** The sentence of the first page, whose words are in the locale. */
export const VERDICT_IDS = [
  'safe',
  'oversized',
  'move-to-target',
  'move-slots',
  'resize-before',
  'resize-now',
  'lower-maxmemory',
  'set-maxmemory',
  'raise-maxmemory',
  'fragmentation',
  'replica-buffers',
  'client-buffers',
  'lua-heap',
  'evictions',
  'refusals',
  'swapping',
  'watch-growth',
  'not-enough-data',
] as const;

/** What to do, ids whose words are in the locale. */
export const ACTION_IDS = [
  'resize-up',
  'resize-down',
  'set-maxmemory',
  'raise-maxmemory',
  'lower-maxmemory',
  'enable-activedefrag',
  'tune-activedefrag',
  'disable-activedefrag',
  'leave-activedefrag',
  'let-defrag-finish',
  'memory-purge',
  'restart',
  'jemalloc-build',
  'stop-swapping',
  'fix-saves',
  'raise-backlog',
  'limit-replica-buffers',
  'limit-client-memory',
  'flush-scripts',
  'repair-scripts',
  'set-eviction-policy',
  'upgrade-engine',
  'collect-more',
  'fix-input',
  'add-shards',
  'move-slots',
  'move-to-target',
  'fit-replica',
  'add-replica',
  'nothing',
] as const;

/** The lines of the budget, in the order they add up: those up to `fill-margin` make maxmemory, all of them the machine. `import` only where one was asked for, `slot-histograms` where the target adds them. */
export const BUDGET_LINE_IDS = [
  'peak-counted',
  'import',
  'growth',
  'slot-histograms',
  'hash-table-step',
  'fill-margin',
  'not-counted',
  'allocator',
  'process-overhead',
  'copy-on-write',
  'page-tables',
  'operating-system',
  'headroom',
] as const;

/** The lines that make maxmemory; the rest is added for the machine. */
export const MAXMEMORY_LINE_IDS: readonly (typeof BUDGET_LINE_IDS)[number][] = BUDGET_LINE_IDS.slice(
  0,
  BUDGET_LINE_IDS.indexOf('fill-margin') + 1,
);
