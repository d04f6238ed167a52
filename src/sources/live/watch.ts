import { commandTimesText } from '../../model/command-times.ts';
import { identifyEngine } from '../../model/engine.ts';
import type { FailureReason } from '../../model/gap-reason.ts';
import type { TextFieldId } from '../../model/metrics.ts';
import type { SampleBatch } from '../../model/sample-batch.ts';
import { settingsText } from '../../model/server-settings.ts';
import { type Access, type Endpoint, endpointName, type Target } from './address.ts';
import type { AddressMap } from './address-map.ts';
import { type Clocks, SampleClock, SYSTEM_CLOCKS } from './clock.ts';
import { INFO_SECTIONS, takesSections } from './commands.ts';
import type { ServerConnection } from './connection.ts';
import { bytesOf, type Discovery, discover, type ServerNode } from './discovery.ts';
import { ServerFailure, toFailure } from './failure.ts';
import { infoFields, infoSample } from './info-sample.ts';
import { openAt, type Reach } from './reach.ts';
import { isRefusal, readSettings } from './settings.ts';
import { sleep } from './sleep.ts';

export interface WatchOptions {
  readonly everyMs: number;
  /** Replicas of a lone primary are sampled as well. */
  readonly withReplicas?: boolean;
  /** Where servers are reached that announce themselves by addresses that are of no use here. */
  readonly addressMap?: AddressMap;
  /** For one connection, and for one reply. Default: four fifths of the interval, between 1 and 10 seconds. */
  readonly timeoutMs?: number;
  /** Servers are asked for their settings as well, at the start and every hour. */
  readonly settings?: boolean;
  /** One sample of each server, then the end. */
  readonly once?: boolean;
  readonly clocks?: Clocks;
}

/** What a watch tells as it goes; `at` is epoch milliseconds UTC. */
export interface WatchListener {
  readonly onSample: (nodeId: string, batch: SampleBatch) => void;
  /** A try failed: `again` says whether the one before did too, for the same reason. */
  readonly onFailure: (failure: {
    readonly nodeId: string;
    readonly at: number;
    readonly error: ServerFailure;
    readonly again: boolean;
  }) => void;
  /** The first answer after failures. */
  readonly onReturn: (back: { readonly nodeId: string; readonly at: number; readonly missed: number }) => void;
  /** Servers that are sampled from now on, and that are not any more; `target` stands for them. */
  readonly onNodes: (change: {
    readonly at: number;
    readonly joined: readonly string[];
    readonly left: readonly string[];
    readonly target: Target;
  }) => void;
  /** The server is never asked for its settings again: it does not let us, or knows no CONFIG. */
  readonly onSettingsRefused?: (refused: { readonly nodeId: string; readonly at: number; readonly error: ServerFailure }) => void;
  readonly onClockJump: (jump: { readonly at: number; readonly byMs: number }) => void;
  /** A try to sample a server ended: how late it began, and how long it took, a new connection included. */
  readonly onPoll?: (poll: { readonly nodeId: string; readonly lateMs: number; readonly tookMs: number }) => void;
  /** How many connections are open now. */
  readonly onConnections?: (open: number) => void;
}

/** How often the set of servers is asked for. A failover shows within seconds only to who asks often. */
const REDISCOVER_MS: Readonly<Record<Discovery['kind'], number>> = { cluster: 60_000, sentinel: 10_000, standalone: 60_000 };
/** A server is given up when so many lists in a row lack it: one that has just started does not know the others yet. */
const TIMES_UNLISTED = 3;
/** After failures a server is tried less and less often, but at least this often (or each interval, where that is longer). */
const LONGEST_BACKOFF_MS = 15_000;
/** What commands cost is a matter of hours. */
const COMMANDS_EVERY_MS = 3_600_000;
/** Settings change by hand. */
const SETTINGS_EVERY_MS = 3_600_000;
/** The first samples of many servers are spread over this. */
const START_SPREAD_MS = 1000;

/**
 * Samples servers until the signal: each on its own connection, at its own place in the interval, the first at once. A slow server
 * delays no other; a sample that would be late is left out and not made up for.
 */
