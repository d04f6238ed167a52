import { readFile } from 'node:fs/promises';
import { catalogDates, checkCatalog, loadCatalog } from '../catalogs/index.ts';
import { GiB } from '../model/bytes.ts';
import type { CatalogEntry } from '../model/catalog.ts';
import { ConfigError, InputError } from '../model/errors.ts';

/** `redis-headroom catalog list`: offerings with date and number of entries. */
export async function catalogListCommand(options: Readonly<Record<string, unknown>>): Promise<number> {
  const providers = typeof options.provider === 'string' ? options.provider.split(',').map((word) => word.trim().toLowerCase()) : [];
  const entries = await loadCatalog({ providers });
  const dates = catalogDates(entries);
  const counts = new Map<string, { provider: string; count: number }>();
  for (const { offering, provider } of entries) counts.set(offering, { provider, count: (counts.get(offering)?.count ?? 0) + 1 });
  print([
    ['PROVIDER', 'OFFERING', 'ENTRIES', 'DATE'],
    ...[...counts].map(([offering, { provider, count }]) => [provider, offering, String(count), dates[offering] ?? '']),
  ]);
  return 0;
}

/** `redis-headroom catalog show NAME`. @throws ConfigError when nothing has that name */
export async function catalogShowCommand(name: string, options: Readonly<Record<string, unknown>>): Promise<number> {
  const files = Array.isArray(options.catalog) ? options.catalog.map(String) : [];
  const wanted = name.toLowerCase();
  const entries = (await loadCatalog({ files })).filter((entry) =>
    [entry.name, entry.offering, entry.provider, entry.family].some((word) => word.toLowerCase() === wanted),
  );
  if (entries.length === 0)
    throw new ConfigError('catalog show', name, 'an offering, provider, family or instance name; `redis-headroom catalog list` shows them');
  const gib = (bytes: number | undefined): string => (bytes === undefined ? '' : (bytes / GiB).toFixed(2));
  print([
    ['NAME', 'OFFERING', 'VCPU', 'MEMORY GiB', 'USABLE GiB', 'USD/H', 'REGION', 'AS OF'],
    ...entries.map((entry) => [
      entry.name,
      entry.offering,
      String(entry.vcpu ?? ''),
      gib(entry.memoryBytes),
      gib(entry.usableBytes),
      String(entry.priceUsdHour ?? ''),
      entry.priceRegion ?? '',
      entry.priceAsOf ?? '',
    ]),
  ]);
  const sources = new Set(entries.map((entry: CatalogEntry) => entry.source));
  if (sources.size <= 5) process.stdout.write(`\n${[...sources].map((source) => `Source: ${source}`).join('\n')}\n`);
  return 0;
}

/** `redis-headroom catalog check FILE`. @returns 0 when there is no error, 2 otherwise */
export async function catalogCheckCommand(file: string): Promise<number> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (cause) {
    throw new InputError(file, 'cannot be read. Expected a catalog file (CSV with at least the columns name and memory_gib).', { cause });
  }
  const problems = await checkCatalog(content);
  for (const { line, level, problem } of problems) process.stdout.write(`${file}:${line}: ${level}: ${problem}\n`);
  const errors = problems.filter(({ level }) => level === 'error').length;
  process.stdout.write(errors === 0 ? `${file}: can be used.\n` : `${file}: ${errors} ${errors === 1 ? 'error' : 'errors'}.\n`);
  return errors === 0 ? 0 : 2;
}

/** Rows as columns of equal width. */
function print(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  const lines = rows.map((row) =>
    row
      .map((word, i) => word.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  process.stdout.write(`${lines.join('\n')}\n`);
}
