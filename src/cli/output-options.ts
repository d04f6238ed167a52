import { languageOption } from './language.ts';
import { logoOption } from './logo.ts';
import { nodePagesOption } from './node-pages.ts';
import { choiceOption, listOption } from './options.ts';
import { OUTPUT_FORMATS, type OutputOptions } from './output.ts';

/** What `report` and `render` are told of the files to write, and how they look. @throws ConfigError */
export async function outputOptions(options: Readonly<Record<string, unknown>>): Promise<OutputOptions> {
  const text = (name: string): string | undefined => (options[name] === undefined ? undefined : String(options[name]));
  return {
    out: String(options.out),
    formats: listOption('--format', String(options.format), OUTPUT_FORMATS),
    language: languageOption(options.lang, process.env),
    paper: choiceOption('--paper', String(options.paper).toLowerCase(), ['a4', 'letter'] as const),
    browserPath: text('browser'),
    logo: await logoOption(options),
    templateFolder: text('template'),
    nodePages: nodePagesOption(options.nodePages),
  };
}
