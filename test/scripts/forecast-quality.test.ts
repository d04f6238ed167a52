import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCases } from '../../scripts/forecast-quality/cases.ts';
import { findFigures, findReliability } from '../../scripts/forecast-quality/figures.ts';
import { KINDS, simulate } from '../../scripts/forecast-quality/simulation.ts';

function run(...args: string[]): { readonly status: number | null; readonly stdout: string } {
  return spawnSync(process.execPath, [join(import.meta.dirname, '../../scripts/forecast-quality.ts'), ...args], { encoding: 'utf8' });
}

/** The numbers of a printed row, signs and decimals included. */
function numbersOf(text: string, row: string): readonly number[] {
  const line = text.split('\n').find((one) => one.trimStart().startsWith(row)) ?? '';
  return [...line.slice(line.indexOf(row) + row.length).matchAll(/-?\d+(?:\.\d+)?/g)].map(([number]) => Number(number));
}

describe('forecast-quality', () => {
  it('prints figures of a simulated set that agree with each other, the same on every run', () => {
    const { status, stdout } = run('--seed', '6', '--series', '18');
    expect(status).toBe(0);
    expect(run('--seed', '6', '--series', '18').stdout).toBe(stdout);

    const [series = 0, cases = 0] = numbersOf(stdout.slice(stdout.indexOf(':')), ':');
    expect(series).toBe(18);
    const casesOf = (rows: readonly string[]) => rows.reduce((sum, row) => sum + (numbersOf(stdout, row)[0] ?? 0), 0);
    expect(casesOf(KINDS)).toBe(cases);
    expect(casesOf(['good', 'fair', 'low'])).toBe(cases);
    // Three thresholds a case.
    expect(casesOf(['under 5 %', '5–10 %', '10–50 %', '50 % and more'])).toBe(3 * cases);

    const held = numbersOf(stdout, 'bound at or above the peak');
    expect(held).toHaveLength(5);
    for (const share of held) expect(share >= 0 && share <= 100).toBe(true);
    expect(held[3]).toBeGreaterThanOrEqual(held[2] ?? 100);
    expect(numbersOf(stdout, 'bound held: at least 96 %')[0]).toBeCloseTo(held[0] ?? 0, 0);
  });

  it('reads a folder, says what it left out, and judges it by the lines for real memory', () => {
    const folder = mkdtempSync(join(tmpdir(), 'headroom-quality-'));
    try {
      const rows = Array.from({ length: 40 }, (_, i) => `${new Date(Date.UTC(2026, 0, 1 + i)).toISOString()};${1000 + (i % 5)};${7 * i}`);
      writeFileSync(join(folder, 'wide.csv'), ['time;Memory [KB];Other', ...rows].join('\n'));
      writeFileSync(join(folder, 'words.csv'), 'a,b\nx,y\n');
      const { status, stdout } = run('--folder', folder, '--column', 'Memory [KB]', '--history', '14', '--ahead', '7');
      expect(status).toBe(0);
      expect(stdout).toContain('skipped words.csv');
      expect(stdout).toContain(': 1 series,');
      expect(numbersOf(stdout, 'bound at or above the peak')[0]).toBe(100);
      expect(stdout).toContain('bound held: 92–97 %');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('refuses to run without a folder or a seed', () => {
    expect(run().status).toBe(2);
    expect(run('--seed', 'x').status).toBe(2);
  });
});

describe('the method, on a simulated set', () => {
  const cases = simulate(7007, 84).flatMap((series) => findCases(series, 30, 30));
  const of = (kinds: readonly string[], method: 'ours' | 'plain pooled peak') =>
    findFigures(
      cases.filter(({ kind }) => kinds.includes(kind)),
      method,
    );

  it('holds its bound and gives few false alarms', () => {
    const { held, falseAlarms } = of(KINDS, 'ours');
    expect(held).toBeGreaterThanOrEqual(0.96);
    expect(falseAlarms.reduce((sum, share) => sum + share, 0) / falseAlarms.length).toBeLessThanOrEqual(0.02);
    const { count, happened } = findReliability(cases, 0, 0.05);
    expect(count).toBeGreaterThan(300);
    expect(happened).toBeLessThan(0.03);
  });

  it('is better than the rule that it is built on, most of all about clean trends', () => {
    expect(of(KINDS, 'ours').pinball[2]).toBeLessThan(of(KINDS, 'plain pooled peak').pinball[2]);
    for (const kind of ['linear', 'compound']) {
      expect(of([kind], 'ours').overProvisioning).toBeLessThan(0.17);
      expect(of([kind], 'ours').held).toBeGreaterThanOrEqual(0.96);
    }
    expect(of(['linear'], 'ours').pinball[2]).toBeLessThan(0.7 * of(['linear'], 'plain pooled peak').pinball[2]);
  });
});

describe('the figures', () => {
  const linear = simulate(8, 2)[1];
  const cases = linear === undefined ? [] : findCases(linear, 30, 30);

  it('count each series once', () => {
    expect(cases.length).toBeGreaterThan(2);
    expect(cases.reduce((sum, one) => sum + one.weight, 0)).toBeCloseTo(1, 9);
  });

  it('take the largest value of the days ahead for the truth', () => {
    expect(cases[0]?.largest).toBe(Math.max(...(linear?.days.slice(0, 30).map((day) => day.value) ?? [])));
    expect(cases[0]?.peak).toBe(Math.max(...(linear?.days.slice(30, 60).map((day) => day.value) ?? [])));
  });

  it('charge what a bound is short 19 times as much as what it is over', () => {
    const said = { p50: 90, p90: 90, p95: 90, chances: [0, 0, 0] };
    const other = { 'plain pooled peak': said, 'largest so far': said, 'largest + 15 %': said, predict_linear: said };
    const one = { kind: 'x', confidence: 'good', weight: 1, largest: 80, peak: 100 } as const;
    const judge = (peak: number) => findFigures([{ ...one, peak, said: { ...other, ours: said } }], 'ours');
    expect(judge(100).pinball[2]).toBeCloseTo(0.95 * 0.1, 9);
    expect(judge(80).pinball[2]).toBeCloseTo((0.05 * 10) / 80, 9);
    expect(judge(100)).toMatchObject({ held: 0, missedAlarms: [1, 1, 0], falseAlarms: [0, 0, 0] });
    expect(judge(100).shortage).toBeCloseTo(0.1, 9);
    expect(judge(100).brier).toBeCloseTo(2 / 3, 9);
    expect(findReliability([], 0, 1)).toMatchObject({ count: 0, happened: Number.NaN });
  });
});
