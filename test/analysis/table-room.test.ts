import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findNextStep, findTableLayout, type TableLayout } from '../../src/analysis/hash-tables.ts';
import { findBelowLimit, placeBelowLimit, type Room } from '../../src/analysis/table-room.ts';
import type { HashTableStep } from '../../src/model/analysis.ts';
import { GiB, MiB } from '../../src/model/bytes.ts';
import type { Engine } from '../../src/model/engine.ts';
import { healthyFigures, patch } from '../helpers/figures.ts';
import { buildNodeHistory, sampleEvery, type TestSample } from '../helpers/node-history.ts';

const REDIS_6: Engine = { name: 'redis', version: '6.0.16' };
const REDIS_7: Engine = { name: 'redis', version: '7.0.15' };
const VALKEY_81: Engine = { name: 'valkey', version: '8.1.1' };

/** The next doubling of a table of so many keys, `perDay` of which come each day. */
function stepOf(engine: Engine, entries: number, perDay: number): HashTableStep {
  const step = findNextStep(findTableLayout(engine, false) as TableLayout, entries);
  return { database: 0, table: 'keys', ...step, daysUntil: (step.threshold - entries) / perDay };
}

/** What was measured: the table stood before its doubling, and the limit 12 MiB (Valkey: 24 MiB) above used memory. */
const MEASURED = {
  redis6: { keys: 1_043_576, usedBytes: 104.3 * MiB, roomBytes: 12 * MiB, evictedAtOnce: 53_251 },
  redis7: {
    keys: 1_043_576,
    usedBytes: 120.4 * MiB,
    roomBytes: 12 * MiB,
    keysWhenRefused: 1_158_576,
    jumpAfter: 1_693_576,
    jumpBefore: 1_698_560,
  },
  valkey81: { keys: 1_835_000, roomBytes: 24 * MiB, jumpAfter: 9_175_000, jumpBefore: 9_180_000, jumpBytes: 125.6 * MiB },
};

const room = (engine: Engine, changes: Partial<Room>): Room => ({
  engine,
  roomBytes: 12 * MiB,
  growthBytesPerDay: undefined,
  dataBytes: 104 * MiB,
  bytesPerEvictedKey: undefined,
  ...changes,
});

describe('a table without room, as measured on servers', () => {
  it('is taken past the limit by Redis 6.0, which then evicts', () => {
    const { keys, usedBytes, roomBytes, evictedAtOnce } = MEASURED.redis6;
    const below = findBelowLimit(
      stepOf(REDIS_6, keys, 5000),
      room(REDIS_6, { roomBytes, dataBytes: usedBytes, bytesPerEvictedKey: usedBytes / keys }),
    );
    expect(below.outcome).toBe('taken');
    expect(below.evictedKeys).toBeGreaterThan(0.8 * evictedAtOnce);
    expect(below.evictedKeys).toBeLessThan(1.2 * evictedAtOnce);
  });

  it('waits on Redis 7.0 until the limit is full of data', () => {
    const { keys, usedBytes, roomBytes, keysWhenRefused } = MEASURED.redis7;
    const below = findBelowLimit(stepOf(REDIS_7, keys, 5000), room(REDIS_7, { roomBytes, dataBytes: usedBytes }));
    expect(below).toMatchObject({ outcome: 'put-off' });
    expect(Math.abs((below.entriesAtLimit ?? 0) / keysWhenRefused - 1)).toBeLessThan(0.01);
    expect(below).not.toHaveProperty('evictedKeys');
  });

  it('is taken late where the limit is not full before: at 1.618 entries a bucket', () => {
    const { keys, jumpAfter, jumpBefore } = MEASURED.redis7;
    const below = findBelowLimit(stepOf(REDIS_7, keys, 5000), room(REDIS_7, { growthBytesPerDay: 0, bytesPerEvictedKey: 100 }));
    expect(below).toMatchObject({
      outcome: 'put-off-then-taken',
      putOffEntries: 1_696_596,
      putOffAllocatedBytes: 16 * MiB,
      shortBytes: 4 * MiB,
    });
    expect(below.putOffEntries).toBeGreaterThan(jumpAfter);
    expect(below.putOffEntries).toBeLessThan(jumpBefore);
    expect(below.daysUntilPutOff).toBeCloseTo((1_696_596 - keys) / 5000, 6);
    expect(below.evictedKeys).toBe(Math.round((4 * MiB) / 100));
  });

  it('is taken on Valkey 8.1 when five times full, by a table eight times as large', () => {
    const { keys, roomBytes, jumpAfter, jumpBefore, jumpBytes } = MEASURED.valkey81;
    const below = findBelowLimit(stepOf(VALKEY_81, keys, 5000), room(VALKEY_81, { roomBytes, growthBytesPerDay: 0 }));
    expect(below).toMatchObject({ outcome: 'put-off-then-taken', putOffEntries: 9_175_040, putOffAllocatedBytes: 128 * MiB });
    expect(below.putOffEntries).toBeGreaterThan(jumpAfter);
    expect(below.putOffEntries).toBeLessThan(jumpBefore);
    expect(Math.abs((below.putOffAllocatedBytes ?? 0) / jumpBytes - 1)).toBeLessThan(0.03);
  });
});

