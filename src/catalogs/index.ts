import { readFile } from 'node:fs/promises';
import type { CatalogEntry } from '../model/catalog.ts';
import type { EngineName } from '../model/engine.ts';
import { ConfigError, InputError } from '../model/errors.ts';
import { alibabaTair } from './alibaba-tair.ts';
import { awsElasticacheRedis, awsElasticacheValkey } from './aws-elasticache.ts';
import { awsMemorydbRedis, awsMemorydbValkey } from './aws-memorydb.ts';
import { azureCache } from './azure-cache.ts';
import { azureManagedRedis } from './azure-managed-redis.ts';
import { parseCatalog } from './catalog-file.ts';
import { checkCatalog } from './check.ts';
import { customMachine, customUsable } from './custom.ts';
import { digitalocean } from './digitalocean.ts';
import { fillCapacities, gcpMemorystoreBasic, gcpMemorystoreStandard } from './gcp-memorystore.ts';
import { gcpMemorystoreCluster, gcpMemorystoreValkey } from './gcp-memorystore-cluster.ts';
import { offersEngine, type ProviderRule } from './provider-rule.ts';
import { redisCloud } from './redis-cloud.ts';
import { upstash } from './upstash.ts';
import { awsEc2, azureVm, gcpCompute } from './virtual-machines.ts';

export { CATALOG_COLUMNS, type CatalogProblem } from './catalog-file.ts';
export { checkCatalog } from './check.ts';
export type { ProviderRule, SizingSituation, UsableMemory, UsableRuleId } from './provider-rule.ts';
export { offersEngine } from './provider-rule.ts';

/** Day on which the built-in figures were gathered. */
export const CATALOG_COMPILED_ON = '2026-11-22';

/** Built-in files in data/, by the provider whose instances they list. */
const DATA_FILES: Readonly<Record<string, readonly string[]>> = {
  aws: ['aws-elasticache-redis', 'aws-elasticache-valkey', 'aws-memorydb-redis', 'aws-memorydb-valkey', 'aws-ec2'],
  gcp: ['gcp-memorystore-redis', 'gcp-memorystore-redis-cluster', 'gcp-memorystore-valkey', 'gcp-compute'],
  azure: ['azure-managed-redis', 'azure-cache-for-redis', 'azure-vm'],
  alibaba: ['alibaba-tair'],
  digitalocean: ['digitalocean-valkey'],
  redis: ['redis-cloud'],
  upstash: ['upstash'],
};

/** Sizing rules, one for each offering. Where prices do not decide, earlier ones come first in recommendations. */
export const PROVIDER_RULES: readonly ProviderRule[] = [
  awsElasticacheRedis,
  awsElasticacheValkey,
  gcpMemorystoreBasic,
  gcpMemorystoreStandard,
  gcpMemorystoreCluster,
  gcpMemorystoreValkey,
  azureManagedRedis,
  azureCache,
  awsMemorydbRedis,
  awsMemorydbValkey,
  awsEc2,
  gcpCompute,
  azureVm,
  redisCloud,
  digitalocean,
  upstash,
  alibabaTair,
];

const RULE_BY_OFFERING = new Map(PROVIDER_RULES.flatMap((rule) => rule.offerings.map((offering) => [offering, rule] as const)));

/** Names that `--provider` takes: the clouds, `vm` for machines of one's own, `custom` for catalog files without a provider. */
export const PROVIDER_NAMES: readonly string[] = [...Object.keys(DATA_FILES), 'vm', 'custom'];

/** The rule that sizes this entry; entries of other offerings (the user's own files) by their usable figure, else as machines. */
export function findRule(entry: CatalogEntry): ProviderRule {
  return RULE_BY_OFFERING.get(entry.offering) ?? (entry.usableBytes === undefined ? customMachine : customUsable);
}

/**
 * Whether an entry belongs to what was asked for.
 * @param providers - names of clouds, and `vm` for machines: alone it means those of every cloud, beside clouds only theirs. Empty: everything.
 */
