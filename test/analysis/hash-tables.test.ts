import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findNextStep, findPutOffLoad, findTableLayout, planHashTables, transitionWithin } from '../../src/analysis/hash-tables.ts';
import type { HashTableStep } from '../../src/model/analysis.ts';
import { GiB, MiB } from '../../src/model/bytes.ts';
import type { Engine } from '../../src/model/engine.ts';
import { buildNodeHistory, DAY, START_AT, sampleEvery, type TestSample } from '../helpers/node-history.ts';

const redis: Engine = { name: 'redis', version: '7.2.6' };
const valkey: Engine = { name: 'valkey', version: '8.1.1' };

/** Ten days that end at 120 million keys (half of them with an expiry), growing by a million (half a million) a day. */
const growing = buildNodeHistory(
  sampleEvery(6 * 3600, 41, (i) => ({
    usedMemoryBytes: 20 * GiB,
    db0Keys: 120e6 - (40 - i) * 0.25e6,
    db0Expires: 60e6 - (40 - i) * 0.125e6,
  })),
);

describe('planHashTables', () => {
  it('finds the next doublings of a growing Redis and that they coincide', () => {
    const [keys, expires] = planHashTables(growing, redis);
    expect(keys).toMatchObject({ database: 0, table: 'keys', entries: 120e6, threshold: 134_217_728 });
    expect(keys?.daysUntil).toBeCloseTo(14.217728, 6);
    expect(expires).toMatchObject({ table: 'expires', entries: 60e6, threshold: 67_108_864 });
    expect(expires?.daysUntil).toBeCloseTo(14.217728, 6);

    const steps = [keys, expires].flatMap((step) => step ?? []);
    const sum = (field: 'allocatedBytes' | 'permanentBytes' | 'transientBytes') => steps.reduce((total, step) => total + step[field], 0);
    expect(sum('transientBytes')).toBe(1.5 * GiB);
    expect(sum('allocatedBytes')).toBe(3 * GiB);
    expect(sum('allocatedBytes') + sum('transientBytes')).toBe(4.5 * GiB);
    expect(sum('permanentBytes')).toBe(1.5 * GiB);
    expect(transitionWithin(steps, 30).bytes).toBe(3 * GiB);
    expect(transitionWithin(steps, 14).bytes).toBe(0);
  });

  it('knows the buckets of seven entries of Valkey 8.1', () => {
    const [keys, expires] = planHashTables(growing, valkey);
    expect(keys).toMatchObject({ threshold: 234_881_024, transientBytes: 2 * GiB, allocatedBytes: 4 * GiB });
    expect(120e6 / (keys?.threshold ?? 1)).toBeCloseTo(0.5109, 4);
    expect((keys?.transientBytes ?? 0) / 120e6).toBeCloseTo(17.8957, 4);
    expect(expires).toMatchObject({ threshold: 117_440_512, transientBytes: GiB });
  });

  it('tells no day where the count is steady or falls', () => {
    const steady = buildNodeHistory(sampleEvery(86_400, 20, (i) => ({ usedMemoryBytes: GiB, db0Keys: 1e6 + (i % 2), db3Keys: 2e6 - i })));
    expect(planHashTables(steady, redis).map((step) => [step.database, step.daysUntil])).toEqual([
      [0, undefined],
      [3, undefined],
    ]);
  });

  it('takes the growth since the last restart only', () => {
    const samples: TestSample[] = Array.from({ length: 30 }, (_, i) => ({
      at: START_AT + i * DAY,
      usedMemoryBytes: GiB,
      uptimeSeconds: (i < 20 ? i : i - 20) * 86_400,
      db0Keys: i < 20 ? 100_000 * i : 1_000_000 + 1000 * (i - 20),
    }));
    const [keys] = planHashTables(buildNodeHistory(samples), redis);
    expect(keys?.daysUntil).toBeCloseTo((1_048_576 - 1_009_000) / 1000, 6);
  });

  it('says nothing for tables split by slot, for Dragonfly, for an unknown Valkey, and without a key count', () => {
    const cluster = buildNodeHistory([{ at: START_AT, usedMemoryBytes: GiB, clusterEnabled: 1, db0Keys: 1e6 }]);
    expect(planHashTables(cluster, { name: 'redis', version: '7.4.1' })).toEqual([]);
    expect(planHashTables(cluster, valkey)).toEqual([]);
    expect(planHashTables(cluster, redis)).toHaveLength(1);
    expect(planHashTables(growing, { name: 'dragonfly', version: '1.20.0' })).toEqual([]);
    expect(planHashTables(growing, { name: 'valkey', version: undefined })).toEqual([]);
    expect(planHashTables(buildNodeHistory([{ at: START_AT, usedMemoryBytes: GiB }]), redis)).toEqual([]);
  });

  it('has no expiry table on KeyDB', () => {
    expect(planHashTables(growing, { name: 'keydb', version: '6.3.4' }).map((step) => step.table)).toEqual(['keys']);
  });
});

