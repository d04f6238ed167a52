// Measures the forecast against what came, beside plain rules: npm run forecast:quality -- --folder DIR | --seed N
// Method and words: docs/methodology.md#forecast. Never tune on the series or seeds that are scored.
import { parseArgs } from 'node:util';
import { type Case, findCases, METHODS, THRESHOLD_FACTORS } from './forecast-quality/cases.ts';
import { average, type Figures, findFigures, findReliability } from './forecast-quality/figures.ts';
import { readFolder } from './forecast-quality/folder.ts';
import type { Series } from './forecast-quality/series.ts';
import { simulate } from './forecast-quality/simulation.ts';

const USAGE = `usage: forecast-quality --folder DIR [--column NAME]... | --seed N... [--series 240]
       [--history 30] [--ahead 30]

  --folder   CSV files of one series each, time and value; folders below are not read
  --column   the value column of wider files; repeat it for several spellings
  --seed     simulated series instead; each seed gives other ones; repeat it for more
  --history  fewest days before the first origin    --ahead  days looked ahead
`;

const { values: given } = parseArgs({
  options: {
    folder: { type: 'string' },
    column: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string', multiple: true, default: [] },
    series: { type: 'string', default: '240' },
    history: { type: 'string', default: '30' },
    ahead: { type: 'string', default: '30' },
  },
});

function wholeNumber(text: string, fewest: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= fewest) return value;
  process.stderr.write(`"${text}" is no whole number of ${fewest} or more.\n${USAGE}`);
  process.exit(2);
}

const historyDays = wholeNumber(given.history, 3);
const aheadDays = wholeNumber(given.ahead, 1);

function print(line = ''): void {
  process.stdout.write(`${line.trimEnd()}\n`);
}

function row(name: string, cells: readonly string[]): void {
  print(`  ${name.padEnd(34)}${cells.map((cell) => cell.padStart(18)).join('')}`);
}

const percent = (share: number): string => (Number.isNaN(share) ? '–' : `${(100 * share).toFixed(1)} %`);
const exactly = (share: number): string => (Number.isNaN(share) ? '–' : `${(100 * share).toFixed(2)} %`);
const percents = (shares: readonly number[]): string => shares.map((share) => (100 * share).toFixed(1)).join(' / ');

function printMethods(cases: readonly Case[]): void {
  const figures = METHODS.map((method) => findFigures(cases, method));
  const line = (name: string, of: (one: Figures) => string): void => row(name, figures.map(of));
  row('', METHODS);
  line('pinball loss at 0.5', ({ pinball }) => percent(pinball[0]));
  line('pinball loss at 0.9', ({ pinball }) => percent(pinball[1]));
  line('pinball loss at 0.95', ({ pinball }) => percent(pinball[2]));
  line('bound at or above the peak', ({ held }) => percent(held));
  line('median over-provisioning', ({ overProvisioning }) => percent(overProvisioning));
  line('mean depth of shortage', ({ shortage }) => percent(shortage));
  line(`false alarms at ${THRESHOLD_FACTORS.join(' / ')}`, ({ falseAlarms }) => percents(falseAlarms));
  line(`missed alarms at ${THRESHOLD_FACTORS.join(' / ')}`, ({ missedAlarms }) => percents(missedAlarms));
  line('Brier score', ({ brier }) => brier.toFixed(4));
}

/** Our figures for each group of cases that are alike in something. */
function printGroups(title: string, cases: readonly Case[], keyOf: (one: Case) => string): void {
  print();
  row(title, ['cases', 'bound held', 'pinball 0.5', 'pinball 0.95', 'over-prov.', 'false alarms']);
  for (const key of [...new Set(cases.map(keyOf))].toSorted()) {
    const group = cases.filter((one) => keyOf(one) === key);
    const { held, pinball, overProvisioning, falseAlarms } = findFigures(group, 'ours');
    row(key, [
      String(group.length),
      percent(held),
      percent(pinball[0]),
      percent(pinball[2]),
      percent(overProvisioning),
      percent(average(falseAlarms)),
    ]);
  }
}

function printReliability(cases: readonly Case[]): void {
  print();
  row('probability said', ['times', 'happened']);
  for (const [name, low, high] of [
    ['under 5 %', 0, 0.05],
    ['5–10 %', 0.05, 0.1],
    ['10–50 %', 0.1, 0.5],
    ['50 % and more', 0.5, Number.POSITIVE_INFINITY],
  ] as const) {
    const { count, happened } = findReliability(cases, low, high);
    row(name, [String(count), percent(happened)]);
  }
}

/** What the method is held to: real memory and simulated series differ, since clean trends make every method look good. */
function printAcceptance(cases: readonly Case[], isSimulated: boolean): void {
  const { held, pinball, falseAlarms } = findFigures(cases, 'ours');
  const unlikely = findReliability(cases, 0, 0.05).happened;
  const lines: readonly (readonly [string, string, boolean])[] = isSimulated
    ? [
        ['bound held: at least 96 %', exactly(held), held >= 0.96],
        ['pinball loss at 0.95: at most 1.8 %', exactly(pinball[2]), pinball[2] <= 0.018],
        ['false alarms, mean: at most 2 %', exactly(average(falseAlarms)), average(falseAlarms) <= 0.02],
      ]
    : [
        ['bound held: 92–97 %', exactly(held), held >= 0.92 && held <= 0.97],
        ['pinball loss at 0.95: at most 7.0 %', exactly(pinball[2]), pinball[2] <= 0.07],
        ['said under 5 %: happened under 3 %', exactly(unlikely), unlikely < 0.03],
      ];
  print();
  row(isSimulated ? 'acceptance, simulated' : 'acceptance, real memory 30 → 30 days', ['measured', '']);
  for (const [name, measured, isMet] of lines) row(name, [measured, isMet ? 'met' : 'not met']);
}

async function openSeries(): Promise<{ readonly title: string; readonly series: readonly Series[]; readonly isSimulated: boolean }> {
  if (given.seed.length > 0) {
    const count = wholeNumber(given.series, 1);
    const simulated = given.seed.flatMap((seed) => simulate(wholeNumber(seed, 0), count));
    return { title: `Simulated, seed ${given.seed.join(', ')}`, series: simulated, isSimulated: true };
  }
  if (given.folder === undefined) {
    process.stderr.write(USAGE);
    process.exit(2);
  }
  const series = await readFolder(given.folder, given.column, (file, reason) => print(`skipped ${file}: ${reason}`));
  return { title: given.folder, series, isSimulated: false };
}

const { title, series, isSimulated } = await openSeries();
const judged = series.map((one) => findCases(one, historyDays, aheadDays)).filter((cases) => cases.length > 0);
const cases = judged.flat();
print(`${title}: ${judged.length} series, ${cases.length} cases; ${historyDays} or more days of history, ${aheadDays} days ahead`);
if (judged.length < series.length) print(`${series.length - judged.length} series are too short for one case`);
if (cases.length > 0) {
  print();
  printMethods(cases);
  printGroups('by confidence', cases, (one) => one.confidence);
  if (isSimulated) printGroups('by kind', cases, (one) => one.kind);
  printReliability(cases);
  printAcceptance(cases, isSimulated);
}
