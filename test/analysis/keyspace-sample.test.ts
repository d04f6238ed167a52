import { describe, expect, it } from 'vitest';
import { estimateKeyspace } from '../../src/analysis/keyspace-sample/index.ts';
import { hashPart, renameKeys } from '../../src/analysis/keyspace-sample/key-names.ts';
import { groupByPrefix, splitName } from '../../src/analysis/keyspace-sample/prefixes.ts';
import { estimateRatio } from '../../src/analysis/keyspace-sample/ratio.ts';
import type { KeyspaceSample, SampledKey } from '../../src/model/keyspace-sample.ts';

const ENGINE = { name: 'redis', version: '7.0.15' } as const;
const key = (name: string, bytes: number, ttlSeconds?: number): SampledKey => ({ name, bytes, type: 'string', ttlSeconds });
const sampleOf = (databases: KeyspaceSample['databases'], more: Partial<KeyspaceSample> = {}): KeyspaceSample => ({
  nodeIds: ['a:1'],
  takenFrom: 'a:1',
  reason: 'no-replica',
  at: 0,
  seconds: 1,
  wantedKeys: 100,
  keysPerSecond: 500,
  isCut: false,
  lostKeys: 0,
  unseenKeys: 0,
  hasSlotTables: false,
  databases,
  ...more,
});
const estimate = (...given: Parameters<typeof sampleOf>) => {
  const found = estimateKeyspace(sampleOf(...given), ENGINE);
  if (found === undefined) throw new Error('nothing was estimated');
  return found;
};

describe('the ratio of a sample', () => {
  it('is the one that a textbook gives', () => {
    // Four draws of a tenth of everything: R = 40/20 = 2, Σ(y − 2x)² = 4 + 4 + 0 + 0 = 8.
    const draws = [
      { y: 12, x: 5 },
      { y: 8, x: 5 },
      { y: 10, x: 5 },
      { y: 10, x: 5 },
    ];
    const twice = estimateRatio([{ weight: 10, seenShare: 0.1, draws: [...draws, ...draws] }]);
    expect(twice?.middle).toBe(2);
    // s.e. of the sum: √(0.9 × 8/7 × 16 × 10²) = 40.57; t with 7 degrees of freedom is 2.365; over Σx·w = 400 and R = 2.
    const relative = (2.365 * Math.sqrt(0.9 * (8 / 7) * 16 * 100)) / 400 / 2;
    expect(Math.log((twice?.high ?? 0) / 2)).toBeCloseTo(relative, 2);
    expect((twice?.low ?? 0) * (twice?.high ?? 0)).toBeCloseTo(4, 10);
  });

  it('has no range where too few draws tell their scatter, and none to speak of where all is seen', () => {
    expect(estimateRatio([{ weight: 5, seenShare: 0.2, draws: [{ y: 2, x: 1 }] }])).toEqual({ middle: 2 });
    expect(estimateRatio([{ weight: 1, seenShare: 1, draws: [{ y: 2, x: 1 }] }])).toEqual({ low: 2, middle: 2, high: 2 });
    expect(estimateRatio([])).toBeUndefined();
  });
});

