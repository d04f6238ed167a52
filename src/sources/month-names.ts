/**
 * Months as `date` and spreadsheets abbreviate them in English, Portuguese, Spanish, French, German and Italian. Two French months share
 * their first three letters, so they stand with four.
 */
const NAMES: readonly (readonly string[])[] = [
  ['jan', 'ene', 'gen'],
  ['feb', 'fev', 'fév'],
  ['mar', 'mär', 'mrz'],
  ['apr', 'abr', 'avr'],
  ['may', 'mai', 'mag'],
  ['jun', 'juin', 'giu'],
  ['jul', 'juil', 'lug'],
  ['aug', 'ago', 'aoû'],
  ['sep', 'set'],
  ['oct', 'out', 'okt', 'ott'],
  ['nov'],
  ['dec', 'dez', 'déc', 'dic'],
];
const NUMBERS = new Map(NAMES.flatMap((names, index) => names.map((name) => [name, index + 1] as const)));

/** Source of an expression for a month's name in UTF-8 read as Latin-1, in small letters or with the first one big. */
export const MONTH_IN_LATIN1 = `(?:${NAMES.flat()
  .map((name) => `[${name[0]?.toUpperCase()}${name[0]}]${Buffer.from(name.slice(1), 'utf8').toString('latin1')}`)
  .sort((a, b) => b.length - a.length)
  .join('|')})`;

/**
 * The month, from 1, that a word begins with; undefined for another word.
 * @param word - whatever case; UTF-8
 */
export function monthNumber(word: string): number | undefined {
  const lower = word.toLowerCase();
  return NUMBERS.get(lower.slice(0, 4)) ?? NUMBERS.get(lower.slice(0, 3));
}
