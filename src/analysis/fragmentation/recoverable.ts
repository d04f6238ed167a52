import type { Fragmentation } from '../../model/analysis.ts';
import { MiB } from '../../model/bytes.ts';
import type { Engine } from '../../model/engine.ts';
import type { NodeHistory } from '../../model/node-history.ts';
import { quantile } from '../../stats/quantile.ts';
import { reportsSmallBins } from './allocator.ts';
import type { FragmentationState } from './evidence.ts';

/** What a fresh process needs beside its data: code, stacks, allocator metadata. Measured where the allocator reports, else a guess. */
const MIN_PROCESS_BYTES = 32 * MiB;
const ASSUMED_PROCESS_BYTES = 64 * MiB;
/** A Lua heap that has grown is gone after a restart: what the process needs is what it had when it was lean. */
const LEAN_QUANTILE = 0.1;

/**
 * Bytes that each action could give back at most; absent where the history cannot tell.
 *
 * - `activedefrag`: unused regions of small bins where the server reports them (Redis 7.4+, Valkey 8.0+), else active − allocated. What it
 *   could move if it may run: whether it may is `activedefrag.supported`.
 * - `purge`: resident − active, plus muzzy pages where reported.
 * - `restart`: RSS − used − what any process needs; at least what `purge` gives of RSS − used.
 */
export function estimateRecoverable(state: FragmentationState, history: NodeHistory, engine: Engine): Fragmentation['recoverableBytes'] {
  const { now, holesBytes, unusedBytes } = state;
  const smallBinBytes = reportsSmallBins(engine) === true ? history.last.allocatorFragBytes : undefined;
  // Exactly 0 beside real holes is the stub of builds that cannot look into their bins, not a measurement.
  const defragBytes = smallBinBytes === undefined || smallBinBytes === 0 ? holesBytes : smallBinBytes;
  const purgeBytes = unusedBytes + (Number.isNaN(now.muzzyBytes) ? 0 : now.muzzyBytes);
  const beside = state.life.map((point) => point.rssBytes - point.residentBytes).filter(Number.isFinite);
  const processBytes = beside.length === 0 ? Number.NaN : quantile(beside, LEAN_QUANTILE);
  const restartBytes =
    now.rssBytes - now.usedBytes - (Number.isNaN(processBytes) ? ASSUMED_PROCESS_BYTES : Math.max(processBytes, MIN_PROCESS_BYTES));
  return {
    ...(Number.isFinite(defragBytes) ? { activedefrag: Math.max(0, defragBytes) } : {}),
    ...(Number.isFinite(purgeBytes) ? { purge: Math.max(0, purgeBytes) } : {}),
    // A fresh process holds no freed pages, however little the rest is.
    restart: Math.max(0, restartBytes, Number.isFinite(purgeBytes) ? Math.min(purgeBytes, now.rssBytes - now.usedBytes) : 0),
  };
}
