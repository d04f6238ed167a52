import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../src/catalogs/index.ts';
import type { Analysis } from '../../src/model/analysis.ts';
import type { Report } from '../../src/report/blocks.ts';
import { buildReport } from '../../src/report/index.ts';
import { offeringName } from '../../src/report/offering-names.ts';
import { blocksOf, plainText, tableOf } from '../helpers/report-of.ts';
import { analyzeRecording } from '../helpers/sample-analysis.ts';

const made = new Map<string, Promise<Analysis>>();

function analysisOf(name: string): Promise<Analysis> {
  const known = made.get(name) ?? analyzeRecording(name);
  made.set(name, known);
  return known;
}

async function reportOf(name: string): Promise<Report> {
  return buildReport(await analysisOf(name));
}

/** All sentences of a report, the notes of tables among them. */
function sentences(report: Report): string {
  return blocksOf(report)
    .flatMap((block) =>
      block.type === 'paragraph' ? [plainText(block.text)] : block.type === 'table' && block.note ? [plainText(block.note)] : [],
    )
    .join('\n');
}

const GROWTH = 'growth-compound__valkey-9.1-bundled';
const SPIKE = 'spike-of-output-buffer__redis-7.0-bundled';

/** What a reader of whole reports would hold against them: figures that contradict each other, and names that nothing explains. */
describe('the budget of a recorded server', () => {
  it('is bounded by a quantile that the forecast shows too, and says which', async () => {
    const [node] = (await analysisOf(GROWTH)).nodes;
    const line = (id: string) => node?.provisioning.budget.find((each) => each.id === id);
    expect(node?.forecast.confidence).toBe('low');
    expect(line('growth')?.inputs.p90).toBe(node?.forecast.peak?.p90);
    expect(Math.round(line('fill-margin')?.inputs.C_upper ?? 0)).toBe(Math.round(node?.forecast.peak?.p90 ?? 1));
    expect(sentences(await reportOf(GROWTH))).toContain('That bound is p90, “1 in 10” (374 MiB)');
  });

  it('has no bound with less than a week of history, and claims none', async () => {
    const [node] = (await analysisOf(SPIKE)).nodes;
    const growth = node?.provisioning.budget.find(({ id }) => id === 'growth');
    expect(growth?.bytes).toBeGreaterThan(0);
    expect(growth?.uncertaintyBytes).toBeUndefined();
    expect(JSON.stringify(node?.provisioning.budget)).not.toContain('C_upper');
    expect(sentences(await reportOf(SPIKE))).toContain('so the plan takes none');
  });

  it('gives the sizes of the tables that double, so that the line can be reckoned', async () => {
    const [node] = (await analysisOf(GROWTH)).nodes;
    const { inputs = {}, bytes } = node?.provisioning.budget.find(({ id }) => id === 'hash-table-step') ?? {};
    expect(bytes).toBe(Math.ceil(1.5 * (inputs.T_new ?? 0) - (inputs.T_old ?? 0) * (inputs.g ?? 0)));
  });

  it('sets no scenario of less growth beside a plan of more', async () => {
    const growths = async (name: string) =>
      ((await analysisOf(name)).nodes[0]?.provisioning.whatIf ?? []).flatMap(({ id }) => (id.startsWith('growth') ? [id] : []));
    expect(await growths(GROWTH)).toEqual([]);
    expect(await growths(SPIKE)).toEqual(['growth-25', 'growth-50', 'growth-100']);
  });

  it.each([GROWTH, SPIKE])('tells each symbol of its formulas in words (%s)', async (name) => {
    const report = await reportOf(name);
    const legend = sentences(report)
      .split('\n')
      .find((sentence) => sentence.startsWith('In the formulas'));
    const formulas = tableOf(report, 'budget-table')?.rows.map((row) => row.join(' ')) ?? [];
    const symbols = formulas.flatMap((formula) => formula.match(/\b[A-Za-z]+(?:_[a-z]+)? = /g) ?? []);
    expect(symbols.length).toBeGreaterThan(10);
    for (const symbol of symbols) expect(legend).toContain(`${symbol.replace(' = ', '')} `);
  });
});