describe('findBelowLimit', () => {
  it.each<[string, Engine, Partial<Room>, object]>([
    ['there is room', REDIS_7, { roomBytes: 100 * MiB, growthBytesPerDay: 0 }, { outcome: 'fits', roomBytes: 100 * MiB }],
    ['the data leave just enough', REDIS_7, { roomBytes: 18 * MiB, growthBytesPerDay: MiB }, { outcome: 'fits' }],
    ['the data take it', REDIS_7, { roomBytes: 17.5 * MiB, growthBytesPerDay: 2 * MiB }, { outcome: 'put-off', daysUntilLimit: 8.75 }],
    ['the limit is full first', REDIS_6, { roomBytes: MiB, growthBytesPerDay: 2 * MiB }, { outcome: 'limit-first', daysUntilLimit: 0.5 }],
    [
      'the limit is full already',
      REDIS_6,
      { roomBytes: -MiB, growthBytesPerDay: 2 * MiB },
      { outcome: 'taken', roomBytes: 0, shortBytes: 16 * MiB },
    ],
    ['the version is not known', { name: 'redis', version: undefined }, {}, { outcome: 'unknown' }],
  ])('says what comes where %s', (_when, engine, changes, expected) => {
    // One day until the doubling.
    expect(findBelowLimit(stepOf(engine, 1_043_576, 5000), room(engine, changes))).toMatchObject(expected);
  });

  it('never finds a table too large for more room, and never evicts more keys', () => {
    const bytes = fc.integer({ min: 0, max: 64 * MiB });
    fc.assert(
      fc.property(
        bytes,
        bytes,
        fc.constantFrom(REDIS_6, REDIS_7, VALKEY_81),
        fc.integer({ min: 0, max: 4 * MiB }),
        (a, b, engine, growth) => {
          const [less, more] = [a, b]
            .toSorted((x, y) => x - y)
            .map((roomBytes) =>
              findBelowLimit(
                stepOf(engine, 1_043_576, 5000),
                room(engine, { roomBytes, growthBytesPerDay: growth, bytesPerEvictedKey: 100 }),
              ),
            );
          if (less?.outcome === 'fits') expect(more?.outcome).toBe('fits');
          if (less?.outcome === more?.outcome) expect(more?.evictedKeys ?? 0).toBeLessThanOrEqual(less?.evictedKeys ?? 0);
        },
      ),
    );
  });
});

describe('placeBelowLimit', () => {
  const figures = patch(healthyFigures(), { peaks: { countedBytes: { value: 6 * GiB } }, maxmemoryPolicy: 'allkeys-lru' });
  const history = (sample: Omit<TestSample, 'at'>) =>
    buildNodeHistory(sampleEvery(60, 3, () => ({ usedMemoryBytes: 6 * GiB, keys: 1e7, maxmemoryBytes: 10 * GiB, ...sample })));
  const step = (gib: number, daysUntil?: number): HashTableStep => ({
    database: 0,
    table: 'keys',
    entries: 900,
    threshold: 1024,
    ...(daysUntil === undefined ? {} : { daysUntil }),
    allocatedBytes: gib * GiB,
    permanentBytes: (gib / 2) * GiB,
    transientBytes: (gib / 2) * GiB,
  });
  const place = (steps: HashTableStep[], sample: Omit<TestSample, 'at'> = {}) =>
    placeBelowLimit(steps, history(sample), REDIS_6, figures).map(({ belowLimit }) => belowLimit);

  it('gives later tables what earlier ones leave, and those of the same week what their old tables leave as well', () => {
    expect(place([step(2, 100), step(2, 1)]).map((below) => below?.roomBytes)).toEqual([3 * GiB, 4 * GiB]);
    expect(place([step(2, 2), step(2.5, 1)])).toMatchObject([
      { outcome: 'taken', roomBytes: 1.5 * GiB, shortBytes: 0.5 * GiB, evictedKeys: Math.round((0.5 * GiB) / ((6 * GiB) / 1e7)) },
      { outcome: 'fits', roomBytes: 4 * GiB },
    ]);
  });

  it('says nothing without a limit, of a replica, and of a table that does not grow', () => {
    expect(place([step(5, 1)], { maxmemoryBytes: 0 })).toEqual([undefined]);
    expect(place([step(5, 1)], { texts: { role: 'slave' } })).toEqual([undefined]);
    expect(place([step(5)])).toEqual([undefined]);
  });
});
