import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../src/model/errors.ts';
import { type OpenOptions, openInputs } from '../../src/sources/open-inputs.ts';
import type { Input } from '../../src/sources/source.ts';

const TABLE = 'timestamp,used_memory\n2024-01-01T00:00:00Z,1000000\n';
const RANDOM_LOOKING = Array.from({ length: 2000 }, (_, i) => `2024-01-01T00:00:00Z,${(i * 7919) % 1_000_003}`).join('\n');

let folder = '';
const at = (name: string) => join(folder, name);
const file = async (name: string, content: string | Uint8Array) => {
  await mkdir(join(at(name), '..'), { recursive: true });
  await writeFile(at(name), content);
  return at(name);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'open-inputs-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function openAll(paths: readonly string[], options?: OpenOptions): Promise<Input[]> {
  const inputs: Input[] = [];
  for await (const input of openInputs(paths, options)) inputs.push(input);
  return inputs;
}

async function openOne(path: string, options?: OpenOptions): Promise<Input> {
  const [input] = await openAll([path], options);
  if (!input) throw new Error('no input');
  return input;
}

async function contentOf(input: Input): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of input.open()) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

const namesIn = async (paths: readonly string[]) => (await openAll(paths)).map(({ name }) => relative(folder, name));

async function* pieces(content: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < content.length; from += size) yield content.subarray(from, from + size);
}

describe('finding inputs', () => {
  it('tells in which folder an input differs from the others', async () => {
    const paths = [await file('lots/prod-a/info.txt', TABLE), await file('lots/prod-b/dumps/info.txt', TABLE)];
    for (const given of [paths, [at('lots')]]) {
      expect((await openAll(given)).map((input) => input.folder)).toEqual(['prod-a', join('prod-b', 'dumps')]);
    }
    expect((await openAll(paths.slice(0, 1))).map((input) => input.folder)).toEqual([undefined]);
    const mixed = [await file('other/info.txt', TABLE), await file('other/deep/info.txt', TABLE)];
    expect((await openAll(mixed)).map((input) => input.folder)).toEqual([undefined, 'deep']);
    const alike = [await file('alike/cache/info.txt', TABLE), await file('alike/cache-2/info.txt', TABLE)];
    expect((await openAll(alike)).map((input) => input.folder)).toEqual(['cache', 'cache-2']);
    expect((await openAll(alike)).map((input) => input.sharesFileName)).toEqual([true, true]);
    const apart = [await file('apart/a/one.txt', TABLE), await file('apart/b/two.txt', TABLE)];
    expect((await openAll(apart)).map((input) => input.sharesFileName)).toEqual([undefined, undefined]);
  });

  it('takes a folder sorted, with its folders, without hidden files and without following links to folders', async () => {
    for (const name of ['tree/b.csv', 'tree/a.csv', 'tree/sub/c.csv', 'tree/.hidden', 'tree/.git/config']) await file(name, TABLE);
    await symlink(at('tree'), at('tree/sub/loop'));
    await symlink(at('tree/a.csv'), at('tree/sub/link.csv'));
    expect(await namesIn([at('tree')])).toEqual(['tree/a.csv', 'tree/b.csv', 'tree/sub/c.csv', 'tree/sub/link.csv']);
  });

  it('expands globs in order, and takes a name with brackets for what it is', async () => {
    for (const name of ['glob/2.csv', 'glob/1.csv', 'glob/1.txt', 'glob/odd[1].csv']) await file(name, TABLE);
    expect(await namesIn([at('glob/*.csv')])).toEqual(['glob/1.csv', 'glob/2.csv', 'glob/odd[1].csv']);
    expect(await namesIn([at('glob/odd[1].csv')])).toEqual(['glob/odd[1].csv']);
  });

  it('keeps the order in which inputs are given', async () => {
    const first = await file('order/z.csv', TABLE);
    const second = await file('order/a.csv', TABLE);
    expect(await namesIn([first, second])).toEqual(['order/z.csv', 'order/a.csv']);
  });

  it.each([
    ['no-such-file.csv', 'does not exist. Check the path; a glob must be quoted.'],
    ['no-such-*.csv', 'matches no file.'],
    ['empty-folder', 'is a folder without files (hidden ones are left out).'],
  ])('refuses %s', async (name, problem) => {
    await mkdir(at('empty-folder'), { recursive: true });
    await expect(openAll([at(name)])).rejects.toThrow(`${at(name)}: ${problem}`);
    await expect(openAll([at(name)])).rejects.toBeInstanceOf(InputError);
  });

  it('refuses a missing file before anything is opened', async () => {
    const good = await file('early/good.csv', TABLE);
    const inputs = openInputs([good, at('early/missing.csv')]);
    await expect(inputs.next()).rejects.toThrow('missing.csv: does not exist');
  });
});

