import { createServer, type RequestListener, type Server } from 'node:http';
import { isIPv6 } from 'node:net';
import { ConfigError } from '../../model/errors.ts';

/** What is served: the text of a path, or undefined where there is none. */
export type Pages = (path: string) => Promise<{ readonly status: number; readonly type: string; readonly text: string } | undefined>;

export interface Endpoint {
  /** `http://127.0.0.1:9465`, with the port that was given out. */
  readonly url: string;
  /** From now on the pages are there; before, every path answers 503. */
  readonly serve: (pages: Pages) => void;
  readonly close: () => Promise<void>;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Listens on a port; 0 takes a free one.
 * @throws ConfigError where it is taken, or the host is not one of this machine
 */
export async function openEndpoint(host: string, port: number): Promise<Endpoint> {
  let pages: Pages = async () => ({ status: 503, type: JSON_TYPE, text: '{"status":"starting"}\n' });
  const server = createServer(
    (request, response) => void answer(request, response, pages).catch((error: Error) => response.destroy(error)),
  );
  await listen(server, host, port);
  const address = server.address();
  const given = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${isIPv6(host) ? `[${host}]` : host}:${given}`,
    serve: (next) => {
      pages = next;
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(request: Parameters<RequestListener>[0], response: Parameters<RequestListener>[1], pages: Pages): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  const found = await pages((request.url ?? '/').replace(/\?.*$/s, ''));
  const { status, type, text } = found ?? {
    status: 404,
    type: 'text/plain; charset=utf-8',
    text: 'There are /metrics, /healthz and /livez.\n',
  };
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text), 'cache-control': 'no-store' });
  response.end(request.method === 'HEAD' ? undefined : text);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EADDRINUSE')
        reject(new ConfigError('--metrics-port', String(port), `a port that is free: on ${host} another process listens on it`, { cause }));
      else if (cause.code === 'EACCES')
        reject(new ConfigError('--metrics-port', String(port), 'a port that this user may listen on, such as 9465', { cause }));
      else
        reject(
          new ConfigError('--metrics-host', host, `an address of this machine such as 127.0.0.1 or 0.0.0.0 (${cause.code})`, { cause }),
        );
    });
    server.listen(port, host, resolve);
  });
}

/** A value as a JSON page. */
export function jsonPage(status: number, value: object): { readonly status: number; readonly type: string; readonly text: string } {
  return { status, type: JSON_TYPE, text: `${JSON.stringify(value)}\n` };
}
