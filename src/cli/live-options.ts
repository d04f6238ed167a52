import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { ConfigError } from '../model/errors.ts';
import type { Access, TlsSettings } from '../sources/live/index.ts';

/** The options about servers, which `report` and `collect` share; named as redis-cli names them. A password is no option: it would show in `ps`. */
export function withLiveOptions(command: Command): Command {
  return command
    .option('--user <name>', 'servers: ACL user, where the URL has none (the password comes from the URL or REDISCLI_AUTH)')
    .option('--cacert <file>', 'servers, rediss://: certificate of the authority to trust')
    .option('--cert <file>', 'servers, rediss://: client certificate')
    .option('--key <file>', 'servers, rediss://: key of the client certificate')
    .option('--sni <name>', 'servers, rediss://: server name to ask for and to check')
    .option('--with-replicas', 'servers: also the replicas of a primary that is in no cluster');
}

/**
 * How servers let us in, from the options and the environment.
 * @param env - REDISCLI_AUTH as for redis-cli; SENTINEL_AUTH is what Sentinels take, which have passwords of their own
 * @throws ConfigError for a file that cannot be read
 */
export async function accessOptions(
  options: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ readonly access: Access; readonly sentinelAccess: Access }> {
  const text = (name: string): string | undefined => (typeof options[name] === 'string' ? options[name] : undefined);
  const tls: TlsSettings = {
    ...(await pem('--cacert', 'ca', text('cacert'))),
    ...(await pem('--cert', 'cert', text('cert'))),
    ...(await pem('--key', 'key', text('key'))),
    ...(text('sni') === undefined ? {} : { serverName: text('sni') }),
  };
  const secured = Object.keys(tls).length > 0 ? { tls } : {};
  const { REDISCLI_AUTH, SENTINEL_AUTH } = env;
  return {
    access: {
      ...secured,
      ...(text('user') === undefined ? {} : { username: text('user') }),
      ...(REDISCLI_AUTH === undefined || REDISCLI_AUTH === '' ? {} : { password: REDISCLI_AUTH }),
    },
    sentinelAccess: { ...secured, ...(SENTINEL_AUTH === undefined || SENTINEL_AUTH === '' ? {} : { password: SENTINEL_AUTH }) },
  };
}

async function pem(option: string, name: 'ca' | 'cert' | 'key', path: string | undefined): Promise<TlsSettings> {
  if (path === undefined) return {};
  try {
    return { [name]: await readFile(path, 'utf8') };
  } catch (cause) {
    throw new ConfigError(option, path, 'a PEM file that can be read', { cause });
  }
}
