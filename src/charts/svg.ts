import type { ChartBlock } from '../report/blocks.ts';
import type { ChartSize } from './size.ts';

/** Font size of all chart text, in view box pixels. */
export const FONT_PX = 12;

/** Height of one line of chart text. */
export const LINE_PX = 15;

/** A coordinate with at most two decimals. */
export function px(value: number): string {
  return String(Math.round(value * 100) / 100 + 0);
}

// Control characters that XML forbids, and the marks that reverse the reading direction of what follows.
const UNSAFE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text made safe for an SVG text node or attribute. */
export function escapeXml(text: string): string {
  return text.replace(UNSAFE, ' ').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** An estimate of the drawn width of a text in Inter, which is close enough to keep labels apart. */
export function textWidth(text: string, fontPx: number = FONT_PX): number {
  let ems = 0;
  for (const character of text) ems += NARROW.has(character) ? 0.3 : WIDE.has(character) ? 0.82 : 0.575;
  return ems * fontPx;
}
const NARROW = new Set(" .,:;'|!iljtfrI()[]/-·");
const WIDE = new Set('mwMW%@—→');

/** The text, cut with an ellipsis where it would be wider than `maxPx`. */
export function fitText(text: string, maxPx: number): string {
  // A name may be kilobytes long; no label needs more than its first 200 characters to be cut right.
  const characters = Array.from(text.slice(0, 400)).slice(0, 200);
  const whole = characters.join('');
  if (whole.length === text.length && textWidth(whole) <= maxPx) return text;
  while (characters.length > 1 && textWidth(`${characters.join('')}…`) > maxPx) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

/** The text in at most two lines of `maxPx`, broken between words; what still does not fit is cut. */
export function wrapText(text: string, maxPx: number): readonly string[] {
  if (textWidth(text.slice(0, 400)) <= maxPx && text.length <= 400) return [text];
  const words = text.slice(0, 400).split(' ');
  let first = words.shift() ?? '';
  while (words[0] !== undefined && textWidth(`${first} ${words[0]}`) <= maxPx) first += ` ${words.shift()}`;
  if (words.length === 0) return [fitText(text, maxPx)];
  return [fitText(first, maxPx), fitText(words.join(' '), maxPx)];
}

/** One text element. */
export function textAt(x: number, y: number, text: string, className: string, anchor: 'start' | 'middle' | 'end' = 'start'): string {
  const anchored = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
  return `<text x="${px(x)}" y="${px(y)}" class="${className}"${anchored}>${escapeXml(text)}</text>`;
}

/** One straight line. */
export function lineAt(x1: number, y1: number, x2: number, y2: number, className: string): string {
  return `<path class="${className}" d="M${px(x1)},${px(y1)}L${px(x2)},${px(y2)}"/>`;
}

/** One rectangle; nothing where it has no area. */
export function rectAt(x: number, y: number, width: number, height: number, className: string, fill?: string): string {
  if (!(width > 0 && height > 0)) return '';
  const filled = fill === undefined ? '' : ` fill="${fill}"`;
  return `<rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" class="${className}"${filled}/>`;
}

/** An id that is safe in markup and in `url(#…)`, and differs between the two drawings of one chart. */
export function partId(chart: ChartBlock, size: ChartSize, part: string): string {
  return `${chart.id.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 80)}-${size.name}-${part}`;
}

/** The definition of the hatching that stands for "no data"; use it as `url(#id)`. */
export function hatchPattern(id: string): string {
  return `<pattern id="${id}" class="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0,0V6"/></pattern>`;
}

/** The whole picture: title and text alternative first, then what was drawn. `data` are extra attributes for the hover script. */
export function wrapSvg(chart: ChartBlock, size: ChartSize, height: number, body: readonly string[], data = ''): string {
  const titleId = partId(chart, size, 'title');
  const descId = partId(chart, size, 'desc');
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="chart ${size.name}" viewBox="0 0 ${px(size.width)} ${px(height)}" role="img" aria-labelledby="${titleId} ${descId}"${data}>` +
    `<title id="${titleId}">${escapeXml(chart.title)}</title><desc id="${descId}">${escapeXml(chart.alt)}</desc>` +
    `${body.join('')}</svg>`
  );
}
