import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../model/errors.ts';

/** Layout, style and script of the page, as they stand in `templates/`. */
export interface TemplateFiles {
  readonly page: string;
  /** Partials by name. */
  readonly partials: Readonly<Record<string, string>>;
  readonly palette: string;
  readonly paletteDark: string;
  readonly chartStyle: string;
  readonly pageStyle: string;
  readonly script: string;
  /** Fonts by file name without its ending; see scripts/report-fonts.py. */
  readonly fonts: Readonly<Record<'inter-400' | 'inter-600' | 'symbols', Buffer>>;
}

const loaded = new Map<string | undefined, Promise<TemplateFiles>>();

/**
 * Reads the templates once.
 * @param own - folder of which each file takes the place of ours of the same name (`report.hbs`, `partials/cover.hbs`, `palette.css`, …); style in
 *   `extra.css` comes after ours, and partials of other names may be added
 * @throws ConfigError for a folder that cannot be read, or a file in it that would be used nowhere
 */
export function loadTemplates(own?: string): Promise<TemplateFiles> {
  const known = loaded.get(own);
  if (known !== undefined) return known;
  const templates = own === undefined ? readTemplates(findTemplates()) : loadTemplates().then((ours) => withOwn(ours, own));
  loaded.set(own, templates);
  return templates;
}

const TEXT_FILES = {
  'report.hbs': 'page',
  'palette.css': 'palette',
  'palette-dark.css': 'paletteDark',
  'chart.css': 'chartStyle',
  'report.css': 'pageStyle',
  'report.js': 'script',
} as const satisfies Readonly<Record<string, keyof TemplateFiles>>;
const EXTRA_STYLE = 'extra.css';
const PARTIAL = /^partials[\\/]([a-z][a-z0-9-]*)\.hbs$/;

async function withOwn(ours: TemplateFiles, folder: string): Promise<TemplateFiles> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause) => {
    throw new ConfigError('--template', folder, 'a folder with templates', { cause });
  });
  const files = names.filter((entry) => !entry.isDirectory()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  if (files.length === 0) throw new ConfigError('--template', folder, `a folder with some of ${knownNames(ours)}`);
  const texts: Partial<Record<(typeof TEXT_FILES)[keyof typeof TEXT_FILES], string>> = {};
  const partials: Record<string, string> = { ...ours.partials };
  let extra = '';
  for (const file of files.sort()) {
    const partial = PARTIAL.exec(file)?.[1];
    const text = await readFile(join(folder, file), 'utf8').catch((cause) => {
      throw new ConfigError('--template', join(folder, file), 'a file that can be read', { cause });
    });
    if (partial !== undefined) partials[partial] = text;
    else if (file === EXTRA_STYLE) extra = `\n${text}`;
    else if (Object.hasOwn(TEXT_FILES, file)) texts[TEXT_FILES[file as keyof typeof TEXT_FILES]] = text;
    else throw new ConfigError('--template', join(folder, file), knownNames(ours));
  }
  const merged = { ...ours, ...texts, partials };
  return { ...merged, pageStyle: merged.pageStyle + extra };
}

function knownNames(ours: TemplateFiles): string {
  return [...Object.keys(TEXT_FILES), EXTRA_STYLE, ...Object.keys(ours.partials).map((name) => `partials/${name}.hbs`)].join(', ');
}

// The folder lies beside src/ in a checkout and beside dist/ in the package: some levels above this file.
function findTemplates(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'templates', 'report.hbs'))) return join(folder, 'templates');
    if (folder === dirname(folder)) throw new Error(`templates/report.hbs was not found above ${start}`);
  }
}

async function readTemplates(folder: string): Promise<TemplateFiles> {
  const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  const names = (await readdir(join(folder, 'partials'))).filter((name) => name.endsWith('.hbs')).sort();
  const partials = await Promise.all(
    names.map(async (name) => [name.slice(0, -'.hbs'.length), await text(join('partials', name))] as const),
  );
  const [page, palette, paletteDark, chartStyle, pageStyle, script, regular, semibold, symbols] = await Promise.all([
    text('report.hbs'),
    text('palette.css'),
    text('palette-dark.css'),
    text('chart.css'),
    text('report.css'),
    text('report.js'),
    readFile(join(folder, 'fonts', 'inter-400.woff2')),
    readFile(join(folder, 'fonts', 'inter-600.woff2')),
    readFile(join(folder, 'fonts', 'symbols.woff2')),
  ]);
  const fonts = { 'inter-400': regular, 'inter-600': semibold, symbols };
  return { page, partials: Object.fromEntries(partials), palette, paletteDark, chartStyle, pageStyle, script: dense(script), fonts };
}

/** A script without its indents and the comments that have a line of their own. */
function dense(script: string): string {
  return script.replace(/^ *(\/\/.*\n)?/gm, '');
}
