import type {
  BarsChart,
  Block,
  ChartBlock,
  ForecastFanChart,
  HeatmapChart,
  LineBandChart,
  PhasePathChart,
  Report,
  SmallLineChart,
  StackedAreaChart,
  TableCell,
  Text,
  WaterfallChart,
} from '../../src/report/blocks.ts';

/** A made-up report with every kind of block, written as a real one would be: 31 days of one cache that grew past its target. */

const GiB = 1024 ** 3;
const MiB = 1024 ** 2;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FROM = Date.UTC(2026, 9, 1, 3);
const TO = FROM + 31 * DAY;

// A small fixed sequence instead of Math.random: the same report on every run.
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296 - 0.5;
  };
}

const at = Array.from({ length: 31 * 24 }, (_, i) => FROM + i * HOUR);
const gap = { fromAt: FROM + 17 * DAY + 4 * HOUR, toAt: FROM + 17 * DAY + 13 * HOUR };
const inGap = (instant: number): boolean => instant > gap.fromAt && instant < gap.toAt;
const jitter = noise(7);
const used = at.map((instant, i) => {
  if (inGap(instant)) return null;
  const day = i / 24;
  const wave = Math.sin(((i % 24) / 24) * 2 * Math.PI - 2) * 0.75;
  const batch = Math.abs(day - 23.7) < 0.35 ? 1.5 * (1 - Math.abs(day - 23.7) / 0.35) : 0;
  return (7.9 + day * 0.055 + wave + batch + jitter() * 0.25) * GiB;
});
let retained = 0;
const rss = used.map((value) => {
  if (value === null) return null;
  retained = Math.max(retained * 0.9995, value * 1.04);
  return retained;
});
const machine = 13.07 * GiB;
const ratio = rss.map((value) => (value === null ? null : value / machine));

const told = (values: readonly (number | null)[]): (string | null)[] =>
  values.map((value) => (value === null ? null : `${(value / GiB).toFixed(1)} GiB`));

const timeTicks = [1, 8, 15, 22, 29].map((day) => ({ value: Date.UTC(2026, 9, day, 3), label: `${day} Oct` }));
const gibTicks = (...values: readonly number[]): { value: number; label: string }[] =>
  values.map((value) => ({ value: value * GiB, label: String(value) }));

export const lineBand: LineBandChart = {
  type: 'chart',
  form: 'line-band',
  id: 'memory-over-time',
  title: 'RSS kept the level of its October peak',
  alt: 'Used memory rose from 7.9 to 9.7 GiB over October 2026 with a peak of 11.4 GiB on 24 October; RSS stayed near 11.8 GiB after it.',
  caption: ['Local time, America/Sao_Paulo. Hatched: no samples (9 h).'],
  at,
  lines: [
    { id: 'rss', label: 'RSS 11.6 GiB', role: 'rss', y: rss, told: told(rss) },
    { id: 'used', label: 'used 9.2 GiB', role: 'used', y: used, area: true, told: told(used) },
  ],
  limits: [
    { id: 'maxmemory', label: 'maxmemory 10 GiB', value: 10 * GiB, role: 'maxmemory' },
    { id: 'recommended', label: 'recommended 13.5 GiB', value: 13.5 * GiB, role: 'recommended' },
    { id: 'target', label: '80 % of the machine', value: machine * 0.8, role: 'target' },
    { id: 'machine', label: 'machine 13.1 GiB', value: machine, role: 'machine' },
  ],
  marks: [
    { at: FROM + 23.7 * DAY, label: '11.4 GiB, 24 Oct 20:10', kind: 'peak', y: 11.4 * GiB },
    { at: FROM + 9.2 * DAY, label: '10.9 GiB between samples', kind: 'recovered', y: 10.9 * GiB },
    { at: FROM + 12.2 * DAY, label: 'restart 13 Oct', kind: 'restart' },
    { at: FROM + 26 * DAY, label: 'statistics reset', kind: 'reset' },
    { at: FROM + 5 * DAY, label: 'hash table +256 MiB', kind: 'step' },
    ...Array.from({ length: 62 }, (_, i) => ({ at: FROM + i * 12 * HOUR, label: 'save', kind: 'save' as const })),
  ],
  gaps: [gap],
  x: { domain: [FROM, TO], ticks: timeTicks },
  y: { domain: [0, 14 * GiB], ticks: gibTicks(0, 2, 4, 6, 8, 10, 12, 14), label: 'GiB', scale: { each: GiB, pattern: '0' } },
};

