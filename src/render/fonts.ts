import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { TemplateFiles } from './template-files.ts';

/** Alphabets beyond Latin, as the font's package cuts them. */
const FURTHER_SUBSETS = ['latin-ext', 'cyrillic', 'cyrillic-ext', 'greek', 'greek-ext', 'vietnamese'] as const;

type Ranges = Readonly<Record<'latin' | (typeof FURTHER_SUBSETS)[number], string>>;

/** The signs in `templates/fonts/symbols.woff2`. */
const SYMBOLS_RANGE = 'U+2190,U+2192,U+2194,U+2248,U+2260,U+2264-2265,U+25A0,U+25B2,U+25BC,U+25C6,U+25CB,U+25CF-25D0,U+2713';

/**
 * `@font-face` rules with the fonts inside: Inter's Latin letters always, another of its alphabets only where the text uses it,
 * so that a page is the same on every machine and carries no more than it shows.
 */
export async function fontFaces(text: string, fonts: TemplateFiles['fonts']): Promise<string> {
  const folder = dirname(createRequire(import.meta.url).resolve('@fontsource-variable/inter/package.json'));
  const ranges = JSON.parse(await readFile(join(folder, 'unicode.json'), 'utf8')) as Ranges;
  const latin = parseRange(ranges.latin);
  const foreign = [...new Set(text)].map((character) => character.codePointAt(0) as number).filter((point) => !includes(latin, point));
  const needed = FURTHER_SUBSETS.filter((subset) => foreign.some((point) => includes(parseRange(ranges[subset]), point)));
  const further = await Promise.all(
    needed.map(async (subset) =>
      face('Inter', '100 900', await readFile(join(folder, 'files', `inter-${subset}-wght-normal.woff2`)), ranges[subset]),
    ),
  );
  return [
    face('Inter', '400', fonts['inter-400'], ranges.latin),
    face('Inter', '600', fonts['inter-600'], ranges.latin),
    ...further,
    // One drawing serves both weights; without this the browser would smear it into a bold of its own.
    face('Headroom Symbols', '400 600', fonts.symbols, SYMBOLS_RANGE),
  ].join('\n');
}

function face(family: string, weight: string, data: Buffer, range: string): string {
  return `@font-face{font-family:"${family}";font-style:normal;font-weight:${weight};src:url(data:font/woff2;base64,${data.toString('base64')}) format("woff2");unicode-range:${range}}`;
}

/** Spans of a range list as in CSS: `U+0000-00FF,U+0131`. */
function parseRange(range: string): readonly (readonly [number, number])[] {
  return range.split(',').map((span) => {
    const [from = '', to = from] = span.trim().replace(/^U\+/i, '').split('-');
    return [Number.parseInt(from, 16), Number.parseInt(to, 16)] as const;
  });
}

function includes(spans: readonly (readonly [number, number])[], point: number): boolean {
  return spans.some(([from, to]) => point >= from && point <= to);
}
