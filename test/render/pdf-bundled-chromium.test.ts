import { lstat, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unpackBundledChromium } from '../../src/render/pdf-bundled-chromium.ts';

describe('unpackBundledChromium', () => {
  const before = process.env.XDG_CACHE_HOME;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headroom-cache-'));
    process.env.XDG_CACHE_HOME = folder;
  });

  afterEach(async () => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
    await rm(folder, { recursive: true, force: true });
  });

  it('unpacks once into a folder that only its user can enter', async () => {
    const first = await unpackBundledChromium();
    if (first === undefined) throw new Error('@sparticuz/chromium is not installed for this system');
    expect(first.executablePath.startsWith(join(folder, 'redis-headroom', 'chromium-'))).toBe(true);
    for (const path of [join(folder, 'redis-headroom'), dirname(first.executablePath), first.executablePath]) {
      expect((await lstat(path)).mode & 0o077).toBe(0);
    }
    const made = (await lstat(first.executablePath)).mtimeMs;
    expect(await unpackBundledChromium()).toEqual(first);
    expect((await lstat(first.executablePath)).mtimeMs).toBe(made);
  });

  it('trusts no folder that is a link to somewhere else', async () => {
    await mkdir(join(folder, 'elsewhere'));
    await symlink(join(folder, 'elsewhere'), join(folder, 'redis-headroom'));
    await expect(unpackBundledChromium()).rejects.toThrow('is not a folder of this user; remove it or set XDG_CACHE_HOME');
  });
});
