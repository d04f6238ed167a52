import fc from 'fast-check';
import { type AnalyzeOptions, analyzeHistories } from '../../src/analysis/index.ts';
import { catalogDates, loadCatalog } from '../../src/catalogs/index.ts';
import type { NodeAnalysis } from '../../src/model/analysis.ts';
import { GiB, MiB } from '../../src/model/bytes.ts';
import type { CatalogEntry } from '../../src/model/catalog.ts';
import { buildNodeHistory, sampleEvery, type TestSample } from './node-history.ts';
import { seededRandom } from './series.ts';

/** What happened to one made-up server: plausible numbers that an arbitrary draws and that {@link tellStory} turns into samples. */
export interface NodeStory {
  readonly seed: number;
  readonly days: number;
  readonly engine: 'redis 4.0.14' | 'redis 5.0.14' | 'redis 6.2.16' | 'redis 7.2.6' | 'redis 8.6.0' | 'valkey 8.1.4' | 'keydb 6.3.4';
  readonly policy: 'noeviction' | 'allkeys-lru' | 'volatile-lru';
  /** Used memory at the start. */
  readonly baseBytes: number;
  /** Growth over the window, as a share of the base; it may shrink. */
  readonly growthShare: number;
  /** Height of the daily wave, and of random unrest, as shares. */
  readonly waveShare: number;
  readonly unrestShare: number;
  /** One day on which used memory is higher by this share; 0 for none. */
  readonly spikeShare: number;
  /** Active ÷ allocated memory at the end; it grows from 1.03. */
  readonly holes: number;
  readonly hasSystemAllocator: boolean;
  /** Pages that a save copies, as a share of resident memory; undefined: it never saves. */
  readonly copiedShare: number | undefined;
  readonly replicas: number;
  /** Limit over the highest used memory; undefined: no limit, below 1: a full server that evicts or refuses. */
  readonly limitShare: number | undefined;
  /** Memory of the machine over the highest resident memory; undefined: not told. */
  readonly machineShare: number | undefined;
  readonly busyShare: number;
}

const share = (min: number, max: number) =>
  fc.integer({ min: Math.round(min * 1000), max: Math.round(max * 1000) }).map((value) => value / 1000);

/** Stories of every kind of server. */
export const nodeStories: fc.Arbitrary<NodeStory> = fc.record({
  seed: fc.nat(),
  days: fc.constantFrom(5, 12, 20, 30, 60),
  engine: fc.constantFrom('redis 4.0.14', 'redis 5.0.14', 'redis 6.2.16', 'redis 7.2.6', 'redis 8.6.0', 'valkey 8.1.4', 'keydb 6.3.4'),
  policy: fc.constantFrom('noeviction', 'allkeys-lru', 'volatile-lru'),
  baseBytes: share(Math.log(0.2), Math.log(60)).map((value) => Math.exp(value) * GiB),
  growthShare: fc.oneof(fc.constant(0), share(-0.3, 0.8)),
  waveShare: share(0, 0.2),
  unrestShare: share(0, 0.05),
  spikeShare: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: share(0.1, 0.8) }),
  holes: fc.oneof(share(1.02, 1.08), share(1.02, 1.6)),
  hasSystemAllocator: fc.boolean(),
  copiedShare: fc.option(share(0, 0.6), { nil: undefined }),
  replicas: fc.constantFrom(0, 0, 1, 2),
  limitShare: fc.option(share(0.7, 2.5), { nil: undefined }),
  machineShare: fc.option(share(1.02, 4), { nil: undefined }),
  busyShare: share(0.02, 0.9),
});

/** What a test changes in a story that is told otherwise in the same way. */
export interface StoryChanges {
  /** Relative noise on every memory figure: 0.01 moves each by up to 1 % either way. */
  readonly noise?: number;
  readonly noiseSeed?: number;
  /** All memory of the server this many times larger; its limit and its machine stay. */
  readonly scale?: number;
  readonly maxmemoryBytes?: number;
  readonly systemMemoryBytes?: number;
}

const STEP_SECONDS = 6 * 3600;
const BYTES_PER_KEY = 400;