export const ratioChart: LineBandChart = {
  ...lineBand,
  id: 'system-ratio',
  title: 'Above 80 % of the machine for 31 hours',
  alt: 'Share of the machine: between 63 and 90 %, above 80 % from 24 October on.',
  caption: undefined,
  lines: [
    {
      id: 'ratio',
      label: '88 %',
      role: 'used',
      y: ratio,
      told: ratio.map((value) => (value === null ? null : `${Math.round(value * 100)} %`)),
    },
  ],
  limits: [{ id: 'target', label: 'target 80 %', value: 0.8, role: 'target' }],
  marks: [],
  y: {
    domain: [0.4, 1],
    ticks: [0.4, 0.6, 0.8, 1].map((value) => ({ value, label: `${value * 100} %` })),
    scale: { each: 0.01, pattern: '0 %' },
  },
  shadeAbove: 0.8,
  height: 'small',
};

const daily = Array.from({ length: 124 }, (_, i) => FROM + i * 6 * HOUR);
const layer = (level: number, slope: number, seed: number): (number | null)[] => {
  const random = noise(seed);
  return daily.map((instant, i) => (inGap(instant) ? null : (level + slope * i + random() * 0.1) * GiB));
};

const toldLayer = (id: string, label: string, y: (number | null)[]) => ({ id, label, y, told: told(y) });

export const stackedArea: StackedAreaChart = {
  type: 'chart',
  form: 'stacked-area',
  id: 'resident-parts',
  title: 'Most of the resident memory is data',
  alt: 'Resident memory in four layers: allocated 9.2, active excess 0.2, resident excess 1.9, process 0.3 GiB at the end.',
  at: daily,
  layers: [
    toldLayer('allocated', 'allocated 9.2 GiB', layer(7.8, 0.011, 1)),
    toldLayer('active', 'active excess 0.2 GiB', layer(0.3, 0, 2)),
    toldLayer('resident', 'resident excess 1.9 GiB', layer(0.8, 0.009, 3)),
    toldLayer('process', 'process 0.3 GiB', layer(0.35, 0, 4)),
  ],
  x: { domain: [FROM, TO], ticks: timeTicks },
  y: { domain: [0, 14 * GiB], ticks: gibTicks(0, 4, 8, 12), label: 'GiB', scale: { each: GiB, pattern: '0' } },
};

const cycle = Array.from({ length: 160 }, (_, i) => {
  const t = i / 159;
  if (t < 0.4) return { x: 5 + t * 15, y: (5 + t * 15) * 1.04 };
  if (t < 0.7) return { x: 11 - (t - 0.4) * 9, y: 11.44 - (t - 0.4) * 0.3 };
  return { x: 8.3 + (t - 0.7) * 4, y: 11.3 + Math.sin(t * 40) * 0.04 };
});

export const phasePath: PhasePathChart = {
  type: 'chart',
  form: 'phase-path',
  id: 'phase',
  title: 'Freed memory was used again: RSS did not move',
  alt: 'RSS follows used memory up to 11.4 GiB, stays there while used memory falls to 8.3 GiB, and still when it rises to 9.5 GiB.',
  points: cycle.map((point, i) => ({ x: point.x * GiB, y: point.y * GiB, at: FROM + i * 4 * HOUR })),
  named: [
    { index: 0, label: '1 Oct' },
    { index: 63, label: 'peak, 24 Oct 20:10' },
    { index: 112, label: 'after the deletes' },
    { index: 159, label: '31 Oct' },
  ],
  x: { domain: [4 * GiB, 14 * GiB], ticks: gibTicks(4, 6, 8, 10, 12, 14), label: 'used, GiB' },
  y: { domain: [4 * GiB, 14 * GiB], ticks: gibTicks(4, 6, 8, 10, 12, 14), label: 'RSS, GiB' },
  diagonalLabel: 'RSS = used',
};