export function isAskedFor(entry: CatalogEntry, providers: readonly string[]): boolean {
  if (providers.length === 0) return true;
  const clouds = providers.filter((provider) => provider !== 'vm');
  if (findRule(entry).kind === 'machine' && RULE_BY_OFFERING.has(entry.offering)) {
    return providers.includes('vm') && (clouds.length === 0 || clouds.includes(entry.provider));
  }
  return clouds.includes(entry.provider);
}

/** One of the built-in files as text: beside this module both in a checkout and in the built package. */
async function readDataFile(name: string): Promise<readonly CatalogEntry[]> {
  const { entries } = await parseCatalog(await readFile(new URL(`data/${name}.csv`, import.meta.url), 'utf8'));
  return name === 'gcp-memorystore-redis' ? fillCapacities(entries) : entries;
}

/** The entries of a user's catalog file. Throws an InputError with the line of the first error. */
async function readCatalogFile(path: string): Promise<readonly CatalogEntry[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new InputError(path, 'cannot be read. Expected a catalog file (CSV with at least the columns name and memory_gib).', { cause });
  }
  const [error, ...others] = (await checkCatalog(text)).filter(({ level }) => level === 'error');
  if (error !== undefined) {
    const more = others.length === 0 ? '' : ` (and ${others.length} more; see: redis-headroom catalog check ${path})`;
    const problem = `${error.problem}. Expected CSV with at least the columns name and memory_gib${more}.`;
    throw new InputError(path, problem, { line: error.line });
  }
  return (await parseCatalog(text)).entries;
}

/**
 * Entries of the built-in catalogs and of the user's own files, the latter first so that they win a name.
 * @param options.providers - only these providers' built-in entries, see `PROVIDER_NAMES`; absent or empty: all
 * @param options.files - paths of catalog files; their entries are always kept
 * @throws ConfigError for a provider that is not known; InputError with file and line for a bad catalog file
 */
export async function loadCatalog(
  options: { readonly providers?: readonly string[]; readonly files?: readonly string[] } = {},
): Promise<readonly CatalogEntry[]> {
  const providers = options.providers ?? [];
  const own = (await Promise.all((options.files ?? []).map(readCatalogFile))).flat();
  const known = [...PROVIDER_NAMES, ...own.map(({ provider }) => provider)];
  for (const provider of providers) {
    if (!known.includes(provider)) throw new ConfigError('--provider', provider, `one of ${PROVIDER_NAMES.join(', ')}`);
  }
  const builtIn = (await Promise.all(Object.values(DATA_FILES).flat().map(readDataFile))).flat();
  return [...own, ...builtIn.filter((entry) => isAskedFor(entry, providers))];
}

/**
 * The entry of that name (case does not matter); undefined when there is none.
 * @param engine - decides between offerings that share names, such as ElastiCache for Redis OSS and for Valkey
 */
export function findEntry(entries: readonly CatalogEntry[], name: string, engine: EngineName = 'unknown'): CatalogEntry | undefined {
  const wanted = name.trim().toLowerCase();
  const named = entries.filter((entry) => entry.name.toLowerCase() === wanted);
  return named.find((entry) => offersEngine(findRule(entry), engine)) ?? named[0];
}

/** Names that `--target` takes: every offering in the catalog, in its order. */
export function listOfferings(entries: readonly CatalogEntry[]): readonly string[] {
  return [...new Set(entries.map(({ offering }) => offering))];
}

/** Newest date of each offering's figures: of its prices, else the day on which the catalog was compiled. */
export function catalogDates(entries: readonly CatalogEntry[]): Readonly<Record<string, string>> {
  const dates = new Map<string, string>();
  for (const { offering, priceAsOf } of entries) {
    const known = dates.get(offering) ?? '';
    dates.set(offering, priceAsOf !== undefined && priceAsOf > known ? priceAsOf : known);
  }
  return Object.fromEntries([...dates].map(([offering, date]) => [offering, date === '' ? CATALOG_COMPILED_ON : date]));
}
