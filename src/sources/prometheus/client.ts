import * as http from 'node:http';
import * as https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { MiB } from '../../model/bytes.ts';
import { ConfigError, ConnectionError } from '../../model/errors.ts';
import type { PrometheusTarget } from './address.ts';
import { type Labels, type RangeSeries, readAnswer, readMatrix, readNames, readSeries, readVector } from './answer.ts';

/** Epoch milliseconds UTC, both ends included. */
export interface Window {
  readonly fromAt: number;
  readonly toAt: number;
}

/** An answer that is larger is not read to its end. */
const MOST_BYTES = 256 * MiB;
/** Prometheus itself gives up on a query after two minutes. */
const LONGEST_SECONDS = 150;
const RETRY_AFTER_MS = [500, 2000, 5000];
const LONGEST_WAIT_MS = 30_000;
const BUSY = new Set([408, 429, 502, 503, 504]);
const LONGEST_MESSAGE = 300;

/** What may be better a moment later. */
class PassingFailure extends Error {
  readonly waitMs: number | undefined;
  readonly failure: ConnectionError;

  constructor(failure: ConnectionError, waitMs?: number) {
    super(failure.message);
    this.failure = failure;
    this.waitMs = waitMs;
  }
}

interface Reply {
  readonly status: number;
  readonly text: string;
  readonly location: string | undefined;
  readonly retryAfterMs: number | undefined;
}

/** Asks one server by its HTTP API, over connections that stay open. Every failure is a HeadroomError without secrets. */
export class PrometheusClient {
  private readonly target: PrometheusTarget;
  private readonly signal: AbortSignal | undefined;
  private readonly agent: http.Agent;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(target: PrometheusTarget, signal?: AbortSignal) {
    this.target = target;
    this.signal = signal;
    const { tls } = target.access;
    const { serverName, ...certificates } = tls ?? {};
    this.agent = target.baseUrl.startsWith('https:')
      ? new https.Agent({ keepAlive: true, ...certificates, ...(serverName === undefined ? {} : { servername: serverName }) })
      : new http.Agent({ keepAlive: true });
    this.headers = { accept: 'application/json', 'accept-encoding': 'gzip', ...authorization(target) };
  }

  close(): void {
    this.agent.destroy();
  }

  /** Names of the metrics that have a series which one of the selectors matches; an old server gives all names. */
  async names(selectors: readonly string[], window: Window): Promise<readonly string[]> {
    return this.ask('/api/v1/label/__name__/values', [...matches(selectors), ...range(window)], readNames);
  }

  /** Labels of the series that one of the selectors matches. */
  async series(selectors: readonly string[], window: Window): Promise<readonly Labels[]> {
    return this.ask('/api/v1/series', [...matches(selectors), ...range(window)], readSeries);
  }

  async instant(query: string, at: number) {
    return this.ask(
      '/api/v1/query',
      [
        ['query', query],
        ['time', seconds(at)],
      ],
      readVector,
    );
  }

  async range(query: string, window: Window, stepMs: number): Promise<readonly RangeSeries[]> {
    return this.ask('/api/v1/query_range', [['query', query], ...range(window), ['step', seconds(stepMs)]], readMatrix);
  }

  private async ask<T>(
    path: string,
    parameters: readonly (readonly [string, string])[],
    read: (data: unknown) => T | undefined,
  ): Promise<T> {
    const query = parameters.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
    for (let attempt = 0; ; attempt += 1) {
      this.signal?.throwIfAborted();
      try {
        return this.understand(await this.get(`${path}?${query}`), read);
      } catch (error) {
        if (!(error instanceof PassingFailure)) throw error;
        const wait = RETRY_AFTER_MS[attempt];
        if (wait === undefined) throw error.failure;
        await sleep(Math.min(error.waitMs ?? wait, LONGEST_WAIT_MS), undefined, { signal: this.signal });
      }
    }
  }

  private async get(pathAndQuery: string): Promise<Reply> {
    const limit = AbortSignal.timeout(LONGEST_SECONDS * 1000);
    const signal = this.signal ? AbortSignal.any([this.signal, limit]) : limit;
    const { request } = this.target.baseUrl.startsWith('https:') ? https : http;
    try {
      return await new Promise<Reply>((resolve, reject) => {
        const asked = request(`${this.target.baseUrl}${pathAndQuery}`, { agent: this.agent, headers: this.headers, signal }, (response) => {
          readBody(response).then((text) => {
            const { statusCode = 0, headers } = response;
            const wait = Number(headers['retry-after']) * 1000;
            resolve({ status: statusCode, text, location: headers.location, retryAfterMs: Number.isFinite(wait) ? wait : undefined });
          }, reject);
        });
        asked.on('error', reject).end();
      });
    } catch (error) {
      this.signal?.throwIfAborted();
      if (error instanceof TooLarge)
        throw this.failure(`gives an answer of over ${MOST_BYTES / MiB} MiB. Narrow it by match=, or by a shorter window (--from, --to).`);
      throw this.noAnswer(error, limit.aborted);
    }
  }