export async function watch(
  targets: readonly Target[],
  options: WatchOptions,
  listener: WatchListener,
  signal: AbortSignal,
): Promise<void> {
  const clocks = options.clocks ?? SYSTEM_CLOCKS;
  const clock = new SampleClock((byMs) => listener.onClockJump({ at: Math.round(clocks.wall()), byMs }), clocks);
  const timeoutMs = options.timeoutMs ?? Math.min(10_000, Math.max(1000, options.everyMs * 0.8));
  const broken = new AbortController();
  const context: Context = {
    options,
    listener,
    clock,
    clocks,
    reach: { timeoutMs, addressMap: options.addressMap },
    watched: new Map(),
    open: new Set(),
    giveUp: (error) => broken.abort(error),
  };
  const either = AbortSignal.any([signal, broken.signal]);
  await Promise.all(targets.map((target) => new TargetWatch(target, context).run(either).catch(context.giveUp)));
  if (broken.signal.aborted) throw broken.signal.reason;
}

interface Context {
  readonly options: WatchOptions;
  readonly listener: WatchListener;
  readonly clock: SampleClock;
  readonly clocks: Clocks;
  readonly reach: Reach;
  /** Servers that are watched, whoever named them: two addresses of one cluster sample it once. */
  readonly watched: Map<string, TargetWatch>;
  readonly open: Set<ServerConnection>;
  /** Ends the whole watch: what is no failure of a server is a bug, or the listener's own. */
  readonly giveUp: (error: unknown) => void;
}

/** Follows the set of servers behind one target. */
class TargetWatch {
  private readonly target: Target;
  private readonly context: Context;
  private readonly nodes = new Map<string, { readonly stop: AbortController; readonly done: Promise<void>; unlisted: number }>();
  private known: readonly ServerNode[] = [];
  private guide: { readonly endpoint: Endpoint; readonly connection: ServerConnection } | undefined;
  private failedBefore: FailureReason | undefined;
  private missed = 0;

  constructor(target: Target, context: Context) {
    this.target = target;
    this.context = context;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { options } = this.context;
    let wait = 0;
    for (;;) {
      let kind: Discovery['kind'] | undefined;
      try {
        const found = await this.ask();
        ({ kind } = found);
        if (signal.aborted) break;
        this.told(undefined);
        this.follow(found.nodes, signal);
        wait = REDISCOVER_MS[found.kind];
      } catch (error) {
        if (signal.aborted) break;
        this.told(toFailure(this.target.name, error));
        wait = Math.min(Math.max(LONGEST_BACKOFF_MS, options.everyMs), Math.max(1000, wait === 0 ? options.everyMs : wait * 2));
      }
      // A lone server is what it is: its own samples tell how it fares.
      if (options.once || (kind === 'standalone' && !options.withReplicas)) break;
      await sleep(wait, signal);
      if (signal.aborted) break;
    }
    this.guide?.connection.close();
    await Promise.all([...this.nodes.values()].map(({ done }) => done));
  }

  /** Asks whoever answers: the one asked last, those of the target, and the servers known of it. */
  private async ask(): Promise<Discovery> {
    const { options } = this.context;
    let first: unknown;
    if (this.guide) {
      try {
        return await discover(this.target, this.guide.endpoint, this.guide.connection, options.withReplicas ?? false);
      } catch (error) {
        first = error;
        this.guide.connection.close();
        this.guide = undefined;
      }
    }
    const access = this.target.sentinel?.access ?? this.target.access;
    const known = this.target.sentinel ? [] : this.known.map(({ endpoint }) => endpoint);
    for (const endpoint of [...this.target.endpoints, ...known]) {
      try {
        const connection = await openCounted(endpoint, access, endpointName(endpoint), this.context);
        this.guide = { endpoint, connection };
        const found = await discover(this.target, endpoint, connection, options.withReplicas ?? false);
        if (found.kind === 'sentinel' && found.nodes.length === 0)
          throw new ServerFailure(this.target.name, 'server-error', 'the Sentinel watches no such primary');
        if (found.kind === 'standalone' && !options.withReplicas) {
          connection.close();
          this.guide = undefined;
        }
        return found;
      } catch (error) {
        first ??= error;
        this.guide?.connection.close();
        this.guide = undefined;
      }
    }
    throw first;
  }

