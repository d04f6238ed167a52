import { type Aliases, anonymize, isAnonymous } from '../index.ts';
import { hidingNames, openAliases, saveAliases } from './anonymity.ts';
import { baselineOption, compareUnderNames, mustKnow, readSaved } from './baseline.ts';
import { openMessages } from './messages.ts';
import { writeOutputs } from './output.ts';
import { outputOptions } from './output-options.ts';

/** `redis-headroom render analysis.json`: the same report again, without the inputs. @throws HeadroomError */
export async function renderCommand(file: string, options: Readonly<Record<string, unknown>>): Promise<number> {
  const aliases = await openAliases(options);
  return hidingNames(aliases, [file], () => drawAgain(file, options, aliases), options);
}

async function drawAgain(file: string, options: Readonly<Record<string, unknown>>, aliases: Aliases | undefined): Promise<number> {
  const output = await outputOptions(options);
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
  try {
    const written = await writeOutputs(analysis, output, messages);
    for (const path of written) messages.note(`Wrote ${path}`);
  } finally {
    messages.done();
  }
  return 0;
}
