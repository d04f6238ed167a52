import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCommandTimes } from '../../../src/model/command-times.ts';
import { parseSettings } from '../../../src/model/server-settings.ts';
import { ALLOWED_COMMANDS, aclRule } from '../../../src/sources/live/commands.ts';
import { ASKED_SETTINGS } from '../../../src/sources/live/settings.ts';
import { type Certificates, makeCertificates } from '../../helpers/certificates.ts';
import { findFreePort, findRedisServer, NO_REDIS_SERVER, type RedisServer, startRedisServer } from '../../helpers/redis-server.ts';
import { watchFor } from './watch-for.ts';

const SECRET = 'pa55 w/rd@1';
const binary = findRedisServer();

describe.skipIf(!binary)(`one server, ${NO_REDIS_SERVER}`, () => {
  let server: RedisServer;
  let version = '';

  beforeAll(async () => {
    server = await startRedisServer();
    version = /redis_version:(\S+)/.exec(await server.info('server'))?.[1] ?? '';
  });
  afterAll(() => server.stop());

  it('is read by the user that `acl` prints, who may do nothing else', async () => {
    const rule = aclRule({ name: 'redis', version }, 'headroom')?.replace('>PASSWORD', `>${SECRET}`).replace('ACL SETUSER ', '') ?? '';
    const [user = '', ...words] = rule.split(/ (?=\S+)(?!w\/rd)/);
    await server.command('ACL', 'SETUSER', user, ...words);
    const { samples, failures } = await watchFor([server.url.replace('//', `//headroom:${encodeURIComponent(SECRET)}@`)], { samples: 3 });
    expect(failures).toEqual([]);
    expect(samples[0]?.batch.numbers.get('usedMemoryBytes')?.[0]).toBeGreaterThan(500_000);
    const refused = (await server.command('ACL', 'LOG')) as unknown[];
    expect(refused).toEqual([]);
    for (const [name, ...args] of [
      ['GET', 'x'],
      ['CONFIG', 'GET', 'maxmemory'],
      ['KEYS', '*'],
      ['DEBUG', 'SLEEP', '0'],
      ['MEMORY', 'PURGE'],
    ]) {
      await expect(server.command('ACL', 'DRYRUN', 'headroom', name ?? '', ...args)).resolves.toMatch(/no permissions/);
    }
  });

  it('is sent nothing but the commands of the list', async () => {
    const monitor = await (await server.connect()).monitor();
    const heard: string[][] = [];
    monitor.on('monitor', (_time: string, args: string[]) => heard.push(args.map((word) => word.toUpperCase())));
    await watchFor([server.url], { samples: 3, withReplicas: true });
    await server.command('ECHO', 'end');
    await expect.poll(() => heard.at(-1)?.[0]).toBe('ECHO');
    monitor.disconnect();
    const allowed = Object.values(ALLOWED_COMMANDS).map(({ words }) => words.join(' '));
    const sent = heard.slice(0, -1);
    expect(sent.length).toBeGreaterThan(3);
    for (const words of sent) expect(allowed.some((start) => `${words.join(' ')} `.startsWith(`${start} `))).toBe(true);
    expect(sent.filter(([name]) => name === 'INFO').at(-1)).toEqual([
      'INFO',
      'SERVER',
      'CLIENTS',
      'MEMORY',
      'PERSISTENCE',
      'STATS',
      'REPLICATION',
      'CPU',
      'ERRORSTATS',
      'CLUSTER',
      'KEYSPACE',
    ]);
  });

  it('tells once an hour what its commands have cost', async () => {
    for (let i = 0; i < 200; i += 1) await server.command('SORT', 'missing', 'LIMIT', 0, 1);
    const { samples } = await watchFor([server.url], { samples: 5 });
    const times = samples.map(({ batch }) => parseCommandTimes(batch.texts.get('commandTimes')?.[0]));
    expect(times.map((each) => each !== undefined).slice(0, 5)).toEqual([false, true, false, false, false]);
    expect(times[1]?.top.sort?.[0]).toBeGreaterThanOrEqual(200);
    expect(times[1]?.calls).toBeGreaterThan(200);
  });

  it('is asked for settings by name only where that is wanted, and once', async () => {
    const [, , user = '', ...words] = (aclRule({ name: 'redis', version }, 'setter', 'servers', new Set(['settings'])) ?? '')
      .replace('>PASSWORD', '>sesame')
      .split(' ');
    await server.command('ACL', 'SETUSER', user, ...words);
    await server.command('ACL', 'LOG', 'RESET');
    await server.command('CONFIG', 'RESETSTAT');
    const { samples } = await watchFor([server.url.replace('//', '//setter:sesame@')], { samples: 4, settings: true });
    expect(await server.command('ACL', 'LOG')).toEqual([]);
    // MONITOR leaves CONFIG out; the count of the server does not.
    expect(await server.info('commandstats')).toMatch(/cmdstat_config\|get:calls=1,/);
    for (const name of ASKED_SETTINGS)
      expect(name).not.toMatch(/[*?[]|pass|auth|acl|user(?!-del)|file|dir|key|cert|bind|name|log$|socket|module/);
    const texts = samples.map(({ batch }) => batch.texts.get('settings')?.[0]);
    expect(texts.slice(1, 4)).toEqual([undefined, undefined, undefined]);
    expect(parseSettings(texts[0])).toMatchObject({ activedefrag: 'no', 'hash-max-listpack-value': '64', 'repl-diskless-sync': 'yes' });
  });

  it('is read where CONFIG is refused, which is told once', async () => {
    const managed = await startRedisServer({ config: ['--rename-command', 'CONFIG', ''] });
    const { samples, failures, refused } = await watchFor([managed.url], { samples: 4, settings: true });
    await managed.stop();
    expect([samples.length >= 4, failures, refused]).toEqual([true, [], [`127.0.0.1:${managed.port}`]]);
  });

  it('is read where the service knows neither CLIENT nor CONFIG nor CLUSTER', async () => {
    const managed = await startRedisServer({
      config: ['CLIENT', 'CONFIG', 'CLUSTER', 'MEMORY'].flatMap((command) => ['--rename-command', command, '']),
    });
    const { samples, failures } = await watchFor([managed.url], { samples: 2 });
    await managed.stop();
    expect([samples.length, failures]).toEqual([2, []]);
  });

  it('tells a wrong password, and goes on when it is right', async () => {
    await server.command('CONFIG', 'SET', 'requirepass', 'another');
    const url = server.url.replace('//', `//:${encodeURIComponent(SECRET)}@`);
    const { failures, returns, samples } = await watchFor([url], {
      samples: 1,
      onFailure: async () => {
        await server.command('AUTH', 'another');
        await server.command('CONFIG', 'SET', 'requirepass', SECRET);
      },
    });
    expect(failures[0]?.error.reason).toBe('wrong-password');
    expect(failures[0]?.error.message).not.toContain(SECRET);
    expect(returns[0]?.missed).toBe(1);
    expect(samples).toHaveLength(1);
    await server.command('CONFIG', 'SET', 'requirepass', '');
  });

  it('is told from what is no Redis server, and from nothing at all', async () => {
    const { createServer } = await import('node:net');
    const web = createServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
    await new Promise((resolve) => web.once('listening', resolve));
    const address = web.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const wrong = await watchFor([`redis://127.0.0.1:${port}`], { failures: 1 });
    expect(wrong.failures[0]?.error.reason).toBe('not-redis');
    await new Promise((resolve) => web.close(resolve));
    const nothing = await watchFor([`redis://127.0.0.1:${port}`], { failures: 1 });
    expect(nothing.failures[0]?.error.reason).toBe('refused');
  });

  it('is a gap while it does not answer, and while all its connections are taken', async () => {
    const other = await server.connect();
    const paused = await watchFor([server.url], {
      samples: 2,
      timeoutMs: 300,
      onSample: async (count) => {
        if (count === 1) await other.call('CLIENT', 'PAUSE', '700', 'ALL');
      },
    });
    expect(paused.failures[0]?.error.reason).toBe('timeout');
    expect(paused.samples).toHaveLength(2);
    await server.command('CONFIG', 'SET', 'maxclients', '1');
    const full = await watchFor([server.url], { failures: 2 });
    expect(full.failures.map(({ error }) => error.reason)).toContain('too-many-clients');
    await server.command('CONFIG', 'SET', 'maxclients', '1000');
  });

  it('is a gap while its process stands still, and while it sleeps', async () => {
    const frozen = await watchFor([server.url], {
      samples: 3,
      timeoutMs: 300,
      onSample: async (count) => {
        if (count !== 2) return;
        process.kill(server.pid, 'SIGSTOP');
        await sleep(1000);
        process.kill(server.pid, 'SIGCONT');
      },
    });
    expect(frozen.failures[0]?.error.reason).toBe('timeout');
    expect(frozen.samples).toHaveLength(3);
    const sleeper = await startRedisServer({ config: ['--enable-debug-command', 'yes'] });
    const asleep = await watchFor([sleeper.url], {
      samples: 3,
      timeoutMs: 300,
      onSample: async (count) => {
        if (count === 2) await sleeper.command('DEBUG', 'SLEEP', '1');
      },
    });
    expect(asleep.failures[0]?.error.reason).toBe('timeout');
    expect(asleep.returns[0]?.missed).toBe(asleep.failures.length);
    await sleeper.stop();
  });

  it('is given up while the network swallows everything, and read again on a new connection', async () => {
    // A proxy that goes silent without closing: what a firewall that forgot the connection looks like.
    const { connect, createServer } = await import('node:net');
    let silent = false;
    const proxy = createServer((socket) => {
      const inner = connect(server.port, server.host);
      socket
        .on('data', (data) => silent || inner.write(data))
        .on('close', () => inner.destroy())
        .on('error', () => {});
      inner.on('data', (data) => silent || socket.write(data)).on('error', () => {});
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => proxy.once('listening', resolve));
    const address = proxy.address();
    const { failures, returns } = await watchFor([`redis://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`], {
      samples: 4,
      timeoutMs: 200,
      onSample: (count) => {
        if (count === 2) silent = true;
      },
      onFailure: (count) => {
        if (count === 2) silent = false;
      },
    });
    expect(failures.map(({ error }) => error.reason)).toEqual(['timeout', 'timeout']);
    expect(returns).toHaveLength(1);
    await new Promise((resolve) => proxy.close(resolve));
  });

  it('is read over its unix socket, and again after a crash', async () => {
    await server.stop();
    const folder = mkdtempSync(join(tmpdir(), 'headroom-socket-'));
    const path = join(folder, 's');
    server = await startRedisServer({ config: ['--unixsocket', path] });
    const { samples, failures } = await watchFor([`unix://${path}`], {
      samples: 2,
      onSample: async (count) => {
        if (count === 1) await server.end('SIGKILL');
      },
      onFailure: async (count) => {
        if (count === 1) await server.start();
      },
    });
    expect(samples.map(({ nodeId }) => nodeId)).toEqual([path, path]);
    expect(failures[0]?.error.reason).toMatch(/refused|closed/);
    const runIds = samples.map(({ batch }) => batch.texts.get('runId')?.[0]);
    expect(new Set(runIds).size).toBe(2);
    rmSync(folder, { recursive: true, force: true });
  });
});

describe.skipIf(!binary)(`a server with TLS, ${NO_REDIS_SERVER}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-tls-'));
  let certificates: Certificates;
  let server: RedisServer;
  let port = 0;

  beforeAll(async () => {
    certificates = makeCertificates(folder, 'redis.example.com', ['server', 'client']);
    port = await findFreePort();
    server = await startRedisServer({ config: certificates.serverConfig(port) });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const pem = (name: string): string => certificates.pem(name);

  it('is read with its authority, a client certificate and its name', async () => {
    const access = { tls: { ca: pem('ca.crt'), cert: pem('client.crt'), key: pem('client.key'), serverName: 'redis.example.com' } };
    const { samples, failures } = await watchFor([`rediss://127.0.0.1:${port}`], { samples: 1, access });
    expect(failures).toEqual([]);
    expect(samples[0]?.nodeId).toBe(`127.0.0.1:${port}`);
  });

  it.each([
    ['an authority that is not trusted', {}],
    ['another name than that of the certificate', { ca: 'ca.crt', cert: 'client.crt', key: 'client.key' }],
    ['no client certificate', { ca: 'ca.crt', serverName: 'redis.example.com' }],
  ] as const)('is refused with %s', async (_, names) => {
    const tls = Object.fromEntries(Object.entries(names).map(([key, value]) => [key, key === 'serverName' ? value : pem(value)]));
    const { failures } = await watchFor([`rediss://127.0.0.1:${port}`], { failures: 1, access: { tls } });
    expect(failures[0]?.error.reason).toBe('tls');
  });
});
