import type { Block, ChartBlock, Inline, Report, TableCell, Text, Tone } from '../report/blocks.ts';
import { cleanReport, safeHref } from './clean-text.ts';

/** The report as Markdown for GitHub, GitLab and the like: the same words and numbers, charts as what they show. */
export async function renderMarkdown(report: Report): Promise<string> {
  const { cover, first, sections, footer } = cleanReport(report);
  const parts = [
    `# ${escapeMarkdown(cover.title)}: ${escapeMarkdown(cover.subject)}`,
    `${escapeMarkdown(cover.period)} · ${escapeMarkdown(cover.madeOn)}`,
    `**${escapeMarkdown(cover.status.label)}: ${escapeMarkdown(cover.verdict)}**`,
    inline(cover.summary),
    ...first.map(block),
    ...sections.flatMap((section) => [`## ${escapeMarkdown(section.title)}`, ...section.blocks.map(block)]),
    '---',
    inline(footer),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function block(each: Block): string {
  switch (each.type) {
    case 'heading':
      return `${'#'.repeat(each.level)} ${escapeMarkdown(each.text)}`;
    case 'paragraph':
      return each.tone === undefined || each.tone === 'neutral' ? inline(each.text) : `> ${inline(each.text)}`;
    case 'list':
      return each.items.map((item, i) => `${each.ordered ? `${i + 1}.` : '-'} ${inline(item)}`).join('\n');
    case 'figures':
      return table(
        each.figures.map(() => 'start'),
        each.figures.map((figure) => escapeMarkdown(figure.label)),
        [
          each.figures.map((figure) => `**${escapeMarkdown(figure.value)}**`),
          each.figures.map((figure) => escapeMarkdown(figure.detail ?? '')),
        ],
      );
    case 'table': {
      const heads = each.columns.map((column) =>
        escapeMarkdown(column.unit === undefined ? column.label : `${column.label} (${column.unit})`),
      );
      const rows = each.rows.map((cells, row) => cells.map((cell) => cellText(cell, each.totals?.includes(row) ?? false)));
      const parts = [
        each.caption === undefined ? '' : `**${escapeMarkdown(each.caption)}**`,
        table(
          each.columns.map((column) => column.align),
          heads,
          rows,
        ),
        inline(each.note ?? []),
      ];
      return parts.filter((part) => part !== '').join('\n\n');
    }
    case 'commands':
      return [each.label === undefined ? '' : `${escapeMarkdown(each.label)}:`, fence(each.lines)]
        .filter((part) => part !== '')
        .join('\n\n');
    case 'actions':
      return actions(each);
    case 'definitions':
      return each.items.map((item) => `- **${escapeMarkdown(item.term)}**: ${inline(item.text)}`).join('\n');
    case 'chart':
      return chart(each);
    case 'finding': {
      const evidence = each.evidence.map((fact) => `- ${escapeMarkdown(fact.label)}: ${escapeMarkdown(fact.value)}`).join('\n');
      return [
        `### ${sign(each.tone)}${escapeMarkdown(each.severityLabel)}: ${escapeMarkdown(each.title)}`,
        inline(each.body),
        evidence,
        fence(each.commands),
      ]
        .filter((part) => part !== '')
        .join('\n\n');
    }
  }
}

function actions(each: Extract<Block, { type: 'actions' }>): string {
  const { gives, effort } = each.heads;
  const steps = each.steps.map((step, i) => {
    const facts = [
      step.gives === '' ? '' : `${escapeMarkdown(gives)}: ${escapeMarkdown(step.gives)}`,
      step.effort === '' ? '' : `${escapeMarkdown(effort)}: ${escapeMarkdown(step.effort)}`,
    ];
    const lines = [inline(step.title), inline(step.detail ?? []), facts.filter((fact) => fact !== '').join(' · ')].filter(
      (line) => line !== '',
    );
    // Continuation lines stand under the text of their number.
    const indent = ' '.repeat(`${i + 1}. `.length);
    const commands = step.commands.length === 0 ? '' : `\n\n${indent}${fence(step.commands).replaceAll('\n', `\n${indent}`)}`;
    const notes = step.notes.length === 0 ? '' : `\n\n${indent}${step.notes.map(inline).join(`  \n${indent}`)}`;
    return `${i + 1}. ${lines.join(`  \n${indent}`)}${commands}${notes}`;
  });
  return [`**${escapeMarkdown(each.heads.what)}**`, steps.join('\n'), inline(each.footnote ?? [])]
    .filter((part) => part !== '')
    .join('\n\n');
}

function chart(each: ChartBlock): string {
  return [`**${escapeMarkdown(each.title)}.** ${escapeMarkdown(each.alt)}`, inline(each.caption ?? [])]
    .filter((part) => part !== '')
    .join('\n\n');
}

function cellText(cell: TableCell, total: boolean): string {
  // A pipe ends a table cell even inside code, and the backslash before it is the one that GFM takes away again there.
  const words = cell.text.map((each) => (isCode(each) ? { code: each.code.replaceAll('|', '\\|') } : each));
  const text = `${sign(cell.tone)}${inline(words)}`;
  return total && text !== '' ? `**${text}**` : text;
}

function table(aligns: readonly ('start' | 'end')[], heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [row(heads), row(aligns.map((align) => (align === 'end' ? '---:' : '---'))), ...rows.map(row)].join('\n');
}

function inline(text: Text): string {
  // What would make a heading, a list or a rule of the beginning of a paragraph.
  return text
    .map(piece)
    .join('')
    .trim()
    .replace(/^(#{1,6}|[-+]|\d{1,9}[.)])(?=\s|-|$)/, (mark) => `${mark.slice(0, -1)}\\${mark.slice(-1)}`);
}

function isCode(each: Inline): each is { readonly code: string } {
  return typeof each === 'object' && 'code' in each;
}

function piece(each: Inline): string {
  if (typeof each === 'string') return escapeMarkdown(each);
  if ('code' in each) return code(each.code);
  if ('strong' in each) return each.strong.trim() === '' ? escapeMarkdown(each.strong) : `**${escapeMarkdown(each.strong)}**`;
  const href = safeHref(each.link);
  // Anchors of the page lead nowhere in a pasted comment.
  return href === undefined || href.startsWith('#') ? escapeMarkdown(each.text) : `[${escapeMarkdown(each.text)}](<${href}>)`;
}

/**
 * Text that Markdown shows as it is. Marks that mean something are escaped, and what a forge would act on (a mention, a
 * reference) is kept apart from its sign by a zero-width joiner.
 */
function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*[\]<>|&~$]/g, '\\$&')
    .replace(/_(?![A-Za-z0-9])|(?<![A-Za-z0-9])_/g, '\\_')
    .replace(/(?<![A-Za-z0-9])([@#!])(?=[A-Za-z0-9])/g, '$1\u2060');
}

function code(text: string): string {
  const ticks = '`'.repeat(longestRun(text) + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${ticks}${pad}${text}${pad}${ticks}`;
}

function fence(lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const ticks = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
  return `${ticks}\n${lines.join('\n')}\n${ticks}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

const SIGNS: Readonly<Partial<Record<Tone, string>>> = { critical: '▲ ', warning: '◆ ', good: '● ' };

function sign(tone: Tone | undefined): string {
  return tone === undefined ? '' : (SIGNS[tone] ?? '');
}
