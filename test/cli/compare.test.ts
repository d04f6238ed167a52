import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/model/analysis.ts';
import { HOSTILE } from '../helpers/hostile.ts';
import { runHere } from '../helpers/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'headroom-compare-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MiB = 2 ** 20;
const SEPTEMBER = Date.UTC(2026, 8, 1);
const HOUR = 3_600_000;

/** Writes September and October of some nodes, a sample an hour; the second month a little fuller. */
function writeTable(name: string, nodes: readonly string[], months: readonly (0 | 1)[] = [0, 1]): string {
  const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const rows = months.flatMap((month) =>
    Array.from({ length: 24 * (30 + month) }, (_, hour) => {
      const at = new Date(SEPTEMBER + (month * 720 + hour) * HOUR).toISOString();
      return nodes.map((node) => [at, quote(node), (400 + 100 * month) * MiB, (430 + 100 * month) * MiB, 1024 * MiB].join(','));
    }).flat(),
  );
  const path = join(folder, name);
  writeFileSync(path, ['timestamp,node,used_memory,used_memory_rss,maxmemory', ...rows].join('\n'));
  return path;
}

const both = writeTable('both.csv', ['orders:6379', 'carts:6379']);
const MACHINE = ['--system-memory', '2GiB'];

async function analysisOf(...argv: readonly string[]): Promise<Analysis> {
  const { exitCode, stdout, stderr } = await runHere(...argv, '--format', 'json', '--out', '-', '--quiet');
  expect([exitCode, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

function save(name: string, analysis: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(analysis));
  return path;
}

/** How a command line is refused: one line. */
async function refusal(...argv: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runHere(...argv, '--format', 'md', '--out', '-');
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^redis-headroom: [^\n]+\n$/);
  return stderr;
}

let september: Analysis;
let october: Analysis;
let old: string;
beforeAll(async () => {
  september = await analysisOf('report', both, '--month', '2026-09', ...MACHINE);
  october = await analysisOf('report', both, '--month', '2026-10', ...MACHINE);
  old = save('september.json', september);
});

describe('--baseline', () => {
  it('tells what moved since a saved report, in report and in render alike', async () => {
    const reported = await analysisOf('report', both, '--month', '2026-10', ...MACHINE, '--baseline', old);
    expect(reported.comparison).toMatchObject({ kind: 'baseline', window: september.window, newNodeIds: [], goneNodeIds: [] });
    expect(reported.nodes.map(({ comparison }) => comparison?.figures.find(({ id }) => id === 'peak-used')?.change)).toEqual([
      100 * MiB,
      100 * MiB,
    ]);
    const rendered = await analysisOf('render', save('october.json', october), '--baseline', old);
    expect(rendered).toEqual(reported);
    // It stays in the saved result, and can be drawn without the baseline.
    const again = await runHere('render', save('compared.json', rendered), '--format', 'md', '--out', '-', '--quiet');
    expect(again.stdout).toMatch(/^## Since 30 Sep 2026$/m);
  });

  it.each(['md', 'jira', 'html'])('is told in %s', async (format) => {
    const { exitCode, stdout } = await runHere(
      ...['report', both, '--month', '2026-10', ...MACHINE, '--baseline', old, '--format', format, '--out', '-', '--quiet'],
    );
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Since 30 Sep 2026/);
    expect(stdout).toContain('Nodes that changed');
    expect(stdout).toMatch(/made 1 Nov 2026 with redis-headroom/);
  });

  it('can stand in the file of --config', async () => {
    const config = join(folder, 'compare.yaml');
    writeFileSync(config, `month: 2026-10\nbaseline: ${old}\n`);
    expect((await analysisOf('report', both, '--config', config)).comparison?.kind).toBe('baseline');
    // What the command line compares with takes its place.
    expect((await analysisOf('report', both, '--config', config, '--compare-to', 'previous')).comparison?.kind).toBe('period');
  });

  it.each([
    ['no JSON', () => both, /both\.csv: is not JSON\. Expected an analysis\.json/],
    ['a missing file', () => join(folder, 'nope.json'), /nope\.json: cannot be read\. Expected an analysis\.json/],
    ['another JSON', () => save('other.json', { a: 1 }), /other\.json: is no Analysis of schema version 1/],
    [
      'another schema version',
      () => save('two.json', { ...september, schemaVersion: 2 }),
      /two\.json: is an Analysis of schema version 2, which/,
    ],
    [
      'other nodes',
      () => save('others.json', { ...september, nodes: september.nodes.map((node) => ({ ...node, id: `x-${node.id}` })) }),
      /--baseline: ".*others\.json" cannot be used\. Expected a node that is in this report too: it has "x-.*this report has /,
    ],
    [
      'a later report',
      () => save('later.json', { ...september, window: { ...september.window, toAt: Date.UTC(2027, 0, 1) } }),
      /Expected something earlier: its last sample is of 2027-01-01/,
    ],
  ])('refuses %s in one line', async (_what, file, message) => {
    expect(await refusal('report', both, '--month', '2026-10', '--baseline', file())).toMatch(message);
    expect(await refusal('render', save('october.json', october), '--baseline', file())).toMatch(message);
  });
});

describe('--compare-to', () => {
  it.each([
    ['previous', ['--month', '2026-10']],
    ['PREVIOUS', ['--from', '2026-10-01', '--to', '2026-10-30']],
    ['2026-09', ['--month', '2026-10']],
    ['2026-09-01..2026-09-30', ['--from', '2026-10-01']],
  ])('%s beside %j is September', async (period, window) => {
    const analysis = await analysisOf('report', both, ...window, ...MACHINE, '--compare-to', period);
    expect(analysis.comparison?.kind).toBe('period');
    expect(analysis.comparison?.window).toEqual(september.window);
    const [node] = analysis.nodes;
    const [before] = september.nodes;
    expect(node?.comparison?.figures.find(({ id }) => id === 'peak-used')?.before).toBe(before?.peaks.usedMemoryBytes?.value);
    expect(node?.comparison?.forecast.fan).toEqual(before?.forecast.fan);
  });

  it('previous without an end is as long as the history from the beginning on', async () => {
    const { comparison, window } = await analysisOf('report', both, '--from', '2026-10-22', '--compare-to', 'previous');
    const length = window.toAt - window.fromAt;
    expect(comparison?.window).toEqual({ fromAt: window.fromAt - length, toAt: window.fromAt - HOUR });
  });

  it('knows the labels of the config file in both periods', async () => {
    const config = join(folder, 'labelled.yaml');
    writeFileSync(
      config,
      'servers: [{ url: "redis://orders:6379", labels: { owner: shop } }]\ngroups: [{ id: shop, kind: fleet, where: { owner: shop } }]\n',
    );
    const analysis = await analysisOf('report', both, '--config', config, '--month', '2026-10', '--compare-to', 'previous');
    expect(analysis.groups.map(({ id, nodeIds }) => [id, nodeIds])).toContainEqual(['shop', ['orders:6379']]);
  });

  it('leaves what is reported of the window as it is without it', async () => {
    const {
      comparison: _,
      nodes,
      ...rest
    } = await analysisOf('report', both, '--month', '2026-10', ...MACHINE, '--compare-to', 'previous');
    expect({ ...rest, nodes: nodes.map(({ comparison: __, ...node }) => node) }).toEqual(october);
  });

  it.each([
    [['--compare-to', 'previous'], /--compare-to: "previous" .*--month or --from beside it/],
    [['--month', '2026-10', '--compare-to', 'last'], /--compare-to: "last" .*previous, a month such as 2026-09, or two dates/],
    [['--month', '2026-10', '--compare-to', '2026-13'], /--compare-to: "2026-13" .*a month/],
    [['--month', '2026-10', '--compare-to', '2026-10'], /a period that ends before this one begins/],
    [['--month', '2026-10', '--compare-to', '2026-09-30..2026-09-01'], /two dates of which the second is the later one/],
    [['--month', '2026-10', '--compare-to', '2026-09-01..2026-10-01'], /a period that ends before this one begins/],
    [['--month', '2026-10', '--compare-to', '2026-07'], /both\.csv: no sample lies in the window from 2026-07-01T/],
  ])('refuses %j', async (argv, message) => {
    expect(await refusal('report', both, ...argv)).toMatch(message);
  });

  it('is refused beside --baseline', async () => {
    expect(await refusal('report', both, '--month', '2026-10', '--compare-to', 'previous', '--baseline', old)).toMatch(
      /either --baseline or --compare-to/,
    );
  });
});

describe('names and aliases', () => {
  const map = join(folder, 'names.json');
  const hiding = ['--anonymize', '--anonymize-map', map];
  let hidden: string;
  beforeAll(async () => {
    hidden = save('hidden.json', await analysisOf('report', both, '--month', '2026-09', ...MACHINE, ...hiding));
  });
  const comparing = ['report', both, '--month', '2026-10', ...MACHINE, '--baseline'];

  it('of an anonymous baseline are compared under the aliases of its map', async () => {
    const analysis = await analysisOf(...comparing, hidden, ...hiding);
    expect(analysis.nodes.map(({ id, comparison }) => [id, comparison?.earlierId])).toEqual([
      ['node-1', 'node-1'],
      ['node-2', 'node-2'],
    ]);
    const rendered = await analysisOf('render', save('october.json', october), '--baseline', hidden, ...hiding);
    expect(rendered.nodes.map(({ comparison }) => comparison?.figures)).toEqual(
      analysis.nodes.map(({ comparison }) => comparison?.figures),
    );
  });

  it('of a baseline with names are hidden with those of the report, those of nodes that are gone too', async () => {
    const one = writeTable('one.csv', ['orders:6379'], [1]);
    const { exitCode, stdout } = await runHere(
      ...['report', one, ...MACHINE, '--baseline', old, '--anonymize', '--format', 'json', '--out', '-', '--quiet'],
    );
    expect(exitCode).toBe(0);
    expect(stdout).not.toMatch(/orders|carts/);
    const analysis: Analysis = JSON.parse(stdout);
    expect(analysis.nodes[0]?.comparison?.earlierId).toBe('node-1');
    expect(analysis.comparison?.goneNodeIds).toEqual(['node-2']);
  });

  it('are hidden where a saved comparison is drawn again', async () => {
    const saved = save('with-names.json', await analysisOf('report', both, '--month', '2026-10', '--compare-to', 'previous'));
    const { stdout } = await runHere('render', saved, '--anonymize', '--format', 'json', '--out', '-', '--quiet');
    expect(stdout).not.toMatch(/orders|carts/);
    expect((JSON.parse(stdout) as Analysis).comparison?.ranking.map(({ nodeId }) => nodeId)).toEqual(['node-1', 'node-2']);
  });

  it.each([
    [
      'without aliases for the report',
      () => [...comparing, hidden],
      /Expected names of servers, and these are aliases: give --anonymize and --anonymize-map/,
    ],
    [
      'without the map',
      () => [...comparing, hidden, '--anonymize'],
      /aliases that stand in the file of --anonymize-map, and node-1 does not/,
    ],
    [
      'with another map',
      () => [...comparing, hidden, '--anonymize', '--anonymize-map', join(folder, 'fresh.json')],
      /give the file that was kept with it/,
    ],
    [
      'an anonymous report with a baseline that has names',
      () => ['render', hidden, '--baseline', old],
      /names of servers, and these are aliases/,
    ],
  ])('are not guessed at: %s', async (_what, argv, message) => {
    expect(await refusal(...argv())).toMatch(message);
  });
});

describe('names that try to be something else', () => {
  it.each(['html', 'md', 'jira'])('come through a comparison harmlessly in %s', async (format) => {
    const earlier = save(
      'hostile.json',
      await analysisOf('report', writeTable('hostile.csv', ['calm:1', ...HOSTILE]), '--month', '2026-09'),
    );
    const now = writeTable('hostile-now.csv', ['calm:1', ...HOSTILE.map((name) => `new ${name}`)], [1]);
    const { exitCode, stdout } = await runHere('report', now, '--baseline', earlier, '--format', format, '--out', '-', '--quiet');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Gone, or under another name: /);
    for (const mark of ['\u0000', '\u0007', '\u001b', '\u202e', '\u2066']) expect(stdout).not.toContain(mark);
    if (format !== 'html') return;
    expect(stdout).not.toMatch(/<script>alert|<img src=x|onmouseover="alert/);
    expect(stdout.match(/<\/style>/g)).toHaveLength(1);
  });
});