export const waterfall: WaterfallChart = {
  type: 'chart',
  form: 'waterfall',
  id: 'budget-steps',
  title: 'Growth and hash tables ask for most of the room',
  alt: 'From the present peak of 11.4 GiB to maxmemory 13.5 GiB and to a machine of 19.7 GiB.',
  steps: [
    { id: 'peak', label: 'present peak', value: 11.4 * GiB, valueLabel: '11.4', kind: 'add', basis: 'measured' },
    { id: 'growth', label: 'growth within 90 days', value: 0.9 * GiB, valueLabel: '+0.9', kind: 'add', basis: 'derived' },
    { id: 'step', label: 'hash-table step', value: 0.5 * GiB, valueLabel: '+0.5', kind: 'add', basis: 'derived' },
    { id: 'fill', label: 'fill margin', value: 0.7 * GiB, valueLabel: '+0.7', kind: 'add', basis: 'assumed' },
    { id: 'maxmemory', label: 'maxmemory', value: 13.5 * GiB, valueLabel: '13.5', kind: 'total' },
    { id: 'buffers', label: 'buffers not counted for eviction', value: 0.2 * GiB, valueLabel: '+0.2', kind: 'add', basis: 'measured' },
    { id: 'allocator', label: 'allocator', value: 0.6 * GiB, valueLabel: '+0.6', kind: 'add', basis: 'measured' },
    { id: 'process', label: 'process', value: 0.3 * GiB, valueLabel: '+0.3', kind: 'add', basis: 'measured' },
    { id: 'tables', label: 'page tables', value: 40 * MiB, valueLabel: '+0.04', kind: 'add', basis: 'assumed' },
    { id: 'headroom', label: '20 % of the machine', value: 3.7 * GiB, valueLabel: '+3.7', kind: 'add', basis: 'assumed' },
    { id: 'machine', label: 'machine', value: 18.34 * GiB, valueLabel: '18.3', kind: 'total' },
  ],
  y: { domain: [0, 20 * GiB], ticks: gibTicks(0, 5, 10, 15, 20) },
};

const days = Array.from({ length: 90 }, (_, i) => TO + i * DAY);
const historyAt = Array.from({ length: 31 }, (_, i) => FROM + i * DAY);
const grow = (from: number, perDay: number): readonly number[] => days.map((_, i) => (from + perDay * i + Math.sqrt(i) * perDay) * GiB);

const dailyPeaks = historyAt.map((_, i) => (i === 17 ? null : (9.1 + i * 0.06 + (i % 7 === 5 ? 0.4 : 0)) * GiB));
const fan = { at: days, p50: grow(11, 0.025), p90: grow(11.1, 0.035), p95: grow(11.15, 0.041) };

export const forecastFan: ForecastFanChart = {
  type: 'chart',
  form: 'forecast-fan',
  id: 'forecast',
  title: 'The machine can be full as early as 14 December',
  alt: 'Daily peaks rose 56 MiB a day. At that rate 80 % of the machine is crossed on 9 January; with one chance in ten on 14 December.',
  history: { at: historyAt, y: dailyPeaks, label: 'daily peak', told: told(dailyPeaks) },
  fan: { ...fan, told: { p50: told(fan.p50), p90: told(fan.p90), p95: told(fan.p95) } },
  fanLabels: { p50: 'as likely as not', p90: 'one chance in ten', p95: 'one in twenty' },
  limits: [
    { id: 'machine', label: 'machine 13.1 GiB', value: machine, role: 'machine' },
    { id: 'maxmemory', label: 'maxmemory 10 GiB', value: 10 * GiB, role: 'maxmemory' },
  ],
  x: {
    domain: [FROM, days.at(-1) as number],
    ticks: [
      { value: Date.UTC(2026, 9, 1, 3), label: 'Oct 2026' },
      { value: Date.UTC(2026, 10, 1, 3), label: 'Nov' },
      { value: Date.UTC(2026, 11, 1, 3), label: 'Dec' },
      { value: Date.UTC(2027, 0, 1, 3), label: 'Jan 2027' },
    ],
  },
  y: { domain: [0, 16 * GiB], ticks: gibTicks(0, 4, 8, 12, 16), label: 'GiB', scale: { each: GiB, pattern: '0' } },
  nowAt: TO,
  nowLabel: 'last sample',
};

