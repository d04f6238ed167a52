import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/model/analysis.ts';
import { HOSTILE } from '../helpers/hostile.ts';
import { PLANTED, plantNames } from '../helpers/planted-names.ts';
import { runHere } from '../helpers/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'headroom-anonymize-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { argv, table } = plantNames(folder);
const FORMATS = 'html,json,md,jira,csv';

/** The planted names that a text still holds. */
const found = (text: string): string[] => PLANTED.filter((name) => text.toLowerCase().includes(name.toLowerCase()));

function readAll(out: string): string {
  return readdirSync(out)
    .map((name) => readFileSync(join(out, name), 'utf8'))
    .join('\n');
}

describe('report --anonymize', () => {
  const [plain, hidden, map] = [join(folder, 'plain'), join(folder, 'hidden'), join(folder, 'keep', 'mapping.json')];
  let analysis: Analysis;

  beforeAll(async () => {
    expect((await runHere('report', ...argv, '--format', FORMATS, '--out', plain)).exitCode).toBe(0);
    const { exitCode, stderr } = await runHere(
      ...['report', ...argv, '--format', FORMATS, '--out', hidden, '--anonymize', '--anonymize-map', map],
    );
    expect(exitCode).toBe(0);
    expect(found(stderr.replaceAll(folder, ''))).toEqual([]);
    analysis = JSON.parse(readFileSync(join(hidden, 'analysis.json'), 'utf8'));
  });

  it('leaves none of the names in any format, all of which stand there without it', () => {
    expect(found(readAll(plain))).toEqual([...PLANTED]);
    for (const name of readdirSync(hidden)) expect([name, found(readFileSync(join(hidden, name), 'utf8'))]).toEqual([name, []]);
  });

  it('calls the same node the same everywhere', () => {
    const [first, second] = analysis.nodes.map(({ id }) => id);
    expect([first, second]).toEqual(['node-1', 'node-2']);
    expect(analysis.title).toBeUndefined();
    expect(analysis.inputs.map(({ input }) => input)).toEqual(['input-1.csv']);
    for (const name of ['report.html', 'report.md', 'report.jira.txt', 'figures.csv']) {
      const text = readFileSync(join(hidden, name), 'utf8');
      expect(text).toContain('node-1');
      expect(text).toContain('node-2');
    }
  });

  it('changes no figure', () => {
    const figures = (name: string): unknown =>
      JSON.parse(readFileSync(join(name, 'analysis.json'), 'utf8'), (key, value) =>
        // What a label says is the user's own: they go altogether.
        key === 'labels' ? undefined : typeof value === 'string' ? '' : value,
      );
    const { title: _, settings: own, ...before } = figures(plain) as Analysis;
    const { settings, ...after } = figures(hidden) as Analysis;
    expect(after).toEqual(before);
    expect(Object.keys(settings.catalogDates)).toHaveLength(Object.keys(own.catalogDates).length);
  });

  it('keeps who is who in a file that only this user can read', () => {
    expect(statSync(map).mode & 0o777).toBe(0o600);
    const mapping = JSON.parse(readFileSync(map, 'utf8'));
    expect(mapping).toMatchObject({ 'node-1': '10.66.77.88:6380', 'node-2': 'acme-orders.internal:6379', 'input-1': table });
    expect(readdirSync(hidden)).not.toContain('mapping.json');
  });

  it('gives a name the alias of the month before, whatever else has come', async () => {
    const earlier = join(folder, 'earlier.json');
    writeFileSync(earlier, JSON.stringify({ 'node-9': '10.66.77.88:6380', 'node-3': 'gone' }));
    const { stdout } = await runHere(...['report', ...argv, '--format', 'json', '--out', '-', '--anonymize', '--anonymize-map', earlier]);
    expect((JSON.parse(stdout) as Analysis).nodes.map(({ id }) => id)).toEqual(['node-9', 'node-10']);
    expect(JSON.parse(readFileSync(earlier, 'utf8'))).toMatchObject({ 'node-3': 'gone', 'node-10': 'acme-orders.internal:6379' });
  });

  it('does the same to a saved Analysis, and nothing to one that is anonymous already', async () => {
    const again = async (file: string): Promise<string> =>
      (await runHere('render', file, '--format', 'json', '--out', '-', '--anonymize')).stdout;
    expect(found(await again(join(plain, 'analysis.json')))).toEqual([]);
    expect(JSON.parse(await again(join(hidden, 'analysis.json')))).toEqual(analysis);
  });

  it('leaves none of the names where two periods are compared, a resize to an own instance among them', async () => {
    const comparing = ['report', ...argv, '--instance', 'acme-large', '--from', '2026-10-08', '--compare-to', 'previous'];
    const out = join(folder, 'compared');
    expect((await runHere(...comparing, '--format', FORMATS, '--out', out, '--anonymize')).exitCode).toBe(0);
    expect(found(readAll(out))).toEqual([]);
    const { nodes } = JSON.parse(readFileSync(join(out, 'analysis.json'), 'utf8')) as Analysis;
    expect(nodes.map(({ comparison }) => comparison?.earlierId)).toEqual(['node-1', 'node-2']);
    const saved = await runHere(...comparing, '--format', 'json', '--out', '-');
    const baseline = join(folder, 'acme-invoices', 'acme-baseline.json');
    const renamed = JSON.parse(saved.stdout) as Analysis;
    const own = renamed.nodes.map((node) => ({
      ...node,
      comparison: node.comparison && {
        ...node.comparison,
        words: [{ id: 'instance', before: 'acme-large', after: 'acme-large' }],
        advice: [{ id: 'resize-up', status: 'applied', before: 'acme-large', advised: 'acme-large', after: 'acme-large', effects: [] }],
      },
    }));
    writeFileSync(baseline, JSON.stringify({ ...renamed, nodes: own }));
    const drawn = await runHere('render', baseline, '--anonymize', '--format', 'json', '--out', '-');
    expect(drawn.exitCode).toBe(0);
    expect(found(drawn.stdout)).toEqual([]);
    expect(drawn.stdout).toContain('"advised": "name-');
  });

  it.each(HOSTILE.filter((name) => !name.includes('\u0000')).map((name) => [name.slice(0, 40), name] as const))(
    'hides a node called %j',
    async (_, name) => {
      const input = join(folder, 'small.csv');
      const quoted = `"${name.toWellFormed().replaceAll('"', '""')}"`;
      writeFileSync(input, `timestamp,node,used_memory\n1790812800,${quoted},1000000\n1790812860,${quoted},1000000\n`);
      const { stdout, exitCode } = await runHere('report', input, '--format', 'json', '--out', '-', '--anonymize');
      expect(exitCode).toBe(0);
      expect((JSON.parse(stdout) as Analysis).nodes.map(({ id }) => id)).toEqual(['node-1']);
      expect(stdout).not.toContain(JSON.stringify(name.toWellFormed()).slice(1, -1));
    },
  );
});

