import { beforeAll, describe, expect, it } from 'vitest';
import { analyzeHistories } from '../../src/analysis/index.ts';
import { loadCatalog } from '../../src/catalogs/index.ts';
import type { Analysis, NodeAnalysis } from '../../src/model/analysis.ts';
import { GiB } from '../../src/model/bytes.ts';
import type { CatalogEntry } from '../../src/model/catalog.ts';
import { DAY_MS } from '../../src/model/time.ts';
import type { Figure, HeatmapChart, Report } from '../../src/report/blocks.ts';
import { buildReport } from '../../src/report/index.ts';
import { buildNodeHistory } from '../helpers/node-history.ts';
import { blocksOf, plainText, type TableBlock, tableOf } from '../helpers/report-of.ts';

const HOUR_MS = 3_600_000;
const FROM = Date.UTC(2026, 9, 1);
let catalog: readonly CatalogEntry[];
beforeAll(async () => {
  catalog = await loadCatalog();
});

/** A made-up node: full of so much of its machine on each day, for 20 days. */
interface Node {
  readonly id: string;
  readonly machineBytes?: number;
  readonly fillOf: (day: number) => number;
}

function analysisOf(nodes: readonly Node[], timeZone = 'UTC'): Analysis {
  const histories = nodes.map(({ id, machineBytes, fillOf }) =>
    buildNodeHistory(
      Array.from({ length: 20 * 24 }, (_, i) => {
        const rss = (machineBytes ?? 8 * GiB) * fillOf(Math.floor(i / 24));
        return {
          at: FROM + i * HOUR_MS,
          usedMemoryBytes: rss / 1.1,
          usedMemoryRssBytes: rss,
          maxmemoryBytes: 6 * GiB,
          ...(machineBytes === undefined ? {} : { totalSystemMemoryBytes: machineBytes }),
        };
      }),
      { nodeId: id },
    ),
  );
  const tool = { name: 'redis-headroom', version: '0.0.0' };
  return analyzeHistories(histories, [], {
    generatedAt: FROM + 21 * DAY_MS,
    catalog,
    catalogDates: {},
    providers: ['aws'],
    timeZone,
    tool,
  });
}

const NODES: readonly Node[] = [
  { id: 'quiet', machineBytes: 8 * GiB, fillOf: () => 0.3 },
  { id: 'full', machineBytes: 8 * GiB, fillOf: (day) => (day === 12 ? 0.91 : 0.5) },
  { id: 'growing', machineBytes: 16 * GiB, fillOf: (day) => 0.15 + day * 0.008 },
];

const figuresOf = (report: Report): readonly Figure[] => {
  const [block] = report.first;
  return block?.type === 'figures' ? block.figures : [];
};
const heatmapOf = (report: Report): HeatmapChart | undefined =>
  report.first.find((block): block is HeatmapChart => block.type === 'chart' && block.form === 'heatmap');

describe('the table of several nodes', () => {
  const labelled = (labels: readonly NodeAnalysis['labels'][]): Report => {
    const analysis = analysisOf(NODES);
    return buildReport({
      ...analysis,
      nodes: analysis.nodes.map((node, i) => (labels[i] === undefined ? node : { ...node, labels: labels[i] })),
    });
  };
  const labelsOf = (report: Report): Record<string, string> => {
    const { columns, rows } = fleetTable(report);
    const at = columns.findIndex(({ id }) => id === 'labels');
    return Object.fromEntries(rows.map((row) => [plainText(row[0]?.text ?? []), plainText(row[at]?.text ?? [])]));
  };
  const fleetTable = (report: Report): TableBlock => tableOf(report, 'fleet')?.table as TableBlock;
  const note = (report: Report): string => plainText(fleetTable(report).note ?? []);

  it('tells labels that tell nodes apart in a column, and what all have in common below it', () => {
    const report = labelled([
      { environment: 'production', owner: 'shop' },
      { owner: 'search', environment: 'production' },
      { environment: 'production', zone: 'eu-1a' },
    ]);
    expect(labelsOf(report)).toEqual({ quiet: 'shop\u00a0· —', full: 'search\u00a0· —', growing: '—\u00a0· eu-1a', 'All nodes': '' });
    expect(fleetTable(report).columns[1]).toMatchObject({ id: 'labels', label: 'owner\u00a0· zone' });
    expect(note(report)).toMatch(/ Labels of all nodes: environment: production\.$/);
  });

  it('has no such column where no label tells nodes apart', () => {
    const common = { environment: 'production' };
    for (const labels of [[], [common, common, common]]) {
      const { columns, rows } = fleetTable(labelled(labels));
      expect(columns.map(({ id }) => id)).toEqual(['node', 'verdict', 'step', 'until', 'peak', 'ratio', 'need', 'grade']);
      for (const row of rows) expect(row).toHaveLength(8);
    }
    expect(note(labelled([]))).not.toContain('Labels');
    // One of three is not all.
    expect(labelsOf(labelled([common]))).toMatchObject({ quiet: 'production', full: '—' });
  });
});

