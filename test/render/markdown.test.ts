import { describe, expect, it } from 'vitest';
import { renderMarkdown } from '../../src/render/markdown.ts';
import type { Block } from '../../src/report/blocks.ts';
import { HOSTILE, soilReport } from '../helpers/hostile.ts';
import { report } from '../helpers/report.ts';

async function linesOf(...blocks: readonly Block[]): Promise<string> {
  const markdown = await renderMarkdown({ ...report, first: [], sections: [{ id: 's', title: 'Section', blocks }] });
  return /## Section\n\n([\s\S]*)\n\n---/.exec(markdown)?.[1] ?? '';
}

describe('renderMarkdown', () => {
  it('tells the whole report', async () => {
    await expect(await renderMarkdown(report)).toMatchFileSnapshot('../golden/render/report.md');
  });

  it('says every figure, cell and command that the page says', async () => {
    const markdown = (await renderMarkdown(report)).replace(/\\(?=[^A-Za-z0-9\s])/g, '');
    for (const block of [...report.first, ...report.sections.flatMap((section) => section.blocks)]) {
      const texts =
        block.type === 'figures'
          ? block.figures.map((figure) => figure.value)
          : block.type === 'table'
            ? block.rows.flat().flatMap((cell) => cell.text.filter((text) => typeof text === 'string'))
            : block.type === 'chart'
              ? [block.title, block.alt]
              : block.type === 'finding'
                ? [block.title, ...block.commands, ...block.evidence.map((fact) => fact.value)]
                : [];
      for (const text of texts) expect(markdown).toContain(text);
    }
  });

  it.each([
    ['a | b', 'a \\| b'],
    ['`x`', '\\`x\\`'],
    ['<b>', '\\<b\\>'],
    ['used_memory_rss', 'used_memory_rss'],
    ['_it_', '\\_it\\_'],
    ['@everyone', '@\u2060everyone'],
    ['see #12', 'see #\u206012'],
    ['# not a heading', '\\# not a heading'],
    ['- not a list', '\\- not a list'],
    ['1. not a list', '1\\. not a list'],
    ['--- no rule', '\\--- no rule'],
    ['[x](y)', '\\[x\\](y)'],
    ['![x](y)', '!\\[x\\](y)'],
    ['+13 GiB', '+13 GiB'],
    ['!12 &3 ~bug %v1', '!\u206012 \\&\u20603 \\~\u2060bug %\u2060v1'],
    ['https://x.example', 'https:\u2060//x.example'],
    ['www.x.example', 'www\u2060.x.example'],
    ['me@x.example', 'me@\u2060x.example'],
    ['owner/repo#12', 'owner/repo#\u206012'],
    ['2001:db8:100:1', '2001:\u2060db8:\u2060100:1'],
    ['at 12:30:15, about ~5 %', 'at 12:30:15, about \\~5 %'],
    ['{+ new +} [- gone -]', '{\u2060+ new +} \\[\u2060- gone -\\]'],
    ['/close', '\\/close'],
  ])('writes the text %j as %j', async (text, expected) => {
    expect(await linesOf({ type: 'paragraph', text: [text] })).toBe(expected);
  });

  it('fences code with more backticks than it holds', async () => {
    expect(await linesOf({ type: 'commands', lines: ['echo ```'] })).toBe('````\necho ```\n````');
    expect(await linesOf({ type: 'paragraph', text: [{ code: 'a`b' }] })).toBe('``a`b``');
  });

  it.each(HOSTILE.map((hostile) => [hostile.slice(0, 40), hostile] as const))(
    'keeps its tables and headings whole with %j in every text',
    async (_, hostile) => {
      const shape = (markdown: string): string[] =>
        markdown
          .split('\n')
          .filter((line) => /^(#+ |\| )/.test(line))
          .map((line) => (line.startsWith('|') ? `cells ${line.replace(/\\./g, '').split('|').length}` : (line.split(' ')[0] as string)));
      const soiled = await renderMarkdown(soilReport(report, hostile));
      expect(shape(soiled)).toEqual(shape(await renderMarkdown(report)));
      const prose = soiled.replace(/^ *(`{3,})[\s\S]*?^ *\1$/gm, '').replace(/(`+)[^`][\s\S]*?\1/g, '');
      expect(/(?<!\\)<(script|img|style)/.test(prose)).toBe(false);
    },
  );
});
