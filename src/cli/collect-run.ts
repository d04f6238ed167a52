import type { HistoryWriter } from '../history/folder/index.ts';
import { ConnectionError } from '../model/errors.ts';
import { type DescribedTarget, type WatchListener, type WatchOptions, watch } from '../sources/live/index.ts';
import type { CollectLog } from './collect-log.ts';
import type { CollectState } from './collect-state.ts';
import type { CollectMetrics } from './metrics/index.ts';

const STATUS_MS = 1000;

export interface CollectRun {
  readonly targets: readonly DescribedTarget[];
  readonly watching: WatchOptions;
  /** By the steady clock of `performance.now`. */
  readonly endAt: number;
  readonly state: CollectState;
  readonly writer: HistoryWriter;
  readonly log: CollectLog;
  readonly metrics: CollectMetrics | undefined;
}

/**
 * Samples until the end or the signal.
 * @throws ConnectionError when `once` got no sample at all
 */
export async function collect(run: CollectRun, stop: AbortController): Promise<void> {
  const { targets, watching, endAt, state, writer, log } = run;
  const startedAt = performance.now();
  const tick = setInterval(
    () => {
      log.status({
        servers: state.serverCount,
        failing: state.failingCount,
        written: writer.appended,
        waiting: writer.waiting,
        gaps: state.gaps,
        forSeconds: (performance.now() - startedAt) / 1000,
      });
      if (performance.now() >= endAt) stop.abort();
    },
    Math.min(STATUS_MS, Math.max(10, endAt - startedAt)),
  );
  let firstFailure: ConnectionError | undefined;
  const listener = listenerOf(run, (error) => {
    firstFailure ??= error;
  });
  try {
    await watch(
      targets.map(({ target }) => target),
      watching,
      listener,
      stop.signal,
    );
  } finally {
    clearInterval(tick);
  }
  log.event('info', 'end', { samples: state.samples, gaps: state.gaps });
  if (watching.once && state.samples === 0) throw firstFailure ?? new ConnectionError(targets[0]?.target.name ?? '', 'gave no sample.');
}

function listenerOf({ targets, state, writer, log, metrics }: CollectRun, failedWith: (error: ConnectionError) => void): WatchListener {
  const descriptions = new Map(targets.map(({ target, description }) => [target, description]));
  return {
    onSample: (nodeId, batch) => {
      state.sampled(nodeId);
      metrics?.sampled(nodeId);
      writer.append(batch);
    },
    onFailure: ({ nodeId, at, error, again }) => {
      failedWith(error);
      const gapBegins = state.failed(nodeId);
      metrics?.failed(nodeId, error.reason, gapBegins);
      if (again) return;
      writer.note({ at, kind: 'lost', node: nodeId, reason: error.reason, message: error.message });
      log.event('warning', 'server-lost', { server: nodeId, reason: error.reason, message: error.message });
    },
    onReturn: ({ nodeId, at, missed }) => {
      state.returned(nodeId);
      writer.note({ at, kind: 'back', node: nodeId, missed });
      log.event('info', 'server-back', { server: nodeId, missed });
    },
    onNodes: ({ at, joined, left, target }) => {
      for (const id of joined) {
        const description = descriptions.get(target);
        if (description) writer.describe(id, description);
        state.joined(id);
        metrics?.joined(id);
      }
      for (const id of left) {
        state.left(id);
        metrics?.left(id);
      }
      writer.note({ at, kind: 'nodes', joined: [...joined], left: [...left] });
      log.event('info', 'servers', { joined: joined.join(' '), left: left.join(' '), now: state.serverCount });
    },
    onSettingsRefused: ({ nodeId }) => {
      log.event('warning', 'settings-refused', { server: nodeId, advice: '`redis-headroom acl --settings` prints the rule that suffices' });
    },
    onClockJump: ({ at, byMs }) => {
      metrics?.clockJumped();
      writer.note({ at, kind: 'clock', byMs });
      log.event('warning', 'clock-set', { byMs });
    },
    onPoll: ({ tookMs, lateMs }) => metrics?.polled(tookMs, lateMs),
    onConnections: (open) => {
      state.connections = open;
    },
  };
}