  /** Starts what is new and stops what is gone. */
  private follow(nodes: readonly ServerNode[], signal: AbortSignal): void {
    const { watched, listener, clock } = this.context;
    const wanted = new Set(nodes.map(({ id }) => id));
    this.known = nodes;
    const left: string[] = [];
    for (const [id, watched] of this.nodes) {
      watched.unlisted = wanted.has(id) ? 0 : watched.unlisted + 1;
      if (watched.unlisted < TIMES_UNLISTED) continue;
      watched.stop.abort();
      left.push(id);
      this.nodes.delete(id);
      this.context.watched.delete(id);
    }
    const joined: string[] = [];
    for (const node of nodes) {
      if (watched.has(node.id)) continue;
      watched.set(node.id, this);
      joined.push(node.id);
      const stop = new AbortController();
      const done = new NodeWatch(node, this.context).run(AbortSignal.any([signal, stop.signal])).catch(this.context.giveUp);
      this.nodes.set(node.id, { stop, done, unlisted: 0 });
    }
    if (joined.length + left.length > 0) listener.onNodes({ at: clock.now(), joined, left, target: this.target });
  }

  /** Tells that the target cannot be asked, once a reason, and that it can again. */
  private told(error: ServerFailure | undefined): void {
    const { listener, clock } = this.context;
    // The id of a lone server is that of its own samples, so that its gap is known by it.
    const nodeId = this.target.sentinel ? this.target.name : endpointName(this.target.endpoints[0]);
    if (error) {
      this.missed += 1;
      listener.onFailure({ nodeId, at: clock.now(), error, again: this.failedBefore === error.reason });
    } else if (this.missed > 0) {
      listener.onReturn({ nodeId, at: clock.now(), missed: this.missed });
      this.missed = 0;
    }
    this.failedBefore = error?.reason;
  }
}

/** Samples one server. */
class NodeWatch {
  private readonly node: ServerNode;
  private readonly context: Context;
  private connection: ServerConnection | undefined;
  private sections: readonly string[] = [];
  /** The version behind this connection is known, and with it what INFO takes. */
  private isKnown = false;
  /** When INFO is asked for what commands cost next, by the steady clock. */
  private commandsAt = Number.NEGATIVE_INFINITY;
  /** When settings are asked for next, by the steady clock; undefined: never again. */
  private settingsAt: number | undefined = Number.NEGATIVE_INFINITY;
  private failedBefore: FailureReason | undefined;
  private missed = 0;
  private answered = false;

  constructor(node: ServerNode, context: Context) {
    this.node = node;
    this.context = context;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { options, clocks, listener } = this.context;
    const phase = phaseOf(this.node.id);
    const startAt = clocks.steady() + (options.once ? 0 : phase * Math.min(options.everyMs, START_SPREAD_MS));
    // Places in time are counted from the first sample's, never from the last one's: no drift.
    let place = 0;
    let skip = 0;
    while (!signal.aborted) {
      const dueAt = startAt + place * options.everyMs;
      await sleep(dueAt - clocks.steady(), signal);
      if (signal.aborted) break;
      const begunAt = clocks.steady();
      const good = await this.tryOnce(signal);
      listener.onPoll?.({ nodeId: this.node.id, lateMs: Math.max(0, begunAt - dueAt), tookMs: clocks.steady() - begunAt });
      if (options.once) break;
      skip = good ? 0 : Math.min(Math.max(1, skip * 2), Math.max(1, Math.floor(LONGEST_BACKOFF_MS / options.everyMs)));
      place = Math.max(place + 1, Math.ceil((clocks.steady() - startAt) / options.everyMs)) + Math.max(0, skip - 1);
    }
    this.connection?.close();
  }

