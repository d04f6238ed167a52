import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  catalogDates,
  checkCatalog,
  findEntry,
  findRule,
  isAskedFor,
  listOfferings,
  loadCatalog,
  PROVIDER_RULES,
} from '../../src/catalogs/index.ts';
import { GiB } from '../../src/model/bytes.ts';
import type { CatalogEntry } from '../../src/model/catalog.ts';

const dataFolder = new URL('../../src/catalogs/data/', import.meta.url);
const dataFiles = (await readdir(dataFolder)).filter((name) => name.endsWith('.csv'));
const catalog = await loadCatalog();

function entryOf(offering: string, name: string): CatalogEntry {
  const found = catalog.find((entry) => entry.offering === offering && entry.name === name);
  if (found === undefined) throw new Error(`no ${offering} ${name}`);
  return found;
}

describe('the built-in catalogs', () => {
  it.each(dataFiles)('%s has no problem', async (name) => {
    expect(await checkCatalog(await readFile(new URL(name, dataFolder), 'utf8'))).toEqual([]);
  });

  it.each(dataFiles)('%s is listed, so that its entries are loaded', async (name) => {
    const rows = (await readFile(new URL(name, dataFolder), 'utf8')).trim().split('\n').slice(1);
    const names = new Set(catalog.map((entry) => `${entry.offering},${entry.name}`));
    expect(rows.every((row) => names.has(row.split(',').slice(1, 3).join(',')))).toBe(true);
  });

  it.each(listOfferings(catalog))('the offering %s has exactly one sizing rule, of the same provider', (offering) => {
    const rules = PROVIDER_RULES.filter((rule) => rule.offerings.includes(offering));
    expect(rules.map(({ provider }) => provider)).toEqual([catalog.find((entry) => entry.offering === offering)?.provider]);
  });

  it('never offer more than the memory of a node', () => {
    for (const entry of catalog) {
      const usable = findRule(entry).usable(entry, { targetRatio: 0.8 });
      if (usable && entry.memoryBytes !== undefined) expect(usable.bytes).toBeLessThanOrEqual(entry.memoryBytes * 1.001);
    }
  });

  it('say from when the figures of each offering are', () => {
    const dates = catalogDates(catalog);
    expect(dates['elasticache-redis']).toBe('2026-10-02');
    expect(dates['managed-valkey']).toBe('2026-11-22');
    expect(Object.keys(dates)).toEqual(listOfferings(catalog));
  });
});

describe('the sizing rules', () => {
  const situation = { targetRatio: 0.8 };
  const usableOf = (offering: string, name: string, measuredOffering?: string) => {
    const entry = entryOf(offering, name);
    return findRule(entry).usable(entry, { ...situation, measuredOffering });
  };

  it('take the reserved quarter off ElastiCache once: r6g.large keeps 10,527,885,772 bytes and t3.micro what its INFO shows', () => {
    expect(usableOf('elasticache-redis', 'cache.r6g.large')).toEqual({ bytes: 10_527_885_772.5, rule: 'provider-reserve' });
    expect(usableOf('elasticache-redis', 'cache.t3.micro')?.bytes).toBe(402_653_184);
  });

  it('leave 80 % of Memorystore, and 70 % of Standard unless the history counts its backlog already', () => {
    expect(usableOf('memorystore-redis-basic', 'basic-m2-10gb')).toEqual({ bytes: 8 * GiB, rule: 'provider-80-percent' });
    expect(usableOf('memorystore-redis-standard', 'standard-m2-10gb')?.bytes).toBeCloseTo(7 * GiB, 3);
    expect(usableOf('memorystore-redis-standard', 'standard-m2-10gb', 'memorystore-redis-standard')?.bytes).toBe(8 * GiB);
  });

  it('leave 42.4 of 53 GiB on Azure Cache', () => {
    expect(usableOf('azure-cache-redis-premium', 'Premium_P4')?.bytes).toBeCloseTo(42.4 * GiB, 3);
  });

  it('fill machines to the target ratio', () => {
    expect(usableOf('ec2', 'r7g.large')).toEqual({ bytes: 0.8 * 16 * GiB, rule: 'target-ratio' });
  });

  it('do not guess where no source gives the memory', () => {
    expect(usableOf('memorydb-redis', 'db.r6g.large')).toBeUndefined();
  });

  it.each([
    ['elasticache-redis', 'cache.t2.micro'],
    ['elasticache-redis', 'cache.r4.large'],
    ['azure-cache-redis-basic', 'Basic_C1'],
  ])('know that %s %s is not to be bought any more', (offering, name) => {
    const entry = entryOf(offering, name);
    expect(findRule(entry).isRetired?.(entry)).toBe(true);
  });
});

