import { createHash } from 'node:crypto';
import Handlebars from 'handlebars';
import { CHART_SIZES, drawChart } from '../charts/index.ts';
import { withPlainLook } from '../charts/plain-look.ts';
import { drawBasis } from '../charts/waterfall.ts';
import { ConfigError } from '../model/errors.ts';
import type { Block, ChartBlock, LineBandChart, Report, TableCell, Tone } from '../report/blocks.ts';
import { anchorsOf } from './anchors.ts';
import { collectReadings } from './chart-readings.ts';
import { anchorOf, cleanReport, plainText, safeHref } from './clean-text.ts';
import { type FirstSide, type Paper, planFirstSide } from './first-side.ts';
import { fontFaces } from './fonts.ts';
import { linkGlossary } from './glossary-links.ts';
import { loadTemplates, type TemplateFiles } from './template-files.ts';

export interface HtmlOptions {
  /** Sheet that the page is printed on. Default `a4`. */
  readonly paper?: Paper;
  /** When the report was made, epoch milliseconds UTC. Default: the report's own. */
  readonly generatedAt?: number;
  /** Picture for the head of the first page, as a data URL. */
  readonly logo?: string;
  /** Folder with templates that take the place of ours; see `loadTemplates`. */
  readonly templateFolder?: string;
}

type TableBlock = Extract<Block, { type: 'table' }>;

/**
 * The report as one self-contained page: style, script, fonts and pictures inside, and nothing loaded from anywhere.
 * @throws ConfigError for a template of the user's own that cannot be drawn
 */
export async function renderHtml(report: Report, options: HtmlOptions = {}): Promise<string> {
  const templates = await loadTemplates(options.templateFolder);
  const paper = options.paper ?? 'a4';
  const { report: cleaned, firstSide } = layFirstSide(linkGlossary(cleanReport(report)), paper);
  const generatedAt = options.generatedAt ?? report.generatedAt;
  const fonts = await fontFaces(JSON.stringify(cleaned), templates.fonts);
  const style = [fonts, styleOf(templates), pageRules(cleaned, paper)].join('\n');
  const view = {
    report: cleaned,
    firstSide,
    logo: options.logo,
    generatedOn: generatedAt === undefined ? undefined : new Date(generatedAt).toISOString(),
    style: new Handlebars.SafeString(style),
    script: new Handlebars.SafeString(templates.script),
    forScript: { words: cleaned.words, clock: cleaned.clock },
    readings: collectReadings(cleaned),
    anchors: anchorsOf(cleaned),
    policy: `default-src 'none'; style-src 'sha256-${digest(style)}'; script-src 'sha256-${digest(templates.script)}'; font-src data:; img-src data:; base-uri 'none'; form-action 'none'`,
  };
  try {
    return compile(templates)(view);
  } catch (cause) {
    if (options.templateFolder === undefined) throw cause;
    const reason = cause instanceof Error ? cause.message.replace(/\s+/g, ' ') : String(cause);
    throw new ConfigError('--template', options.templateFolder, `templates that Handlebars can draw (${reason})`, { cause });
  }
}

/** The report with its first chart as low as the first printed side asks for. */
function layFirstSide(report: Report, paper: Paper): { readonly report: Report; readonly firstSide: FirstSide } {
  const index = report.first.findIndex((block) => block.type === 'chart' && block.form === 'line-band');
  const chart = report.first[index] as LineBandChart | undefined;
  const lowered = (isLow: boolean): LineBandChart | undefined => (chart === undefined || !isLow ? chart : { ...chart, height: 'low' });
  const firstSide = planFirstSide(report, paper, (isLow) => {
    const drawn = lowered(isLow);
    return drawn === undefined ? 0 : Number(drawChart(drawn, CHART_SIZES.wide).match(/ height="([\d.]+)"/)?.[1] ?? 0);
  });
  const first = report.first.map((block, i) => (i === index ? (lowered(firstSide.hasLowChart) ?? block) : block));
  return { report: { ...report, first }, firstSide };
}

const compiled = new WeakMap<TemplateFiles, Handlebars.TemplateDelegate>();

function compile(templates: TemplateFiles): Handlebars.TemplateDelegate {
  const known = compiled.get(templates);
  if (known !== undefined) return known;
  // An instance of its own: nobody else's helpers or partials are in it, and ours are in nobody else's.
  const handlebars = Handlebars.create();
  handlebars.registerHelper(HELPERS);
  for (const [name, source] of Object.entries(templates.partials))
    handlebars.registerPartial(name, handlebars.compile(source, { preventIndent: true }));
  const page = handlebars.compile(templates.page, { preventIndent: true });
  compiled.set(templates, page);
  return page;
}

