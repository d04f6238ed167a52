import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createCommands } from '../../../src/analysis/resize-commands.ts';
import { type AnalyzeOptions, analyze, buildReport, type Ingested, ingest } from '../../../src/index.ts';
import type { NodeAnalysis } from '../../../src/model/analysis.ts';
import { GiB, MiB } from '../../../src/model/bytes.ts';

const SAMPLES = join(import.meta.dirname, '..', '..', '..', 'samples');
const read = (name: string): Promise<Ingested> => ingest([join(SAMPLES, `${name}.csv`)]);
let articles: Ingested;
beforeAll(async () => {
  articles = await read('articles-story');
});

async function judge(options: AnalyzeOptions, ingested: Ingested = articles): Promise<NodeAnalysis> {
  const { nodes } = await analyze(ingested, { systemMemoryBytes: 768 * MiB, ...options });
  return nodes[0] as NodeAnalysis;
}
const idsOf = (node: NodeAnalysis): string[] => node.actions.map(({ id }) => id);

describe('a move to another service', () => {
  it('is the first step and the verdict, though the present machine is large enough', async () => {
    const node = await judge({ target: 'elasticache-valkey' });
    const { recommended } = node.provisioning.instance;
    expect(node.verdict).toMatchObject({ id: 'move-to-target', level: 'ok' });
    expect(node.actions[0]).toMatchObject({
      id: 'move-to-target',
      values: { name: recommended?.name, maxmemoryBytes: node.provisioning.maxmemoryBytes.recommended },
      commands: [expect.stringContaining(`--engine valkey --cache-node-type ${recommended?.name} `)],
    });
    expect(idsOf(node)).not.toContain('nothing');
    expect(idsOf(node)).not.toContain('upgrade-engine');
  });

  it('takes the place of a larger machine here', async () => {
    const growing = await read('steady-growth');
    const small = { systemMemoryBytes: 576 * MiB };
    expect(idsOf(await judge(small, growing))).toContain('resize-up');
    const moving = await judge({ ...small, target: 'memorystore-redis-standard' }, growing);
    expect(idsOf(moving)[0]).toBe('move-to-target');
    expect(idsOf(moving)).not.toContain('resize-up');
    // The danger where it is now stays what it was.
    expect(moving.verdict).toMatchObject({ id: 'move-to-target', level: 'act' });
  });

  it('is none to where it runs already, and none where no size holds the plan', async () => {
    expect(idsOf(await judge({ instance: 'cache.t4g.small', target: 'elasticache-redis' }))).not.toContain('move-to-target');
    const tooMuch = await judge({ target: 'memorystore-redis-standard', importBytes: 2000 * GiB });
    expect(tooMuch.provisioning.instance.recommended).toBeUndefined();
    expect(idsOf(tooMuch)).not.toContain('move-to-target');
  });

  it('needs no less for more data, and tells what was planned', async () => {
    const needs: number[] = [];
    for (const importBytes of [0, 1, 2, 4].map((gib) => gib * GiB)) {
      const node = await judge({ target: 'elasticache-valkey', ...(importBytes > 0 ? { importBytes } : {}) });
      needs.push(Number(node.actions[0]?.values.memoryBytes));
    }
    expect(needs).toEqual(needs.toSorted((a, b) => a - b));
    const plan = { growthRatio: 0.3, importBytes: GiB, replicas: 1, engine: { name: 'valkey', version: '8.1' } } as const;
    const { cover } = buildReport(
      await analyze(articles, { systemMemoryBytes: 768 * MiB, target: 'elasticache-valkey', generatedAt: Date.UTC(2026, 6, 2), ...plan }),
    );
    expect(cover.summary.join('')).toContain('Planned are growth of 30 %, 1 GiB of data loaded at once, one replica, and Valkey 8.1.');
    expect(cover.verdict).toMatch(/^Take cache\.[a-z0-9.]+ for the move: the planned peak fills \d+ % of what is usable there\.$/);
  });
});

describe('createCommands', () => {
  const size = { memoryBytes: 13 * GiB, shards: 1 };
  it.each([
    [
      { ...size, offering: 'elasticache-valkey', name: 'cache.r7g.large', shards: 3 },
      1,
      [
        '--engine valkey',
        '--cache-node-type cache.r7g.large',
        '--num-node-groups 3',
        '--replicas-per-node-group 1',
        '--cluster-mode enabled',
      ],
    ],
    [{ ...size, offering: 'elasticache-redis', name: 'cache.r7g.large' }, 0, ['--engine redis', '--replicas-per-node-group 0']],
    [
      { ...size, offering: 'memorydb-valkey', name: 'db.r7g.large' },
      2,
      ['--engine valkey', '--num-shards 1', '--num-replicas-per-shard 2'],
    ],
    [{ ...size, offering: 'memorystore-redis-standard', name: 'x' }, 0, ['--tier=standard', '--size=13']],
    [
      { ...size, offering: 'memorystore-redis-cluster', name: 'redis-standard-small' },
      1,
      ['--node-type=redis-standard-small', '--replica-count=1'],
    ],
    [{ ...size, offering: 'azure-managed-redis', name: 'Balanced_B5' }, 0, ['--sku Balanced_B5']],
  ] as const)('of %j with %i replicas', (choice, replicas, parts) => {
    const [line, ...more] = createCommands(choice, replicas);
    expect(more).toEqual([]);
    for (const part of parts) expect(line).toContain(part);
    expect(line).not.toContain('undefined');
  });

  it('lets AWS fail over only where there is somebody to take over', () => {
    const of = (shards: number, replicas: number) =>
      createCommands({ ...size, shards, offering: 'elasticache-redis', name: 'n' }, replicas)[0];
    expect(of(1, 0)).not.toContain('failover');
    expect(of(1, 1)).toContain('--automatic-failover-enabled');
    expect(of(2, 0)).toContain('--automatic-failover-enabled');
  });

  it('are none where no line is known', () => {
    expect(createCommands({ ...size, offering: 'ec2', name: 'r7g.large' }, 0)).toEqual([]);
  });
});
