import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { HeadroomError } from '../../../src/model/errors.ts';
import { type SampleBatch, startInputReport } from '../../../src/model/sample-batch.ts';
import { type PrometheusAccess, readPrometheus, stepOf, windowOf } from '../../../src/sources/prometheus/index.ts';
import { batchSamples } from '../source-suite.ts';

type Answer = (path: string, parameters: URLSearchParams, request: IncomingMessage, response: ServerResponse) => void;

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

async function serve(answer: Answer): Promise<string> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    answer(pathname.replace('/api/v1/', ''), searchParams, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const WINDOW = { fromAt: Date.UTC(2026, 9, 1), toAt: Date.UTC(2026, 9, 1, 0, 1) };
const SECONDS = WINDOW.fromAt / 1000;

async function readAll(host: string, access: PrometheusAccess = {}, match = '') {
  const report = startInputReport('prometheus', 'prometheus');
  const batches: SampleBatch[] = [];
  for await (const batch of readPrometheus(`prometheus+http://${host}${match}`, WINDOW, report, { access })) batches.push(batch);
  return { samples: batches.flatMap(batchSamples), report };
}

const json = (response: ServerResponse, value: unknown, status = 200) => {
  response.statusCode = status;
  response.end(JSON.stringify(value));
};

/** A small Prometheus with what each metric gives to a range query. */
function holding(
  series: Readonly<Record<string, readonly unknown[]>>,
  labels: Readonly<Record<string, unknown>>[] = [{ instance: 'a:6379' }],
): Answer {
  return (path, parameters, _, response) => {
    if (path === 'label/__name__/values') return json(response, { status: 'success', data: Object.keys(series) });
    if (path === 'series') return json(response, { status: 'success', data: labels });
    if (path === 'query') return json(response, { status: 'success', data: { resultType: 'vector', result: [] } });
    const name = Object.keys(series).find((each) => parameters.get('query')?.includes(`"${each}"`)) ?? '';
    const result = labels.map((metric) => ({ metric, values: series[name] ?? [] }));
    return json(response, { status: 'success', data: { resultType: 'matrix', result } });
  };
}

describe('the window of a Prometheus', () => {
  const now = Date.UTC(2026, 10, 1);
  const DAY = 86_400_000;

  it.each([
    [{}, now - 30 * DAY, now],
    [{ toAt: now - DAY }, now - 31 * DAY, now - DAY],
    [{ fromAt: now - DAY }, now - DAY, now],
    [{ fromAt: now - DAY, toAt: now + DAY }, now - DAY, now],
  ])('%j', (given, fromAt, toAt) => expect(windowOf(given, now)).toEqual({ fromAt, toAt }));

  it.each([
    [0.01, 1],
    [1, 2],
    [7, 15],
    [30, 60],
    [31, 60],
    [90, 300],
    [365, 900],
    [1800, 3600],
    [4000, 10_800],
  ])('%d days are read in steps of %d seconds', (days, seconds) => {
    const window = { fromAt: now - days * DAY, toAt: now };
    expect(stepOf(window)).toBe(seconds * 1000);
    expect((window.toAt - window.fromAt) / stepOf(window)).toBeLessThanOrEqual(45_000);
  });

  it('is refused where it is still to come', async () => {
    const reading = readPrometheus('prometheus+http://host', windowOf({ fromAt: now + DAY }, now), startInputReport('x', 'prometheus'));
    await expect(reading.next()).rejects.toThrow(
      /prometheus\+http:\/\/host: the window begins at 2026-11-02T00:00:00\.000Z, which is still to come/,
    );
  });
});

describe('a Prometheus that does not answer as one', () => {
  it.each<[string, Answer, RegExp]>([
    ['a web page', (_, __, ___, response) => response.end('<html>Log in</html>'), /answers with a web page instead of JSON.*login page/],
    ['nothing', (_, __, ___, response) => response.end(), /answers with nothing instead of JSON/],
    [
      'JSON of another kind',
      (_, __, ___, response) => json(response, { status: 'success', data: { a: 1 } }),
      /not the one of the Prometheus API/,
    ],
    ['401', (_, __, ___, response) => json(response, {}, 401), /does not let us in \(401\).*PROMETHEUS_TOKEN/],
    ['403', (_, __, ___, response) => json(response, {}, 403), /does not let us in \(403\)/],
    ['404', (_, __, ___, response) => json(response, 'not found', 404), /no Prometheus API at this path \(404\)/],
    ['418', (_, __, ___, response) => json(response, 'teapot', 418), /answers with status 418/],
    [
      'a redirection',
      (_, __, ___, response) => response.writeHead(302, { location: 'https://me:hunter2@sso.example/login?back=token' }).end(),
      /sends us on to "https:\/\/sso\.example\/login\." \(302\)/,
    ],
    [
      'a window that is too long for it',
      (_, __, ___, response) =>
        json(response, { status: 'error', errorType: 'bad_data', error: 'the query time range exceeds the limit' }, 400),
      /could not answer \(400\): the query time range exceeds the limit\. A shorter window/,
    ],
    [
      'a query that is too large for it',
      (_, __, ___, response) =>
        json(response, { status: 'error', errorType: 'execution', error: 'query processing would load too many samples' }, 422),
      /could not answer \(422\): query processing would load too many samples\. A shorter window/,
    ],
  ])('tells of %s what it found and what to do', async (_, answer, message) => {
    const host = await serve(answer);
    const failure = await readAll(host).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(HeadroomError);
    expect((failure as Error).message).toMatch(message);
    expect((failure as Error).message).toContain(host);
    expect((failure as Error).message).not.toContain('hunter2');
  });

  it('quotes what the server says of a selector, short and without secrets', async () => {
    const error = `invalid parameter "match[]": parse error of s3cret-token: ${'x'.repeat(1000)}`;
    const host = await serve((_, __, ___, response) => json(response, { status: 'error', errorType: 'bad_data', error }, 400));
    const failure = await readAll(host, { token: 's3cret-token' }, '?match={job=}').catch((caught: unknown) => caught);
    expect((failure as Error).message).toMatch(
      /^match: "job=" cannot be used\. Expected label matchers such as \{job="redis"\}; the server says: invalid parameter/,
    );
    expect((failure as Error).message).not.toContain('s3cret');
    expect((failure as Error).message.length).toBeLessThan(500);
  });

  it('says that nobody listens', async () => {
    const host = await serve(() => {});
    for (const stop of stops.splice(0)) stop();
    await expect(readAll(host)).rejects.toThrow(/refuses the connection/);
  });

  it('says that TLS was spoken to none', async () => {
    const host = await serve((_, __, ___, response) => response.end());
    const reading = readPrometheus(`prometheus+https://${host}`, WINDOW, startInputReport('x', 'prometheus'));
    await expect(reading.next()).rejects.toThrow(/cannot be spoken to by TLS/);
  });

  it('stops reading an answer that does not end', async () => {
    const piece = gzipSync(Buffer.alloc(16 * 2 ** 20, 32));
    const host = await serve((_, __, ___, response) => {
      response.setHeader('content-encoding', 'gzip');
      const more = () => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', more);
      more();
    });
    await expect(readAll(host)).rejects.toThrow(/an answer of over 256 MiB\. Narrow it/);
  });

  it('asks again where a server is busy, and gives up in the end', async () => {
    let refused = 0;
    const good = holding({ redis_memory_used_bytes: [[SECONDS + 60, '5']] });
    const host = await serve((path, parameters, request, response) => {
      refused += 1;
      if (refused <= 2) response.writeHead(refused === 1 ? 503 : 429, { 'retry-after': '0' }).end();
      else good(path, parameters, request, response);
    });
    const { samples } = await readAll(host);
    expect(samples).toEqual([{ node: 'a:6379', at: '2026-10-01T00:01:00.000Z', numbers: { usedMemoryBytes: 5 }, texts: {} }]);
    const busy = await serve((_, __, ___, response) => response.writeHead(503, { 'retry-after': '0' }).end());
    await expect(readAll(busy)).rejects.toThrow(/is too busy \(503\)/);
  });

  it('sends user and password, or a token, and the tenant', async () => {
    const seen: (string | undefined)[] = [];
    const host = await serve((_, __, request, response) => {
      seen.push(`${request.headers.authorization} ${request.headers['x-scope-orgid']}`);
      json(response, {}, 401);
    });
    await readAll(host, { username: 'me', password: 'é:1', orgId: 'team' }).catch(() => {});
    await readAll(host, { token: 't0' }).catch(() => {});
    await readAll(`you:me@${host}`, { token: 't0' }).catch(() => {});
    expect(seen).toEqual([
      `Basic ${Buffer.from('me:é:1').toString('base64')} team`,
      'Bearer t0 undefined',
      `Basic ${Buffer.from('you:me').toString('base64')} undefined`,
    ]);
  });
});

describe('numbers and labels of a Prometheus', () => {
  it('leaves out what is no number that the metric can have', async () => {
    const values = ['NaN', '+Inf', '-Inf', '1e999', '-1', '', 'x', '18446744073709551615', '7'].map((text, i) => [SECONDS + 1 + i, text]);
    const host = await serve(
      holding({ redis_memory_used_bytes: [...values, [SECONDS + 20, 8], ['x', '9'], null, [1e15, '9'], [-5, '9'], [SECONDS + 30]] }),
    );
    const { samples, report } = await readAll(host);
    expect(samples.map(({ numbers }) => numbers)).toEqual([{ usedMemoryBytes: 7 }]);
    expect(report.wrappedIntegers).toBe(1);
  });

  it('names servers without secrets, whatever their labels are', async () => {
    const host = await serve(
      holding({ redis_memory_used_bytes: [[SECONDS + 1, '7']] }, [
        { instance: 'redis://:hunter2@a:6379' },
        { instance: '__proto__' },
        { instance: '</script>' },
      ]),
    );
    const { samples } = await readAll(host);
    expect(samples.map(({ node }) => node).sort()).toEqual(['</script>', '__proto__', 'redis://a:6379']);
  });

  it('gives sound samples or an error of ours, whatever an answer holds', async () => {
    let data: unknown;
    const good = holding({ redis_memory_used_bytes: [], redis_instance_info: [], redis_db_keys: [] });
    const host = await serve((path, parameters, request, response) =>
      path === 'query_range' ? json(response, { status: 'success', data }) : good(path, parameters, request, response),
    );
    const point = fc.oneof(
      fc.tuple(fc.integer({ min: SECONDS, max: SECONDS + 60 }), fc.oneof(fc.double().map(String), fc.string())),
      fc.jsonValue(),
    );
    const metric = fc.oneof(fc.constant({ instance: 'a:6379' }), fc.dictionary(fc.string(), fc.string()));
    const matrix = fc.record({ resultType: fc.constant('matrix'), result: fc.array(fc.record({ metric, values: fc.array(point) })) });
    await fc.assert(
      fc.asyncProperty(fc.oneof(matrix, fc.jsonValue()), async (value) => {
        data = value;
        try {
          const { samples } = await readAll(host);
          for (const { numbers } of samples) for (const number of Object.values(numbers)) expect(Number.isFinite(number)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(HeadroomError);
        }
      }),
      { numRuns: 60 },
    );
  });
});
