import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { analyze, compare, ingest } from '../../src/index.ts';
import type { Analysis, NodeAnalysis } from '../../src/model/analysis.ts';
import { MiB } from '../../src/model/bytes.ts';
import { harmlessText, renderCsv, renderFigures } from '../../src/render/figures.ts';
import { FIGURE_COLUMNS } from '../../src/report/figure-columns.ts';
import { HOSTILE } from '../helpers/hostile.ts';

const SAMPLES = join(import.meta.dirname, '..', '..', 'samples');
const DOCUMENT = join(import.meta.dirname, '..', '..', 'docs', 'analysis-format.md');

let analysis: Analysis;
beforeAll(async () => {
  const ingested = await ingest([join(SAMPLES, 'steady-growth.csv'), join(SAMPLES, 'cache-at-maxmemory.csv')]);
  analysis = await analyze(ingested, {
    systemMemoryBytes: 576 * MiB,
    providers: ['aws'],
    instance: 'cache.t4g.small',
    generatedAt: Date.UTC(2026, 10, 1),
  });
});

type Row = Readonly<Record<string, string>>;
const read = (csv: string): Row[] => parse(csv, { columns: true }) as Row[];

/** The Analysis with another text in every place of a node that comes from outside. */
function named(text: string): Analysis {
  const [node] = analysis.nodes;
  if (node === undefined) throw new Error('no node');
  return {
    ...analysis,
    nodes: [
      { ...node, id: text, groupId: text, engine: { name: text, version: text }, role: text, allocator: text, maxmemoryPolicy: text },
    ],
    groups: [{ id: text, kind: 'cluster', nodeIds: [text], members: [] }],
  };
}

/** The columns of the first release. A line changes here only with a new schemaVersion; new columns come after the last. */
const CONTRACT = `
generated_at tool_version window_from window_to node_id group_id group_kind engine engine_version role allocator maxmemory_policy
verdict_level verdict findings_critical findings_warning findings first_action first_action_effort first_action_gives_bytes
first_action_commands actions grade grade_reasons history_from history_to history_seconds samples interval_seconds gap_seconds restarts
peak_used_bytes peak_used_at peak_used_recovered peak_counted_bytes peak_counted_at peak_rss_bytes peak_rss_at lifetime_peak_used_bytes
latest_used_bytes latest_counted_bytes latest_rss_bytes maxmemory_current_bytes maxmemory_recommended_bytes maxmemory_safe_bytes
memory_needed_bytes memory_needed_bound_by machine_bytes machine_source machine_target_ratio machine_now_ratio machine_peak_ratio
machine_above_target_seconds budget_peak_counted_bytes budget_growth_bytes budget_hash_table_step_bytes budget_fill_margin_bytes
budget_not_counted_bytes budget_allocator_bytes budget_process_overhead_bytes budget_copy_on_write_bytes budget_page_tables_bytes
budget_operating_system_bytes budget_headroom_bytes budget_import_bytes instance_current instance_current_offering
instance_current_memory_bytes instance_current_usable_bytes instance_current_shards instance_current_price_usd_per_hour
instance_current_price_region instance_current_price_as_of instance_current_fill_now_ratio instance_current_fill_at_horizon_ratio
instance_recommended instance_recommended_offering instance_recommended_memory_bytes instance_recommended_usable_bytes
instance_recommended_shards instance_recommended_price_usd_per_hour instance_recommended_price_region instance_recommended_price_as_of
instance_recommended_fill_now_ratio instance_recommended_fill_at_horizon_ratio instance_direction diagnosis advice waste_bytes
waste_ratio waste_growth_bytes_per_day rss_to_used_ratio recoverable_activedefrag_bytes recoverable_purge_bytes
recoverable_restart_bytes activedefrag_supported activedefrag_enabled forecast_status forecast_reason forecast_confidence horizon_days
growth_bytes_per_day forecast_peak_p50_bytes forecast_peak_p90_bytes forecast_peak_p95_bytes days_to_maxmemory_p50 days_to_maxmemory_p90
days_to_maxmemory_p95 days_to_machine_target_p50 days_to_machine_target_p90 days_to_machine_target_p95 probability_maxmemory_ratio
probability_machine_target_ratio backtest_p95_held_ratio hidden_demand_bytes_per_day keys keys_with_expiry bytes_per_key evicted_keys
expired_keys oom_errors rejected_connections full_syncs hit_ratio ops_per_second_max connected_clients_max main_thread_cpu_max_ratio
aof_enabled cow_max_ratio labels budget_slot_histograms_bytes baseline_kind baseline_generated_at baseline_node_id baseline_history_from
baseline_history_to change baseline_verdict_level baseline_verdict baseline_peak_used_bytes peak_used_change_bytes peak_used_change_ratio
baseline_machine_peak_ratio baseline_maxmemory_current_bytes findings_new findings_worse findings_better findings_gone
baseline_first_action baseline_first_action_became baseline_actions_became baseline_forecast_became baseline_forecast_became_reason
baseline_forecast_elapsed_days baseline_forecast_p95_bytes baseline_forecast_came_bytes
`
  .trim()
  .split(/\s+/);

