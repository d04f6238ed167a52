/** date-fns tokens and what the database calls them. */
const TOKENS: Readonly<Record<string, string>> = {
  yyyy: '%Y',
  yy: '%y',
  MM: '%m',
  M: '%-m',
  MMM: '%b',
  MMMM: '%B',
  dd: '%d',
  d: '%-d',
  HH: '%H',
  H: '%-H',
  hh: '%I',
  h: '%-I',
  mm: '%M',
  m: '%-M',
  ss: '%S',
  s: '%-S',
  SSS: '%g',
  a: '%p',
  xx: '%z',
  xxx: '%z',
  XX: '%z',
  XXX: '%z',
};

/**
 * The strptime format that reads what a date-fns pattern reads.
 * @returns undefined when the pattern has a part that the database cannot read
 */
export function strptimeFormat(pattern: string): string | undefined {
  let format = '';
  for (const [part] of pattern.matchAll(/'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+|'/g)) {
    if (part.startsWith("'")) {
      if (part.length < 2) return undefined;
      format += part === "''" ? "'" : part.slice(1, -1).replaceAll("''", "'").replaceAll('%', '%%');
    } else if (/[A-Za-z]/.test(part)) {
      const token = Object.hasOwn(TOKENS, part) ? TOKENS[part] : undefined;
      if (token === undefined) return undefined;
      format += token;
    } else format += part.replaceAll('%', '%%');
  }
  return format;
}