describe('what actions would give back', () => {
  it.each([GROWTH, SPIKE])('is no less for a restart than for MEMORY PURGE (%s)', async (name) => {
    const { purge = 0, restart = 0 } = (await analysisOf(name)).nodes[0]?.fragmentation.recoverableBytes ?? {};
    expect(purge).toBeGreaterThan(0);
    expect(restart).toBeGreaterThanOrEqual(purge);
  });
});

const SEVERAL = 'several-at-once__redis-8.0-bundled';
const FALLING_HITS = 'cache-with-falling-hits__redis-6.0-libc';
const SWAPPED = 'swapped__redis-7.0-bundled';

describe('what a report calls clear', () => {
  const clear = async (name: string) =>
    ((await analysisOf(name)).nodes[0]?.findings ?? []).flatMap(({ id, verdict }) => (verdict === 'clear' ? [id] : []));

  it.each([
    ['no limit too low where the cache is held at it', FALLING_HITS, ['maxmemory-too-low', 'machine-memory-doubtful']],
    ['no other kind of waste beside fragmentation', SEVERAL, ['rss-retained-after-peak', 'resident-unused', 'machine-memory-doubtful']],
    ['no free pages where a small dataset was not judged for them', SPIKE, ['resident-unused', 'external-fragmentation']],
    ['no share of the machine while part of the process is in swap', SWAPPED, ['system-memory-ratio-high', 'machine-memory-doubtful']],
  ] as const)('is %s', async (_, name, ids) => {
    expect((await clear(name)).filter((id) => ids.some((each) => each === id))).toEqual([]);
  });

  it.each([
    ['the main thread, busy for seconds', SEVERAL, 'Main thread at most'],
    ['clients beside an unknown limit', FALLING_HITS, 'Most clients'],
    ['a hit ratio of too few reads', SPIKE, 'Hit ratio'],
  ])('is not %s', async (_, name, what) => {
    const row = tableOf(await reportOf(name), 'limits-table')?.table.rows.find(([cell]) => cell?.text[0] === what);
    expect(row?.[2]?.text).toEqual(['not judged']);
    expect(row?.[2]?.tone).toBeUndefined();
  });
});

describe('evictions a day of a recorded cache', () => {
  it('are those since they began, as the finding and the estimate of the demand tell alike', async () => {
    const [node] = (await analysisOf(FALLING_HITS)).nodes;
    const { evictedPerDay = 0, residenceSeconds = 0 } = node?.findings.find(({ id }) => id === 'eviction-pressure')?.evidence ?? {};
    const spanDays = (node?.quality.spanSeconds ?? 0) / 86_400;
    // Nothing was evicted in the first three of its seven and a half days.
    expect(Number(evictedPerDay)).toBeGreaterThan((1.4 * (node?.activity.evictedKeys ?? 0)) / spanDays);
    expect(node?.forecast.hiddenDemand?.staySeconds.middle).toBeCloseTo(Number(residenceSeconds), 0);
    expect(Number(residenceSeconds)).toBeLessThan(3.2 * 86_400);
  });
});

const STALLED = 'stalled-replica-1__redis-7.0-bundled';

