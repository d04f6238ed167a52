import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

const FOLDER = join(import.meta.dirname, '..', '..', 'samples');
const NAMES = readdirSync(join(FOLDER, 'truth')).map((file) => file.replace('.json', ''));
const FILES = readdirSync(FOLDER);

function readText(name: string): string {
  const packed = FILES.includes(`${name}.gz`);
  const bytes = readFileSync(join(FOLDER, packed ? `${name}.gz` : name));
  return (packed ? gunzipSync(bytes) : bytes).toString('utf8');
}

const rowsByName = new Map<string, Record<string, string>[]>();

/** Rows by column name. The recordings hold no quoted cells. */
function readRows(name: string): Record<string, string>[] {
  const rows = rowsByName.get(name) ?? parseRows(name);
  rowsByName.set(name, rows);
  return rows;
}

function parseRows(name: string): Record<string, string>[] {
  const [head = '', ...lines] = readText(`${name}.csv`).trimEnd().split('\n');
  const columns = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    if (cells.length !== columns.length) throw new Error(`${name}.csv: a row has ${cells.length} cells, not ${columns.length}`);
    return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']));
  });
}

const STAMP = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/gm;
const readTruth = (name: string) => JSON.parse(readFileSync(join(FOLDER, 'truth', `${name}.json`), 'utf8'));

describe.each(NAMES)('the recording %s', (name) => {
  it('tells the same instants and used memory in its dump and its CSV', () => {
    const dump = readText(`${name}.txt`);
    const rows = readRows(name);
    expect(dump.match(STAMP)).toEqual(rows.map((row) => row.timestamp));
    expect([...dump.matchAll(/^used_memory:(\d+)\r$/gm)].map((match) => match[1])).toEqual(rows.map((row) => row.used_memory));
  });

  it('has strictly growing stamps, and an uptime that falls only at the restarts of its truth', () => {
    const rows = readRows(name);
    const instants = rows.map((row) => Date.parse(row.timestamp ?? ''));
    expect(instants.every((at, index) => index === 0 || at > (instants[index - 1] ?? at))).toBe(true);
    const falls = rows.filter((row, index) => index > 0 && Number(row.uptime_in_seconds) < Number(rows[index - 1]?.uptime_in_seconds));
    const truth = readTruth(name);
    expect(falls.map((row) => Date.parse(row.timestamp ?? ''))).toEqual(
      truth.restarts.map((restart: { firstSeenAt: number }) => restart.firstSeenAt),
    );
  });

  it('agrees with the operating system on resident memory', () => {
    const { last, operatingSystem } = readTruth(name);
    expect(Math.abs(last.usedMemoryRssBytes - operatingSystem.lastBytes)).toBeLessThan(2 * 2 ** 20);
  });

  it('never shows more used memory than the watcher or the server itself saw', () => {
    const { watchedPeak } = readTruth(name);
    const rows = readRows(name);
    const highest = Math.max(...rows.map((row) => Number(row.used_memory)));
    expect(highest).toBeLessThanOrEqual(Math.max(...rows.map((row) => Number(row.used_memory_peak))));
    if (watchedPeak) expect(watchedPeak.usedMemoryBytes.value).toBeGreaterThan(0);
  });

  it('is explained, with its command, in samples/README.md', () => {
    const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8');
    expect(readme).toContain(`### ${name}\n`);
    const commands = ['csv', 'txt'].map((form) => `report samples/${name}.${form} --system-memory ${readTruth(name).systemMemory}\n`);
    expect(commands.some((command) => readme.includes(command))).toBe(true);
  });

  it('names no path of the machine that recorded it', () => {
    expect(readText(`${name}.txt`)).not.toMatch(/^(?:executable|config_file):./m);
  });
});

