import type { Report } from '../report/blocks.ts';
import { type Dialect, renderMarkup } from './markup.ts';

/** The report in Jira's wiki markup, for descriptions and comments. */
export async function renderJira(report: Report): Promise<string> {
  return renderMarkup(report, JIRA);
}

const JIRA: Dialect = {
  text: escapeJira,
  // What would make a list, a heading or a quotation of the line.
  start: (markup) => markup.replace(/^[#-](?=[#*\s-]|$)/, '\\$&').replace(/^(?:h[1-6]|bq)\./i, `${APART}$&`),
  heading: (level, markup) => `h${level}. ${markup}`,
  strong: (markup) => `*${markup}*`,
  code: (text) => (text.trim() === '' ? escapeJira(text) : `{{${escapeJira(text.trim())}}}`),
  link: (href, markup) => `[${markup}|${href.replace(/[|[\]{}^!*\\]/g, percent)}]`,
  verdict: (markup) => `{panel}\n${markup}\n{panel}`,
  note: (markup) => `bq. ${markup}`,
  list: (items, ordered) => items.map((item) => `${ordered ? '#' : '*'} ${item}`).join('\n'),
  table: (_, heads, rows) => {
    // A cell without anything in it would make a row of heads of its neighbours.
    const row = (cells: readonly string[], bar: string): string =>
      `${bar}${cells.map((cell) => (cell === '' ? ' ' : cell)).join(bar)}${bar}`;
    return [row(heads, '||'), ...rows.map((cells) => row(cells, '|'))].join('\n');
  },
  // Nothing in the block means anything but its own end.
  commands: (lines) => `{code}\n${lines.join('\n').replace(/\{(?=code|noformat)/gi, `{${APART}`)}\n{code}`,
  // Not a list of Jira's: a block of code in one begins the numbers anew.
  steps: (steps) =>
    steps
      .map(({ lines, commands, notes }, i) =>
        [`*${i + 1}.* ${lines.join('\n')}`, commands, notes.join('\n')].filter((part) => part !== '').join('\n'),
      )
      .join('\n\n'),
  rule: '----',
};

/** Keeps signs apart, unseen. */
const APART = '\u2060';

/**
 * Text that Jira shows as it is: its marks have a backslash before them. A backslash itself is written as an entity, since two
 * of them are a line break.
 */
function escapeJira(text: string): string {
  return (
    text
      .replace(/&(?=#?\w+;)/g, '&amp;')
      .replace(/\\/g, '&#92;')
      .replace(/[{}[\]|*^~]/g, '\\$&')
      // Marks of emphasis, deleting, inserting and pictures begin where no letter stands before them; -- is a dash.
      .replace(/(?<![\p{L}\p{N}])[-+_!](?=\S)|_(?![\p{L}\p{N}])/gu, '\\$&')
      .replace(/\?(?=\?)/g, '\\?')
      // A bare address becomes a link; a name that holds one is shown and leads nowhere.
      .replace(/:(?=\/\/)|www(?=\.)|mailto(?=:)/gi, `$&${APART}`)
      // Faces and signs: :) ;) :D (y) (/) (!)
      .replace(/[:;](?=[()]|[PD](?![A-Za-z0-9]))/g, `$&${APART}`)
      .replace(/\((?=(?:y|n|i|x|on|off|\/|\\?[!+*?-]|\*[rgby])\))/g, `(${APART}`)
  );
}

function percent(sign: string): string {
  return `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
}
