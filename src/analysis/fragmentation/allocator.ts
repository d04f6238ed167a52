import { MiB } from '../../model/bytes.ts';
import { compareVersions, type Engine, isAtLeast } from '../../model/engine.ts';
import type { NodeHistory } from '../../model/node-history.ts';

/** `other`: libc, tcmalloc, mimalloc and the like, for which INFO's allocator fields are made up. */
export type AllocatorKind = 'jemalloc' | 'other' | 'unknown';

/** Which allocator the server says it was built with. */
export function findAllocatorKind(history: NodeHistory): AllocatorKind {
  const name = allocatorName(history);
  if (name === undefined) return 'unknown';
  return name.startsWith('jemalloc') ? 'jemalloc' : 'other';
}

/** Newest `mem_allocator`, e.g. `jemalloc-5.3.0`. */
export function allocatorName(history: NodeHistory): string | undefined {
  return history.texts.allocator?.at(-1)?.value;
}

/** jemalloc that each release bundles, newest first (deps/jemalloc/VERSION of the releases). */
const BUNDLED_JEMALLOC: Readonly<Record<'redis' | 'valkey' | 'keydb', readonly (readonly [since: string, jemalloc: string])[]>> = {
  redis: [
    ['7.2', '5.3.0'],
    ['7.0', '5.2.1'],
    ['5.0', '5.1.0'],
    ['4.0', '4.0.3'],
  ],
  valkey: [['7.2', '5.3.0']],
  keydb: [['6.0', '5.2.1']],
};
/** The last releases whose bundled version is known; later ones may bundle another. */
const BUNDLED_KNOWN_BELOW = { redis: '8.9', valkey: '9.2', keydb: '6.4' } as const;

/**
 * Whether the server provably runs on the jemalloc of its distribution, which lacks the defragmentation hint: another version than the
 * release bundles, or (Valkey 8.1+) no small-bin figure at all on an instance that holds data.
 * @returns false also when it cannot be told: a system jemalloc of the bundled version looks the same. Managed services build their own.
 */
export function hasSystemJemalloc(history: NodeHistory, engine: Engine): boolean {
  if (/amazon|elasticache|memorystore|azure/i.test(history.texts.os?.at(-1)?.value ?? '')) return false;
  const reported = /^jemalloc-(\d+\.\d+\.\d+)/.exec(allocatorName(history) ?? '')?.[1];
  if (reported === undefined) return false;
  const bundled = bundledJemalloc(engine);
  if (bundled !== undefined && bundled !== reported) return true;

  const fragBytes = history.metrics.get('allocatorFragBytes');
  const allocated = history.metrics.get('allocatorAllocatedBytes')?.max.value ?? 0;
  return isAtLeast(engine, { valkey: '8.1' }) === true && fragBytes?.max.value === 0 && allocated > 10 * MiB;
}

function bundledJemalloc({ name, version }: Engine): string | undefined {
  if ((name !== 'redis' && name !== 'valkey' && name !== 'keydb') || version === undefined) return undefined;
  if (compareVersions(version, BUNDLED_KNOWN_BELOW[name]) >= 0) return undefined;
  return BUNDLED_JEMALLOC[name].find(([since]) => compareVersions(version, since) >= 0)?.[1];
}

/**
 * Whether `allocator_frag_ratio` and `allocator_frag_bytes` mean unused regions of small bins (Redis 7.4+, Valkey 8.0+)
 * and not active over allocated; undefined when the version is unknown.
 */
export function reportsSmallBins(engine: Engine): boolean | undefined {
  return isAtLeast(engine, { redis: '7.4', valkey: '8.0' });
}
