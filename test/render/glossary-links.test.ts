import { describe, expect, it } from 'vitest';
import { linkGlossary } from '../../src/render/glossary-links.ts';
import type { Report, Text } from '../../src/report/blocks.ts';
import { buildReport } from '../../src/report/index.ts';
import { report } from '../helpers/report.ts';
import { analyzeSample } from '../helpers/sample-analysis.ts';

const TERMS = [
  { term: 'f', text: [], id: 'term-frag', forms: ['fragmentation'] },
  { term: 'd', text: [], id: 'term-defrag', forms: ['active defragmentation', 'activedefrag'] },
  { term: 'p', text: [], id: 'term-p50', forms: ['p50'] },
];

function linked(...texts: Text[]): Text[] {
  const blocks = texts.map((text) => ({ type: 'paragraph' as const, text }));
  const glossary = { id: 'glossary', title: 'Words', blocks: [{ type: 'definitions' as const, items: TERMS }] };
  const cover = { ...report.cover, summary: [] };
  const only: Report = { ...report, cover, first: [], sections: [{ id: 's', title: 'S', blocks }, glossary] };
  return linkGlossary(only).sections.flatMap((section) =>
    section.blocks.flatMap((block) => (block.type === 'paragraph' ? [block.text] : [])),
  );
}

describe('linkGlossary', () => {
  it.each<[string, Text, Text]>([
    [
      'the longest form first',
      ['Is active defragmentation on?'],
      ['Is ', { link: '#term-defrag', text: 'active defragmentation' }, ' on?'],
    ],
    ['whole words only', ['defragmentation, xp50 and p50x'], ['defragmentation, xp50 and p50x']],
    ['whatever its case', ['Fragmentation.'], [{ link: '#term-frag', text: 'Fragmentation' }, '.']],
    [
      'several in one sentence',
      ['p50 of fragmentation'],
      [{ link: '#term-p50', text: 'p50' }, ' of ', { link: '#term-frag', text: 'fragmentation' }],
    ],
    [
      'not within code and links',
      [{ code: 'activedefrag' }, { link: '#x', text: 'p50' }],
      [{ code: 'activedefrag' }, { link: '#x', text: 'p50' }],
    ],
  ])('links %s', (_, text, result) => {
    expect(linked(text)).toEqual([result]);
  });

  it('links a word once, in whatever form it comes again', () => {
    expect(linked(['activedefrag'], ['active defragmentation'])).toEqual([
      [{ link: '#term-defrag', text: 'activedefrag' }],
      ['active defragmentation'],
    ]);
  });

  it('links nothing in small print, in the glossary itself, and in a report without a glossary', () => {
    const small = { type: 'paragraph' as const, small: true, text: ['p50'] };
    const glossary = { type: 'definitions' as const, items: TERMS };
    const about = { type: 'paragraph' as const, text: ['p50'] };
    const sections = [
      { id: 's', title: 'S', blocks: [small] },
      { id: 'g', title: 'G', blocks: [about, glossary] },
    ];
    const only: Report = { ...report, first: [], sections };
    expect(linkGlossary(only).sections).toEqual(sections);
    const without = { ...report, sections: report.sections.filter(({ id }) => id !== 'quality') };
    expect(linkGlossary(without)).toBe(without);
  });

  it('links words of a real report once each, each to where it is explained, and changes no sentence', async () => {
    const told = buildReport(await analyzeSample('fragmentation'));
    const linkedReport = linkGlossary(told);
    const ids = linkedReport.sections.flatMap(({ blocks }) =>
      blocks.flatMap((block) => (block.type === 'definitions' ? block.items.map(({ id }) => id) : [])),
    );
    const textsOf = ({ cover, first, sections }: Report): Text[] => [
      cover.summary,
      ...[...first, ...sections.flatMap(({ blocks }) => blocks)].flatMap((block) =>
        block.type === 'paragraph' || block.type === 'lesson' ? [block.text] : block.type === 'finding' ? [block.body] : [],
      ),
    ];
    const links = textsOf(linkedReport)
      .flat()
      .flatMap((run) => (typeof run === 'object' && 'link' in run && run.link.startsWith('#term-') ? [run.link.slice(1)] : []));
    expect(new Set(links).size).toBe(links.length);
    expect(links.length).toBeGreaterThan(6);
    for (const id of links) expect(ids).toContain(id);
    const plain = (text: Text): string => text.map((run) => (typeof run === 'string' ? run : Object.values(run).at(-1))).join('');
    expect(textsOf(linkedReport).map(plain)).toEqual(textsOf(told).map(plain));
  });
});
