import type { NodeAnalysis } from '../model/analysis.ts';
import { MiB } from '../model/bytes.ts';
import { type Engine, isAtLeast } from '../model/engine.ts';
import { modelCopyOnWrite, PAGE_BYTES, PAGES_PER_WRITE_RANGE } from './copy-on-write.ts';

export type ForkFigures = NodeAnalysis['persistence']['forks'][number];

const HUGE_PAGE_BYTES = 2 * MiB;

/** What a fork copied, against what its writes explain. Shares are of resident memory. */
export interface CopiedShare {
  readonly copiedShare: number;
  /** The most that these writes copy in pages of 4 KiB. */
  readonly smallPagesShare: number;
  /** And in pages of 2 MiB, if they lie apart. */
  readonly hugePagesShare: number;
}

/**
 * The copied share of a fork beside what its writes explain; undefined where that is not known, and for a rewrite up to Redis 6.2, whose child
 * also keeps what is written meanwhile.
 * @remarks Method: docs/methodology.md#copy-on-write
 */
export function explainFork(fork: ForkFigures, engine: Engine): CopiedShare | undefined {
  const { kind, cowBytes, rssBytes, writtenKeys, inputBytes } = fork;
  if (writtenKeys === undefined || rssBytes === undefined || rssBytes <= 0 || cowBytes <= 0) return undefined;
  if (kind === 'aof' && isAtLeast(engine, { redis: '7.0', valkey: '7.2' }) !== true) return undefined;
  const copyOf = (pagesPerWrite: number, pageBytes: number): number =>
    modelCopyOnWrite({ residentBytes: rssBytes, writesPerSecond: writtenKeys, forkSeconds: 1, pagesPerWrite, pageBytes });
  const [fewest, most] = PAGES_PER_WRITE_RANGE;
  // New values go to pages that earlier ones have left: their bytes may all have been shared with the child.
  const small = copyOf(most, PAGE_BYTES) + (inputBytes ?? 0) / rssBytes;
  return { copiedShare: cowBytes / rssBytes, smallPagesShare: Math.min(1, small), hugePagesShare: copyOf(fewest, HUGE_PAGE_BYTES) };
}

/** Linux up to 5.7 copies a huge page as a whole; later ones split it and copy 4 KiB (mm/huge_memory.c do_huge_pmd_wp_page). */
const FIRST_SPLITTING_KERNEL = [5, 8] as const;

/**
 * Whether a write of this system's kernel may copy a huge page.
 * @param os - INFO's `os`, as `Linux 5.4.0-150-generic x86_64`
 * @returns undefined where the kernel is not told
 */
export function copiesHugePages(os: string | undefined): boolean | undefined {
  if (os === undefined) return undefined;
  const version = /^Linux (\d+)\.(\d+)/.exec(os);
  if (version === null) return os.startsWith('Linux') ? undefined : false;
  const [major, minor] = [Number(version[1]), Number(version[2])];
  return major < FIRST_SPLITTING_KERNEL[0] || (major === FIRST_SPLITTING_KERNEL[0] && minor < FIRST_SPLITTING_KERNEL[1]);
}