  private async tryOnce(signal: AbortSignal): Promise<boolean> {
    const { listener, clock } = this.context;
    try {
      const batch = await this.sample();
      if (signal.aborted) return true;
      if (this.missed > 0) listener.onReturn({ nodeId: this.node.id, at: batch.at[0] ?? clock.now(), missed: this.missed });
      this.missed = 0;
      this.answered = true;
      this.failedBefore = undefined;
      listener.onSample(this.node.id, batch);
      return true;
    } catch (error) {
      if (!(error instanceof ServerFailure)) throw error;
      this.connection?.close();
      this.connection = undefined;
      if (signal.aborted) return false;
      this.missed += 1;
      const told = this.node.announced && !this.answered ? error.ofAnnounced() : error;
      listener.onFailure({ nodeId: this.node.id, at: clock.now(), error: told, again: this.failedBefore === error.reason });
      this.failedBefore = error.reason;
      return false;
    }
  }

  private async sample(): Promise<SampleBatch> {
    const { clock, clocks } = this.context;
    const { id, endpoint, access } = this.node;
    if (!this.connection?.usable) {
      this.connection = await openCounted(endpoint, access, id, this.context);
      // Another version may have come up there.
      this.sections = [];
      this.isKnown = false;
      if (this.settingsAt !== undefined) this.settingsAt = Number.NEGATIVE_INFINITY;
    }
    const hasCommands = this.isKnown && clocks.steady() >= this.commandsAt;
    // Set before: a server that does not take it is asked for less at the next sample.
    if (hasCommands) this.commandsAt = clocks.steady() + COMMANDS_EVERY_MS;
    const asked = !hasCommands ? this.sections : this.sections.length > 0 ? [...this.sections, 'commandstats'] : ['all'];
    const reply = bytesOf(await this.connection.send('info', asked));
    const sample = infoSample(reply, id, clock.now());
    const batch = sample && hasCommands ? withText(sample, 'commandTimes', commandTimesText(infoFields(reply))) : sample;
    if (!batch) throw new ServerFailure(id, 'not-redis', 'its INFO tells no used_memory');
    if (this.sections.length === 0 && takesSections(engineOf(batch))) this.sections = INFO_SECTIONS;
    this.isKnown = true;
    return this.withSettings(batch, this.connection);
  }

  /** The sample, with the settings of the server when it is time for them. */
  private async withSettings(batch: SampleBatch, connection: ServerConnection): Promise<SampleBatch> {
    const { options, clocks, listener, clock } = this.context;
    if (options.settings !== true || this.settingsAt === undefined || clocks.steady() < this.settingsAt) return batch;
    try {
      const text = settingsText(await readSettings(connection, engineOf(batch)));
      this.settingsAt = clocks.steady() + SETTINGS_EVERY_MS;
      return withText(batch, 'settings', text);
    } catch (error) {
      if (isRefusal(error)) {
        this.settingsAt = undefined;
        listener.onSettingsRefused?.({ nodeId: this.node.id, at: clock.now(), error });
      } else if (!(error instanceof ServerFailure)) throw error;
      // The sample itself is there, and the next one tells what became of the connection.
      return batch;
    }
  }
}

/** Opens a connection, and tells how many there are. */
async function openCounted(endpoint: Endpoint, access: Access, name: string, context: Context): Promise<ServerConnection> {
  const { reach, open, listener } = context;
  const connection = await openAt(endpoint, access, name, reach);
  listener.onConnections?.(open.add(connection).size);
  void connection.ended.then(() => {
    open.delete(connection);
    listener.onConnections?.(open.size);
  });
  return connection;
}

/** The sample of one server with one text more. */
function withText(batch: SampleBatch, id: TextFieldId, text: string | undefined): SampleBatch {
  return text === undefined ? batch : { ...batch, texts: new Map([...batch.texts, [id, [text]] as const]) };
}

function engineOf(batch: SampleBatch) {
  return identifyEngine(Object.fromEntries([...batch.texts].map(([id, [value]]) => [id, value])));
}

/** A number from 0 to 1 that hangs on the name only, so that a server keeps its place in the interval. */
function phaseOf(name: string): number {
  let hash = 2_166_136_261;
  for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 16_777_619);
  return (hash >>> 0) / 2 ** 32;
}
