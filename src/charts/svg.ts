import type { ChartBlock } from '../report/blocks.ts';
import { withPlainLook } from './plain-look.ts';
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
  for (const character of text) ems += EMS.get(character) ?? (character >= 'A' && character <= 'Z' ? 0.7 : 0.6);
  return ems * fontPx;
}

// Advance widths of Inter that differ much from the common 0.6 em.
const EMS = new Map<string, number>();
for (const [characters, ems] of [
  [" .,:;'|!iljI·", 0.29],
  ['tfr()[]/-"', 0.38],
  ['csxyvkzJ1', 0.55],
  ['mwMW%@—→', 0.88],
] as const) {
  for (const character of characters) EMS.set(character, ems);
}

/** The text, cut with an ellipsis where it would be wider than `maxPx`. */
export function fitText(text: string, maxPx: number): string {
  // A name may be kilobytes long; no label needs more than its first 200 characters to be cut right.
  const characters = Array.from(text.slice(0, 400)).slice(0, 200);
  const whole = characters.join('');
  if (whole.length === text.length && textWidth(whole) <= maxPx) return text;
  while (characters.length > 1 && textWidth(`${characters.join('')}…`) > maxPx) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

/** The text in at most `mostLines` lines of `maxPx`, broken between words; what still does not fit is cut. */
export function wrapText(text: string, maxPx: number, mostLines = 2): readonly string[] {
  const words = text.slice(0, 400).split(' ');
  const lines: string[] = [];
  while (words.length > 0 && lines.length < mostLines - 1) {
    let line = words.shift() ?? '';
    while (words[0] !== undefined && textWidth(`${line} ${words[0]}`) <= maxPx) line += ` ${words.shift()}`;
    lines.push(fitText(line, maxPx));
  }
  if (words.length > 0) lines.push(fitText(words.join(' '), maxPx));
  return lines;
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
export function rectAt(x: number, y: number, width: number, height: number, className: string): string {
  if (!(width > 0 && height > 0)) return '';
  return `<rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" class="${className}"/>`;
}

/** An id that is safe in markup and differs between the two drawings of one chart. */
export function partId(chart: ChartBlock, size: ChartSize, part: string): string {
  return `${chart.id.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 80)}-${size.name}-${part}`;
}

/**
 * The hatching that stands for "no data", as strokes from lower left to upper right. Strokes rather than an SVG pattern:
 * browsers print a pattern as a bitmap.
 */
export function hatchAt(x: number, y: number, width: number, height: number): string {
  if (!(width > 0 && height > 0)) return '';
  const strokes: string[] = [];
  // Each stroke lies on x + y = sum; sums are multiples of the step, so that neighbouring areas continue one another.
  const step = 7;
  for (let sum = Math.ceil((x + y) / step) * step; sum < x + width + y + height; sum += step) {
    const fromX = Math.max(x, sum - (y + height));
    const toX = Math.min(x + width, sum - y);
    if (toX > fromX) strokes.push(`M${px(fromX)},${px(sum - fromX)}L${px(toX)},${px(sum - toX)}`);
  }
  return `<path class="hatch" d="${strokes.join('')}"/>`;
}

/** What widens with the time axis when the reader zooms in: lines, areas, gaps. */
export function stretching(parts: readonly string[]): string {
  return `<g class="plot">${parts.join('')}</g>`;
}

/** What moves with the time axis and keeps its form: a mark with its label. */
export function movingWith(x: number, parts: readonly string[]): string {
  return `<g data-x="${x.toFixed(1)}">${parts.join('')}</g>`;
}

/** The name of something drawn over time, which follows that when the reader zooms in. */
export function named(role: string, label: string): string {
  return `<g data-name="${role}">${label}</g>`;
}

/** A text on a patch of paper, so that it stays readable over lines. */
export function textOver(x: number, y: number, text: string, className: string, anchor: 'start' | 'middle' | 'end' = 'start'): string {
  const width = textWidth(text);
  const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2;
  return rectAt(left - 3, y - 11, width + 6, 15, 'under') + textAt(x, y, text, className, anchor);
}

/** The whole picture: title and text alternative first, then what was drawn. `data` are extra attributes for the hover script. */
export function wrapSvg(chart: ChartBlock, size: ChartSize, height: number, body: readonly string[], data = ''): string {
  const titleId = partId(chart, size, 'title');
  const descId = partId(chart, size, 'desc');
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="chart ${size.name}" width="${px(size.width)}" height="${px(height)}" viewBox="0 0 ${px(size.width)} ${px(height)}" font-family="sans-serif" font-size="${FONT_PX}" role="img" aria-labelledby="${titleId} ${descId}"${data}>` +
    `<title id="${titleId}">${escapeXml(chart.title)}</title><desc id="${descId}">${escapeXml(chart.alt)}</desc>` +
    `${withPlainLook(body.join(''))}</svg>`
  );
}
