import { GiB } from '../model/bytes.ts';
import type { CatalogEntry } from '../model/catalog.ts';

/** A problem in a catalog file. `error` makes the file unusable, `warning` does not. */
export interface CatalogProblem {
  readonly line: number;
  readonly level: 'error' | 'warning';
  readonly problem: string;
}

export interface CatalogFile {
  readonly entries: readonly (CatalogEntry & { readonly line: number })[];
  readonly problems: readonly CatalogProblem[];
}

/** A catalog is written by hand or by a small script; more is a wrong file. */
const MAX_CHARACTERS = 16 * 1024 * 1024;
const MAX_PROBLEMS = 50;

const TEXT_COLUMNS = ['provider', 'offering', 'name', 'family', 'price_region', 'price_as_of', 'source'] as const;
const NUMBER_COLUMNS = [
  'vcpu',
  'memory_gib',
  'usable_memory_gib',
  'default_maxmemory_bytes',
  'network_baseline_gbps',
  'network_burst_gbps',
  'max_clients',
  'price_usd_hour',
] as const;
type TextColumn = (typeof TEXT_COLUMNS)[number];
type NumberColumn = (typeof NUMBER_COLUMNS)[number];

/** Columns of a catalog file, in the order of the built-in ones. Only `name` and `memory_gib` must be there. */
export const CATALOG_COLUMNS: readonly string[] = [
  'provider',
  'offering',
  'name',
  'family',
  ...NUMBER_COLUMNS,
  'price_region',
  'price_as_of',
  'source',
];

interface RawRow {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

async function readRows(text: string): Promise<readonly RawRow[]> {
  // Without quotes a row is what stands between the commas; csv-parse would take 0.1 s for the built-in files.
  if (!text.includes('"')) return splitRows(text);
  const { parse } = await import('csv-parse/sync');
  return parse(text, { bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true }) as unknown as RawRow[];
}

/** Rows of a text without quotes, as csv-parse gives them: trimmed, blank lines left out, the number of the line beside each. */
function splitRows(text: string): readonly RawRow[] {
  return text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .flatMap((line, i) => (line.trim() === '' ? [] : [{ record: line.split(',').map((cell) => cell.trim()), info: { lines: i + 1 } }]));
}

/** Finds the columns in the header; unknown ones are warned of and ignored. */
function readHeader(header: readonly string[], line: number, problems: CatalogProblem[]): ReadonlyMap<string, number> {
  const columns = new Map<string, number>();
  header.forEach((cell, index) => {
    const name = cell.toLowerCase();
    if (!CATALOG_COLUMNS.includes(name))
      problems.push({ line, level: 'warning', problem: `column "${cell.slice(0, 60)}" is not known and is ignored` });
    else if (columns.has(name)) problems.push({ line, level: 'error', problem: `column "${name}" appears twice` });
    else columns.set(name, index);
  });
  for (const required of ['name', 'memory_gib']) {
    if (!columns.has(required)) problems.push({ line, level: 'error', problem: `column "${required}" is missing` });
  }
  return columns;
}

/**
 * Reads the text of a catalog file: CSV with the columns of `CATALOG_COLUMNS`, or a subset with at least `name` and `memory_gib`.
 * An empty cell means "not known". Never throws; rows with errors are left out of `entries`.
 */
export async function parseCatalog(text: string): Promise<CatalogFile> {
  const problems: CatalogProblem[] = [];
  if (text.length > MAX_CHARACTERS) return { entries: [], problems: [{ line: 1, level: 'error', problem: 'larger than 16 MiB' }] };
  let rows: readonly RawRow[];
  try {
    rows = await readRows(text);
  } catch (cause) {
    const line = Number((cause as { lines?: number }).lines ?? 1);
    return { entries: [], problems: [{ line, level: 'error', problem: `no CSV: ${cause instanceof Error ? cause.message : cause}` }] };
  }
  const [header, ...body] = rows;
  if (header === undefined) return { entries: [], problems: [{ line: 1, level: 'error', problem: 'empty' }] };
  const columns = readHeader(header.record, header.info.lines, problems);
  if (problems.some(({ level }) => level === 'error')) return { entries: [], problems };

  const entries: (CatalogEntry & { line: number })[] = [];
  for (const { record, info } of body) {
    const before = problems.length;
    const problem = (words: string) => problems.push({ line: info.lines, level: 'error', problem: words });
    const textOf = (column: TextColumn) => record[columns.get(column) ?? -1] || undefined;
    const numberOf = (column: NumberColumn) => {
      const cell = record[columns.get(column) ?? -1];
      if (cell === undefined || cell === '') return undefined;
      const value = Number(cell);
      if (Number.isFinite(value) && value >= 0) return value;
      problem(`${column} "${cell.slice(0, 40)}" is not a number of 0 or more`);
      return undefined;
    };
    const bytesOf = (column: NumberColumn) => {
      const gib = numberOf(column);
      return gib === undefined ? undefined : gib * GiB;
    };
    if (record.length !== header.record.length) problem(`${record.length} columns, expected ${header.record.length}`);
    const name = textOf('name');
    if (name === undefined) problem('name is empty');
    const entry: CatalogEntry & { line: number } = {
      line: info.lines,
      provider: textOf('provider') ?? 'custom',
      offering: textOf('offering') ?? 'custom',
      name: name ?? '',
      family: textOf('family') ?? 'custom',
      vcpu: numberOf('vcpu'),
      memoryBytes: bytesOf('memory_gib'),
      usableBytes: bytesOf('usable_memory_gib'),
      defaultMaxmemoryBytes: numberOf('default_maxmemory_bytes'),
      networkBaselineGbps: numberOf('network_baseline_gbps'),
      networkBurstGbps: numberOf('network_burst_gbps'),
      maxClients: numberOf('max_clients'),
      priceUsdHour: numberOf('price_usd_hour'),
      priceRegion: textOf('price_region'),
      priceAsOf: textOf('price_as_of'),
      source: textOf('source') ?? '',
    };
    if (problems.length === before) entries.push(entry);
    if (problems.length >= MAX_PROBLEMS) break;
  }
  return { entries, problems };
}
