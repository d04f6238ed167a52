import type { SampleBatch } from '../../../src/model/sample-batch.ts';
import { type Access, parseTarget } from '../../../src/sources/live/address.ts';
import { parseAddressMap } from '../../../src/sources/live/address-map.ts';
import type { ServerFailure } from '../../../src/sources/live/failure.ts';
import { watch } from '../../../src/sources/live/watch.ts';

export interface WatchForOptions {
  /** The watch ends with that many samples, or that many failures. */
  readonly samples?: number;
  readonly failures?: number;
  readonly access?: Access;
  readonly sentinelAccess?: Access;
  readonly everyMs?: number;
  readonly timeoutMs?: number;
  readonly withReplicas?: boolean;
  readonly addressMap?: readonly string[];
  readonly settings?: boolean;
  /** Called with the number of samples, or failures, so far. */
  readonly onSample?: (count: number, nodeId: string) => void | Promise<void>;
  readonly onFailure?: (count: number) => void | Promise<void>;
  readonly onNodes?: (joined: readonly string[], left: readonly string[]) => void | Promise<void>;
  /** Ends the watch as well. */
  readonly until?: (seen: Seen) => boolean;
}

export interface Seen {
  readonly samples: { readonly nodeId: string; readonly batch: SampleBatch }[];
  readonly failures: { readonly nodeId: string; readonly error: ServerFailure }[];
  readonly returns: { readonly nodeId: string; readonly missed: number }[];
  /** Servers that do not tell their settings. */
  readonly refused: string[];
  readonly joined: string[];
  readonly left: string[];
}

const LONGEST_MS = 60_000;

/** Watches servers until enough was seen; a minute later at the latest. */
export async function watchFor(urls: readonly string[], options: WatchForOptions): Promise<Seen> {
  const seen: Seen = { samples: [], failures: [], returns: [], refused: [], joined: [], left: [] };
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), LONGEST_MS);
  const check = (): void => {
    const enough =
      seen.samples.length >= (options.samples ?? Number.POSITIVE_INFINITY) ||
      seen.failures.length >= (options.failures ?? Number.POSITIVE_INFINITY) ||
      options.until?.(seen);
    if (enough) stop.abort();
  };
  try {
    await watch(
      urls.map((url) => parseTarget(url, options.access, options.sentinelAccess)),
      {
        everyMs: options.everyMs ?? 100,
        timeoutMs: options.timeoutMs ?? 2000,
        withReplicas: options.withReplicas,
        addressMap: parseAddressMap(options.addressMap ?? []),
        settings: options.settings,
      },
      {
        onSample: (nodeId, batch) => {
          seen.samples.push({ nodeId, batch });
          void options.onSample?.(seen.samples.length, nodeId);
          check();
        },
        onFailure: ({ nodeId, error }) => {
          seen.failures.push({ nodeId, error });
          void options.onFailure?.(seen.failures.length);
          check();
        },
        onReturn: ({ nodeId, missed }) => seen.returns.push({ nodeId, missed }),
        onSettingsRefused: ({ nodeId }) => seen.refused.push(nodeId),
        onNodes: ({ joined, left }) => {
          seen.joined.push(...joined);
          seen.left.push(...left);
          void options.onNodes?.(joined, left);
          check();
        },
        onClockJump: () => {},
      },
      stop.signal,
    );
  } finally {
    clearTimeout(timer);
  }
  return seen;
}
