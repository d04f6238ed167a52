import { ConfigError } from '../../model/errors.ts';
import { decodeAddressPart, withoutUserinfo } from '../../model/userinfo.ts';

/** How to be let in, and how to speak TLS. Never shown. */
export interface Access {
  readonly username?: string;
  readonly password?: string;
  readonly tls?: TlsSettings;
}

/** PEM texts, not paths. */
export interface TlsSettings {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Name to ask for (SNI) and to check the certificate against, where it is not the host of the address. */
  readonly serverName?: string;
}

/** Where one server listens. */
export type Endpoint = { readonly host: string; readonly port: number } | { readonly path: string };

/** What a URL names: a server, or Sentinels and the primary that they watch. */
export interface Target {
  /** The URL without user and password, as shown everywhere. */
  readonly name: string;
  /** The server, or the Sentinels, any of which will do. */
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  readonly access: Access;
  /** Sentinels only: what they are let in with, where it is not what the servers take. */
  readonly sentinel?: { readonly masterName?: string; readonly access: Access };
}

const DEFAULT_PORT = 6379;
const DEFAULT_SENTINEL_PORT = 26_379;
const EXPECTED =
  'redis://[user:password@]host[:port], rediss://…, unix:///path/to/socket, or redis+sentinel://host[:port][,host[:port]…][/name-of-primary]';
const LIVE_URL = /^(redis|rediss|unix|redis\+unix|redis\+sentinel|rediss\+sentinel|valkey|valkeys):\/\//i;

/** Whether an input is the address of a server, and not a file. */
export function isLiveUrl(input: string): boolean {
  return LIVE_URL.test(input);
}

/**
 * Reads the address of a server.
 * @param access - what holds where the URL itself does not say it: user, password, TLS
 * @param sentinelAccess - the same for Sentinels, which have passwords of their own
 * @throws ConfigError that shows the URL without its secrets
 */
export function parseTarget(url: string, access: Access = {}, sentinelAccess: Access = {}): Target {
  const match = LIVE_URL.exec(url);
  if (!match?.[1]) throw wrong(url);
  const scheme = match[1].toLowerCase();
  const rest = url.slice(match[0].length);
  // The last @ before the path ends the userinfo: passwords are pasted with an @ of their own.
  const authorityEnd = scheme.includes('unix') ? rest.length : endOfAuthority(rest);
  const at = rest.lastIndexOf('@', authorityEnd);
  const own = { ...access, ...(at >= 0 ? userinfo(rest.slice(0, at)) : {}) };
  const place = rest.slice(at + 1).replace(/[?#].*$/s, '');
  if (scheme.includes('unix')) {
    if (!place.startsWith('/')) throw wrong(url);
    const { tls: _, ...plain } = own;
    return { name: `unix://${place}`, endpoints: [{ path: place }], access: plain };
  }
  const encrypted = scheme.startsWith('rediss') || scheme === 'valkeys';
  const secured = ({ tls, ...plain }: Access): Access => (encrypted ? { ...plain, tls: tls ?? {} } : plain);
  const granted = secured(own);
  const [hosts, path] = splitOnce(place, '/');
  if (scheme.endsWith('+sentinel')) {
    const [first, ...others] = hosts.split(',').map((host) => endpoint(host, DEFAULT_SENTINEL_PORT, url));
    if (!first) throw wrong(url);
    const masterName = decodeAddressPart(path ?? '');
    return {
      name: `${scheme}://${place}`,
      endpoints: [first, ...others],
      access: granted,
      sentinel: {
        ...(masterName === '' ? {} : { masterName }),
        access: secured(sentinelAccess),
      },
    };
  }
  if (path !== undefined && path !== '' && !/^\d{1,5}$/.test(path)) throw wrong(url);
  const only = endpoint(hosts, DEFAULT_PORT, url);
  return { name: `${scheme}://${hosts}`, endpoints: [only], access: granted };
}

/** How an endpoint is named: `host:port`, `[::1]:6379`, or the path of its socket. */
export function endpointName(place: Endpoint): string {
  if ('path' in place) return place.path;
  return `${place.host.includes(':') ? `[${place.host}]` : place.host}:${place.port}`;
}

/** `/`, `?` and `#` end the part with the host, unless an `@` follows: then they belong to a password that was pasted as it is. */
function endOfAuthority(rest: string): number {
  const lastAt = rest.lastIndexOf('@');
  const end = rest.slice(lastAt + 1).search(/[/?#]/);
  return end < 0 ? rest.length : lastAt + 1 + end;
}

function userinfo(text: string): Access {
  const [name = '', password] = splitOnce(text, ':');
  const username = decodeAddressPart(name);
  if (password === undefined) return username === '' ? {} : { username };
  return { ...(username === '' ? {} : { username }), password: decodeAddressPart(password) };
}

function endpoint(text: string, defaultPort: number, url: string): Endpoint {
  const match = /^(\[[0-9A-Fa-f:.%a-z]+\]|[^\s:/[\]]+)?(?::(\d{1,5}))?$/.exec(text);
  const port = Number(match?.[2] ?? defaultPort);
  if (!match || port < 1 || port > 65_535) throw wrong(url);
  return { host: (match[1] ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port };
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

function wrong(url: string): ConfigError {
  return new ConfigError('address', withoutUserinfo(url), EXPECTED);
}
