import type { Block, ChartBlock, Inline, Report, TableCell, Text, Tone } from '../report/blocks.ts';
import { cleanReport, safeHref } from './clean-text.ts';

/** How one markup language writes what a report is made of. Every text given to it is plain; what it returns is markup. */
export interface Dialect {
  /** Text that is shown as it is. */
  readonly text: (text: string) => string;
  /** Markup that stands at the beginning of a line, with what would make something else of that line made harmless. */
  readonly start: (markup: string) => string;
  readonly heading: (level: number, markup: string) => string;
  readonly strong: (markup: string) => string;
  readonly code: (text: string, inTable: boolean) => string;
  readonly link: (href: string, markup: string) => string;
  /** The verdict under the title. */
  readonly verdict: (markup: string) => string;
  /** A paragraph set apart from the others. */
  readonly note: (markup: string) => string;
  readonly list: (items: readonly string[], ordered: boolean) => string;
  readonly table: (aligns: readonly ('start' | 'end')[], heads: readonly string[], rows: readonly (readonly string[])[]) => string;
  readonly commands: (lines: readonly string[]) => string;
  /** Numbered steps: lines of text, a block of commands or nothing, and lines under it. */
  readonly steps: (
    steps: readonly { readonly lines: readonly string[]; readonly commands: string; readonly notes: readonly string[] }[],
  ) => string;
  readonly rule: string;
}

/** The report in one markup language: the same words and numbers as the page, charts as what they show. */
export function renderMarkup(report: Report, dialect: Dialect): string {
  const { cover, first, sections, footer } = cleanReport(report);
  const { text, heading, strong } = dialect;
  const parts = [
    heading(1, `${text(cover.title)}: ${text(cover.subject)}`),
    dialect.start(`${text(cover.period)} · ${text(cover.madeOn)}`),
    ...(cover.labels === undefined ? [] : [dialect.start(text(cover.labels))]),
    dialect.verdict(strong(`${text(cover.status.label)}: ${text(cover.verdict)}`)),
    inline(cover.summary),
    ...first.map(block),
    ...sections.flatMap((section) => [heading(2, text(section.title)), ...section.blocks.map(block)]),
    dialect.rule,
    inline(footer),
  ];
  return `${stack(parts)}\n`;

  function block(each: Block): string {
    switch (each.type) {
      case 'heading':
        return heading(each.level, text(each.text));
      case 'paragraph':
        return each.tone === undefined || each.tone === 'neutral' ? inline(each.text) : dialect.note(inline(each.text));
      case 'list':
        return dialect.list(
          each.items.map((item) => inline(item)),
          each.ordered,
        );
      case 'figures':
        return dialect.table(
          each.figures.map(() => 'start'),
          each.figures.map((figure) => text(figure.label)),
          [each.figures.map((figure) => strong(text(figure.value))), each.figures.map((figure) => text(figure.detail ?? ''))],
        );
      case 'table':
        return stack([
          each.caption === undefined ? '' : strong(text(each.caption)),
          dialect.table(
            each.columns.map((column) => column.align),
            each.columns.map((column) => text(column.unit === undefined ? column.label : `${column.label} (${column.unit})`)),
            each.rows.map((cells, row) => cells.map((cell) => tableCell(cell, each.totals?.includes(row) ?? false))),
          ),
          inline(each.note ?? []),
        ]);
      case 'commands':
        return stack([each.label === undefined ? '' : dialect.start(`${text(each.label)}:`), commands(each.lines)]);
      case 'lesson':
        return dialect.note(`${strong(`${text(each.title)}.`)} ${inline(each.text)}`);
      // Folded away on the page, and too long for a comment; the budget's table has its formulas.
      case 'explanations':
        return '';
      case 'actions':
        return actions(each);
      case 'definitions':
        return dialect.list(
          each.items.map((item) => `${strong(text(item.term))}: ${inline(item.text)}`),
          false,
        );
      case 'panels':
        return stack([strong(text(each.title)), block(each.table), inline(each.caption ?? [])]);
      case 'chart':
        return chart(each);
      case 'finding':
        return stack([
          heading(3, `${sign(each.tone)}${text(each.severityLabel)}: ${text(each.title)}`),
          inline(each.body),
          dialect.list(
            each.evidence.map((fact) => `${text(fact.label)}: ${text(fact.value)}`),
            false,
          ),
          commands(each.commands),
        ]);
    }
  }

  function actions(each: Extract<Block, { type: 'actions' }>): string {
    const { what, gives, effort } = each.heads;
    const steps = each.steps.map((step) => {
      const facts = [
        step.gives === '' ? '' : `${text(gives)}: ${text(step.gives)}`,
        step.effort === '' ? '' : `${text(effort)}: ${text(step.effort)}`,
      ].filter((fact) => fact !== '');
      return {
        lines: [inline(step.title), inline(step.detail ?? []), dialect.start(facts.join(' · '))].filter((line) => line !== ''),
        commands: commands(step.commands),
        notes: step.notes.map((note) => inline(note)),
      };
    });
    return stack([strong(text(what)), dialect.steps(steps), inline(each.footnote ?? [])]);
  }

  function chart(each: ChartBlock): string {
    return stack([`${strong(`${text(each.title)}.`)} ${text(each.alt)}`, inline(each.caption ?? [])]);
  }

  function commands(lines: readonly string[]): string {
    return lines.length === 0 ? '' : dialect.commands(lines);
  }

  function tableCell(cell: TableCell, total: boolean): string {
    const markup = `${sign(cell.tone)}${inline(cell.text, true)}`;
    return total && markup !== '' ? strong(markup) : markup;
  }

  function inline(pieces: Text, inTable = false): string {
    return dialect.start(
      pieces
        .map((each) => piece(each, inTable))
        .join('')
        .trim(),
    );
  }

  function piece(each: Inline, inTable: boolean): string {
    if (typeof each === 'string') return text(each);
    if ('code' in each) return dialect.code(each.code, inTable);
    if ('strong' in each) return each.strong.trim() === '' ? text(each.strong) : strong(text(each.strong));
    const href = safeHref(each.link);
    // Anchors of the page lead nowhere in a pasted comment.
    return href === undefined || href.startsWith('#') ? text(each.text) : dialect.link(href, text(each.text));
  }
}

function stack(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}

const SIGNS: Readonly<Partial<Record<Tone, string>>> = { critical: '▲ ', warning: '◆ ', good: '● ' };

function sign(tone: Tone | undefined): string {
  return tone === undefined ? '' : (SIGNS[tone] ?? '');
}
