import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { en } from '../../src/locales/en/index.ts';
import type { Analysis } from '../../src/model/analysis.ts';
import type { Block, Explanation, Report } from '../../src/report/blocks.ts';
import { buildReport } from '../../src/report/index.ts';
import { blocksOf, tableOf } from '../helpers/report-of.ts';
import { analyzeSample } from '../helpers/sample-analysis.ts';

const SAMPLES = ['steady-growth', 'fragmentation', 'restarts-with-a-gap'] as const;

describe.each(SAMPLES)('the figures of %s', (sample) => {
  let analysis: Analysis;
  let report: Report;

  beforeAll(async () => {
    analysis = await analyzeSample(sample);
    report = buildReport(analysis);
  });

  const explanations = (id: string): Extract<Block, { type: 'explanations' }> | undefined =>
    blocksOf(report).find((block): block is Extract<Block, { type: 'explanations' }> => block.type === 'explanations' && block.id === id);
  const explanationsOf = (table: string): (Explanation | undefined)[] =>
    (tableOf(report, table)?.table.rows ?? []).map((row) => row.find((cell) => cell.explanation !== undefined)?.explanation);

  it('of the first page can each be opened, under their own label and value', () => {
    const figures = report.first.find((block) => block.type === 'figures')?.figures ?? [];
    const items = explanations('explain-figures')?.items ?? [];
    expect(items.map(({ term, value }) => [term, value])).toEqual(figures.map(({ label, value }) => [label, value]));
    for (const { explanation } of items) {
      expect(explanation.why.join('')).not.toBe('');
      expect(explanation.inputs.length).toBeGreaterThan(0);
      expect(explanation.inputs.every(({ value }) => value !== undefined && value !== '')).toBe(true);
      expect(explanation.basis).toMatch(/measured|derived|assumed/);
    }
  });

  it('of the budget have every symbol of their formula in words, with its number where the Analysis has one', () => {
    const [node] = analysis.nodes;
    const lines = node?.provisioning.budget ?? [];
    const opened = explanationsOf('budget-table').filter((each) => each !== undefined);
    expect(opened).toHaveLength(lines.length);
    lines.forEach((line, i) => {
      const told = new Map(opened[i]?.inputs.map(({ symbol, value }) => [symbol, value]));
      for (const symbol of Object.keys(line.inputs)) expect(told.get(symbol), `${line.id} ${symbol}`).toMatch(/\d/);
      const functions = ['max', 'min', 'roundUp', 'MiB'];
      for (const symbol of line.formula.match(/[A-Za-z][A-Za-z_0-9]*/g) ?? [])
        if (!functions.includes(symbol)) expect(told.has(symbol), `${line.id} ${symbol}`).toBe(true);
    });
  });

  it('of the fragmentation verdict add up from the sizes that are told', () => {
    const evidence = analysis.nodes[0]?.fragmentation.evidence ?? {};
    const table = tableOf(report, 'fragmentation-evidence');
    const row = table?.table.rows.find(([name]) => name?.text[0] === en.report.fragmentation.evidence.externalBytes?.[0]);
    const inputs = new Map(row?.at(-1)?.explanation?.inputs.map(({ symbol, value }) => [symbol, value]));
    const bytes = (text: string | undefined): number => Number.parseFloat(text ?? '') * 1024 ** (text?.endsWith('GiB') ? 3 : 2);
    const difference = bytes(inputs.get('V')) - bytes(inputs.get('A'));
    expect(Math.abs(difference - Number(evidence.externalBytes))).toBeLessThan(3 * 1024 ** 2);
    expect(explanationsOf('recoverable').every((each) => each?.formula !== undefined)).toBe(true);
  });

  it('of the forecast are explained where there is a forecast', () => {
    const isMade = analysis.nodes[0]?.forecast.status === 'ok';
    expect(explanations('explain-forecast') !== undefined).toBe(isMade);
  });

  it('are explained under headings that the methodology has', async () => {
    const headings = new Set([...(await readFile('docs/methodology.md', 'utf8')).matchAll(/^##+ (.*)$/gm)].map((match) => match[1]));
    for (const title of Object.values(en.explain.section)) expect(headings).toContain(title);
  });
});

it('every line of the budget that makes maxmemory is told where maxmemory is explained', async () => {
  const analysis = await analyzeSample('steady-growth');
  const [node] = analysis.nodes;
  if (node === undefined) throw new Error('no node');
  const [peak] = node.provisioning.budget;
  if (peak === undefined) throw new Error('no budget');
  const budget = [...node.provisioning.budget, { ...peak, id: 'slot-histograms' as const, bytes: 40 * 1024 ** 2 }];
  const report = buildReport({ ...analysis, nodes: [{ ...node, provisioning: { ...node.provisioning, budget } }] });
  const opened = blocksOf(report).find((block) => block.type === 'explanations' && block.id === 'explain-figures');
  const maxmemory = opened?.type === 'explanations' ? opened.items.find(({ id }) => id === 'explain-maxmemory') : undefined;
  expect(maxmemory?.explanation.inputs.map(({ meaning }) => meaning)).toContain(en.report.budget.line['slot-histograms']);
});
