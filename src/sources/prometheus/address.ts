import { ConfigError } from '../../model/errors.ts';
import { decodeAddressPart } from '../../model/userinfo.ts';
import type { TlsSettings } from '../live/address.ts';

/** How a Prometheus lets us in. Never shown. */
export interface PrometheusAccess {
  readonly username?: string;
  readonly password?: string;
  /** Sent as `Authorization: Bearer`, where no user is given. */
  readonly token?: string;
  /** Tenant of Mimir, Cortex or Thanos: `X-Scope-OrgID`. */
  readonly orgId?: string;
  readonly tls?: TlsSettings;
}

/** What a `prometheus+http(s)://` address names. */
export interface PrometheusTarget {
  /** The address without user and password, as shown everywhere. */
  readonly name: string;
  /** The same without the selectors, for messages about the server. */
  readonly server: string;
  /** `http://host:9090/prefix`, without a slash at its end. */
  readonly baseUrl: string;
  /** Label matchers without their braces, one a selector: `job="redis"`; at least one, empty for every series. */
  readonly selectors: readonly string[];
  readonly access: PrometheusAccess;
}

const PROMETHEUS_URL = /^prometheus\+(https?):\/\//i;
const EXPECTED = 'prometheus+http://[user:password@]host[:port][/path][?match={job="redis"}], or prometheus+https://…';

/** Whether an input is the address of a Prometheus, and not a file. */
export function isPrometheusUrl(input: string): boolean {
  return PROMETHEUS_URL.test(input);
}

/**
 * Reads the address of a Prometheus.
 * @param access - what holds where the address itself does not say it
 * @throws ConfigError that shows the address without its secrets
 */
export function parsePrometheusUrl(url: string, access: PrometheusAccess = {}): PrometheusTarget {
  const scheme = PROMETHEUS_URL.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) throw wrong(url);
  const rest = url.replace(PROMETHEUS_URL, '');
  const [place = '', ...texts] = rest.split(/[?&]match(?:\[\])?=/i);
  // A password may be pasted with an @ of its own.
  const at = place.lastIndexOf('@');
  const own = at < 0 ? {} : userinfo(place.slice(0, at));
  const [, host, path = ''] = /^((?:\[[\da-f:.%]+\]|[\w.-]+)(?::\d{1,5})?)(\/[^?#\s]*)?$/i.exec(place.slice(at + 1)) ?? [];
  if (host === undefined || !URL.canParse(`${scheme}://${host}`)) throw wrong(url);
  const prefix = path.replace(/\/+$/, '').replace(/\/api\/v1$/, '');
  const server = `prometheus+${scheme}://${host}${prefix}`;
  const written = texts.map(decodeAddressPart);
  return {
    name: written.length === 0 ? server : `${server}?match=${written.join('&match=')}`,
    server,
    baseUrl: `${scheme}://${host}${prefix}`,
    selectors: written.length === 0 ? [''] : written.map(matchersOf),
    access: { ...(own.username === undefined ? access : { ...access, token: undefined }), ...own },
  };
}

/** `redis_up{job="a"}`, `{job="a"}` and `job="a"` are one: a metric's name is given by what is read. */
function matchersOf(text: string): string {
  const [, name, braced] = /^([a-z_:][\w:]*)?\s*(?:\{(.*)\})?$/is.exec(text.trim()) ?? [];
  if (name === undefined && braced === undefined) return text.trim();
  return (braced ?? '').trim().replace(/,$/, '');
}

function userinfo(text: string): Pick<PrometheusAccess, 'username' | 'password'> {
  const [name = '', ...password] = text.split(':');
  return { username: decodeAddressPart(name), password: decodeAddressPart(password.join(':')) };
}

function wrong(url: string): ConfigError {
  const secret = url.lastIndexOf('@');
  const shown = secret < 0 ? url : `${url.slice(0, url.indexOf('://') + 3)}${url.slice(secret + 1)}`;
  return new ConfigError('address', shown, EXPECTED);
}
