import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

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

let loaded: Promise<TemplateFiles> | undefined;

/** Reads the templates once. */
export function loadTemplates(): Promise<TemplateFiles> {
  loaded ??= readTemplates(findTemplates());
  return loaded;
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
  return { page, partials: Object.fromEntries(partials), palette, paletteDark, chartStyle, pageStyle, script, fonts };
}
