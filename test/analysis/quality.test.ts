import { describe, expect, it } from 'vitest';
import { assessQuality, type InputQuality } from '../../src/analysis/quality.ts';
import { GiB } from '../../src/model/bytes.ts';
import { buildNodeHistory, sampleEvery, type TestSample } from '../helpers/node-history.ts';

const complete: Omit<TestSample, 'at'> = {
  usedMemoryBytes: GiB,
  usedMemoryRssBytes: GiB,
  allocatorActiveBytes: GiB,
  notCountedBytes: 0,
  maxmemoryBytes: 2 * GiB,
  totalSystemMemoryBytes: 4 * GiB,
  keys: 10,
};
const clean: InputQuality = { samples: 10_000, rejectedRows: 0, wrappedIntegers: 0, nodes: new Map([['node-1', 0]]) };

function historyOf(days: number, stepSeconds: number, sample: Omit<TestSample, 'at'> = complete) {
  return buildNodeHistory(sampleEvery(stepSeconds, Math.round((days * 86_400) / stepSeconds) + 1, () => sample));
}

describe('assessQuality', () => {
  it('gives an A without reasons to 30 complete days at 5 minutes', () => {
    const quality = assessQuality(historyOf(30, 300), [clean]);
    expect(quality.grade).toBe('A');
    expect(quality.reasons).toEqual([]);
    expect(quality.spanSeconds).toBe(30 * 86_400);
    expect(quality.samples).toBe(30 * 288 + 1);
  });

  it.each([
    { days: 29.9, grade: 'B', reasons: ['short-span'] },
    { days: 14, grade: 'B', reasons: ['short-span'] },
    { days: 13.9, grade: 'C', reasons: ['short-span'] },
    { days: 3, grade: 'C', reasons: ['short-span'] },
    { days: 2.9, grade: 'D', reasons: ['short-span'] },
  ])('gives $days days a $grade', ({ days, grade, reasons }) => {
    const quality = assessQuality(historyOf(days, 300), [clean]);
    expect(quality.grade).toBe(grade);
    expect(quality.reasons.map((reason) => reason.id)).toEqual(reasons);
  });

  it.each([
    { step: 600, grade: 'B', reasons: ['coarse-interval'] },
    { step: 7200, grade: 'C', reasons: ['coarse-interval'] },
    { step: 86_400, grade: 'C', reasons: ['few-samples', 'coarse-interval'] },
  ])('caps samples every $step seconds at $grade', ({ step, grade, reasons }) => {
    const quality = assessQuality(historyOf(30, step), [clean]);
    expect(quality.grade).toBe(grade);
    expect(quality.reasons.map((reason) => reason.id)).toEqual(reasons);
  });

  it.each([
    { missing: ['usedMemoryRssBytes'], grade: 'C', reason: 'missing-rss' },
    { missing: ['allocatorActiveBytes'], grade: 'B', reason: 'missing-allocator' },
    { missing: ['notCountedBytes'], grade: 'B', reason: 'missing-not-counted' },
    { missing: ['maxmemoryBytes'], grade: 'B', reason: 'missing-maxmemory' },
    { missing: ['totalSystemMemoryBytes'], grade: 'B', reason: 'missing-system-memory' },
    { missing: ['keys'], grade: 'B', reason: 'missing-keyspace' },
  ])('caps a history without $missing at $grade', ({ missing, grade, reason }) => {
    const sample = Object.fromEntries(Object.entries(complete).filter(([id]) => !missing.includes(id))) as typeof complete;
    const quality = assessQuality(historyOf(30, 3600 / 12, sample), [clean]);
    expect(quality.grade).toBe(grade);
    expect(quality.reasons).toEqual([{ id: reason, caps: grade }]);
  });

  it('does not miss the machine in INFO when the user named it', () => {
    const { totalSystemMemoryBytes: _, ...sample } = complete;
    expect(assessQuality(historyOf(30, 300, sample), [clean], { systemMemoryKnown: true }).grade).toBe('A');
  });

  it.each([
    { input: { ...clean, averaged: 'statistic "Average"' }, grade: 'C', reason: { id: 'averaged' } },
    { input: { ...clean, timeSource: 'order' as const }, grade: 'D', reason: { id: 'order-only' } },
    { input: { ...clean, rejectedRows: 20 }, grade: 'B', reason: { id: 'rejected-rows', value: 20 } },
    { input: { ...clean, rejectedRows: 1000 }, grade: 'C', reason: { id: 'rejected-rows', value: 1000 } },
  ])('reads $reason.id off the input reports', ({ input, grade, reason }) => {
    const quality = assessQuality(historyOf(30, 300), [input]);
    expect(quality.grade).toBe(grade);
    expect(quality.reasons).toMatchObject([{ ...reason, caps: grade }]);
  });

  it('counts rejected rows for the node that they tell of, and those of nobody for all', () => {
    const input = (own: number, others: number, nobodys: number): InputQuality => ({
      ...clean,
      rejectedRows: own + others + nobodys,
      nodes: new Map([
        ['node-1', own],
        ['node-2', others],
      ]),
    });
    const history = historyOf(30, 300);
    expect(assessQuality(history, [input(0, 900, 0)])).toMatchObject({ grade: 'A', rejectedRows: 0 });
    expect(assessQuality(history, [input(20, 900, 0)])).toMatchObject({ grade: 'B', rejectedRows: 20 });
    expect(assessQuality(history, [input(0, 900, 1000)])).toMatchObject({ grade: 'C', rejectedRows: 1000 });
  });

  it('is not lowered by an input that holds other nodes', () => {
    const poor = { ...clean, averaged: 'statistic "Average"', rejectedRows: 5000, nodes: new Map([['node-2', 0]]) };
    expect(assessQuality(historyOf(30, 300), [clean, poor])).toMatchObject({ grade: 'A', averaged: false, rejectedRows: 0 });
  });

  it('tells what each figure would have to be', () => {
    expect(assessQuality(historyOf(10, 600), [clean]).reasons).toEqual([
      { id: 'short-span', caps: 'C', value: 10 * 86_400, needs: { A: 30 * 86_400, B: 14 * 86_400, C: 3 * 86_400 } },
      { id: 'coarse-interval', caps: 'B', value: 600, needs: { A: 300, B: 3600 } },
    ]);
  });

  it('counts gaps by their share of the window', () => {
    const day = 288;
    const samples = sampleEvery(300, 30 * day + 1, () => complete);
    const without = (from: number, to: number) => buildNodeHistory([...samples.slice(0, from), ...samples.slice(to)]);
    expect(assessQuality(without(day, day + 60), [clean]).grade).toBe('A');
    expect(assessQuality(without(day, 3 * day), [clean])).toMatchObject({ grade: 'B', gapCount: 1 });
    expect(assessQuality(without(day, 8 * day), [clean]).grade).toBe('C');
    expect(assessQuality(without(day, 20 * day), [clean]).grade).toBe('D');
  });

  it('gives a single sample a D and lists the gravest reason first', () => {
    const quality = assessQuality(buildNodeHistory(sampleEvery(60, 1, () => ({ usedMemoryBytes: GiB }))), [{ ...clean, samples: 1 }]);
    expect(quality.grade).toBe('D');
    expect(quality.intervalSeconds).toBeUndefined();
    expect(quality.reasons.slice(0, 2).map((reason) => reason.id)).toEqual(['short-span', 'few-samples']);
  });

  it('lists restarts, and counts more than one a week as a flaw', () => {
    const restartsEvery = (samples: number) =>
      assessQuality(buildNodeHistory(sampleEvery(300, 30 * 288 + 1, (i) => ({ ...complete, processId: Math.floor(i / samples) }))), [
        clean,
      ]);
    expect(restartsEvery(10 * 288)).toMatchObject({ grade: 'A', reasons: [] });
    expect(restartsEvery(10 * 288).restarts).toHaveLength(3);
    expect(restartsEvery(2 * 288)).toMatchObject({ grade: 'B', reasons: [{ id: 'restarts', value: 15 }] });
  });
});
