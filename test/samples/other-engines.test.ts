import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { RESIDENT_STORIES } from '../../scripts/recording/stories/resident.ts';
import { analyze, ingest } from '../../src/index.ts';
import type { NodeAnalysis } from '../../src/model/analysis.ts';
import { parseBytes } from '../../src/model/bytes.ts';

/**
 * Derived, not recorded: recordings of Redis 6.0 and 7.0 as servers would tell them that cannot be run here. What a version does not have in INFO is
 * left out, and it calls itself by its own name. The memory is that of the recording.
 */
const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'recordings');
const folder = mkdtempSync(join(tmpdir(), 'headroom-engines-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SINCE_5 = /^(allocator_(?!muzzy)|mem_not_counted|mem_clients|mem_aof|mem_replication|used_memory_scripts|number_of_cached)/;
const SINCE_6 =
  /main_thread|total_forks|maxclients|cluster_connections|lazyfreed|errorstat|aof_rewrites|rdb_saves|current_cow|module_fork|allocator_muzzy|eviction_exceeded|mem_cluster|mem_total_repl|used_memory_vm|mem_overhead|total_active_defrag/;
const SINCE_7 = /total_active_defrag|eviction_exceeded|mem_cluster|mem_total_repl/;

const ENGINES: Readonly<Record<string, { readonly named: Readonly<Record<string, string>>; readonly lacks: readonly RegExp[] }>> = {
  'Redis 4.0': { named: { redis_version: '4.0.14', mem_allocator: 'jemalloc-4.0.3' }, lacks: [SINCE_5, SINCE_6] },
  'Redis 5.0': { named: { redis_version: '5.0.14', mem_allocator: 'jemalloc-5.1.0' }, lacks: [SINCE_6] },
  'Valkey 7.2': {
    named: { redis_version: '7.2.4', valkey_version: '7.2.7', server_name: 'valkey', mem_allocator: 'jemalloc-5.3.0' },
    lacks: [],
  },
  KeyDB: { named: { redis_version: '6.3.4', mem_allocator: 'jemalloc-5.2.1' }, lacks: [SINCE_7] },
};

const NAMES = readdirSync(FOLDER).flatMap((file) => {
  const [, name = '', story = ''] = /^((.+)__redis-[67]\.0-bundled)\.truth\.json$/.exec(file) ?? [];
  // An upgrade has two engines.
  return story in RESIDENT_STORIES && story !== 'upgraded' ? [name] : [];
});

async function judge(name: string, file = join(FOLDER, `${name}.csv.gz`)): Promise<NodeAnalysis> {
  const { systemMemory } = JSON.parse(readFileSync(join(FOLDER, `${name}.truth.json`), 'utf8')) as { systemMemory: string };
  const { nodes } = await analyze(await ingest([file], {}), { systemMemoryBytes: parseBytes(systemMemory), generatedAt: 0 });
  return nodes[0] as NodeAnalysis;
}

function derive(name: string, engine: string): string {
  const { named = {}, lacks = [] } = ENGINES[engine] ?? {};
  const [header = [], ...rows] = gunzipSync(readFileSync(join(FOLDER, `${name}.csv.gz`)))
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const isKept = header.map((field) => !(field in named) && !lacks.some((fields) => fields.test(field)));
  const lines = [header, ...rows].map((cells, i) => [
    ...cells.filter((_, column) => isKept[column]),
    ...(i === 0 ? Object.keys(named) : Object.values(named)),
  ]);
  const file = join(folder, `${engine} ${name}.csv`);
  writeFileSync(file, lines.join('\n'));
  return file;
}

describe.each(Object.keys(ENGINES))('%s', (engine) => {
  it.each(NAMES)('is judged like the recording that its history is derived from: %s', async (name) => {
    const [recorded, derived] = [await judge(name), await judge(name, derive(name, engine))];
    const { diagnosis, activedefrag, decidedBy } = derived.fragmentation;
    expect(`${derived.engine.name} ${derived.engine.version}`.toLowerCase()).toContain(engine === 'KeyDB' ? 'keydb' : engine.toLowerCase());
    expect(diagnosis).toBe(recorded.fragmentation.diagnosis);
    // Without the allocator's own figures waste can be seen, and not what it is made of.
    if (engine === 'Redis 4.0' && diagnosis === 'external-fragmentation') expect(decidedBy).toBe('allocator-fields');
    // … nor by how much: the server that knows them is asked all the same, whatever is left after a guess at the size of its process.
    if (diagnosis === 'external-fragmentation') expect(derived.actions[0]?.id).toBe(recorded.actions[0]?.id);
    const { default: leastEffort } = activedefrag.parameters.find((parameter) => parameter.name === 'active-defrag-cycle-min') ?? {};
    expect(leastEffort).toBe({ 'Redis 4.0': '25', 'Redis 5.0': '5' }[engine] ?? '1');
    expect(derived.peaks.usedMemoryBytes).toEqual(recorded.peaks.usedMemoryBytes);
  });
});
