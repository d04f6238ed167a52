import { describe, expect, it } from 'vitest';
import type { Action, Analysis, Finding } from '../../../src/model/analysis.ts';
import { GiB, MiB } from '../../../src/model/bytes.ts';
import { renderHtml } from '../../../src/render/html.ts';
import type { Report } from '../../../src/report/blocks.ts';
import { buildReport } from '../../../src/report/index.ts';
import { compared, judged, judgedNode, withNode } from '../../helpers/compared.ts';
import { buildNodeHistory, DAY, sampleEvery, type TestSample } from '../../helpers/node-history.ts';
import { blocksOf, tableOf } from '../../helpers/report-of.ts';

const textOf = (runs: readonly unknown[]): string =>
  runs.map((run) => (typeof run === 'string' ? run : Object.values(run as object).at(-1))).join('');

/** The sentence of the first page. */
function sentence({ first }: Report): string | undefined {
  const texts = first.flatMap((block) => (block.type === 'paragraph' ? [textOf(block.text)] : []));
  return texts.find((text) => text.startsWith('Since '));
}

const rows = (report: Report, id: string): string[][] | undefined =>
  tableOf(report, id)?.table.rows.map((row) => row.map(({ text }) => textOf(text)));

/** A server for some days from some day on; `used` is told the day. */
function days(fromDay: number, count: number, used: (day: number) => number, more: Partial<TestSample> = {}): Analysis {
  return judgedNode(
    sampleEvery(3600, count * 24, (i) => {
      const usedMemoryBytes = used(fromDay + i / 24);
      return {
        usedMemoryBytes,
        usedMemoryRssBytes: 1.05 * usedMemoryBytes + 30 * MiB,
        maxmemoryBytes: 8 * GiB,
        totalSystemMemoryBytes: 16 * GiB,
        texts: { redisVersion: '7.2.6', maxmemoryPolicy: 'noeviction' },
        ...more,
      };
    }).map((sample) => ({ ...sample, at: sample.at + fromDay * DAY })),
  );
}

const steady = (): number => 2 * GiB;

