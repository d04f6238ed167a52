/** One job that people do with the tool, shown on a recorded sample. */
export interface Example {
  /** Name of its files in docs/examples. */
  readonly name: string;
  /** What follows `redis-headroom report`, but for formats and place. */
  readonly args: readonly string[];
  /** When it is made, epoch milliseconds UTC. */
  readonly clock: number;
  /** Files that are kept beside the picture. */
  readonly keeps: readonly ('pdf' | 'md')[];
}

export const EXAMPLES: readonly Example[] = [
  {
    name: 'monthly-review',
    args: ['samples/steady-growth.csv', '--system-memory', '576MiB', '--provider', 'aws', '--title', 'Memory review, April 2026'],
    clock: Date.UTC(2026, 4, 7, 8),
    keeps: ['pdf'],
  },
  {
    name: 'before-a-migration',
    args: [
      ...['samples/articles-story.csv', '--system-memory', '768MiB', '--target', 'elasticache-valkey', '--engine', 'valkey-8.1'],
      ...['--import', '1GiB', '--replicas', '1', '--growth', '30%', '--title', 'articles: move to ElastiCache for Valkey'],
    ],
    clock: Date.UTC(2026, 6, 2, 8),
    keeps: ['pdf'],
  },
  {
    name: 'ticket',
    args: ['samples/fragmentation.csv', '--system-memory', '1GiB', '--title', 'documents: RSS far above used memory'],
    clock: Date.UTC(2026, 4, 14, 8),
    keeps: ['pdf', 'md'],
  },
];