describe('findNextStep', () => {
  const classic = findTableLayout(redis, false) ?? expect.fail('Redis has a layout');

  it.each([
    [2 ** 20, 16 * MiB, 8 * MiB],
    [2 ** 24, 256 * MiB, 128 * MiB],
    [2 ** 26, GiB, 512 * MiB],
    [2 ** 27, 2 * GiB, GiB],
    [2 ** 28, 4 * GiB, 2 * GiB],
  ])('asks for the new table at once at %d keys', (threshold, allocatedBytes, transientBytes) => {
    const expected = { threshold, allocatedBytes, transientBytes, permanentBytes: transientBytes };
    expect(findNextStep(classic, threshold)).toMatchObject(expected);
    expect(findNextStep(classic, threshold - 1)).toMatchObject(expected);
  });

  it('keeps the larger table after deletes until an eighth is left', () => {
    expect(findNextStep(classic, 2 ** 18, 2 ** 20).threshold).toBe(2 ** 20);
    expect(findNextStep(classic, 2 ** 16, 2 ** 20).threshold).toBe(2 ** 16);
  });
});

describe('transitionWithin', () => {
  const step: HashTableStep = {
    database: 0,
    table: 'keys',
    entries: 60e6,
    threshold: 2 ** 26,
    allocatedBytes: GiB,
    permanentBytes: 0.5 * GiB,
    transientBytes: 0.5 * GiB,
  };

  it('adds to a projection in proportion what the doubling asks for beyond it', () => {
    const factor = 1.04 ** 6;
    const projected = 9.5 * factor + transitionWithin([step], 180, { factor, appliesToKeys: true }).bytes / GiB;
    expect(projected).toBeCloseTo(12.887871166, 6);
  });

  it('is 0 when the keys stay below the threshold', () => {
    expect(transitionWithin([step], 180, { factor: 1.1, appliesToKeys: true }).bytes).toBe(0);
    expect(transitionWithin([step], 180).bytes).toBe(0);
  });

  it('counts every doubling on the way when the keys grow many times over', () => {
    // 240 million keys need 2^28 buckets: 2 GiB, beside the 1 GiB of the doubling before.
    expect(transitionWithin([step], 180, { factor: 4, appliesToKeys: true }).bytes).toBe((2 + 1 - 0.5 * 4) * GiB);
    expect(transitionWithin([{ ...step, daysUntil: 30 }], 90).bytes).toBe((1 + 0.5 - 0.5) * GiB);
  });

  it('lets keys outgrow the data by the next doubling only', () => {
    // At this pace there would be 2^28 keys in 90 days, in data that are not expected to grow.
    expect(transitionWithin([{ ...step, daysUntil: 3 }], 90).bytes).toBe((1 + 0.5 - 0.5) * GiB);
    expect(transitionWithin([{ ...step, daysUntil: 3 }], 90, { factor: 3, appliesToKeys: false }).bytes).toBe((2 + 1 - 0.5 * 3) * GiB);
  });

  it('is never negative and never falls as the horizon widens', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 100, noNaN: true }), fc.integer({ min: 1, max: 200 }), (daysUntil, horizon) => {
        const near = transitionWithin([{ ...step, daysUntil }], horizon).bytes;
        expect(near).toBeGreaterThanOrEqual(0);
        expect(transitionWithin([{ ...step, daysUntil }], horizon + 30).bytes).toBeGreaterThanOrEqual(near);
      }),
    );
  });
});

describe('findPutOffLoad', () => {
  it.each([
    { name: 'redis', version: '6.0.16', load: 1 },
    { name: 'redis', version: '6.2.0', load: 1.618 },
    { name: 'redis', version: '8.6.3', load: 1.618 },
    { name: 'valkey', version: '8.0.1', load: 1.618 },
    { name: 'valkey', version: '8.1.0', load: 5 },
    { name: 'keydb', version: '6.3.4', load: 1.618 },
    { name: 'redis', version: undefined, load: undefined },
  ] as const)('is $load of $name $version', ({ name, version, load }) => {
    expect(findPutOffLoad({ name, version })).toBe(load);
  });
});
