import { HistoryWriter } from '../history/folder/index.ts';
import { ConfigError, ConnectionError } from '../model/errors.ts';
import { type AddressMap, parseTarget, type Target, watch } from '../sources/live/index.ts';
import { toolVersion } from '../version.ts';
import { explainCommands } from './acl-command.ts';
import { readCollectConfig } from './collect-config.ts';
import { type CollectLog, openCollectLog } from './collect-log.ts';
import { accessOptions, addressMapOption } from './live-options.ts';
import { secondsOption } from './options.ts';

const SHORTEST_INTERVAL_SECONDS = 0.1;
const STATUS_MS = 1000;

/**
 * `redis-headroom collect URL…`: samples servers into a history folder until it is told to stop.
 * @returns 0 when it ended in order
 * @throws ConfigError; ConnectionError when `--once` got no sample at all
 */
export async function collectCommand(urls: readonly string[], options: Readonly<Record<string, unknown>>): Promise<number> {
  if (options.explainCommands === true) {
    process.stdout.write(explainCommands());
    return 0;
  }
  const once = options.once === true;
  const everySeconds = secondsOption('--every', String(options.every));
  if (everySeconds < SHORTEST_INTERVAL_SECONDS)
    throw new ConfigError('--every', String(options.every), `at least ${SHORTEST_INTERVAL_SECONDS}s`);
  const forSeconds = typeof options.for === 'string' ? secondsOption('--for', options.for) : undefined;
  const keepDays = typeof options.keep === 'string' ? Math.ceil(secondsOption('--keep', options.keep) / 86_400) : undefined;
  const targets = await targetsOf(urls, options);
  const addressMap = addressMapOption(options);
  const root = typeof options.history === 'string' ? options.history : '';
  if (root === '') throw new ConfigError('--history', root, 'a folder for the history');

  const log = openCollectLog({ quiet: options.quiet === true });
  const writer = await HistoryWriter.open(root, {
    keepDays,
    onTrouble: (code) =>
      code === undefined
        ? log.event('info', 'history-writable', {})
        : log.event('warning', 'history-unwritable', {
            folder: root,
            code,
            advice: 'samples wait in memory and are written when it works again',
          }),
  });
  const stop = new AbortController();
  let why: 'signal' | 'time' | 'once' | 'error' = once ? 'once' : 'time';
  const onSignal = (): void => {
    why = 'signal';
    stop.abort();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal);
  // Longer than setTimeout can wait (24 days) is no time limit for one process, but asked for all the same.
  const endAt = forSeconds === undefined ? Number.POSITIVE_INFINITY : performance.now() + forSeconds * 1000;
  try {
    writer.note({ at: Date.now(), kind: 'start', version: toolVersion(), everySeconds, targets: targets.map(({ name }) => name) });
    await run({ targets, addressMap, once, everySeconds, withReplicas: options.withReplicas === true, endAt }, writer, log, stop);
  } catch (error) {
    why = 'error';
    throw error;
  } finally {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.off(signal, onSignal);
    writer.note({ at: Date.now(), kind: 'stop', why });
    await writer.close();
    log.end();
  }
  if (writer.waiting > 0) throw new ConfigError('--history', root, `a folder that can be written: ${writer.waiting} samples are lost`);
  return 0;
}

async function targetsOf(urls: readonly string[], options: Readonly<Record<string, unknown>>): Promise<Target[]> {
  const common = await accessOptions(options);
  const targets = urls.map((url) => parseTarget(url, common.access, common.sentinelAccess));
  if (typeof options.config === 'string') targets.push(...(await readCollectConfig(options.config, common)));
  if (targets.length === 0)
    throw new ConfigError('collect', '', 'the address of a server such as redis://host:6379, or --config with servers');
  return targets;
}

interface Run {
  readonly targets: readonly Target[];
  readonly addressMap: AddressMap | undefined;
  readonly once: boolean;
  readonly everySeconds: number;
  readonly withReplicas: boolean;
  /** By the steady clock of `performance.now`. */
  readonly endAt: number;
}

async function run(
  { targets, addressMap, once, everySeconds, withReplicas, endAt }: Run,
  writer: HistoryWriter,
  log: CollectLog,
  stop: AbortController,
): Promise<void> {
  const startedAt = performance.now();
  const servers = new Set<string>();
  const failing = new Set<string>();
  let samples = 0;
  let gaps = 0;
  let firstFailure: ConnectionError | undefined;
  const tick = setInterval(
    () => {
      const forSeconds = (performance.now() - startedAt) / 1000;
      log.status({ servers: servers.size, failing: failing.size, written: writer.appended, waiting: writer.waiting, gaps, forSeconds });
      if (performance.now() >= endAt) stop.abort();
    },
    Math.min(STATUS_MS, Math.max(10, endAt - startedAt)),
  );
  try {
    await watch(
      targets,
      { everyMs: everySeconds * 1000, once, withReplicas, addressMap },
      {
        onSample: (_, batch) => {
          samples += 1;
          writer.append(batch);
        },
        onFailure: ({ nodeId, at, error, again }) => {
          firstFailure ??= error;
          if (!failing.has(nodeId)) gaps += 1;
          failing.add(nodeId);
          if (again) return;
          writer.note({ at, kind: 'lost', node: nodeId, reason: error.reason, message: error.message });
          log.event('warning', 'server-lost', { server: nodeId, reason: error.reason, message: error.message });
        },
        onReturn: ({ nodeId, at, missed }) => {
          failing.delete(nodeId);
          writer.note({ at, kind: 'back', node: nodeId, missed });
          log.event('info', 'server-back', { server: nodeId, missed });
        },
        onNodes: ({ at, joined, left }) => {
          for (const id of joined) servers.add(id);
          for (const id of left) {
            servers.delete(id);
            failing.delete(id);
          }
          writer.note({ at, kind: 'nodes', joined: [...joined], left: [...left] });
          log.event('info', 'servers', { joined: joined.join(' '), left: left.join(' '), now: servers.size });
        },
        onClockJump: ({ at, byMs }) => {
          writer.note({ at, kind: 'clock', byMs });
          log.event('warning', 'clock-set', { byMs });
        },
      },
      stop.signal,
    );
  } finally {
    clearInterval(tick);
  }
  log.event('info', 'end', { samples, gaps });
  if (once && samples === 0) throw firstFailure ?? new ConnectionError(targets[0]?.name ?? '', 'gave no sample.');
}
