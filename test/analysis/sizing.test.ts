import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseInstance, findShortRatio, type MemoryNeed, type SizingQuestion } from '../../src/analysis/sizing.ts';
import { loadCatalog } from '../../src/catalogs/index.ts';
import { GiB } from '../../src/model/bytes.ts';
import type { CatalogEntry } from '../../src/model/catalog.ts';

const catalog = await loadCatalog();

/** A need as the budget would give it for a node without forks: resident 10 % over maxmemory, the machine at 80 %. */
function needOf(maxmemoryBytes: number, nowShare = 1): MemoryNeed {
  const residentBytes = maxmemoryBytes * 1.1;
  const memoryNeededBytes = residentBytes / 0.8;
  return {
    maxmemoryBytes,
    residentBytes,
    memoryNeededBytes,
    nowMaxmemoryBytes: maxmemoryBytes * nowShare,
    nowResidentBytes: residentBytes * nowShare,
    nowMemoryNeededBytes: memoryNeededBytes * nowShare,
  };
}

function choose(need: MemoryNeed, rest: Partial<SizingQuestion> = {}) {
  return chooseInstance({ need, catalog, providers: [], engineName: 'redis', ...rest });
}

function machine(name: string, memoryBytes: number, priceUsdHour: number | undefined): CatalogEntry {
  return { provider: 'own', offering: 'boxes', name, family: 'box', memoryBytes, priceUsdHour, source: 'own list' };
}

