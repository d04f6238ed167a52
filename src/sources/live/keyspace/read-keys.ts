import type { KeyDraw } from '../../../model/keyspace-sample.ts';
import type { CommandId } from '../commands.ts';
import { ServerFailure } from '../failure.ts';
import { sleep } from '../sleep.ts';
import type { DrawPlan, PlannedDraw } from './draws.ts';
import { CommandRefused, KeyReader } from './reading.ts';
import type { Member } from './shards.ts';

/** What came of a plan. */
export interface ReadKeys {
  /** By the number of their database. */
  readonly draws: ReadonlyMap<number, readonly KeyDraw[]>;
  /** Databases that were read from beginning to end, and those that this user may not see. */
  readonly whole: ReadonlySet<number>;
  readonly closed: ReadonlySet<number>;
  /** Keys that were looked at, `lost` ones among them. */
  readonly seen: number;
  readonly lost: number;
  readonly seconds: number;
  readonly isCut: boolean;
  /** A command without which there is no sample. */
  readonly refused?: CommandId;
  readonly failure?: ServerFailure;
}

/** Carries out a plan on one server, no faster than so many keys a second, until it is done, the signal comes or the server fails. */
export async function readKeys(
  { connection, fields }: Member,
  plan: DrawPlan,
  keysPerSecond: number,
  signal: AbortSignal,
): Promise<ReadKeys> {
  const draws = new Map<number, KeyDraw[]>(plan.databases.map(({ index }) => [index, []]));
  const whole = new Set<number>();
  const closed = new Set<number>();
  const startedAt = performance.now();
  let [begunAt, freeAt] = [startedAt, startedAt];
  let seen = 0;
  let lost = 0;
  const reader = new KeyReader(connection, {
    // The next piece may begin once the one before has had its time. What was late is not made up for: that would be a burst.
    pace: async () => {
      await sleep(freeAt - performance.now(), signal);
      begunAt = performance.now();
      return !signal.aborted;
    },
    onDraw: (read) => {
      const count = read.keys.length + read.lost;
      freeAt = begunAt + (count / keysPerSecond) * 1000;
      seen += count;
      lost += read.lost;
      if (read.keys.length > 0) draws.get(read.database)?.push(read.keys);
    },
  });
  const readDraw = async (draw: PlannedDraw): Promise<boolean> => {
    try {
      if (closed.has(draw.database)) return true;
      const isRead = await reader.read(draw);
      if (isRead && draw.cursor === undefined) whole.add(draw.database);
      return isRead;
    } catch (error) {
      // Some services have one database only, and some users may see no other.
      if (!(error instanceof CommandRefused) || error.command !== 'select') throw error;
      closed.add(draw.database);
      return true;
    }
  };
  const ended = (how: Pick<ReadKeys, 'isCut' | 'refused' | 'failure'>): ReadKeys => ({
    ...{ draws, whole, closed, seen, lost, seconds: (performance.now() - startedAt) / 1000 },
    ...how,
  });
  try {
    if (fields.get('cluster_enabled') === '1' && fields.get('role') === 'slave') await reader.allowReplica();
    for (const draw of plan.draws) if (!(await readDraw(draw))) return ended({ isCut: true });
    return ended({ isCut: false });
  } catch (error) {
    if (error instanceof CommandRefused) return ended({ isCut: true, refused: error.command });
    if (error instanceof ServerFailure) return ended({ isCut: true, failure: error });
    throw error;
  }
}
