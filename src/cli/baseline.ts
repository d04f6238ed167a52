import { readFile } from 'node:fs/promises';
import { text as readStream } from 'node:stream/consumers';
import { type Aliases, type Analysis, anonymize, compare, isAnonymous, readAnalysis } from '../index.ts';
import { ConfigError, InputError } from '../model/errors.ts';

/** A saved Analysis, from a file or (`-`) from standard input. @throws InputError */
export async function readSaved(file: string): Promise<Analysis> {
  const expected = 'Expected an analysis.json that `redis-headroom report --format json` wrote.';
  let text: string;
  try {
    text = file === '-' ? await readStream(process.stdin) : await readFile(file, 'utf8');
  } catch (cause) {
    throw new InputError(file, `cannot be read. ${expected}`, { cause });
  }
  return readAnalysis(text, file === '-' ? 'stdin' : file);
}

/**
 * The Analysis that `--baseline` names.
 * @param aliases - those of this run, before any new one is given out
 * @throws ConfigError where its names are aliases of which it is not known whose they are
 */
export async function baselineOption(file: string | undefined, aliases: Aliases | undefined): Promise<Analysis | undefined> {
  if (file === undefined) return undefined;
  const baseline = await readSaved(file);
  if (await isAnonymous(baseline)) mustKnow(baseline, aliases, '--baseline', file);
  return baseline;
}

/** @throws ConfigError where an alias in it stands in no mapping: another run may have given it to another server */
export function mustKnow(analysis: Analysis, aliases: Aliases | undefined, option: string, file: string): void {
  const mapping = aliases?.mapping() ?? {};
  const unknown = analysis.nodes.find(({ id }) => mapping[id] === undefined);
  if (unknown === undefined) return;
  throw new ConfigError(
    option,
    file,
    aliases === undefined
      ? 'names of servers, and these are aliases: give --anonymize and --anonymize-map with the file of who is who that was kept with it, or one that was made without --anonymize'
      : `aliases that stand in the file of --anonymize-map, and ${unknown.id} does not: give the file that was kept with it`,
  );
}

/** What moved since an earlier Analysis, both under their names or both under aliases. @throws ConfigError */
export async function compareUnderNames(
  analysis: Analysis,
  earlier: Analysis,
  aliases: Aliases | undefined,
  options: { readonly name: string; readonly kind: 'baseline' | 'period' },
): Promise<Analysis> {
  if (aliases === undefined) return compare(analysis, earlier, options);
  // Also for errors, which tell the names of both.
  for (const { id } of [...analysis.nodes, ...earlier.nodes]) aliases.of('node', id);
  const isHidden = (await isAnonymous(analysis)) || (await isAnonymous(earlier));
  if (!isHidden) return anonymize(await compare(analysis, earlier, options), aliases);
  return compare(await anonymize(analysis, aliases), await anonymize(earlier, aliases), options);
}