describe('the section of what moved', () => {
  it('stands right after the first page, which has its sentence, and neither is there without a comparison', () => {
    const later = days(20, 20, steady);
    const report = buildReport(compared(days(0, 20, steady), later));
    expect(report.sections[0]).toMatchObject({ id: 'since', title: 'Since 20 Nov 2025' });
    expect(sentence(report)).toBe('Since 20 Nov 2025: nothing moved that matters; the forecast made then held so far (20 of 60 days).');
    const plain = buildReport(later);
    expect(sentence(plain)).toBeUndefined();
    expect(plain.sections.some(({ id }) => id === 'since')).toBe(false);
  });

  it('tells what moved with both values and the difference, and the rest in one sentence', () => {
    const report = buildReport(
      compared(
        days(0, 20, steady),
        days(20, 20, () => 3 * GiB),
      ),
    );
    expect(rows(report, 'moved')?.find(([name]) => name === 'Peak used')).toEqual(['Peak used', '2 GiB', '3 GiB', '+1 GiB (+50 %)']);
    const unmoved = blocksOf(report).flatMap((block) => (block.type === 'paragraph' ? [textOf(block.text)] : []));
    expect(unmoved.find((text) => text.startsWith('Unchanged or within noise'))).toMatch(/maxmemory 8 GiB, .*Memory of the machine 16 GiB/);
    expect(sentence(report)).toMatch(/; the peak rose 50 % to 3 GiB/);
  });

  it('says of a limit that it was unlimited, and gives no bytes for that', () => {
    const report = buildReport(compared(days(0, 20, steady, { maxmemoryBytes: 0 }), days(20, 20, steady)));
    expect(rows(report, 'moved')?.find(([name]) => name === 'maxmemory')).toEqual(['maxmemory', 'unlimited', '8 GiB', '']);
  });

  it('tells what became of the advice, with the setting and what was measured', () => {
    const step = (id: Action['id'], values: Action['values']): Action => ({ id, findingIds: [], commands: [], effort: 'command', values });
    const earlier = withNode(days(0, 20, steady), (node) => ({
      actions: [step('raise-maxmemory', { maxmemoryBytes: 9 * GiB }), step('enable-activedefrag', {})],
      fragmentation: { ...node.fragmentation, wasteBytes: 900 * MiB },
    }));
    const later = withNode(days(20, 20, steady), (node) => ({
      fragmentation: { ...node.fragmentation, wasteBytes: 200 * MiB, activedefrag: { ...node.fragmentation.activedefrag, enabled: 'yes' } },
    }));
    const report = buildReport(compared(earlier, later));
    expect(rows(report, 'advice-followed')).toEqual([
      ['A higher maxmemory', 'no', '8 GiB, advised 9 GiB', ''],
      ['Activedefrag', 'yes', 'activedefrag yes', expect.stringMatching(/^RSS − used 900 MiB → 200 MiB/)],
    ]);
    expect(sentence(report)).toMatch(/memory that holds no data fell by 700 MiB; 1 of 2 steps advised was taken/);
  });

  it('does not say of an earlier window of the same input that anybody was told anything then', () => {
    const earlier = withNode(days(0, 20, steady), () => ({
      actions: [{ id: 'enable-activedefrag', findingIds: [], commands: [], effort: 'command', values: {} }],
    }));
    const later = withNode(days(20, 20, steady), (node) => ({
      fragmentation: { ...node.fragmentation, activedefrag: { ...node.fragmentation.activedefrag, enabled: 'no' } },
    }));
    const told = (kind: 'baseline' | 'period') => buildReport(compared(earlier, later, kind));
    expect(sentence(told('baseline'))).toMatch(/the step advised was not taken; the forecast made then held/);
    expect(sentence(told('period'))).toBe(
      'Since 20 Nov 2025: nothing moved that matters; a forecast of that day held so far (20 of 60 days).',
    );
    expect(tableOf(told('period'), 'advice-followed')?.table.caption).toBe('What would have been advised then, and what became of it');
    expect(JSON.stringify(told('period').sections[0])).not.toMatch(/earlier report|was advised|forecast said/);
  });

  it('draws the forecast of then over what came, and says by how much it was exceeded', () => {
    const report = buildReport(
      compared(
        days(0, 20, steady),
        days(20, 20, (day) => (day > 35 ? 5 * GiB : 2 * GiB)),
      ),
    );
    const chart = blocksOf(report).find((block) => block.type === 'chart' && block.id === 'forecast-then-chart');
    if (chart?.type !== 'chart' || chart.form !== 'forecast-fan') throw new Error('no chart');
    expect(chart.title).toBe('What came passed the forecast’s bound');
    expect(chart.nowAt).toBeLessThan(chart.history.at.at(-1) ?? 0);
    expect(Math.max(...chart.history.y.map((value) => value ?? 0))).toBe(5 * GiB);
    expect(chart.y.domain[1]).toBeGreaterThanOrEqual(5 * GiB);
    expect(sentence(report)).toMatch(/the peak passed what was forecast by 2\.\d+ GiB/);
  });

  it('calls a finding that was not judged not known, and no finding none', () => {
    const finding = (id: Finding['id'], verdict: Finding['verdict']): Finding => ({
      id,
      verdict,
      severity: 'warning',
      evidence: {},
      commands: [],
    });
    const earlier = withNode(days(0, 20, steady), () => ({
      findings: [finding('oversized', 'not-enough-data'), finding('gaps', 'clear')],
    }));
    const later = withNode(days(20, 20, steady), () => ({ findings: [finding('oversized', 'raised'), finding('gaps', 'raised')] }));
    expect(rows(buildReport(compared(earlier, later)), 'findings-changed')).toEqual([
      [expect.any(String), 'not known', 'Warning', 'not judged then'],
      [expect.any(String), 'none', 'Warning', 'new'],
    ]);
  });

  it('says what was asked differently', () => {
    const later = days(20, 20, steady);
    const report = buildReport(compared(days(0, 20, steady), { ...later, settings: { ...later.settings, targetRatio: 0.7 } }));
    const texts = report.sections[0]?.blocks.flatMap((block) => (block.type === 'paragraph' ? [textOf(block.text)] : []));
    expect(texts).toContain('Asked for differently: target ratio. Figures that rest on it differ for that alone.');
  });

  it('tells hours where the windows are of hours', () => {
    const texts = buildReport(compared(days(0, 0.25, steady), days(0.25, 0.25, steady))).sections[0]?.blocks.flatMap((block) =>
      block.type === 'paragraph' ? [textOf(block.text)] : [],
    );
    expect(texts?.[0]).toContain('1 Nov 06:00 – 1 Nov 11:00, the earlier one of 1 Nov 00:00 – 1 Nov 05:00');
  });
});

describe('several nodes', () => {
  const fleet = (fromDay: number, nodes: Readonly<Record<string, number>>) =>
    judged(
      Object.entries(nodes).map(([nodeId, used]) =>
        buildNodeHistory(
          sampleEvery(3600, 240, () => ({ usedMemoryBytes: used, usedMemoryRssBytes: 1.05 * used, totalSystemMemoryBytes: 4 * GiB })).map(
            (sample) => ({ ...sample, at: sample.at + fromDay * DAY }),
          ),
          { nodeId },
        ),
      ),
    );
  const report = buildReport(
    compared(fleet(0, { calm: GiB, full: GiB, gone: GiB }), fleet(10, { calm: GiB, full: 3.6 * GiB, fresh: GiB })),
  );

  it('are counted by direction on the first page, with those that are new and gone', () => {
    expect(sentence(report)).toBe(
      'Since 10 Nov 2025: of 2 nodes, 1 got worse and 1 stayed as before; 1 node is new; 1 is gone; peaks of the data together 3 GiB → 5.6 GiB.',
    );
  });

  it('are listed with what moved, the worst first, and named where nothing did', () => {
    const section = report.sections[0];
    expect(section?.id).toBe('since');
    expect(rows(report, 'nodes-changed')?.map(([name, direction]) => [name, direction])).toEqual([['full', 'worse']]);
    const texts = section?.blocks.flatMap((block) => (block.type === 'paragraph' ? [textOf(block.text)] : []));
    expect(texts).toEqual(
      expect.arrayContaining(['New, so with nothing to compare: fresh.', 'Gone, or under another name: gone.', 'As before: calm.']),
    );
  });

  it('have sections of their own where they changed, and every link of the page leads to a part of it', async () => {
    expect(report.sections.filter(({ id }) => id.endsWith('since'))).toHaveLength(2);
    const html = await renderHtml(report);
    const ids = new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id));
    for (const [, target] of html.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
  });
});
