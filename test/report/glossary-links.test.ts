import { describe, expect, it } from 'vitest';
import type { Report, Text } from '../../src/report/blocks.ts';
import { linkGlossary } from '../../src/report/glossary-links.ts';
import { report } from '../helpers/report.ts';

const TERMS = [
  { id: 'term-frag', forms: ['fragmentation'] },
  { id: 'term-defrag', forms: ['active defragmentation', 'activedefrag'] },
  { id: 'term-p50', forms: ['p50'] },
];

function linked(...texts: Text[]): Text[] {
  const blocks = texts.map((text) => ({ type: 'paragraph' as const, text }));
  const only: Report = { ...report, cover: { ...report.cover, summary: [] }, first: [], sections: [{ id: 's', title: 'S', blocks }] };
  return linkGlossary(only, TERMS, 'glossary').sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.type === 'paragraph' ? [block.text] : [])),
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
});
