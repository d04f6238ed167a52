import { lexer, type Token, type Tokens } from 'marked';
import { describe, expect, it } from 'vitest';
import { renderMarkdown } from '../../src/render/markdown.ts';
import { HOSTILE, soilReport } from '../helpers/hostile.ts';
import { report } from '../helpers/report.ts';

/** The Markdown as a reader of GitHub's dialect takes it, not as we meant it. */
const readTokens = (markdown: string): Token[] => lexer(markdown, { gfm: true });

function* everyToken(tokens: readonly Token[]): Generator<Token> {
  for (const token of tokens) {
    yield token;
    if ('tokens' in token && token.tokens !== undefined) yield* everyToken(token.tokens);
    if (token.type === 'list') yield* everyToken((token as Tokens.List).items);
    if (token.type === 'table') {
      const table = token as Tokens.Table;
      for (const cell of [...table.header, ...table.rows.flat()]) yield* everyToken(cell.tokens);
    }
  }
}

const blocks = [...report.first, ...report.sections.flatMap((section) => section.blocks)];
const tables = blocks.flatMap((block) => (block.type === 'table' ? [block] : []));

describe('a reader of GitHub Markdown', () => {
  it.each([['plain names', ''], ...HOSTILE.map((hostile) => [JSON.stringify(hostile.slice(0, 40)), hostile] as const)] as const)(
    'finds the tables, headings and nothing foreign with %s',
    async (_, hostile) => {
      const tokens = [...everyToken(readTokens(await renderMarkdown(hostile === '' ? report : soilReport(report, hostile))))];
      const found = tokens.filter((token): token is Tokens.Table => token.type === 'table');
      for (const table of tables)
        expect(found.some(({ header, rows }) => header.length === table.columns.length && rows.length === table.rows.length)).toBe(true);
      expect(tokens.filter(({ type }) => type === 'heading').length).toBeGreaterThanOrEqual(1 + report.sections.length);
      expect(tokens.filter(({ type }) => type === 'html' || type === 'image').map(({ raw }) => raw)).toEqual([]);
      const links = tokens.filter((token): token is Tokens.Link => token.type === 'link').map(({ href }) => href);
      expect(links.filter((href) => !/^(#|https:\/\/)/.test(href))).toEqual([]);
      expect(links.filter((href) => href.includes('evil.example'))).toEqual([]);
    },
  );

  it('takes every command as code, to the letter', async () => {
    const code = [...everyToken(readTokens(await renderMarkdown(report)))].filter(({ type }) => type === 'code' || type === 'codespan');
    const commands = blocks.flatMap((block) => (block.type === 'finding' ? block.commands : []));
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands)
      expect(code.some((token) => 'text' in token && String(token.text).split('\n').includes(command))).toBe(true);
  });
});
