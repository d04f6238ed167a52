import type { InputReport } from '../../model/sample-batch.ts';
import { type Dump, numberOf, textOf } from './dump.ts';
import { slotOf } from './fields.ts';
import type { Stamp } from './stamp.ts';

/** Instants of dumps that carry none start here: plainly no real time, and the same on every run. */
export const ORIGIN_AT = Date.UTC(2000, 0, 1);
const STEP_WITHOUT_TIME_MS = 60_000;
const NODE_LIMIT = 10_000;

const SERVER_TIME = slotOf('server_time_usec');
const UPTIME = slotOf('uptime_in_seconds');
const RUN_ID = slotOf('run_id');

/** A dump with its node. */
export interface NamedDump {
  readonly dump: Dump;
  readonly nodeId: string;
}
export interface PlacedDump extends NamedDump {
  readonly at: number;
}

/**
 * Finds the instant of each dump, in this order: the time written beside it; the time in the file's name (where the file holds one dump of a
 * server, or nothing better: then the others follow by their uptime); `server_time_usec`; and last only `uptime_in_seconds` or the order,
 * counted from 2000-01-01. The first dumps of an input decide for all of it, so that real and made-up times never mix.
 */
export class Placement {
  readonly #fileStamp: Stamp | undefined;
  #timeSource: InputReport['timeSource'];
  readonly #previous = new Map<string, { readonly dump: Dump; readonly at: number }>();
  /** Start of the current process by node, on the made-up scale. */
  readonly #lifeStart = new Map<string, number>();

  /** @param fileStamp - the time in the file's name */
  constructor(fileStamp: Stamp | undefined) {
    this.#fileStamp = fileStamp;
  }

  /** How instants are told; undefined before the first dumps were placed. */
  get timeSource(): InputReport['timeSource'] {
    return this.#timeSource;
  }

  /**
   * Places the next dumps, in the order of the input.
   * @returns the placed dumps, and those to which no instant can be given
   */
  place(dumps: readonly NamedDump[]): { readonly placed: PlacedDump[]; readonly lost: NamedDump[] } {
    if (dumps.length > 0) this.#timeSource ??= this.#chooseTimeSource(dumps);
    const instants = dumps.map((entry) => this.#forward(entry));
    // A dump before the first known instant of its process is counted back from it.
    const next = new Map<string, { readonly dump: Dump; readonly at: number }>();
    for (let i = dumps.length - 1; i >= 0; i -= 1) {
      const entry = dumps[i];
      if (!entry) continue;
      const known = next.get(entry.nodeId);
      if (instants[i] === undefined && known) {
        const step = stepBetween(entry.dump, known.dump);
        if (step !== undefined) instants[i] = known.at - step;
      }
      const at = instants[i];
      if (at !== undefined) next.set(entry.nodeId, { dump: entry.dump, at });
    }
    const placed: PlacedDump[] = [];
    const lost: NamedDump[] = [];
    dumps.forEach((entry, i) => {
      const at = instants[i];
      if (at === undefined) lost.push(entry);
      else placed.push({ ...entry, at });
    });
    return { placed, lost };
  }

  #chooseTimeSource(dumps: readonly NamedDump[]): InputReport['timeSource'] {
    if (dumps.some(({ dump }) => dump.stamp)) return 'stamps';
    const hasServerTime = dumps.some(({ dump }) => serverTime(dump) !== undefined);
    // A name tells the time of one dump; of more, or with the mere date, the server's clock tells more.
    const oneEach = new Set(dumps.map(({ nodeId }) => nodeId)).size === dumps.length;
    if (this.#fileStamp && !(hasServerTime && (!oneEach || this.#fileStamp.form === 'date'))) return 'file-names';
    if (hasServerTime) return 'server-time';
    return dumps.some(({ dump }) => !Number.isNaN(uptime(dump))) ? 'uptime' : 'order';
  }

  #forward(entry: NamedDump): number | undefined {
    const previous = this.#previous.get(entry.nodeId);
    const at = this.#instant(entry, previous);
    if (at === undefined) return undefined;
    if (this.#previous.size >= NODE_LIMIT && !previous) {
      this.#previous.clear();
      this.#lifeStart.clear();
    }
    this.#previous.set(entry.nodeId, { dump: entry.dump, at });
    return at;
  }

  #instant({ dump, nodeId }: NamedDump, previous: { readonly dump: Dump; readonly at: number } | undefined): number | undefined {
    const step = previous && stepBetween(previous.dump, dump);
    const followed = previous && step !== undefined ? previous.at + step : undefined;
    switch (this.#timeSource) {
      case 'stamps':
        // One stamp may head the dumps of many servers, but not two dumps of the same one.
        if (dump.stamp && (dump.stamp.id !== previous?.dump.stamp?.id || step === 0)) return dump.stamp.at;
        return followed;
      case 'file-names':
        if (!previous) return this.#fileStamp?.at;
        return followed ?? previous.at + STEP_WITHOUT_TIME_MS;
      case 'server-time':
        return serverTime(dump) ?? followed;
      default:
        return this.#madeUp(dump, nodeId, previous);
    }
  }

  /** Process start + uptime. A restarted process began after the last dump of the one before: that is its start. A smaller uptime of the same process is a dump out of order. */
  #madeUp(dump: Dump, nodeId: string, previous: { readonly dump: Dump; readonly at: number } | undefined): number {
    const seconds = uptime(dump);
    if (Number.isNaN(seconds)) return previous ? previous.at + STEP_WITHOUT_TIME_MS : ORIGIN_AT;
    const runId = textOf(dump, RUN_ID);
    const sameProcess = previous !== undefined && runId !== undefined && textOf(previous.dump, RUN_ID) === runId;
    const restarted = previous !== undefined && !sameProcess && (stepBetween(previous.dump, dump) ?? -1) < 0;
    const start = restarted ? previous.at : (this.#lifeStart.get(nodeId) ?? ORIGIN_AT);
    this.#lifeStart.set(nodeId, start);
    return start + seconds * 1000;
  }
}

/** Milliseconds from one dump of a node to a later one, by the server's clock or by the uptime of one process; undefined when neither tells. */
function stepBetween(earlier: Dump, later: Dump): number | undefined {
  const from = serverTime(earlier);
  const to = serverTime(later);
  if (from !== undefined && to !== undefined && to >= from) return to - from;
  if (textOf(earlier, RUN_ID) !== textOf(later, RUN_ID)) return undefined;
  const seconds = uptime(later) - uptime(earlier);
  return seconds >= 0 ? seconds * 1000 : undefined;
}

function uptime(dump: Dump): number {
  return numberOf(dump, UPTIME);
}

/** The server's own clock in epoch milliseconds, when it is one. */
function serverTime(dump: Dump): number | undefined {
  const at = Math.floor(numberOf(dump, SERVER_TIME) / 1000);
  return at >= Date.UTC(2009, 0, 1) && at < Date.UTC(2100, 0, 1) ? at : undefined;
}