describe('the columns of the table of figures', () => {
  it('tell labels in one cell, whatever stands in them', () => {
    const labels = FIGURE_COLUMNS.find(({ name }) => name === 'labels');
    const read = (node: object) => labels?.read(node as NodeAnalysis, {} as Analysis);
    expect(read({ labels: { environment: 'production', 'on call': 'shop = 2' } })).toBe('environment=production on%20call=shop%20%3D%202');
    expect(read({})).toBeUndefined();
  });

  it('are those of the contract, in its order, and new ones come after them', () => {
    expect(FIGURE_COLUMNS.slice(0, CONTRACT.length).map(({ name }) => name)).toEqual(CONTRACT);
  });

  it('are told in docs/analysis-format.md, all and in order, with their types', () => {
    const [, section = ''] = readFileSync(DOCUMENT, 'utf8').split('## The table of figures');
    const rows = [...section.matchAll(/^\| `([a-z0-9_]+)` \| (text|number|instant|boolean) \|/gm)];
    expect(rows.map(([, name, type]) => ({ name, type }))).toEqual(FIGURE_COLUMNS.map(({ name, type }) => ({ name, type })));
  });

  it('have names of their own, in small letters', () => {
    expect(new Set(FIGURE_COLUMNS.map(({ name }) => name)).size).toBe(FIGURE_COLUMNS.length);
    for (const { name } of FIGURE_COLUMNS) expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
  });

  it('hold values of their type', () => {
    const types = { text: 'string', number: 'number', instant: 'number', boolean: 'boolean' };
    for (const node of analysis.nodes)
      for (const { name, type, read: figure } of FIGURE_COLUMNS) {
        const value = figure(node, analysis);
        if (value !== undefined) expect([name, typeof value]).toEqual([name, types[type]]);
      }
  });
});

describe('renderCsv', () => {
  it('writes a row a node with the figures of the Analysis, whole bytes and ISO instants', async () => {
    const rows = read(await renderCsv(analysis));
    expect(rows.map(({ node_id }) => node_id)).toEqual(analysis.nodes.map(({ id }) => id));
    const [row, node] = [rows[0] as Row, analysis.nodes[0]];
    expect(row).toMatchObject({
      generated_at: '2026-11-01T00:00:00.000Z',
      engine: 'redis',
      verdict: node?.verdict.id,
      grade: node?.quality.grade,
      peak_used_bytes: String(node?.peaks.usedMemoryBytes?.value),
      peak_used_at: new Date(node?.peaks.usedMemoryBytes?.at ?? 0).toISOString(),
      maxmemory_current_bytes: String(node?.provisioning.maxmemoryBytes.current),
      maxmemory_recommended_bytes: String(node?.provisioning.maxmemoryBytes.recommended),
      memory_needed_bytes: String(Math.round(node?.provisioning.memoryNeededBytes ?? 0)),
      machine_source: 'option',
      days_to_maxmemory_p50: String(node?.forecast.daysToMaxmemory?.p50),
      instance_recommended: node?.provisioning.instance.recommended?.name,
      first_action: node?.actions[0]?.id,
    });
    const budget = Object.entries(row).filter(([name]) => /^budget_.*_bytes$/.test(name));
    expect(budget.reduce((total, [, bytes]) => total + Number(bytes), 0)).toBeCloseTo(node?.provisioning.memoryNeededBytes ?? 0, -1);
  });

  it('leaves empty what is not known, and never writes NaN, null or undefined', async () => {
    const { systemMemory, ...rest } = analysis.nodes[0] as Analysis['nodes'][number];
    const bare = { ...rest, systemMemory: { source: 'unknown', targetRatio: 0.8, episodes: [] } } as Analysis['nodes'][number];
    expect(systemMemory.totalBytes).toBe(576 * MiB);
    const csv = await renderCsv({ ...analysis, nodes: [bare] });
    expect(read(csv)[0]).toMatchObject({ machine_bytes: '', machine_now_ratio: '', machine_source: 'unknown' });
    expect(csv).not.toMatch(/\b(NaN|null|undefined|Infinity)\b/);
  });

  it('is a line a node, so that months can be appended', async () => {
    const csv = await renderCsv(analysis);
    expect(csv.split('\r\n')).toHaveLength(analysis.nodes.length + 2);
    expect(csv.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(csv.startsWith('generated_at,')).toBe(true);
    const [, ...next] = (await renderCsv({ ...analysis, generatedAt: Date.UTC(2026, 11, 1) })).split('\r\n');
    expect(read(csv + next.join('\r\n')).map(({ generated_at }) => generated_at?.slice(0, 7))).toEqual([
      '2026-11',
      '2026-11',
      '2026-12',
      '2026-12',
    ]);
  });

  it.each(HOSTILE.map((hostile) => [hostile.slice(0, 40), hostile] as const))(
    'keeps its rows whole with %j in every name',
    async (_, hostile) => {
      const rows = read(await renderCsv(named(hostile)));
      expect(rows).toHaveLength(1);
      expect(Object.keys(rows[0] as Row)).toEqual(FIGURE_COLUMNS.map(({ name }) => name));
      expect(rows[0]?.grade).toBe(analysis.nodes[0]?.quality.grade);
      for (const cell of Object.values(rows[0] as Row)) expect(cell).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    },
  );

  it('gives every name back, but for marks and an apostrophe before a formula', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (name) => {
        const [row] = read(await renderCsv(named(name)));
        expect(row?.node_id).toBe(harmlessText(name));
        expect(row?.node_id).not.toMatch(/^\s*[=+\-@]/);
      }),
      { numRuns: 50 },
    );
  });
});