const hourly = noise(11);
export const heatmap: HeatmapChart = {
  type: 'chart',
  form: 'heatmap',
  id: 'week',
  title: 'Peaks come on weekday evenings',
  alt: 'Highest used memory by hour of the week; the highest on Fridays between 19:00 and 21:00, the lowest on Sunday nights.',
  rows: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
  columns: Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0')),
  cells: Array.from({ length: 7 * 24 }, (_, i) => {
    const row = Math.floor(i / 24);
    const column = i % 24;
    const value =
      row === 2 && column > 3 && column < 8
        ? null
        : (8 + Math.max(0, Math.sin(((column - 8) / 24) * 2 * Math.PI)) * (row > 4 ? 1 : 3) + hourly() * 0.4) * GiB;
    return { row, column, value, label: `${row} ${column}:00, ${value === null ? 'no data' : `${(value / GiB).toFixed(1)} GiB`}` };
  }),
  domain: [8 * GiB, 11.2 * GiB],
  scaleLabels: ['8.0 GiB', '11.2 GiB'],
};

export const bars: BarsChart = {
  type: 'chart',
  form: 'bars',
  id: 'offerings',
  title: 'r7g.xlarge is the smallest that holds the horizon',
  alt: 'Fill at the peak and in 90 days: r7g.large 87 and 96 %, r7g.xlarge 44 and 52 %, r7g.2xlarge 22 and 26 %.',
  rows: [
    { label: 'cache.r7g.large (now)', now: 0.87, horizon: 0.96, valueLabel: '87 → 96 %', tone: 'critical' },
    { label: 'cache.m7g.xlarge', now: 0.76, horizon: 0.84, valueLabel: '76 → 84 %', tone: 'warning' },
    { label: 'cache.r7g.xlarge', now: 0.44, horizon: 0.52, valueLabel: '44 → 52 %', emphasis: true },
    { label: 'cache.r7g.2xlarge', now: 0.22, horizon: 0.26, valueLabel: '22 → 26 %' },
  ],
  limit: { value: 0.8, label: 'target 80 %' },
  domain: [0, 1],
};

export const smallLine: SmallLineChart = {
  type: 'chart',
  form: 'small-line',
  id: 'small-line',
  title: 'orders-2:6379',
  alt: 'Used memory of orders-2:6379 from 1 Oct to 31 Oct. Highest: 11.4 GiB.',
  at,
  lines: [
    { role: 'used', y: used, area: true },
    { role: 'rss', y: rss },
  ],
  limits: [
    { id: 'target', label: '80 % of machine', value: machine * 0.8, role: 'target' },
    { id: 'maxmemory', label: 'maxmemory', value: 10 * GiB, role: 'maxmemory' },
    { id: 'machine', label: 'above the scale', value: 40 * GiB, role: 'machine' },
  ],
  gaps: [gap],
  peak: { at: FROM + 23.7 * DAY, value: 11.4 * GiB, label: '11.4 GiB, 24 Oct 20:10', kind: 'peak' },
  x: {
    domain: [FROM, TO],
    ticks: [
      { value: FROM, label: '1 Oct' },
      { value: TO, label: '31 Oct' },
    ],
  },
  y: { domain: [0, 14 * GiB], ticks: gibTicks(0, 14) },
};

export const panels: Extract<Block, { type: 'panels' }> = {
  type: 'panels',
  id: 'shards',
  title: 'orders-2:6379 is 1.9 times as full as the median shard',
  caption: ['The 2 hottest of 3 shards are shown. All of them: ', { link: '#budget', text: 'table of nodes' }, '.'],
  panels: [
    {
      name: 'orders-2:6379',
      href: '#time',
      value: 'Peak 11.4 GiB',
      emphasis: 'hottest',
      status: { tone: 'critical', label: 'ACTION NEEDED' },
      facts: ['maxmemory 114 % · machine 87 %', 'replica orders-5:6379: 11.3 GiB'],
      chart: { ...smallLine, id: 'shards-1' },
    },
    {
      name: 'orders-1:6379',
      value: 'Peak 6 GiB',
      facts: ['no maxmemory'],
      chart: { ...smallLine, id: 'shards-2', title: 'orders-1:6379' },
    },
  ],
  table: {
    type: 'table',
    id: 'shards-table',
    columns: [
      { id: 'shard', label: 'Shard', align: 'start' },
      { id: 'peak', label: 'Peak used', align: 'end' },
    ],
    rows: [
      [{ text: [{ link: '#time', text: 'orders-2:6379' }, ' (hottest)'] }, { text: ['11.4 GiB'] }],
      [{ text: ['orders-1:6379'] }, { text: ['6 GiB'] }],
    ],
  },
};

