import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/model/analysis.ts';
import { PLANTED_MARK, plantFleet } from '../helpers/planted-fleet.ts';
import { readPdfText } from '../helpers/read-pdf.ts';
import { type CommandResult, runHere } from '../helpers/run-cli.ts';

// Named apart: the lines that tell what was written name the folder that the user chose.
const [secret, out] = [mkdtempSync(join(tmpdir(), 'headroom-secret-')), mkdtempSync(join(tmpdir(), 'headroom-out-'))];
afterAll(() => {
  for (const folder of [secret, out]) rmSync(folder, { recursive: true, force: true });
});

const { inputs, options, home } = plantFleet(secret);
const TEXTS = 'html,json,md,jira,csv,xlsx';
const PDF_TOO = `${TEXTS},pdf`;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#x27': "'", '#x3D': '=', '#x60': '`' };

/** Whatever a reader can get out of a file: the text of a PDF or of all parts of a workbook, and HTML with its entities undone. */
async function textOf(path: string): Promise<string> {
  if (path.endsWith('.pdf')) return readPdfText(path);
  if (path.endsWith('.xlsx'))
    return Object.values(unzipSync(readFileSync(path)))
      .map((part) => strFromU8(part))
      .join('\n');
  return readFileSync(path, 'utf8').replace(/&([a-z]+|#x[\da-f]+);/gi, (entity, name: string) => ENTITIES[name] ?? entity);
}

const found = (text: string): string[] => [...new Set(text.match(PLANTED_MARK)?.map((mark) => mark.toLowerCase()))].sort();

/** Each file of a folder with what of the planted it tells, its own name included. */
async function foundIn(folder: string): Promise<Map<string, string[]>> {
  const files = readdirSync(folder, { recursive: true }).map(String);
  const told = files
    .filter((name) => statSync(join(folder, name)).isFile())
    .map(async (name) => [name, found(`${name}\n${await textOf(join(folder, name))}`)] as const);
  return new Map(await Promise.all(told));
}

async function expectNothingIn(folder: string, formats: string): Promise<void> {
  const told = await foundIn(folder);
  expect(told.size).toBeGreaterThanOrEqual(formats.split(',').length);
  for (const [name, marks] of told) expect([name, marks]).toEqual([name, []]);
}

let runs = 0;
async function make(formats: string, ...argv: readonly string[]): Promise<CommandResult & { readonly folder: string }> {
  runs += 1;
  const folder = join(out, `run-${runs}`);
  const result = await runHere(...argv, '--format', formats, '--out', folder);
  expect(result.exitCode, result.stderr).toBe(0);
  return { ...result, folder };
}
const report = (formats: string, ...more: readonly string[]) => make(formats, 'report', ...inputs, ...options, ...more);
const analysisIn = (folder: string): string => join(folder, 'analysis.json');

describe('a report of a cluster, hostile names, groups, labels, zones and an own catalog', { timeout: 120_000 }, () => {
  const map = join(secret, 'home', 'j.doe', 'map.json');
  const [before, after] = [
    ['--to', '2026-04-14'],
    ['--from', '2026-04-14'],
  ];
  const hiding = ['--anonymize', '--anonymize-map', map];
  let plain: string;
  let hidden: string;

  beforeAll(async () => {
    plain = (await report(PDF_TOO, ...before)).folder;
    const anonymous = await report(PDF_TOO, ...before, ...hiding);
    hidden = anonymous.folder;
    expect(found(anonymous.stderr)).toEqual([]);
    expect(anonymous.stderr).toMatch(/^input-2\.csv: \d+ rows skipped/m);
  }, 240_000);

  it('tells all of them in each format where nobody asked to hide them', async () => {
    const told = await foundIn(plain);
    for (const name of ['report.html', 'report.pdf', 'analysis.json', 'report.md', 'report.jira.txt', 'figures.csv', 'figures.xlsx'])
      expect([name, told.get(name)]).toEqual([name, ['10.66.77.', 'acmecorp', 'fd66:77:', 'j.doe']]);
  });

  it('tells none of them in any format with --anonymize', () => expectNothingIn(hidden, PDF_TOO));

  it('tells them in the mapping alone', () => {
    const mapping = JSON.parse(readFileSync(map, 'utf8'));
    expect(found(JSON.stringify(Object.keys(mapping)))).toEqual([]);
    for (const name of [
      '10.66.77.1:7001',
      'shard-3.acmecorp.internal:7003',
      '[fd66:77::4]:7004',
      'g',
      'acmecorp fleet',
      'acmecorp-1a',
      inputs[0],
    ])
      expect(Object.values(mapping)).toContain(name);
    const { groups } = JSON.parse(readFileSync(analysisIn(hidden), 'utf8')) as Analysis;
    expect(groups.map(({ id }) => id).sort()).toEqual(['group-1', 'group-2']);
  });

  it('names the files of nodes by their aliases', async () => {
    const named = await report('html,md', '--node-pages', 'files');
    expect([...(await foundIn(named.folder)).keys()].filter((name) => found(name).length > 0).length).toBeGreaterThan(10);
    const { folder } = await report('html,md', '--node-pages', 'files', '--anonymize');
    await expectNothingIn(folder, 'html,md');
    expect(readdirSync(join(folder, 'nodes'))).toContain('node-13.html');
  });

  it.each([
    ['with names', PDF_TOO, () => analysisIn(plain), ['--anonymize']],
    ['with aliases', TEXTS, () => analysisIn(hidden), hiding],
  ])('tells none of them compared with a baseline %s', async (_, formats, baseline, how) => {
    const { stderr, folder } = await report(formats, ...after, ...how, '--baseline', baseline());
    expect(found(stderr)).toEqual([]);
    await expectNothingIn(folder, formats);
    const { nodes } = JSON.parse(readFileSync(analysisIn(folder), 'utf8')) as Analysis;
    expect(nodes.filter(({ comparison }) => comparison !== undefined).length).toBeGreaterThanOrEqual(12);
  });

  it('tells none of them compared with a period, and drawn again from what was saved with names', async () => {
    const compared = await report(TEXTS, ...after, '--compare-to', 'previous', '--anonymize');
    expect(found(compared.stderr)).toEqual([]);
    await expectNothingIn(compared.folder, TEXTS);
    const drawn = await make(TEXTS, 'render', analysisIn(plain), '--anonymize');
    expect(found(drawn.stderr)).toEqual([]);
    await expectNothingIn(drawn.folder, TEXTS);
  });
});

describe('an error under --anonymize', () => {
  const write = (name: string, text: string): string => {
    const path = join(home, name);
    writeFileSync(path, text);
    return path;
  };
  const groups = (name: string, text: string): readonly string[] => ['--config', write(`acmecorp-${name}.yaml`, `groups:\n${text}`)];
  const group = (id: string, rest: string): string => `  - { id: ${id}, kind: cluster, ${rest} }\n`;
  const [log = '', table = ''] = inputs;

  it.each([
    ['a group of no node', [table, ...groups('none', group('g', 'nodes: nowhere'))], 'groups: group-1: "node-10" cannot be used.'],
    ['a group that stands there twice', [table, ...groups('twice', group('g', 'nodes: "*"').repeat(2))], 'groups: "group-1" cannot'],
    [
      'a node in two groups',
      [log, ...groups('both', group('g', 'nodes: "*"') + group('h', 'nodes: "*:7001"'))],
      /^groups: group-2: "node-\d" cannot be used\. Expected a node that is in no other group; it is in "group-1" already\.$/,
    ],
    [
      'a node in two zones',
      [log, ...groups('zones', group('g', 'nodes: "*", zones: { "*:7001": a, "*": b }'))],
      'groups: group-1, zones: "node-1" cannot be used. Expected a node in one zone; it is in "zone-1" and in "zone-2".',
    ],
    [
      'labels that no node has',
      [log, ...groups('where', `  - { id: g, kind: fleet, where: { acmecorp: j.doe } }\n`)],
      'groups: group-1, where: "name-3: name-4" cannot be used. Expected a label that a node has: none has one of that name.',
    ],
    ['a kind of group that is none', [log, ...groups('kind', `  - { id: g, kind: acmecorp }\n`)], /kind \(cluster, replication or fleet\)/],
    [
      'an address that is none',
      ['redis://j.doe:planted@acmecorp:port'],
      /^address: "host-2" cannot be used\. Expected redis:\/\/\[user:password@\]host\[:port\], .*, or redis\+sentinel:\/\/host\[:port\]\[,host\[:port\]…\]\[\/name-of-primary\]\.$/,
    ],
    ['a server that is not there', ['redis://10.66.77.256:1', '--for', '1s'], /^host-\d: /],
    [
      'an option beside it',
      [table, '--keyspace-sample', '1000'],
      '--keyspace-sample: "1000" cannot be used. Expected a server among the inputs, such as redis://host:6379.',
    ],
    [
      'YAML that is none',
      [table, '--config', write('acmecorp (1.yaml', 'acmecorp: [\n')],
      /^--config: "name-\d+" cannot be used\. Expected valid YAML/,
    ],
    [
      'a map that cannot be written',
      [table, '--anonymize-map', join(table, 'j.doe.json')],
      /^--anonymize-map: "(input|name)-\d+" cannot be used\./,
    ],
    ['a folder that cannot be written', [table, '--out', join(table, 'j.doe')], /cannot be used\. Expected a place that can be written/],
    ['a template that is none', [table, '--format', 'html', '--out', out, '--template', home], /^--template: "name-\d+" cannot be used\./],
  ])('about %s says what is wrong and names nobody', async (_, args, message) => {
    const { exitCode, stdout, stderr } = await runHere('--json-errors', 'report', ...args, '--anonymize', '--quiet');
    expect([exitCode, stdout, found(stderr)]).toEqual([2, '', []]);
    expect(stderr).not.toContain('planted');
    const said = JSON.parse(stderr).message as string;
    if (typeof message === 'string') expect(said).toContain(message);
    else expect(said).toMatch(message);
  });
});