describe('finding an entry', () => {
  it('does not mind case', () => {
    expect(findEntry(catalog, 'STANDARD_E4S_V5')?.offering).toBe('virtual-machines');
  });

  it('takes the offering that runs the engine where two share a name', () => {
    expect(findEntry(catalog, 'cache.r7g.large', 'redis')?.offering).toBe('elasticache-redis');
    expect(findEntry(catalog, 'cache.r7g.large', 'valkey')?.offering).toBe('elasticache-valkey');
  });

  it('gives nothing for a name that no catalog has', () => {
    expect(findEntry(catalog, 'cache.r99g.large')).toBeUndefined();
  });
});

describe('what was asked for', () => {
  const offeringsFor = (providers: readonly string[]) => listOfferings(catalog.filter((entry) => isAskedFor(entry, providers)));

  it('is everything when no provider is named', () => {
    expect(offeringsFor([])).toEqual(listOfferings(catalog));
  });

  it('leaves machines out unless vm is named, and keeps to the named clouds', () => {
    expect(offeringsFor(['aws'])).not.toContain('ec2');
    expect(offeringsFor(['aws', 'vm'])).toEqual(['elasticache-redis', 'elasticache-valkey', 'memorydb-redis', 'memorydb-valkey', 'ec2']);
    expect(offeringsFor(['vm'])).toEqual(['ec2', 'compute-engine', 'virtual-machines']);
  });
});

describe('loading catalogs', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headroom-catalog-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function writeCatalog(name: string, text: string): Promise<string> {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  }

  it('puts the user’s own entries first, whatever providers are asked for', async () => {
    const path = await writeCatalog('own.csv', 'name,memory_gib\ncache.r7g.large,999\n');
    const entries = await loadCatalog({ providers: ['gcp'], files: [path] });
    expect(findEntry(entries, 'cache.r7g.large')?.memoryBytes).toBe(999 * GiB);
    expect(new Set(entries.map(({ provider }) => provider))).toEqual(new Set(['custom', 'gcp']));
  });

  it('names file, line and what was expected for a bad file', async () => {
    const path = await writeCatalog('bad.csv', 'name,memory_gib\na,8\nb,lots\nc,-1\n');
    await expect(loadCatalog({ files: [path] })).rejects.toThrow(
      `${path}:3: memory_gib "lots" is not a number of 0 or more. Expected CSV with at least the columns name and memory_gib (and 1 more; see: redis-headroom catalog check ${path}).`,
    );
  });

  it('says so when a file cannot be read', async () => {
    await expect(loadCatalog({ files: [join(folder, 'none.csv')] })).rejects.toThrow(/none\.csv: cannot be read\. Expected a catalog file/);
  });

  it('refuses a provider that it does not know and lists those it does', async () => {
    await expect(loadCatalog({ providers: ['ibm'] })).rejects.toThrow(/--provider: "ibm" cannot be used\. Expected one of aws, gcp, azure/);
  });
});

describe('Memorystore for Redis', () => {
  it('can be had in any whole GiB of each tier, at the tier’s price for each', async () => {
    const catalog = await loadCatalog({ providers: ['gcp'] });
    for (const offering of ['memorystore-redis-basic', 'memorystore-redis-standard']) {
      const entries = catalog.filter((entry) => entry.offering === offering);
      expect(entries.map(({ memoryBytes }) => (memoryBytes ?? 0) / GiB)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
      expect(new Set(entries.map(({ name }) => name)).size).toBe(300);
      for (const tier of Map.groupBy(entries, ({ family }) => family).values()) {
        const rates = tier.map(({ priceUsdHour, memoryBytes }) => (priceUsdHour ?? 0) / ((memoryBytes ?? 0) / GiB));
        expect(Math.max(...rates) - Math.min(...rates)).toBeLessThan(1e-4);
      }
    }
    expect(findEntry(catalog, 'basic-m3-17gb')).toMatchObject({ defaultMaxmemoryBytes: 17 * GiB, priceUsdHour: 0.391 });
  });
});