describe('what moved since an earlier report', () => {
  const SINCE = FIGURE_COLUMNS.slice(FIGURE_COLUMNS.findIndex(({ name }) => name === 'baseline_kind'));
  const file = join(SAMPLES, 'steady-growth.csv');
  const half = Date.UTC(2026, 3, 21);

  async function halves(kind: 'baseline' | 'period'): Promise<{ before: Analysis; after: Analysis }> {
    const options = { systemMemoryBytes: 576 * MiB };
    const before = await analyze(await ingest([file], { toAt: half - 1 }), { ...options, generatedAt: Date.UTC(2026, 3, 22) });
    const after = await analyze(await ingest([file, join(SAMPLES, 'cache-at-maxmemory.csv')], { fromAt: half }), {
      ...options,
      generatedAt: Date.UTC(2026, 10, 1),
    });
    return { before, after: await compare(after, before, { kind }) };
  }

  it('stands behind each node: its figures then, findings, what became of the advice and of the forecast', async () => {
    const { before, after } = await halves('baseline');
    const [then] = read(await renderCsv(before));
    const [now, other] = read(await renderCsv(after));
    expect(now).toMatchObject({
      baseline_kind: 'baseline',
      baseline_generated_at: then?.generated_at,
      baseline_node_id: then?.node_id,
      baseline_history_from: then?.history_from,
      baseline_history_to: then?.history_to,
      baseline_verdict: then?.verdict,
      baseline_verdict_level: then?.verdict_level,
      baseline_peak_used_bytes: then?.peak_used_bytes,
      peak_used_change_bytes: String(Number(now?.peak_used_bytes) - Number(then?.peak_used_bytes)),
      baseline_machine_peak_ratio: then?.machine_peak_ratio,
      baseline_maxmemory_current_bytes: then?.maxmemory_current_bytes,
      findings_worse: 'used-growth',
      findings_gone: '',
      baseline_first_action: then?.first_action,
      baseline_forecast_became: 'held',
      baseline_forecast_became_reason: '',
      baseline_forecast_came_bytes: now?.peak_used_bytes,
    });
    expect(now?.baseline_actions_became?.split(' ').map((each) => each.split('=')[0])).toEqual(then?.actions?.split(' '));
    expect(now?.baseline_actions_became).toContain('raise-maxmemory=not-applied');
    expect(now?.baseline_actions_became?.split(/[ =]/)[1]).toBe(now?.baseline_first_action_became);
    expect(Number(now?.baseline_forecast_p95_bytes)).toBeGreaterThan(Number(now?.baseline_forecast_came_bytes));
    expect(other).toMatchObject({ node_id: 'page-cache', change: 'new', baseline_kind: 'baseline', baseline_peak_used_bytes: '' });
  });

  it('is empty without one, under the same columns, so that months can be appended', async () => {
    const [head, ...rows] = (await renderCsv(analysis)).split('\r\n');
    const [sameHead] = (await renderCsv((await halves('period')).after)).split('\r\n');
    expect(sameHead).toBe(head);
    expect(SINCE).toHaveLength(25);
    for (const row of read([head, ...rows].join('\r\n'))) expect(SINCE.map(({ name }) => row[name])).toEqual(SINCE.map(() => ''));
  });
});

describe('harmlessText', () => {
  it.each([
    ['=HYPERLINK("https://evil.example")', `'=HYPERLINK("https://evil.example")`],
    ['+1+cmd', `'+1+cmd`],
    ['-2+3', `'-2+3`],
    ['@SUM(A1)', `'@SUM(A1)`],
    ['\t=1', `' =1`],
    ['\r=1', `'=1`],
    ['\u202e=1', `'=1`],
    ['  =1', `'  =1`],
    ['\uff1d1+1', `'\uff1d1+1`],
    ['orders-cache', 'orders-cache'],
    ['10.0.0.1:6379', '10.0.0.1:6379'],
    ["'quoted'", "'quoted'"],
    ['', ''],
  ])('of %j is %j', (text, expected) => {
    expect(harmlessText(text)).toBe(expected);
  });
});

describe('renderFigures', () => {
  it('tells which formats there are', async () => {
    await expect(renderFigures(analysis, 'ods' as 'csv')).rejects.toThrow('--format: "ods" cannot be used. Expected one of csv, xlsx');
  });
});
