import { type Aliases, anonymize, isAnonymous } from '../index.ts';
import { hidingNames, openAliases, saveAliases } from './anonymity.ts';
import { baselineOption, compareUnderNames, mustKnow, readSaved } from './baseline.ts';
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
  const text = (name: string): string | undefined => (typeof options[name] === 'string' ? options[name] : undefined);
  const baselineFile = text('baseline');
  const baseline = await baselineOption(baselineFile, aliases);
  const saved = await readSaved(file);
  if (baseline !== undefined && (await isAnonymous(saved))) mustKnow(saved, aliases, 'analysis.json', file);
  const named =
    baseline === undefined
      ? aliases === undefined
        ? saved
        : await anonymize(saved, aliases)
      : await compareUnderNames(saved, baseline, aliases, { name: baselineFile ?? '', kind: 'baseline' });
  const title = text('title');
  const analysis = title === undefined || aliases !== undefined ? named : { ...named, title };
  await saveAliases(aliases, text('anonymizeMap'));
  const messages = await openMessages({ quiet: options.quiet === true });
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
