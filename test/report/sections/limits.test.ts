import { describe, expect, it } from 'vitest';
import { GiB, MiB } from '../../../src/model/bytes.ts';
import type { Report } from '../../../src/report/blocks.ts';
import { sampleEvery, type TestSample } from '../../helpers/node-history.ts';
import { blocksOf, reportOf, tableOf } from '../../helpers/report-of.ts';

/** The report of 20 days with a sample an hour. */
function report(describe: (i: number) => Omit<TestSample, 'at'>): Promise<Report> {
  return reportOf(sampleEvery(3600, 24 * 20, (i) => ({ usedMemoryBytes: 4 * GiB, usedMemoryRssBytes: 5 * GiB, ...describe(i) })));
}

describe('the list of forks', () => {
  it('holds the five that copied most and the newest, and marks the one whose share the budget takes', async () => {
    // Each day a save copies a little more, the third, of a smaller process, the largest share; the last one next to nothing.
    const forks = tableOf(
      await report((i) => {
        const day = Math.floor(i / 24);
        const isSmall = day < 3;
        const cowBytes = day === 0 ? 0 : day === 2 ? 900 * MiB : day === 19 ? 10 * MiB : (1000 + 10 * day) * MiB;
        return {
          rdbLastCowBytes: cowBytes,
          rdbLastBgsaveSeconds: 30,
          ...(isSmall ? { usedMemoryBytes: GiB, usedMemoryRssBytes: (day === 2 ? 1 : 5) * GiB } : {}),
        };
      }),
      'forks',
    );
    expect(forks?.rows.map(([, kind, cow, share, took, note]) => [kind, cow, share, took, note])).toEqual([
      ['RDB save', '10 MiB', '0.2 %', '30 s', 'newest'],
      ['RDB save', '1.15 GiB', '23 %', '30 s', ''],
      ['RDB save', '1.14 GiB', '23 %', '30 s', ''],
      ['RDB save', '1.13 GiB', '23 %', '30 s', ''],
      ['RDB save', '1.12 GiB', '22 %', '30 s', ''],
      ['RDB save', '1.11 GiB', '22 %', '30 s', ''],
      ['RDB save', '900 MiB', '88 %', '30 s', 'the budget takes this share'],
    ]);
    expect(forks?.table.caption).toMatch(/7 of 19/);
  });

  it('is left out where nothing forked', async () => {
    expect(tableOf(await report(() => ({ rdbLastCowBytes: 0 })), 'forks')).toBeUndefined();
  });
});

describe('the chart of memory', () => {
  it('marks the doubling of a hash table in the past', async () => {
    const keysAt = (i: number) => 16_777_000 + i;
    const marked = await report((i) => ({
      usedMemoryBytes: 4 * GiB + i * 200 + (keysAt(i) > 2 ** 24 ? 256 * MiB : 0),
      db0Keys: keysAt(i),
      keys: keysAt(i),
      texts: { redisVersion: '7.2.4' },
    }));
    const marks = blocksOf(marked).flatMap((block) => (block.type === 'chart' && block.form === 'line-band' ? block.marks : []));
    const steps = marks.filter(({ kind }) => kind === 'step');
    expect(steps.length).toBeGreaterThan(0);
    for (const step of steps) {
      expect(step.label).toBe('hash table +256 MiB');
      expect(step.at).toBe(Date.UTC(2025, 10, 1) + 217 * 3_600_000);
    }
  });
});
