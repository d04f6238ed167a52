import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { runApart, runHere } from '../helpers/run-cli.ts';

const SAMPLES = join(import.meta.dirname, '..', '..', 'samples');
const folder = mkdtempSync(join(tmpdir(), 'headroom-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function writeFile(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('redis-headroom', () => {
  it('tells its version and helps, on stdout', async () => {
    expect(await runApart(['--version'])).toEqual({ exitCode: 0, stdout: `${packageJson.version}\n`, stderr: '' });
    const help = await runApart(['report', '--help']);
    expect([help.exitCode, help.stderr]).toEqual([0, '']);
    for (const option of ['--out', '--format', '--lang', '--system-memory', '--fail-on', '--config']) expect(help.stdout).toContain(option);
  });
});

describe('inspect', () => {
  const path = join(SAMPLES, 'restarts-with-a-gap.csv');

  it('tells in text what was recognised', async () => {
    const { exitCode, stdout, stderr } = await runHere('inspect', path);
    expect([exitCode, stderr]).toEqual([0, '']);
    for (const line of [
      /^ {2}kind {7}csv, ours-wide, comma, header$/m,
      /^ {2}samples {4}176$/m,
      /^ {2}column {5}"used_memory" → usedMemoryBytes$/m,
      /^node ledger$/m,
      /^ {2}gaps {7}1, 36000 s in all$/m,
      /^ {2}restarts {3}2$/m,
    ])
      expect(stdout).toMatch(line);
  });

  it('tells the same as JSON', async () => {
    const { exitCode, stdout } = await runHere('inspect', path, '--json');
    expect(exitCode).toBe(0);
    const { inputs, nodes } = JSON.parse(stdout);
    expect(inputs).toMatchObject([{ input: path, inputKind: 'csv', dialect: 'ours-wide, comma, header', samples: 176, rejectedRows: 0 }]);
    expect(nodes).toMatchObject([{ nodeId: 'ledger', sampleCount: 176, gapCount: 1, gapSeconds: 36_000, restarts: 2 }]);
    expect(nodes[0].metrics).toContain('usedMemoryRssBytes');
  });

  it('refuses what cannot be read', async () => {
    const { exitCode, stdout, stderr } = await runHere('inspect', writeFile('prose.txt', 'Dear reader,\nno figures today.\n'));
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^redis-headroom: [^\n]+\n$/);
  });
});

describe('render', () => {
  it('draws a saved analysis as the direct run did, in every format', async () => {
    const out = join(folder, 'direct');
    const source = join(SAMPLES, 'restarts-with-a-gap.csv');
    await runHere('report', source, '--out', out, '--format', 'html,json,md', '--system-memory', '512MiB');
    for (const [format, file] of [
      ['md', 'report.md'],
      ['html', 'report.html'],
      ['json', 'analysis.json'],
    ] as const) {
      const { exitCode, stdout, stderr } = await runHere('render', join(out, 'analysis.json'), '--format', format, '--out', '-');
      expect([exitCode, stderr]).toEqual([0, '']);
      const direct = readFileSync(join(out, file), 'utf8');
      if (format === 'json') expect(JSON.parse(stdout)).toEqual(JSON.parse(direct));
      else expect(stdout).toBe(direct);
    }
    const saved = readFileSync(join(out, 'analysis.json'), 'utf8');
    const piped = await runApart(['render', '-', '--format', 'md', '--out', '-', '--title', 'Piped'], { input: saved });
    expect([piped.exitCode, piped.stderr]).toEqual([0, '']);
    expect(piped.stdout).toMatch(/^# Piped/);
  });

  it.each([
    { name: 'cut off', content: '{"schemaVersion": 1,', message: /is not JSON\. Expected an analysis\.json/ },
    {
      name: 'another version',
      content: '{"schemaVersion": 2, "tool": {"version": "9.1.0"}}',
      message:
        /is an Analysis of schema version 2, which redis-headroom 9\.1\.0 wrote; this redis-headroom \(.+\) reads version 1\. Use a release that reads it/,
    },
    {
      name: 'of a newer release',
      content: '{"schemaVersion": 1, "tool": {"name": "redis-headroom", "version": "99.0.0"}}',
      message: /is no Analysis of schema version 1: generatedAt: .*; this one is of redis-headroom 99\.0\.0, newer than this/,
    },
    { name: 'a list', content: '[]', message: /is no Analysis of schema version 1: the document/ },
    { name: 'null', content: 'null', message: /is no Analysis of schema version 1/ },
    { name: 'empty', content: '', message: /is not JSON/ },
  ])('refuses a file that is $name, in one line', async ({ content, message }) => {
    const { exitCode, stdout, stderr } = await runHere('render', writeFile('broken.json', content), '--format', 'md', '--out', '-');
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^redis-headroom: [^\n]+\n$/);
  });
});

describe('catalog', () => {
  it('lists offerings with date and number of entries', async () => {
    const { exitCode, stdout } = await runHere('catalog', 'list', '--provider', 'aws');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^PROVIDER +OFFERING +ENTRIES +DATE\n/);
    expect(stdout).toMatch(/^aws +elasticache-valkey +\d+ +\d{4}-\d\d-\d\d$/m);
    expect(stdout).not.toMatch(/^gcp/m);
  });

  it('shows one entry with its figures and source', async () => {
    const { exitCode, stdout } = await runHere('catalog', 'show', 'cache.r7g.large');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^cache\.r7g\.large +elasticache-valkey +2 +13\.07 /m);
    expect(stdout).toMatch(/^Source: /m);
  });

  it('shows entries of an own file, and checks it', async () => {
    const good = writeFile('own.csv', 'name,memory_gib\nbox-small,8\nbox-large,64\n');
    expect(await runHere('catalog', 'check', good)).toEqual({ exitCode: 0, stdout: expect.stringContaining('can be used.'), stderr: '' });
    expect((await runHere('catalog', 'show', 'box-large', '--catalog', good)).stdout).toMatch(/^box-large .* 64\.00/m);
    const bad = writeFile('bad.csv', 'name,memory_gib\nbox,many\n');
    const checked = await runHere('catalog', 'check', bad);
    expect(checked.exitCode).toBe(2);
    expect(checked.stdout).toContain(`${bad}:2: error: `);
  });

  it.each([
    ['show', 'nope'],
    ['check', 'missing.csv'],
    ['list', '--provider', 'nope'],
  ])('refuses %s %s in one line', async (...argv) => {
    const { exitCode, stdout, stderr } = await runHere('catalog', ...argv);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^redis-headroom: [^\n]+\n$/);
  });
});
