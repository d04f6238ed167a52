import { ConfigError } from '../model/errors.ts';
import { readSettings } from './config-file.ts';
import { readGroups } from './groups-config.ts';
import { accessOptions } from './live-options.ts';
import { readServers, SERVER_SETTINGS } from './servers-config.ts';

/** Options that say the same thing in another way. */
const OVERRULED_BY: Readonly<Record<string, readonly string[]>> = {
  month: ['from', 'to'],
  from: ['month'],
  to: ['month'],
  baseline: ['compareTo'],
  compareTo: ['baseline'],
};
const LISTS = new Set(['catalog', 'map', 'addressMap']);

/**
 * The options with those of the config file under those of the command line, its `groups` and its `servers`.
 * @param isGiven - whether an option stood on the command line
 * @throws ConfigError
 */
export async function withConfig(
  given: Readonly<Record<string, unknown>>,
  isGiven: (name: string) => boolean,
): Promise<Readonly<Record<string, unknown>>> {
  if (typeof given.config !== 'string') return given;
  const settings = await readSettings(given.config);
  const merged: Record<string, unknown> = { ...given };
  for (const [name, value] of Object.entries(settings)) {
    if (value === null || SERVER_SETTINGS.has(name)) continue;
    if (name === 'groups') {
      merged.groups = readGroups(given.config, value);
      continue;
    }
    if ([value].flat().some((item) => item === null || typeof item === 'object'))
      throw new ConfigError(`--config ${given.config}`, name, 'a single value or a list of values behind it');
    // The period of the command line takes the place of the file's, however each is given.
    const isOverruled = (OVERRULED_BY[name] ?? []).some(isGiven);
    if (!isGiven(name) && !isOverruled) merged[name] = LISTS.has(name) ? [value].flat() : Array.isArray(value) ? value.join(',') : value;
  }
  if (settings.servers !== undefined) merged.servers = await readServers(given.config, settings, await accessOptions(merged));
  return merged;
}
