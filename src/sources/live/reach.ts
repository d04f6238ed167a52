import { isIP } from 'node:net';
import type { Access, Endpoint } from './address.ts';
import type { AddressMap } from './address-map.ts';
import { ServerConnection } from './connection.ts';

/** How servers are reached: where, and within what time. */
export interface Reach {
  readonly addressMap?: AddressMap;
  /** For one connection, and for one reply. */
  readonly timeoutMs: number;
}

/** Opens where the server is reached; its certificate is made out to the name that it gives itself. */
export function openAt(endpoint: Endpoint, access: Access, name: string, { addressMap, timeoutMs }: Reach): Promise<ServerConnection> {
  const reached = addressMap?.(endpoint) ?? endpoint;
  const named = reached === endpoint || !access.tls || !('host' in endpoint) || isIP(endpoint.host) !== 0;
  return ServerConnection.open(reached, named ? access : { ...access, tls: { serverName: endpoint.host, ...access.tls } }, name, timeoutMs);
}