describe('each recording really holds its story', () => {
  const MiB = 2 ** 20;
  const number = (row: Record<string, string> | undefined, field: string) => Number(row?.[field]);
  const at = (rows: Record<string, string>[], instant: number) => rows.find((row) => Date.parse(row.timestamp ?? '') === instant);
  const increase = (from: Record<string, string> | undefined, to: Record<string, string> | undefined, field: string) =>
    number(to, field) - number(from, field);

  it('articles-story: resident memory stays when parts are deleted, and is reused when they come back', () => {
    const rows = readRows('articles-story');
    const { phases } = readTruth('articles-story');
    const [full, deleted] = [at(rows, phases.full.toAt), at(rows, phases.deleted.fromAt)];
    const [before, after] = [at(rows, phases.refill.fromAt), at(rows, phases.refill.toAt)];
    expect(increase(full, deleted, 'used_memory')).toBeLessThan(-140 * MiB);
    expect(increase(full, deleted, 'used_memory_rss')).toBeGreaterThan(-4 * MiB);
    expect(increase(before, after, 'used_memory_rss') / increase(before, after, 'used_memory')).toBeLessThan(0.02);
    const last = rows.at(-1);
    expect(number(last, 'used_memory_rss') - number(last, 'used_memory')).toBeGreaterThan(100 * MiB);
  });

  it('fragmentation: near the highest used memory more than 100 MiB of the active pages hold nothing', () => {
    const rows = readRows('fragmentation');
    const last = rows.at(-1);
    expect(number(last, 'used_memory')).toBeGreaterThan(0.95 * Math.max(...rows.map((row) => number(row, 'used_memory'))));
    expect(number(last, 'allocator_active') / number(last, 'allocator_allocated')).toBeGreaterThan(1.3);
    expect(number(last, 'allocator_active') - number(last, 'allocator_allocated')).toBeGreaterThan(100 * MiB);
  });

  it('defrag-works: active defragmentation gives back most of what was wasted', () => {
    const rows = readRows('defrag-works');
    expect(rows.some((row) => number(row, 'active_defrag_running') > 0)).toBe(true);
    expect(increase(rows[0], rows.at(-1), 'used_memory_rss')).toBeLessThan(-200 * MiB);
    expect(Math.abs(increase(rows[0], rows.at(-1), 'used_memory'))).toBeLessThan(MiB);
  });

  it('steady-growth: 30 days that grow, and limits that are reached after them', () => {
    const rows = readRows('steady-growth');
    const { toAt, afterwards } = readTruth('steady-growth');
    expect(rows.length).toBe(30 * 48 + 1);
    expect(increase(rows[0], rows.at(-1), 'used_memory')).toBeGreaterThan(150 * MiB);
    expect(afterwards.systemTargetAt).toBeGreaterThan(toAt);
    expect(afterwards.maxmemoryAt).toBeGreaterThan(afterwards.systemTargetAt);
  });

  it('cache-at-maxmemory: full in every sample, and evicting', () => {
    const rows = readRows('cache-at-maxmemory');
    const { increases, maxmemoryBytes } = readTruth('cache-at-maxmemory');
    expect(Math.min(...rows.map((row) => number(row, 'used_memory')))).toBeGreaterThan(0.97 * maxmemoryBytes);
    expect(increase(rows[0], rows.at(-1), 'evicted_keys')).toBe(increases.evictedKeys);
    expect(increases.evictedKeys).toBeGreaterThan(0);
    expect(increases.keyspaceMisses).toBeGreaterThan(0);
  });

  it('restarts-with-a-gap: the spike shows in used_memory_peak only, and the samples after a restart are loading', () => {
    const rows = readRows('restarts-with-a-gap');
    const { spike, restarts } = readTruth('restarts-with-a-gap');
    const seen = Math.max(...rows.map((row) => number(row, 'used_memory')));
    expect(number(at(rows, spike.bySampleAt), 'used_memory_peak')).toBe(spike.usedMemoryPeakBytes);
    expect(spike.usedMemoryPeakBytes).toBeGreaterThan(seen + 100 * MiB);
    expect(number(at(rows, spike.bySampleAt), 'used_memory_rss')).toBeLessThan(spike.usedMemoryPeakBytes);
    expect(restarts.map((restart: { firstSeenAt: number }) => at(rows, restart.firstSeenAt)?.loading)).toEqual(['1', '1']);
  });

  it('save-with-writes: the server and the kernel agree on copy-on-write', () => {
    const { forks } = readTruth('save-with-writes');
    expect(forks).toHaveLength(4);
    for (const { reportedBytes, kernelPrivateDirtyBytes } of forks) {
      expect(reportedBytes).toBeGreaterThan(10 * MiB);
      expect(kernelPrivateDirtyBytes / reportedBytes).toBeGreaterThan(0.9);
      expect(kernelPrivateDirtyBytes / reportedBytes).toBeLessThan(1.1);
    }
  });

  it.each([
    ['engine-redis-6.0', '6.0.16', ''],
    ['engine-redis-8.0', '8.0.2', '7'],
    ['engine-valkey-8.1', '7.2.4', '7'],
  ])('%s: says version %s and counts the refused writes as "%s"', (name, version, counted) => {
    const last = readRows(name).at(-1);
    const { databases, refusedWrites } = readTruth(name);
    expect(last?.redis_version).toBe(version);
    expect(last?.errorstat_OOM ?? '').toBe(counted);
    expect(refusedWrites).toBe(7);
    expect([number(last, 'db0_keys'), number(last, 'db0_expires')]).toEqual([databases.db0.keys, databases.db0.expires]);
  });

  it('small-idle: an empty server with a ratio above ten', () => {
    for (const row of readRows('small-idle')) expect(number(row, 'mem_fragmentation_ratio')).toBeGreaterThan(10);
  });
});

it('all samples together stay below 8 MB', () => {
  const sizes = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)).size);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(8_000_000);
});
