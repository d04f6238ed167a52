import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { findEntry, loadCatalog } from '../catalogs/index.ts';
import type { CatalogEntry } from '../model/catalog.ts';
import { ConfigError, quoteNames } from '../model/errors.ts';
import { labelsSchema, mergeDescriptions, type NodeDescription } from '../model/node-description.ts';
import { withoutUserinfo } from '../model/userinfo.ts';
import { type Access, type DescribedTarget, endpointName, parseTarget } from '../sources/live/index.ts';

const ACCESS = ['user', 'password', 'sentinelUser', 'sentinelPassword', 'cacert', 'cert', 'key', 'sni'] as const;
type AccessName = (typeof ACCESS)[number];

/** Settings of the file that are about servers, and no options of `report`. */
export const SERVER_SETTINGS: ReadonlySet<string> = new Set(['servers', 'labels', 'password', 'sentinelUser', 'sentinelPassword']);

const word = z.string().min(1);
const labels = z.preprocess(
  (value) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value).map(([name, each]) => [name, typeof each === 'number' || typeof each === 'boolean' ? String(each) : each]),
        )
      : value,
  labelsSchema,
);
const access = Object.fromEntries(ACCESS.map((name) => [name, word.optional()])) as Record<AccessName, z.ZodOptional<z.ZodString>>;
const sharedSchema = z.object({
  ...access,
  instance: word.optional(),
  labels: labels.optional(),
  catalog: z.union([word, z.array(word)]).optional(),
});
const serverSchema = z.preprocess(
  (value) => (typeof value === 'string' ? { url: value } : value),
  z.strictObject({ url: word, ...access, instance: word.optional(), labels: labels.optional() }),
);
const configSchema = sharedSchema.extend({ servers: z.array(serverSchema).min(1).max(10_000) });
type AccessSettings = z.infer<typeof sharedSchema>;

/** What belongs at a place, by its last word. */
const EXPECTED: Readonly<Record<string, string>> = {
  servers: 'a list of addresses such as redis://host:6379, or of url: with further settings',
  url: 'an address such as redis://host:6379, or a reference to one: env:NAME, file:/path',
  password: 'a reference such as env:REDIS_PASSWORD or file:/run/secrets/redis',
  sentinelPassword: 'a reference such as env:SENTINEL_PASSWORD or file:/run/secrets/sentinel',
  instance: 'the name of an instance type such as cache.r7g.large',
  labels: 'names with values, such as environment: production',
  catalog: 'a file, or a list of files',
};
const NAMES_SHOWN = 5;

export interface CommonAccess {
  readonly access: Access;
  readonly sentinelAccess: Access;
}

/**
 * The servers of a config file: addresses, how they let us in, what they run on and their labels, for all or for one. A secret stands there
 * by reference only: `env:NAME`, or `file:/path` as orchestrators mount it.
 * @param settings - what the file holds; other settings than those of servers are not looked at
 * @param common - from the command line and the environment; the file wins over it
 * @throws ConfigError that names the place in the file
 */
export async function readServers(
  path: string,
  settings: Readonly<Record<string, unknown>>,
  common: CommonAccess,
  env: NodeJS.ProcessEnv = process.env,
): Promise<DescribedTarget[]> {
  const result = configSchema.safeParse(settings);
  if (!result.success) throw misfit(path, settings, result.error.issues[0]);
  const { servers, catalog: files, ...shared } = result.data;
  const described = [shared, ...servers].some(({ instance }) => instance !== undefined);
  const catalog = described ? await loadCatalog({ files: [files ?? []].flat() }) : [];
  expectInstance(path, 'instance', shared.instance, catalog);
  const places = new Map<string, number>();
  const targets: DescribedTarget[] = [];
  for (const [i, { url, instance, labels: ownLabels, ...own }] of servers.entries()) {
    const place = `servers.${i}`;
    expectInstance(path, `${place}.instance`, instance, catalog);
    const target = await readTarget({ path, place, url, shared, own }, common, env);
    const same = places.get(target.name);
    if (same !== undefined)
      throw new ConfigError(`--config ${path}, ${place}.url`, target.name, `a server that stands there once: servers.${same} is the same`);
    places.set(target.name, i);
    const description = mergeDescriptions(descriptionOf(shared), descriptionOf({ instance, labels: ownLabels }));
    targets.push({ target, description: description ?? {} });
  }
  return targets;
}

/** What is said of servers that stand there by their own addresses, by the names of their nodes. */
export function descriptionsByNode(servers: readonly DescribedTarget[]): Map<string, NodeDescription> {
  return new Map(
    servers.flatMap(({ target, description }) =>
      description === undefined || target.sentinel ? [] : [[endpointName(target.endpoints[0]), description] as const],
    ),
  );
}

