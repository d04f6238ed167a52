import { readFile } from 'node:fs/promises';
import { text as readStream } from 'node:stream/consumers';
import { type Aliases, anonymize, readAnalysis } from '../index.ts';
import { InputError } from '../model/errors.ts';
import { hidingNames, openAliases, saveAliases } from './anonymity.ts';
import { languageOption } from './language.ts';
import { logoOption } from './logo.ts';
import { openMessages } from './messages.ts';
import { nodePagesOption } from './node-pages.ts';
import { choiceOption, listOption } from './options.ts';
import { OUTPUT_FORMATS, writeOutputs } from './output.ts';

/** `redis-headroom render analysis.json`: the same report again, without the inputs. @throws HeadroomError */
export async function renderCommand(file: string, options: Readonly<Record<string, unknown>>): Promise<number> {
  const aliases = await openAliases(options);
  return hidingNames(aliases, [file], () => drawAgain(file, options, aliases), options);
}

async function drawAgain(file: string, options: Readonly<Record<string, unknown>>, aliases: Aliases | undefined): Promise<number> {
  const formats = listOption('--format', String(options.format), OUTPUT_FORMATS);
  const language = languageOption(options.lang, process.env);
  const paper = choiceOption('--paper', String(options.paper).toLowerCase(), ['a4', 'letter'] as const);
  const saved = await readAnalysis(await readText(file), file === '-' ? 'stdin' : file);
  const titled = typeof options.title === 'string' ? { ...saved, title: options.title } : saved;
  const analysis = aliases === undefined ? titled : await anonymize(titled, aliases);
  await saveAliases(aliases, typeof options.anonymizeMap === 'string' ? options.anonymizeMap : undefined);
  const messages = await openMessages({ quiet: options.quiet === true });
  const text = (name: string): string | undefined => (typeof options[name] === 'string' ? options[name] : undefined);
  const look = {
    paper,
    browserPath: text('browser'),
    logo: await logoOption(options),
    templateFolder: text('template'),
    nodePages: nodePagesOption(options.nodePages),
  };
  try {
    const written = await writeOutputs(analysis, { out: String(options.out), formats, language, ...look }, messages);
    for (const path of written) messages.note(`Wrote ${path}`);
  } finally {
    messages.done();
  }
  return 0;
}

async function readText(file: string): Promise<string> {
  if (file === '-') return readStream(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new InputError(file, 'cannot be read. Expected an analysis.json that `redis-headroom report --format json` wrote.', { cause });
  }
}
