import { describe, expect, it } from 'vitest';
import { measurePersistence } from '../../src/analysis/activity.ts';
import { FINDING_RULES } from '../../src/analysis/findings/index.ts';
import { copiesHugePages, explainFork, type ForkFigures } from '../../src/analysis/huge-pages.ts';
import { NodeReducer } from '../../src/history/node-reducer.ts';
import { GiB, MiB } from '../../src/model/bytes.ts';
import type { Engine } from '../../src/model/engine.ts';
import { contextOf } from '../helpers/figures.ts';
import { START_AT } from '../helpers/node-history.ts';
import { type SampleRow, sampleBatch, seededRandom } from '../helpers/series.ts';

const REDIS_7: Engine = { name: 'redis', version: '7.2.4' };
const fork = (changes: Partial<ForkFigures>): ForkFigures => ({ at: 0, kind: 'rdb', cowBytes: GiB, rssBytes: 20 * GiB, ...changes });

describe('explainFork', () => {
  // 20 GiB are 5,242,880 pages of 4 KiB or 10,240 of 2 MiB; a fork of 60 seconds.
  it.each([
    [500, 0.0226279, 0.9465862],
    [2000, 0.0874868, 0.9999919],
    [20_000, 0.5996945, 1],
  ])('explains at %d writes a second %d by small pages and %d by huge ones', (writesPerSecond, small, huge) => {
    const explained = explainFork(fork({ writtenKeys: writesPerSecond * 60 }), REDIS_7);
    expect(explained?.copiedShare).toBe(0.05);
    expect(explained?.smallPagesShare).toBeCloseTo(small, 6);
    expect(explained?.hugePagesShare).toBeCloseTo(huge, 6);
  });

  it('lets large values explain as much as their bytes', () => {
    expect(explainFork(fork({ writtenKeys: 0, inputBytes: 5 * GiB }), REDIS_7)?.smallPagesShare).toBe(0.25);
    expect(explainFork(fork({ writtenKeys: 0, inputBytes: 50 * GiB }), REDIS_7)?.smallPagesShare).toBe(1);
  });

  it('says nothing where the writes are not known, nor of a rewrite that keeps what is written', () => {
    expect(explainFork(fork({}), REDIS_7)).toBeUndefined();
    expect(explainFork(fork({ writtenKeys: 9, rssBytes: undefined }), REDIS_7)).toBeUndefined();
    expect(explainFork(fork({ writtenKeys: 9, kind: 'aof' }), { name: 'redis', version: '6.2.16' })).toBeUndefined();
    expect(explainFork(fork({ writtenKeys: 9, kind: 'aof' }), REDIS_7)).toBeDefined();
  });
});

describe('copiesHugePages', () => {
  it.each([
    ['Linux 5.4.0-150-generic x86_64', true],
    ['Linux 4.18.0-553.el8_10.x86_64 x86_64', true],
    ['Linux 5.8.0 x86_64', false],
    ['Linux 6.1.0-18-amd64 x86_64', false],
    ['Darwin 23.1.0 arm64', false],
    ['Linux', undefined],
    [undefined, undefined],
  ])('of %s is %s', (os, expected) => {
    expect(copiesHugePages(os)).toBe(expected);
  });
});

/**
 * Six hours of a server of 4 GiB with a sample a minute and a save of 40 seconds each hour. Every write touches two pages drawn at random, and the
 * child keeps a copy of each page of `pageBytes` that was touched while it ran.
 */
function simulate(pageBytes: number, writesPerSecond: number, os?: string) {
  const RSS = 4 * GiB;
  const random = seededRandom(11);
  const rows: SampleRow[] = [];
  let changes = 0;
  let cowBytes = 0;
  let savedAt = START_AT / 1000;
  for (let minute = 0; minute < 6 * 60; minute += 1) {
    const at = START_AT + minute * 60_000;
    if (minute % 60 === 30) {
      const touched = new Set<number>();
      for (let write = 0; write < writesPerSecond * 40 * 2; write += 1) touched.add(Math.floor((random() * RSS) / pageBytes));
      cowBytes = touched.size * pageBytes;
      changes = 0;
      savedAt = at / 1000 - 10;
    }
    changes += writesPerSecond * 60;
    const numbers = {
      usedMemoryBytes: 3.8 * GiB,
      usedMemoryRssBytes: RSS,
      rdbBgsaveInProgress: 0,
      rdbLastCowBytes: cowBytes,
      rdbLastBgsaveSeconds: 40,
      rdbLastSaveTimeSeconds: savedAt,
      rdbChangesSinceLastSave: changes,
      netInputBytes: minute * 60 * writesPerSecond * 150,
    };
    rows.push({ at, numbers, texts: { redisVersion: '6.0.16', ...(os === undefined ? {} : { os }) } });
  }
  const reducer = new NodeReducer('node-1');
  reducer.add(sampleBatch(rows));
  const history = reducer.finish({ duplicates: 0, outOfOrder: 0 });
  const engine: Engine = { name: 'redis', version: '6.0.16' };
  const rule = FINDING_RULES['huge-pages-suspected'];
  return rule.judge({ ...contextOf({ persistence: measurePersistence(history) }), history, engine }, rule.defaults);
}

describe('a simulated history of hourly saves', () => {
  it('raises suspicion where the pages are huge, with the numbers it rests on', () => {
    const { verdict, severity, evidence, commands } = simulate(2 * MiB, 100, 'Linux 5.4.0-150-generic x86_64');
    expect([verdict, severity]).toEqual(['raised', 'warning']);
    expect(evidence).toMatchObject({ forks: 6, suspects: 6, rssBytes: 4 * GiB, seconds: 40, writtenKeys: 6000, inputBytes: 900_000 });
    expect(evidence.copiedShare).toBeGreaterThan(0.9);
    expect(evidence.smallPagesShare).toBeLessThan(0.05);
    expect(commands).toEqual(['cat /sys/kernel/mm/transparent_hugepage/enabled']);
    expect(simulate(2 * MiB, 100).verdict, 'of an unknown kernel too').toBe('raised');
  });

  it.each([
    ['the pages are small', 4096, 100, 'clear'],
    ['the pages are small and the writes many', 4096, 3000, 'clear'],
    ['the writes are too few for huge pages as well', 2 * MiB, 5, 'clear'],
  ])('raises none where %s', (_why, pageBytes, writesPerSecond, verdict) => {
    expect(simulate(pageBytes, writesPerSecond, 'Linux 5.4.0 x86_64').verdict).toBe(verdict);
  });

  it('does not apply to a kernel that splits huge pages', () => {
    expect(simulate(2 * MiB, 100, 'Linux 6.1.0-18-amd64 x86_64')).toMatchObject({
      verdict: 'not-applicable',
      evidence: { because: 'kernel-splits-huge-pages' },
    });
  });
});
