import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BudgetQuestion, planMemory } from '../../src/analysis/budget.ts';
import { defragEffortPercent } from '../../src/analysis/fragmentation/index.ts';
import { findNextStep } from '../../src/analysis/hash-tables.ts';
import { roundDownLimit } from '../../src/analysis/limit-steps.ts';
import { findPeaks } from '../../src/analysis/peaks.ts';
import { planWhatIfs } from '../../src/analysis/what-if.ts';
import { PROVIDER_RULES } from '../../src/catalogs/index.ts';
import { GiB } from '../../src/model/bytes.ts';
import type { Engine } from '../../src/model/engine.ts';
import { buildNodeHistory, sampleEvery } from '../helpers/node-history.ts';

const root = join(import.meta.dirname, '..', '..');
const text = readFileSync(join(root, 'docs/methodology.md'), 'utf8');

/** The id that GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

const anchors = new Set([...text.matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1] ?? '')));

function readAll(folder: string): string {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|md|hbs)$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

/** The cells of the table row that begins with `first`, in the section of that heading. */
function rowOf(heading: string, first: string): readonly string[] {
  const section = text.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const row = section.split('\n').find((line) => line.startsWith(`| ${first} |`)) ?? '';
  return row.split('|').map((cell) => cell.trim());
}

describe('docs/methodology.md', () => {
  it('has a heading for every anchor that sources, templates and documents name', () => {
    const named = [...`${readAll('src')}\n${readAll('templates')}\n${readAll('docs')}`.matchAll(/methodology\.md#([a-z0-9_-]+)/g)];
    const inside = [...text.matchAll(/\]\(#([a-z0-9_-]+)\)/g)];
    expect(named.length).toBeGreaterThan(10);
    expect([...named, ...inside].map((match) => match[1] ?? '').filter((anchor) => !anchors.has(anchor))).toEqual([]);
  });

  it('carries its example through as the program does, formulas included', () => {
    const engine: Engine = { name: 'redis', version: '7.2.6' };
    const usedMemoryBytes = 12.25 * GiB;
    const usedMemoryRssBytes = 1.08 * usedMemoryBytes + GiB / 16;
    const history = buildNodeHistory(
      sampleEvery(6 * 3600, 120, (i) => ({
        usedMemoryBytes,
        usedMemoryRssBytes,
        allocatorResidentBytes: 1.08 * usedMemoryBytes,
        notCountedBytes: GiB / 4,
        rdbLastCowBytes: i < 60 ? 0 : usedMemoryRssBytes / 4,
        connectedReplicas: 1,
        totalSystemMemoryBytes: 32 * GiB,
        texts: { maxmemoryPolicy: 'noeviction' },
      })),
    );
    const table = findNextStep({ bucketBytes: 8, entriesPerBucket: 1, hasExpiresTable: true }, 60e6);
    const question: BudgetQuestion = {
      history,
      engine,
      peaks: findPeaks(history, engine),
      forecast: {
        status: 'ok',
        method: 'pooled-peak',
        horizonDays: 90,
        historyDays: 30,
        peak: { p50: 15 * GiB, p90: 16 * GiB, p95: 17 * GiB },
      },
      steps: [{ database: 0, table: 'keys', daysUntil: 47, ...table }],
      settings: { targetRatio: 0.8, forkCeilingRatio: 0.95, horizonDays: 90 },
    };
    const plan = planMemory(question);
    const inGiB = (bytes: number | undefined) => ((bytes ?? Number.NaN) / GiB).toFixed(3);
    const told = plan.budget.map(({ id }) => [id, rowOf('One example', `\`${id}\``)[3]]);
    expect(told).toEqual(plan.budget.map(({ id, bytes }) => [id, inGiB(bytes)]));
    expect(rowOf('One example', '**machine**')[3]).toBe(`**${inGiB(plan.memoryNeededBytes)}**`);
    expect(plan.binding).toBe('fork');
    expect(plan.budget.map(({ id }) => [id, rowOf('Budget', `\`${id}\``)[2]])).toEqual(
      plan.budget.map(({ id, formula }) => [id, `\`${formula}\``]),
    );
    const safe = plan.maxmemoryBytes.safeOnPresentMachine ?? 0;
    expect(text).toContain(
      `up to ${(safe / GiB).toFixed(2)} GiB by the inverse formula, in round figures ${roundDownLimit(safe) / GiB} GiB`,
    );

    const scenarios = planWhatIfs(question);
    expect(scenarios.map(({ id }) => rowOf('What if', `\`${id}\``).slice(4, 7))).toEqual(
      scenarios.map(({ maxmemoryBytes, memoryNeededBytes, changeBytes }) =>
        [maxmemoryBytes, memoryNeededBytes, changeBytes].map((bytes) => inGiB(bytes).replace('-', '−')),
      ),
    );
  });

  it('explains every line of the budget under the heading that the line refers to', () => {
    const history = buildNodeHistory(sampleEvery(3600, 48, () => ({ usedMemoryBytes: GiB })));
    const engine: Engine = { name: 'redis', version: '7.2.6' };
    const settings = { targetRatio: 0.8, forkCeilingRatio: 0.95, horizonDays: 90 };
    const { budget } = planMemory({ history, engine, peaks: findPeaks(history, engine), settings });
    expect(budget.map(({ source }) => source.replace('docs/methodology.md#', '')).filter((anchor) => !anchors.has(anchor))).toEqual([]);
  });

  it('gives the defragmentation efforts that the program computes', () => {
    const efforts = [
      [25, 75],
      [5, 75],
      [1, 25],
    ].map(([cycleMinPercent = 0, cycleMaxPercent = 0]) =>
      defragEffortPercent(55, { lowerPercent: 10, upperPercent: 100, cycleMinPercent, cycleMaxPercent }),
    );
    expect(text).toContain(`At 55 %: ${efforts[0]} in 4.0, ${efforts[1]} in 5.0, ${efforts[2]} from 6.0 on.`);
  });

  it('has a row for the sizing rule of every provider', () => {
    const rows = text.split(/^## /m).find((part) => part.startsWith('Instance\n')) ?? '';
    const names: Readonly<Record<string, string>> = {
      aws: 'ElastiCache',
      gcp: 'Memorystore',
      azure: 'Azure Managed Redis',
      alibaba: 'Tair',
      digitalocean: 'DigitalOcean',
      redis: 'Redis Cloud',
      upstash: 'Upstash',
    };
    expect(PROVIDER_RULES.map(({ provider }) => names[provider] ?? provider).filter((name) => !rows.includes(name))).toEqual([]);
  });
});
