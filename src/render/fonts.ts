import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const SUBSETS = ['latin', 'latin-ext', 'cyrillic', 'cyrillic-ext', 'greek', 'greek-ext', 'vietnamese'] as const;
type Subset = (typeof SUBSETS)[number];

/** Signs of `templates/fonts/symbols.woff2`; see scripts/symbols-font.py. */
const SYMBOLS_RANGE = 'U+2190,U+2192,U+2194,U+2248,U+2260,U+2264-2265,U+25A0,U+25B2,U+25BC,U+25C6,U+25CB,U+25CF-25D0,U+2713';

/**
 * `@font-face` rules with the fonts inside: Inter's Latin letters always, another of its alphabets only where the text uses it,
 * so that a page is the same on every machine and carries no more than it shows.
 */
export async function fontFaces(text: string, symbolsFont: Buffer): Promise<string> {
  const folder = dirname(createRequire(import.meta.url).resolve('@fontsource-variable/inter/package.json'));
  const ranges = JSON.parse(await readFile(join(folder, 'unicode.json'), 'utf8')) as Readonly<Record<Subset, string>>;
  const points = new Set<number>();
  for (const character of text) points.add(character.codePointAt(0) as number);
  const needed = SUBSETS.filter((subset) => subset === 'latin' || covers(ranges[subset], points));
  const faces = await Promise.all(
    needed.map(async (subset) => {
      const data = await readFile(join(folder, 'files', `inter-${subset}-wght-normal.woff2`), 'base64');
      return face('Inter Variable', '100 900', data, ranges[subset]);
    }),
  );
  return [...faces, face('Headroom Symbols', '400', symbolsFont.toString('base64'), SYMBOLS_RANGE)].join('\n');
}

function face(family: string, weight: string, data: string, range: string): string {
  return `@font-face{font-family:"${family}";font-style:normal;font-weight:${weight};src:url(data:font/woff2;base64,${data}) format("woff2");unicode-range:${range}}`;
}

// A range list as in CSS: "U+0000-00FF,U+0131". What Latin already has does not call for another subset.
function covers(range: string, points: ReadonlySet<number>): boolean {
  const spans = range.split(',').map((span) => {
    const [from, to] = span.trim().replace(/^U\+/i, '').split('-');
    return [Number.parseInt(from as string, 16), Number.parseInt(to ?? (from as string), 16)] as const;
  });
  return [...points].some((point) => point > 0xff && !isInLatin(point) && spans.some(([from, to]) => point >= from && point <= to));
}

function isInLatin(point: number): boolean {
  return (point >= 0x2000 && point <= 0x206f) || point === 0x304 || point === 0x308 || point === 0x329;
}