export const charts: readonly ChartBlock[] = [
  lineBand,
  ratioChart,
  stackedArea,
  phasePath,
  waterfall,
  forecastFan,
  heatmap,
  bars,
  smallLine,
];

const cell = (text: string, more: Omit<TableCell, 'text'> = {}): TableCell => ({ text: [text], ...more });

const budgetRow = (line: string, bytes: string, basis: string, formula: string): readonly TableCell[] => [
  cell(line),
  cell(bytes, { sort: Number(bytes) }),
  cell(basis),
  basis === ''
    ? cell(formula)
    : cell(formula, { explanation: { why: ['It is needed.'], inputs: [{ symbol: 'U', meaning: 'used memory' }] } }),
];

const table: Extract<Block, { type: 'table' }> = {
  type: 'table',
  id: 'budget',
  caption: 'The budget, line by line',
  columns: [
    { id: 'line', label: 'Line', align: 'start' },
    { id: 'bytes', label: 'Memory', align: 'end', unit: 'GiB' },
    { id: 'basis', label: 'Basis', align: 'start' },
    { id: 'formula', label: 'How', align: 'start', below: true },
  ],
  rows: [
    budgetRow('Present peak', '11.4', 'measured', 'highest used − not counted, 24 Oct 20:10'),
    budgetRow('Growth within 90 days', '0.9', 'derived', 'p90 of the forecast − present peak'),
    budgetRow('Hash-table step', '0.5', 'derived', '2²⁶ buckets × 8 B'),
    budgetRow('Fill margin', '0.7', 'assumed', '5 % of the sum'),
    budgetRow('maxmemory', '13.5', '', 'sum'),
    budgetRow('Buffers not counted', '0.2', 'measured', 'replica output + AOF'),
    budgetRow('Allocator', '0.6', 'measured', 'resident ÷ allocated at load = 1.04'),
    budgetRow('Process', '0.3', 'measured', 'RSS − allocator resident'),
    budgetRow('Page tables', '0.04', 'assumed', 'RSS ÷ 512'),
    budgetRow('20 % of the machine', '3.7', 'assumed', 'target ratio 0.80'),
    budgetRow('Machine', '18.3', '', 'sum'),
  ],
  totals: [4, 10],
  note: ['The 20 % is also the cover for copy-on-write while saving; it is never added twice.'],
};

const offerings: Extract<Block, { type: 'table' }> = {
  type: 'table',
  id: 'offering-table',
  caption: 'What holds it',
  dense: true,
  columns: [
    { id: 'name', label: 'Offering', align: 'start' },
    { id: 'memory', label: 'Memory', align: 'end', unit: 'GiB' },
    { id: 'fill', label: 'Fill at peak', align: 'end', unit: '%' },
    { id: 'price', label: 'Price', align: 'end', unit: 'USD/h' },
    { id: 'why', label: 'Verdict', align: 'start' },
  ],
  rows: [
    [
      cell('cache.r7g.large'),
      cell('13.07', { sort: 13.07 }),
      cell('87', { sort: 87, bar: 0.87, tone: 'critical' }),
      cell('0.219', { sort: 0.219 }),
      cell('too small: 96 % in 90 days'),
    ],
    [
      cell('cache.m7g.xlarge'),
      cell('12.93', { sort: 12.93 }),
      cell('88', { sort: 88, bar: 0.88, tone: 'warning' }),
      cell('0.312', { sort: 0.312 }),
      cell('too small'),
    ],
    [
      cell('cache.r7g.xlarge', { tone: 'good' }),
      cell('26.32', { sort: 26.32 }),
      cell('44', { sort: 44, bar: 0.44 }),
      cell('0.437', { sort: 0.437 }),
      cell('recommended'),
    ],
    [
      cell('cache.r7g.2xlarge'),
      cell('52.82', { sort: 52.82 }),
      cell('22', { sort: 22, bar: 0.22 }),
      cell('0.873', { sort: 0.873 }),
      cell('holds it twice'),
    ],
  ],
};

const summary: Text = [
  'Peak memory reached ',
  { strong: '11.4 GiB' },
  ' on 24 Oct 20:10, 87 % of the machine; the 80 % line was crossed on 9 days. At the present growth it can run out as early as 14 Dec, more likely in January. Fragmentation is not the cause.',
];

