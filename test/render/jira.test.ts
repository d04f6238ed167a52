import { describe, expect, it } from 'vitest';
import { renderJira } from '../../src/render/jira.ts';
import type { Block } from '../../src/report/blocks.ts';
import { HOSTILE, soilReport } from '../helpers/hostile.ts';
import { report } from '../helpers/report.ts';

async function linesOf(...blocks: readonly Block[]): Promise<string> {
  const markup = await renderJira({ ...report, first: [], sections: [{ id: 's', title: 'Section', blocks }] });
  return /h2\. Section\n\n([\s\S]*)\n\n----/.exec(markup)?.[1] ?? '';
}

/** Markup without its blocks of code, in which nothing means anything. */
const prose = (markup: string): string => markup.replace(/^\{code\}$[\s\S]*?^\{code\}$/gm, 'CODE');

/** What a reader of Jira's markup takes the lines for: heads, rows with their cells, items, blocks. */
function shapeOf(markup: string): string[] {
  return prose(markup)
    .split('\n')
    .flatMap((line) => {
      const bars = line.replace(/\\./g, '');
      if (/^\|\|/.test(line)) return [`head of ${bars.split('||').length}`];
      if (/^\|/.test(line)) return [`row of ${bars.replace(/\[[^\]]*\]/g, '').split('|').length}`];
      return /^(?:h[1-6]\.|bq\.|[*#-]+(?= )|\{panel\}|----|CODE)/.exec(line) ?? [];
    });
}

/** As Jira shows it: escapes taken away, entities read, unseen joiners left out. */
function shown(markup: string): string {
  return markup
    .replace(/\\([^A-Za-z0-9\s])/g, '$1')
    .replaceAll('&#92;', '\\')
    .replaceAll('&amp;', '&')
    .replaceAll('\u2060', '');
}

describe('renderJira', () => {
  it('tells the whole report', async () => {
    await expect(await renderJira(report)).toMatchFileSnapshot('../golden/render/report.jira.txt');
  });

  it('says every figure, cell and command that the page says', async () => {
    const markup = shown(await renderJira(report));
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
                : block.type === 'actions'
                  ? block.steps.flatMap((step) => [...step.commands, step.gives])
                  : [];
      for (const text of texts) expect(markup).toContain(text);
    }
  });

  it.each([
    ['a | b', 'a \\| b'],
    ['{code}', '\\{code\\}'],
    ['*bold*', '\\*bold\\*'],
    ['[~admin]', '\\[\\~admin\\]'],
    ['!https://evil.example/x.png!', '\\!https:\u2060//evil.example/x.png!'],
    ['used_memory_rss', 'used_memory_rss'],
    ['_it_', '\\_it\\_'],
    ['-gone- and +new+', '\\-gone- and \\+new+'],
    ['redis-7.2', 'redis-7.2'],
    ['# no list', '\\# no list'],
    ['- no list', '\\- no list'],
    ['----', '\\-\\-\\--'],
    ['h1. no heading', '\u2060h1. no heading'],
    ['bq. no quotation', '\u2060bq. no quotation'],
    ['??no citation??', '\\??no citation\\??'],
    ['C:\\temp\\\\x', 'C:&#92;temp&#92;&#92;x'],
    ['&#92; &amp; R&D', '&amp;#92; &amp;amp; R&D'],
    [':) (y) (!)', ':\u2060) (\u2060y) (\u2060\\!)'],
    ['+13 GiB', '\\+13 GiB'],
    ['5 – 7 %, 10 → 13', '5 – 7 %, 10 → 13'],
  ])('writes the text %j as %j', async (text, expected) => {
    const markup = await linesOf({ type: 'paragraph', text: [text] });
    expect(markup).toBe(expected);
    expect(shown(markup)).toBe(text);
  });

  it('writes code, strong text and links, and drops a link that leads nowhere good', async () => {
    const text = [
      'a ',
      { code: '{x} | *y*' },
      ' ',
      { strong: 'c' },
      ' ',
      { link: '#s', text: 'd' },
      ' ',
      { link: 'https://example.org/a|b]', text: 'e' },
      ' ',
      { link: 'javascript:x', text: 'f' },
    ];
    expect(await linesOf({ type: 'paragraph', text })).toBe('a {{\\{x\\} \\| \\*y\\*}} *c* d [e|https://example.org/a%7Cb%5D] f');
  });

  it('keeps commands as they are to copy, and no line in them ends their block', async () => {
    expect(await linesOf({ type: 'commands', lines: ['CONFIG SET save "3600 1 300 100"', "awk '{print $1}' | sort"] })).toBe(
      `{code}\nCONFIG SET save "3600 1 300 100"\nawk '{print $1}' | sort\n{code}`,
    );
    expect(await linesOf({ type: 'commands', lines: ['{code}', 'x{noformat}'] })).toBe('{code}\n{\u2060code}\nx{\u2060noformat}\n{code}');
  });

  it('gives a cell without anything in it a place', async () => {
    const column = (id: string) => ({ id, label: id, align: 'start' as const });
    const table = await linesOf({ type: 'table', id: 't', columns: [column('a'), column('b')], rows: [[{ text: [] }, { text: ['x'] }]] });
    expect(table).toBe('||a||b||\n| |x|');
  });

  it.each(HOSTILE.map((hostile) => [hostile.slice(0, 40), hostile] as const))(
    'keeps its shape with %j in every text',
    async (_, hostile) => {
      const soiled = await renderJira(soilReport(report, hostile));
      expect(shapeOf(soiled)).toEqual(shapeOf(await renderJira(report)));
      const macros = prose(soiled)
        .replace(/\\.|\{\{|\}\}/g, '')
        .match(/\{[^}\n]*\}?/g);
      expect(new Set(macros)).toEqual(new Set(['{panel}']));
      expect(soiled).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    },
  );
});