describe('choosing an instance', () => {
  it('fills ElastiCache r6g.large to 85.487 % with nine billion bytes', () => {
    const need = { maxmemoryBytes: 9e9, residentBytes: 9e9, memoryNeededBytes: 9e9 / 0.8 };
    const { current, direction } = choose(need, { currentName: 'cache.r6g.large' });
    expect(current?.fillAtHorizon).toBeCloseTo(0.85487, 5);
    expect(current?.fillNow).toBeUndefined();
    expect(direction).toBe('keep');
  });

  it('stays where the bound of a projection asks for a little more than the present instance holds', () => {
    // 9.8 GiB are usable of cache.r6g.large.
    const direction = (gib: number, shortRatio?: number) =>
      choose(needOf(gib * GiB, 0.8), { currentName: 'cache.r6g.large', shortRatio }).direction;
    expect([direction(10.2, findShortRatio('good')), direction(10.2)]).toEqual(['keep', 'up']);
    expect([direction(10.6, findShortRatio('good')), direction(10.6, findShortRatio('low'))]).toEqual(['up', 'keep']);
  });

  it('counts resident memory on Azure Cache, which evicts by it, and recommends the service that replaced it', () => {
    const need = { maxmemoryBytes: 38 * GiB, residentBytes: 43 * GiB, memoryNeededBytes: 54 * GiB };
    const { current, recommended, direction } = choose(need, { currentName: 'Premium_P4' });
    expect(current?.usableBytes).toBeCloseTo(42.4 * GiB, 3);
    expect(current?.fillAtHorizon).toBeCloseTo(43 / 42.4, 6);
    expect(recommended?.offering).toBe('azure-managed-redis');
    expect(direction).toBe('up');
  });

  it('keeps Memorystore Standard at 80 % when its backlog is part of the history', () => {
    const { current } = choose(needOf(7.5 * GiB), { currentName: 'standard-m2-10gb' });
    expect(current?.fillAtHorizon).toBeCloseTo(7.5 / 8, 9);
    const { recommended } = choose(needOf(7.5 * GiB), { target: 'memorystore-redis-standard' });
    expect(recommended?.usableBytes).toBeCloseTo((recommended?.memoryBytes ?? 0) * 0.7, 0);
  });

  it('goes up inside the family in use', () => {
    const { recommended, direction, rejected } = choose(needOf(13.5 * GiB, 0.8), { currentName: 'cache.r7g.large' });
    expect(recommended?.name).toBe('cache.r7g.xlarge');
    expect(recommended?.fillNow).toBeCloseTo((13.5 * 0.8) / 19.74, 2);
    expect(direction).toBe('up');
    expect(rejected[0]).toMatchObject({ name: 'cache.r7g.large', reason: 'too-small', needBytes: 13.5 * GiB });
  });

  it('goes down as readily, but only when the smaller one keeps a tenth free', () => {
    const down = choose(needOf(7 * GiB), { currentName: 'cache.r7g.2xlarge' });
    expect([down.recommended?.name, down.direction]).toEqual(['cache.r7g.large', 'down']);
    const keep = choose(needOf(19.5 * GiB), { currentName: 'cache.r7g.2xlarge' });
    expect([keep.recommended?.name, keep.direction]).toEqual(['cache.r7g.2xlarge', 'keep']);
    expect(keep.rejected).toContainEqual(expect.objectContaining({ name: 'cache.r7g.xlarge', reason: 'little-room' }));
  });

  it('says of a smaller one that holds the need with room why it was not taken', () => {
    const dearer = choose(needOf(0.3 * GiB), { currentName: 'cache.r7g.xlarge' });
    expect(dearer.recommended?.name).toBe('cache.r7g.large');
    expect(dearer.rejected).toContainEqual(expect.objectContaining({ name: 'cache.m7g.xlarge', reason: 'costs-more' }));
    const strange = choose(needOf(0.3 * GiB), { currentName: 'r7g.xlarge' });
    expect(strange.rejected).toContainEqual(expect.objectContaining({ name: 't4g.medium', reason: 'other-family' }));
  });

  it('names an unknown price where prices decide', () => {
    const sizes = [2, 4, 8, 16, 32].map((gib, i) => machine(`box-${gib}`, gib * GiB, gib === 8 ? undefined : 0.1 * 2 ** i));
    const { recommended, rejected } = choose(needOf(5 * GiB), { catalog: sizes, target: 'boxes' });
    expect(recommended?.name).toBe('box-16');
    expect(rejected.map(({ name, reason }) => [name, reason])).toEqual([
      ['box-8', 'price-unknown'],
      ['box-4', 'too-small'],
      ['box-2', 'too-small'],
    ]);
  });

  it('sizes machines by the whole budget', () => {
    const { recommended } = choose(
      { maxmemoryBytes: 8 * GiB, residentBytes: 9 * GiB, memoryNeededBytes: 17 * GiB },
      { providers: ['aws', 'vm'], target: 'ec2' },
    );
    expect(recommended?.memoryBytes).toBeGreaterThanOrEqual(17 * GiB);
    expect(recommended?.fillAtHorizon).toBeLessThanOrEqual(1);
  });

  it('takes the cheapest that holds the need where prices are known', () => {
    const { recommended, alternatives } = choose(needOf(9 * GiB), { target: 'elasticache-redis' });
    expect(alternatives.length).toBeGreaterThan(0);
    for (const other of alternatives) expect(other.priceUsdHour).toBeGreaterThanOrEqual(recommended?.priceUsdHour ?? 0);
  });

  it('never recommends what cannot or should not be bought, and says so', () => {
    const { current, recommended, alternatives } = choose(needOf(1 * GiB), { currentName: 'cache.t2.small' });
    expect(current?.name).toBe('cache.t2.small');
    for (const choice of [recommended, ...alternatives]) expect(choice?.name).not.toMatch(/\.(t2|m4|r4|r6gd)\./);
    const { rejected } = choose(needOf(8 * GiB), { target: 'elasticache-redis' });
    expect(rejected).toContainEqual(expect.objectContaining({ name: 'cache.r4.large', reason: 'retired' }));
  });

  it('recommends nothing when the kind of machine is not known, and shows the best of each provider, smallest first', () => {
    const { recommended, direction, alternatives } = choose(needOf(10 * GiB));
    expect(recommended).toBeUndefined();
    expect(direction).toBeUndefined();
    const offerings = alternatives.map(({ offering }) => offering);
    expect(new Set(offerings).size).toBe(alternatives.length);
    expect(offerings).toEqual(expect.arrayContaining(['elasticache-redis', 'ec2', 'azure-managed-redis', 'virtual-machines']));
    const sizes = alternatives.map(({ usableBytes, shards }) => usableBytes * shards);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
  });

  it('offers Valkey where Valkey runs', () => {
    const { alternatives } = choose(needOf(10 * GiB), { engineName: 'valkey' });
    const offerings = alternatives.map(({ offering }) => offering);
    expect(offerings).toContain('elasticache-valkey');
    expect(offerings).not.toContain('elasticache-redis');
  });

  it('moves to the providers that were asked for, away from the present one', () => {
    const { recommended } = choose(needOf(10 * GiB), { currentName: 'cache.r7g.xlarge', providers: ['gcp'] });
    expect(recommended?.provider).toBe('gcp');
  });

  it('spreads over shards when no single node is large enough', () => {
    const { recommended } = choose(needOf(1200 * GiB), { target: 'elasticache-valkey' });
    expect(recommended?.shards).toBe(3);
    expect((recommended?.usableBytes ?? 0) * (recommended?.shards ?? 0)).toBeGreaterThanOrEqual(1200 * GiB);
    expect(recommended?.fillAtHorizon).toBeLessThanOrEqual(1);
  });

  it('keeps the shards of a cluster and sizes each for the hottest', () => {
    const { recommended } = choose(needOf(9 * GiB), { currentName: 'cache.r7g.large', shards: 6 });
    expect(recommended).toMatchObject({ name: 'cache.r7g.large', shards: 6 });
    expect(choose(needOf(9 * GiB), { shards: 6, target: 'memorystore-redis-basic' }).recommended).toBeUndefined();
  });

  it('says nothing of a present instance that no catalog knows', () => {
    const { current, recommended, direction } = choose(needOf(9 * GiB), { currentName: 'our-old-box' });
    expect([current, recommended, direction]).toEqual([undefined, undefined, undefined]);
  });
});

