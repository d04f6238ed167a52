import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ConfigError } from '../model/errors.ts';
import { type Access, parseTarget, type Target } from '../sources/live/index.ts';
import { readYaml } from './config-file.ts';

const accessSchema = z.strictObject({
  user: z.string().optional(),
  password: z.string().optional(),
  sentinelUser: z.string().optional(),
  sentinelPassword: z.string().optional(),
  cacert: z.string().optional(),
  cert: z.string().optional(),
  key: z.string().optional(),
  sni: z.string().optional(),
});
const configSchema = z.strictObject({
  ...accessSchema.shape,
  servers: z.array(z.union([z.string(), z.strictObject({ url: z.string(), ...accessSchema.shape })])).min(1),
});
type AccessSettings = z.infer<typeof accessSchema>;

/**
 * The servers of a config file: addresses, and how they let us in, for all or for one. A secret stands there by reference only:
 * `env:NAME`, or `file:/path` as orchestrators mount it.
 * @param common - from the command line and the environment; the file wins over it
 * @throws ConfigError
 */
export async function readCollectConfig(
  path: string,
  common: { readonly access: Access; readonly sentinelAccess: Access },
  env: NodeJS.ProcessEnv = process.env,
): Promise<Target[]> {
  const result = configSchema.safeParse(await readYaml(path));
  if (!result.success) {
    const issue = result.error.issues[0];
    throw new ConfigError('--config', path, `\`servers:\` with addresses (${issue?.path.join('.')}: ${issue?.message})`);
  }
  const { servers, ...shared } = result.data;
  const targets: Target[] = [];
  for (const server of servers) {
    const { url, ...own } = typeof server === 'string' ? { url: server } : server;
    const settings: AccessSettings = { ...shared, ...own };
    const sentinelPassword = await secret(path, 'sentinelPassword', settings.sentinelPassword, env);
    const tls = await tlsSettings(path, settings);
    const secured = tls ?? common.access.tls;
    const password = await secret(path, 'password', settings.password, env);
    targets.push(
      parseTarget(
        url,
        {
          ...common.access,
          ...(secured === undefined ? {} : { tls: secured }),
          ...(settings.user === undefined ? {} : { username: settings.user }),
          ...(password === undefined ? {} : { password }),
        },
        {
          ...common.sentinelAccess,
          ...(secured === undefined ? {} : { tls: secured }),
          ...(settings.sentinelUser === undefined ? {} : { username: settings.sentinelUser }),
          ...(sentinelPassword === undefined ? {} : { password: sentinelPassword }),
        },
      ),
    );
  }
  return targets;
}

async function secret(path: string, option: string, reference: string | undefined, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (reference === undefined) return undefined;
  if (reference.startsWith('env:')) {
    const value = env[reference.slice(4)];
    if (value === undefined || value === '')
      throw new ConfigError(`--config ${path}, ${option}`, reference, 'an environment variable that is set');
    return value;
  }
  if (reference.startsWith('file:')) return (await readSetting(path, option, reference.slice(5))).trimEnd();
  // The value itself may be the secret: it is not shown.
  throw new ConfigError(
    `--config ${path}, ${option}`,
    '…',
    'a reference such as env:REDIS_PASSWORD or file:/run/secrets/redis, not the secret itself',
  );
}

async function tlsSettings(path: string, { cacert, cert, key, sni }: AccessSettings): Promise<Access['tls']> {
  if (cacert === undefined && cert === undefined && key === undefined && sni === undefined) return undefined;
  return {
    ...(cacert === undefined ? {} : { ca: await readSetting(path, 'cacert', cacert) }),
    ...(cert === undefined ? {} : { cert: await readSetting(path, 'cert', cert) }),
    ...(key === undefined ? {} : { key: await readSetting(path, 'key', key) }),
    ...(sni === undefined ? {} : { serverName: sni }),
  };
}

async function readSetting(path: string, option: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new ConfigError(`--config ${path}, ${option}`, file, 'a file that can be read', { cause });
  }
}