describe('the forecast of a recorded server', () => {
  const fanOf = async (name: string) => {
    const chart = blocksOf(await reportOf(name)).find((block) => block.type === 'chart' && block.form === 'forecast-fan');
    if (chart?.type !== 'chart' || chart.form !== 'forecast-fan') throw new Error('no fan');
    return chart;
  };

  it('tells compound growth by its share and its pace of today, and where the expected peak stops following it', async () => {
    const { growthBytesPerDay = 0, growthRatioPerDay = 0 } = (await analysisOf(GROWTH)).nodes[0]?.forecast ?? {};
    expect(growthRatioPerDay).toBeGreaterThan(0.03);
    // From 27.5 to 87.5 MiB in 30 days: the pace at the end is far above the mean of 2 MiB a day.
    expect(growthBytesPerDay / 2 ** 20).toBeGreaterThan(3);
    const told = sentences(await reportOf(GROWTH));
    expect(told).toMatch(
      /Growth of the daily peak: [34](?:\.\d)? % a day, now \+3\.\d+ MiB\. From \d+ Nov 2026 on the expected peak is drawn level/,
    );
    expect(told).toContain('It looks 90 days ahead from 30 days of history: indicative only.');
  });

  it('says of less than a week that it is short, and of no horizon that it is longer', async () => {
    const told = sentences(await reportOf(SPIKE));
    expect(told).toContain('The history is under a week: indicative only. To look 90 days ahead it would need 30 days of history.');
    expect(told).toContain('Growth of the daily peak: 0 B a day. Confidence');
  });

  it('draws each daily peak when it was', async () => {
    const { history } = await fanOf(SPIKE);
    const highest = Math.max(...history.y.map((value) => value ?? 0));
    const at = history.at[history.y.indexOf(highest)] ?? 0;
    expect(Math.abs(at - ((await analysisOf(SPIKE)).nodes[0]?.peaks.usedMemoryBytes?.at ?? 0))).toBeLessThan(3_600_000);
  });

  it('draws what maxmemory counts: replica buffers cross no limit', async () => {
    const { history, limits } = await fanOf(STALLED);
    const maxmemory = limits.find(({ id }) => id === 'maxmemory')?.value ?? 0;
    expect((await analysisOf(STALLED)).nodes[0]?.peaks.usedMemoryBytes?.value).toBeGreaterThan(maxmemory);
    expect(Math.max(...history.y.map((value) => value ?? 0))).toBeLessThan(maxmemory);
  });

  it('tells its trial on the past beside a plain rule, one line each, and how far that looked', async () => {
    const trial = tableOf(await reportOf(GROWTH), 'backtest');
    expect(trial?.rows.map(([rule]) => rule)).toEqual([
      'this forecast, 1 in 20',
      'plain rule: largest peak so far and 15 %',
      'this forecast, expected peak',
    ]);
    expect(plainText(trial?.table.note ?? [])).toContain('The trial looks 10 days ahead');
  });
});

describe('what to buy', () => {
  it.each([SEVERAL, FALLING_HITS, GROWTH])('fills what is usable with what is needed there (%s)', async (name) => {
    const table = tableOf(await reportOf(name), 'instance-table')?.table;
    const at = (id: string) => table?.columns.findIndex((column) => column.id === id) ?? -1;
    const numbers = (id: string) => table?.rows.map((row) => Number(row[at(id)]?.sort)) ?? [];
    const [needs, usables, fills] = [numbers('need'), numbers('usable'), numbers('fill')];
    expect(needs.length).toBeGreaterThan(4);
    needs.forEach((need, i) => {
      expect(need / (usables[i] ?? 0)).toBeCloseTo(fills[i] ?? 0, 6);
    });
  });

  it('says which limit it is sized for where a step is to try a higher one', async () => {
    const report = await reportOf(FALLING_HITS);
    expect(tableOf(report, 'instance-table')?.table.caption).toBe('What holds a maxmemory of 96 MiB, smallest first');
    expect(sentences(report)).toContain('The step to 144 MiB is one to try on the present machine');
    expect(sentences(await reportOf(SEVERAL))).not.toContain('one to try');
  });
});

describe('the names of offerings', () => {
  it('are known of every catalog entry', async () => {
    for (const { offering } of await loadCatalog()) expect(offeringName(offering)).not.toBe(offering);
  });
});

