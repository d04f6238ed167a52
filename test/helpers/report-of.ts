import { analyzeHistories } from '../../src/analysis/index.ts';
import { loadCatalog } from '../../src/catalogs/index.ts';
import type { Block, Report, Text } from '../../src/report/blocks.ts';
import { buildReport } from '../../src/report/index.ts';
import { buildNodeHistory, type TestSample } from './node-history.ts';

export type TableBlock = Extract<Block, { type: 'table' }>;

/** The report that a made-up node's samples make. */
export async function reportOf(samples: readonly TestSample[]): Promise<Report> {
  const analysis = analyzeHistories([buildNodeHistory(samples)], [], {
    generatedAt: 0,
    catalog: await loadCatalog(),
    catalogDates: {},
    tool: { name: 'redis-headroom', version: '0.0.0' },
  });
  return buildReport(analysis);
}

/** A text as its reader sees it, links and code as their words. */
export function plainText(text: Text): string {
  return text.map((run) => (typeof run === 'string' ? run : 'code' in run ? run.code : 'strong' in run ? run.strong : run.text)).join('');
}

/** All blocks, those of the first page first. */
export function blocksOf({ first, sections }: Report): Block[] {
  return [...first, ...sections.flatMap(({ blocks }) => blocks)];
}

/** The words of each cell of a table; undefined where the report has no such table. */
export function tableOf(report: Report, id: string): { readonly table: TableBlock; readonly rows: string[][] } | undefined {
  const table = blocksOf(report).find((block): block is TableBlock => block.type === 'table' && block.id === id);
  return table === undefined ? undefined : { table, rows: table.rows.map((row) => row.map(({ text }) => text.join(''))) };
}
