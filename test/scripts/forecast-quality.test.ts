import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCases, METHODS, type Method, type Said } from '../../scripts/forecast-quality/cases.ts';
import { average, findFigures, findReliability } from '../../scripts/forecast-quality/figures.ts';
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
    expect(held).toHaveLength(METHODS.length);
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

describe('the forecast on simulated series that nothing was tuned on', () => {
  const cases = [901, 902, 903, 904].flatMap((seed) => simulate(seed, 240)).flatMap((series) => findCases(series, 30, 30));
  const ours = findFigures(cases, 'ours');
  const plain = findFigures(cases, 'plain pooled peak');

  it('meets the acceptance lines', () => {
    expect(ours.held).toBeGreaterThanOrEqual(0.96);
    expect(ours.pinball[2]).toBeLessThanOrEqual(0.018);
    expect(average(ours.falseAlarms)).toBeLessThanOrEqual(0.02);
    expect(findReliability(cases, 0, 0.05).happened).toBeLessThan(0.03);
  });

  it('is better than the plain rule it came from, and than every rule of thumb', () => {
    for (const quantile of [0, 1, 2] as const) expect(ours.pinball[quantile]).toBeLessThan(plain.pinball[quantile]);
    expect(ours.brier).toBeLessThan(plain.brier);
    for (const method of ['largest so far', 'largest + 15 %', 'predict_linear'] as const) {
      expect(ours.pinball[2]).toBeLessThan(findFigures(cases, method).pinball[2]);
    }
  });

  it('is no more than a fifth above what comes where a quiet series grows cleanly', () => {
    for (const kind of ['linear', 'compound', 'flat', 'weekly']) {
      const figures = findFigures(
        cases.filter((one) => one.kind === kind),
        'ours',
      );
      expect(figures.overProvisioning, kind).toBeLessThan(0.2);
      expect(figures.held, kind).toBeGreaterThanOrEqual(0.95);
    }
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
    const one = { kind: 'x', confidence: 'good', weight: 1, largest: 80, peak: 100 } as const;
    const judge = (peak: number) =>
      findFigures(
        [{ ...one, peak, said: Object.fromEntries(METHODS.map((method) => [method, said])) as unknown as Record<Method, Said> }],
        'ours',
      );
    expect(judge(100).pinball[2]).toBeCloseTo(0.95 * 0.1, 9);
    expect(judge(80).pinball[2]).toBeCloseTo((0.05 * 10) / 80, 9);
    expect(judge(100)).toMatchObject({ held: 0, missedAlarms: [1, 1, 0], falseAlarms: [0, 0, 0] });
    expect(judge(100).shortage).toBeCloseTo(0.1, 9);
    expect(judge(100).brier).toBeCloseTo(2 / 3, 9);
    expect(findReliability([], 0, 1)).toMatchObject({ count: 0, happened: Number.NaN });
  });
});