describe('prefixes', () => {
  it.each([
    ['user:1:cart', ['user:', '1:', 'cart']],
    ['queue/7', ['queue/', '7']],
    ['a.b.c', ['a.', 'b.', 'c']],
    ['session-abc', ['session-', 'abc']],
    ['user:a-b.c', ['user:', 'a-b.c']],
    ['ends:', ['ends:']],
    [':', [':']],
    ['', ['']],
    ['plain', ['plain']],
    ['1:2:3:4:5:6:7:8', ['1:', '2:', '3:', '4:', '5:', '6:7:8']],
  ])('splits %s', (name, parts) => {
    expect(splitName(name)).toEqual(parts);
    expect(splitName(name).join('')).toBe(name);
  });

  const patterns = (names: readonly string[]) =>
    groupByPrefix(names.map((name) => ({ name, bytes: 10 }))).map(({ pattern, members }) => [pattern, members.length]);
  const many = (count: number, make: (i: number) => string) => Array.from({ length: count }, (_, i) => make(i));

  it('makes ids one, and keeps what names say', () => {
    expect(
      patterns([
        ...many(60, (i) => `user:${i}:profile`),
        ...many(40, (i) => `user:${i}:cart`),
        ...many(30, (i) => `s:${(i * 7919).toString(36)}x`),
      ]),
    ).toEqual([
      ['user:*:profile', 60],
      ['user:*:cart', 40],
      ['s:*', 30],
    ]);
  });

  it('keeps a name with many keys apart from ids beside it', () => {
    expect(patterns([...many(50, (i) => `tenant${i}x:a`), ...many(50, (i) => `jobs:${i}`)])).toEqual([
      ['*:a', 50],
      ['jobs:*', 50],
    ]);
  });

  it('tells a star in a name from its own, and lumps what is small', () => {
    const rows = patterns([...many(500, (i) => `big:${i}`), 'a*b:1', 'a*b:2', 'c:1', 'd:1']);
    expect(rows).toEqual([
      ['big:*', 500],
      ['…', 4],
    ]);
    expect(patterns(['a*b', 'c'])).toEqual([
      ['a\\*b', 1],
      ['c', 1],
    ]);
  });

  it('has at most 30 rows that add up to all keys', () => {
    const names = many(4000, (i) => `p${i % 40}:${i % 7}:q${i % 11}:${i}`);
    const rows = patterns(names);
    expect(rows.length).toBeLessThanOrEqual(30);
    expect(rows.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(4000);
  });
});

describe('what sampled keys say of all keys', () => {
  const draws = Array.from({ length: 50 }, (_, i) => [key(`a:${i}`, 100, 60), key(`b:${i}`, 300), key(`c:${i}`, 100 + (i % 5) * 50)]);

  it('scales by the number of keys, each database by its own', () => {
    const found = estimate([
      { index: 0, keys: 15_000, draws, isComplete: false },
      { index: 1, keys: 2, draws: [[key('d.1', 50), key('d.2', 70)]], isComplete: true },
    ]);
    expect(found.keys).toBe(15_002);
    expect(found.bytes.middle).toBeCloseTo(5000 * (100 + 300 + 200) + 120, 3);
    expect(found.prefixes.map(({ pattern, keys }) => [pattern, Math.round(keys)])).toEqual([
      ['b:*', 5000],
      ['c:*', 5000],
      ['a:*', 5000],
      ['d.…', 2],
    ]);
    expect(found.expiringBytesShare.middle).toBeCloseTo(1 / 6, 3);
    expect(found.missedShare).toBeCloseTo(1 - 152 / 15_002, 6);
    // (1 − 0.01)^n = 0.05
    expect(found.sureGroupKeys).toBe(295);
  });

  it.each([
    [3_000_000 - 40 * 15_000, 'agrees'],
    [20_000_000, 'less'],
    [100_000, 'more'],
  ])('compares %d bytes of used_memory_dataset with it: %s', (datasetBytes, outcome) => {
    expect(estimate([{ index: 0, keys: 15_000, draws, isComplete: false }], { datasetBytes }).dataset?.outcome).toBe(outcome);
  });

  it('compares nothing where databases are missing', () => {
    expect(estimate([{ index: 0, keys: 150, draws, isComplete: true }], { datasetBytes: 1, unseenKeys: 5 }).dataset).toBeUndefined();
  });

  it('is nothing without a key', () => {
    expect(estimateKeyspace(sampleOf([{ index: 0, keys: 10, draws: [], isComplete: false }]), ENGINE)).toBeUndefined();
  });

  it('covers the truth about as often as it says, also where sizes are skewed', () => {
    let seed = 7;
    const random = (): number => {
      seed = (seed * 1_664_525 + 1_013_904_223) >>> 0;
      return (seed + 0.5) / 2 ** 32;
    };
    const gauss = (): number => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
    const all = Array.from({ length: 20_000 }, (_, i) => key(`k:${i}`, Math.round(80 + 200 * Math.exp(1.2 * gauss()))));
    const truth = all.reduce((sum, { bytes }) => sum + bytes, 0);
    let held = 0;
    for (let run = 0; run < 100; run += 1) {
      const first = Math.floor(random() * 200);
      const some = Array.from({ length: 100 }, (_, i) => all.slice(first + i * 199, first + i * 199 + 10));
      const { low = 0, high = 0 } = estimate([{ index: 0, keys: all.length, draws: some, isComplete: false }]).bytes;
      if (low <= truth && truth <= high) held += 1;
    }
    expect(held).toBeGreaterThanOrEqual(88);
  });

  it('can be told without a word of the names', () => {
    const found = estimate([{ index: 0, keys: 150, draws: [[key('mail:john@x.org:a*b', 10), key('', 5)]], isComplete: true }]);
    const hidden = renameKeys(found, hashPart);
    expect(hidden.largest.map(({ name }) => name)).toEqual([`${hashPart('mail')}:${hashPart('john@x.org')}:${hashPart('a*b')}`, '']);
    expect(JSON.stringify(hidden)).not.toMatch(/mail|john|a\*b/);
    expect(hidden.bytes).toEqual(found.bytes);
  });
});
