import type { Report } from '../report/blocks.ts';
import { type Dialect, renderMarkup } from './markup.ts';

/** The report as Markdown that GitHub and GitLab show alike: tables and fences of GFM, no HTML. */
export async function renderMarkdown(report: Report): Promise<string> {
  return renderMarkup(report, MARKDOWN);
}

const MARKDOWN: Dialect = {
  text: escapeMarkdown,
  // What would make a heading, a list or a rule of the line, and what GitLab takes for a command to itself (/close).
  start: (markup) =>
    markup.replace(/^(#{1,6}|[-+]|\d{1,9}[.)])(?=\s|-|$)/, (mark) => `${mark.slice(0, -1)}\\${mark.slice(-1)}`).replace(/^\//, '\\/'),
  heading: (level, markup) => `${'#'.repeat(level)} ${markup}`,
  strong: (markup) => `**${markup}**`,
  // A pipe ends a table cell even inside code, and the backslash before it is the one that GFM takes away again there.
  code: (text, inTable) => code(inTable ? text.replaceAll('|', '\\|') : text),
  link: (href, markup) => `[${markup}](<${href}>)`,
  verdict: (markup) => markup,
  note: (markup) => `> ${markup}`,
  list: (items, ordered) => items.map((item, i) => `${ordered ? `${i + 1}.` : '-'} ${item}`).join('\n'),
  table: (aligns, heads, rows) => {
    const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
    return [row(heads), row(aligns.map((align) => (align === 'end' ? '---:' : '---'))), ...rows.map(row)].join('\n');
  },
  commands: (lines) => {
    const ticks = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
    return `${ticks}\n${lines.join('\n')}\n${ticks}`;
  },
  steps: (steps) =>
    steps
      .map(({ lines, commands, notes }, i) => {
        // Continuation lines stand under the text of their number.
        const indent = ' '.repeat(`${i + 1}. `.length);
        const block = commands === '' ? '' : `\n\n${indent}${commands.replaceAll('\n', `\n${indent}`)}`;
        const under = notes.length === 0 ? '' : `\n\n${indent}${notes.join(`  \n${indent}`)}`;
        return `${i + 1}. ${lines.join(`  \n${indent}`)}${block}${under}`;
      })
      .join('\n'),
  rule: '---',
};

/** Keeps a sign apart from what follows it, unseen: a forge acts on what is shown, so a backslash would not help. */
const APART = '\u2060';

/** Text that Markdown shows as it is, and of which no forge makes a mention, a reference, a picture or a marked change. */
function escapeMarkdown(text: string): string {
  return (
    text
      .replace(/[\\`*[\]<>|&~$]/g, '\\$&')
      .replace(/_(?![A-Za-z0-9])|(?<![A-Za-z0-9])_/g, '\\_')
      // @user, #12, !12, and GitLab's ~label, %milestone, ^alert; owner/repository#12 as well.
      .replace(/(?<![A-Za-z0-9])(?:[@#!%^](?=[A-Za-z0-9])|~(?=[A-Za-z]))|[#!&](?=[0-9])/g, `$&${APART}`)
      // A bare address becomes a link; a name that holds one is shown and leads nowhere.
      .replace(/:(?=\/\/)|www(?=\.)|(?<=[A-Za-z0-9.+-])@(?=[A-Za-z0-9])/gi, `$&${APART}`)
      // :100: is a picture, also in the middle of an IPv6 address.
      .replace(/:(?=(?:[a-z+-][a-z0-9_+-]*|100|1234|8ball|\d[a-z]{2}_place_medal):)/gi, `$&${APART}`)
      // {+ added +} and [- removed -] of GitLab.
      .replace(/[{[](?=[+-])/g, `$&${APART}`)
  );
}

function code(text: string): string {
  const ticks = '`'.repeat(longestRun(text) + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${ticks}${pad}${text}${pad}${ticks}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
