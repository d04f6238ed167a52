import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/report/blocks.ts';
import { buildReport } from '../../src/report/index.ts';
import { blocksOf } from '../helpers/report-of.ts';
import { analyzeSample, type SampleName } from '../helpers/sample-analysis.ts';

async function reportOfSample(name: SampleName): Promise<Report> {
  return buildReport(await analyzeSample(name));
}

function lessonsOf(report: Report): Record<string, string> {
  return Object.fromEntries(blocksOf(report).flatMap((block) => (block.type === 'lesson' ? [[block.id, plain(block.text)]] : [])));
}

const plain = (text: Report['footer']): string =>
  text.map((run) => (typeof run === 'string' ? run : 'text' in run ? run.text : 'code' in run ? run.code : run.strong)).join('');

/** The lessons of the article that the project began with, and the recordings in which each can be seen. */
describe('what a report teaches', () => {
  it('after deletes and a refill of the same sizes: RSS stays, freed memory is used again, and the peak decides', async () => {
    const lessons = lessonsOf(await reportOfSample('articles-story'));
    expect(Object.keys(lessons).sort()).toEqual(['lesson-peak', 'lesson-reused', 'lesson-stays']);
    expect(lessons['lesson-stays']).toContain('by 0 % of what was deleted');
    expect(lessons['lesson-peak']).toContain('peaked at 379 MiB');
  });

  it('after deletes and a refill of other sizes: what a refill tells, when defragmentation helps, and what passing 80 % means', async () => {
    const lessons = lessonsOf(await reportOfSample('fragmentation'));
    expect(Object.keys(lessons).sort()).toEqual(['lesson-defrag', 'lesson-not-reused', 'lesson-peak', 'lesson-pressure', 'lesson-stays']);
    expect(lessons['lesson-not-reused']).toContain('grew by 92 % of what came in');
    expect(lessons['lesson-defrag']).toContain('347 MiB');
    expect(lessons['lesson-pressure']).toMatch(/the first step here: Turn on active defragmentation\.$/);
  });

  it.each(['steady-growth', 'cache-at-maxmemory', 'small-idle'] as const)('where nothing of it applies (%s): nothing', async (name) => {
    expect(lessonsOf(await reportOfSample(name))).toEqual({});
  });

  it('MEMORY PURGE only where it is a step', async () => {
    const analysis = await analyzeSample('fragmentation');
    const [node] = analysis.nodes;
    if (node === undefined) throw new Error('no node');
    const purge = { ...node.actions[0], id: 'memory-purge', values: {}, commands: ['MEMORY PURGE'] } as (typeof node.actions)[number];
    const lessons = lessonsOf(buildReport({ ...analysis, nodes: [{ ...node, actions: [purge] }] }));
    expect(lessons['lesson-purge']).toContain('here up to 10.7 MiB');
  });

  it('how to read it, for a reader new to Redis, linked from the first page', async () => {
    const report = await reportOfSample('steady-growth');
    const links = report.first
      .flatMap((block) => (block.type === 'paragraph' ? block.text : []))
      .filter((run) => typeof run === 'object' && 'link' in run);
    expect(links).toEqual([{ link: '#how-to-read', text: 'How to read this report' }]);
    expect(blocksOf(report).some((block) => block.type === 'heading' && block.id === 'how-to-read')).toBe(true);
  });
});
