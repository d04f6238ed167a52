import type { NodeDescription } from '../../model/node-description.ts';
import type { InputReport, SampleBatch } from '../../model/sample-batch.ts';
import { startInputReport } from '../../model/sample-batch.ts';
import { type Access, parseTarget, type Target } from './address.ts';
import type { AddressMap } from './address-map.ts';
import type { ServerFailure } from './failure.ts';
import { type KeyspaceOptions, type SampledKeyspace, sampleKeyspace } from './keyspace/index.ts';
import { watch } from './watch.ts';

/** A server, or what stands for several, with what the user says of all of them. */
export interface DescribedTarget {
  readonly target: Target;
  readonly description?: NodeDescription;
}

export interface SamplingOptions {
  /** Servers to sample beside those that are given by their URLs. */
  readonly servers?: readonly DescribedTarget[];
  /** What holds where a URL does not say it. */
  readonly access?: Access;
  /** The same for Sentinels. */
  readonly sentinelAccess?: Access;
  /** How long to sample. Default 60 s. */
  readonly forSeconds?: number;
  /** Default 1 s. */
  readonly everySeconds?: number;
  /** Replicas of a lone primary as well. */
  readonly withReplicas?: boolean;
  /** Where servers are reached that announce themselves by addresses that are of no use here. */
  readonly addressMap?: AddressMap;
  /** Also ask for settings. */
  readonly settings?: boolean;
  /** Also look at keys drawn by chance. */
  readonly keyspace?: KeyspaceOptions;
}

/** What a look at servers gave. */
export interface Look {
  readonly batches: readonly SampleBatch[];
  /** What the options say of the nodes. */
  readonly descriptions: ReadonlyMap<string, NodeDescription>;
  /** Where keys were to be looked at. */
  readonly keyspace?: SampledKeyspace;
}

/** Servers whose counters are told one by one. */
const TOLD_NODES = 20;

/**
 * Samples the servers behind some URLs, and those of the options, for a while, for a report without a history.
 * @param reports - gets one report a URL
 * @returns all samples, what was seen of the keys where that was asked for, and what the options say of the nodes; a URL that gave none says why in its report
 * @throws ConfigError for what is no address; ServerFailure where no URL gave a sample and `needed` is true
 */
export async function sampleServers(
  urls: readonly string[],
  options: SamplingOptions,
  reports: InputReport[],
  { needed, signal }: { readonly needed: boolean; readonly signal?: AbortSignal },
): Promise<Look> {
  const { forSeconds = 60, everySeconds = 1, servers = [] } = options;
  const targets: DescribedTarget[] = [
    ...urls.map((url) => ({ target: parseTarget(url, options.access, options.sentinelAccess) })),
    ...servers,
  ];
  const descriptions = new Map<string, NodeDescription>();
  const end = AbortSignal.timeout(forSeconds * 1000);
  const stop = signal ? AbortSignal.any([signal, end]) : end;
  const batches: SampleBatch[] = [];
  let firstFailure: ServerFailure | undefined;
  const keyed = targets.map(({ target }) => target);
  const [keyspace] = await Promise.all([
    options.keyspace === undefined ? undefined : sampleKeyspace(keyed, { addressMap: options.addressMap, ...options.keyspace }, stop),
    ...targets.map(async ({ target, description }) => {
      const report = startInputReport(target.name, 'live');
      reports.push(report);
      const newest = new Map<string, SampleBatch>();
      const refused: string[] = [];
      const failures = new Map<string, { count: number; readonly error: ServerFailure }>();
      const watching = {
        everyMs: everySeconds * 1000,
        withReplicas: options.withReplicas,
        addressMap: options.addressMap,
        settings: options.settings,
      };
      await watch(
        [target],
        watching,
        {
          onSample: (nodeId, batch) => {
            batches.push(batch);
            newest.set(nodeId, batch);
            report.samples += 1;
          },
          onFailure: ({ nodeId, error }) => {
            firstFailure ??= error;
            const known = failures.get(nodeId);
            if (known) known.count += 1;
            else failures.set(nodeId, { count: 1, error });
          },
          onReturn: () => {},
          onSettingsRefused: ({ nodeId }) => refused.push(nodeId),
          onNodes: ({ joined }) => {
            if (description !== undefined) for (const nodeId of joined) descriptions.set(nodeId, description);
          },
          onClockJump: ({ byMs }) => report.notes.push(`The clock of this machine was set by ${Math.round(byMs / 1000)} s while sampling.`),
        },
        stop,
      );
      const [first] = failures.values();
      if (report.samples === 0) report.unusable = first?.error.message ?? `${target.name}: gave no sample.`;
      else {
        for (const { count, error } of failures.values())
          report.notes.push(`${count === 1 ? '1 try' : `${count} tries`} failed: ${error.message}`);
        if (refused.length > 0) report.notes.push(settingsRefused(refused));
        report.notes.push(...weakness(forSeconds, newest));
      }
    }),
  ]);
  signal?.throwIfAborted();
  if (batches.length === 0 && needed && firstFailure) throw firstFailure;
  reports.find(({ inputKind }) => inputKind === 'live')?.notes.push(...(keyspace?.problems ?? []));
  return { batches, descriptions, ...(keyspace === undefined ? {} : { keyspace }) };
}

/** Told once, however many servers. */
function settingsRefused(nodeIds: readonly string[]): string {
  const [first = ''] = nodeIds;
  const who = nodeIds.length === 1 ? first : `${first} and ${nodeIds.length - 1} more`;
  return `No settings: CONFIG GET is not answered by ${who}. Managed services do not know it; on a server of your own \`redis-headroom acl --settings\` prints the rule that suffices.`;
}

/** What so short a look can and cannot tell, and what the servers themselves remember of the time before. */
function weakness(forSeconds: number, newest: ReadonlyMap<string, SampleBatch>): string[] {
  const notes = [
    `A look of ${forSeconds} s, no history: growth, daily peaks and how memory moves are not in it. \`redis-headroom collect\` records them.`,
  ];
  for (const [nodeId, batch] of [...newest].slice(0, TOLD_NODES)) {
    const value = (id: Parameters<SampleBatch['numbers']['get']>[0]): number | undefined => {
      const found = batch.numbers.get(id)?.[0];
      return found === undefined || Number.isNaN(found) ? undefined : found;
    };
    const uptime = value('uptimeSeconds');
    if (uptime === undefined) continue;
    const counted = [
      ['evictedKeys', 'keys evicted'],
      ['oomErrors', 'writes refused for want of memory'],
      ['rejectedConnections', 'connections refused'],
      ['fullSyncs', 'full synchronisations'],
      ['totalForks', 'forks'],
    ] as const;
    const told = counted.flatMap(([id, words]) => (value(id) === undefined ? [] : [`${value(id)} ${words}`]));
    const days =
      uptime >= 2 * 86_400 ? `${Math.floor(uptime / 86_400)} days` : uptime >= 7200 ? `${Math.floor(uptime / 3600)} hours` : `${uptime} s`;
    notes.push(`${nodeId} remembers its last ${days} (counters since its start or the last CONFIG RESETSTAT): ${told.join(', ')}.`);
  }
  return notes;
}
