import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { describe, expect, it } from 'vitest';
import { EXAMPLES } from '../../scripts/example-list.ts';
import { runApart } from '../helpers/run-cli.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDER = join(ROOT, 'docs', 'examples');
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

/** A shell command as its words. */
const wordsOf = (line: string): string[] =>
  [...line.replaceAll('\\\n', ' ').matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

async function textOf(pdf: string): Promise<string> {
  const document = await getDocument({ data: new Uint8Array(readFileSync(join(FOLDER, pdf))) }).promise;
  const { items } = await (await document.getPage(1)).getTextContent();
  return items
    .map((item) => ('str' in item ? item.str : ''))
    .join(' ')
    .replace(/\s+/g, ' ');
}

describe.each(EXAMPLES)('the example $name', ({ name, args, clock, keeps }) => {
  it('has its picture and files in the README of the examples, with the command that makes it', () => {
    const readme = read('README.md');
    for (const file of [`${name}.png`, ...keeps.map((ending) => `${name}.${ending}`)]) expect(readme).toContain(`(${file})`);
    const lines = [...readme.matchAll(/```\nredis-headroom ([^`]*)\n```/g)].map(([, line = '']) =>
      wordsOf(line).filter((word) => !/^(--format|md,pdf)$/.test(word)),
    );
    expect(lines).toContainEqual(['report', ...args]);
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`docs/examples/${name}.pdf`);
  });

  it('says on its first page what the tool says today (else: npm run examples)', async () => {
    const inputs = args.map((arg) => (arg.startsWith('samples/') ? join(ROOT, arg) : arg));
    const { stdout } = await runApart(['report', ...inputs, '--format', 'md', '--out', '-', '--quiet'], {
      env: { SOURCE_DATE_EPOCH: String(clock / 1000) },
    });
    const verdict = /^\*\*[A-Z ]+: (.*)\*\*$/m.exec(stdout)?.[1] ?? '';
    expect(verdict).not.toBe('');
    expect(await textOf(`${name}.pdf`)).toContain(verdict.replaceAll('\\', ''));
    if (keeps.includes('md')) expect(read(`${name}.md`)).toContain(verdict);
  });
});
