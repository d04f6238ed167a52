import type { CatalogEntry } from '../model/catalog.ts';
import { type CatalogProblem, parseCatalog } from './catalog-file.ts';

/** Rounding of the sources: usable memory may exceed the memory of a node by this much. */
const ROUNDING = 1.001;

/** What is wrong with a single entry, judged by itself. */
function entryProblems(entry: CatalogEntry): readonly Omit<CatalogProblem, 'line'>[] {
  const { memoryBytes, usableBytes, defaultMaxmemoryBytes, networkBaselineGbps, networkBurstGbps } = entry;
  const problems: Omit<CatalogProblem, 'line'>[] = [];
  const warn = (problem: string) => problems.push({ level: 'warning', problem });
  if (memoryBytes === 0) problems.push({ level: 'error', problem: 'memory_gib is 0; leave the cell empty when it is not known' });
  if (memoryBytes !== undefined && usableBytes !== undefined && usableBytes > memoryBytes * ROUNDING) {
    problems.push({ level: 'error', problem: 'usable_memory_gib is larger than memory_gib' });
  }
  if (memoryBytes !== undefined && defaultMaxmemoryBytes !== undefined && defaultMaxmemoryBytes > memoryBytes * 1.01) {
    problems.push({ level: 'error', problem: 'default_maxmemory_bytes is larger than memory_gib' });
  }
  if (networkBaselineGbps !== undefined && networkBurstGbps !== undefined && networkBurstGbps < networkBaselineGbps) {
    warn('network_burst_gbps is smaller than network_baseline_gbps');
  }
  if (entry.priceUsdHour !== undefined && entry.priceAsOf === undefined) warn('price_usd_hour without price_as_of');
  if (entry.source === '') warn('source is empty');
  return problems;
}

/**
 * Everything wrong with the text of a catalog file, by line: what makes it unusable (`error`) and what a careful reader would ask about
 * (`warning`: no source, price without date, memory falling inside a family).
 */
export async function checkCatalog(text: string): Promise<readonly CatalogProblem[]> {
  const { entries, problems } = await parseCatalog(text);
  const found = [...problems];
  const lineOf = new Map<string, number>();
  const largest = new Map<string, number>();
  for (const entry of entries) {
    const { line } = entry;
    const earlier = lineOf.get(`${entry.offering}\n${entry.name}`);
    if (earlier !== undefined) found.push({ line, level: 'error', problem: `"${entry.name}" is in line ${earlier} already` });
    lineOf.set(`${entry.offering}\n${entry.name}`, line);
    for (const problem of entryProblems(entry)) found.push({ line, ...problem });
    const family = `${entry.offering}\n${entry.family}`;
    if (entry.family !== 'custom' && entry.memoryBytes !== undefined) {
      if (entry.memoryBytes < (largest.get(family) ?? 0)) {
        found.push({ line, level: 'warning', problem: `memory_gib falls inside the family "${entry.family}"` });
      }
      largest.set(family, Math.max(entry.memoryBytes, largest.get(family) ?? 0));
    }
  }
  if (entries.length === 0 && found.every(({ level }) => level === 'warning')) found.push({ line: 1, level: 'error', problem: 'no entry' });
  return found.sort((a, b) => a.line - b.line);
}