export const report: Report = {
  language: 'en',
  documentTitle: 'Memory capacity report: orders-cache, October 2026',
  generatedAt: Date.UTC(2026, 10, 2, 9, 30),
  cover: {
    product: 'redis-headroom',
    title: 'Memory capacity report',
    subject: 'orders-cache · 10.2.0.17:6379',
    period: '1–31 October 2026',
    madeOn: 'made 2 Nov 2026',
    status: { tone: 'critical', label: 'Action needed' },
    verdict: 'Raise the machine before mid-December.',
    summary,
  },
  first: [
    {
      type: 'figures',
      figures: [
        { id: 'peak', label: 'Peak used', value: '11.4 GiB', detail: '24 Oct 20:10', href: '#memory-over-time' },
        { id: 'ratio', label: 'Machine at peak', value: '87 %', detail: 'target 80 %', tone: 'critical', href: '#system-ratio' },
        { id: 'days', label: 'Days to 80 %', value: 'crossed 9 Oct', detail: '9 episodes, 31 h', tone: 'warning', href: '#forecast' },
        { id: 'maxmemory', label: 'maxmemory', value: '10 → 13.5 GiB', detail: 'set after resizing', href: '#budget' },
        { id: 'instance', label: 'Instance', value: 'r7g.xlarge', detail: 'now r7g.large; $0.437/h', href: '#offerings' },
      ],
    },
    {
      type: 'explanations',
      id: 'explain-figures',
      title: 'How these figures were found',
      items: [
        {
          id: 'explain-peak',
          term: 'Peak used',
          value: '11.4 GiB',
          explanation: {
            why: ['The highest moment decides.'],
            formula: 'max(U)',
            inputs: [
              { symbol: 'U', meaning: 'used memory', value: '11.4 GiB' },
              { meaning: 'samples', value: '44,640' },
            ],
            basis: '● measured',
            source: ['docs/methodology.md, ', { link: '#memory-over-time', text: 'the chart' }],
          },
        },
      ],
    },
    lineBand,
    {
      type: 'actions',
      heads: { what: 'What to do, in order', gives: 'Gives', effort: 'Effort' },
      steps: [
        {
          title: ['Move to ', { strong: 'cache.r7g.xlarge' }, ' (26.3 GiB, usable 19.7)'],
          commands: [],
          notes: [],
          gives: '+13 GiB',
          effort: 'failover',
        },
        {
          title: ['Then set maxmemory to 13.5 GiB'],
          commands: ['CONFIG SET maxmemory 14495514624', 'CONFIG REWRITE'],
          notes: [
            ['Check: ', { code: "redis-cli INFO memory | grep -E '^(maxmemory|used_memory):'" }, ': maxmemory shows 14495514624.'],
            ['Undo: ', { code: 'CONFIG SET maxmemory 10737418240' }, ', ', { code: 'CONFIG REWRITE' }],
          ],
          gives: '+3.5 GiB',
          effort: 'one command',
        },
        {
          title: ['Leave activedefrag off'],
          detail: ['Allocator waste is 180 MiB (1.5 %).'],
          commands: [],
          notes: [],
          gives: '',
          effort: 'nothing',
        },
      ],
      footnote: ['What would not help: ', { code: 'MEMORY PURGE' }, ' (8 MiB), a restart (190 MiB, and the cache would be cold).'],
    },
    {
      type: 'paragraph',
      small: true,
      text: [
        { strong: 'Evidence B' },
        ': 31 days at 60 s, 1 gap (9 h), 1 restart. ',
        { link: '#quality', text: 'What would raise it' },
        '.',
      ],
    },
  ],
  sections: [
    {
      id: 'time',
      title: 'Memory over time',
      blocks: [ratioChart, panels, { type: 'paragraph', text: ['Used memory is what Redis counts; RSS is what the system gave.'] }],
      pageBreak: true,
    },
    {
      id: 'budget-section',
      title: 'The budget',
      blocks: [waterfall, table, { type: 'paragraph', tone: 'info', text: ['The machine is bound by the 80 % target, not by saving.'] }],
    },
    {
      id: 'until',
      title: 'Until when',
      blocks: [
        forecastFan,
        { type: 'paragraph', text: ['Thirty days ago the same method would have said 9.6 GiB for today; it was 9.7 GiB.'] },
      ],
    },
    {
      id: 'fragmentation',
      title: 'Fragmentation',
      blocks: [
        phasePath,
        {
          type: 'lesson',
          id: 'lesson-stays',
          title: 'Why RSS stays up after deletes',
          text: ['A page goes back only when nothing on it is in use: RSS stays.'],
        },
        stackedArea,
        {
          type: 'finding',
          id: 'rss-retained-after-peak',
          tone: 'info',
          severityLabel: 'Note',
          title: 'RSS kept the memory of the last peak',
          body: ['The allocator keeps freed pages and used them again: RSS did not move while used memory rose. This is not a leak.'],
          evidence: [
            { label: 'RSS after the peak', value: '11.6 GiB' },
            { label: 'Used memory', value: '9.2 GiB' },
          ],
          commands: [],
        },
        {
          type: 'finding',
          id: 'maxmemory-too-high',
          tone: 'warning',
          severityLabel: 'Warning',
          title: 'Peaks take the machine past its limit',
          body: ['At the peak the instance held 87 % of the machine.'],
          evidence: [{ label: 'Ratio at peak', value: '0.87' }],
          commands: ['CONFIG SET maxmemory 9663676416', 'CONFIG REWRITE'],
        },
        {
          type: 'finding',
          id: 'system-memory-ratio-high',
          tone: 'critical',
          severityLabel: 'Critical',
          title: 'Memory of the machine is nearly used up',
          body: ['It was above 80 % for 31 hours.'],
          evidence: [{ label: 'Longest episode', value: '11 h' }],
          commands: [],
        },
      ],
    },
    { id: 'when', title: 'When peaks happen', blocks: [heatmap] },
    { id: 'buy', title: 'What to buy', blocks: [bars, offerings] },
    {
      id: 'quality',
      title: 'Data quality and method',
      pageBreak: true,
      blocks: [
        { type: 'heading', id: 'inputs', level: 3, text: 'Inputs' },
        { type: 'list', ordered: false, items: [['31 days of samples, one a minute'], ['12 rows rejected: ', { code: 'orders.csv:118' }]] },
        { type: 'list', ordered: true, items: [['Collect for two more weeks'], ['Add ', { code: 'total_system_memory' }]] },
        { type: 'commands', label: 'Made with', lines: ['redis-headroom report orders.csv --tz America/Sao_Paulo'] },
        { type: 'heading', id: 'glossary', level: 3, text: 'Glossary' },
        {
          type: 'definitions',
          items: [
            { term: 'RSS', id: 'term-rss', text: ['Memory that the system has given to the process and not taken back.'], forms: ['RSS'] },
            { term: 'Copy-on-write', text: ['Pages written while a save runs exist twice until it ends.'] },
          ],
        },
        { type: 'paragraph', text: ['Read the ', { link: 'https://example.org/methodology', text: 'method' }, ' for each formula.'] },
      ],
    },
  ],
  footer: ['Made by redis-headroom 0.1.0. Prices as of 1 Oct 2026.'],
  words: {
    page: 'Page',
    of: 'of',
    copy: 'Copy',
    copied: 'Copied',
    contents: 'Contents',
    skip: 'Skip to the report',
    measured: 'measured',
    derived: 'derived',
    assumed: 'assumed',
    linkTo: 'Link to',
    reading: 'Read by time',
    noSamples: 'no samples',
    linesAndZoom: 'Lines and zoom',
    show: 'Show',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    earlier: 'Earlier',
    later: 'Later',
    wholePeriod: 'Whole period',
    cutAxis: 'The axis does not begin at 0 here',
    zoomHint: 'Drag across a chart to zoom.',
    shown: 'Shown',
    filter: 'Filter rows',
    rowsShown: 'rows shown',
    formula: 'Formula',
    inputs: 'With',
    basis: 'Basis',
    source: 'Source',
    openAll: 'Open all',
    closeAll: 'Close all',
  },
  clock: {
    timeZone: 'America/Sao_Paulo',
    year: 2026,
    pattern: 'd MMM HH:mm',
    patternWithYear: 'd MMM yyyy HH:mm',
    dayMonth: 'd MMM',
    months: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
  },
};
