import { HistoryWriter } from '../history/folder/index.ts';
import { ConfigError } from '../model/errors.ts';
import { type DescribedTarget, parseTarget } from '../sources/live/index.ts';
import { toolVersion } from '../version.ts';
import { explainCommands } from './acl-command.ts';
import { type CollectLog, openCollectLog } from './collect-log.ts';
import { collect } from './collect-run.ts';
import { CollectState } from './collect-state.ts';
import { readSettings } from './config-file.ts';
import { accessOptions, addressMapOption } from './live-options.ts';
import { portOption, secondsOption } from './options.ts';
import { readServers } from './servers-config.ts';

const SHORTEST_INTERVAL_SECONDS = 0.1;

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

  const metricsAt = metricsOptions(options, once);
  const endpoint = metricsAt && (await (await import('./metrics/index.ts')).openMetrics(metricsAt.host, metricsAt.port));
  try {
    const log = openCollectLog({ quiet: options.quiet === true });
    const state = new CollectState(everySeconds * 1000);
    const writer = await openWriter(root, keepDays, state, log);
    const stop = new AbortController();
    let why: 'signal' | 'time' | 'once' | 'error' = once ? 'once' : 'time';
    const onSignal = (): void => {
      why = 'signal';
      stop.abort();
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal);
    // Longer than setTimeout can wait (24 days) is no time limit for one process, but asked for all the same.
    const endAt = forSeconds === undefined ? Number.POSITIVE_INFINITY : performance.now() + forSeconds * 1000;
    const watching = {
      ...{ everyMs: everySeconds * 1000, once, addressMap },
      ...{ withReplicas: options.withReplicas === true, settings: options.settings === true },
    };
    try {
      writer.note({
        at: Date.now(),
        kind: 'start',
        version: toolVersion(),
        everySeconds,
        targets: targets.map(({ target }) => target.name),
      });
      const metrics = endpoint?.start(state, writer, root);
      if (endpoint) log.event('info', 'metrics', { url: `${endpoint.url}/metrics` });
      await collect({ targets, watching, endAt, state, writer, log, metrics }, stop);
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
  } finally {
    await endpoint?.close();
  }
}

function openWriter(root: string, keepDays: number | undefined, state: CollectState, log: CollectLog): Promise<HistoryWriter> {
  return HistoryWriter.open(root, {
    keepDays,
    onTrouble: (code) => {
      state.unwritable = code;
      if (code === undefined) log.event('info', 'history-writable', {});
      else {
        const advice = 'samples wait in memory and are written when it works again';
        log.event('warning', 'history-unwritable', { folder: root, code, advice });
      }
    },
  });
}

/** Where the collector's own metrics are served; undefined where nobody asked for them. @throws ConfigError */
function metricsOptions(
  options: Readonly<Record<string, unknown>>,
  once: boolean,
): { readonly host: string; readonly port: number } | undefined {
  const { metricsPort: port, metricsHost: host } = options;
  if (typeof port !== 'string') {
    if (typeof host === 'string') throw new ConfigError('--metrics-host', host, '--metrics-port beside it');
    return undefined;
  }
  if (once) throw new ConfigError('--metrics-port', port, 'a collector that stays, without --once');
  return { host: typeof host === 'string' ? host : '127.0.0.1', port: portOption('--metrics-port', port) };
}

async function targetsOf(urls: readonly string[], options: Readonly<Record<string, unknown>>): Promise<DescribedTarget[]> {
  const common = await accessOptions(options);
  const { config } = options;
  const configured = typeof config === 'string' ? await readServers(config, await readSettings(config), common) : [];
  const names = new Set(configured.map(({ target }) => target.name));
  // The file knows more of a server that stands in both.
  const given = urls.map((url) => parseTarget(url, common.access, common.sentinelAccess)).filter(({ name }) => !names.has(name));
  const targets = [...configured, ...given.map((target) => ({ target }))];
  if (targets.length === 0)
    throw new ConfigError('collect', '', 'the address of a server such as redis://host:6379, or --config with servers');
  return targets;
}