describe('opening', () => {
  it('reads a plain file as often as asked', async () => {
    const input = await openOne(await file('plain.csv', TABLE));
    expect(input).toMatchObject({ head: TABLE, complete: true, file: { bytes: TABLE.length, compression: 'none', encoding: 'utf-8' } });
    expect(await contentOf(input)).toBe(TABLE);
    expect(await contentOf(input)).toBe(TABLE);
  });

  it.each([
    ['gzip', gzipSync(RANDOM_LOOKING)],
    ['gzip', Buffer.concat([gzipSync(RANDOM_LOOKING.slice(0, 5000)), gzipSync(RANDOM_LOOKING.slice(5000))])],
    ['zstd', zstdCompressSync(RANDOM_LOOKING)],
  ])('tells %s by its first bytes, whatever the name', async (compression, content) => {
    const input = await openOne(await file('packed.csv', content));
    expect(input.file?.compression).toBe(compression);
    expect(input.head).toBe(RANDOM_LOOKING);
    expect(await contentOf(input)).toBe(RANDOM_LOOKING);
  });

  it.each([
    ['utf-16le', Buffer.from(`\ufeff${TABLE}é`, 'utf16le')],
    ['utf-16be', Buffer.from(`\ufeff${TABLE}é`, 'utf16le').swap16()],
  ])('turns %s into UTF-8', async (encoding, content) => {
    const input = await openOne(await file('wide.csv', content));
    expect(input.file?.encoding).toBe(encoding);
    expect(input.head).toBe(`\ufeff${TABLE}é`);
    expect(await contentOf(input)).toBe(`${TABLE}é`);
  });

  it('gives a head of 256 KiB of a longer file, never half a character', async () => {
    const text = 'é'.repeat(200_000);
    const input = await openOne(await file('long.csv', `a${text}`));
    expect(input.complete).toBe(false);
    expect(input.head).toBe(`a${text}`.slice(0, 128 * 1024));
    expect(await contentOf(input)).toBe(`a${text}`);
  });

  it.each([1, 1000, 1_000_000])('reads stdin in pieces of %i bytes, once', async (size) => {
    for (const content of [Buffer.from(RANDOM_LOOKING), gzipSync(RANDOM_LOOKING)]) {
      const input = await openOne('-', { stdin: pieces(content, size) });
      expect(input).toMatchObject({ name: '-', path: undefined, complete: true, head: RANDOM_LOOKING });
      expect(input.file).toBeUndefined();
      expect(await contentOf(input)).toBe(RANDOM_LOOKING);
      expect(() => input.open()).toThrow('-: can be read only once.');
    }
  });

  it('reads all of a stdin that is longer than the head', async () => {
    const text = RANDOM_LOOKING.repeat(20);
    const input = await openOne('-', { stdin: pieces(Buffer.from(text), 50_000) });
    expect(input.complete).toBe(false);
    expect(input.head.length).toBe(256 * 1024);
    expect(await contentOf(input)).toBe(text);
  });

  it('refuses stdin given twice', async () => {
    await expect(openAll(['-', '-'])).rejects.toThrow('-: stdin can be read only once. Give - once.');
  });
});

describe('inputs that cannot be read', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['an RDB file', Buffer.from('REDIS0011\u00fa\u0009redis-ver'), /is a Redis RDB file/],
    ['a spreadsheet', Buffer.from('PK\u0003\u0004\u0014\u0000'), /zip archive or a spreadsheet\. Unpack it/],
    ['random bytes', Uint8Array.from({ length: 4096 }, (_, i) => (i * i * 31 + 7) % 256), /is no text\. Expected INFO output or CSV/],
    ['UTF-16 without a mark', Buffer.from(TABLE, 'utf16le'), /UTF-16 without a byte order mark\. Convert it/],
    ['zeros', new Uint8Array(4096), /is no text|UTF-16/],
    ['damaged gzip', Buffer.concat([gzipSync('').subarray(0, 10), Buffer.alloc(100, 0xff)]), /compressed and damaged/],
  ])('come with the problem: %s', async (_, content, problem) => {
    const input = await openOne(await file('bad.csv', content));
    expect(input.problem?.message).toMatch(problem);
    expect(input.head).toBe('');
    expect(() => input.open()).toThrow(InputError);
  });

  it('do not keep the others from being read', async () => {
    const bad = await file('mixed/bad.csv', 'PK\u0003\u0004');
    const good = await file('mixed/good.csv', TABLE);
    expect((await openAll([bad, good])).map(({ problem }) => problem === undefined)).toEqual([false, true]);
  });

  it('give what can be read of a file that breaks off, then say so', async () => {
    const packed = gzipSync(RANDOM_LOOKING);
    const input = await openOne(await file('torn.csv.gz', packed.subarray(0, packed.length - 20)));
    expect(RANDOM_LOOKING.startsWith(input.head)).toBe(true);
    expect(input.head.length).toBeGreaterThan(1000);
    await expect(contentOf(input)).rejects.toThrow(/torn\.csv\.gz: is compressed and breaks off before its end\. Copy it again\./);
  });

  it('refuse to grow without end', async () => {
    const bomb = await file('bomb.csv.gz', gzipSync(Buffer.alloc(30 * 1024 * 1024, '1'), { level: 9 }));
    const input = await openOne(bomb, { freeBytes: 1024 * 1024 });
    await expect(contentOf(input)).rejects.toThrow(/grows more than 1000-fold when decompressed.*refused/);
    expect((await contentOf(await openOne(bomb))).length).toBe(30 * 1024 * 1024);
  });

  it('tolerate a few NUL bytes, as a crash leaves them', async () => {
    const input = await openOne(await file('nul.csv', `${TABLE}\0\0\n`));
    expect(input.problem).toBeUndefined();
    expect(await contentOf(input)).toBe(`${TABLE}\0\0\n`);
  });
});
