import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/model/analysis.ts';
import { CLOCK_SECONDS, runApart, runHere } from '../helpers/run-cli.ts';

const SAMPLES = join(import.meta.dirname, '..', '..', 'samples');
const IDLE = join(SAMPLES, 'small-idle.csv');
const GROWTH = join(SAMPLES, 'steady-growth.csv');
const CACHE = join(SAMPLES, 'cache-at-maxmemory.csv');
const folder = mkdtempSync(join(tmpdir(), 'headroom-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function newPath(): string {
  files += 1;
  return join(folder, `out-${files}`);
}

function writeFile(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** The Analysis that `report` prints for these arguments. */
async function reportJson(...argv: string[]): Promise<Analysis> {
  const { exitCode, stdout, stderr } = await runHere('report', ...argv, '--format', 'json', '--out', '-');
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  return JSON.parse(stdout) as Analysis;
}

describe('report', () => {
  it('writes the files asked for, whole and nothing beside them, and says where on stderr', async () => {
    const out = newPath();
    const { exitCode, stdout, stderr } = await runHere('report', IDLE, '--out', out, '--format', 'html,json,md');
    expect([exitCode, stdout]).toEqual([0, '']);
    expect(readdirSync(out).sort()).toEqual(['analysis.json', 'report.html', 'report.md']);
    expect(stderr.trim().split('\n')).toEqual(['report.html', 'analysis.json', 'report.md'].map((name) => `Wrote ${join(out, name)}`));
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*<\/html>\s*$/i);
    expect(JSON.parse(readFileSync(join(out, 'analysis.json'), 'utf8')).schemaVersion).toBe(1);
    expect(readFileSync(join(out, 'report.md'), 'utf8')).toMatch(/^# /);
  });

  it('keeps stdout to the one format asked for, and stderr silent with --quiet', async () => {
    const out = newPath();
    expect(await runHere('report', IDLE, '--out', out, '--format', 'md', '--quiet')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    const printed = await runHere('report', IDLE, '--out', '-', '--format', 'md');
    expect(printed).toEqual({ exitCode: 0, stdout: readFileSync(join(out, 'report.md'), 'utf8'), stderr: '' });
  });

  it.each(['no limit', 'a limit'])('takes the memory of the machine from a table that tells of a container with %s', async (limit) => {
    const GiB = 2 ** 30;
    const rows = (count: number) =>
      Array.from({ length: count }, (_, i) =>
        [
          1_790_812_800 + 60 * i,
          'redis-0',
          3 * GiB + 1000 * (i % 7),
          3.2 * GiB,
          64 * GiB,
          limit === 'no limit' ? (i % 2 === 0 ? 0 : '9223372036854771712') : 4 * GiB,
        ].join(','),
      );
    const header =
      'timestamp,pod,redis_memory_used_bytes,redis_memory_used_rss_bytes,machine_memory_bytes,container_spec_memory_limit_bytes';
    // Small tables are read row by row, large ones by the database.
    for (const count of [50, 40_000]) {
      const table = writeFile(`${limit}-${count}.csv`, [header, ...rows(count)].join('\n'));
      const { nodes } = await reportJson(table);
      expect(nodes[0]?.systemMemory).toMatchObject(
        limit === 'no limit'
          ? { totalBytes: 64 * GiB, source: 'host', ratioPeak: 0.05 }
          : { totalBytes: 4 * GiB, source: 'container', ratioPeak: 0.8 },
      );
    }
  });

  it('replaces an older report, and leaves it alone when the new one cannot be made', async () => {
    const out = newPath();
    await runHere('report', IDLE, '--out', out, '--format', 'json');
    await runHere('report', IDLE, '--out', out, '--format', 'json', '--title', 'Second');
    const second = readFileSync(join(out, 'analysis.json'), 'utf8');
    expect(JSON.parse(second).title).toBe('Second');
    expect((await runHere('report', join(folder, 'missing.csv'), '--out', out, '--format', 'json')).exitCode).toBe(2);
    expect(readFileSync(join(out, 'analysis.json'), 'utf8')).toBe(second);
    expect(readdirSync(out)).toEqual(['analysis.json']);
  });

  it('gives the same bytes for the same input and clock', async () => {
    const [one, other] = [newPath(), newPath()];
    for (const out of [one, other]) await runHere('report', CACHE, '--out', out, '--format', 'html,json,md', '--system-memory', '320MiB');
    for (const name of readdirSync(one)) expect(readFileSync(join(other, name)).equals(readFileSync(join(one, name)))).toBe(true);
    expect(JSON.parse(readFileSync(join(one, 'analysis.json'), 'utf8')).generatedAt).toBe(CLOCK_SECONDS * 1000);
  });

  it('exits with 1, and still reports, when a finding reaches --fail-on', async () => {
    const argv = ['report', CACHE, '--system-memory', '320MiB', '--format', 'json', '--out', '-', '--fail-on'];
    const warned = await runHere(...argv, 'warning');
    expect(warned.exitCode).toBe(1);
    const raised = (JSON.parse(warned.stdout) as Analysis).nodes[0]?.findings.filter(({ verdict }) => verdict === 'raised') ?? [];
    expect(raised.map(({ severity }) => severity)).toContain('warning');
    expect(raised.map(({ severity }) => severity)).not.toContain('critical');
    expect((await runHere(...argv, 'critical')).exitCode).toBe(0);
  });

  it('reads stdin, a folder, a glob and gz alike', async () => {
    const text = gunzipSync(readFileSync(join(SAMPLES, 'restarts-with-a-gap.txt.gz'))).toString('utf8');
    const name = ['--node', 'ledger'];
    const direct = await reportJson(join(SAMPLES, 'restarts-with-a-gap.txt.gz'), ...name);
    const piped = await runApart(['report', '-', '--format', 'json', '--out', '-', ...name], { input: text });
    expect([piped.exitCode, piped.stderr]).toEqual([0, '']);
    expect((JSON.parse(piped.stdout) as Analysis).nodes).toEqual(direct.nodes);

    const byGlob = await reportJson(join(SAMPLES, 'engine-*.txt'));
    expect(byGlob.inputs.map(({ input }) => input.slice(SAMPLES.length + 1))).toEqual([
      'engine-redis-6.0.txt',
      'engine-redis-8.0.txt',
      'engine-valkey-8.1.txt',
    ]);
    expect(byGlob.nodes).toHaveLength(3);
  });

  it('keeps to --from and --to, in the zone of --tz', async () => {
    const { window } = await reportJson(CACHE, '--from', '2026-06-10T02:00', '--to', '2026-06-11T02:00', '--tz', 'Europe/Lisbon');
    expect(window).toEqual({ fromAt: Date.UTC(2026, 5, 10, 1), toAt: Date.UTC(2026, 5, 11, 1) });
  });

  it('makes of a window what it makes of a file with only the samples of that window', async () => {
    const [head = '', ...rows] = readFileSync(GROWTH, 'utf8').trimEnd().split('\n');
    const day = (row: string) => row.slice(0, 'YYYY-MM-DD'.length);
    const cut = rows.filter((row) => day(row) >= '2026-04-15' && day(row) <= '2026-04-24');
    expect([day(cut[0] ?? ''), day(cut.at(-1) ?? '')]).toEqual(['2026-04-15', '2026-04-24']);
    const alone = await reportJson(writeFile('cut.csv', [head, ...cut].join('\n')));
    const windowed = await reportJson(GROWTH, '--from', '2026-04-15', '--to', '2026-04-24');
    expect(windowed.window).toEqual(alone.window);
    expect(windowed.nodes).toEqual(alone.nodes);
  });

  it('takes --month for --from and --to', async () => {
    const april = await reportJson(GROWTH, '--month', '2026-04');
    expect(april.nodes).toEqual((await reportJson(GROWTH, '--from', '2026-04-01', '--to', '2026-04-30')).nodes);
    const { window } = await reportJson(GROWTH, '--month', '2026-05', '--tz', 'America/Sao_Paulo');
    expect(window.fromAt).toBe(Date.UTC(2026, 4, 1, 3));
  });

  it('takes --config under the command line', async () => {
    const config = writeFile('config.yaml', 'title: From the file\nsystem-memory: 256MiB\nhorizon: 30d\nprovider: [aws, gcp]\n');
    const analysis = await reportJson(IDLE, '--config', config, '--horizon', '60d');
    expect(analysis.title).toBe('From the file');
    expect(analysis.settings).toMatchObject({ systemMemoryBytes: 256 * 2 ** 20, horizonDays: 60, providers: ['aws', 'gcp'] });
  });

  it('takes groups of nodes from --config', async () => {
    const config = writeFile('groups.yaml', 'groups:\n  - id: all\n    kind: fleet\n    nodes: "*"\n    labels: { team: 7 }\n');
    const { groups } = await reportJson(IDLE, '--config', config);
    expect(groups).toMatchObject([{ id: 'all', kind: 'fleet', source: 'config', labels: { team: '7' }, totals: { nodes: 1 } }]);
  });

  it.each([
    ['month: 2026-04', ['--from', '2026-05-01', '--to', '2026-05-02']],
    ['from: 2026-04-07\nto: 2026-04-08', ['--month', '2026-05']],
  ])('takes the period of the command line and not "%s" of --config', async (content, period) => {
    const { window } = await reportJson(GROWTH, '--config', writeFile('period.yaml', content), ...period);
    expect(window.fromAt).toBe(Date.UTC(2026, 4, 1));
  });

  it('takes an empty value of --config as not given', async () => {
    expect((await reportJson(IDLE, '--config', writeFile('empty.yaml', 'title:\n'))).title).toBeUndefined();
  });

  it('names nodes by --node where the input carries none', async () => {
    const dump = join(SAMPLES, 'small-idle.txt');
    expect((await reportJson(dump, '--node', 'alpha')).nodes.map(({ id }) => id)).toEqual(['alpha']);
  });

  it('ends quietly when its reader has seen enough', async () => {
    const { exitCode, stderr } = await runApart(['report', CACHE, '--format', 'html', '--out', '-'], { closeStdout: true });
    expect([exitCode, stderr]).toEqual([0, '']);
  });

  it('skips bad rows and says how many on stderr', async () => {
    const lines = readFileSync(IDLE, 'utf8').split('\n');
    const path = writeFile('rows.csv', [...lines.slice(0, 5), 'garbage', ...lines.slice(5)].join('\n'));
    const { exitCode, stderr } = await runHere('report', path, '--format', 'json', '--out', newPath());
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`${path}: 1 row skipped; see data quality in the report.\n`);
  });
});

describe('what cannot be done', () => {
  const config = (content: string) => ['--config', writeFile(`config-${content.length}.yaml`, content)];
  const CASES: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['a missing file', ['missing.csv'], /missing\.csv: does not exist/],
    ['an unknown language', [IDLE, '--lang', 'xx'], /--lang: "xx" cannot be used\. Expected one of /],
    ['an unknown format', [IDLE, '--format', 'docx'], /--format: "docx" .*html, pdf, json, md/],
    ['two formats on stdout', [IDLE, '--format', 'md,json', '--out', '-'], /exactly one of html, json, md, jira, csv when/],
    ['a PDF on stdout', [IDLE, '--format', 'pdf', '--out', '-'], /exactly one of html, json, md, jira, csv when/],
    ['a bad --from', [IDLE, '--from', 'yesterday'], /--from: "yesterday" cannot be used/],
    ['a bad --to', [IDLE, '--to', '2026-02-30'], /--to: "2026-02-30" cannot be used/],
    ['--to before --from', [IDLE, '--from', '2026-07-02', '--to', '2026-07-01'], /--to: "2026-07-01" .*after --from/],
    ['a month that is none', [IDLE, '--month', '2026-13'], /--month: "2026-13" .*2026-10/],
    ['a window without samples', [IDLE, '--from', '2030-01-01'], /no sample lies in the window from 2030-01-01T00:00:00\.000Z/],
    ['an unknown zone', [IDLE, '--tz', 'Mars/Olympus'], /--tz: "Mars\/Olympus"/],
    ['an unknown severity', [IDLE, '--fail-on', 'info'], /--fail-on: "info" .*warning, critical/],
    ['an unknown provider', [IDLE, '--provider', 'nope'], /--provider: "nope" .*aws, gcp/],
    ['an unknown instance', [IDLE, '--instance', 'nope'], /--instance: "nope"/],
    ['an unknown target', [IDLE, '--target', 'nope'], /--target: "nope"/],
    ['an unknown metric', [IDLE, '--map', 'nope=used_memory'], /--map names "nope"/],
    ['a missing column', [IDLE, '--time-column', 'nope'], /no column "nope"/],
    ['a size that is none', [IDLE, '--system-memory', 'big'], /--system-memory: "big"/],
    ['a ratio above 1', [IDLE, '--target-ratio', '120%'], /--target-ratio: "120%"/],
    ['a kind that does not fit', [IDLE, '--input-kind', 'info-dump'], /no INFO was found/],
    ['an unknown paper', [IDLE, '--paper', 'a0'], /--paper: "a0"/],
    ['a folder that is a file', [IDLE, '--format', 'json', '--out', IDLE], /--out: .* a place that can be written \(E/],
    ['a folder inside a file', [IDLE, '--format', 'json', '--out', join(IDLE, 'x')], /--out: .* a place that can be written \(E/],
    ['a missing config', [IDLE, '--config', 'missing.yaml'], /--config: "missing\.yaml"/],
    ['a config that is no YAML', [IDLE, ...config('a: [1\n')], /valid YAML/],
    ['a config that is a list', [IDLE, ...config('- md\n- html\n')], /YAML with option names/],
    ['an unknown name in the config', [IDLE, ...config('formt: md\n')], /"formt" cannot be used/],
    ['a prototype name in the config', [IDLE, ...config('constructor: 1\n')], /"constructor" cannot be used/],
    ['a nested value in the config', [IDLE, ...config('format: { a: 1 }\n')], /"format" cannot be used/],
    ['a group of no known kind', [IDLE, ...config('groups: [{ id: a, kind: heap, nodes: [x] }]')], /"groups\.0\.kind" cannot be used/],
    [
      'a group without its nodes',
      [IDLE, ...config('groups: [{ id: a, kind: fleet, nodes: nowhere-* }]')],
      /groups: a: "nowhere-\*" .*that was read: /,
    ],
    ['a bad value in the config', [IDLE, ...config('horizon: soon\n')], /--horizon: "soon"/],
  ];

  it.each(CASES.map(([name, argv, message]) => ({ name, argv, message })))('$name: one line, exit 2', async ({ argv, message }) => {
    const { exitCode, stdout, stderr } = await runHere('report', '--out', newPath(), ...argv);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^redis-headroom: [^\n]+\n$/);
  });

  it('comes as JSON with --json-errors, wherever that stands', async () => {
    for (const argv of [
      ['--json-errors', 'report', 'missing.csv'],
      ['report', 'missing.csv', '--json-errors'],
    ]) {
      const { exitCode, stderr } = await runHere(...argv);
      expect(exitCode).toBe(2);
      expect(JSON.parse(stderr)).toEqual({ kind: 'input', message: 'missing.csv: does not exist. Check the path; a glob must be quoted.' });
      expect(stderr.trim()).not.toContain('\n');
    }
  });

  it('comes as JSON for a wrong command line too', async () => {
    const { exitCode, stdout, stderr } = await runHere('report', IDLE, '--nope', '--json-errors');
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(JSON.parse(stderr)).toMatchObject({ kind: 'config', message: expect.stringContaining("unknown option '--nope'") });
  });

  it.each([
    { argv: ['report', IDLE, '--nope'], message: "unknown option '--nope'" },
    {
      argv: ['report'],
      message:
        'report: "" cannot be used. Expected INFO dumps, CSV files, folders, a history folder, a Prometheus such as prometheus+http://host:9090, servers such as redis://host:6379, or --config with servers:.',
    },
    { argv: ['repor', IDLE], message: "unknown command 'repor'" },
    { argv: [], message: 'Usage: redis-headroom' },
  ])('a wrong command line ($message) exits with 2 and prints nothing on stdout', async ({ argv, message }) => {
    const { exitCode, stdout, stderr } = await runApart(argv);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  it('is an empty stdin', async () => {
    const { exitCode, stderr } = await runApart(['report', '-', '--format', 'md', '--out', '-']);
    expect([exitCode, stderr]).toEqual([2, 'redis-headroom: -: is empty.\n']);
  });
});
