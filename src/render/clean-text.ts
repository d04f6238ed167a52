import type { Report, Text } from '../report/blocks.ts';

// Control characters, and the marks that reverse the reading direction of whatever follows them.
const HARMFUL = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Longest text that is shown whole; no sentence of ours comes near, a hostile name may. */
const MOST_CHARACTERS = 4_000;

/** The text without control and direction marks, well-formed, and of bounded length. Line breaks and tabs become spaces. */
export function cleanText(text: string): string {
  const bounded = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
  return bounded.toWellFormed().replace(HARMFUL, (mark) => (mark === '\n' || mark === '\t' ? ' ' : ''));
}

/** The report with every text in it cleaned, so that no renderer has to remember to. Names from servers and files end up everywhere. */
export function cleanReport(report: Report): Report {
  return clean(report) as Report;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, clean(each)]));
  return value;
}

/** The words of a text without their markup. */
export function plainText(text: Text): string {
  return text.map((run) => (typeof run === 'string' ? run : 'code' in run ? run.code : 'strong' in run ? run.strong : run.text)).join('');
}

/** An id that is safe in markup and in a URL; the same text always gives the same id. */
export function anchorOf(id: string): string {
  return id.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 100) || 'block';
}

/** The address if it is one that a report may lead to: an anchor in it, the report of a node beside it, or a web page. */
export function safeHref(link: string | undefined): string | undefined {
  if (link === undefined) return undefined;
  if (link.startsWith('#')) return `#${anchorOf(link.slice(1))}`;
  if (/^nodes\/[A-Za-z0-9_-][A-Za-z0-9._-]*\.html$/.test(link)) return link;
  return /^https?:\/\/[^\s"'<>]+$/i.test(link) ? link : undefined;
}
