import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { analyze, ingest } from '../../src/index.ts';
import type { Analysis } from '../../src/model/analysis.ts';
import type { Block, Report } from '../../src/report/blocks.ts';
import { buildReport } from '../../src/report/index.ts';
import { sampleEvery } from '../helpers/node-history.ts';
import { plainText, reportOf as reportOfSamples } from '../helpers/report-of.ts';

const SAMPLES = join(import.meta.dirname, '../../samples');
const NAMES = readdirSync(SAMPLES)
  .filter((file) => file.endsWith('.csv'))
  .map((file) => file.replace('.csv', ''));
const GENERATED_AT = Date.UTC(2026, 10, 2);

const analyses = new Map<string, Analysis>();
const reports = new Map<string, Report>();

beforeAll(async () => {
  for (const name of NAMES) {
    const ingested = await ingest([join(SAMPLES, `${name}.csv`)]);
    const analysis = await analyze(ingested, { generatedAt: GENERATED_AT, systemMemoryBytes: 600 * 2 ** 20, providers: ['aws'] });
    analyses.set(name, analysis);
    reports.set(name, buildReport(analysis));
  }
});

const reportOf = (name: string): Report => reports.get(name) as Report;
const blocksOf = (report: Report): Block[] => [...report.first, ...report.sections.flatMap((section) => section.blocks)];

