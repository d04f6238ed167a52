import { createHash } from 'node:crypto';
import type { SampledKey } from '../../../model/keyspace-sample.ts';
import type { CommandId } from '../commands.ts';
import type { ServerConnection } from '../connection.ts';
import { bytesOf } from '../discovery.ts';
import { ServerFailure } from '../failure.ts';
import type { PlannedDraw } from './draws.ts';
import { keyText } from './key-text.ts';

/**
 * Elements of a value that MEMORY USAGE looks at. It takes the first ones that it finds and reckons the rest from their mean, by default from
 * five: too few where the first are not like the rest. Reading 32 takes a few µs; all of them (0) could hold the server up for seconds.
 */
const ELEMENTS_LOOKED_AT = 32;
/** SCANs for one draw: a table that was emptied has long stretches without keys. */
const MOST_SCANS = 50;
/** Redis source, server.h: types beyond these come from modules, and their names from whoever wrote the module. */
const LONGEST_TYPE = 30;

/** A command that this user may not send. */
export class CommandRefused extends Error {
  readonly command: CommandId;

  constructor(command: CommandId, cause: unknown) {
    super(command, { cause });
    this.command = command;
  }
}

/** What the keys of one piece of work turned out to be. */
interface ReadDraw {
  readonly database: number;
  readonly keys: readonly SampledKey[];
  /** Keys that went meanwhile, or that the server would not describe. */
  readonly lost: number;
}

export interface ReadListener {
  /** Awaited before each piece; the reading ends when it gives false. */
  readonly pace: () => Promise<boolean>;
  readonly onDraw: (read: ReadDraw) => void;
}

/** Reads keys over one connection: which there are, and how large each is. It changes nothing, not even when a key was last used. */
export class KeyReader {
  private readonly connection: ServerConnection;
  private readonly listener: ReadListener;
  private database = 0;
  /** Names that were seen, as hashes: names may be large. */
  private readonly seen = new Set<string>();

  constructor(connection: ServerConnection, listener: ReadListener) {
    this.connection = connection;
    this.listener = listener;
  }

  /** A replica of a cluster sends its readers away until they say that they know what it is. @throws CommandRefused, ServerFailure */
  async allowReplica(): Promise<void> {
    await this.ask('readOnly', []);
  }

  /**
   * The keys of one planned draw; of a whole database in several pieces.
   * @returns whether all of it was read
   * @throws CommandRefused, ServerFailure
   */
  async read(draw: PlannedDraw): Promise<boolean> {
    const { pace, onDraw } = this.listener;
    if (draw.database !== this.database) {
      await this.ask('select', [String(draw.database)]);
      this.database = draw.database;
    }
    const isWhole = draw.cursor === undefined;
    let cursor = String(draw.cursor ?? 0);
    let hasWrapped = false;
    for (;;) {
      if (!(await pace())) return false;
      const names: Buffer[] = [];
      for (let scans = 0; names.length < draw.count && scans < MOST_SCANS; scans += 1) {
        const page = await this.scan(cursor, draw.count);
        names.push(...page.names);
        ({ cursor } = page);
        if (cursor !== '0') continue;
        // Behind the last bucket comes the first one: otherwise keys near the beginning would be drawn less often.
        if (isWhole || hasWrapped) break;
        hasWrapped = true;
      }
      onDraw(await this.describe(draw.database, names));
      if (!isWhole || cursor === '0') return true;
    }
  }

  private async scan(cursor: string, count: number): Promise<{ readonly cursor: string; readonly names: Buffer[] }> {
    const reply = await this.ask('scan', [cursor, 'COUNT', String(count)]);
    const [next, names] = Array.isArray(reply) ? reply : [];
    return { cursor: bytesOf(next).toString('latin1') || '0', names: Array.isArray(names) ? names.filter(Buffer.isBuffer) : [] };
  }

  private async describe(database: number, names: readonly Buffer[]): Promise<ReadDraw> {
    const fresh = names.filter((name) => this.isNew(database, name));
    const described = await Promise.all(fresh.map((name) => this.describeKey(name)));
    const keys = described.filter((key) => key !== undefined);
    return { database, keys, lost: fresh.length - keys.length };
  }

  private async describeKey(name: Buffer): Promise<SampledKey | undefined> {
    const asked = [
      this.ask('memoryUsage', [name, 'SAMPLES', String(ELEMENTS_LOOKED_AT)]),
      this.ask('type', [name]),
      this.ask('pttl', [name]),
    ];
    const [usage, type, ttl] = await Promise.allSettled(asked);
    for (const each of [usage, type, ttl]) {
      if (each?.status !== 'rejected') continue;
      // A key on its way to another shard is answered with an error of its own: it is left out, the others are not.
      if (each.reason instanceof ServerFailure && each.reason.reason === 'server-error') return undefined;
      throw each.reason;
    }
    const bytes = usage?.status === 'fulfilled' ? usage.value : undefined;
    const milliseconds = ttl?.status === 'fulfilled' ? ttl.value : undefined;
    if (typeof bytes !== 'number' || typeof milliseconds !== 'number' || milliseconds === -2) return undefined;
    const typeName = keyText(bytesOf(type?.status === 'fulfilled' ? type.value : undefined)).slice(0, LONGEST_TYPE);
    return { name: keyText(name), bytes, type: typeName, ...(milliseconds >= 0 ? { ttlSeconds: milliseconds / 1000 } : {}) };
  }

  private isNew(database: number, name: Buffer): boolean {
    const mark = createHash('sha1').update(`${database} `).update(name).digest('base64url').slice(0, 16);
    if (this.seen.has(mark)) return false;
    this.seen.add(mark);
    return true;
  }

  private async ask(id: CommandId, args: readonly (string | Buffer)[]): Promise<unknown> {
    try {
      return await this.connection.send(id, args);
    } catch (error) {
      if (error instanceof ServerFailure && error.reason === 'not-allowed') throw new CommandRefused(id, error);
      throw error;
    }
  }
}