describe('the first page of several nodes', () => {
  it('counts who needs action, and says what is to be bought or given back', () => {
    const analysis = analysisOf(NODES);
    const figures = figuresOf(buildReport(analysis));
    const acting = analysis.nodes.filter(({ verdict }) => verdict.level === 'act').length;
    expect(acting).toBeGreaterThan(0);
    expect(figures.map(({ id }) => id)).toEqual(['act', 'soonest', 'data', 'machines', 'cost']);
    expect(figures[0]?.value).toBe(`${acting} of 3`);
    const needed = analysis.nodes.reduce((sum, { provisioning }) => sum + (provisioning.memoryNeededBytes ?? 0), 0);
    const difference = needed - 32 * GiB;
    expect(figures[3]?.value).toMatch(/^32 GiB → /);
    expect(figures[3]?.detail).toMatch(difference > 0 ? /to buy$/ : /to give back$/);
    expect(Number.parseFloat(figures[3]?.detail ?? '')).toBeCloseTo(Math.abs(difference) / GiB, 0);
  });

  it('names the node that reaches its limit first, and the date', () => {
    const calm: readonly Node[] = [NODES[0] as Node, NODES[2] as Node];
    const analysis = analysisOf(calm);
    const days = analysis.nodes.find(({ id }) => id === 'growing')?.forecast.daysToMaxmemory?.p90;
    expect(days).toBeGreaterThan(0);
    const soonest = figuresOf(buildReport(analysis)).find(({ id }) => id === 'soonest');
    expect(soonest).toMatchObject({ detail: 'on growing', tone: 'warning' });
    expect(soonest?.value).toMatch(/^\d{1,2} (Oct|Nov|Dec) 2026$/);
  });

  it('says less where a figure is not known of all', () => {
    const { machineBytes: _, ...unknown } = NODES[0] as Node;
    const figures = figuresOf(buildReport(analysisOf([unknown, NODES[1] as Node])));
    expect(figures.map(({ id }) => id)).not.toContain('machines');
  });

  it('shows how full each got each day, the most urgent first', () => {
    const analysis = analysisOf(NODES);
    const heatmap = heatmapOf(buildReport(analysis));
    expect(heatmap?.rows).toEqual(analysis.fleet?.ranking.map(({ nodeId }) => nodeId));
    expect(heatmap?.columns).toHaveLength(20);
    const row = heatmap?.rows.indexOf('full') ?? -1;
    const cells = heatmap?.cells.filter((cell) => cell.row === row) ?? [];
    expect(cells.map(({ value }) => Number(value?.toFixed(2)))).toEqual(Array.from({ length: 20 }, (_, day) => (day === 12 ? 0.91 : 0.5)));
    expect(cells[12]?.label).toBe('full, 13 Oct 2026: 91 %');
    expect(heatmap?.title).toBe('full got the fullest: 91 %');
  });

  it('takes the share of maxmemory where the machine is not known', () => {
    const { machineBytes: _, ...unknown } = NODES[0] as Node;
    const heatmap = heatmapOf(buildReport(analysisOf([unknown, NODES[1] as Node])));
    const row = heatmap?.rows.indexOf('quiet') ?? -1;
    expect(heatmap?.cells.find((cell) => cell.row === row)?.value).toBeCloseTo((8 * 0.3) / 1.1 / 6, 3);
  });

  it('puts several days into a cell where there are many, the highest winning', () => {
    const [quiet, full] = NODES as [Node, Node];
    const analysis = analysisOf([quiet, full]);
    const later = analysis.nodes.map((node) =>
      node.id === 'quiet'
        ? { ...node, dailyPeaks: node.dailyPeaks.map((peak) => ({ ...peak, fromAt: peak.fromAt + 100 * DAY_MS })) }
        : node,
    );
    const heatmap = heatmapOf(buildReport({ ...analysis, nodes: later }));
    expect(heatmap?.columns).toHaveLength(60);
    const cells = heatmap?.cells.filter(({ row }) => heatmap.rows[row] === 'full') ?? [];
    expect(Math.max(...cells.map(({ value }) => value ?? 0))).toBeCloseTo(0.91, 5);
    expect(cells).toHaveLength(10);
  });

  it('has days as the report’s zone has them', () => {
    const heatmap = heatmapOf(buildReport(analysisOf(NODES, 'America/Sao_Paulo')));
    // The first sample is of 30 September, 21:00 there.
    expect(heatmap?.columns[0]).toBe('30 Sep');
  });
});

describe('node pages', () => {
  it('are told inline, with links to them, unless they are not wanted', () => {
    const analysis = analysisOf(NODES);
    const inline = buildReport(analysis);
    const anchors = new Set(inline.sections.map(({ id }) => `#${id}`));
    const links = (report: Report): unknown[] => (tableOf(report, 'fleet')?.table.rows ?? []).slice(0, 3).map(([name]) => name?.text[0]);
    for (const link of links(inline)) expect(anchors).toContain((link as { link: string }).link);
    const none = buildReport(analysis, { nodePages: 'none' });
    expect(none.sections).toEqual([]);
    expect(new Set(links(none))).toEqual(new Set(NODES.map(({ id }) => id)));
    const beside = buildReport(analysis, { nodePages: 'none', nodeAddress: (id) => `nodes/${id}.html` });
    expect(links(beside)[0]).toEqual({
      link: `nodes/${analysis.fleet?.ranking[0]?.nodeId}.html`,
      text: analysis.fleet?.ranking[0]?.nodeId,
    });
  });

  it('leave the figures of the summary leading somewhere', () => {
    const report = buildReport(analysisOf(NODES), { nodePages: 'none' });
    const ids = new Set(blocksOf(report).flatMap((block) => ('id' in block && block.id !== undefined ? [`#${block.id}`] : [])));
    for (const { href } of figuresOf(report)) expect(ids).toContain(href);
  });
});