function styleOf({ palette, paletteDark, pageStyle, chartStyle }: TemplateFiles): string {
  return [palette, `@media screen and (prefers-color-scheme: dark) {\n${paletteDark}}`, pageStyle, chartStyle].join('\n');
}

function digest(content: string): string {
  return createHash('sha256').update(content).digest('base64');
}

// Header and page number are margin boxes of the sheet, so the browser's own print dialogue makes the same pages as our PDF.
function pageRules(report: Report, paper: Paper): string {
  const font = 'font: 400 8.5pt "Inter", sans-serif; color: #59626d';
  const { page, of } = report.words;
  return `@page { size: ${paper === 'a4' ? 'A4' : 'letter'}; margin: 18mm 16mm 16mm;
  @top-left { content: ${cssString(shorten(report.cover.product))}; ${font} }
  @top-right { content: ${cssString(shorten(report.documentTitle))}; ${font} }
  @bottom-left { content: ${cssString(shorten(plainText(report.footer)))}; ${font} }
  @bottom-right { content: ${cssString(`${page} `)} counter(page) ${cssString(` ${of} `)} counter(pages); ${font} } }
@page :first { margin-top: 13mm; @top-left { content: none } @top-right { content: none } }`;
}

function shorten(text: string): string {
  const characters = Array.from(text);
  return characters.length > 80 ? `${characters.slice(0, 79).join('')}…` : text;
}

// Everything but plain letters is written as its code point: no name can close the string, the rule or the style element.
function cssString(text: string): string {
  return `"${text.replace(/[^A-Za-z0-9 .,:]/gu, (character) => `\\${character.codePointAt(0)?.toString(16)} `)}"`;
}

/** What the templates may ask for. Templates lay out; whatever must be decided is decided here. */
const HELPERS: Handlebars.HelperDeclareSpec = {
  anchor: (id: string) => anchorOf(String(id)),
  figureId: (id: string) => `figure-${anchorOf(String(id))}`,
  safeHref: (link: unknown, { data }: Handlebars.HelperOptions) =>
    typeof link === 'string' ? liveHref(link, data.root.anchors) : undefined,
  is: (a: unknown, b: unknown) => a === b,
  isTerm: (link: unknown) => typeof link === 'string' && /^#(n\d+-)?term-/.test(link),
  isText: (value: unknown) => typeof value === 'string',
  prose: (words: string) => keepTogether(words),
  isPlain: (tone: unknown) => tone === undefined || tone === 'neutral',
  has: (value: unknown, key: string) => typeof value === 'object' && value !== null && Object.hasOwn(value, key),
  number: (index: number) => index + 1,
  isOverleaf: (index: number, firstSide: FirstSide) => index >= firstSide.stepsWithCommands,
  hasOverleaf: (block: Block, firstSide: FirstSide) =>
    block.type === 'actions' && (!firstSide.hasDetails || block.steps.some(({ notes }) => notes.length > 0)),
  isShort: (text: string, most: unknown) => text.length <= (typeof most === 'number' ? most : 20),
  joinLines: (lines: readonly string[]) => lines.join('\n'),
  mark: (tone: Tone | undefined, className: unknown) => drawMark(tone, typeof className === 'string' ? className : 'mark'),
  meter: (cell: TableCell) => drawMeter(cell),
  tableLabel: (table: TableBlock) => table.caption ?? table.columns.map((column) => column.label).join(', '),
  tableOf: (table: TableBlock) => layTable(table),
  isBrief: (rows: readonly unknown[]) => rows.length <= 7,
  draw: (chart: ChartBlock, size: 'wide' | 'narrow') => new Handlebars.SafeString(drawChart(chart, CHART_SIZES[size])),
  panelColumns: (panels: readonly unknown[]) => `of${columnsFor(panels.length)}`,
  basisKey: (chart: ChartBlock, words: Report['words']) => drawBasisKey(chart, words),
  json: (value: unknown) => drawJson(value),
  arrange: (blocks: readonly Block[]) => arrangeBlocks(blocks),
};

// Rows of the same length where that can be, and never more than four in one.
function columnsFor(panels: number): number {
  if (panels < 4) return panels;
  return panels % 3 === 0 && panels < 9 ? 3 : 4;
}

// An address that a report may lead to; undefined for a part that this page does not have.
function liveHref(link: string, anchors: ReadonlySet<string>): string | undefined {
  const href = safeHref(link);
  return href?.startsWith('#') && !anchors.has(href.slice(1)) ? undefined : href;
}

