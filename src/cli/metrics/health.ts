import type { CollectState } from '../collect-state.ts';

/** Whether a collector does what it is there for. */
export interface Health {
  readonly healthy: boolean;
  /** In words, for whoever is woken by it; none where it is healthy. */
  readonly reasons: readonly string[];
  readonly servers: number;
  /** Of those, the ones with a sample of late. */
  readonly sampled: number;
}

/** A server counts as sampled for so many intervals, and for at least so long: what fails is tried every 15 seconds. */
const INTERVALS = 3;
const SHORTEST_WINDOW_MS = 30_000;
/** Of fewer servers that are sampled, the trouble is more likely here than there. */
const HEALTHY_SHARE = 0.5;

/**
 * Healthy while at least half of the servers are sampled and the history can be written.
 * @param now - by the steady clock of `performance.now`
 */
export function judgeHealth({ servers, everyMs, unwritable }: CollectState, now: number): Health {
  const windowMs = Math.max(INTERVALS * everyMs, SHORTEST_WINDOW_MS);
  let sampled = 0;
  for (const { sampledAt } of servers.values()) if (sampledAt !== undefined && now - sampledAt <= windowMs) sampled += 1;
  const reasons: string[] = [];
  if (sampled === 0) reasons.push(`no sample in the last ${Math.round(windowMs / 1000)} s`);
  else if (sampled < servers.size * HEALTHY_SHARE)
    reasons.push(`samples of ${sampled} of ${servers.size} servers in the last ${Math.round(windowMs / 1000)} s`);
  if (unwritable !== undefined) reasons.push(`the history cannot be written: ${unwritable}`);
  return { healthy: reasons.length === 0, reasons, servers: servers.size, sampled };
}
