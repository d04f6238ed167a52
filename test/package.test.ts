import { execFileSync } from 'node:child_process';
import {
  accessSync,
  constants,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import packageJson from '../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '..');
const SAMPLE = join(ROOT, 'samples', 'restarts-with-a-gap.csv');
const work = mkdtempSync(join(tmpdir(), 'headroom-package-'));
const project = join(work, 'project');
const installed = join(project, 'node_modules', 'redis-headroom');

function runNode(args: readonly string[]): string {
  const env = { ...process.env, SOURCE_DATE_EPOCH: '1793491200' };
  return execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8', env });
}

/** Makes the tarball from a copy, so that the checkout's own dist stays as it is. */
function pack(): string {
  const copy = join(work, 'copy');
  for (const name of readdirSync(ROOT)) {
    if (!/^(?:\.|node_modules$|dist$|headroom-report$|test$)/.test(name)) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  }
  mkdirSync(join(copy, 'test'));
  writeFileSync(join(copy, 'test', 'stray.test.ts'), '');
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'dir');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['pack', '--offline', '--pack-destination', work], { cwd: copy, stdio: 'pipe', shell: process.platform === 'win32' });
  const tarball = readdirSync(work).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm pack made no tarball');
  return join(work, tarball);
}

/** Puts the package where npm would, with what it depends on taken from the checkout: no network is needed. */
function install(tarball: string): void {
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed]);
  for (const name of [...Object.keys(packageJson.dependencies), '@types/node']) {
    const link = join(project, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), link, 'dir');
  }
  writeFileSync(join(project, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }\n');
}

beforeAll(() => {
  mkdirSync(project);
  install(pack());
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe('the published package', () => {
  it('holds what it needs and nothing of the workshop', () => {
    const files = readdirSync(installed, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1));
    for (const name of [
      'package.json',
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
      'dist/index.js',
      'dist/index.d.ts',
      'dist/cli/main.js',
      'dist/analysis.schema.json',
      'dist/catalogs/data/aws-elasticache-valkey.csv',
      'templates/report.hbs',
      'templates/fonts/inter-400.woff2',
    ])
      expect(files).toContain(name);
    const data = (folder: string): string[] => readdirSync(folder).sort();
    expect(data(join(installed, 'dist/catalogs/data'))).toEqual(data(join(ROOT, 'src/catalogs/data')));
    expect(data(join(installed, 'templates/partials'))).toEqual(data(join(ROOT, 'templates/partials')));
    expect(files.filter((name) => /^(?:test|samples|scripts|src|node_modules)\//.test(name))).toEqual([]);
    expect(files.filter((name) => /\.test\.|(?<!\.d)\.ts$/.test(name))).toEqual([]);
  });

  it('has a command that starts and knows its version', () => {
    const main = join(installed, packageJson.bin['redis-headroom']);
    expect(readFileSync(main, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    if (process.platform !== 'win32') expect(() => accessSync(main, constants.X_OK)).not.toThrow();
    expect(runNode([main, '--version'])).toBe(`${packageJson.version}\n`);
  });

  it('has a command that writes the report of a sample', () => {
    runNode([join(installed, 'dist/cli/main.js'), 'report', SAMPLE, '--format', 'html,json,md', '--system-memory', '512MiB', '--quiet']);
    const out = join(project, 'headroom-report');
    expect(readdirSync(out).sort()).toEqual(['analysis.json', 'report.html', 'report.md']);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('ledger');
    expect(JSON.parse(readFileSync(join(out, 'analysis.json'), 'utf8')).tool).toEqual({
      name: 'redis-headroom',
      version: packageJson.version,
    });
  });

  it('publishes a JSON Schema that its own output keeps to', () => {
    const schema = JSON.parse(readFileSync(join(installed, 'dist/analysis.schema.json'), 'utf8'));
    const analysis = JSON.parse(readFileSync(join(project, 'headroom-report', 'analysis.json'), 'utf8'));
    expect(z.fromJSONSchema(schema).safeParse(analysis).error).toBeUndefined();
    expect(z.fromJSONSchema(schema).safeParse({ ...analysis, nodes: [{}] }).success).toBe(false);
  });

  it('is a library that a module can import by its name', () => {
    writeFileSync(
      join(project, 'consumer.js'),
      `import { analyze, buildReport, ingest, render } from 'redis-headroom';
       import schema from 'redis-headroom/analysis.schema.json' with { type: 'json' };
       const analysis = await analyze(await ingest([process.argv[2]]), { systemMemoryBytes: 2 ** 29 });
       const text = await render(buildReport(analysis, { language: 'en' }), 'md');
       console.log(JSON.stringify({ ids: analysis.nodes.map((node) => node.id), heading: text.split('\\n')[0], type: schema.type }));
      `,
    );
    const said = JSON.parse(runNode([join(project, 'consumer.js'), SAMPLE]));
    expect(said).toEqual({ ids: ['ledger'], heading: expect.stringMatching(/^# .*ledger/), type: 'object' });
  });

  it('has types under which a strict consumer compiles, and that refuse what is wrong', () => {
    writeFileSync(
      join(project, 'consumer.ts'),
      `import { type Analysis, analyze, buildReport, type Finding, ingest, InputError, render } from 'redis-headroom';

export async function raised(path: string): Promise<readonly Finding[]> {
  const analysis: Analysis = await analyze(await ingest([path], { timeZone: 'UTC' }), { systemMemoryBytes: 2 ** 34 });
  const text: string | Uint8Array = await render(buildReport(analysis, { language: 'en' }), 'md');
  const peak: number | undefined = analysis.nodes[0]?.peaks.usedMemoryBytes?.value;
  if (text.length === 0 || peak === undefined) throw new InputError(path, 'says nothing.');
  return analysis.nodes.flatMap((node) => node.findings.filter((finding) => finding.verdict === 'raised'));
}

// @ts-expect-error a path must be a text
export const wrong = ingest([1]);
`,
    );
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node', '--skipLibCheck', 'false'];
    expect(() => runNode([tsc, ...options, 'consumer.ts'])).not.toThrow();
  });
});
