import { readFile } from 'node:fs/promises';
import { ConfigError } from '../model/errors.ts';

/** What a YAML file holds, of whatever form. @throws ConfigError where it cannot be read, or is no YAML */
export async function readYaml(path: string): Promise<unknown> {
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