describe('what means nothing', () => {
  const ids = async (name: string) => blocksOf(await reportOf(name)).flatMap((block) => ('id' in block ? [block.id] : []));

  it('is not drawn: layers of a process in swap or of another allocator, hours at a limit, a share of the machine near nothing', async () => {
    expect(await ids(SEVERAL)).toContain('layers-chart');
    expect(await ids(SWAPPED)).not.toContain('layers-chart');
    expect(await ids(FALLING_HITS)).not.toContain('layers-chart');
    expect(await ids(GROWTH)).toContain('peak-heatmap');
    expect(await ids(FALLING_HITS)).not.toContain('peak-heatmap');
    expect(sentences(await reportOf(FALLING_HITS))).toContain('no hour stands out');
    expect(await ids(GROWTH)).not.toContain('ratio-chart');
  });

  it('is not drawn: hours of which most have no sample', async () => {
    const heatmap = blocksOf(await reportOf(GROWTH)).find((block) => block.type === 'chart' && block.form === 'heatmap');
    expect(heatmap?.type === 'chart' && heatmap.form === 'heatmap' ? heatmap.columns.length : 0).toBe(7);
  });

  it('is not told: bytes that lie in swap as memory that holds no data', async () => {
    const names = tableOf(await reportOf(SWAPPED), 'fragmentation-evidence')?.rows.map(([name]) => name) ?? [];
    expect(names).toContain('RSS ÷ used');
    expect(names).not.toContain('RSS − used');
    expect(names.some((name) => name?.includes('per byte'))).toBe(false);
  });

  it('is not repeated: the commands of a step under its finding', async () => {
    const report = await reportOf(SEVERAL);
    const findings = blocksOf(report).flatMap((block) => (block.type === 'finding' ? [block.commands] : []));
    const steps = ((await analysisOf(SEVERAL)).nodes[0]?.actions ?? []).flatMap(({ commands }) => commands);
    expect(findings.flat().filter((command) => steps.includes(command))).toEqual([]);
  });
});

describe('the parts of a peak', () => {
  it.each([SEVERAL, SPIKE, GROWTH])('add up to the highest sample, and what no sample saw to the peak (%s)', async (name) => {
    const table = tableOf(await reportOf(name), 'parts')?.table;
    const total = table?.totals?.[0] ?? -1;
    const bytes = table?.rows.map((row) => Number(row[1]?.sort)) ?? [];
    const parts = bytes.slice(0, total).reduce((sum, value) => sum + value, 0);
    const all = bytes.slice(total).reduce((sum, value) => sum + value, 0);
    const peak = (await analysisOf(name)).nodes[0]?.peaks.usedMemoryBytes?.value ?? 0;
    expect(Math.abs(parts / (bytes[total] ?? 0) - 1)).toBeLessThan(0.01);
    expect(Math.abs(all / peak - 1)).toBeLessThan(0.002);
  });
});

describe('the words of a report', () => {
  it.each([GROWTH, SEVERAL, FALLING_HITS])('are none of the program’s own ids (%s)', async (name) => {
    const shown = blocksOf(await reportOf(name)).flatMap((block) =>
      block.type === 'table'
        ? block.rows.flat().map(({ text }) => plainText(text))
        : block.type === 'paragraph'
          ? [plainText(block.text)]
          : [],
    );
    expect(shown.length).toBeGreaterThan(100);
    expect(shown.join('\n')).not.toMatch(
      /ours-wide|horizonDays|measuredRatio|growthFactor|elasticache-redis|azure-managed-redis|\(.*\(host/,
    );
  });

  it('fit the policy and whether there is a forecast: a store that refuses writes has no keys pushed out', async () => {
    const findings = blocksOf(await reportOf(SEVERAL)).flatMap((block) =>
      block.type === 'finding' ? [`${block.title} ${plainText(block.body)}`] : [],
    );
    const tooLow = findings.find((told) => told.startsWith('maxmemory ('));
    expect(tooLow).toContain('below what the peak so far asks for');
    expect(tooLow).toContain('writes are refused');
    expect(findings.join('\n')).not.toMatch(/push keys out|keys are evicted that/);
  });

  it('explain why Valkey’s tables grow at counts that are no powers of two', async () => {
    expect(sentences(await reportOf(GROWTH))).toContain('7 times a power of two');
    expect(sentences(await reportOf(SPIKE))).not.toContain('7 times a power of two');
  });
});