describe('more need', () => {
  const offerings = [
    'elasticache-redis',
    'elasticache-valkey',
    'memorystore-redis-standard',
    'azure-managed-redis',
    'ec2',
    'compute-engine',
  ];

  it.each(offerings)('never leads to a smaller instance of %s', (target) => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 900, noNaN: true }), fc.double({ min: 1, max: 4, noNaN: true }), (gib, factor) => {
        const small = choose(needOf(gib * GiB), { target }).recommended;
        const large = choose(needOf(gib * factor * GiB), { target }).recommended;
        if (large === undefined) return;
        expect(small).toBeDefined();
        expect(large.usableBytes * large.shards).toBeGreaterThanOrEqual((small?.usableBytes ?? 0) * (small?.shards ?? 0));
      }),
      { numRuns: 40 },
    );
  });

  it('never leads to a smaller instance than the one kept or left', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 400, noNaN: true }), fc.double({ min: 1, max: 4, noNaN: true }), (gib, factor) => {
        const rest = { currentName: 'cache.r6g.2xlarge' };
        const small = choose(needOf(gib * GiB), rest).recommended;
        const large = choose(needOf(gib * factor * GiB), rest).recommended;
        expect((large?.usableBytes ?? 0) * (large?.shards ?? 0)).toBeGreaterThanOrEqual((small?.usableBytes ?? 0) * (small?.shards ?? 0));
      }),
      { numRuns: 60 },
    );
  });

  it('holds what it recommends: need never exceeds the usable bytes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...offerings), fc.double({ min: 0.01, max: 2000, noNaN: true }), (target, gib) => {
        const { recommended, alternatives } = choose(needOf(gib * GiB), { target });
        for (const choice of [...alternatives, ...(recommended ? [recommended] : [])]) {
          expect(choice.fillAtHorizon).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 60 },
    );
  });
});