describe('an error under --anonymize', () => {
  const secret = join(folder, 'acme-secret');
  mkdirSync(secret, { recursive: true });
  const broken = join(secret, 'acme-broken.csv');
  writeFileSync(broken, 'when,acme-column\nacme-noon,acme-value\nacme-night,acme-value\n');
  const notes = join(secret, 'acme-notes.yaml');
  writeFileSync(notes, 'acme-option: 1\n');

  const otherNodes = join(secret, 'acme-other.json');
  beforeAll(async () => {
    const { stdout } = await runHere('report', table, '--format', 'json', '--out', '-');
    writeFileSync(otherNodes, stdout.replaceAll('10.66.77.88:6380', 'acme-shop-1').replaceAll('acme-orders.internal:6379', 'acme-shop-2'));
  });

  function groups(nodes: string): string {
    const path = join(secret, 'acme-groups.yaml');
    writeFileSync(path, `groups:\n  - { id: acme-shop, kind: fleet, nodes: "${nodes}" }\n`);
    return path;
  }

  it.each([
    ['a missing file', [join(secret, 'missing.csv')]],
    ['a missing baseline', [table, '--baseline', join(secret, 'acme-missing.json')]],
    ['a baseline of other nodes', [table, '--baseline', otherNodes]],
    ['a table without figures', [broken]],
    ['a folder of them', [secret]],
    ['a server that is not there', ['redis://acme-host.invalid:6399', '--for', '1s']],
    ['an address that is none', ['redis://acme user@acme-host:port']],
    ['a history that is none', [broken, '--history', secret]],
    ['a catalog that is none', [broken, '--catalog', notes]],
    ['a config file that is none', [broken, '--config', broken]],
    ['a config file that is not there', [broken, '--config', join(secret, 'acme.yaml')]],
    ['a group of no node', [table, '--config', groups('acme-nowhere-*')]],
    ['a map that is none', [broken, '--anonymize-map', broken]],
    ['a certificate that is none', [broken, '--cacert', join(secret, 'acme.pem')]],
    ['an instance that nobody sells', [table, '--instance', 'acme-large']],
  ])('about %s names nobody', async (_, args) => {
    const { exitCode, stderr, stdout } = await runHere('report', ...args, '--anonymize', '--out', '-', '--format', 'json');
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^redis-headroom: .{20,}/);
    expect(stderr).not.toMatch(/acme|bug/i);
  });

  it('keeps the line and what to do', async () => {
    const { stderr } = await runHere('report', join(secret, 'missing.csv'), '--anonymize');
    expect(stderr).toBe('redis-headroom: input-1: does not exist. Check the path; a glob must be quoted.\n');
  });

  it('asks for --anonymize beside the map, and writes over nothing that is no mapping', async () => {
    expect((await runHere('report', table, '--anonymize-map', 'm.json')).stderr).toMatch(
      /--anonymize-map: "m\.json".*--anonymize beside it/,
    );
    await runHere('report', table, '--anonymize', '--anonymize-map', broken);
    expect(readFileSync(broken, 'utf8')).toMatch(/^when,/);
  });
});
