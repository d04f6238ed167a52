import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeFileNames, nodePagesOf } from '../../src/cli/node-pages.ts';
import { safeHref } from '../../src/render/clean-text.ts';
import { runHere } from '../helpers/run-cli.ts';

const SAMPLES = ['steady-growth', 'small-idle'].map((name) => join(import.meta.dirname, '..', '..', 'samples', `${name}.csv`));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node-pages-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('nodePagesOf', () => {
  it.each([
    ['html', 1, undefined, 'inline'],
    ['html', 20, undefined, 'inline'],
    ['pdf', 20, undefined, 'inline'],
    ['html', 21, undefined, 'files'],
    ['pdf', 21, undefined, 'none'],
    ['md', 21, undefined, 'none'],
    ['pdf', 2, 'files', 'files'],
    ['html', 500, 'inline', 'inline'],
    ['html', 1, 'none', 'inline'],
  ] as const)('of %s with %i nodes and %s asked is %s', (format, count, asked, expected) => {
    expect(nodePagesOf(format, count, asked)).toBe(expected);
  });
});

describe('nodeFileNames', () => {
  it('are safe, of their own even where case does not count, and can be linked to', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a', 'A', 'a-2', '../a', '.', '/', 'a:1', 'a_1'))),
        (ids) => {
          const names = [...nodeFileNames(ids).values()];
          expect(names).toHaveLength(ids.length);
          expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(ids.length);
          for (const name of names) {
            expect(name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/);
            expect(safeHref(`nodes/${name}.html`)).toBe(`nodes/${name}.html`);
          }
        },
      ),
    );
  });

  it('do not hang on the order of the nodes', () => {
    expect(nodeFileNames(['a:1', 'a-1'])).toEqual(nodeFileNames(['a-1', 'a:1']));
  });
});

describe('--node-pages', () => {
  it('files: gives each node its own report beside that of all, which leads to it', async () => {
    const out = join(folder, 'files');
    const { exitCode, stderr } = await runHere('report', ...SAMPLES, '--format', 'html,md', '--node-pages', 'files', '--out', out);
    expect(exitCode).toBe(0);
    expect((await readdir(join(out, 'nodes'))).sort()).toEqual(['empty.html', 'empty.md', 'orders.html', 'orders.md']);
    expect(stderr).toContain(`${join('nodes', '*.html')} (2 files)`);
    const html = await readFile(join(out, 'report.html'), 'utf8');
    expect(html).toContain('<a href="nodes/orders.html">orders</a>');
    expect(html).not.toContain('id="n1-node"');
    expect(await readFile(join(out, 'nodes', 'orders.html'), 'utf8')).toContain('<p class="subject">orders</p>');
    expect(await readFile(join(out, 'report.md'), 'utf8')).not.toContain('nodes/orders');
  });

  it('none: tells the summary alone', async () => {
    const { stdout } = await runHere('report', ...SAMPLES, '--format', 'md', '--node-pages', 'none', '--out', '-', '--quiet');
    expect(stdout).toContain('Nodes, most urgent first');
    expect(stdout).not.toContain('## orders');
  });

  it('is refused where it cannot be', async () => {
    const wrong = await runHere('report', ...SAMPLES, '--node-pages', 'all');
    expect([wrong.exitCode, wrong.stderr]).toEqual([
      2,
      'redis-headroom: --node-pages: "all" cannot be used. Expected one of inline, files, none.\n',
    ]);
    const beside = await runHere('report', ...SAMPLES, '--format', 'html', '--node-pages', 'files', '--out', '-');
    expect([beside.exitCode, beside.stderr]).toEqual([
      2,
      'redis-headroom: --node-pages: "files" cannot be used. Expected inline or none when --out is -.\n',
    ]);
  });
});
