import { readFile } from 'node:fs/promises';
import { Aliases, type AliasMapping, type GroupDefinition } from '../index.ts';
import { isAlias } from '../model/aliases.ts';
import { ConfigError, ConnectionError, HeadroomError, InputError } from '../model/errors.ts';
import { writeWhole } from './write-output.ts';

type Options = Readonly<Record<string, unknown>>;

/** Options whose values name someone or something of the user's. */
const PRIVATE_OPTIONS = [
  'out',
  'config',
  'baseline',
  'history',
  'anonymizeMap',
  'browser',
  'title',
  'logo',
  'template',
  'node',
  'instance',
  'target',
  'user',
  'sni',
  'cacert',
  'cert',
  'key',
];
const flagOf = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
/** Of a Prometheus: what its server says of it comes from there. */
const SELECTOR_OPTION = 'match';
const MAP_OPTION = '--anonymize-map';

/**
 * The aliases that `--anonymize` asks for, with those of an earlier mapping; undefined where none are asked for.
 * @throws ConfigError for a mapping that is none
 */
export async function openAliases(options: Options): Promise<Aliases | undefined> {
  const path = typeof options.anonymizeMap === 'string' ? options.anonymizeMap : undefined;
  if (options.anonymize !== true) {
    if (path !== undefined) throw new ConfigError(MAP_OPTION, path, '--anonymize beside it');
    return undefined;
  }
  return hidingNames(
    new Aliases(),
    path === undefined ? [] : [path],
    async () => new Aliases(path === undefined ? {} : await readMapping(path)),
  );
}

async function readMapping(path: string): Promise<AliasMapping> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return {};
    throw new ConfigError(MAP_OPTION, path, 'a file that can be read, or a new one', { cause });
  }
  const wrong = (cause?: unknown) => new ConfigError(MAP_OPTION, path, 'a mapping that an earlier run wrote, or a new file', { cause });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw wrong(cause);
  }
  // Anything else would be written over.
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong();
  if (!Object.entries(value).every(([alias, name]) => isAlias(alias) && typeof name === 'string')) throw wrong();
  return value as AliasMapping;
}

/** Keeps who is who apart from the report, readable by this user alone. @throws ConfigError */
export async function saveAliases(aliases: Aliases | undefined, path: string | undefined): Promise<void> {
  if (aliases === undefined || path === undefined) return;
  await writeWhole(path, `${JSON.stringify(aliases.mapping(), null, 1)}\n`, { option: MAP_OPTION, isPrivate: true });
}

/**
 * Does something, and where it fails hides all names in what the error says. Without aliases errors stay as they are.
 * @param inputs - as given: paths, addresses
 */
export async function hidingNames<Result>(
  aliases: Aliases | undefined,
  inputs: readonly string[],
  work: () => Promise<Result>,
  options: Options = {},
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw aliases === undefined ? error : hideNames(error, aliases, inputs, options);
  }
}

function hideNames(error: unknown, aliases: Aliases, inputs: readonly string[], options: Options): unknown {
  if (!(error instanceof Error)) return error;
  for (const input of inputs) aliases.of(/^[a-z+]+:\/\//i.test(input) ? 'host' : 'input', input);
  if (error instanceof InputError) aliases.of('input', error.input);
  // Whose servers those are, and what they are called, is the user's own.
  if (error instanceof ConfigError && PRIVATE_OPTIONS.some((name) => error.option === flagOf(name))) aliases.of('name', error.value);
  if (error instanceof ConfigError && error.option === 'address') aliases.of('host', error.value);
  if (error instanceof ConfigError && /, (?:servers\.|instance|labels)/.test(error.option)) aliases.of('name', error.value);
  if (error instanceof ConnectionError) aliases.of('host', error.address);
  for (const name of PRIVATE_OPTIONS) if (typeof options[name] === 'string') aliases.of('name', options[name]);
  for (const file of [options.catalog, options.map].flat()) if (typeof file === 'string') aliases.of('name', file);
  for (const { id, nodes = [], where = {}, zones = {} } of (options.groups ?? []) as readonly GroupDefinition[]) {
    aliases.of('group', id);
    for (const pattern of [...nodes, ...Object.keys(zones)]) aliases.of('node', pattern);
    for (const zone of Object.values(zones)) aliases.of('zone', zone);
    for (const label of Object.entries(where).flat()) aliases.of('name', label);
  }
  // What a ConfigError quotes is what the user typed, hidden where it names someone.
  if (error instanceof ConfigError) {
    if (error.option === SELECTOR_OPTION)
      return new ConfigError(error.option, aliases.inQuotingText(error.value), aliases.inQuotingText(error.allowed));
    return new ConfigError(aliases.inWords(error.option), aliases.inWords(error.value), aliases.inSentence(error.allowed));
  }
  // An InputError quotes what it found.
  error.message = aliases.inQuotingText(error.message);
  if (!(error instanceof HeadroomError)) {
    const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
    error.stack = [`${error.name}: ${error.message}`, ...frames.map((line) => line.replace(/(?:file:\/\/)?\/\S*\//g, ''))].join('\n');
  }
  return error;
}
