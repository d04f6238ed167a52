import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logoOption, readLogo } from '../../src/cli/logo.ts';
import { run } from '../../src/cli/program.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logo-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A PNG of one red dot. */
function png(): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from([0, 255, 0, 0]))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

async function fileOf(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

describe('readLogo', () => {
  it.each([
    ['a.png', png(), 'image/png'],
    ['a.txt', Buffer.from([0xff, 0xd8, 0xff, 0xe0]), 'image/jpeg'],
    ['a.webp', Buffer.from('RIFF\x10\0\0\0WEBPVP8 ', 'latin1'), 'image/webp'],
    ['a.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml'],
    ['b.svg', '\ufeff<?xml version="1.0"?>\n<!-- made -->\n<!DOCTYPE svg>\n<svg width="1">', 'image/svg+xml'],
  ])('tells from the content of %s what it is', async (name, content, type) => {
    const url = await readLogo(await fileOf(name, content));
    expect(url).toBe(`data:${type};base64,${Buffer.from(content).toString('base64')}`);
  });

  it.each([
    ['text.png', 'no picture'],
    ['page.svg', '<html><svg></svg></html>'],
    ['large.png', Buffer.concat([png(), Buffer.alloc(256 * 1024)])],
    ['empty.png', ''],
  ])('refuses %s', async (name, content) => {
    await expect(readLogo(await fileOf(name, content))).rejects.toThrow(
      /--logo: ".*" cannot be used\. Expected a PNG, JPEG, WebP or SVG file of at most 256 KiB/,
    );
  });

  it('refuses a folder, and a file that is not there', async () => {
    await expect(readLogo(folder)).rejects.toThrow('--logo');
    await expect(readLogo(join(folder, 'none.png'))).rejects.toThrow('--logo');
  });
});

describe('--logo', () => {
  it('is refused beside --anonymize', async () => {
    await expect(logoOption({ logo: await fileOf('c.png', png()), anonymize: true })).rejects.toThrow('no logo beside --anonymize');
  });

  it('reaches the page of report and render, with --template', async () => {
    const sample = join(import.meta.dirname, '..', '..', 'samples', 'steady-growth.csv');
    const logo = await fileOf('d.png', png());
    const url = await readLogo(logo);
    const own = await mkdtemp(join(folder, 'look-'));
    await writeFile(join(own, 'extra.css'), '.cover { border-top: 6px solid #7a1fa2 }');
    const shape = ['--logo', logo, '--template', own, '--out', join(folder, 'out'), '--quiet'];
    expect(await run(['report', sample, '--format', 'html,json', ...shape])).toBe(0);
    const html = await readFile(join(folder, 'out', 'report.html'), 'utf8');
    expect(html.replaceAll('&#x3D;', '=')).toContain(url);
    expect(html).toContain('#7a1fa2');
    expect(await run(['render', join(folder, 'out', 'analysis.json'), '--format', 'html', ...shape])).toBe(0);
    expect(await readFile(join(folder, 'out', 'report.html'), 'utf8')).toBe(html);
  });
});
