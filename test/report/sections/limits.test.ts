import { beforeAll, describe, expect, it } from 'vitest';
import { analyzeHistories } from '../../../src/analysis/index.ts';
import { loadCatalog } from '../../../src/catalogs/index.ts';
import { GiB, MiB } from '../../../src/model/bytes.ts';
import type { CatalogEntry } from '../../../src/model/catalog.ts';
import type { Block } from '../../../src/report/blocks.ts';
import { buildReport } from '../../../src/report/index.ts';
import { buildNodeHistory, sampleEvery, type TestSample } from '../../helpers/node-history.ts';

type TableBlock = Extract<Block, { type: 'table' }>;

let catalog: readonly CatalogEntry[] = [];
beforeAll(async () => {
  catalog = await loadCatalog();
});

/** The blocks that tell of 20 days with a sample an hour. */
function blocksOf(describe: (i: number) => Omit<TestSample, 'at'>): Block[] {
  const samples = sampleEvery(3600, 24 * 20, (i) => ({ usedMemoryBytes: 4 * GiB, usedMemoryRssBytes: 5 * GiB, ...describe(i) }));
  const analysis = analyzeHistories([buildNodeHistory(samples)], [], {
    generatedAt: 0,
    catalog,
    catalogDates: {},
    tool: { name: 'redis-headroom', version: '0.0.0' },
  });
  const report = buildReport(analysis);
  return [...report.first, ...report.sections.flatMap((section) => section.blocks)];
}

function forksTable(blocks: readonly Block[]): TableBlock | undefined {
  return blocks.find((block): block is TableBlock => block.type === 'table' && block.id === 'forks');
}

describe('the list of forks', () => {
  it('holds the five that copied most and the newest, and marks the one whose share the budget takes', () => {
    // Each day a save copies a little more, the third, of a smaller process, the largest share; the last one next to nothing.
    const table = forksTable(
      blocksOf((i) => {
        const day = Math.floor(i / 24);
        const isSmall = day < 3;
        const cowBytes = day === 0 ? 0 : day === 2 ? 900 * MiB : day === 19 ? 10 * MiB : (1000 + 10 * day) * MiB;
        return {
          rdbLastCowBytes: cowBytes,
          rdbLastBgsaveSeconds: 30,
          ...(isSmall ? { usedMemoryBytes: GiB, usedMemoryRssBytes: (day === 2 ? 1 : 5) * GiB } : {}),
        };
      }),
    );
    const rows = table?.rows.map((row) => row.map(({ text }) => text.join(''))) ?? [];
    expect(rows.map(([, kind, cow, share, took, note]) => [kind, cow, share, took, note])).toEqual([
      ['RDB save', '10 MiB', '0.2 %', '30 s', 'newest'],
      ['RDB save', '1.15 GiB', '23 %', '30 s', ''],
      ['RDB save', '1.14 GiB', '23 %', '30 s', ''],
      ['RDB save', '1.13 GiB', '23 %', '30 s', ''],
      ['RDB save', '1.12 GiB', '22 %', '30 s', ''],
      ['RDB save', '1.11 GiB', '22 %', '30 s', ''],
      ['RDB save', '900 MiB', '88 %', '30 s', 'the budget takes this share'],
    ]);
    expect(table?.caption).toMatch(/7 of 19/);
  });

  it('is left out where nothing forked', () => {
    expect(forksTable(blocksOf(() => ({ rdbLastCowBytes: 0 })))).toBeUndefined();
  });
});

describe('the chart of memory', () => {
  it('marks the doubling of a hash table in the past', () => {
    const keysAt = (i: number) => 16_777_000 + i;
    const blocks = blocksOf((i) => ({
      usedMemoryBytes: 4 * GiB + i * 200 + (keysAt(i) > 2 ** 24 ? 256 * MiB : 0),
      db0Keys: keysAt(i),
      keys: keysAt(i),
      texts: { redisVersion: '7.2.4' },
    }));
    const marks = blocks.flatMap((block) => (block.type === 'chart' && block.form === 'line-band' ? block.marks : []));
    const steps = marks.filter(({ kind }) => kind === 'step');
    expect(steps.length).toBeGreaterThan(0);
    for (const step of steps) {
      expect(step.label).toBe('hash table +256 MiB');
      expect(step.at).toBe(Date.UTC(2025, 10, 1) + 217 * 3_600_000);
    }
  });
});