/** Every string in a value, however deep. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(stringsIn);
}

function anchorsOf(report: Report): string[] {
  const ids = blocksOf(report).flatMap((block) => ('id' in block && block.id !== undefined ? [block.id] : []));
  return [...report.sections.map((section) => section.id), ...ids];
}

describe.each(NAMES)('buildReport of %s', (name) => {
  it('says nothing undefined, infinite or empty', () => {
    const report = reportOf(name);
    for (const text of stringsIn(report)) expect(text).not.toMatch(/undefined|NaN|Infinity|\[object|null/);
    expect(report.cover.verdict).toMatch(/^[A-Z].*\.$/);
    for (const section of report.sections) expect(section.title).not.toBe('');
  });

  it('has unique anchors, and every figure leads to one of them', () => {
    const anchors = anchorsOf(reportOf(name));
    expect(new Set(anchors).size).toBe(anchors.length);
    for (const block of blocksOf(reportOf(name))) {
      if (block.type !== 'figures') continue;
      for (const figure of block.figures) expect(anchors).toContain(figure.href?.slice(1));
    }
  });

  it('has tables whose rows fill their columns', () => {
    for (const block of blocksOf(reportOf(name))) {
      if (block.type !== 'table') continue;
      for (const row of block.rows) expect(row, block.id).toHaveLength(block.columns.length);
      for (const total of block.totals ?? []) expect(total).toBeLessThan(block.rows.length);
    }
  });

  it('has charts whose lines are as long as their time, inside their axes, with a title and a text alternative', () => {
    for (const block of blocksOf(reportOf(name))) {
      if (block.type !== 'chart') continue;
      expect(block.title.split(' ').length, block.title).toBeLessThanOrEqual(12);
      expect(block.alt.length).toBeGreaterThan(20);
      if (block.form !== 'line-band') continue;
      for (const line of block.lines) {
        expect(line.y).toHaveLength(block.at.length);
        for (const value of line.y) if (value !== null) expect(value).toBeLessThanOrEqual(block.y.domain[1]);
      }
    }
  });

  it('is the same for the same Analysis, also after it was saved', () => {
    const analysis = analyses.get(name) as Analysis;
    expect(buildReport(JSON.parse(JSON.stringify(analysis)) as Analysis)).toEqual(JSON.parse(JSON.stringify(reportOf(name))));
  });
});

describe('buildReport', () => {
  it('begins with the verdict and five figures, then the steps, then how good the evidence is', () => {
    const { first, cover } = reportOf('steady-growth');
    expect(first.map((block) => block.type)).toEqual(['figures', 'explanations', 'chart', 'actions', 'paragraph']);
    expect(cover.status.tone).toBe('critical');
    const [figures] = first;
    expect(figures?.type === 'figures' && figures.figures.map(({ id }) => id)).toEqual([
      'peak',
      'machine',
      'days',
      'maxmemory',
      'instance',
    ]);
  });

  it('tells the machine line only where resident memory was seen', () => {
    const analysis = structuredClone(analyses.get('steady-growth')) as Analysis;
    const [node] = analysis.nodes;
    if (!node) throw new Error('no node');
    delete node.systemMemory.ratioPeak;
    delete node.forecast.probabilitySystemTarget;
    delete node.forecast.daysToSystemTarget;
    node.systemMemory.episodes = [];
    const text = plainText(buildReport(analysis).cover.summary);
    expect(text).toContain('Without resident memory');
    expect(text).not.toContain('80 % of the machine is not expected');
  });

  it('ranks several nodes by who needs action first and gives each its own anchors', async () => {
    const ingested = await ingest(NAMES.map((name) => join(SAMPLES, `${name}.csv`)));
    const analysis = await analyze(ingested, { generatedAt: GENERATED_AT });
    const report = buildReport(analysis);
    const anchors = anchorsOf(report);
    expect(new Set(anchors).size).toBe(anchors.length);
    const table = report.first.find((block) => block.type === 'table');
    if (table === undefined) throw new Error('no table');
    expect(table.rows).toHaveLength(analysis.nodes.length + 1);
    const ranks = table.rows.slice(0, -1).map((row) => Number(row[1]?.sort));
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
  });

  it('ends the budget with what if, of no less growth than is planned for, and says why a change makes none', () => {
    const whatIfOf = (analysis: Analysis) => {
      const budget = buildReport(analysis).sections.find(({ id }) => id === 'budget');
      const table = budget?.blocks.at(-1);
      return table?.type === 'table' && table.id === 'what-if' ? table : undefined;
    };
    const analysis = structuredClone(analyses.get('steady-growth')) as Analysis;
    const table = whatIfOf(analysis);
    expect(table?.rows.slice(0, 2).map(([scenario]) => scenario?.text.join(''))).toEqual([
      expect.stringMatching(/^as planned above: the peak rises by \d+ % \(with its bound by \d+ %\)$/),
      'a tenth more data is loaded at once',
    ]);
    expect(table?.rows[1]?.[3]?.text.join('')).toMatch(/^\+[\d.]+ MiB$/);
    expect(table?.note?.join('')).toMatch(
      /covers it already, or resident memory has been as high before\. Saving changes nothing here: the part that the 80 % rule/,
    );

    const [node] = analysis.nodes;
    if (!node) throw new Error('no node');
    node.provisioning.binding = 'fork';
    expect(whatIfOf(analysis)?.note?.join('')).toMatch(/replica still forks\.$/);
    delete node.provisioning.whatIf;
    expect(whatIfOf(analysis)).toBeUndefined();
  });

  it('of an input without used memory says so, and what to do about that first', async () => {
    const samples = sampleEvery(3600, 24 * 20, () => ({ maxmemoryBytes: 8 * 2 ** 30 }));
    const report = await reportOfSamples(samples);
    expect(report.cover.verdict).toBe('This input holds no figures of used memory, and without them nothing can be said.');
    const steps = blocksOf(report).find((block) => block.type === 'actions');
    expect(stringsIn(steps).join(' ')).toMatch(/Say which column holds used memory .*--map usedMemoryBytes=COLUMN/);
    for (const text of stringsIn(report)) expect(text).not.toMatch(/: \.|does not exist|Nothing needs|Nothing about memory/);
  });

  it('refuses a language that is not there and names those that are', () => {
    expect(() => buildReport(analyses.get('steady-growth') as Analysis, { language: 'tlh' })).toThrow(/one of en/);
  });
});
