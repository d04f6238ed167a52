import { readFile } from 'node:fs/promises';
import { ConfigError } from '../model/errors.ts';
import { SERVER_SETTINGS } from './servers-config.ts';

/** What a YAML file holds, of whatever form. @throws ConfigError where it cannot be read, or is no YAML */
async function readYaml(path: string): Promise<unknown> {
  const { parse } = await import('yaml');
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (cause) {
    throw new ConfigError('--config', path, 'a YAML file that can be read', { cause });
  }
  try {
    return parse(content);
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new ConfigError('--config', path, `valid YAML (${reason})`, { cause });
  }
}

/**
 * The settings of a config file, by their names as options have them: `system-memory` and `systemMemory` are the same.
 * @throws ConfigError for a setting that neither `collect` nor `report` has
 */
export async function readSettings(path: string): Promise<Record<string, unknown>> {
  const content = await readYaml(path);
  if (content === null || typeof content !== 'object' || Array.isArray(content))
    throw new ConfigError('--config', path, 'YAML with option names and values');
  const settings: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(content)) {
    const name = key.replace(/^--/, '').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (!CONFIG_NAMES.has(name) && !SERVER_SETTINGS.has(name))
      throw new ConfigError(`--config ${path}`, key, `one of ${[...CONFIG_NAMES, ...SERVER_SETTINGS].join(', ')}`);
    settings[name] = value;
  }
  return settings;
}

/** Options of `report` that may stand in a file; `collect` takes the same file and leaves them to it. */
const CONFIG_NAMES: ReadonlySet<string> = new Set([
  'groups',
  'out',
  'format',
  'lang',
  'from',
  'to',
  'month',
  'baseline',
  'compareTo',
  'tz',
  'horizon',
  'systemMemory',
  'targetRatio',
  'provider',
  'instance',
  'target',
  'catalog',
  'growth',
  'import',
  'replicas',
  'policy',
  'shards',
  'engine',
  'persistence',
  'managedBy',
  'title',
  'logo',
  'template',
  'nodePages',
  'anonymize',
  'anonymizeMap',
  'failOn',
  'browser',
  'paper',
  'inputKind',
  'node',
  'nodeColumn',
  'timeColumn',
  'timeFormat',
  'map',
  'metric',
  'quiet',
  'history',
  'for',
  'every',
  'user',
  'cacert',
  'cert',
  'key',
  'sni',
  'withReplicas',
  'addressMap',
  'settings',
  'keyspaceSample',
  'keyspaceRate',
  'hashKeys',
]);
