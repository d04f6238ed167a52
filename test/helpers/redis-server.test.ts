import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { findRedisServer, NO_REDIS_SERVER, startRedisServer } from './redis-server.ts';

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe.skipIf(!findRedisServer())(`a real redis-server (${NO_REDIS_SERVER})`, () => {
  it('answers commands and INFO, and leaves no process and no folder behind', async () => {
    const server = await startRedisServer({ config: ['--maxmemory', '64mb'] });
    const { pid, folder } = server;
    try {
      await server.command('SET', 'key', 'value');
      expect(await server.command('GET', 'key')).toBe('value');
      expect(await server.info('memory')).toContain('maxmemory:67108864\r\n');
      expect(await server.info('server')).toContain(`process_id:${pid}\r\n`);
    } finally {
      await server.stop();
    }
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(folder)).toBe(false);
    await server.stop();
  });

  it('comes back on the same port after it was killed, with another run id', async () => {
    const server = await startRedisServer();
    try {
      const runId = async () => /run_id:(\w+)/.exec(await server.info('server'))?.[1];
      const before = await runId();
      const { pid } = server;
      await server.end('SIGKILL');
      expect(isAlive(pid)).toBe(false);
      await server.start();
      expect(await runId()).toMatch(/^\w{40}$/);
      expect(await runId()).not.toBe(before);
    } finally {
      await server.stop();
    }
  });

  it('says what the server logged when it does not come up', async () => {
    await expect(startRedisServer({ config: ['--no-such-option', 'x'] })).rejects.toThrow(/no-such-option/);
  });

  it('is stopped by its watchdog when the process that started it is killed', async () => {
    const helper = join(import.meta.dirname, 'redis-server.ts');
    const script = `const { startRedisServer } = await import(${JSON.stringify(helper)});
      const server = await startRedisServer();
      console.log(server.pid + ' ' + server.folder);
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const line = await new Promise<string>((resolve) => owner.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())));
    const [pid, folder] = line.split(' ');
    expect(isAlive(Number(pid))).toBe(true);
    owner.kill('SIGKILL');
    for (let tries = 0; tries < 200 && (isAlive(Number(pid)) || existsSync(String(folder))); tries += 1) await sleep(25);
    expect(isAlive(Number(pid))).toBe(false);
    expect(existsSync(String(folder))).toBe(false);
  });
});
