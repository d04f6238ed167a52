import { readFile } from 'node:fs/promises';
import { ConfigError } from '../model/errors.ts';
import {
  type Access,
  type AddressMap,
  DEFAULT_KEYS_PER_SECOND,
  type KeyspaceOptions,
  parseAddressMap,
  type SamplingOptions,
  type TlsSettings,
} from '../sources/live/index.ts';
import type { PrometheusAccess } from '../sources/prometheus/index.ts';
import { countOption, secondsOption } from './options.ts';

/** How servers among the inputs are sampled. @throws ConfigError */
export async function lookOptions(options: Readonly<Record<string, unknown>>): Promise<SamplingOptions> {
  return {
    ...(await accessOptions(options)),
    forSeconds: secondsOption('--for', String(options.for)),
    everySeconds: secondsOption('--every', String(options.every)),
    withReplicas: options.withReplicas === true,
    addressMap: addressMapOption(options),
    settings: options.settings === true,
    ...(options.keyspaceSample === undefined ? {} : { keyspace: keyspaceOptions(options) }),
  };
}

const FEWEST_KEYS = 100;
/** What is kept of each key takes memory, and so many tell a share of the bytes to within a few per mille. */
const MOST_KEYS = 200_000;
/** Keys a second that a server still does beside its work. */
const MOST_KEYS_PER_SECOND = 20_000;

function keyspaceOptions(options: Readonly<Record<string, unknown>>): KeyspaceOptions {
  const whole = (option: string, value: string, least: number, most: number): number => {
    const count = countOption(option, value);
    if (count < least || count > most) throw new ConfigError(option, value, `a number of keys from ${least} to ${most}`);
    return count;
  };
  return {
    keys: whole('--keyspace-sample', String(options.keyspaceSample), FEWEST_KEYS, MOST_KEYS),
    keysPerSecond: whole('--keyspace-rate', String(options.keyspaceRate ?? DEFAULT_KEYS_PER_SECOND), 1, MOST_KEYS_PER_SECOND),
  };
}

/** `--address-map ANNOUNCED=REACHED`, given any number of times. @throws ConfigError */
export function addressMapOption({ addressMap }: Readonly<Record<string, unknown>>): AddressMap | undefined {
  const rules = [addressMap ?? []].flat().map(String);
  return rules.length === 0 ? undefined : parseAddressMap(rules);
}

/**
 * How servers let us in, from the options and the environment.
 * @param env - REDISCLI_AUTH as for redis-cli; SENTINEL_USER and SENTINEL_AUTH for Sentinels, which have users and passwords of their own
 * @throws ConfigError for a file that cannot be read
 */
export async function accessOptions(
  options: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ readonly access: Access; readonly sentinelAccess: Access }> {
  const text = textOf(options);
  const secured = await tlsOptions(options);
  const { REDISCLI_AUTH, SENTINEL_USER, SENTINEL_AUTH } = env;
  return {
    access: {
      ...secured,
      ...(text('user') === undefined ? {} : { username: text('user') }),
      ...(REDISCLI_AUTH === undefined || REDISCLI_AUTH === '' ? {} : { password: REDISCLI_AUTH }),
    },
    sentinelAccess: {
      ...secured,
      ...(SENTINEL_USER === undefined || SENTINEL_USER === '' ? {} : { username: SENTINEL_USER }),
      ...(SENTINEL_AUTH === undefined || SENTINEL_AUTH === '' ? {} : { password: SENTINEL_AUTH }),
    },
  };
}

/**
 * How a Prometheus lets us in, from the options and the environment.
 * @param env - PROMETHEUS_USER and PROMETHEUS_PASSWORD, or PROMETHEUS_TOKEN; PROMETHEUS_ORG_ID is the tenant of Mimir, Cortex or Thanos
 * @throws ConfigError for a file that cannot be read, and for what no header can carry
 */
export async function prometheusAccess(
  options: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<PrometheusAccess> {
  const told = (name: string): string | undefined => {
    const value = env[name]?.trim();
    if (value !== undefined && !/^[\x20-\x7e\u0080-\uffff]*$/.test(value))
      throw new ConfigError(name, '…', 'one line without control characters');
    return value === '' ? undefined : value;
  };
  return {
    ...(await tlsOptions(options)),
    username: told('PROMETHEUS_USER'),
    password: told('PROMETHEUS_PASSWORD'),
    token: told('PROMETHEUS_TOKEN'),
    orgId: told('PROMETHEUS_ORG_ID'),
  };
}

const textOf =
  (options: Readonly<Record<string, unknown>>) =>
  (name: string): string | undefined =>
    typeof options[name] === 'string' ? options[name] : undefined;

async function tlsOptions(options: Readonly<Record<string, unknown>>): Promise<{ readonly tls?: TlsSettings }> {
  const text = textOf(options);
  const tls: TlsSettings = {
    ...(await pem('--cacert', 'ca', text('cacert'))),
    ...(await pem('--cert', 'cert', text('cert'))),
    ...(await pem('--key', 'key', text('key'))),
    ...(text('sni') === undefined ? {} : { serverName: text('sni') }),
  };
  return Object.keys(tls).length > 0 ? { tls } : {};
}

async function pem(option: string, name: 'ca' | 'cert' | 'key', path: string | undefined): Promise<TlsSettings> {
  if (path === undefined) return {};
  try {
    return { [name]: await readFile(path, 'utf8') };
  } catch (cause) {
    throw new ConfigError(option, path, 'a PEM file that can be read', { cause });
  }
}