function descriptionOf({ instance, labels: own }: NodeDescription): NodeDescription | undefined {
  if (instance === undefined && own === undefined) return undefined;
  return { ...(instance === undefined ? {} : { instance }), ...(own === undefined ? {} : { labels: own }) };
}

interface Entry {
  readonly path: string;
  readonly place: string;
  readonly url: string;
  readonly shared: AccessSettings;
  readonly own: AccessSettings;
}

async function readTarget(
  { path, place, url, shared, own }: Entry,
  common: CommonAccess,
  env: NodeJS.ProcessEnv,
): Promise<DescribedTarget['target']> {
  const settings: AccessSettings = { ...shared, ...own };
  const at = (name: AccessName | 'url'): string =>
    `--config ${path}, ${name === 'url' || own[name] !== undefined ? `${place}.${name}` : name}`;
  const sentinelPassword = await secret(at('sentinelPassword'), settings.sentinelPassword, env);
  const password = await secret(at('password'), settings.password, env);
  const tls = await tlsSettings(at, settings);
  const secured = tls ?? common.access.tls;
  const address = /^(?:env|file):/.test(url) ? await secret(at('url'), url, env) : url;
  try {
    return parseTarget(
      address ?? '',
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
    );
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(at('url'), url === address ? withoutUserinfo(url) : url, error.allowed);
  }
}

function expectInstance(path: string, place: string, name: string | undefined, catalog: readonly CatalogEntry[]): void {
  if (name === undefined || findEntry(catalog, name) !== undefined) return;
  const family = name.replace(/[.\-_][^.\-_]*$/, '').toLowerCase();
  const near = [...new Set(catalog.map((entry) => entry.name))].filter((each) => each.toLowerCase().startsWith(family));
  const told = near.length === 0 ? '' : `; near it are ${quoteNames(near, NAMES_SHOWN)}`;
  throw new ConfigError(`--config ${path}, ${place}`, name, `a name that \`redis-headroom catalog show\` knows, or one of catalog:${told}`);
}

/** Says where in the file something does not fit, what stands there and what may. */
function misfit(path: string, settings: unknown, issue: z.core.$ZodIssue | undefined): ConfigError {
  const place = issue?.path.map(String) ?? [];
  if (issue?.code === 'unrecognized_keys') {
    const allowed = ['url', ...ACCESS, 'instance', 'labels'].join(', ');
    return new ConfigError(`--config ${path}, ${place.join('.')}`, issue.keys[0] ?? '', `one of ${allowed}`);
  }
  let found: unknown = settings;
  for (const name of place) found = found !== null && typeof found === 'object' ? Reflect.get(found, name) : undefined;
  const last = place.findLast((name) => name in EXPECTED) ?? '';
  // What stands in the place of a secret may be one.
  const isSecret = /password$/i.test(place.at(-1) ?? '');
  const shown = isSecret ? '…' : found === undefined ? 'nothing' : typeof found === 'string' ? found : JSON.stringify(found);
  return new ConfigError(`--config ${path}, ${place.join('.')}`, shown.slice(0, 100), EXPECTED[last] ?? 'a text');
}

async function secret(place: string, reference: string | undefined, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (reference === undefined) return undefined;
  if (reference.startsWith('env:')) {
    const value = env[reference.slice(4)];
    if (value === undefined || value === '') throw new ConfigError(place, reference, 'an environment variable that is set');
    return value;
  }
  if (reference.startsWith('file:')) return (await readSetting(place, reference.slice(5))).trimEnd();
  // The value itself may be the secret: it is not shown.
  throw new ConfigError(place, '…', 'a reference such as env:REDIS_PASSWORD or file:/run/secrets/redis, not the secret itself');
}

async function tlsSettings(at: (name: AccessName) => string, { cacert, cert, key, sni }: AccessSettings): Promise<Access['tls']> {
  if (cacert === undefined && cert === undefined && key === undefined && sni === undefined) return undefined;
  return {
    ...(cacert === undefined ? {} : { ca: await readSetting(at('cacert'), cacert) }),
    ...(cert === undefined ? {} : { cert: await readSetting(at('cert'), cert) }),
    ...(key === undefined ? {} : { key: await readSetting(at('key'), key) }),
    ...(sni === undefined ? {} : { serverName: sni }),
  };
}

async function readSetting(place: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new ConfigError(place, file, 'a file that can be read', { cause });
  }
}
