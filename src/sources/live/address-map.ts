import { ConfigError } from '../../model/errors.ts';
import { type Endpoint, endpointName } from './address.ts';

/** Where a server is reached from here that calls itself by another address. */
export type AddressMap = (announced: Endpoint) => Endpoint;

const EXPECTED = '10.0.0.7:6379=localhost:7001, 10.0.0.7=node-7.example.com (its ports stay), or *=localhost (of every server)';
// An IPv6 address stands in brackets where a port follows it.
const PLACE = /^(\*|\[[0-9A-Fa-f:.]+\]|[^\s:[\]]+|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f.]*)(?::(\d{1,5}))?$/;

/**
 * Reads what clusters and Sentinels announce against where it is reached from here: through a container's published ports, a tunnel or another network.
 * The most exact rule wins: address and port, then address, then `*`.
 * @throws ConfigError
 */
export function parseAddressMap(rules: readonly string[], option = '--address-map'): AddressMap {
  const known = new Map<string, { readonly host: string; readonly port?: number }>();
  for (const rule of rules) {
    const [from, to, ...more] = rule.split('=').map((side) => PLACE.exec(side.trim()));
    if (!from?.[1] || !to?.[1] || to[1] === '*' || more.length > 0 || (from[2] !== undefined && to[2] === undefined))
      throw new ConfigError(option, rule, EXPECTED);
    const port = to[2] === undefined ? undefined : Number(to[2]);
    if (port !== undefined && (port < 1 || port > 65_535)) throw new ConfigError(option, rule, EXPECTED);
    const host = bare(from[1]);
    known.set(from[2] === undefined ? host : endpointName({ host, port: Number(from[2]) }), {
      host: bare(to[1]),
      ...(port === undefined ? {} : { port }),
    });
  }
  return (announced) => {
    if ('path' in announced) return announced;
    const found = known.get(endpointName(announced)) ?? known.get(announced.host) ?? known.get('*');
    return found ? { port: announced.port, ...found } : announced;
  };
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