  private understand<T>({ status, text, location, retryAfterMs }: Reply, read: (data: unknown) => T | undefined): T {
    const answer = readAnswer(text);
    if (status === 200 && answer?.status === 'success') {
      const data = read(answer.data);
      if (data === undefined)
        throw this.failure('answers in a form that is not the one of the Prometheus API (api/v1). Is it a Prometheus?');
      return data;
    }
    const said = answer?.status === 'error' ? `: ${this.quote(answer.error ?? '')}` : '.';
    if (BUSY.has(status))
      throw new PassingFailure(this.failure(`is too busy (${status})${said} Try again later, or narrow it.`), retryAfterMs);
    if (status === 401 || status === 403)
      throw this.failure(
        `does not let us in (${status}). Give user and password in the address or by PROMETHEUS_USER and PROMETHEUS_PASSWORD, or a token by PROMETHEUS_TOKEN; a tenant by PROMETHEUS_ORG_ID.`,
      );
    if (status >= 300 && status < 400)
      throw this.failure(`sends us on to "${this.quote(originOf(location))}" (${status}). Give that address.`);
    if (answer?.status === 'error') {
      if (status === 400 && /parse error|invalid parameter|cannot parse|unexpected/i.test(answer.error ?? ''))
        throw new ConfigError('match', this.target.selectors.join(' '), `label matchers such as {job="redis"}; the server says${said}`);
      throw this.failure(`could not answer (${status})${said} A shorter window (--from, --to) or a narrower match= asks for less.`);
    }
    if (status === 404)
      throw this.failure(
        'has no Prometheus API at this path (404). Expected api/v1 under it: Mimir has it under /prometheus, VictoriaMetrics of several tenants under /select/0/prometheus.',
      );
    if (status !== 200) throw this.failure(`answers with status ${status}, and not with JSON. Is it a Prometheus?`);
    const what = /^\s*</.test(text) ? 'a web page' : text.trim() === '' ? 'nothing' : 'something that is not JSON';
    throw this.failure(`answers with ${what} instead of JSON. Is it a Prometheus, and is there no login page before it?`);
  }

  private noAnswer(error: unknown, isLate: boolean): Error {
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
    if (isLate || code === 'ETIMEDOUT')
      return new PassingFailure(this.failure('did not answer in time. A shorter window (--from, --to) asks for less.'));
    if (code === 'ECONNREFUSED') return this.failure('refuses the connection. Is the server running, and is this its port?');
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return this.failure('has a host name that nobody knows. Check its spelling.');
    if (/^ERR_(?:TLS|SSL)|CERT|SELF_SIGNED|UNABLE_TO|EPROTO|HOSTNAME_MISMATCH|WRONG_VERSION/.test(code))
      return this.failure(
        `cannot be spoken to by TLS (${code}). Check prometheus+https:// against prometheus+http://, --cacert, --cert, --key and --sni.`,
      );
    if (/^HPE_|^Z_/.test(code))
      return this.failure(`does not answer as a web server does (${code}). Check prometheus+https:// against prometheus+http://.`);
    if (code === 'ECONNRESET' || code === 'EPIPE') return new PassingFailure(this.failure('closed the connection.'));
    return this.failure(`cannot be reached${code === '' ? '' : ` (${code})`}. Check the address, the network and its firewalls.`);
  }

  private failure(problem: string): ConnectionError {
    return new ConnectionError(this.target.server, problem);
  }

  /** What a server said, short, in one line and without our secrets. */
  private quote(text: string): string {
    const { username, password, token } = this.target.access;
    const secrets = [password, token, username].filter((secret) => secret !== undefined && secret !== '') as string[];
    const hidden = secrets.reduce((shown, secret) => shown.replaceAll(secret, '…'), text.slice(0, 4 * LONGEST_MESSAGE));
    const line = hidden.replaceAll(/\s+/g, ' ').trim();
    return line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE)}…` : line.replace(/\.?$/, '.');
  }
}

class TooLarge extends Error {}

async function readBody(response: http.IncomingMessage): Promise<string> {
  const isPacked = response.headers['content-encoding'] === 'gzip';
  const body = isPacked ? response.pipe(createGunzip()) : response;
  if (isPacked) response.once('error', (error) => body.destroy(error)).once('aborted', () => body.destroy(new Error('aborted')));
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) {
      response.destroy();
      throw new TooLarge();
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function authorization({ access: { username, password = '', token, orgId } }: PrometheusTarget): Record<string, string> {
  const tenant: Record<string, string> = orgId === undefined ? {} : { 'x-scope-orgid': orgId };
  if (username !== undefined) return { ...tenant, authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
  return token === undefined ? tenant : { ...tenant, authorization: `Bearer ${token}` };
}

/** Where a redirection leads, without the query and whatever it carries. */
function originOf(location = ''): string {
  return location.replace(/[?#].*$/s, '').replace(/^([a-z]+:\/\/)[^/]*@/i, '$1');
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);
const range = ({ fromAt, toAt }: Window): [string, string][] => [
  ['start', seconds(fromAt)],
  ['end', seconds(toAt)],
];
const matches = (selectors: readonly string[]): [string, string][] => selectors.map((selector) => ['match[]', selector]);