/** The samples of the story, one every six hours. */
export function tellStory(story: NodeStory, changes: StoryChanges = {}): readonly TestSample[] {
  const { scale = 1, noise = 0 } = changes;
  const count = (story.days * 86_400) / STEP_SECONDS;
  const random = seededRandom(story.seed);
  const noisy = seededRandom(changes.noiseSeed ?? 7);
  const shake = (bytes: number): number => Math.round(bytes * (1 + noise * (2 * noisy() - 1)));
  const spikeAt = Math.floor(random() * count);
  const wanted = Array.from({ length: count }, (_, i) => {
    const part = i / count;
    const wave = story.waveShare * Math.sin((2 * Math.PI * i * STEP_SECONDS) / 86_400 + 0.4);
    const spike = story.spikeShare > 0 && i === spikeAt ? story.spikeShare : 0;
    return story.baseBytes * (1 + story.growthShare * part + wave + spike + story.unrestShare * random());
  });
  const highest = Math.max(...wanted);
  const limitBytes = story.limitShare === undefined ? 0 : roundTo(story.limitShare * highest, 16 * MiB);
  // A limit that the test sets holds from the first sample on; a full server stays at it.
  const maxmemoryBytes = changes.maxmemoryBytes ?? limitBytes;
  const residentAtPeak = highest * story.holes * 1.02 + 40 * MiB;
  const machineBytes = story.machineShare === undefined ? undefined : roundTo(story.machineShare * residentAtPeak, 64 * MiB);
  const version = story.engine.split(' ')[1] as string;
  const isValkey = story.engine.startsWith('valkey');
  let evicted = 0;
  let oom = 0;
  let cpu = 0;
  let highestResident = 0;
  let highestUsed = 0;
  return sampleEvery(STEP_SECONDS, count, (i) => {
    const demand = (wanted[i] as number) * scale;
    const isFull = limitBytes > 0 && demand > limitBytes;
    const used = isFull ? limitBytes : demand;
    if (isFull && story.policy !== 'noeviction') evicted += (demand - limitBytes) / BYTES_PER_KEY;
    if (isFull && story.policy === 'noeviction') oom += 10;
    cpu += story.busyShare * STEP_SECONDS * (0.5 + 0.5 * random());
    const active = used * (1.03 + ((story.holes - 1.03) * i) / count);
    const resident = Math.max(active * 1.01, 0.9 * highestResident);
    highestResident = Math.max(highestResident, resident);
    // Larger values, not more keys: a table that has doubled would be in used memory already.
    const keys = Math.round(used / scale / BYTES_PER_KEY);
    const hasAllocator = !story.engine.includes('4.0');
    const rss = resident + 30 * MiB;
    const usedMemoryBytes = shake(used);
    highestUsed = Math.max(highestUsed, usedMemoryBytes);
    return {
      usedMemoryBytes,
      usedMemoryPeakBytes: highestUsed,
      usedMemoryRssBytes: shake(rss),
      ...(hasAllocator
        ? {
            allocatorAllocatedBytes: shake(used),
            allocatorActiveBytes: shake(active),
            allocatorResidentBytes: shake(resident),
            notCountedBytes: story.replicas > 0 ? 2 * MiB : 0,
          }
        : {}),
      ...(/ (7\.2|8\.)/.test(story.engine) || isValkey
        ? { allocatorFragRatio: Math.round((active / used) * 100) / 100, allocatorFragBytes: active - used }
        : {}),
      maxmemoryBytes,
      ...(machineBytes === undefined && changes.systemMemoryBytes === undefined
        ? {}
        : { totalSystemMemoryBytes: changes.systemMemoryBytes ?? machineBytes }),
      keys,
      db0Keys: keys,
      db0Expires: story.policy === 'volatile-lru' ? Math.round(keys / 2) : 0,
      evictedKeys: Math.round(evicted),
      oomErrors: oom,
      keyspaceHits: i * 90_000,
      keyspaceMisses: i * 10_000,
      mainThreadCpuUserSeconds: cpu,
      connectedReplicas: story.replicas,
      connectedClients: 40,
      normalClientBytes: MiB,
      uptimeSeconds: 1e6 + i * STEP_SECONDS,
      ...(story.copiedShare === undefined ? {} : { rdbLastCowBytes: Math.round(story.copiedShare * rss), rdbSaves: i, totalForks: i }),
      texts: {
        redisVersion: isValkey ? '7.2.4' : version,
        ...(isValkey ? { valkeyVersion: version, serverName: 'valkey' } : {}),
        ...(story.engine.startsWith('keydb') ? { serverName: 'keydb' } : {}),
        maxmemoryPolicy: story.policy,
        allocator: story.hasSystemAllocator ? 'libc' : 'jemalloc-5.3.0',
        runId: 'run-1',
      },
    } as Omit<TestSample, 'at'>;
  });
}

function roundTo(bytes: number, step: number): number {
  return Math.max(step, Math.round(bytes / step) * step);
}

let catalog: Promise<readonly CatalogEntry[]> | undefined;

/** Judges a story as `report` would. */
export async function judgeStory(story: NodeStory, changes: StoryChanges = {}, options: AnalyzeOptions = {}): Promise<NodeAnalysis> {
  catalog ??= loadCatalog();
  const entries = await catalog;
  const samples = tellStory(story, changes);
  const analysis = analyzeHistories([buildNodeHistory(samples)], [], {
    generatedAt: 0,
    // Stated, so that the machine may be called too large as well; an instance has its own.
    systemMemoryBytes: options.instance === undefined ? samples[0]?.totalSystemMemoryBytes : undefined,
    ...options,
    catalog: entries,
    catalogDates: catalogDates(entries),
    tool: { name: 'redis-headroom', version: '0.0.0' },
  });
  return analysis.nodes[0] as NodeAnalysis;
}