/** Blocks with the partial of each; a waterfall and the table after it become one pair, side by side where there is room. */
function arrangeBlocks(blocks: readonly Block[]): readonly object[] {
  const arranged: object[] = [];
  for (let i = 0; i < blocks.length; i++) {
    const block = blocks[i] as Block;
    const next = blocks[i + 1];
    if (block.type === 'chart' && block.form === 'waterfall' && next?.type === 'table') {
      arranged.push({ partial: 'pair', chart: block, table: next });
      i++;
    } else {
      arranged.push({ ...block, partial: block.type });
    }
  }
  return arranged;
}

function layTable({ columns, rows, totals }: TableBlock): object {
  const heads = columns.filter((column) => !column.below);
  const laid = rows.map((row, n) => {
    const cells = row.map((cell, column) => ({
      ...cell,
      isBelow: columns[column]?.below ?? false,
      isHead: column === 0,
      isEnd: columns[column]?.align === 'end',
      isSorted: cell.sort !== undefined,
      isShort: isShortCell(cell),
      marked: cell.tone !== undefined && cell.tone !== 'neutral',
    }));
    return {
      total: totals?.includes(n) ?? false,
      cells: cells.filter((cell) => !cell.isBelow),
      below: cells.filter((cell) => cell.isBelow && plainText(cell.text) !== ''),
    };
  });
  return { heads, rows: laid, isBroad: columns.length > 4 && heads.length === columns.length };
}

// A short cell stays on one line: "● measured" torn in two costs more than the width it saves. A list may break between its parts.
function isShortCell(cell: TableCell): boolean {
  const text = plainText(cell.text);
  return text.length <= 20 && !text.includes('\u00a0· ');
}

// One shape a tone, so that none is told by colour alone. The word stands beside it.
const MARKS: Readonly<Partial<Record<Tone, string>>> = {
  critical: '<path d="M6 .5 12 11.5H0z"/>',
  warning: '<path d="M6 0 12 6 6 12 0 6z"/>',
  good: '<circle cx="6" cy="6" r="5.5"/>',
  info: '<path d="M6 .5a5.5 5.5 0 1 0 .01 0zM6 2.5a3.5 3.5 0 1 1-.01 0z"/>',
};

function drawMark(tone: Tone | undefined, className: string): Handlebars.SafeString | string {
  const shape = tone === undefined ? undefined : MARKS[tone];
  return shape === undefined
    ? ''
    : new Handlebars.SafeString(`<svg class="${className}" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">${shape}</svg>`);
}

function drawMeter(cell: TableCell): Handlebars.SafeString | string {
  if (cell.bar === undefined || !Number.isFinite(cell.bar)) return '';
  const width = Math.round(Math.min(Math.max(cell.bar, 0), 1) * 1000) / 10;
  const tone = cell.tone === 'warning' || cell.tone === 'critical' ? ` tone-${cell.tone}` : '';
  return new Handlebars.SafeString(
    `<svg class="meter${tone}" width="100" height="6" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="track" fill="#e6e9ed" width="100" height="6"/><rect class="fill" fill="#7f9fd6" width="${width}" height="6"/></svg>`,
  );
}

function drawBasisKey(chart: ChartBlock, words: Report['words']): Handlebars.SafeString | string {
  if (chart.form !== 'waterfall') return '';
  const shown = (['measured', 'derived', 'assumed'] as const).filter((basis) => chart.steps.some((step) => step.basis === basis));
  if (shown.length === 0) return '';
  const items = shown.map(
    (basis) =>
      `<li><svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">${withPlainLook(drawBasis(basis, 5, 5))}</svg>${Handlebars.escapeExpression(words[basis])}</li>`,
  );
  return new Handlebars.SafeString(`<ul class="basis-key">${items.join('')}</ul>`);
}

// "<" written as an escape, so that no text can end the element.
function drawJson(value: unknown): Handlebars.SafeString {
  return new Handlebars.SafeString(JSON.stringify(value).replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`));
}

/** A figure and its unit, and an option of ours, in HTML that has been escaped. */
const TOGETHER = /(?<![\w.,])\d[\d.,]*\s(?:%|[KMGT]?i?B|d|h|min|s|days?|dias?)(?![\w])|(?<![\w-])--[a-z]+(?:-[a-z]+)+/g;

/** Words in which no line ends between a figure and its unit, or inside an option: there `--system-` and `memory` would be two things. */
function keepTogether(words: string): Handlebars.SafeString {
  return new Handlebars.SafeString(Handlebars.escapeExpression(words).replace(TOGETHER, '<span class="short">$&</span>'));
}
